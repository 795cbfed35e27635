//! The variables of an operation, for forms and URLs that set them.

use apollo_compiler::{Schema, ast::Type, executable::Operation, schema::ExtendedType};

/// A variable of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationVariable {
    /// The name without `$`.
    pub name: String,
    /// The type in GraphQL, such as `[PartnershipLevel!]`.
    pub ty: String,
    /// The name of the type without lists and non-null.
    pub type_name: String,
    /// Whether the value is a list.
    pub is_list: bool,
    /// Whether a request must set it.
    pub is_required: bool,
    /// The default in GraphQL; `None` if there is none.
    pub default: Option<String>,
    /// The values of an enum; empty for other types.
    pub enum_values: Vec<String>,
    /// Whether the values are input objects.
    pub is_input_object: bool,
}

/// The variables of an operation in their order.
pub(super) fn operation_variables(types: &Schema, operation: &Operation) -> Vec<OperationVariable> {
    let variables = operation.variables.iter().map(|variable| {
        let ty: &Type = &variable.ty;
        let type_name = ty.inner_named_type();
        let definition = types.types.get(type_name);
        let enum_values = match definition {
            Some(ExtendedType::Enum(definition)) => {
                definition.values.keys().map(ToString::to_string).collect()
            }
            _ => Vec::new(),
        };
        OperationVariable {
            name: variable.name.to_string(),
            ty: ty.to_string(),
            type_name: type_name.to_string(),
            is_list: ty.is_list(),
            is_required: ty.is_non_null() && variable.default_value.is_none(),
            default: variable.default_value.as_ref().map(ToString::to_string),
            enum_values,
            is_input_object: matches!(definition, Some(ExtendedType::InputObject(_))),
        }
    });
    variables.collect()
}
