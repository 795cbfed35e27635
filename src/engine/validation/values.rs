//! Values and variables where they stand: sections 5.6 and 5.8.5 of the specification.

use std::collections::HashSet;

use apollo_compiler::{
    ExecutableDocument, Name, Node, Schema as Types,
    ast::{Argument, DirectiveList, InputValueDefinition, Type, Value, VariableDefinition},
    collections::HashMap,
    executable::{Operation, Selection, SelectionSet},
    parser::SourceSpan,
    schema::{ExtendedType, InputObjectType},
};

use super::Diagnostic;
use crate::suggestion::nearest;

/// The values of a document that are not of the type that is wanted of them.
pub(super) fn check(types: &Types, document: &ExecutableDocument) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for operation in document.operations.iter() {
        let mut checking = ValueChecker {
            types,
            document,
            variables: HashMap::default(),
            visited: HashSet::new(),
            diagnostics: &mut found,
        };
        checking.check_operation(operation);
    }
    found
}

struct ValueChecker<'a> {
    types: &'a Types,
    document: &'a ExecutableDocument,
    /// The variables of the operation.
    variables: HashMap<&'a Name, &'a VariableDefinition>,
    /// The fragments that the operation has come by.
    visited: HashSet<&'a Name>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

/// Where a value stands: what it is for, and whether that has a value where none is given.
#[derive(Clone, Copy)]
struct InputLocation<'t> {
    ty: &'t Type,
    has_default: bool,
}

impl<'t> InputLocation<'t> {
    fn from_definition(definition: &'t InputValueDefinition) -> Self {
        let default = definition.default_value.as_deref();
        Self {
            ty: &definition.ty,
            has_default: default.is_some_and(|value| *value != Value::Null),
        }
    }
}

impl<'a> ValueChecker<'a> {
    fn check_operation(&mut self, operation: &'a Operation) {
        // What a default says may not depend on variables; there are none yet.
        for variable in &operation.variables {
            self.check_directives(&variable.directives);
            if let Some(default) = &variable.default_value {
                let position = InputLocation {
                    ty: &variable.ty,
                    has_default: false,
                };
                let path = format!("the default of variable ${}", variable.name);
                self.check_value(default, position, &path);
            }
        }
        for variable in &operation.variables {
            self.variables.insert(&variable.name, variable);
        }
        self.check_directives(&operation.directives);
        self.check_selection_set(&operation.selection_set);
    }

    fn check_selection_set(&mut self, set: &'a SelectionSet) {
        for selection in &set.selections {
            self.check_directives(selection.directives());
            match selection {
                Selection::Field(field) => {
                    let of = || format!("{}.{}", set.ty, field.name);
                    let definitions = &field.definition.arguments;
                    self.check_arguments(&field.arguments, definitions, field.location(), of);
                    self.check_selection_set(&field.selection_set);
                }
                Selection::InlineFragment(fragment) => {
                    self.check_selection_set(&fragment.selection_set)
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self.document.fragments.get(&spread.fragment_name);
                    if let Some(fragment) = fragment
                        && self.visited.insert(&spread.fragment_name)
                    {
                        self.check_directives(&fragment.directives);
                        self.check_selection_set(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn check_directives(&mut self, directives: &'a DirectiveList) {
        for directive in directives.iter() {
            if let Some(definition) = self.types.directive_definitions.get(&directive.name) {
                let of = || format!("@{}", directive.name);
                let at = directive.location();
                self.check_arguments(&directive.arguments, &definition.arguments, at, of);
            }
        }
    }

    fn check_arguments(
        &mut self,
        given: &'a [Node<Argument>],
        definitions: &[Node<InputValueDefinition>],
        at: Option<SourceSpan>,
        of: impl Fn() -> String,
    ) {
        for definition in definitions {
            let is_given = given.iter().any(|given| given.name == definition.name);
            if definition.is_required() && !is_given {
                let message = format!(
                    "the argument {}({}:) is missing; give a value of type {}",
                    of(),
                    definition.name,
                    definition.ty
                );
                self.diagnostics.push((message, at));
            }
        }
        for argument in given {
            // One that is not known is told of elsewhere.
            let definition = definitions.iter().find(|known| known.name == argument.name);
            if let Some(definition) = definition {
                self.check_value(
                    &argument.value,
                    InputLocation::from_definition(definition),
                    argument.name.as_str(),
                );
            }
        }
    }

    fn report(&mut self, value: &Node<Value>, message: String) {
        self.diagnostics.push((message, value.location()));
    }

    /// Checks a value; `path` names it in messages.
    fn check_value(&mut self, value: &'a Node<Value>, position: InputLocation<'_>, path: &str) {
        let ty = position.ty;
        match &**value {
            Value::Variable(name) => {
                // One that is not declared is told of elsewhere.
                if let Some(variable) = self.variables.get(name)
                    && !is_variable_usage_allowed(variable, position)
                {
                    let message = format!(
                        "variable ${name} is of type {}, but {path} wants {ty}; declare it as {ty}",
                        variable.ty
                    );
                    self.report(value, message);
                }
            }
            Value::Null if ty.is_non_null() => {
                self.report(value, format!("{path} is null; give a value of type {ty}"));
            }
            Value::Null => {}
            Value::List(items) if ty.is_list() => {
                let item = InputLocation {
                    ty: ty.item_type(),
                    has_default: false,
                };
                for (index, value) in items.iter().enumerate() {
                    self.check_value(value, item, &format!("{path}[{index}]"));
                }
            }
            // A single value stands for a list of one.
            _ if ty.is_list() => {
                let item = InputLocation {
                    ty: ty.item_type(),
                    has_default: false,
                };
                self.check_value(value, item, path);
            }
            _ => self.check_named_type(value, ty.inner_named_type(), path),
        }
    }

    fn check_named_type(&mut self, value: &'a Node<Value>, ty: &Name, path: &str) {
        let right = match self.types.types.get(ty) {
            Some(ExtendedType::InputObject(input)) => {
                if let Value::Object(fields) = &**value {
                    return self.check_input_object(value, fields, input, path);
                }
                format!("an object of type {ty}")
            }
            Some(ExtendedType::Enum(known)) => {
                let values: Vec<_> = known.values.keys().map(|name| name.as_str()).collect();
                match &**value {
                    Value::Enum(name) if known.values.contains_key(name) => return,
                    Value::Enum(name) => match nearest(name, values.iter().copied()) {
                        Some(near) if values.len() > 12 => {
                            format!("a {ty}; did you mean {near}?")
                        }
                        _ => format!("a {ty}: {}", values.join(", ")),
                    },
                    _ => format!("a {ty}, without quotes: {}", values.join(", ")),
                }
            }
            Some(ExtendedType::Scalar(_)) => match check_scalar(value, ty) {
                Ok(()) => return,
                Err(right) => right.to_owned(),
            },
            _ => return,
        };
        self.report(
            value,
            format!("{path} is {}, which is not {right}", print_value(value)),
        );
    }

    fn check_input_object(
        &mut self,
        value: &Node<Value>,
        fields: &'a [(Name, Node<Value>)],
        input: &InputObjectType,
        path: &str,
    ) {
        let mut given = HashSet::new();
        for (name, value) in fields {
            if !given.insert(name) {
                self.report(value, format!("{path}.{name} is given twice; give it once"));
            }
            match input.fields.get(name) {
                Some(field) => {
                    self.check_value(
                        value,
                        InputLocation::from_definition(field),
                        &format!("{path}.{name}"),
                    );
                }
                None => {
                    let known: Vec<_> = input.fields.keys().map(|name| name.as_str()).collect();
                    let right = match nearest(name, known.iter().copied()) {
                        Some(near) => format!("did you mean {near}?"),
                        None => known.join(", "),
                    };
                    let message =
                        format!("{path}.{name} is not a field of {}: {right}", input.name);
                    self.report(value, message);
                }
            }
        }
        for (name, field) in &input.fields {
            if field.is_required() && !given.contains(name) {
                let message = format!(
                    "{path}.{name} is missing; give a value of type {}",
                    field.ty
                );
                self.report(value, message);
            }
        }
    }
}

/// Whether a literal is of a scalar; if not, what would be.
fn check_scalar(value: &Value, ty: &str) -> Result<(), &'static str> {
    let (is_right, right) = match ty {
        "Int" => (
            matches!(value, Value::Int(int) if int.try_to_i32().is_ok()),
            "a whole number of 32 bits (Int)",
        ),
        "Float" => (
            match value {
                Value::Int(int) => int.try_to_f64().is_ok(),
                Value::Float(float) => float.try_to_f64().is_ok(),
                _ => false,
            },
            "a number (Float)",
        ),
        "Boolean" => (
            matches!(value, Value::Boolean(_)),
            "true or false (Boolean)",
        ),
        "String" => (matches!(value, Value::String(_)), "a text (String)"),
        "ID" => (
            matches!(value, Value::String(_) | Value::Int(_)),
            "a text (ID)",
        ),
        // A scalar of the schema's own takes what it likes.
        _ => (true, ""),
    };
    if is_right { Ok(()) } else { Err(right) }
}

/// `IsVariableUsageAllowed` of the specification (section 5.8.5).
fn is_variable_usage_allowed(variable: &VariableDefinition, position: InputLocation<'_>) -> bool {
    let (given, wanted) = (&*variable.ty, position.ty);
    if wanted.is_non_null() && !given.is_non_null() {
        let default = variable.default_value.as_deref();
        let has_default = default.is_some_and(|value| *value != Value::Null);
        return (has_default || position.has_default)
            && given.is_assignable_to(&wanted.clone().nullable());
    }
    given.is_assignable_to(wanted)
}

/// A value as it is written, cut to a length that can be read.
fn print_value(value: &Value) -> String {
    const MAX_CHARS: usize = 60;
    match value {
        Value::String(text) if text.chars().count() > MAX_CHARS => {
            let start: String = text.chars().take(MAX_CHARS).collect();
            format!("{start:?}...")
        }
        Value::String(text) => format!("{text:?}"),
        Value::List(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        value => {
            let text = value.to_string();
            match text.char_indices().nth(MAX_CHARS) {
                Some((end, _)) => format!("{}...", &text[..end]),
                None => text,
            }
        }
    }
}
