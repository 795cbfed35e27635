//! Whether a document fits the schema.
//!
//! apollo-compiler parses and validates. What it takes more lightly than the specification is
//! checked beside it: values and variables where they stand (`values.rs`), and that fields of one
//! response key have the same arguments (`overlaps.rs`).

mod messages;
mod overlaps;
mod values;

use apollo_compiler::{
    ExecutableDocument, Name, Schema as Types, ast,
    collections::{HashMap, IndexSet},
    parser::{LineColumn, Parser, SourceMap, SourceSpan},
    schema::Implementers,
    validation::{DiagnosticList, Valid},
};
use async_graphql::Pos;

use self::messages::{explained, is_of_root_fields, is_of_values, may_follow, syntax};
use super::{
    Code, Fault, Limits, Refusal, bounds,
    introspection::{Sizes, define_one_of},
    tokens::not_graphql,
};

/// How many errors of one document are told.
const MAX_ERRORS: usize = 20;

/// The schema that documents are held to.
pub(super) struct Schema {
    pub(super) types: Valid<Types>,
    pub(super) implementers: HashMap<Name, Implementers>,
    pub(super) sizes: Sizes,
}

impl Schema {
    /// The schema that `sdl` defines.
    ///
    /// # Errors
    /// Where it is not a valid schema.
    pub(super) fn parse(sdl: &str) -> Result<Self, Fault> {
        let types = Types::parse_and_validate(sdl, "schema.graphql")
            .map_err(|invalid| Fault::Definition(invalid.errors.to_string()))?;
        let types = define_one_of(types);
        let implementers = types.implementers_map();
        Ok(Self {
            sizes: Sizes::of(&types),
            types,
            implementers,
        })
    }

    /// Parses, bounds and validates a document.
    ///
    /// # Errors
    /// Where it is not GraphQL, is over a limit, or does not fit the schema.
    pub(super) fn document(
        &self,
        text: &str,
        limits: &Limits,
    ) -> Result<Valid<ExecutableDocument>, Vec<Refusal>> {
        let document = Parser::new()
            .parse_ast(text, "query")
            .map_err(|invalid| vec![unparsed(&invalid.errors)])?;
        bounds::check(&document, limits)
            .map_err(|(refusal, at)| vec![refusal.at_some(place(at, &document.sources))])?;
        if !has_operation(&document) {
            let said = "the document has no operation";
            return Err(vec![not_graphql(said, None)]);
        }
        let (valid, diagnostics) = match document.to_executable_validate(&self.types) {
            Ok(valid) => (valid, DiagnosticList::new(document.sources.clone())),
            // Whatever it could make sense of, for errors besides its own.
            Err(invalid) => (Valid::assume_valid(invalid.partial), invalid.errors),
        };
        let mut own = values::check(&self.types, &valid);
        own.extend(several_root_fields(&valid));
        let mut theirs: Vec<_> = diagnostics
            .iter()
            .map(|diagnostic| (diagnostic.error.to_string(), diagnostic))
            .filter(|(message, _)| !is_of_root_fields(message))
            .filter(|(message, _)| own.is_empty() || !is_of_values(message))
            .collect();
        if !theirs.iter().all(|(message, _)| may_follow(message)) {
            theirs.retain(|(message, _)| !may_follow(message));
        }
        if own.is_empty() && theirs.is_empty() {
            own = overlaps::check(&self.types, &valid);
        }
        if own.is_empty() && theirs.is_empty() {
            return Ok(valid);
        }
        let own = own
            .into_iter()
            .map(|(message, at)| (message, place(at, &document.sources)));
        let theirs = theirs.iter().map(|(message, diagnostic)| {
            let at = diagnostic.line_column_range().map(|range| range.start);
            let word = at.map_or("", |at| word(text, at));
            (explained(message, word, &self.types), at.map(pos))
        });
        Err(told(own.chain(theirs)))
    }
}

/// The name that a text has at a place; nothing where it has none there.
fn word(text: &str, at: LineColumn) -> &str {
    let line = text
        .lines()
        .nth(at.line.saturating_sub(1))
        .unwrap_or_default();
    let start = line.char_indices().nth(at.column.saturating_sub(1));
    let rest = start.map_or("", |(start, _)| &line[start..]);
    let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    &rest[..end.unwrap_or(rest.len())]
}

/// Subscriptions with more than one root field.
fn several_root_fields(document: &ExecutableDocument) -> Vec<Found> {
    let subscriptions = document.operations.iter().filter(|of| of.is_subscription());
    subscriptions
        .filter_map(|operation| {
            let keys: IndexSet<_> = operation
                .root_fields(document)
                .map(|field| field.response_key().as_str())
                .collect();
            let keys: Vec<_> = keys.into_iter().collect();
            (keys.len() > 1).then(|| {
                let message = format!(
                    "a subscription is to one field, but this asks for {}; send one for each",
                    keys.join(", ")
                );
                (message, operation.location())
            })
        })
        .collect()
}

fn has_operation(document: &ast::Document) -> bool {
    document
        .definitions
        .iter()
        .any(|definition| definition.as_operation_definition().is_some())
}

/// What is wrong with a value, and where.
type Found = (String, Option<SourceSpan>);

/// The errors that are told, each once.
fn told(errors: impl Iterator<Item = (String, Option<Pos>)>) -> Vec<Refusal> {
    let mut told: Vec<Refusal> = Vec::new();
    let mut more = 0;
    for (message, at) in errors {
        let refusal = Refusal::new(Code::ValidationFailed, message).at_some(at);
        if told.contains(&refusal) {
            continue;
        }
        if told.len() == MAX_ERRORS {
            more += 1;
        } else {
            told.push(refusal);
        }
    }
    if more > 0 {
        let message = format!("and {more} more; mend these first");
        told.push(Refusal::new(Code::ValidationFailed, message));
    }
    told
}

fn pos(at: LineColumn) -> Pos {
    Pos {
        line: at.line,
        column: at.column,
    }
}

/// Why the document is not GraphQL: the first thing that the parser found.
fn unparsed(diagnostics: &DiagnosticList) -> Refusal {
    let Some(first) = diagnostics.iter().next() else {
        return not_graphql("it cannot be read", None);
    };
    let at = first.line_column_range().map(|range| pos(range.start));
    not_graphql(&syntax(&first.error.to_string()), at)
}

/// Where a span begins.
pub(super) fn place(span: Option<SourceSpan>, sources: &SourceMap) -> Option<Pos> {
    span?.line_column(sources).map(pos)
}
