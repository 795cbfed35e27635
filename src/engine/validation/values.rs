//! Checks values and variables ([Values of Correct Type] and [All Variable Usages Are Allowed]).
//!
//! [Values of Correct Type]: https://spec.graphql.org/October2021/#sec-Values-of-Correct-Type
//! [All Variable Usages Are Allowed]: https://spec.graphql.org/October2021/#sec-All-Variable-Usages-are-Allowed

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
use crate::engine::wording::{
    abbreviate, cannot_represent, int_out_of_range, suggest_enum_value, unknown_enum_value,
    unknown_input_field,
};

/// Returns an error for each value of a document that is not of the expected type.
pub(super) fn check(types: &Types, document: &ExecutableDocument) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for operation in document.operations.iter() {
        let mut checker = ValueChecker {
            types,
            document,
            variables: HashMap::default(),
            visited_fragments: HashSet::new(),
            diagnostics: &mut diagnostics,
        };
        checker.check_operation(operation);
    }
    diagnostics
}

struct ValueChecker<'a> {
    types: &'a Types,
    document: &'a ExecutableDocument,
    /// The variables of the operation.
    variables: HashMap<&'a Name, &'a VariableDefinition>,
    visited_fragments: HashSet<&'a Name>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

/// What a value is expected to be.
#[derive(Clone, Copy)]
struct InputLocation<'t> {
    ty: &'t Type,
    /// Whether there is a default other than null.
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

    fn without_default(ty: &'t Type) -> Self {
        Self {
            ty,
            has_default: false,
        }
    }
}

impl<'a> ValueChecker<'a> {
    fn check_operation(&mut self, operation: &'a Operation) {
        // Defaults cannot use variables: none are declared yet.
        for variable in &operation.variables {
            self.check_directives(&variable.directives);
            if let Some(default) = &variable.default_value {
                self.check_value(default, InputLocation::without_default(&variable.ty));
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
                    let owner = || format!("Field \"{}\"", field.name);
                    let definitions = &field.definition.arguments;
                    self.check_arguments(&field.arguments, definitions, field.location(), owner);
                    self.check_selection_set(&field.selection_set);
                }
                Selection::InlineFragment(fragment) => {
                    self.check_selection_set(&fragment.selection_set)
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self.document.fragments.get(&spread.fragment_name);
                    if let Some(fragment) = fragment
                        && self.visited_fragments.insert(&spread.fragment_name)
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
                let owner = || format!("Directive \"@{}\"", directive.name);
                let span = directive.location();
                self.check_arguments(&directive.arguments, &definition.arguments, span, owner);
            }
        }
    }

    fn check_arguments(
        &mut self,
        arguments: &'a [Node<Argument>],
        definitions: &[Node<InputValueDefinition>],
        span: Option<SourceSpan>,
        owner: impl Fn() -> String,
    ) {
        for definition in definitions {
            let is_provided = arguments.iter().any(|one| one.name == definition.name);
            if definition.is_required() && !is_provided {
                let message = format!(
                    "{} argument \"{}\" of type \"{}\" is required, but it was not provided.",
                    owner(),
                    definition.name,
                    definition.ty
                );
                self.diagnostics.push((message, span));
            }
        }
        for argument in arguments {
            // apollo-compiler reports unknown arguments.
            let definition = definitions.iter().find(|one| one.name == argument.name);
            if let Some(definition) = definition {
                let location = InputLocation::from_definition(definition);
                self.check_value(&argument.value, location);
            }
        }
    }

    fn report(&mut self, value: &Node<Value>, message: String) {
        self.diagnostics.push((message, value.location()));
    }

    fn check_value(&mut self, value: &'a Node<Value>, location: InputLocation<'_>) {
        let ty = location.ty;
        match &**value {
            Value::Variable(name) => {
                // apollo-compiler reports undeclared variables and unknown types.
                if let Some(variable) = self.variables.get(name)
                    && self
                        .types
                        .types
                        .contains_key(variable.ty.inner_named_type())
                    && !is_variable_usage_allowed(variable, location)
                {
                    let message = format!(
                        "Variable \"${name}\" of type \"{}\" used in position expecting type \
                         \"{ty}\".",
                        variable.ty
                    );
                    self.report(value, message);
                }
            }
            Value::Null if ty.is_non_null() => self.report(value, unexpected_value(value, ty)),
            Value::Null => {}
            Value::List(items) if ty.is_list() => {
                for item in items {
                    self.check_value(item, InputLocation::without_default(ty.item_type()));
                }
            }
            // A single value is coerced to a list of one.
            _ => self.check_named_type(value, ty),
        }
    }

    /// Checks a value that is no list, or one for which no list is expected.
    fn check_named_type(&mut self, value: &'a Node<Value>, ty: &Type) {
        let name = ty.inner_named_type();
        let message = match self.types.types.get(name) {
            Some(ExtendedType::InputObject(input)) => {
                if let Value::Object(fields) = &**value {
                    return self.check_input_object(value, fields, input);
                }
                unexpected_value(value, ty)
            }
            Some(ExtendedType::Enum(definition)) => {
                let values: Vec<_> = definition.values.keys().map(|one| one.as_str()).collect();
                match &**value {
                    Value::Enum(value) if definition.values.contains_key(value) => return,
                    Value::Enum(value) => unknown_enum_value(name, value, &values),
                    _ => {
                        let value = print_value(value);
                        let hint = suggest_enum_value(&value, &values);
                        format!("Enum \"{name}\" cannot represent non-enum value: {value}.{hint}")
                    }
                }
            }
            Some(ExtendedType::Scalar(_)) => match scalar_error(value, name) {
                Some(message) => message,
                None => return,
            },
            _ => return,
        };
        self.report(value, message);
    }

    fn check_input_object(
        &mut self,
        object: &Node<Value>,
        fields: &'a [(Name, Node<Value>)],
        input: &InputObjectType,
    ) {
        let mut provided = HashSet::new();
        for (name, value) in fields {
            if !provided.insert(name) {
                let message = format!("There can be only one input field named \"{name}\".");
                self.report(value, message);
            }
            match input.fields.get(name) {
                Some(field) => self.check_value(value, InputLocation::from_definition(field)),
                None => {
                    let names: Vec<_> = input.fields.keys().map(|name| name.as_str()).collect();
                    self.report(value, unknown_input_field(&input.name, name, &names));
                }
            }
        }
        for (name, field) in &input.fields {
            if field.is_required() && !provided.contains(name) {
                let message = format!(
                    "Field \"{}.{name}\" of required type \"{}\" was not provided.",
                    input.name, field.ty
                );
                self.report(object, message);
            }
        }
    }
}

fn unexpected_value(value: &Value, ty: &Type) -> String {
    format!(
        "Expected value of type \"{ty}\", found {}.",
        print_value(value)
    )
}

/// Why a literal is not of a scalar; `None` if it is.
fn scalar_error(value: &Value, scalar: &Name) -> Option<String> {
    let is_valid = match (scalar.as_str(), value) {
        ("Int", Value::Int(int)) => {
            if int.try_to_i32().is_err() {
                return Some(int_out_of_range(&print_value(value)));
            }
            true
        }
        ("Float", Value::Int(int)) => int.try_to_f64().is_ok(),
        ("Float", Value::Float(float)) => float.try_to_f64().is_ok(),
        ("Boolean", Value::Boolean(_))
        | ("String", Value::String(_))
        | ("ID", Value::String(_) | Value::Int(_)) => true,
        ("Int" | "Float" | "Boolean" | "String" | "ID", _) => false,
        // Custom scalars accept any literal.
        _ => true,
    };
    (!is_valid).then(|| cannot_represent(scalar, &print_value(value)))
}

/// [`IsVariableUsageAllowed`](https://spec.graphql.org/October2021/#IsVariableUsageAllowed()).
fn is_variable_usage_allowed(variable: &VariableDefinition, location: InputLocation<'_>) -> bool {
    let (variable_type, location_type) = (&*variable.ty, location.ty);
    if location_type.is_non_null() && !variable_type.is_non_null() {
        let default = variable.default_value.as_deref();
        let has_non_null_default = default.is_some_and(|value| *value != Value::Null);
        return (has_non_null_default || location.has_default)
            && variable_type.is_assignable_to(&location_type.clone().nullable());
    }
    variable_type.is_assignable_to(location_type)
}

/// A value as GraphQL, cut if it is long.
fn print_value(value: &Value) -> String {
    abbreviate(&value.serialize().no_indent().to_string())
}
