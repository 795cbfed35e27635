//! [Introspection](https://spec.graphql.org/October2021/#sec-Introspection): executes `__schema` and
//! `__type`.

mod one_of;

use std::{collections::HashMap, sync::Arc};

use apollo_compiler::{
    Schema as Types,
    executable::{Operation, Selection, SelectionSet},
    introspection::{check_max_depth, partial_execute},
    response::{JsonMap, JsonValue, serde_json_bytes::ByteString},
    schema::ExtendedType,
    validation::Valid,
};

pub(super) use self::one_of::{add_is_one_of, select_kind};

use super::{
    Document, ErrorCode, ExecutionError, GraphqlError, InternalError, Limits,
    arguments::VariableValues, validation::ValidationSchema,
};

/// The lengths of the lists of introspection.
pub(super) struct IntrospectionListSizes {
    types: f64,
    /// The average number of fields, input fields or values of a type.
    members: f64,
}

impl IntrospectionListSizes {
    pub(super) fn from_schema(types: &Types) -> Self {
        let members = |ty: &ExtendedType| match ty {
            ExtendedType::Object(object) => object.fields.len(),
            ExtendedType::Interface(interface) => interface.fields.len(),
            ExtendedType::InputObject(input) => input.fields.len(),
            ExtendedType::Enum(definition) => definition.values.len(),
            ExtendedType::Scalar(_) | ExtendedType::Union(_) => 0,
        };
        let total: usize = types.types.values().map(members).sum();
        let types = types.types.len() as f64;
        let members = total as f64 / types;
        Self { types, members }
    }

    /// The cost of a selection set: one for each field, times the lengths of the lists above it.
    /// Fragments are expanded; `document_limits` has bounded their expansion.
    fn cost(&self, document: &Document, set: &SelectionSet) -> f64 {
        let cost = |selection: &Selection| match selection {
            Selection::Field(field) => {
                let size = match field.name.as_str() {
                    "types" => self.types,
                    "fields" | "inputFields" | "enumValues" => self.members,
                    "args" | "interfaces" | "possibleTypes" => 2.0,
                    _ => 1.0,
                };
                1.0 + size * self.cost(document, &field.selection_set)
            }
            Selection::InlineFragment(fragment) => self.cost(document, &fragment.selection_set),
            Selection::FragmentSpread(spread) => spread
                .fragment_def(&document.executable)
                .map_or(0.0, |fragment| self.cost(document, &fragment.selection_set)),
        };
        set.selections.iter().map(cost).sum()
    }
}

/// Returns the values of `__schema` and `__type` as JSON by response key. Empty if the operation selects
/// neither.
///
/// # Errors
/// `DEPTH_LIMIT` or `COMPLEXITY_LIMIT` if they nest too many lists or cost too much, or an internal error
/// if apollo-compiler fails.
pub(super) fn execute_introspection(
    schema: &ValidationSchema,
    list_sizes: &IntrospectionListSizes,
    limits: &Limits,
    document: &Document,
    operation: &Operation,
    variables: &VariableValues<'_>,
) -> Result<HashMap<String, Arc<str>>, ExecutionError> {
    let mut cost = 0.0;
    for field in operation.root_fields(&document.executable) {
        if matches!(field.name.as_str(), "__schema" | "__type") {
            cost += 1.0 + list_sizes.cost(document, &field.selection_set);
        }
    }
    if cost == 0.0 {
        return Ok(HashMap::new());
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
    let variables: JsonMap = variables
        .to_json()
        .map(|(name, value)| (ByteString::from(name), JsonValue::from(value)))
        .collect();
    let response = partial_execute(
        &schema.types,
        &schema.implementers,
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
