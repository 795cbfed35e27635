//! Coerces [variables] and [arguments] to their types.
//!
//! [variables]: https://spec.graphql.org/October2021/#sec-Coercing-Variable-Values
//! [arguments]: https://spec.graphql.org/October2021/#sec-Coercing-Field-Arguments

use std::collections::HashMap;

use apollo_compiler::{
    Name as AstName, Schema as Types, ast,
    executable::{Field, Operation},
    validation::Valid,
};
use async_graphql::Value;
use serde_json::{Map, Value as Json};

use super::{
    Argument, Document, GraphqlError, Limits,
    input_coercion::{InputCoercer, InputSource, has_default, json_to_literal},
};

/// The coerced arguments of a field by name. An argument that has no value and no default is absent.
pub type ArgumentValues = HashMap<&'static str, Value>;

/// The coerced value of an argument; `None` if it is absent.
#[derive(Clone, Copy, Debug)]
pub struct ArgumentValue<'a>(pub(super) Option<&'a Value>);

impl<'a> ArgumentValue<'a> {
    /// The value; `None` if it is absent or null.
    pub fn get(self) -> Option<&'a Value> {
        self.0.filter(|value| **value != Value::Null)
    }

    /// The value of a `String`, `ID` or enum argument.
    pub fn str(self) -> Option<&'a str> {
        self.get().and_then(value_as_str)
    }

    /// The value of an `Int` argument.
    pub fn int(self) -> Option<i64> {
        match self.get()? {
            Value::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    /// The value of a `Float` argument.
    pub fn float(self) -> Option<f64> {
        match self.get()? {
            Value::Number(number) => number.as_f64(),
            _ => None,
        }
    }

    /// The items of a list argument.
    pub fn list(self) -> Option<&'a [Value]> {
        match self.get()? {
            Value::List(values) => Some(values),
            _ => None,
        }
    }
}

/// The text of a coerced `String`, `ID` or enum value.
pub fn value_as_str(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Enum(name) => Some(name),
        _ => None,
    }
}

/// The coerced variables of a request by name.
pub(super) struct VariableValues<'a> {
    pub(super) document: &'a Document,
    pub(super) types: &'a Valid<Types>,
    pub(super) limits: &'a Limits,
    pub(super) values: HashMap<AstName, Value>,
}

impl<'a> VariableValues<'a> {
    /// [`CoerceVariableValues`](https://spec.graphql.org/October2021/#CoerceVariableValues()).
    /// Variables that the operation does not declare are ignored.
    pub(super) fn coerce(
        types: &'a Valid<Types>,
        limits: &'a Limits,
        document: &'a Document,
        operation: &Operation,
        values: &Map<String, Json>,
    ) -> Result<Self, GraphqlError> {
        let mut coerced = HashMap::new();
        for definition in &operation.variables {
            let (name, ty) = (&definition.name, &definition.ty);
            let locate = |error: GraphqlError| {
                error.with_location(document.span_position(definition.location()))
            };
            let value = match (values.get(name.as_str()), &definition.default_value) {
                (Some(value), _) => json_to_literal(value),
                (None, Some(value)) => value.clone(),
                (None, None) if ty.is_non_null() => {
                    return Err(locate(GraphqlError::bad_user_input(format!(
                        "Variable \"${name}\" of required type \"{ty}\" was not provided."
                    ))));
                }
                (None, None) => continue,
            };
            let value = InputCoercer::new(types, InputSource::Variable(limits), name)
                .coerce_root(&value, ty, false)
                .map_err(locate)?;
            coerced.extend(value.map(|value| (name.clone(), value)));
        }
        Ok(Self {
            document,
            types,
            limits,
            values: coerced,
        })
    }

    /// The value of the `if` argument of `@skip` or `@include`.
    pub(super) fn boolean_value(&self, value: &ast::Value) -> Option<bool> {
        match value {
            ast::Value::Boolean(flag) => Some(*flag),
            ast::Value::Variable(name) => match self.values.get(name)? {
                Value::Boolean(flag) => Some(*flag),
                _ => None,
            },
            _ => None,
        }
    }

    /// [`CoerceArgumentValues`](https://spec.graphql.org/October2021/#CoerceArgumentValues()) for a
    /// field of a valid document, in which every required argument has a value.
    pub(super) fn coerce_argument_values(
        &self,
        definitions: &[Argument],
        field: &Field,
    ) -> Result<ArgumentValues, GraphqlError> {
        let mut arguments = HashMap::with_capacity(definitions.len());
        for definition in definitions {
            let name = definition.name;
            let argument = field.arguments.iter().find(|one| one.name == name);
            let mut value = None;
            if let Some(argument) = argument
                && let Some(expected) = field.definition.argument_by_name(name)
            {
                let source = InputSource::Argument(self.limits, &self.values);
                value = InputCoercer::new(self.types, source, name)
                    .coerce_root(&argument.value, &expected.ty, has_default(expected))
                    .map_err(|error| {
                        error.with_location(self.document.span_position(argument.location()))
                    })?;
            }
            let value = value.or_else(|| definition.default_value.clone());
            arguments.extend(value.map(|value| (name, value)));
        }
        Ok(arguments)
    }
}
