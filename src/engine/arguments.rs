//! Coerces [variables] and [arguments] to their types.
//!
//! [variables]: https://spec.graphql.org/October2021/#sec-Coercing-Variable-Values
//! [arguments]: https://spec.graphql.org/October2021/#sec-Coercing-Field-Arguments

use std::collections::HashMap;

use apollo_compiler::{
    Name as AstName, Node,
    ast::{self, Type},
    executable::Operation,
};
use async_graphql::{Name, Number, Value, dynamic::TypeRef};
use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use super::{
    Argument, Document, ErrorCode, Graph, GraphqlError, InputObject, Limits,
    wording::{
        abbreviate, cannot_represent, int_out_of_range, suggest_enum_value, unknown_enum_value,
        unknown_input_field,
    },
};

/// The coerced arguments of a field by name. An argument that has no value and no default is absent.
#[derive(Clone, Debug, Default)]
pub struct ArgumentValues(HashMap<&'static str, Value>);

impl ArgumentValues {
    /// The value of an argument; `None` if it is absent or null.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| **value != Value::Null)
    }

    /// The value of a `String`, `ID` or enum argument.
    pub fn get_str(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(value_as_str)
    }

    /// The value of an `Int` argument.
    pub fn get_int(&self, name: &str) -> Option<i64> {
        match self.get(name)? {
            Value::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    /// The items of a list argument.
    pub fn get_list(&self, name: &str) -> Option<&[Value]> {
        match self.get(name)? {
            Value::List(values) => Some(values),
            _ => None,
        }
    }

    /// Wraps arguments that another executor has coerced.
    pub(super) fn from_coerced(
        definitions: &[Argument],
        mut value_of: impl FnMut(&str) -> Option<Value>,
    ) -> Self {
        Self(
            definitions
                .iter()
                .filter_map(|definition| {
                    let value =
                        value_of(definition.name).or_else(|| definition.default_value.clone())?;
                    Some((definition.name, value))
                })
                .collect(),
        )
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
#[derive(Debug, Default)]
pub(super) struct VariableValues(HashMap<AstName, Value>);

impl VariableValues {
    /// [`CoerceVariableValues`](https://spec.graphql.org/October2021/#CoerceVariableValues()).
    /// Variables that the operation does not declare are ignored.
    pub(super) fn coerce(
        coercion: Coercion<'_>,
        document: &Document,
        operation: &Operation,
        values: &Map<String, Json>,
    ) -> Result<Self, GraphqlError> {
        let mut variables = HashMap::new();
        for definition in &operation.variables {
            let name = &definition.name;
            let ty = type_ref_from_ast(&definition.ty);
            let locate = |error: GraphqlError| {
                error.with_optional_location(document.span_position(definition.location()))
            };
            let value = match (values.get(name.as_str()), &definition.default_value) {
                (Some(value), _) => value_from_json(value),
                (None, Some(value)) => Self::default()
                    .substitute_variables(value)
                    .unwrap_or_default(),
                (None, None) if matches!(ty, TypeRef::NonNull(_)) => {
                    return Err(locate(GraphqlError::bad_user_input(format!(
                        "Variable \"${name}\" of required type \"{ty}\" was not provided."
                    ))));
                }
                (None, None) => continue,
            };
            let path = format!("${name}");
            let value = coercion.coerce_value(&ty, value, &path).map_err(locate)?;
            variables.insert(name.clone(), value);
        }
        Ok(Self(variables))
    }

    /// The variables as JSON.
    pub(super) fn to_json(&self) -> impl Iterator<Item = (&str, Json)> {
        self.0.iter().filter_map(|(name, value)| {
            let json = value.clone().into_json().ok()?;
            Some((name.as_str(), json))
        })
    }

    /// The value of the `if` argument of `@skip` or `@include`.
    pub(super) fn boolean_value(&self, value: &ast::Value) -> Option<bool> {
        match value {
            ast::Value::Boolean(flag) => Some(*flag),
            ast::Value::Variable(name) => match self.0.get(name)? {
                Value::Boolean(flag) => Some(*flag),
                _ => None,
            },
            _ => None,
        }
    }

    /// A literal with its variables replaced by their values; `None` for a variable without one.
    fn substitute_variables(&self, value: &ast::Value) -> Option<Value> {
        Some(match value {
            ast::Value::Variable(name) => return self.0.get(name).cloned(),
            ast::Value::List(values) => Value::List(
                values
                    .iter()
                    .map(|value| self.substitute_variables(value).unwrap_or_default())
                    .collect(),
            ),
            ast::Value::Object(fields) => Value::Object(
                fields
                    .iter()
                    .filter_map(|(name, value)| {
                        Some((Name::new(name), self.substitute_variables(value)?))
                    })
                    .collect(),
            ),
            ast::Value::Null => Value::Null,
            ast::Value::Int(int) => parse_number(int.as_str()),
            ast::Value::Float(float) => parse_number(float.as_str()),
            ast::Value::String(text) => Value::String(text.clone()),
            ast::Value::Boolean(flag) => Value::Boolean(*flag),
            ast::Value::Enum(name) => Value::Enum(Name::new(name)),
        })
    }

    /// [`CoerceArgumentValues`](https://spec.graphql.org/October2021/#CoerceArgumentValues()).
    pub(super) fn coerce_argument_values(
        &self,
        coercion: Coercion<'_>,
        document: &Document,
        definitions: &[Argument],
        nodes: &[Node<ast::Argument>],
    ) -> Result<ArgumentValues, GraphqlError> {
        let mut arguments = HashMap::with_capacity(definitions.len());
        for definition in definitions {
            let argument = nodes
                .iter()
                .find(|node| node.name == definition.name)
                .and_then(|node| Some((node, self.substitute_variables(&node.value)?)));
            match argument {
                Some((node, value)) => {
                    let value = coercion
                        .coerce_value(&definition.ty, value, definition.name)
                        .map_err(|error| {
                            error.with_optional_location(document.span_position(node.location()))
                        })?;
                    arguments.insert(definition.name, value);
                }
                None => match &definition.default_value {
                    Some(value) => {
                        arguments.insert(definition.name, value.clone());
                    }
                    None if matches!(definition.ty, TypeRef::NonNull(_)) => {
                        return Err(GraphqlError::bad_user_input(format!(
                            "Argument \"{}\" of required type \"{}\" was not provided.",
                            definition.name, definition.ty
                        )));
                    }
                    None => {}
                },
            }
        }
        Ok(ArgumentValues(arguments))
    }
}

fn value_from_json(value: &Json) -> Value {
    match value {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Boolean(*flag),
        Json::Number(number) => Value::Number(number.clone()),
        Json::String(text) => Value::String(text.clone()),
        Json::Array(values) => Value::List(values.iter().map(value_from_json).collect()),
        Json::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(name, value)| (Name::new(name), value_from_json(value)))
                .collect(),
        ),
    }
}

/// The value of a numeric literal; null if it is too large for an `f64`, which validation rejects.
fn parse_number(text: &str) -> Value {
    let integer = text.parse::<i64>().map(Number::from).ok();
    let number = integer.or_else(|| Number::from_f64(text.parse().ok()?));
    number.map_or(Value::Null, Value::Number)
}

fn type_ref_from_ast(ty: &Type) -> TypeRef {
    let named = |name: &AstName| TypeRef::Named(name.to_string().into());
    match ty {
        Type::Named(name) => named(name),
        Type::NonNullNamed(name) => TypeRef::NonNull(Box::new(named(name))),
        Type::List(inner) => TypeRef::List(Box::new(type_ref_from_ast(inner))),
        Type::NonNullList(inner) => {
            TypeRef::NonNull(Box::new(TypeRef::List(Box::new(type_ref_from_ast(inner)))))
        }
    }
}

/// Coerces values to the types of a graph, within the limits.
#[derive(Clone, Copy)]
pub(super) struct Coercion<'a> {
    pub(super) graph: &'a Graph,
    pub(super) limits: &'a Limits,
}

impl Coercion<'_> {
    /// Coerces a value to a type. `path` locates the value for error messages, as in
    /// `$filter.kind[0]` for a variable or `filter.kind[0]` for an argument.
    fn coerce_value(self, ty: &TypeRef, value: Value, path: &str) -> Result<Value, GraphqlError> {
        match ty {
            TypeRef::NonNull(_) if value == Value::Null => Err(null_error(path, ty)),
            TypeRef::NonNull(inner) => self.coerce_value(inner, value, path),
            _ if value == Value::Null => Ok(Value::Null),
            TypeRef::List(inner) => match value {
                Value::List(values) => self.coerce_list(inner, values, path),
                // A single value is coerced to a list of one.
                value => Ok(Value::List(vec![self.coerce_value(inner, value, path)?])),
            },
            TypeRef::Named(name) => self.coerce_named_value(name, value, path),
        }
    }

    fn coerce_list(
        self,
        ty: &TypeRef,
        values: Vec<Value>,
        path: &str,
    ) -> Result<Value, GraphqlError> {
        let max = self.limits.max_list_size;
        if values.len() as u64 > max {
            return Err(GraphqlError::new(
                ErrorCode::ListLimit,
                format!(
                    "{path} has {} values; at most {max} are allowed (limits.maxListSize)",
                    values.len()
                ),
            ));
        }
        values
            .into_iter()
            .enumerate()
            .map(|(index, value)| self.coerce_value(ty, value, &format!("{path}[{index}]")))
            .collect::<Result<_, _>>()
            .map(Value::List)
    }

    fn coerce_named_value(self, ty: &str, value: Value, path: &str) -> Result<Value, GraphqlError> {
        let reason = match (ty, &value) {
            ("Int", Value::Number(number)) => match as_i32(number) {
                Some(int) => return Ok(Value::from(int)),
                None if is_integer(number) => int_out_of_range(&print_value(&value)),
                None => cannot_represent(ty, &print_value(&value)),
            },
            ("Float", Value::Number(_)) | ("Boolean", Value::Boolean(_)) => return Ok(value),
            // JSON does not distinguish 5 from 5.0.
            ("ID", Value::Number(number)) if is_integer(number) => {
                let number = number.to_string();
                return Ok(Value::String(number.trim_end_matches(".0").to_owned()));
            }
            // PostgreSQL can neither store nor compare this character.
            ("String" | "ID", Value::String(text)) if text.contains('\0') => {
                format!("{ty} cannot represent the character U+0000")
            }
            ("String" | "ID", Value::String(_)) => return Ok(value),
            ("ID", _) => format!("ID cannot represent value: {}", print_value(&value)),
            ("Int" | "Float" | "Boolean" | "String", _) => {
                cannot_represent(ty, &print_value(&value))
            }
            _ => {
                if let Some(input) = self.graph.input_objects.get(ty) {
                    return self.coerce_input_object(input, value, path);
                }
                let Some(definition) = self.graph.enums.get(ty) else {
                    return Ok(value);
                };
                let name = value_as_str(&value);
                let mut names = definition.values.iter().map(|(name, _)| *name);
                if let Some(name) = name
                    && names.any(|one| one == name)
                {
                    return Ok(Value::Enum(Name::new(name)));
                }
                let values: Vec<_> = definition.values.iter().map(|(name, _)| *name).collect();
                match name {
                    Some(name) => unknown_enum_value(ty, name, &values),
                    None => {
                        let value = print_value(&value);
                        let hint = suggest_enum_value(&value, &values);
                        format!("Enum {ty:?} cannot represent non-string value: {value}.{hint}")
                    }
                }
            }
        };
        Err(invalid_value(path, &value, &reason))
    }

    fn coerce_input_object(
        self,
        input: &InputObject,
        value: Value,
        path: &str,
    ) -> Result<Value, GraphqlError> {
        let Value::Object(object) = &value else {
            let reason = format!("Expected type {:?} to be an object.", input.name);
            return Err(invalid_value(path, &value, &reason));
        };
        if let Some(reason) = input_object_error(input, object) {
            return Err(invalid_value(path, &value, &reason));
        }
        let Value::Object(mut object) = value else {
            return Ok(value);
        };
        let mut fields = IndexMap::with_capacity(object.len());
        for field in &input.fields {
            let value = match object.shift_remove(field.name) {
                Some(value) => {
                    let path = format!("{path}.{}", field.name);
                    Some(self.coerce_value(&field.ty, value, &path)?)
                }
                None => field.default_value.clone(),
            };
            if let Some(value) = value {
                fields.insert(Name::new(field.name), value);
            }
        }
        Ok(Value::Object(fields))
    }
}

/// Why an object is not of an input object type, apart from the values of its fields.
fn input_object_error(input: &InputObject, object: &IndexMap<Name, Value>) -> Option<String> {
    let missing = input.fields.iter().find(|field| {
        matches!(field.ty, TypeRef::NonNull(_))
            && field.default_value.is_none()
            && !object.contains_key(field.name)
    });
    if let Some(field) = missing {
        return Some(format!(
            "Field {:?} of required type \"{}\" was not provided.",
            field.name, field.ty
        ));
    }
    let is_field = |name: &Name| input.fields.iter().any(|field| field.name == name);
    let unknown = object.keys().find(|name| !is_field(name))?;
    let names: Vec<_> = input.fields.iter().map(|field| field.name).collect();
    Some(unknown_input_field(input.name, unknown, &names))
}

/// The variable or argument that a path begins with, and whether the path leads to a value inside it.
fn path_root(path: &str) -> (String, bool) {
    let root = path.split(['.', '[']).next().unwrap_or(path);
    let kind = match root.starts_with('$') {
        true => "Variable",
        false => "Argument",
    };
    (format!("{kind} {root:?}"), root.len() < path.len())
}

fn null_error(path: &str, ty: &TypeRef) -> GraphqlError {
    match path_root(path) {
        (root, false) => GraphqlError::bad_user_input(format!(
            "{root} of non-null type \"{ty}\" must not be null."
        )),
        (_, true) => {
            let reason = format!("Expected non-nullable type \"{ty}\" not to be null.");
            invalid_value(path, &Value::Null, &reason)
        }
    }
}

fn invalid_value(path: &str, value: &Value, reason: &str) -> GraphqlError {
    let (root, is_inside) = path_root(path);
    let verb = match path.starts_with('$') {
        true => "got",
        false => "has",
    };
    let location = match is_inside {
        true => format!(" at {:?}", path.trim_start_matches('$')),
        false => String::new(),
    };
    let value = print_value(value);
    GraphqlError::bad_user_input(format!(
        "{root} {verb} invalid value {value}{location}; {reason}"
    ))
}

/// A value as GraphQL, cut if it is long.
fn print_value(value: &Value) -> String {
    abbreviate(&value.to_string())
}

fn is_integer(number: &Number) -> bool {
    !number.is_f64() || number.as_f64().is_some_and(|float| float.fract() == 0.0)
}

/// The number as an `Int`, even if it is written with a fraction of zero.
fn as_i32(number: &Number) -> Option<i32> {
    let integer = number.as_i64().or_else(|| {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the float is a small integer"
        )]
        number
            .as_f64()
            .filter(|float| float.fract() == 0.0 && float.abs() < 9e15)
            .map(|float| float as i64)
    })?;
    i32::try_from(integer).ok()
}
