//! Whether a document fits the schema.
//!
//! apollo-compiler parses and validates. What it takes more lightly than the specification is
//! checked beside it: values and variables where they stand (`values.rs`), and that fields of one
//! response key have the same arguments (`overlaps.rs`).

mod messages;
mod overlapping_fields;
mod values;

use apollo_compiler::{
    ExecutableDocument, Name, Schema as Types, ast,
    collections::{HashMap, IndexSet},
    parser::{LineColumn, Parser, SourceSpan},
    schema::Implementers,
    validation::{DiagnosticList, Valid},
};
use async_graphql::Pos;

use self::messages::{
    explain, explain_syntax_error, is_root_field_count_error, is_secondary, is_value_error,
};
use super::{
    ErrorCode, GraphqlError, Limits, document_limits,
    lexer::syntax_error,
    position::{span_position, to_pos},
};

/// How many errors of one document are told.
const MAX_ERRORS: usize = 20;

/// The schema that documents are held to.
pub(super) struct ValidationSchema {
    pub(super) types: Valid<Types>,
    pub(super) implementers: HashMap<Name, Implementers>,
}

impl ValidationSchema {
    pub(super) fn new(types: Valid<Types>) -> Self {
        Self {
            implementers: types.implementers_map(),
            types,
        }
    }

    /// Parses, bounds and validates a document.
    ///
    /// # Errors
    /// Where it is not GraphQL, is over a limit, or does not fit the schema.
    pub(super) fn parse_and_validate(
        &self,
        text: &str,
        limits: &Limits,
    ) -> Result<Valid<ExecutableDocument>, Vec<GraphqlError>> {
        let document = Parser::new()
            .parse_ast(text, "query")
            .map_err(|invalid| vec![first_syntax_error(&invalid.errors)])?;
        document_limits::check(&document, limits).map_err(|(refusal, at)| {
            vec![refusal.with_optional_location(span_position(at, &document.sources))]
        })?;
        if !has_operation(&document) {
            let said = "the document has no operation";
            return Err(vec![syntax_error(said, None)]);
        }
        let (valid, diagnostics) = match document.to_executable_validate(&self.types) {
            Ok(valid) => (valid, DiagnosticList::new(document.sources.clone())),
            // Whatever it could make sense of, for errors besides its own.
            Err(invalid) => (Valid::assume_valid(invalid.partial), invalid.errors),
        };
        let mut own = values::check(&self.types, &valid);
        own.extend(multiple_root_field_errors(&valid));
        let mut theirs: Vec<_> = diagnostics
            .iter()
            .map(|diagnostic| (diagnostic.error.to_string(), diagnostic))
            .filter(|(message, _)| !is_root_field_count_error(message))
            .filter(|(message, _)| own.is_empty() || !is_value_error(message))
            .collect();
        if !theirs.iter().all(|(message, _)| is_secondary(message)) {
            theirs.retain(|(message, _)| !is_secondary(message));
        }
        if own.is_empty() && theirs.is_empty() {
            own = overlapping_fields::check(&self.types, &valid);
        }
        if own.is_empty() && theirs.is_empty() {
            return Ok(valid);
        }
        let own = own
            .into_iter()
            .map(|(message, at)| (message, span_position(at, &document.sources)));
        let theirs = theirs.iter().map(|(message, diagnostic)| {
            let at = diagnostic.line_column_range().map(|range| range.start);
            let word = at.map_or("", |at| name_at(text, at));
            (explain(message, word, &self.types), at.map(to_pos))
        });
        Err(record_errors(own.chain(theirs)))
    }
}

/// The name that a text has at a place; nothing where it has none there.
fn name_at(text: &str, at: LineColumn) -> &str {
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
fn multiple_root_field_errors(document: &ExecutableDocument) -> Vec<Diagnostic> {
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
type Diagnostic = (String, Option<SourceSpan>);

/// The errors that are told, each once.
fn record_errors(errors: impl Iterator<Item = (String, Option<Pos>)>) -> Vec<GraphqlError> {
    let mut told: Vec<GraphqlError> = Vec::new();
    let mut more = 0;
    for (message, at) in errors {
        let refusal =
            GraphqlError::new(ErrorCode::ValidationFailed, message).with_optional_location(at);
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
        told.push(GraphqlError::new(ErrorCode::ValidationFailed, message));
    }
    told
}

/// Why the document is not GraphQL: the first thing that the parser found.
fn first_syntax_error(diagnostics: &DiagnosticList) -> GraphqlError {
    let Some(first) = diagnostics.iter().next() else {
        return syntax_error("it cannot be read", None);
    };
    let at = first.line_column_range().map(|range| to_pos(range.start));
    syntax_error(&explain_syntax_error(&first.error.to_string()), at)
}
