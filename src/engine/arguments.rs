//! Arguments and variables, coerced as the GraphQL specification says (sections 3 and 6.1.2).

use std::collections::HashMap;

use apollo_compiler::{
    Name as AstName, Node,
    ast::{self, Type},
    executable::Operation,
};
use async_graphql::{Name, Number, Value, dynamic::TypeRef};
use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use super::{Argument, Document, ErrorCode, Graph, GraphqlError, InputObject, Limits};

/// The arguments of a field by name; one that was not given and has no default is missing.
#[derive(Clone, Debug, Default)]
pub struct ArgumentValues(HashMap<&'static str, Value>);

impl ArgumentValues {
    /// The value of an argument; `None` where it is missing or null.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| **value != Value::Null)
    }

    /// A text argument: `String`, `ID` or an enum value.
    pub fn get_str(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(value_as_str)
    }

    /// A whole-number argument.
    pub fn get_int(&self, name: &str) -> Option<i64> {
        match self.get(name)? {
            Value::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    /// A list argument.
    pub fn get_list(&self, name: &str) -> Option<&[Value]> {
        match self.get(name)? {
            Value::List(values) => Some(values),
            _ => None,
        }
    }

    /// Arguments that another executor has coerced.
    pub(super) fn from_coerced(
        definitions: &[Argument],
        mut given: impl FnMut(&str) -> Option<Value>,
    ) -> Self {
        Self(
            definitions
                .iter()
                .filter_map(|definition| {
                    let value =
                        given(definition.name).or_else(|| definition.default_value.clone())?;
                    Some((definition.name, value))
                })
                .collect(),
        )
    }
}

/// The text of a coerced value: of a `String`, an `ID` or an enum value.
pub fn value_as_str(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Enum(name) => Some(name),
        _ => None,
    }
}

/// The variables of a request, coerced.
#[derive(Debug, Default)]
pub(super) struct VariableValues(HashMap<AstName, Value>);

impl VariableValues {
    /// Coerces what was sent to what the operation declares; what it does not declare is not
    /// looked at.
    pub(super) fn coerce(
        coercion: Coercion<'_>,
        document: &Document,
        operation: &Operation,
        sent: &Map<String, Json>,
    ) -> Result<Self, GraphqlError> {
        let mut variables = HashMap::new();
        for definition in &operation.variables {
            let name = &definition.name;
            let ty = type_ref_from_ast(&definition.ty);
            let at = |refusal: GraphqlError| {
                refusal.with_optional_location(document.span_position(definition.location()))
            };
            let (value, path) = match (sent.get(name.as_str()), &definition.default_value) {
                (Some(value), _) => (value_from_json(value), format!("variable ${name}")),
                (None, Some(value)) => (
                    Self::default()
                        .substitute_variables(value)
                        .unwrap_or_default(),
                    format!("the default of variable ${name}"),
                ),
                (None, None) if matches!(ty, TypeRef::NonNull(_)) => {
                    return Err(at(GraphqlError::bad_user_input(format!(
                        "variable ${name} is missing; give a value of type {ty}"
                    ))));
                }
                (None, None) => continue,
            };
            let value = coercion.coerce_value(&ty, value, &path).map_err(at)?;
            variables.insert(name.clone(), value);
        }
        Ok(Self(variables))
    }

    /// The values by name, as JSON.
    pub(super) fn to_json(&self) -> impl Iterator<Item = (&str, Json)> {
        self.0.iter().filter_map(|(name, value)| {
            let json = value.clone().into_json().ok()?;
            Some((name.as_str(), json))
        })
    }

    /// The value of a variable that holds a Boolean, for `@skip` and `@include`.
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

    /// A written value with its variables put in; `None` where it is a variable without a value.
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

    /// The arguments of a field.
    pub(super) fn coerce_argument_values(
        &self,
        coercion: Coercion<'_>,
        document: &Document,
        definitions: &[Argument],
        written: &[Node<ast::Argument>],
    ) -> Result<ArgumentValues, GraphqlError> {
        let mut arguments = HashMap::with_capacity(definitions.len());
        for definition in definitions {
            let given = written
                .iter()
                .find(|argument| argument.name == definition.name)
                .and_then(|argument| Some((argument, self.substitute_variables(&argument.value)?)));
            match given {
                Some((argument, value)) => {
                    let value = coercion
                        .coerce_value(&definition.ty, value, definition.name)
                        .map_err(|refusal| {
                            refusal
                                .with_optional_location(document.span_position(argument.location()))
                        })?;
                    arguments.insert(definition.name, value);
                }
                None => match &definition.default_value {
                    Some(value) => {
                        arguments.insert(definition.name, value.clone());
                    }
                    None if matches!(definition.ty, TypeRef::NonNull(_)) => {
                        return Err(GraphqlError::bad_user_input(format!(
                            "{} is missing; give a value of type {}",
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

/// A value as JSON sent it.
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

/// A number as a document writes it; null where no `f64` comes near it, which validation refuses.
fn parse_number(text: &str) -> Value {
    let whole = text.parse::<i64>().map(Number::from).ok();
    let number = whole.or_else(|| Number::from_f64(text.parse().ok()?));
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

/// How values are made to fit the types of a graph.
#[derive(Clone, Copy)]
pub(super) struct Coercion<'a> {
    pub(super) graph: &'a Graph,
    pub(super) limits: &'a Limits,
}

impl Coercion<'_> {
    /// Coerces a value to a type; `path` names it in messages.
    fn coerce_value(self, ty: &TypeRef, value: Value, path: &str) -> Result<Value, GraphqlError> {
        match ty {
            TypeRef::NonNull(inner) if value == Value::Null => Err(GraphqlError::bad_user_input(
                format!("{path} is null; give a value of type {inner}!"),
            )),
            TypeRef::NonNull(inner) => self.coerce_value(inner, value, path),
            _ if value == Value::Null => Ok(Value::Null),
            TypeRef::List(inner) => match value {
                Value::List(values) => self.coerce_list(inner, values, path),
                // A single value stands for a list of one.
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
        let most = self.limits.max_list_size;
        if values.len() as u64 > most {
            return Err(GraphqlError::new(
                ErrorCode::ListLimit,
                format!(
                    "{path} has {} values; a list may have {most} (limits.maxListSize)",
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
        let wrong = |value: &Value, right: &str| {
            Err(GraphqlError::bad_user_input(format!(
                "{path} is {value}, which is not {right}"
            )))
        };
        match (ty, &value) {
            ("Int", Value::Number(number)) => match as_i32(number) {
                Some(whole) => Ok(Value::from(whole)),
                None => wrong(&value, "a whole number of 32 bits (Int)"),
            },
            ("Int", _) => wrong(&value, "a whole number (Int)"),
            ("Float", Value::Number(_)) => Ok(value),
            ("Float", _) => wrong(&value, "a number (Float)"),
            ("Boolean", Value::Boolean(_)) => Ok(value),
            ("Boolean", _) => wrong(&value, "true or false (Boolean)"),
            // JSON does not tell 5 from 5.0.
            ("ID", Value::Number(number)) if is_integer(number) => Ok(Value::String(
                number.to_string().trim_end_matches(".0").to_owned(),
            )),
            // PostgreSQL can neither store it nor be asked for it.
            ("String" | "ID", Value::String(text)) if text.contains('\0') => wrong(
                &value,
                &format!("a text ({ty}) without the character U+0000"),
            ),
            ("String" | "ID", Value::String(_)) => Ok(value),
            ("String" | "ID", _) => wrong(&value, &format!("a text ({ty})")),
            _ => match self.graph.enums.get(ty) {
                None => match self.graph.input_objects.get(ty) {
                    Some(input) => self.coerce_input_object(input, value, path),
                    None => Ok(value),
                },
                Some(known) => match value_as_str(&value) {
                    Some(text) if known.values.iter().any(|(spelling, _)| *spelling == text) => {
                        Ok(Value::Enum(Name::new(text)))
                    }
                    _ => {
                        let spellings: Vec<_> =
                            known.values.iter().map(|(value, _)| *value).collect();
                        wrong(&value, &format!("a {ty}: {}", spellings.join(", ")))
                    }
                },
            },
        }
    }

    fn coerce_input_object(
        self,
        input: &InputObject,
        value: Value,
        path: &str,
    ) -> Result<Value, GraphqlError> {
        let Value::Object(mut given) = value else {
            return Err(GraphqlError::bad_user_input(format!(
                "{path} is {value}, which is not an object of type {}",
                input.name
            )));
        };
        let mut fields = IndexMap::with_capacity(given.len());
        for field in &input.fields {
            let path = format!("{path}.{}", field.name);
            match given.shift_remove(field.name) {
                Some(value) => {
                    let value = self.coerce_value(&field.ty, value, &path)?;
                    fields.insert(Name::new(field.name), value);
                }
                None => match &field.default_value {
                    Some(value) => {
                        fields.insert(Name::new(field.name), value.clone());
                    }
                    None if matches!(field.ty, TypeRef::NonNull(_)) => {
                        return Err(GraphqlError::bad_user_input(format!(
                            "{path} is missing; give a value of type {}",
                            field.ty
                        )));
                    }
                    None => {}
                },
            }
        }
        match given.keys().next() {
            Some(unknown) => {
                let known: Vec<_> = input.fields.iter().map(|field| field.name).collect();
                Err(GraphqlError::bad_user_input(format!(
                    "{path}.{unknown} is not a field of {}: {}",
                    input.name,
                    known.join(", ")
                )))
            }
            None => Ok(Value::Object(fields)),
        }
    }
}

fn is_integer(number: &Number) -> bool {
    !number.is_f64() || number.as_f64().is_some_and(|float| float.fract() == 0.0)
}

/// The number as an `Int`: a whole number of 32 bits, however it is written.
fn as_i32(number: &Number) -> Option<i32> {
    let whole = number.as_i64().or_else(|| {
        #[expect(clippy::cast_possible_truncation, reason = "compared with what it was")]
        number
            .as_f64()
            .filter(|float| float.fract() == 0.0 && float.abs() < 9e15)
            .map(|float| float as i64)
    })?;
    i32::try_from(whole).ok()
}
