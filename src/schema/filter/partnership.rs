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
        description: "Which partnerships. Fields that are given must all hold; an empty filter holds of all.",
        has_logical_operators: true,
        unique_field: None,
        fields: || {
            vec![
                filter_field(
                    "level",
                    "[PartnershipLevel!]",
                    "Any of these.",
                    |value, terms| enum_condition(Col::Level, value, terms),
                ),
                filter_field(
                    "status",
                    "[PartnershipStatus!]",
                    "Any of these.",
                    |value, terms| enum_condition(Col::Status, value, terms),
                ),
                filter_field(
                    "establishedYear",
                    INT_FILTER,
                    "The year of the agreement.",
                    |value, terms| int_condition(Col::EstablishedYear, value, terms),
                ),
                filter_field(
                    "state",
                    "StateFilter",
                    "The state that the US side is, or lies in.",
                    |value, terms| {
                        relation_condition(&state_relation(), &state_filter(), value, terms)
                    },
                ),
                filter_field(
                    "country",
                    "CountryFilter",
                    "The partner country.",
                    |value, terms| {
                        relation_condition(&country_relation(), &country_filter(), value, terms)
                    },
                ),
                filter_field("us", "CommunityFilter", "The US side.", |value, terms| {
                    relation_condition(&us_relation(), &community_filter(), value, terms)
                }),
                filter_field(
                    "partner",
                    "CommunityFilter",
                    "The other side.",
                    |value, terms| {
                        relation_condition(&partner_relation(), &community_filter(), value, terms)
                    },
                ),
                filter_field(
                    "source",
                    STRING_FILTER,
                    "The slug of a source that records it; one that matches is enough.",
                    |value, terms| {
                        let slug = ascii_condition(Source::SourceId, value, terms)?;
                        if slug.is_empty() {
                            return Ok(Condition::all());
                        }
                        terms.count_comparisons(COMPARISONS_PER_SUBQUERY)?;
                        let records = slug.add(equals(Source::Role, "RECORD"));
                        Ok(reverse_relation_condition(
                            Col::Id,
                            Source::PartnershipId,
                            records,
                        ))
                    },
                ),
                filter_field(
                    "corroborated",
                    "Boolean",
                    "Whether a source other than the lists derived from Wikipedia and Wikidata records it.",
                    |value, terms| bool_condition(Col::Corroborated, value, terms),
                ),
                filter_field(
                    "hasNotes",
                    "Boolean",
                    "Whether there are notes on it.",
                    |value, terms| {
                        terms.count_comparisons(COMPARISONS_PER_SUBQUERY)?;
                        let noted = reverse_relation_condition(
                            Col::Id,
                            Note::PartnershipId,
                            Condition::all(),
                        );
                        Ok(match value {
                            async_graphql::Value::Boolean(true) => noted,
                            _ => noted.not(),
                        })
                    },
                ),
            ]
        },
    }
}

/// The column of a partnership, among pairs, that repeats a column of what it points at.
fn denormalized_column<T: ColumnTrait>(pairs: &[(T, Col)], column: ColumnRef) -> Option<ColumnRef> {
    pairs
        .iter()
        .find(|(theirs, _)| ColumnRef::new(*theirs) == column)
        .map(|(_, ours)| ColumnRef::new(*ours))
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
