//! Filters on partnerships.

use std::sync::LazyLock;

use super::{
    FilterDefinition, FilterField, LazyFilter, Meaning,
    place::{COMMUNITY_FILTER, COUNTRY_FILTER, STATE_FILTER},
};
use crate::{
    db::{Constant, FilterRelation},
    entity::{
        community::Column as Community, country::Column as Country, partnership::Column as Col,
        partnership_note::Column as Note, partnership_source::Column as Source,
    },
    vocabulary::{PartnershipLevel, PartnershipStatus},
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
                "hasNotes",
                "Whether the partnership has notes.",
                Meaning::exists(FilterRelation::new(Col::Id, Note::PartnershipId)),
            ),
        ],
    )
    .with_logical_operators()
});
