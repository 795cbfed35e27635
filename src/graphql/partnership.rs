//! Partnerships, their sides, sources and notes.

use super::{
    connection::{Orders, Paged},
    edge::{Stored, items, list, one, one_of},
    filter, id, place, source,
};
use crate::{
    db::{Column, Constant, Lookup, Through},
    engine::{Field, Graph, Object, Output},
    entity::{partnership, partnership_note, partnership_source},
    vocabulary::{PartnershipLevel, PartnershipNoteKind, PartnershipStatus},
};

pub(super) fn stored() -> Stored {
    Stored::new("Partnership", partnership::Column::Id)
}

pub(super) fn connection() -> Paged {
    Paged {
        target: stored(),
        connection: "PartnershipConnection",
        edge: "PartnershipEdge",
        order: Vec::new(),
        filter: filter::partnership(),
        orders: Some(Orders {
            input: "PartnershipOrder",
            field: "PartnershipOrderField",
            values: vec![
                (
                    "ESTABLISHED_YEAR",
                    "The year of the agreement.",
                    Column::of(partnership::Column::EstablishedYear),
                ),
                (
                    "US_NAME",
                    "The name of the US side, compared without case and accents.",
                    Column::of(partnership::Column::UsSortName),
                ),
                (
                    "PARTNER_NAME",
                    "The name of the other side, compared without case and accents.",
                    Column::of(partnership::Column::PartnerSortName),
                ),
                // The id of a state is its code in small letters: loading checks it.
                (
                    "STATE_CODE",
                    "The USPS code of the state.",
                    Column::of(partnership::Column::StateId),
                ),
                (
                    "COUNTRY_NAME",
                    "The name of the partner country, compared without case and accents.",
                    Column::of(partnership::Column::CountrySortName),
                ),
                (
                    "DISTANCE",
                    "The great-circle distance between the sides.",
                    Column::of(partnership::Column::DistanceKm),
                ),
            ],
        }),
    }
}

/// Adds the types of this file.
pub(super) fn define(graph: Graph) -> Graph {
    let graph = graph
        .object(partnership_type())
        .object(note_type())
        .vocabulary::<PartnershipLevel>()
        .vocabulary::<PartnershipStatus>()
        .vocabulary::<PartnershipNoteKind>();
    connection().define(graph)
}

/// The sources that name a partnership in a role: `RECORD` or `STATUS`.
pub fn sources(role: &'static str) -> Lookup {
    let mut lookup = source::stored().pointing(
        partnership_source::Column::PartnershipId,
        &[source::stored().id],
    );
    lookup.through = Some(Through {
        to: Column::of(partnership_source::Column::SourceId),
        only: vec![(
            Column::of(partnership_source::Column::Role),
            Constant::Text(role),
        )],
    });
    lookup
}

fn partnership_type() -> Object {
    Object::new(
        "Partnership",
        "A sister relationship between a US community and a partner community.",
    )
    .implements("Node")
    .field(id::field("Partnership", stored().id))
    .field(Field::column(
        "slug",
        "String!",
        "Stable and readable, such as `or-portland--jp-sapporo`.",
        partnership::Column::Id,
    ))
    .field(Field::column(
        "level",
        "PartnershipLevel!",
        "The level of government; it follows the US side.",
        partnership::Column::Level,
    ))
    .field(one_of(
        "us",
        "Community!",
        "The US side: a `City`, or a `State` where the level is `STATE`.",
        partnership::Column::UsId,
        partnership::Column::UsType,
        &[("CITY", place::city), ("STATE", place::state)],
    ))
    .field(one_of(
        "partner",
        "Community!",
        "The other side: a `City` or a `Province`, whatever the level.",
        partnership::Column::PartnerId,
        partnership::Column::PartnerType,
        &[("CITY", place::city), ("PROVINCE", place::province)],
    ))
    .field(one(
        "state",
        "State!",
        "The state that the US side is, or lies in.",
        place::state(),
        partnership::Column::StateId,
    ))
    .field(one(
        "country",
        "Country!",
        "The partner country.",
        place::country(),
        partnership::Column::CountryId,
    ))
    .field(Field::column(
        "establishedYear",
        "Int",
        "The year of the agreement, where known; `notes` say where sources name different years.",
        partnership::Column::EstablishedYear,
    ))
    .field(Field::column(
        "status",
        "PartnershipStatus!",
        "What is known of its life.",
        partnership::Column::Status,
    ))
    .field(Field::column(
        "endedYear",
        "Int",
        "Set where the status is `ENDED`, if known.",
        partnership::Column::EndedYear,
    ))
    .field(
        list(
            "statusSources",
            "[Source!]!",
            "Who says so; empty where the status is `LISTED`.",
            partnership::Column::Id,
            source::stored(),
            sources("STATUS"),
        ),
    )
    .field(Field::column(
        "distanceKm",
        "Float",
        "Great-circle distance in kilometres on a sphere of the mean radius of the earth; null where a location is not known.",
        partnership::Column::DistanceKm,
    ))
    .field(
        list(
            "sources",
            "[Source!]!",
            "Where this partnership is recorded; never empty.",
            partnership::Column::Id,
            source::stored(),
            sources("RECORD"),
        )
        .usually(4),
    )
    .field(Field::column(
        "corroborated",
        "Boolean!",
        "Whether a source other than the lists derived from Wikipedia and Wikidata records it.",
        partnership::Column::Corroborated,
    ))
    .field(notes())
}

fn notes() -> Field {
    let key = Column::of(partnership_note::Column::PartnershipId);
    let position = Column::of(partnership_note::Column::Position);
    let kind = Column::of(partnership_note::Column::Kind);
    let text = Column::of(partnership_note::Column::Text);
    items(
        "notes",
        "[PartnershipNote!]!",
        "What sources add, and what is in doubt about this record.",
        partnership::Column::Id,
        Lookup::pointing(key, key, &[position]),
        &[kind, text],
        move |record| {
            let cell = |column| {
                record
                    .text(column)
                    .map_or(String::new(), ToString::to_string)
            };
            Output::object(
                "PartnershipNote",
                Note {
                    kind: cell(kind),
                    text: cell(text),
                },
            )
        },
    )
}

struct Note {
    kind: String,
    text: String,
}

fn note_type() -> Object {
    Object::new("PartnershipNote", "A note on a partnership.")
        .field(Field::of(
            "kind",
            "PartnershipNoteKind!",
            "What the note is about.",
            |note: &Note| note.kind.clone(),
        ))
        .field(Field::of("text", "String!", "The note.", |note: &Note| {
            note.text.clone()
        }))
}
