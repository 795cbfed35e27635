//! Checks and [coerces](https://spec.graphql.org/October2021/#sec-Input-Objects.Input-Coercion) input values:
//! literals of a document and JSON values of variables.
//!
//! One function does both steps, so that they agree. When a document is validated, the types of its
//! variables are known; when an operation is planned, their values are. Messages are those of graphql-js.

use std::collections::HashMap;

use apollo_compiler::{
    Name as AstName, Node, Schema as Types,
    ast::{self, FloatValue, InputValueDefinition, IntValue, Type, VariableDefinition},
    schema::{ExtendedType, InputObjectType},
};
use async_graphql::{Name, Number, Value};
use indexmap::IndexMap;
use serde_json::Value as Json;

use super::{ErrorCode, GraphqlError, Limits, document_limits::LocatedError};
use crate::suggestion::suggest;

/// What values are part of.
pub(super) enum InputSource<'a> {
    /// A document that is validated, with the definitions of its variables.
    Document(HashMap<&'a AstName, &'a VariableDefinition>),
    /// A variable of a request.
    Variable(&'a Limits),
    /// An argument of an operation that is planned, with the coerced values of its variables.
    Argument(&'a Limits, &'a HashMap<AstName, Value>),
}

/// Coerces input values, and collects what is wrong with them.
pub(super) struct InputCoercer<'a> {
    pub(super) types: &'a Types,
    pub(super) source: InputSource<'a>,
    /// Leads from the variable or the argument to the current value, as in `filter.kind[0]`.
    pub(super) path: String,
    /// All errors of a document, but only the first one of a variable or an argument.
    pub(super) errors: Vec<LocatedError>,
}

/// Whether an argument or a field of an input object has a default other than null.
pub(super) fn has_default(definition: &InputValueDefinition) -> bool {
    let default = definition.default_value.as_ref();
    default.is_some_and(|value| !value.is_null())
}

/// The literal for a JSON value, which has a string in place of an enum value.
pub(super) fn json_to_literal(json: &Json) -> Node<ast::Value> {
    Node::new(match json {
        Json::Null => ast::Value::Null,
        Json::Bool(flag) => ast::Value::Boolean(*flag),
        Json::Number(number) => {
            let text = number.to_string();
            // JSON does not distinguish 5 from 5.0.
            let integer = text.trim_end_matches(".0");
            match integer.contains(['.', 'e']) {
                false => ast::Value::Int(IntValue::new_parsed(integer)),
                true => ast::Value::Float(FloatValue::new_parsed(&text)),
            }
        }
        Json::String(text) => ast::Value::String(text.clone()),
        Json::Array(items) => ast::Value::List(items.iter().map(json_to_literal).collect()),
        Json::Object(fields) => {
            let fields = fields.iter();
            let fields = fields.map(|(k, v)| (AstName::new_unchecked(k), json_to_literal(v)));
            ast::Value::Object(fields.collect())
        }
    })
}

impl<'a> InputCoercer<'a> {
    /// Makes a coercer of the variable or the argument with the name.
    pub(super) fn new(types: &'a Types, source: InputSource<'a>, name: &str) -> Self {
        Self {
            types,
            source,
            path: name.to_owned(),
            errors: Vec::new(),
        }
    }

    /// Returns the value of a whole variable or argument, or the first error in it.
    pub(super) fn coerce_root(
        mut self,
        value: &Node<ast::Value>,
        ty: &Type,
        has_default: bool,
    ) -> Result<Option<Value>, GraphqlError> {
        let value = self.coerce(value, ty, has_default);
        match self.errors.into_iter().next() {
            Some((error, _)) => Err(error),
            None => Ok(value),
        }
    }

    /// Returns the value, or `None` if it is invalid or a variable without a value.
    pub(super) fn coerce(
        &mut self,
        value: &Node<ast::Value>,
        ty: &Type,
        has_default: bool,
    ) -> Option<Value> {
        match &**value {
            ast::Value::Variable(name) => self.coerce_variable(value, name, ty, has_default),
            ast::Value::Null if ty.is_non_null() => self.report_null(value, ty),
            ast::Value::Null => Some(Value::Null),
            ast::Value::List(items) if ty.is_list() => self.coerce_list(items, ty.item_type()),
            _ => {
                let mut coerced = self.coerce_named(value, ty)?;
                // A single value is coerced to a list of one.
                let mut ty = ty;
                while ty.is_list() {
                    coerced = Value::List(vec![coerced]);
                    ty = ty.item_type();
                }
                Some(coerced)
            }
        }
    }

    fn coerce_variable(
        &mut self,
        value: &Node<ast::Value>,
        name: &AstName,
        ty: &Type,
        has_default: bool,
    ) -> Option<Value> {
        match &self.source {
            InputSource::Document(definitions) => {
                // apollo-compiler reports undefined variables and unknown types.
                let definition = definitions.get(name)?;
                self.types.types.get(definition.ty.inner_named_type())?;
                if !is_variable_usage_allowed(definition, ty, has_default) {
                    let reason = format!(
                        "Variable \"${name}\" of type \"{}\" used in position expecting type \"{ty}\".",
                        definition.ty
                    );
                    self.report(value, reason);
                }
                None
            }
            // Defaults cannot use variables.
            InputSource::Variable(_) => None,
            InputSource::Argument(_, values) => match values.get(name)? {
                Value::Null if ty.is_non_null() => {
                    self.report_null(&Node::new(ast::Value::Null), ty)
                }
                value => Some(value.clone()),
            },
        }
    }

    fn coerce_list(&mut self, items: &[Node<ast::Value>], item_type: &Type) -> Option<Value> {
        if let InputSource::Variable(limits) | InputSource::Argument(limits, _) = self.source
            && items.len() as u64 > limits.max_list_size
        {
            let message = format!(
                "{}{} has {} values; at most {} are allowed (limits.maxListSize)",
                if self.is_variable() { "$" } else { "" },
                self.path,
                items.len(),
                limits.max_list_size
            );
            let error = GraphqlError::new(ErrorCode::ListLimit, message);
            self.errors.push((error, None));
            return None;
        }
        let items = items.iter().enumerate().map(|(index, item)| {
            let value = self.coerce_at(&format!("[{index}]"), item, item_type, false);
            value.unwrap_or_default()
        });
        Some(Value::List(items.collect()))
    }

    /// Coerces an item of a list or a field of an input object.
    fn coerce_at(
        &mut self,
        step: &str,
        value: &Node<ast::Value>,
        ty: &Type,
        has_default: bool,
    ) -> Option<Value> {
        let length = self.path.len();
        self.path.push_str(step);
        let coerced = self.coerce(value, ty, has_default);
        self.path.truncate(length);
        coerced
    }

    /// Coerces a value that is no list, or one for which no list is expected.
    fn coerce_named(&mut self, value: &Node<ast::Value>, ty: &Type) -> Option<Value> {
        let name = ty.inner_named_type();
        // apollo-compiler reports types that are unknown or not input types.
        let result = match (self.types.types.get(name)?, &**value) {
            (ExtendedType::Scalar(_), _) => self.coerce_scalar(name, value),
            (ExtendedType::InputObject(definition), ast::Value::Object(fields)) => {
                return self.coerce_input_object(value, fields, definition);
            }
            (ExtendedType::InputObject(_), _) => Err(match self.is_variable() {
                true => format!("Expected type \"{name}\" to be an object."),
                false => unexpected(value, ty),
            }),
            (ExtendedType::Enum(definition), literal) => {
                let text = match literal {
                    ast::Value::Enum(text) => Some(text.as_str()),
                    ast::Value::String(text) if self.is_variable() => Some(text.as_str()),
                    _ => None,
                };
                if let Some(text) = text
                    && definition.values.contains_key(text)
                {
                    return Some(Value::Enum(Name::new(text)));
                }
                let shown = display(value);
                let (unknown, values) = (shown.trim_matches('"'), definition.values.keys());
                let hint = suggest(unknown, "the enum value ", "values", values);
                let expected = if self.is_variable() { "string" } else { "enum" };
                Err(match text {
                    Some(text) => {
                        format!("Value {text:?} does not exist in \"{name}\" enum.{hint}")
                    }
                    None => format!(
                        "Enum \"{name}\" cannot represent non-{expected} value: {shown}.{hint}"
                    ),
                })
            }
            _ => return None,
        };
        result.map_err(|reason| self.report(value, reason)).ok()
    }

    /// A custom scalar accepts what a string does.
    fn coerce_scalar(&self, scalar: &str, value: &Node<ast::Value>) -> Result<Value, String> {
        use ast::Value::{Boolean, Float, Int, String};
        let result = match (scalar, &**value) {
            ("Int", Int(_)) => value.to_i32().ok_or("non 32-bit signed integer"),
            ("Int", Float(float)) if self.is_integer(float) => Err("non 32-bit signed integer"),
            ("Int", _) => Err("non-integer"),
            ("Float", _) => match value.to_f64().and_then(Number::from_f64) {
                Some(number) => return Ok(Value::Number(number)),
                None => Err("non numeric"),
            },
            ("Boolean", Boolean(flag)) => return Ok((*flag).into()),
            ("Boolean", _) => Err("a non boolean"),
            ("ID", Int(int)) => return Ok(int.as_str().into()),
            ("ID", Float(float)) if self.is_integer(float) => return Ok(float.as_str().into()),
            // PostgreSQL can neither store nor compare this character.
            (_, String(text))
                if text.contains('\0') && !matches!(self.source, InputSource::Document(_)) =>
            {
                return Err(format!("{scalar} cannot represent the character U+0000"));
            }
            (_, String(text)) => return Ok(text.as_str().into()),
            ("ID", _) if self.is_variable() => {
                return Err(format!("ID cannot represent value: {}", display(value)));
            }
            ("ID", _) => Err("a non-string and non-integer"),
            _ => Err("a non string"),
        };
        result.map(Value::from).map_err(|expected| {
            format!(
                "{scalar} cannot represent {expected} value: {}",
                display(value)
            )
        })
    }

    fn coerce_input_object(
        &mut self,
        value: &Node<ast::Value>,
        fields: &[(AstName, Node<ast::Value>)],
        definition: &InputObjectType,
    ) -> Option<Value> {
        let mut provided = foldhash::HashMap::default();
        for (name, field) in fields {
            let at = if self.is_variable() { value } else { field };
            if provided.insert(name, field).is_some() {
                self.report(
                    at,
                    format!("There can be only one input field named \"{name}\"."),
                );
            }
            if !definition.fields.contains_key(name) {
                let hint = suggest(name, "", "fields", definition.fields.keys());
                let ty = &definition.name;
                self.report(
                    at,
                    format!("Field \"{name}\" is not defined by type \"{ty}\".{hint}"),
                );
            }
        }
        let mut object = IndexMap::with_capacity(provided.len());
        for (name, field) in &definition.fields {
            let mut coerced = None;
            if let Some(value) = provided.get(name) {
                let step = format!(".{name}");
                coerced = self.coerce_at(&step, value, &field.ty, has_default(field));
            } else if field.is_required() {
                let owner = match self.is_variable() {
                    true => String::new(),
                    false => format!("{}.", definition.name),
                };
                let ty = &field.ty;
                self.report(
                    value,
                    format!("Field \"{owner}{name}\" of required type \"{ty}\" was not provided."),
                );
            }
            if let (None, Some(default)) = (&coerced, &field.default_value) {
                coerced = self.coerce(default, &field.ty, false);
            }
            object.extend(coerced.map(|value| (Name::new(name), value)));
        }
        Some(Value::Object(object))
    }

    fn report_null(&mut self, value: &Node<ast::Value>, ty: &Type) -> Option<Value> {
        if let InputSource::Document(_) = self.source {
            self.report(value, unexpected(value, ty));
        } else if self.path.contains(['.', '[']) {
            self.report(
                value,
                format!("Expected non-nullable type \"{ty}\" not to be null."),
            );
        } else {
            let message = format!(
                "{} of non-null type \"{ty}\" must not be null.",
                self.root()
            );
            self.errors
                .push((GraphqlError::bad_user_input(message), None));
        }
        None
    }

    fn report(&mut self, value: &Node<ast::Value>, reason: String) {
        if let InputSource::Document(_) = self.source {
            let error = GraphqlError::new(ErrorCode::ValidationFailed, reason);
            self.errors.push((error, value.location()));
        } else if self.errors.is_empty() {
            let verb = if self.is_variable() { "got" } else { "has" };
            let location = match self.path.contains(['.', '[']) {
                true => format!(" at {:?}", self.path),
                false => String::new(),
            };
            let (root, value) = (self.root(), display(value));
            let message = format!("{root} {verb} invalid value {value}{location}; {reason}");
            self.errors
                .push((GraphqlError::bad_user_input(message), None));
        }
    }

    /// Whether a variable has an integer value that JSON writes as a float, such as `1e300`.
    fn is_integer(&self, float: &FloatValue) -> bool {
        self.is_variable() && float.try_to_f64().is_ok_and(|it| it.fract() == 0.0)
    }

    fn is_variable(&self) -> bool {
        matches!(self.source, InputSource::Variable(_))
    }

    /// The variable or argument that the path begins with.
    fn root(&self) -> String {
        let root = self.path.split(['.', '[']).next().unwrap_or_default();
        match self.is_variable() {
            true => format!("Variable \"${root}\""),
            false => format!("Argument \"{root}\""),
        }
    }
}

/// The value as GraphQL, cut if it is long.
fn display(value: &ast::Value) -> String {
    const MAX_CHARS: usize = 60;
    let text = value.serialize().no_indent().to_string();
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

fn unexpected(value: &ast::Value, ty: &Type) -> String {
    format!("Expected value of type \"{ty}\", found {}.", display(value))
}

/// [`IsVariableUsageAllowed`](https://spec.graphql.org/October2021/#IsVariableUsageAllowed()).
fn is_variable_usage_allowed(
    variable: &VariableDefinition,
    location_type: &Type,
    location_has_default: bool,
) -> bool {
    let default = variable.default_value.as_ref();
    let has_default = location_has_default || default.is_some_and(|value| !value.is_null());
    match location_type.is_non_null() && !variable.ty.is_non_null() && has_default {
        true => (variable.ty).is_assignable_to(&location_type.clone().nullable()),
        false => variable.ty.is_assignable_to(location_type),
    }
}
