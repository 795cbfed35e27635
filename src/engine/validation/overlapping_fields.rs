//! Finds merged fields whose list arguments differ only in length ([Field Selection Merging]).
//!
//! Missing upstream: `same_value` in `validation/selection.rs` of apollo-compiler 1.33 compares two lists
//! only up to the end of the shorter one. This file can be deleted once it compares their lengths.
//!
//! [Field Selection Merging]: https://spec.graphql.org/October2021/#sec-Field-Selection-Merging

use std::collections::HashSet;

use apollo_compiler::{
    Name, Node, Schema as Types,
    ast::{Definition, Document, Selection, Value},
    name,
    validation::{DiagnosticList, Valid},
};

/// Validates a valid document again with the same value at the end of each list, so that a list
/// differs from its start. Returns no errors if no two fields of one response key have lists.
pub(super) fn validate_list_lengths(
    types: &Valid<Types>,
    mut document: Document,
) -> DiagnosticList {
    let mut ends = ListEnds::default();
    for definition in &mut document.definitions {
        match definition {
            Definition::OperationDefinition(operation) => {
                ends.add_to_selections(&mut operation.make_mut().selection_set);
            }
            Definition::FragmentDefinition(fragment) => {
                ends.add_to_selections(&mut fragment.make_mut().selection_set);
            }
            _ => {}
        }
    }
    if ends.is_key_repeated
        && let Err(invalid) = document.to_executable_validate(types)
    {
        return invalid.errors;
    }
    DiagnosticList::new(document.sources)
}

#[derive(Default)]
struct ListEnds {
    /// The response keys of fields that have lists in their arguments.
    keys: HashSet<Name>,
    is_key_repeated: bool,
}

impl ListEnds {
    fn add_to_selections(&mut self, selections: &mut [Selection]) {
        for selection in selections {
            match selection {
                Selection::Field(field) => {
                    let field = field.make_mut();
                    let mut has_lists = false;
                    for argument in &mut field.arguments {
                        has_lists |= add_to_value(&mut argument.make_mut().value);
                    }
                    let key = field.response_name();
                    self.is_key_repeated |= has_lists && !self.keys.insert(key.clone());
                    self.add_to_selections(&mut field.selection_set);
                }
                Selection::InlineFragment(fragment) => {
                    self.add_to_selections(&mut fragment.make_mut().selection_set);
                }
                Selection::FragmentSpread(_) => {}
            }
        }
    }
}

/// Returns whether the value is or contains a list.
fn add_to_value(value: &mut Node<Value>) -> bool {
    match value.make_mut() {
        Value::List(items) => {
            for item in &mut *items {
                add_to_value(item);
            }
            items.push(Node::new(Value::Enum(name!("END"))));
            true
        }
        Value::Object(fields) => fields
            .iter_mut()
            .fold(false, |found, (_, value)| add_to_value(value) || found),
        _ => false,
    }
}
