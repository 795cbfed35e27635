//! [Introspection](https://spec.graphql.org/October2021/#sec-Introspection): executes `__schema` and
//! `__type`.

mod one_of;

use std::{collections::HashMap, sync::Arc};

use apollo_compiler::{
    ExecutableDocument, Schema as Types,
    executable::{Operation, Selection, SelectionSet},
    introspection::partial_execute,
    response::{JsonMap, JsonValue, serde_json_bytes::ByteString},
    schema::ExtendedType,
    validation::Valid,
};

pub(super) use self::one_of::add_is_one_of;

use super::{
    Document, ExecutionError, InternalError, Limits, arguments::VariableValues,
    validation::ValidationSchema,
};

/// The lengths of the lists of introspection: the number of types, and otherwise the average over the
/// types that have such a list, or over their fields.
pub(super) struct IntrospectionListSizes {
    types: f64,
    fields: f64,
    input_fields: f64,
    enum_values: f64,
    arguments: f64,
}

impl IntrospectionListSizes {
    pub(super) fn from_schema(types: &Types) -> Self {
        let mean = |counts: &dyn Fn(&ExtendedType) -> Option<usize>| {
            let counts: Vec<_> = types.types.values().filter_map(counts).collect();
            let sum: usize = counts.iter().sum();
            (sum as f64 / counts.len().max(1) as f64).max(1.0)
        };
        let fields = |ty: &ExtendedType| match ty {
            ExtendedType::Object(object) => Some(object.fields.len()),
            ExtendedType::Interface(interface) => Some(interface.fields.len()),
            _ => None,
        };
        let arguments = |ty: &ExtendedType| match ty {
            ExtendedType::Object(object) => Some(
                object
                    .fields
                    .values()
                    .map(|field| field.arguments.len())
                    .sum(),
            ),
            _ => None,
        };
        Self {
            types: types.types.len() as f64,
            fields: mean(&fields),
            input_fields: mean(&|ty| Some(ty.as_input_object()?.fields.len())),
            enum_values: mean(&|ty| Some(ty.as_enum()?.values.len())),
            arguments: mean(&arguments) / mean(&fields),
        }
    }

    /// The cost of a selection set: one for each field, times the lengths of the lists above it.
    /// Fragments are expanded; `document_limits` has bounded their expansion.
    fn cost(&self, document: &Document, set: &SelectionSet) -> f64 {
        let cost = |selection: &Selection| match selection {
            Selection::Field(field) => {
                let size = match field.name.as_str() {
                    "types" => self.types,
                    "fields" => self.fields,
                    "inputFields" => self.input_fields,
                    "enumValues" => self.enum_values,
                    "args" => self.arguments,
                    "interfaces" | "possibleTypes" => 2.0,
                    _ => 1.0,
                };
                1.0 + size * self.cost(document, &field.selection_set)
            }
            Selection::InlineFragment(fragment) => self.cost(document, &fragment.selection_set),
            Selection::FragmentSpread(spread) => document
                .executable
                .fragments
                .get(&spread.fragment_name)
                .map_or(0.0, |fragment| self.cost(document, &fragment.selection_set)),
        };
        set.selections.iter().map(cost).sum()
    }
}

/// Returns the values of `__schema` and `__type` as JSON by response key. Empty if the operation selects
/// neither.
///
/// # Errors
/// `COMPLEXITY_LIMIT` if they cost too much, or an internal error if apollo-compiler fails.
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
    if cost > limits.max_complexity as f64 {
        return Err(limits.complexity_error(cost as u64).into());
    }
    let to_error =
        |message: String| InternalError::Schema(format!("introspection failed: {message}"));
    let variables: JsonMap = variables
        .to_json()
        .map(|(name, value)| (ByteString::from(name), JsonValue::from(value)))
        .collect();
    let variables = Valid::assume_valid(variables);
    let execute = |document: &Valid<ExecutableDocument>, operation: &Operation| {
        let (types, implementers) = (&schema.types, &schema.implementers);
        partial_execute(types, implementers, document, operation, &variables)
    };
    let response = match one_of::rewrite_to_kind(&schema.types, &document.executable, operation) {
        Some((document, operation)) => execute(&document, &operation),
        None => execute(&document.executable, operation),
    };
    let response = response.map_err(|error| to_error(error.message().to_string()))?;
    if let Some(error) = response.errors.into_iter().next() {
        return Err(to_error(error.message).into());
    }
    let mut data = response.data.unwrap_or_default();
    one_of::restore_is_one_of(&document.executable, &operation.selection_set, &mut data);
    data.into_iter()
        .map(|(key, value)| {
            let json = serde_json::to_string(&value)?;
            Ok((key.as_str().to_owned(), json.into()))
        })
        .collect()
}
