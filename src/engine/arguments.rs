//! Arguments and variables, coerced as the GraphQL specification says (sections 3 and 6.1.2).

use std::collections::HashMap;

use async_graphql::{
    Name, Number, Positioned, Value,
    dynamic::TypeRef,
    parser::types::{BaseType, OperationDefinition, Type},
};
use async_graphql_value::Value as Written;
use indexmap::IndexMap;

use super::{Argument, Graph, Input, Refusal};

/// The arguments of a field by name; one that was not given and has no default is missing.
#[derive(Clone, Debug, Default)]
pub struct Arguments(HashMap<&'static str, Value>);

impl Arguments {
    /// The value of an argument; `None` where it is missing or null.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| **value != Value::Null)
    }

    /// A text argument: `String`, `ID` or an enum value.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(text)
    }

    /// A whole-number argument.
    pub fn int(&self, name: &str) -> Option<i64> {
        match self.get(name)? {
            Value::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    /// A list argument.
    pub fn list(&self, name: &str) -> Option<&[Value]> {
        match self.get(name)? {
            Value::List(values) => Some(values),
            _ => None,
        }
    }

    /// Arguments that another executor has coerced.
    pub(super) fn coerced(
        definitions: &[Argument],
        mut given: impl FnMut(&str) -> Option<Value>,
    ) -> Self {
        Self(
            definitions
                .iter()
                .filter_map(|definition| {
                    let value = given(definition.name).or_else(|| definition.default.clone())?;
                    Some((definition.name, value))
                })
                .collect(),
        )
    }
}

/// The text of a coerced value: of a `String`, an `ID` or an enum value.
pub fn text(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Enum(name) => Some(name),
        _ => None,
    }
}

/// The variables of a request, coerced.
#[derive(Debug, Default)]
pub(super) struct Variables(HashMap<Name, Value>);

impl Variables {
    /// Coerces what was sent to what the operation declares.
    pub(super) fn coerce(
        graph: &Graph,
        operation: &OperationDefinition,
        sent: &async_graphql::Variables,
    ) -> Result<Self, Refusal> {
        let mut variables = HashMap::new();
        for definition in &operation.variable_definitions {
            let name = &definition.node.name.node;
            let ty = declared(&definition.node.var_type.node);
            let at = |refusal: Refusal| refusal.at(definition.pos);
            match sent.get(name) {
                Some(value) => {
                    let value = coerce(graph, &ty, value.clone(), &format!("variable ${name}"))
                        .map_err(at)?;
                    variables.insert(name.clone(), value);
                }
                None => match &definition.node.default_value {
                    Some(value) => {
                        let path = format!("default of variable ${name}");
                        let value = coerce(graph, &ty, value.node.clone(), &path).map_err(at)?;
                        variables.insert(name.clone(), value);
                    }
                    None if matches!(ty, TypeRef::NonNull(_)) => {
                        return Err(at(Refusal::input(format!(
                            "variable ${name} is missing; give a value of type {ty}"
                        ))));
                    }
                    None => {}
                },
            }
        }
        Ok(Self(variables))
    }

    /// The value of a variable that holds a Boolean, for `@skip` and `@include`.
    pub(super) fn flag(&self, value: &Written) -> Option<bool> {
        match value {
            Written::Boolean(flag) => Some(*flag),
            Written::Variable(name) => match self.0.get(name)? {
                Value::Boolean(flag) => Some(*flag),
                _ => None,
            },
            _ => None,
        }
    }

    /// A written value with its variables put in; `None` where it is a variable without a value.
    fn put_in(&self, value: &Written) -> Option<Value> {
        Some(match value {
            Written::Variable(name) => return self.0.get(name).cloned(),
            Written::List(values) => Value::List(
                values
                    .iter()
                    .map(|value| self.put_in(value).unwrap_or_default())
                    .collect(),
            ),
            Written::Object(fields) => Value::Object(
                fields
                    .iter()
                    .filter_map(|(name, value)| Some((name.clone(), self.put_in(value)?)))
                    .collect(),
            ),
            Written::Null => Value::Null,
            Written::Number(number) => Value::Number(number.clone()),
            Written::String(text) => Value::String(text.clone()),
            Written::Boolean(flag) => Value::Boolean(*flag),
            Written::Binary(bytes) => Value::Binary(bytes.clone()),
            Written::Enum(name) => Value::Enum(name.clone()),
        })
    }

    /// The arguments of a field.
    pub(super) fn arguments(
        &self,
        graph: &Graph,
        definitions: &[Argument],
        written: &[(Positioned<Name>, Positioned<Written>)],
    ) -> Result<Arguments, Refusal> {
        let mut arguments = HashMap::with_capacity(definitions.len());
        for definition in definitions {
            let given = written
                .iter()
                .find(|(name, _)| name.node == definition.name)
                .and_then(|(name, value)| Some((name.pos, self.put_in(&value.node)?)));
            match given {
                Some((pos, value)) => {
                    let value = coerce(graph, &definition.ty, value, definition.name)
                        .map_err(|refusal| refusal.at(pos))?;
                    arguments.insert(definition.name, value);
                }
                None => match &definition.default {
                    Some(value) => {
                        arguments.insert(definition.name, value.clone());
                    }
                    None if matches!(definition.ty, TypeRef::NonNull(_)) => {
                        return Err(Refusal::input(format!(
                            "{} is missing; give a value of type {}",
                            definition.name, definition.ty
                        )));
                    }
                    None => {}
                },
            }
        }
        Ok(Arguments(arguments))
    }
}

fn declared(ty: &Type) -> TypeRef {
    let base = match &ty.base {
        BaseType::Named(name) => TypeRef::Named(name.to_string().into()),
        BaseType::List(inner) => TypeRef::List(Box::new(declared(inner))),
    };
    if ty.nullable {
        base
    } else {
        TypeRef::NonNull(Box::new(base))
    }
}

/// Coerces a value to a type; `path` names it in messages.
fn coerce(graph: &Graph, ty: &TypeRef, value: Value, path: &str) -> Result<Value, Refusal> {
    match ty {
        TypeRef::NonNull(inner) if value == Value::Null => Err(Refusal::input(format!(
            "{path} is null; give a value of type {inner}!"
        ))),
        TypeRef::NonNull(inner) => coerce(graph, inner, value, path),
        _ if value == Value::Null => Ok(Value::Null),
        TypeRef::List(inner) => match value {
            Value::List(values) => values
                .into_iter()
                .enumerate()
                .map(|(index, value)| coerce(graph, inner, value, &format!("{path}[{index}]")))
                .collect::<Result<_, _>>()
                .map(Value::List),
            // A single value stands for a list of one.
            value => Ok(Value::List(vec![coerce(graph, inner, value, path)?])),
        },
        TypeRef::Named(name) => leaf(graph, name, value, path),
    }
}

fn leaf(graph: &Graph, ty: &str, value: Value, path: &str) -> Result<Value, Refusal> {
    let wrong = |value: &Value, right: &str| {
        Err(Refusal::input(format!(
            "{path} is {value}, which is not {right}"
        )))
    };
    match (ty, &value) {
        ("Int", Value::Number(number)) => match whole(number) {
            Some(whole) => Ok(Value::from(whole)),
            None => wrong(&value, "a whole number of 32 bits (Int)"),
        },
        ("Int", _) => wrong(&value, "a whole number (Int)"),
        ("Float", Value::Number(_)) => Ok(value),
        ("Float", _) => wrong(&value, "a number (Float)"),
        ("Boolean", Value::Boolean(_)) => Ok(value),
        ("Boolean", _) => wrong(&value, "true or false (Boolean)"),
        ("ID", Value::Number(number)) if number.is_i64() || number.is_u64() => {
            Ok(Value::String(number.to_string()))
        }
        // PostgreSQL can neither store it nor be asked for it.
        ("String" | "ID", Value::String(text)) if text.contains('\0') => wrong(
            &value,
            &format!("a text ({ty}) without the character U+0000"),
        ),
        ("String" | "ID", Value::String(_)) => Ok(value),
        ("String" | "ID", _) => wrong(&value, &format!("a text ({ty})")),
        _ => match graph.enums.get(ty) {
            None => match graph.inputs.get(ty) {
                Some(input) => object(graph, input, value, path),
                None => Ok(value),
            },
            Some(known) => match text(&value) {
                Some(text) if known.values.iter().any(|(spelling, _)| *spelling == text) => {
                    Ok(Value::Enum(Name::new(text)))
                }
                _ => {
                    let spellings: Vec<_> = known.values.iter().map(|(value, _)| *value).collect();
                    wrong(&value, &format!("a {ty}: {}", spellings.join(", ")))
                }
            },
        },
    }
}

fn object(graph: &Graph, input: &Input, value: Value, path: &str) -> Result<Value, Refusal> {
    let Value::Object(mut given) = value else {
        return Err(Refusal::input(format!(
            "{path} is {value}, which is not an object of type {}",
            input.name
        )));
    };
    let mut fields = IndexMap::with_capacity(given.len());
    for field in &input.fields {
        let path = format!("{path}.{}", field.name);
        match given.shift_remove(field.name) {
            Some(value) => {
                let value = coerce(graph, &field.ty, value, &path)?;
                fields.insert(Name::new(field.name), value);
            }
            None => match &field.default {
                Some(value) => {
                    fields.insert(Name::new(field.name), value.clone());
                }
                None if matches!(field.ty, TypeRef::NonNull(_)) => {
                    return Err(Refusal::input(format!(
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
            Err(Refusal::input(format!(
                "{path}.{unknown} is not a field of {}: {}",
                input.name,
                known.join(", ")
            )))
        }
        None => Ok(Value::Object(fields)),
    }
}

/// The number as an `Int`: a whole number of 32 bits, however it is written.
fn whole(number: &Number) -> Option<i32> {
    let whole = number.as_i64().or_else(|| {
        #[expect(clippy::cast_possible_truncation, reason = "compared with what it was")]
        number
            .as_f64()
            .filter(|float| float.fract() == 0.0 && float.abs() < 9e15)
            .map(|float| float as i64)
    })?;
    i32::try_from(whole).ok()
}
