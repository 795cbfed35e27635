//! Partnerships, their sides, sources and notes.

use super::{
    connection::{ConnectionDefinition, OrderInput},
    filter, global_id, place,
    relation::{
        StoredType, computed_list_field, list_field, polymorphic_reference_field, reference_field,
    },
    source,
};
use crate::{
    db::{ColumnRef, Constant, Junction, Lookup},
    engine::{Field, Graph, Object, ResolvedValue},
    entity::{partnership, partnership_note, partnership_source},
    vocabulary::{PartnershipLevel, PartnershipNoteKind, PartnershipStatus},
};

pub(super) fn stored_type() -> StoredType {
    StoredType::new("Partnership", partnership::Column::Id)
}

pub(super) fn connection() -> ConnectionDefinition {
    ConnectionDefinition {
        stored_type: stored_type(),
        connection_name: "PartnershipConnection",
        edge_name: "PartnershipEdge",
        default_order: Vec::new(),
        filter: filter::partnership_filter(),
        order_input: Some(OrderInput {
            input_name: "PartnershipOrder",
            enum_name: "PartnershipOrderField",
            values: vec![
                (
                    "ESTABLISHED_YEAR",
                    "The year of the agreement.",
                    ColumnRef::new(partnership::Column::EstablishedYear),
                ),
                (
                    "US_NAME",
                    "The name of the US side, compared without case and accents.",
                    ColumnRef::new(partnership::Column::UsSortName),
                ),
                (
                    "PARTNER_NAME",
                    "The name of the other side, compared without case and accents.",
                    ColumnRef::new(partnership::Column::PartnerSortName),
                ),
                // The id of a state is its code in small letters: loading checks it.
                (
                    "STATE_CODE",
                    "The USPS code of the state.",
                    ColumnRef::new(partnership::Column::StateId),
                ),
                (
                    "COUNTRY_NAME",
                    "The name of the partner country, compared without case and accents.",
                    ColumnRef::new(partnership::Column::CountrySortName),
                ),
                (
                    "DISTANCE",
                    "The great-circle distance between the sides.",
                    ColumnRef::new(partnership::Column::DistanceKm),
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
pub fn source_lookup(role: &'static str) -> Lookup {
    let mut lookup = source::stored_type().lookup_by_foreign_key(
        partnership_source::Column::PartnershipId,
        &[source::stored_type().id_column],
    );
    lookup.junction = Some(Junction {
        row_id: ColumnRef::new(partnership_source::Column::SourceId),
        constraints: vec![(
            ColumnRef::new(partnership_source::Column::Role),
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
    .field(global_id::id_field("Partnership", stored_type().id_column))
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
    .field(polymorphic_reference_field(
        "us",
        "Community!",
        "The US side: a `City`, or a `State` where the level is `STATE`.",
        partnership::Column::UsId,
        partnership::Column::UsType,
        &[("CITY", place::city), ("STATE", place::state)],
    ))
    .field(polymorphic_reference_field(
        "partner",
        "Community!",
        "The other side: a `City` or a `Province`, whatever the level.",
        partnership::Column::PartnerId,
        partnership::Column::PartnerType,
        &[("CITY", place::city), ("PROVINCE", place::province)],
    ))
    .field(reference_field(
        "state",
        "State!",
        "The state that the US side is, or lies in.",
        place::state(),
        partnership::Column::StateId,
    ))
    .field(reference_field(
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
        list_field(
            "statusSources",
            "[Source!]!",
            "Who says so; empty where the status is `LISTED`.",
            partnership::Column::Id,
            source::stored_type(),
            source_lookup("STATUS"),
        ),
    )
    .field(Field::column(
        "distanceKm",
        "Float",
        "Great-circle distance in kilometres on a sphere of the mean radius of the earth; null where a location is not known.",
        partnership::Column::DistanceKm,
    ))
    .field(
        list_field(
            "sources",
            "[Source!]!",
            "Where this partnership is recorded; never empty.",
            partnership::Column::Id,
            source::stored_type(),
            source_lookup("RECORD"),
        )
        .assumed_list_size(4),
    )
    .field(Field::column(
        "corroborated",
        "Boolean!",
        "Whether a source other than the lists derived from Wikipedia and Wikidata records it.",
        partnership::Column::Corroborated,
    ))
    .field(notes_field())
}

fn notes_field() -> Field {
    let key = ColumnRef::new(partnership_note::Column::PartnershipId);
    let position = ColumnRef::new(partnership_note::Column::Position);
    let kind = ColumnRef::new(partnership_note::Column::Kind);
    let text = ColumnRef::new(partnership_note::Column::Text);
    computed_list_field(
        "notes",
        "[PartnershipNote!]!",
        "What sources add, and what is in doubt about this record.",
        partnership::Column::Id,
        Lookup::by_foreign_key(key, key, &[position]),
        &[kind, text],
        move |record| {
            let cell = |column| {
                record
                    .text(column)
                    .map_or(String::new(), ToString::to_string)
            };
            ResolvedValue::object(
                "PartnershipNote",
                PartnershipNote {
                    kind: cell(kind),
                    text: cell(text),
                },
            )
        },
    )
}

struct PartnershipNote {
    kind: String,
    text: String,
}

fn note_type() -> Object {
    Object::new("PartnershipNote", "A note on a partnership.")
        .field(Field::compute(
            "kind",
            "PartnershipNoteKind!",
            "What the note is about.",
            |note: &PartnershipNote| note.kind.clone(),
        ))
        .field(Field::compute(
            "text",
            "String!",
            "The note.",
            |note: &PartnershipNote| note.text.clone(),
        ))
}
