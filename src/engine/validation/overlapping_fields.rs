//! Checks that fields of one response key have the same arguments ([Field Selection Merging]).
//!
//! apollo-compiler misses one kind of difference: two lists of which one is the start of the other.
//!
//! [Field Selection Merging]: https://spec.graphql.org/October2021/#sec-Field-Selection-Merging

use std::collections::HashSet;

use apollo_compiler::{
    ExecutableDocument, Name, Node, Schema as Types,
    ast::{Argument, Value},
    collections::IndexMap,
    executable::{Field, Selection, SelectionSet},
    schema::ExtendedType,
};

use super::{Diagnostic, messages::conflicting_arguments};

/// Returns an error for each field whose arguments differ from those of a field that it is merged with.
pub(super) fn check(types: &Types, document: &ExecutableDocument) -> Vec<Diagnostic> {
    let mut checker = OverlapChecker {
        types,
        document,
        checked_sets: HashSet::new(),
        diagnostics: Vec::new(),
    };
    for operation in document.operations.iter() {
        checker.check_selection_sets(&[&operation.selection_set]);
    }
    checker.diagnostics
}

struct OverlapChecker<'a> {
    types: &'a Types,
    document: &'a ExecutableDocument,
    /// The addresses of the fields of each set that was checked. Fragments that are spread often lead
    /// to the same set many times.
    checked_sets: HashSet<Vec<*const Field>>,
    diagnostics: Vec<Diagnostic>,
}

/// A field and the type whose selection set contains it.
type FieldWithParent<'a> = (&'a Name, &'a Node<Field>);

impl<'a> OverlapChecker<'a> {
    /// Checks the fields of selection sets that are merged.
    fn check_selection_sets(&mut self, sets: &[&'a SelectionSet]) {
        let mut fields = Vec::new();
        let mut visited = HashSet::new();
        for set in sets {
            self.collect_fields(set, &mut fields, &mut visited);
        }
        let addresses = fields
            .iter()
            .map(|(_, field)| std::ptr::from_ref(&***field))
            .collect();
        if fields.is_empty() || !self.checked_sets.insert(addresses) {
            return;
        }
        let mut by_key: IndexMap<&Name, Vec<FieldWithParent<'a>>> = IndexMap::default();
        for (ty, field) in fields {
            by_key
                .entry(field.response_key())
                .or_default()
                .push((ty, field));
        }
        for fields in by_key.into_values() {
            for group in self.group_by_parent(fields) {
                self.check_same_arguments(&group);
            }
        }
    }

    /// Checks fields of one response key that may apply to the same object.
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
        let sets: Vec<_> = fields
            .iter()
            .map(|(_, field)| &field.selection_set)
            .collect();
        self.check_selection_sets(&sets);
    }

    /// Groups fields that may apply to the same object: those of one object type and of all abstract
    /// types.
    fn group_by_parent(&self, fields: Vec<FieldWithParent<'a>>) -> Vec<Vec<FieldWithParent<'a>>> {
        let mut objects: IndexMap<&Name, Vec<FieldWithParent<'a>>> = IndexMap::default();
        let mut abstract_fields = Vec::new();
        for (ty, field) in fields {
            match self.types.types.get(ty) {
                Some(ExtendedType::Object(_)) => {
                    objects.entry(ty).or_default().push((ty, field));
                }
                _ => abstract_fields.push((ty, field)),
            }
        }
        if objects.is_empty() {
            return vec![abstract_fields];
        }
        let mut groups: Vec<_> = objects.into_values().collect();
        for group in &mut groups {
            group.extend(abstract_fields.iter().copied());
        }
        groups
    }

    fn collect_fields(
        &self,
        set: &'a SelectionSet,
        fields: &mut Vec<FieldWithParent<'a>>,
        visited: &mut HashSet<&'a Name>,
    ) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => fields.push((&set.ty, field)),
                Selection::InlineFragment(fragment) => {
                    self.collect_fields(&fragment.selection_set, fields, visited);
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self.document.fragments.get(&spread.fragment_name);
                    if let Some(fragment) = fragment
                        && visited.insert(&spread.fragment_name)
                    {
                        self.collect_fields(&fragment.selection_set, fields, visited);
                    }
                }
            }
        }
    }
}

fn same_arguments(one: &[Node<Argument>], other: &[Node<Argument>]) -> bool {
    one.len() == other.len()
        && one.iter().all(|argument| {
            let counterpart = other.iter().find(|other| other.name == argument.name);
            counterpart.is_some_and(|other| same_value(&argument.value, &other.value))
        })
}

/// Whether two values are equal, regardless of the order of fields in objects.
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
                    let counterpart = other.iter().find(|(other, _)| other == name);
                    counterpart.is_some_and(|(_, other)| same_value(value, other))
                })
        }
        _ => one == other,
    }
}
