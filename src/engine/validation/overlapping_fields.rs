//! Lets apollo-compiler find merged fields whose list arguments differ only in length
//! ([Field Selection Merging]).
//!
//! Missing upstream: `same_value` in `validation/selection.rs` of apollo-compiler 1.33 compares two lists
//! only up to the end of the shorter one. This file can be deleted once it compares their lengths.
//!
//! [Field Selection Merging]: https://spec.graphql.org/October2021/#sec-Field-Selection-Merging

use apollo_compiler::{
    Node,
    ast::{Definition, Document, Selection, Value},
    name,
};

/// Adds the same value to the end of each list, so that a list differs from its start.
pub(super) fn add_list_ends(document: &mut Document) {
    for definition in &mut document.definitions {
        match definition {
            Definition::OperationDefinition(operation) => {
                add_to_selections(&mut operation.make_mut().selection_set);
            }
            Definition::FragmentDefinition(fragment) => {
                add_to_selections(&mut fragment.make_mut().selection_set);
            }
            _ => {}
        }
    }
}

fn add_to_selections(selections: &mut [Selection]) {
    for selection in selections {
        match selection {
            Selection::Field(field) => {
                let field = field.make_mut();
                for argument in &mut field.arguments {
                    add_to_value(&mut argument.make_mut().value);
                }
                add_to_selections(&mut field.selection_set);
            }
            Selection::InlineFragment(fragment) => {
                add_to_selections(&mut fragment.make_mut().selection_set);
            }
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn add_to_value(value: &mut Node<Value>) {
    match value.make_mut() {
        Value::List(items) => {
            items.iter_mut().for_each(add_to_value);
            items.push(Node::new(Value::Enum(name!("END"))));
        }
        Value::Object(fields) => fields.iter_mut().for_each(|(_, value)| add_to_value(value)),
        _ => {}
    }
}
