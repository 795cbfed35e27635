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
    executable::{Selection, SelectionSet},
};

use crate::engine::{
    document_limits::LocatedError,
    input_coercion::{InputCoercer, InputSource, has_default},
};

/// Returns an error for each value of a document that is not of the expected type.
pub(super) fn check(types: &Types, document: &ExecutableDocument) -> Vec<LocatedError> {
    let source = InputSource::Document(HashMap::new());
    let mut coercer = InputCoercer::new(types, source, "");
    for operation in document.operations.iter() {
        // Defaults cannot use variables: none are declared yet.
        coercer.source = InputSource::Document(HashMap::new());
        let mut checker = ValueChecker {
            document,
            visited_fragments: HashSet::new(),
            coercer: &mut coercer,
        };
        for variable in &operation.variables {
            checker.check_directives(&variable.directives);
            if let Some(default) = &variable.default_value {
                checker.coercer.coerce(default, &variable.ty, false);
            }
        }
        let variables = operation.variables.iter();
        let variables = variables.map(|variable| (&variable.name, &**variable));
        checker.coercer.source = InputSource::Document(variables.collect());
        checker.check_directives(&operation.directives);
        checker.check_selection_set(&operation.selection_set);
    }
    coercer.errors
}

struct ValueChecker<'a, 'c> {
    document: &'a ExecutableDocument,
    /// The fragments that were visited from the current operation.
    visited_fragments: HashSet<&'a Name>,
    coercer: &'c mut InputCoercer<'a>,
}

impl<'a> ValueChecker<'a, '_> {
    fn check_selection_set(&mut self, set: &'a SelectionSet) {
        for selection in &set.selections {
            self.check_directives(selection.directives());
            match selection {
                Selection::Field(field) => {
                    self.check_arguments(&field.arguments, &field.definition.arguments);
                    self.check_selection_set(&field.selection_set);
                }
                Selection::InlineFragment(fragment) => {
                    self.check_selection_set(&fragment.selection_set);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = spread.fragment_def(self.document)
                        && self.visited_fragments.insert(&spread.fragment_name)
                    {
                        self.check_directives(&fragment.directives);
                        self.check_selection_set(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn check_directives(&mut self, directives: &DirectiveList) {
        let definitions = &self.coercer.types.directive_definitions;
        for directive in directives {
            if let Some(definition) = definitions.get(&directive.name) {
                self.check_arguments(&directive.arguments, &definition.arguments);
            }
        }
    }

    fn check_arguments(
        &mut self,
        arguments: &[Node<Argument>],
        definitions: &[Node<InputValueDefinition>],
    ) {
        for argument in arguments {
            // apollo-compiler reports unknown arguments.
            if let Some(definition) = definitions.iter().find(|one| one.name == argument.name) {
                self.coercer
                    .coerce(&argument.value, &definition.ty, has_default(definition));
            }
        }
    }
}
