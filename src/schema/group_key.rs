//! `GroupKey`: a value of a dimension and the object that it stands for.

use std::sync::Arc;

use futures_util::FutureExt;

use super::{
    place,
    relation::{StoredType, polymorphic_query, resolve_polymorphic_references, resolve_references},
};
use crate::engine::{Field, Graph, Object, ResolvedValue};

pub(super) const GROUP_KEY_TYPE_NAME: &str = "GroupKey";

#[derive(Clone, Debug)]
pub(super) struct GroupKey {
    /// The enum value of the dimension, such as `STATE`.
    pub(super) dimension: &'static str,
    /// The value, such as `CA`; `None` for rows without a value.
    pub(super) value: Option<Arc<str>>,
    /// The name to display, such as `California`.
    pub(super) label: String,
    pub(super) object: GroupKeyObject,
}

/// The id of the object that a key stands for.
#[derive(Clone, Debug)]
pub(super) enum GroupKeyObject {
    /// The key is a level, a status, a year, or another value that is not an object.
    Nothing,
    Region(Arc<str>),
    State(Arc<str>),
    Country(Arc<str>),
    /// The object type (`City`, `State`, or `Province`) and the id.
    Community(&'static str, Arc<str>),
}

/// Returns an enum value in words: `EAST_ASIA` becomes `East Asia`.
pub(super) fn title_case(spelling: &str) -> String {
    let words = spelling.split('_').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_uppercase() + &rest.to_lowercase()
    });
    words.collect::<Vec<_>>().join(" ")
}

pub(super) fn define(graph: Graph) -> Graph {
    graph.object(group_key_type())
}

/// Defines a field that returns the object of one type, or null if the key stands for another.
fn object_field(
    name: &'static str,
    description: &'static str,
    target: StoredType,
    id: fn(&GroupKeyObject) -> Option<&Arc<str>>,
) -> Field {
    let type_name = target.type_name;
    Field::new(name, type_name, description).batch::<GroupKey, _, _>(
        move |(): &(), selected| target.lookup_query(target.lookup_by_id(), selected),
        move |call| {
            async move {
                let references: Vec<_> = call.rows.iter().map(|key| id(&key.object)).collect();
                resolve_references(call.context, call.plan, type_name, &references).await
            }
            .boxed()
        },
    )
}

fn community_field() -> Field {
    let targets = [place::city(), place::state(), place::province()];
    Field::new(
        "community",
        "Community",
        "The city, state, or province that the value identifies; null if the dimension is not `US_COMMUNITY` or `PARTNER_COMMUNITY`.",
    )
    .batch::<GroupKey, _, _>(
        move |(): &(), selected| polymorphic_query(&targets, selected),
        |call| {
            async move {
                let keys = call.rows.iter();
                let references: Vec<_> = keys
                    .map(|key| match &key.object {
                        GroupKeyObject::Community(object, id) => Some((id, *object)),
                        _ => None,
                    })
                    .collect();
                resolve_polymorphic_references(call.context, call.plan, &references).await
            }
            .boxed()
        },
    )
}

fn group_key_type() -> Object {
    Object::new::<GroupKey>(
        GROUP_KEY_TYPE_NAME,
        "The key of a group: a value of a dimension. If the value identifies a region, state, country, or community, the field with that name returns the object.",
    )
    .field(Field::new(
        "dimension",
        "String!",
        "The dimension, as an enum value such as `STATE`.",
    )
    .compute(|key: &GroupKey| key.dimension))
    .field(Field::new(
        "value",
        "String",
        "The value: a code such as `CA` or `JP`, a slug, a year, the first year of a decade, or an enum value. Null for partnerships without a value, such as those whose year is unknown, and for the dimension `TOTAL`.",
    )
    .compute(|key: &GroupKey| ResolvedValue::from_option(key.value.as_deref())))
    .field(Field::new(
        "label",
        "String!",
        "The display name of the value, such as `California`.",
    )
    .compute(|key: &GroupKey| key.label.clone()))
    .field(object_field(
        "region",
        "The region that the value identifies; null if the dimension is not `REGION` or `value` is null.",
        place::region(),
        |object| match object {
            GroupKeyObject::Region(id) => Some(id),
            _ => None,
        },
    ))
    .field(object_field(
        "state",
        "The state that the value identifies; null if the dimension is not `STATE`.",
        place::state(),
        |object| match object {
            GroupKeyObject::State(id) => Some(id),
            _ => None,
        },
    ))
    .field(object_field(
        "country",
        "The country that the value identifies; null if the dimension is not `COUNTRY`.",
        place::country(),
        |object| match object {
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
    fn enum_values_become_words() {
        assert_eq!(title_case("WEST"), "West");
        assert_eq!(title_case("EAST_ASIA"), "East Asia");
        assert_eq!(title_case(""), "");
    }
}
