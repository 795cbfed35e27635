//! Filters on partnerships.

use std::sync::LazyLock;

use async_graphql::{Name, Value};

use super::{
    FilterDefinition, FilterField, LazyFilter, Meaning, field_value,
    operators::cell,
    place::{COMMUNITY_FILTER, COUNTRY_FILTER, STATE_FILTER},
};
use crate::{
    db::{ColumnRef, Comparison, Constant, Filter, FilterRelation},
    engine::{Argument, Graph, input_object_type, value_as_str},
    entity::{
        claim::Column as Claim, community::Column as Community, country::Column as Country,
        partnership::Column as Col, partnership_note::Column as Note,
        partnership_source::Column as Source,
    },
    vocabulary::{
        ClaimKind, ClaimSide, Corroboration, PartnershipLevel, PartnershipStatus, UnknownYears,
        Vocabulary,
    },
};

pub(in crate::schema) static PARTNERSHIP_FILTER: LazyFilter = LazyLock::new(|| {
    FilterDefinition::new(
        "PartnershipFilter",
        "Selects partnerships. All fields that are set must match; an empty filter matches everything.",
        vec![
            FilterField::new(
                "level",
                "One of these levels of government. An empty list matches nothing.",
                Meaning::one_of::<PartnershipLevel>(Col::Level),
            ),
            FilterField::new(
                "status",
                "One of these statuses. An empty list matches nothing.",
                Meaning::one_of::<PartnershipStatus>(Col::Status),
            ),
            FilterField::new(
                "establishedYear",
                "The year of the agreement.",
                Meaning::int(Col::EstablishedYear),
            ),
            FilterField::new(
                "state",
                "The US state: the US community itself, or the state that it is in.",
                Meaning::reference(
                    FilterRelation::new(Col::StateId, Community::Id)
                        .with_unique(Community::Code)
                        .with_denormalized(&[
                            (Community::Id, Col::StateId),
                            (Community::RegionId, Col::RegionId),
                        ]),
                    &STATE_FILTER,
                ),
            ),
            FilterField::new(
                "country",
                "The partner country.",
                Meaning::reference(
                    FilterRelation::new(Col::CountryId, Country::Id).with_denormalized(&[
                        (Country::Id, Col::CountryId),
                        (Country::SortName, Col::CountrySortName),
                    ]),
                    &COUNTRY_FILTER,
                ),
            ),
            FilterField::new(
                "us",
                "The US community.",
                Meaning::reference(
                    FilterRelation::new(Col::UsId, Community::Id).with_denormalized(&[
                        (Community::Id, Col::UsId),
                        (Community::SortName, Col::UsSortName),
                    ]),
                    &COMMUNITY_FILTER,
                ),
            ),
            FilterField::new(
                "partner",
                "The partner community.",
                Meaning::reference(
                    FilterRelation::new(Col::PartnerId, Community::Id).with_denormalized(&[
                        (Community::Id, Col::PartnerId),
                        (Community::SortName, Col::PartnerSortName),
                    ]),
                    &COMMUNITY_FILTER,
                ),
            ),
            FilterField::new(
                "source",
                "The slug of a source. At least one source that records the partnership must match.",
                Meaning::related(
                    FilterRelation::new(Col::Id, Source::PartnershipId)
                        .with_constraint(Source::Role, Constant::Text("RECORD")),
                    Meaning::ascii(Source::SourceId),
                ),
            ),
            FilterField::new(
                "corroborated",
                "Whether at least one of the sources is independent of Wikipedia and Wikidata.",
                Meaning::equals(Col::Corroborated),
            ),
            FilterField::new(
                "corroboration",
                "One of these. An empty list matches nothing.",
                Meaning::one_of::<Corroboration>(Col::Corroboration),
            ),
            FilterField::new(
                "claim",
                "At least one claim about the partnership must match.",
                Meaning::reference(
                    FilterRelation::new(Col::Id, Claim::PartnershipId),
                    &CLAIM_FILTER,
                ),
            ),
            FilterField::new(
                "hasDisagreement",
                "Whether claims about the partnership contradict each other.",
                Meaning::equals(Col::HasDisagreement),
            ),
            FilterField::new(
                "existedIn",
                "The partnership existed at some time in a year: it was established in that year or before, and did not end before it.",
                Meaning::Custom("ExistedIn", |value| Ok(existed_in(value))),
            ),
            FilterField::new(
                "hasNotes",
                "Whether the partnership has notes.",
                Meaning::exists(FilterRelation::new(Col::Id, Note::PartnershipId)),
            ),
        ],
    )
    .with_logical_operators()
});

/// Selects claims; all fields must match the same claim.
pub(super) static CLAIM_FILTER: LazyFilter = LazyLock::new(|| {
    FilterDefinition::new(
        "ClaimFilter",
        "Selects claims. All fields that are set must match the same claim; an empty filter matches everything.",
        vec![
            FilterField::new(
                "kind",
                "One of these kinds. An empty list matches nothing.",
                Meaning::one_of::<ClaimKind>(Claim::Kind),
            ),
            FilterField::new(
                "side",
                "The source speaks for one of these sides. An empty list matches nothing.",
                Meaning::one_of::<ClaimSide>(Claim::Side),
            ),
            FilterField::new(
                "source",
                "The slug of the source.",
                Meaning::ascii(Claim::SourceId),
            ),
        ],
    )
});

/// Adds the types of the values of the filter.
pub(super) fn define(graph: Graph) -> Graph {
    graph
        .vocabulary::<UnknownYears>()
        .add_type(input_object_type(
            "ExistedIn",
            "A year, and what to do with partnerships whose years are unknown.",
            [
                Argument::new("year", "Int!", "The year."),
                Argument::new(
                    "unknownYears",
                    "UnknownYears!",
                    "Whether to include partnerships whose years are unknown.",
                )
                .with_default(Value::Enum(Name::new(UnknownYears::Exclude.as_str()))),
            ],
        ))
}

fn existed_in(value: &Value) -> Filter {
    let year = || field_value(value, "year").map_or_else(Default::default, cell);
    let unknown_years = field_value(value, "unknownYears").and_then(value_as_str);
    let [established, ended] = [Col::EstablishedYear, Col::EndedYear].map(ColumnRef::new);
    let not = |filter| Filter::Not(Box::new(filter));
    match unknown_years.and_then(UnknownYears::parse) {
        Some(UnknownYears::Include) => Filter::All(vec![
            not(Filter::compare(established, Comparison::Gt(year()))),
            not(Filter::compare(ended, Comparison::Lt(year()))),
        ]),
        _ => Filter::All(vec![
            Filter::compare(established, Comparison::Lte(year())),
            Filter::Any(vec![
                Filter::compare(
                    ColumnRef::new(Col::Status),
                    Comparison::Ne(PartnershipStatus::Ended.as_str().into()),
                ),
                Filter::compare(ended, Comparison::Gte(year())),
            ]),
        ]),
    }
}
