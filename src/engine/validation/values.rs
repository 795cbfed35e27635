//! Checks values and variables ([Values of Correct Type] and [All Variable Usages Are Allowed]).
//!
//! Missing upstream: apollo-compiler 1.33 checks the nullability of variables only if they are whole
//! arguments, takes null for a default, and does not word the errors of values as graphql-js does.
//!
//! [Values of Correct Type]: https://spec.graphql.org/October2021/#sec-Values-of-Correct-Type
//! [All Variable Usages Are Allowed]: https://spec.graphql.org/October2021/#sec-All-Variable-Usages-are-Allowed

use std::collections::{HashMap, HashSet};

use apollo_compiler::{
    ExecutableDocument, Name, Node, Schema as Types,
    ast::{Argument, DirectiveList, InputValueDefinition},
    executable::{Operation, Selection, SelectionSet},
    parser::SourceSpan,
};

use crate::engine::{
    ErrorCode, GraphqlError,
    document_limits::LocatedError,
    input_coercion::{Input, InputCoercer, Variables, has_default},
};

/// Returns an error for each value of a document that is not of the expected type.
pub(super) fn check(types: &Types, document: &ExecutableDocument) -> Vec<LocatedError> {
    let mut checker = ValueChecker {
        document,
        visited_fragments: HashSet::new(),
        coercer: InputCoercer {
            types,
            variables: Variables::Defined(HashMap::new()),
            path: String::new(),
            errors: Vec::new(),
        },
    };
    for operation in document.operations.iter() {
        checker.check_operation(operation);
    }
    checker.coercer.errors
}

struct ValueChecker<'a> {
    document: &'a ExecutableDocument,
    /// The fragments that were visited from the current operation.
    visited_fragments: HashSet<&'a Name>,
    coercer: InputCoercer<'a>,
}

impl<'a> ValueChecker<'a> {
    fn check_operation(&mut self, operation: &'a Operation) {
        self.visited_fragments.clear();
        // Defaults cannot use variables: none are declared yet.
        self.coercer.variables = Variables::Defined(HashMap::new());
        for variable in &operation.variables {
            self.check_directives(&variable.directives);
            if let Some(default) = &variable.default_value {
                self.coercer
                    .coerce(Input::Literal(default), &variable.ty, false);
            }
        }
        let variables = operation.variables.iter();
        let variables = variables.map(|variable| (&variable.name, &**variable));
        self.coercer.variables = Variables::Defined(variables.collect());
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
            if let Some(definition) = self
                .coercer
                .types
                .directive_definitions
                .get(&directive.name)
            {
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
                let error = GraphqlError::new(ErrorCode::ValidationFailed, message);
                self.coercer.errors.push((error, span));
            }
        }
        for argument in arguments {
            // apollo-compiler reports unknown arguments.
            let definition = definitions.iter().find(|one| one.name == argument.name);
            if let Some(definition) = definition {
                let value = Input::Literal(&argument.value);
                self.coercer
                    .coerce(value, &definition.ty, has_default(definition));
            }
        }
    }
}
