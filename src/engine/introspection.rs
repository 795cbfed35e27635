//! [Introspection](https://spec.graphql.org/October2021/#sec-Introspection): executes `__schema` and
//! `__type`.

mod one_of;

use std::sync::Arc;

use apollo_compiler::{
    executable::{Operation, Selection, SelectionSet},
    introspection::{check_max_depth, partial_execute},
    response::serde_json_bytes,
    validation::Valid,
};
use foldhash::HashMap;

pub(super) use self::one_of::{IS_ONE_OF_SDL, select_kind};

use super::{
    Document, ErrorCode, ExecutionError, GraphqlError, InternalError, arguments::VariableValues,
};

/// The cost of a selection set: one for each field, times the lengths of the lists above it. They are
/// assumed to be about those of a schema with 100 types, which a larger schema exceeds in proportion.
/// Fragments are expanded; `document_limits` has bounded their expansion.
fn selection_set_cost(document: &Document, set: &SelectionSet) -> f64 {
    let cost = |selection: &Selection| match selection {
        Selection::Field(field) => {
            let length = match field.name.as_str() {
                "types" => 110.0,
                "fields" | "inputFields" | "enumValues" => 6.0,
                "args" | "interfaces" | "possibleTypes" => 2.0,
                _ => 1.0,
            };
            1.0 + length * selection_set_cost(document, &field.selection_set)
        }
        Selection::InlineFragment(fragment) => {
            selection_set_cost(document, &fragment.selection_set)
        }
        Selection::FragmentSpread(spread) => spread
            .fragment_def(&document.executable)
            .map_or(0.0, |fragment| {
                selection_set_cost(document, &fragment.selection_set)
            }),
    };
    set.selections.iter().map(cost).sum()
}

/// Returns the values of `__schema` and `__type` as JSON by response key. Empty if the operation selects
/// neither.
///
/// # Errors
/// `DEPTH_LIMIT` or `COMPLEXITY_LIMIT` if they nest too many lists or cost too much, or an internal error
/// if apollo-compiler fails.
pub(super) fn execute_introspection(
    operation: &Operation,
    variables: &VariableValues<'_>,
) -> Result<HashMap<String, Arc<str>>, ExecutionError> {
    let (document, types, limits) = (variables.document, variables.types, variables.limits);
    let mut cost = 0.0;
    for field in operation.root_fields(&document.executable) {
        if matches!(field.name.as_str(), "__schema" | "__type") {
            cost += 1.0 + selection_set_cost(document, &field.selection_set);
        }
    }
    if cost == 0.0 {
        return Ok(HashMap::default());
    }
    // Types have fields and fields have types, so a short document could select millions of them.
    check_max_depth(&document.executable, operation).map_err(|error| {
        let message = "the document nests more than 2 lists of introspection, such as `fields`";
        GraphqlError::new(ErrorCode::DepthLimit, message)
            .with_location(document.span_position(error.location()))
    })?;
    if cost > limits.max_complexity as f64 {
        return Err(limits.complexity_error(cost as u64).into());
    }
    let variables = serde_json_bytes::to_value(&variables.values)?;
    let variables = variables.as_object().cloned().unwrap_or_default();
    let response = partial_execute(
        types,
        &types.implementers_map(),
        &document.executable,
        operation,
        &Valid::assume_valid(variables),
    )
    .map_err(|error| InternalError::Introspection(error.message().to_string()))?;
    if let Some(error) = response.errors.into_iter().next() {
        return Err(InternalError::Introspection(error.message).into());
    }
    let data = response.data.unwrap_or_default();
    data.into_iter()
        .map(|(key, value)| {
            let json = one_of::restore_is_one_of(&serde_json::to_string(&value)?);
            Ok((key.as_str().to_owned(), json.into()))
        })
        .collect()
}
