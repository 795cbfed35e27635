//! Sources.

use super::{global_id, relation::StoredType};
use crate::{
    engine::{Field, Graph, Object},
    entity::source,
};

pub(super) fn stored_type() -> StoredType {
    StoredType::new("Source", source::Column::Id)
}

/// Adds the types of this file.
pub(super) fn define(graph: Graph) -> Graph {
    graph.object(
        Object::new(
            "Source",
            "Where a partnership, a place or a figure is recorded.",
        )
        .implements("Node")
        .field(global_id::id_field("Source", stored_type().id_column))
        .field(Field::column(
            "slug",
            "String!",
            "Stable and readable.",
            source::Column::Id,
        ))
        .field(Field::column("title", "String!", "Title.", source::Column::Title))
        .field(Field::column(
            "publisher",
            "String",
            "Publisher, where known.",
            source::Column::Publisher,
        ))
        .field(Field::column(
            "kind",
            "String",
            "What it is, in a few words.",
            source::Column::Kind,
        ))
        .field(Field::column("url", "String", "Its address.", source::Column::Url))
        .field(Field::column(
            "licence",
            "String",
            "The licence under which it is used, where one applies.",
            source::Column::Licence,
        ))
        .field(Field::column(
            "asOf",
            "String",
            "The time that it speaks of: a year, a month or a day, as far as known.",
            source::Column::AsOf,
        ))
        .field(Field::column(
            "independent",
            "Boolean!",
            "False for lists derived from Wikipedia or Wikidata, which are not independent of each other.",
            source::Column::Independent,
        ))
        .field(Field::column(
            "note",
            "String",
            "What to know about it.",
            source::Column::Note,
        )),
    )
}
