//! `Source`: where a partnership, a community, or a figure is recorded.

use super::{
    connection::{ConnectionDefinition, OrderInput},
    filter, global_id,
    relation::StoredType,
};
use crate::{
    engine::{Field, Graph},
    entity::source,
};

pub(super) fn stored_type() -> StoredType {
    StoredType::new("Source", source::Column::Id)
}

pub(super) fn connection() -> ConnectionDefinition {
    use source::Column as Col;
    ConnectionDefinition {
        stored_type: stored_type(),
        connection_name: "SourceConnection",
        edge_name: "SourceEdge",
        default_order: Vec::new(),
        filter: &filter::SOURCE_FILTER,
        order_input: Some(OrderInput::new(
            "SourceOrder",
            "SourceOrderField",
            [
                (
                    "TITLE",
                    "By the title, ignoring case and accents.",
                    Col::SortTitle,
                ),
                (
                    "PUBLISHER",
                    "By the publisher, ignoring case and accents.",
                    Col::SortPublisher,
                ),
                ("KIND", "By the kind of source.", Col::Kind),
                (
                    "AS_OF",
                    "By the date that the content refers to.",
                    Col::AsOf,
                ),
                (
                    "INDEPENDENT",
                    "Lists derived from Wikipedia or Wikidata first, or last in descending order.",
                    Col::Independent,
                ),
                ("LICENCE", "By the license.", Col::Licence),
                ("SLUG", "By the slug, as without `orderBy`.", Col::Id),
            ],
        )),
    }
}

pub(super) fn define(graph: Graph) -> Graph {
    connection().define(graph).object(
        stored_type().object(
            "A page, list, or publication in which a partnership, a community, or a figure is recorded.",
        )
        .implements("Node")
        .field(global_id::id_field("Source", stored_type().id_column))
        .field(Field::column(
            "slug",
            "Stable, readable identifier, such as `asia-matters-2022`.",
            source::Column::Id,
        ))
        .field(Field::column("title", "The title of the source.", source::Column::Title))
        .field(Field::column(
            "publisher",
            "The publisher; null if unknown.",
            source::Column::Publisher,
        ))
        .field(Field::column(
            "kind",
            "The kind of source in a few words, such as `news`; null if not recorded.",
            source::Column::Kind,
        ))
        .field(Field::column("url", "The URL of the source; null if there is none or it is unknown.", source::Column::Url))
        .field(Field::column(
            "licence",
            "The license or terms under which the source is used; null if the source states none, in which case only facts were taken from it.",
            source::Column::Licence,
        ))
        .field(Field::column(
            "asOf",
            "The date that the content refers to: a year, a month, or a day, such as `2025-05`; null if unknown.",
            source::Column::AsOf,
        ))
        .field(Field::column(
            "independent",
            "False for sources derived from Wikipedia or Wikidata, which are not independent of each other; true for all others.",
            source::Column::Independent,
        ))
        .field(Field::column(
            "note",
            "A caveat to know before you use the source; null if there is none.",
            source::Column::Note,
        )),
    )
}
