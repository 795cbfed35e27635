//! The keys of grouped views: a value of a dimension, and the object that it stands for.

use std::sync::Arc;

use futures_util::FutureExt;

use super::{
    place,
    relation::{StoredType, resolve_polymorphic_references, resolve_references},
};
use crate::engine::{BatchCall, Field, Graph, InternalError, Object, ResolvedValue};

/// The name of the type.
pub(super) const GROUP_KEY_TYPE_NAME: &str = "GroupKey";

/// A value of a dimension.
#[derive(Clone, Debug)]
pub(super) struct GroupKey {
    /// As its enum spells it, such as `STATE`.
    pub(super) dimension: &'static str,
    /// The value, such as `CA`; `None` for the rows that have none.
    pub(super) value: Option<Arc<str>>,
    /// For readers, such as `California`.
    pub(super) label: String,
    /// The object that it stands for.
    pub(super) object: GroupKeyObject,
}

/// The object that a key stands for, by its id.
#[derive(Clone, Debug)]
pub(super) enum GroupKeyObject {
    /// None: a level, a status, a decade, everything.
    Nothing,
    /// A region.
    Region(Arc<str>),
    /// A state.
    State(Arc<str>),
    /// A partner country.
    Country(Arc<str>),
    /// A city, a state or a province: the name of its object type, and its id.
    Community(&'static str, Arc<str>),
}

/// The spelling of an enum value in words: `EAST_ASIA` is `East Asia`.
pub(super) fn title_case(spelling: &str) -> String {
    let words = spelling.split('_').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_uppercase() + &rest.to_lowercase()
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Adds the types of this file.
pub(super) fn define(graph: Graph) -> Graph {
    graph.object(group_key_type())
}

fn parent_keys<'a>(call: &BatchCall<'a>) -> Result<Vec<&'a GroupKey>, InternalError> {
    call.rows
        .iter()
        .map(|row| row.downcast_ref())
        .collect::<Option<_>>()
        .ok_or_else(|| InternalError::Schema("a field of a group key starts elsewhere".into()))
}

/// The object of one type that the key stands for, if it does.
fn object_field(
    name: &'static str,
    description: &'static str,
    target: StoredType,
    id: fn(&GroupKeyObject) -> Option<&Arc<str>>,
) -> Field {
    Field::batch(name, target.type_name, description, &[], move |call| {
        let target = target.clone();
        async move {
            let keys = parent_keys(&call)?.into_iter();
            let references: Vec<_> = keys.map(|key| id(&key.object)).collect();
            resolve_references(&call, &target, &references).await
        }
        .boxed()
    })
}

fn community_field() -> Field {
    Field::batch(
        "community",
        "Community",
        "The city, state or province that the key stands for; set where the dimension is of communities.",
        &[],
        |call| {
            async move {
                let targets = [place::city(), place::state(), place::province()];
                let keys = parent_keys(&call)?.into_iter();
                let references: Vec<_> = keys
                    .map(|key| match &key.object {
                        GroupKeyObject::Community(object, id) => Some((id, *object)),
                        _ => None,
                    })
                    .collect();
                resolve_polymorphic_references(&call, &targets, &references).await
            }
            .boxed()
        },
    )
}

fn group_key_type() -> Object {
    Object::new(
        GROUP_KEY_TYPE_NAME,
        "A value of a dimension; the object that it stands for is set where there is one.",
    )
    .field(Field::compute(
        "dimension",
        "String!",
        "The dimension, such as `STATE`.",
        |key: &GroupKey| key.dimension,
    ))
    .field(Field::compute(
        "value",
        "String",
        "The value: a code such as `CA` or `JP`, a slug, a number or an enum value. Null groups the rows that have no value, such as an unknown year, and stands for all rows where the dimension is `TOTAL`.",
        |key: &GroupKey| ResolvedValue::from_option(key.value.as_deref()),
    ))
    .field(Field::compute(
        "label",
        "String!",
        "The value for readers, such as `California`.",
        |key: &GroupKey| key.label.clone(),
    ))
    .field(object_field(
        "region",
        "The region that the key stands for.",
        place::region(),
        |reference| match reference {
            GroupKeyObject::Region(id) => Some(id),
            _ => None,
        },
    ))
    .field(object_field(
        "state",
        "The state that the key stands for.",
        place::state(),
        |reference| match reference {
            GroupKeyObject::State(id) => Some(id),
            _ => None,
        },
    ))
    .field(object_field(
        "country",
        "The country that the key stands for.",
        place::country(),
        |reference| match reference {
            GroupKeyObject::Country(id) => Some(id),
            _ => None,
        },
    ))
    .field(community_field())
}

#[cfg(test)]
mod tests {
    use super::title_case;

    #[test]
    fn spellings_become_words() {
        assert_eq!(title_case("WEST"), "West");
        assert_eq!(title_case("EAST_ASIA"), "East Asia");
        assert_eq!(title_case(""), "");
    }
}
