//! Filters on partnerships.

use sea_orm::{ColumnTrait, sea_query::Condition};

use super::{
    FilterDefinition,
    operators::{
        COMPARISONS_PER_SUBQUERY, FilterRelation, INT_FILTER, STRING_FILTER, ascii_condition,
        bool_condition, enum_condition, equals, int_condition, relation_condition,
        reverse_relation_condition,
    },
    place::{community_filter, country_filter, filter_field, state_filter},
};
use crate::db::ColumnRef;
use crate::entity::{
    community::Column as Community, country::Column as Country, partnership::Column as Col,
    partnership_note::Column as Note, partnership_source::Column as Source,
};

pub(in crate::schema) fn partnership_filter() -> FilterDefinition {
    FilterDefinition {
        name: "PartnershipFilter",
        description: "Selects partnerships. All fields that are set must match; an empty filter matches everything.",
        has_logical_operators: true,
        unique_field: None,
        fields: || {
            vec![
                filter_field(
                    "level",
                    "[PartnershipLevel!]",
                    "One of these levels of government. An empty list matches nothing.",
                    |value, context| enum_condition(Col::Level, value, context),
                ),
                filter_field(
                    "status",
                    "[PartnershipStatus!]",
                    "One of these statuses. An empty list matches nothing.",
                    |value, context| enum_condition(Col::Status, value, context),
                ),
                filter_field(
                    "establishedYear",
                    INT_FILTER,
                    "The year of the agreement.",
                    |value, context| int_condition(Col::EstablishedYear, value, context),
                ),
                filter_field(
                    "state",
                    "StateFilter",
                    "The US state: the US community itself, or the state that it is in.",
                    |value, context| {
                        relation_condition(&state_relation(), &state_filter(), value, context)
                    },
                ),
                filter_field(
                    "country",
                    "CountryFilter",
                    "The partner country.",
                    |value, context| {
                        relation_condition(&country_relation(), &country_filter(), value, context)
                    },
                ),
                filter_field(
                    "us",
                    "CommunityFilter",
                    "The US community.",
                    |value, context| {
                        relation_condition(&us_relation(), &community_filter(), value, context)
                    },
                ),
                filter_field(
                    "partner",
                    "CommunityFilter",
                    "The partner community.",
                    |value, context| {
                        relation_condition(&partner_relation(), &community_filter(), value, context)
                    },
                ),
                filter_field(
                    "source",
                    STRING_FILTER,
                    "The slug of a source. At least one source that records the partnership must match.",
                    |value, context| {
                        let slug = ascii_condition(Source::SourceId, value, context)?;
                        if slug.is_empty() {
                            return Ok(Condition::all());
                        }
                        context.count_comparisons(COMPARISONS_PER_SUBQUERY)?;
                        let is_record = slug.add(equals(Source::Role, "RECORD"));
                        Ok(reverse_relation_condition(
                            Col::Id,
                            Source::PartnershipId,
                            is_record,
                        ))
                    },
                ),
                filter_field(
                    "corroborated",
                    "Boolean",
                    "Whether at least one of the sources is independent of Wikipedia and Wikidata.",
                    |value, context| bool_condition(Col::Corroborated, value, context),
                ),
                filter_field(
                    "hasNotes",
                    "Boolean",
                    "Whether the partnership has notes.",
                    |value, context| {
                        context.count_comparisons(COMPARISONS_PER_SUBQUERY)?;
                        let has_notes = reverse_relation_condition(
                            Col::Id,
                            Note::PartnershipId,
                            Condition::all(),
                        );
                        Ok(match value {
                            async_graphql::Value::Boolean(true) => has_notes,
                            _ => has_notes.not(),
                        })
                    },
                ),
            ]
        },
    }
}

/// Looks up the partnership column that repeats a column of a related row. Each pair has the column
/// of the related row first.
fn denormalized_column<T: ColumnTrait>(pairs: &[(T, Col)], column: ColumnRef) -> Option<ColumnRef> {
    pairs
        .iter()
        .find(|(related, _)| ColumnRef::new(*related) == column)
        .map(|(_, own)| ColumnRef::new(*own))
}

fn state_relation() -> FilterRelation {
    FilterRelation::new(Col::StateId, Community::Id).with_denormalized(|column| {
        let pairs = [
            (Community::Id, Col::StateId),
            (Community::RegionId, Col::RegionId),
        ];
        denormalized_column(&pairs, column)
    })
}

fn country_relation() -> FilterRelation {
    FilterRelation::new(Col::CountryId, Country::Id).with_denormalized(|column| {
        let pairs = [
            (Country::Id, Col::CountryId),
            (Country::SortName, Col::CountrySortName),
        ];
        denormalized_column(&pairs, column)
    })
}

fn us_relation() -> FilterRelation {
    FilterRelation::new(Col::UsId, Community::Id).with_denormalized(|column| {
        let pairs = [
            (Community::Id, Col::UsId),
            (Community::SortName, Col::UsSortName),
        ];
        denormalized_column(&pairs, column)
    })
}

fn partner_relation() -> FilterRelation {
    FilterRelation::new(Col::PartnerId, Community::Id).with_denormalized(|column| {
        let pairs = [
            (Community::Id, Col::PartnerId),
            (Community::SortName, Col::PartnerSortName),
        ];
        denormalized_column(&pairs, column)
    })
}
