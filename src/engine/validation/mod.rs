//! Parses documents and validates them against the schema.
//!
//! apollo-compiler parses and validates. What it lacks is checked here, each with a comment that names the
//! missing check.

mod messages;
mod overlapping_fields;
mod values;

use apollo_compiler::{
    ExecutableDocument, Schema as Types,
    ast::{Definition, Document, Field, Selection},
    collections::{IndexMap, IndexSet},
    diagnostic::ToCliReport as _,
    parser::{Parser, SourceMap},
    validation::{DiagnosticData, DiagnosticList, Valid},
};

use self::messages::{
    ROOT_FIELD_COUNT_ERROR, SECONDARY_ERRORS, VALUE_ERRORS, describe, describe_syntax_error,
    is_one_of,
};
use super::{
    ErrorCode, GraphqlError, Limits,
    document::span_position,
    document_limits::{self, LocatedError},
    introspection,
    lexer::syntax_error,
};

/// Parses a document, checks it against the limits, and validates it.
///
/// # Errors
/// If the text is not GraphQL, exceeds a limit, or is not valid for the schema.
pub(super) fn parse_and_validate(
    types: &Valid<Types>,
    text: &str,
    limits: &Limits,
) -> Result<Valid<ExecutableDocument>, Vec<GraphqlError>> {
    let mut document = Parser::new()
        .parse_ast(text, "query")
        .map_err(|invalid| vec![first_syntax_error(text, &invalid.errors)])?;
    document_limits::check(&document, limits).map_err(|(error, span)| {
        vec![error.with_location(span_position(span, &document.sources))]
    })?;
    let mut definitions = document.definitions.iter();
    if definitions.all(|one| one.as_operation_definition().is_none()) {
        let message = "Must provide an operation.";
        return Err(vec![GraphqlError::new(ErrorCode::ParseFailed, message)]);
    }
    let sources = document.sources.clone();
    let original = text.contains("isOneOf").then(|| document.clone());
    // Only lists get ends, and then the same errors are found again below.
    let has_lists = text.contains('[');
    let built = match has_lists {
        true => document.to_executable(types),
        false => document
            .to_executable_validate(types)
            .map(|one| one.into_inner()),
    };
    let (executable, mut errors) = match built {
        Ok(executable) => (executable, None),
        Err(invalid) => (invalid.partial, Some(invalid.errors)),
    };
    let own = values::check(types, &executable);
    if has_lists {
        change_fields(&mut document, &overlapping_fields::add_list_ends);
        let validated = document.to_executable_validate(types);
        errors = validated.err().map(|invalid| invalid.errors);
    }
    let diagnostics = errors.iter().flat_map(DiagnosticList::iter);
    let mut theirs: Vec<_> = diagnostics.map(|one| one.error).collect();
    theirs.retain(|error| !is_one_of(error, &VALUE_ERRORS));
    if !has_several_root_fields(&executable) {
        theirs.retain(|error| !is_one_of(error, &[ROOT_FIELD_COUNT_ERROR]));
    }
    let is_secondary = |error: &&DiagnosticData| is_one_of(error, &SECONDARY_ERRORS);
    if !own.is_empty() || !theirs.iter().all(is_secondary) {
        theirs.retain(|error| !is_secondary(error));
    }
    if own.is_empty() && theirs.is_empty() {
        let Some(mut document) = original else {
            return Ok(Valid::assume_valid(executable));
        };
        change_fields(&mut document, &introspection::select_kind);
        let executable = document.to_executable(types);
        let executable = executable.unwrap_or_else(|invalid| invalid.partial);
        return Ok(Valid::assume_valid(executable));
    }
    let theirs = theirs.into_iter().map(|error| {
        let message = describe(error, types, text);
        (new_error(message), error.location())
    });
    let max_errors = usize::try_from(limits.max_errors).unwrap_or(usize::MAX);
    Err(to_errors(
        own.into_iter().chain(theirs),
        &sources,
        max_errors,
    ))
}

/// Changes all fields of a document.
fn change_fields(document: &mut Document, change: &impl Fn(&mut Field)) {
    for definition in &mut document.definitions {
        let selections = match definition {
            Definition::OperationDefinition(one) => &mut one.make_mut().selection_set,
            Definition::FragmentDefinition(one) => &mut one.make_mut().selection_set,
            _ => continue,
        };
        change_fields_in(selections, change);
    }
}

fn change_fields_in(selections: &mut [Selection], change: &impl Fn(&mut Field)) {
    for selection in selections {
        match selection {
            Selection::Field(field) => {
                let field = field.make_mut();
                change(field);
                change_fields_in(&mut field.selection_set, change);
            }
            Selection::InlineFragment(fragment) => {
                change_fields_in(&mut fragment.make_mut().selection_set, change);
            }
            Selection::FragmentSpread(_) => {}
        }
    }
}

/// Whether a subscription has root fields with different response keys. Missing upstream: apollo-compiler
/// 1.33 counts fields, and not response keys, so it rejects a field that is selected twice.
fn has_several_root_fields(document: &ExecutableDocument) -> bool {
    let mut subscriptions = document.operations.iter().filter(|of| of.is_subscription());
    subscriptions.any(|operation| {
        let fields = operation.root_fields(document);
        let mut keys = fields.map(|field| field.response_key());
        let first = keys.next();
        keys.any(|key| Some(key) != first)
    })
}

fn new_error(message: String) -> GraphqlError {
    GraphqlError::new(ErrorCode::ValidationFailed, message)
}

/// The first `max_errors` distinct messages with their locations, and an error that counts the others.
fn to_errors(
    errors: impl Iterator<Item = LocatedError>,
    sources: &SourceMap,
    max_errors: usize,
) -> Vec<GraphqlError> {
    let mut spans_by_message: IndexMap<String, IndexSet<_>> = IndexMap::default();
    for (error, span) in errors {
        spans_by_message
            .entry(error.message)
            .or_default()
            .insert(span);
    }
    let more = spans_by_message.len().saturating_sub(max_errors);
    let listed = spans_by_message.into_iter().take(max_errors);
    let mut errors: Vec<_> = listed
        .map(|(message, spans)| {
            let mut error = new_error(message);
            if spans.len() > 1 {
                error.message += &format!(" ({} times)", spans.len());
            }
            let positions = spans.into_iter().take(max_errors);
            let positions = positions.filter_map(|span| span_position(span, sources));
            error.locations.extend(positions);
            error
        })
        .collect();
    if more > 0 {
        let noun = if more == 1 { "error" } else { "errors" };
        errors.push(new_error(format!("{more} more {noun}; fix these first")));
    }
    errors
}

/// The first error of the parser; the others may only follow from it.
fn first_syntax_error(text: &str, diagnostics: &DiagnosticList) -> GraphqlError {
    let Some(first) = diagnostics.iter().next() else {
        return syntax_error("Unexpected token", None);
    };
    let span = first.error.location();
    let token = span.and_then(|span| text.get(span.offset()..span.end_offset()));
    let description = describe_syntax_error(&first.error.to_string(), token.unwrap_or_default());
    syntax_error(&description, span_position(span, first.sources))
}
