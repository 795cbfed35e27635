//! Lets apollo-compiler find merged fields whose list arguments differ only in length
//! ([Field Selection Merging]).
//!
//! Missing upstream: `same_value` in `validation/selection.rs` of apollo-compiler 1.33 compares two lists
//! only up to the end of the shorter one. This file can be deleted once it compares their lengths.
//!
//! [Field Selection Merging]: https://spec.graphql.org/October2021/#sec-Field-Selection-Merging

use apollo_compiler::{
    Node,
    ast::{Field, Value},
    name,
};

/// Adds the same value to the end of each list, so that a list differs from its start.
pub(super) fn add_list_ends(field: &mut Field) {
    for argument in &mut field.arguments {
        add_to_value(&mut argument.make_mut().value);
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
