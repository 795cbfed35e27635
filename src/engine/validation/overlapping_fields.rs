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

use super::{Diagnostic, messages::conflicting_arguments};

/// The fields of a document whose arguments differ from those of a field that they are merged with.
pub(super) fn check(types: &Types, document: &ExecutableDocument) -> Vec<Diagnostic> {
    let mut merging = OverlapChecker {
        types,
        document,
        checked_sets: HashSet::new(),
        diagnostics: Vec::new(),
    };
    for operation in document.operations.iter() {
        merging.check_selection_sets(&[&operation.selection_set]);
    }
    merging.diagnostics
}

struct OverlapChecker<'a> {
    types: &'a Types,
    document: &'a ExecutableDocument,
    /// The sets of fields that were looked at, by where they are: fragments that are spread often
    /// lead to the same ones again and again.
    checked_sets: HashSet<Vec<*const Field>>,
    diagnostics: Vec<Diagnostic>,
}

/// A field, and the type that it is selected of.
type FieldWithParent<'a> = (&'a Name, &'a Node<Field>);

impl<'a> OverlapChecker<'a> {
    /// Looks at what several selection sets select together.
    fn check_selection_sets(&mut self, sets: &[&'a SelectionSet]) {
        let mut fields = Vec::new();
        let mut spread = HashSet::new();
        for set in sets {
            self.collect_fields(set, &mut fields, &mut spread);
        }
        let place = fields
            .iter()
            .map(|(_, field)| std::ptr::from_ref(&***field))
            .collect();
        if fields.is_empty() || !self.checked_sets.insert(place) {
            return;
        }
        let mut by_key: IndexMap<&Name, Vec<FieldWithParent<'a>>> = IndexMap::default();
        for (ty, field) in fields {
            by_key
                .entry(field.response_key())
                .or_default()
                .push((ty, field));
        }
        for same_key in by_key.into_values() {
            for together in self.group_by_parent(same_key) {
                self.check_same_arguments(&together);
            }
        }
    }

    /// Looks at fields of one response key that an object may have all.
    fn check_same_arguments(&mut self, fields: &[FieldWithParent<'a>]) {
        let Some(((_, first), rest)) = fields.split_first() else {
            return;
        };
        for (_, field) in rest {
            if !same_arguments(&first.arguments, &field.arguments) {
                let message = conflicting_arguments(field.response_key());
                self.diagnostics.push((message, field.location()));
            }
        }
        let below: Vec<_> = fields
            .iter()
            .map(|(_, field)| &field.selection_set)
            .collect();
        self.check_selection_sets(&below);
    }

    /// Fields of an object type stand with those of the same type, and of abstract types.
    fn group_by_parent(&self, fields: Vec<FieldWithParent<'a>>) -> Vec<Vec<FieldWithParent<'a>>> {
        let mut objects: IndexMap<&Name, Vec<FieldWithParent<'a>>> = IndexMap::default();
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

    fn collect_fields(
        &self,
        set: &'a SelectionSet,
        fields: &mut Vec<FieldWithParent<'a>>,
        spread: &mut HashSet<&'a Name>,
    ) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => fields.push((&set.ty, field)),
                Selection::InlineFragment(fragment) => {
                    self.collect_fields(&fragment.selection_set, fields, spread);
                }
                Selection::FragmentSpread(of) => {
                    let fragment = self.document.fragments.get(&of.fragment_name);
                    if let Some(fragment) = fragment
                        && spread.insert(&of.fragment_name)
                    {
                        self.collect_fields(&fragment.selection_set, fields, spread);
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
