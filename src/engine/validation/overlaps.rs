//! Fields of one response key have the same arguments (section 5.3.2 of the specification).
//!
//! apollo-compiler finds all differences but one: lists of which one begins with the other.

use std::collections::HashSet;

use apollo_compiler::{
    ExecutableDocument, Name, Node, Schema as Types,
    ast::{Argument, Value},
    collections::IndexMap,
    executable::{Field, Selection, SelectionSet},
    schema::ExtendedType,
};

use super::{Found, messages::twice};

/// The fields of a document whose arguments differ from those of a field that they are merged with.
pub(super) fn check(types: &Types, document: &ExecutableDocument) -> Vec<Found> {
    let mut merging = Merging {
        types,
        document,
        merged: HashSet::new(),
        found: Vec::new(),
    };
    for operation in document.operations.iter() {
        merging.sets(&[&operation.selection_set]);
    }
    merging.found
}

struct Merging<'a> {
    types: &'a Types,
    document: &'a ExecutableDocument,
    /// The sets of fields that were looked at, by where they are: fragments that are spread often
    /// lead to the same ones again and again.
    merged: HashSet<Vec<*const Field>>,
    found: Vec<Found>,
}

/// A field, and the type that it is selected of.
type Selected<'a> = (&'a Name, &'a Node<Field>);

impl<'a> Merging<'a> {
    /// Looks at what several selection sets select together.
    fn sets(&mut self, sets: &[&'a SelectionSet]) {
        let mut fields = Vec::new();
        let mut spread = HashSet::new();
        for set in sets {
            self.collect(set, &mut fields, &mut spread);
        }
        let place = fields
            .iter()
            .map(|(_, field)| std::ptr::from_ref(&***field))
            .collect();
        if fields.is_empty() || !self.merged.insert(place) {
            return;
        }
        let mut by_key: IndexMap<&Name, Vec<Selected<'a>>> = IndexMap::default();
        for (ty, field) in fields {
            by_key
                .entry(field.response_key())
                .or_default()
                .push((ty, field));
        }
        for same_key in by_key.into_values() {
            for together in self.by_parent(same_key) {
                self.together(&together);
            }
        }
    }

    /// Looks at fields of one response key that an object may have all.
    fn together(&mut self, fields: &[Selected<'a>]) {
        let Some(((_, first), rest)) = fields.split_first() else {
            return;
        };
        for (_, field) in rest {
            if !same_arguments(&first.arguments, &field.arguments) {
                let message = twice(field.response_key());
                self.found.push((message, field.location()));
            }
        }
        let below: Vec<_> = fields
            .iter()
            .map(|(_, field)| &field.selection_set)
            .collect();
        self.sets(&below);
    }

    /// Fields of an object type stand with those of the same type, and of abstract types.
    fn by_parent(&self, fields: Vec<Selected<'a>>) -> Vec<Vec<Selected<'a>>> {
        let mut objects: IndexMap<&Name, Vec<Selected<'a>>> = IndexMap::default();
        let mut others = Vec::new();
        for (ty, field) in fields {
            match self.types.types.get(ty) {
                Some(ExtendedType::Object(_)) => {
                    objects.entry(ty).or_default().push((ty, field));
                }
                _ => others.push((ty, field)),
            }
        }
        if objects.is_empty() {
            return vec![others];
        }
        let mut groups: Vec<_> = objects.into_values().collect();
        for group in &mut groups {
            group.extend(others.iter().copied());
        }
        groups
    }

    fn collect(
        &self,
        set: &'a SelectionSet,
        fields: &mut Vec<Selected<'a>>,
        spread: &mut HashSet<&'a Name>,
    ) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => fields.push((&set.ty, field)),
                Selection::InlineFragment(fragment) => {
                    self.collect(&fragment.selection_set, fields, spread);
                }
                Selection::FragmentSpread(of) => {
                    let fragment = self.document.fragments.get(&of.fragment_name);
                    if let Some(fragment) = fragment
                        && spread.insert(&of.fragment_name)
                    {
                        self.collect(&fragment.selection_set, fields, spread);
                    }
                }
            }
        }
    }
}

fn same_arguments(one: &[Node<Argument>], other: &[Node<Argument>]) -> bool {
    one.len() == other.len()
        && one.iter().all(|argument| {
            let same = other.iter().find(|other| other.name == argument.name);
            same.is_some_and(|same| same_value(&argument.value, &same.value))
        })
}

/// Whether two values are the same, fields of objects in any order.
fn same_value(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|(one, other)| same_value(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, value)| {
                    let same = other.iter().find(|(other, _)| other == name);
                    same.is_some_and(|(_, other)| same_value(value, other))
                })
        }
        _ => one == other,
    }
}
