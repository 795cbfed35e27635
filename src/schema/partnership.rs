//! Partnerships, the two communities that each joins, their sources, and notes.

use super::{
    claim,
    connection::{ConnectionDefinition, OrderInput},
    filter, global_id, place,
    relation::{
        StoredType, computed_list_field, list_field, polymorphic_reference_field, reference_field,
    },
    source,
};
use crate::{
    db::{ColumnRef, Lookup},
    engine::{Field, Graph, Object, ResolvedValue},
    entity::{partnership, partnership_note},
    vocabulary::{Corroboration, PartnershipLevel, PartnershipNoteKind, PartnershipStatus},
};

pub(super) fn stored_type() -> StoredType {
    StoredType::new("Partnership", partnership::Column::Id)
}

pub(super) fn connection() -> ConnectionDefinition {
    use partnership::Column as Col;
    ConnectionDefinition {
        stored_type: stored_type(),
        connection_name: "PartnershipConnection",
        edge_name: "PartnershipEdge",
        default_order: Vec::new(),
        filter: &filter::PARTNERSHIP_FILTER,
        order_input: Some(OrderInput::new(
            "PartnershipOrder",
            "PartnershipOrderField",
            [
                (
                    "ESTABLISHED_YEAR",
                    "By the year of the agreement.",
                    Col::EstablishedYear,
                ),
                (
                    "US_NAME",
                    "By the name of the US community, ignoring case and accents.",
                    Col::UsSortName,
                ),
                (
                    "PARTNER_NAME",
                    "By the name of the partner community, ignoring case and accents.",
                    Col::PartnerSortName,
                ),
                // The id of a state is `us-` and its code in lowercase: the import checks this.
                (
                    "STATE_CODE",
                    "By the USPS code of the US state.",
                    Col::StateId,
                ),
                (
                    "COUNTRY_NAME",
                    "By the name of the partner country, ignoring case and accents.",
                    Col::CountrySortName,
                ),
                ("REGION", "By the name of the US region.", Col::RegionId),
                (
                    "DISTANCE",
                    "By the great-circle distance between the two communities.",
                    Col::DistanceKm,
                ),
                ("LEVEL", "By the name of the level.", Col::Level),
                ("STATUS", "By the name of the status.", Col::Status),
                (
                    "ENDED_YEAR",
                    "By the year in which the partnership ended.",
                    Col::EndedYear,
                ),
                (
                    "CORROBORATION",
                    "By the name of the corroboration.",
                    Col::Corroboration,
                ),
                (
                    "US_POPULATION",
                    "By the population of the US community.",
                    Col::UsPopulation,
                ),
                (
                    "PARTNER_POPULATION",
                    "By the population of the partner community.",
                    Col::PartnerPopulation,
                ),
                ("SLUG", "By the slug, as without `orderBy`.", Col::Id),
            ],
        )),
    }
}

/// Adds the types and vocabularies of partnerships.
pub(super) fn define(graph: Graph) -> Graph {
    let graph = graph
        .object(partnership_type())
        .object(note_type())
        .vocabulary::<PartnershipLevel>()
        .vocabulary::<PartnershipStatus>()
        .vocabulary::<PartnershipNoteKind>()
        .vocabulary::<Corroboration>();
    connection().define(graph)
}

fn partnership_type() -> Object {
    stored_type().object(
        "A sister partnership between a US community and a community in a partner country.",
    )
    .implements("Node")
    .field(global_id::id_field("Partnership", stored_type().id_column))
    .field(Field::column(
        "slug",
        "Stable, readable identifier, such as `or-portland--jp-sapporo`.",
        partnership::Column::Id,
    ))
    .field(Field::column(
        "level",
        "The level of government of the US community.",
        partnership::Column::Level,
    ).of_enum::<PartnershipLevel>())
    .field(polymorphic_reference_field(
        "us",
        "Community!",
        "The US community: a `State` if the level is `STATE`, otherwise a `City`.",
        partnership::Column::UsId,
        partnership::Column::UsType,
        [("CITY", place::city), ("STATE", place::state)],
    ))
    .field(polymorphic_reference_field(
        "partner",
        "Community!",
        "The partner community: a `City` or a `Province`, at any level.",
        partnership::Column::PartnerId,
        partnership::Column::PartnerType,
        [("CITY", place::city), ("PROVINCE", place::province)],
    ))
    .field(reference_field(
        "state",
        "State!",
        "The US state of this partnership: the US community itself, or the state that it is in.",
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
        "The year of the agreement; null if unknown. If sources state different years, it is the best attested one, and `disagreements` has the others.",
        partnership::Column::EstablishedYear,
    ))
    .field(Field::new(
        "established",
        "PartialDate",
        "The best attested date of the agreement, as precise as the sources state it; its year is `establishedYear`.",
    )
    .compute_from_columns(
        [ColumnRef::new(partnership::Column::EstablishedDate)],
        |[date]| ResolvedValue::from(date),
    ))
    .field(Field::column(
        "status",
        "Whether the sources say that the partnership has ended, is suspended, or is dormant.",
        partnership::Column::Status,
    ).of_enum::<PartnershipStatus>())
    .field(Field::column(
        "endedYear",
        "The year in which the partnership ended; null if unknown, or if the status is not `ENDED`.",
        partnership::Column::EndedYear,
    ))
    .field(
        list_field(
            "statusSources",
            "[Source!]!",
            "The sources of the status; empty if it is `LISTED`.",
            partnership::Column::Id,
            source::stored_type(),
            Lookup::partnership_sources("STATUS"),
        ),
    )
    .field(Field::column(
        "distanceKm",
        "The great-circle distance between the two communities, in kilometers, on a sphere with the Earth's mean radius. Null if the location of either community is unknown.",
        partnership::Column::DistanceKm,
    ))
    .field(
        list_field(
            "sources",
            "[Source!]!",
            "The sources that record this partnership; never empty.",
            partnership::Column::Id,
            source::stored_type(),
            Lookup::partnership_sources("RECORD"),
        )
        .assumed_list_size(4),
    )
    .field(Field::column(
        "corroboration",
        "How well this partnership is attested, by the sides of all its claims except `DOUBTED` ones.",
        partnership::Column::Corroboration,
    ).of_enum::<Corroboration>())
    .field(Field::column(
        "corroborated",
        "Whether at least one of the sources is independent of Wikipedia and Wikidata: whether `corroboration` is not `DERIVED_ONLY`.",
        partnership::Column::Corroborated,
    ))
    .field(notes_field())
    .field(claim::claims_field())
    .field(claim::disagreements_field())
}

fn notes_field() -> Field {
    let partnership_id = ColumnRef::new(partnership_note::Column::PartnershipId);
    let position = ColumnRef::new(partnership_note::Column::Position);
    let kind = ColumnRef::new(partnership_note::Column::Kind);
    let text = ColumnRef::new(partnership_note::Column::Text);
    computed_list_field(
        "notes",
        "[PartnershipNote!]!",
        "Remarks from the sources, and doubts about this partnership.",
        partnership::Column::Id,
        Lookup::by_foreign_key(partnership_id, partnership_id, &[position]),
        &[kind, text],
        move |record| {
            let text_of = |column| {
                record
                    .text(column)
                    .map_or(String::new(), ToString::to_string)
            };
            ResolvedValue::object(
                "PartnershipNote",
                PartnershipNote {
                    kind: text_of(kind),
                    text: text_of(text),
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
    Object::new::<PartnershipNote>(
        "PartnershipNote",
        "A remark or a doubt about a partnership.",
    )
    .field(
        Field::new(
            "kind",
            "PartnershipNoteKind!",
            "The kind of note, such as a remark from a source or a doubt.",
        )
        .compute(|note: &PartnershipNote| note.kind.clone()),
    )
    .field(
        Field::new("text", "String!", "The text of the note.")
            .compute(|note: &PartnershipNote| note.text.clone()),
    )
}
