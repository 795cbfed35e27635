//! The fields of an answer with their types, for code that converts answers to other formats.

use async_graphql::dynamic::TypeRef;
use indexmap::IndexMap;

use super::plan::{PlannedField, PlannedSelectionSet};

/// A field that the objects at its position in an answer may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerField {
    /// The alias, or else the name.
    pub response_key: String,
    /// The name in the schema.
    pub name: &'static str,
    /// The name of the type without lists and non-null.
    pub type_name: String,
    /// How many lists are around a value: 0 for a single value.
    pub list_depth: usize,
    /// The fields of the object; empty for a leaf.
    pub fields: Vec<AnswerField>,
}

/// The fields of an object in the order of the answer. If it may have several types, these are the fields of all of them.
pub(super) fn answer_fields(sets: &[&PlannedSelectionSet]) -> Vec<AnswerField> {
    let mut by_key: IndexMap<&str, Vec<&PlannedField>> = IndexMap::new();
    for planned in sets.iter().flat_map(|set| &set.fields) {
        by_key
            .entry(&planned.response_key)
            .or_default()
            .push(planned);
    }
    let fields = by_key.into_iter().map(|(key, planned)| {
        // Fields with the same key have the same shape, because the document is valid.
        let field = &planned[0].field;
        let sets = planned.iter().flat_map(|planned| &planned.selection_sets);
        let sets: Vec<&PlannedSelectionSet> = sets.map(AsRef::as_ref).collect();
        AnswerField {
            response_key: key.to_owned(),
            name: field.name,
            type_name: field.ty.type_name().to_owned(),
            list_depth: list_depth(&field.ty),
            fields: answer_fields(&sets),
        }
    });
    fields.collect()
}

pub(super) fn list_depth(ty: &TypeRef) -> usize {
    match ty {
        TypeRef::Named(_) => 0,
        TypeRef::NonNull(inner) => list_depth(inner),
        TypeRef::List(inner) => list_depth(inner) + 1,
    }
}
