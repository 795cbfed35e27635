//! Checks and [coerces](https://spec.graphql.org/October2021/#sec-Input-Objects.Input-Coercion) input values:
//! literals of a document and JSON values of variables.
//!
//! One function does both steps, so that they agree. When a document is validated, the types of its
//! variables are known; when an operation is planned, their values are. Messages are those of graphql-js.

use std::{borrow::Cow, collections::HashMap, fmt, fmt::Write as _};

use apollo_compiler::{
    Name as AstName, Node, Schema as Types,
    ast::{self, InputValueDefinition, Type, VariableDefinition},
    schema::{ExtendedType, InputObjectType},
};
use async_graphql::{Name, Number, Value};
use indexmap::IndexMap;
use serde_json::Value as Json;

use super::{
    ErrorCode, GraphqlError, Limits,
    document_limits::LocatedError,
    wording::{did_you_mean, list_available, suggest},
};

/// A value that a client sent.
#[derive(Clone, Copy)]
pub(super) enum Input<'a> {
    Literal(&'a Node<ast::Value>),
    Json(&'a Json),
}

/// What an input value is, wherever it comes from.
enum InputValue<'a> {
    Null,
    Boolean(bool),
    /// In JSON, a number without a fraction, because JSON does not distinguish 5 from 5.0.
    Integer(Cow<'a, str>),
    Float(Cow<'a, str>),
    String(&'a str),
    Enum(&'a str),
    List(Vec<Input<'a>>),
    Object(Vec<(&'a str, Input<'a>)>),
    Variable(&'a AstName),
}

impl<'a> Input<'a> {
    fn value(self) -> InputValue<'a> {
        match self {
            Self::Literal(literal) => match &**literal {
                ast::Value::Null => InputValue::Null,
                ast::Value::Boolean(flag) => InputValue::Boolean(*flag),
                ast::Value::Int(int) => InputValue::Integer(int.as_str().into()),
                ast::Value::Float(float) => InputValue::Float(float.as_str().into()),
                ast::Value::String(text) => InputValue::String(text),
                ast::Value::Enum(name) => InputValue::Enum(name),
                ast::Value::Variable(name) => InputValue::Variable(name),
                ast::Value::List(items) => {
                    InputValue::List(items.iter().map(Self::Literal).collect())
                }
                ast::Value::Object(fields) => {
                    let fields = fields.iter();
                    InputValue::Object(
                        fields
                            .map(|(k, v)| (k.as_str(), Self::Literal(v)))
                            .collect(),
                    )
                }
            },
            Self::Json(json) => match json {
                Json::Null => InputValue::Null,
                Json::Bool(flag) => InputValue::Boolean(*flag),
                Json::Number(number) => {
                    let text = number.to_string();
                    match number.as_f64().is_none_or(|float| float.fract() == 0.0) {
                        true => InputValue::Integer(text.trim_end_matches(".0").to_owned().into()),
                        false => InputValue::Float(text.into()),
                    }
                }
                Json::String(text) => InputValue::String(text),
                Json::Array(items) => InputValue::List(items.iter().map(Self::Json).collect()),
                Json::Object(fields) => {
                    let fields = fields.iter();
                    InputValue::Object(fields.map(|(k, v)| (k.as_str(), Self::Json(v))).collect())
                }
            },
        }
    }
}

/// Writes the value as GraphQL, cut if it is long.
impl fmt::Display for Input<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MAX_CHARS: usize = 60;
        let text = match self {
            Self::Literal(literal) => literal.serialize().no_indent().to_string(),
            Self::Json(json) => Value::from_json((*json).clone())
                .unwrap_or_default()
                .to_string(),
        };
        match text.char_indices().nth(MAX_CHARS) {
            Some((end, _)) => write!(f, "{}...", &text[..end]),
            None => f.write_str(&text),
        }
    }
}

/// What is known about the variables of an operation.
pub(super) enum Variables<'a> {
    /// Their definitions, when a document is validated.
    Defined(HashMap<&'a AstName, &'a VariableDefinition>),
    /// Their coerced values, when an operation is planned.
    Coerced(&'a HashMap<AstName, Value>, &'a Limits),
}

/// Coerces input values, and collects what is wrong with them.
pub(super) struct InputCoercer<'a> {
    pub(super) types: &'a Types,
    pub(super) variables: Variables<'a>,
    /// Leads to the current value, as in `$filter.kind[0]` for a variable or `filter.kind[0]` for an
    /// argument.
    pub(super) path: String,
    /// All errors of a document, but only the first one of a variable or an argument.
    pub(super) errors: Vec<LocatedError>,
}

/// Whether an argument or a field of an input object has a default other than null.
pub(super) fn has_default(definition: &InputValueDefinition) -> bool {
    let default = definition.default_value.as_deref();
    default.is_some_and(|value| *value != ast::Value::Null)
}

impl<'a> InputCoercer<'a> {
    /// Returns the value, or `None` if it is invalid or a variable without a value.
    pub(super) fn coerce(
        &mut self,
        input: Input<'a>,
        ty: &Type,
        has_default: bool,
    ) -> Option<Value> {
        match input.value() {
            InputValue::Variable(name) => self.coerce_variable(input, name, ty, has_default),
            InputValue::Null if ty.is_non_null() => self.report_null(input, ty),
            InputValue::Null => Some(Value::Null),
            InputValue::List(items) if ty.is_list() => self.coerce_list(&items, ty.item_type()),
            value => {
                let mut value = self.coerce_named(input, value, ty)?;
                // A single value is coerced to a list of one.
                let mut ty = ty;
                while ty.is_list() {
                    value = Value::List(vec![value]);
                    ty = ty.item_type();
                }
                Some(value)
            }
        }
    }

    fn coerce_variable(
        &mut self,
        input: Input<'a>,
        name: &AstName,
        ty: &Type,
        has_default: bool,
    ) -> Option<Value> {
        match &self.variables {
            Variables::Defined(definitions) => {
                // apollo-compiler reports undefined variables and unknown types.
                let definition = definitions.get(name)?;
                if self
                    .types
                    .types
                    .contains_key(definition.ty.inner_named_type())
                    && !is_variable_usage_allowed(definition, ty, has_default)
                {
                    let reason = format!(
                        "Variable \"${name}\" of type \"{}\" used in position expecting type \"{ty}\".",
                        definition.ty
                    );
                    self.report(input, reason);
                }
                None
            }
            Variables::Coerced(values, _) => match values.get(name)? {
                Value::Null if ty.is_non_null() => self.report_null(Input::Json(&Json::Null), ty),
                value => Some(value.clone()),
            },
        }
    }

    fn coerce_list(&mut self, items: &[Input<'a>], item_type: &Type) -> Option<Value> {
        if let Variables::Coerced(_, limits) = self.variables
            && items.len() as u64 > limits.max_list_size
        {
            let message = format!(
                "{} has {} values; at most {} are allowed (limits.maxListSize)",
                self.path,
                items.len(),
                limits.max_list_size
            );
            self.errors
                .push((GraphqlError::new(ErrorCode::ListLimit, message), None));
            return None;
        }
        let items = items.iter().enumerate().map(|(index, item)| {
            let value = self.coerce_at(format_args!("[{index}]"), *item, item_type, false);
            value.unwrap_or_default()
        });
        Some(Value::List(items.collect()))
    }

    /// Coerces an item of a list or a field of an input object.
    fn coerce_at(
        &mut self,
        step: fmt::Arguments<'_>,
        input: Input<'a>,
        ty: &Type,
        has_default: bool,
    ) -> Option<Value> {
        let length = self.path.len();
        // Writing to a string cannot fail.
        let _ = self.path.write_fmt(step);
        let value = self.coerce(input, ty, has_default);
        self.path.truncate(length);
        value
    }

    /// Coerces a value that is no list, or one for which no list is expected.
    fn coerce_named(
        &mut self,
        input: Input<'a>,
        value: InputValue<'a>,
        ty: &Type,
    ) -> Option<Value> {
        let name = ty.inner_named_type();
        // apollo-compiler reports types that are unknown or not input types.
        let result = match (self.types.types.get(name)?, value) {
            (ExtendedType::Scalar(_), value) => self.coerce_scalar(name, input, value),
            (ExtendedType::InputObject(definition), InputValue::Object(fields)) => {
                return self.coerce_input_object(input, fields, definition);
            }
            (ExtendedType::InputObject(_), _) => Err(match input {
                Input::Literal(_) => unexpected(input, ty),
                Input::Json(_) => format!("Expected type \"{name}\" to be an object."),
            }),
            (ExtendedType::Enum(definition), value) => {
                let suggest = |text: &str| {
                    let values = definition.values.keys().map(|one| one.as_str());
                    did_you_mean(text, "the enum value ", values.clone())
                        .unwrap_or_else(|| list_available("values", &values.collect::<Vec<_>>()))
                };
                match (input, value) {
                    (Input::Literal(_), InputValue::Enum(text))
                    | (Input::Json(_), InputValue::String(text)) => {
                        match definition.values.contains_key(text) {
                            true => Ok(Value::Enum(Name::new(text))),
                            false => Err(format!(
                                "Value {text:?} does not exist in \"{name}\" enum.{}",
                                suggest(text)
                            )),
                        }
                    }
                    _ => {
                        let expected = match input {
                            Input::Literal(_) => "non-enum",
                            Input::Json(_) => "non-string",
                        };
                        let text = input.to_string();
                        let hint = suggest(text.trim_matches('"'));
                        Err(format!(
                            "Enum \"{name}\" cannot represent {expected} value: {text}.{hint}"
                        ))
                    }
                }
            }
            _ => return None,
        };
        result.map_err(|reason| self.report(input, reason)).ok()
    }

    /// A custom scalar accepts what a string does.
    fn coerce_scalar(
        &self,
        scalar: &str,
        input: Input<'_>,
        value: InputValue<'_>,
    ) -> Result<Value, String> {
        let expected = match (scalar, value) {
            ("Int", InputValue::Integer(text)) => match text.parse::<i32>() {
                Ok(int) => return Ok(int.into()),
                Err(_) => "non 32-bit signed integer",
            },
            ("Int", _) => "non-integer",
            ("Float", InputValue::Integer(text) | InputValue::Float(text)) => {
                let integer = text.parse::<i64>().map(Number::from).ok();
                let float = || Number::from_f64(text.parse().ok()?);
                match integer.or_else(float) {
                    Some(number) => return Ok(Value::Number(number)),
                    None => "non numeric",
                }
            }
            ("Float", _) => "non numeric",
            ("Boolean", InputValue::Boolean(flag)) => return Ok(flag.into()),
            ("Boolean", _) => "a non boolean",
            ("ID", InputValue::Integer(text)) => return Ok(Value::String(text.into_owned())),
            // PostgreSQL can neither store nor compare this character.
            (_, InputValue::String(text))
                if text.contains('\0') && matches!(self.variables, Variables::Coerced(..)) =>
            {
                return Err(format!("{scalar} cannot represent the character U+0000"));
            }
            (_, InputValue::String(text)) => return Ok(text.into()),
            ("ID", _) => match input {
                Input::Literal(_) => "a non-string and non-integer",
                Input::Json(_) => return Err(format!("ID cannot represent value: {input}")),
            },
            _ => "a non string",
        };
        Err(format!(
            "{scalar} cannot represent {expected} value: {input}"
        ))
    }

    fn coerce_input_object(
        &mut self,
        input: Input<'a>,
        fields: Vec<(&'a str, Input<'a>)>,
        definition: &'a InputObjectType,
    ) -> Option<Value> {
        let mut provided = HashMap::with_capacity(fields.len());
        for (name, value) in fields {
            let at = match input {
                Input::Literal(_) => value,
                Input::Json(_) => input,
            };
            if provided.insert(name, value).is_some() {
                self.report(
                    at,
                    format!("There can be only one input field named \"{name}\"."),
                );
            }
            if !definition.fields.contains_key(name) {
                let names: Vec<_> = definition.fields.keys().map(|name| name.as_str()).collect();
                let reason = format!(
                    "Field {name:?} is not defined by type \"{}\".{}",
                    definition.name,
                    suggest(name, "fields", &names)
                );
                self.report(at, reason);
            }
        }
        let mut object = IndexMap::with_capacity(provided.len());
        for (name, field) in &definition.fields {
            let value = match provided.get(name.as_str()) {
                Some(value) => {
                    let step = format_args!(".{name}");
                    self.coerce_at(step, *value, &field.ty, has_default(field))
                }
                None if field.is_required() => {
                    let owner = match input {
                        Input::Literal(_) => format!("{}.", definition.name),
                        Input::Json(_) => String::new(),
                    };
                    let reason = format!(
                        "Field \"{owner}{name}\" of required type \"{}\" was not provided.",
                        field.ty
                    );
                    self.report(input, reason);
                    None
                }
                None => None,
            };
            let value = value.or_else(|| {
                let default = field.default_value.as_ref()?;
                self.coerce(Input::Literal(default), &field.ty, false)
            });
            if let Some(value) = value {
                object.insert(Name::new(name), value);
            }
        }
        Some(Value::Object(object))
    }

    fn report_null(&mut self, input: Input<'a>, ty: &Type) -> Option<Value> {
        let is_inside = self.path.contains(['.', '[']);
        match self.variables {
            Variables::Defined(_) => self.report(input, unexpected(input, ty)),
            Variables::Coerced(..) if is_inside => {
                let reason = format!("Expected non-nullable type \"{ty}\" not to be null.");
                self.report(input, reason);
            }
            Variables::Coerced(..) => {
                let message = format!(
                    "{} of non-null type \"{ty}\" must not be null.",
                    self.root()
                );
                self.errors
                    .push((GraphqlError::bad_user_input(message), None));
            }
        }
        None
    }

    fn report(&mut self, input: Input<'_>, reason: String) {
        let error = match (&self.variables, input) {
            (Variables::Defined(_), Input::Literal(literal)) => {
                let error = GraphqlError::new(ErrorCode::ValidationFailed, reason);
                (error, literal.location())
            }
            _ if !self.errors.is_empty() => return,
            _ => {
                let (root, path) = (self.root(), self.path.trim_start_matches('$'));
                let verb = match self.path.starts_with('$') {
                    true => "got",
                    false => "has",
                };
                let location = match path.contains(['.', '[']) {
                    true => format!(" at {path:?}"),
                    false => String::new(),
                };
                let message = format!("{root} {verb} invalid value {input}{location}; {reason}");
                (GraphqlError::bad_user_input(message), None)
            }
        };
        self.errors.push(error);
    }

    /// The variable or argument that the path begins with.
    fn root(&self) -> String {
        let root = self.path.split(['.', '[']).next().unwrap_or_default();
        match root.starts_with('$') {
            true => format!("Variable {root:?}"),
            false => format!("Argument {root:?}"),
        }
    }
}

fn unexpected(input: Input<'_>, ty: &Type) -> String {
    format!("Expected value of type \"{ty}\", found {input}.")
}

/// [`IsVariableUsageAllowed`](https://spec.graphql.org/October2021/#IsVariableUsageAllowed()).
fn is_variable_usage_allowed(
    variable: &VariableDefinition,
    location_type: &Type,
    location_has_default: bool,
) -> bool {
    if location_type.is_non_null() && !variable.ty.is_non_null() {
        let default = variable.default_value.as_deref();
        let has_non_null_default = default.is_some_and(|value| *value != ast::Value::Null);
        return (has_non_null_default || location_has_default)
            && variable
                .ty
                .is_assignable_to(&location_type.clone().nullable());
    }
    variable.ty.is_assignable_to(location_type)
}
