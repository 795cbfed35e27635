//! Filters on partnerships.

use sea_orm::{ColumnTrait, sea_query::Condition};

use super::{
    Filter,
    operators::{
        INT, Reference, STRING, TERMS_OF_RELATION, any_of, ascii, flag, holds, int, is_pointed_at,
        refers_to,
    },
    place::{community, country, field, state},
};
use crate::db::Column;
use crate::entity::{
    community::Column as Community, country::Column as Country, partnership::Column as Of,
    partnership_note::Column as Note, partnership_source::Column as Source,
};

pub(in crate::graphql) fn partnership() -> Filter {
    Filter {
        name: "PartnershipFilter",
        description: "Which partnerships. Fields that are given must all hold; an empty filter holds of all.",
        combines: true,
        unique: None,
        fields: || {
            vec![
                field(
                    "level",
                    "[PartnershipLevel!]",
                    "Any of these.",
                    |value, terms| any_of(Of::Level, value, terms),
                ),
                field(
                    "status",
                    "[PartnershipStatus!]",
                    "Any of these.",
                    |value, terms| any_of(Of::Status, value, terms),
                ),
                field(
                    "establishedYear",
                    INT,
                    "The year of the agreement.",
                    |value, terms| int(Of::EstablishedYear, value, terms),
                ),
                field(
                    "state",
                    "StateFilter",
                    "The state that the US side is, or lies in.",
                    |value, terms| refers_to(&of_state(), &state(), value, terms),
                ),
                field(
                    "country",
                    "CountryFilter",
                    "The partner country.",
                    |value, terms| refers_to(&of_country(), &country(), value, terms),
                ),
                field("us", "CommunityFilter", "The US side.", |value, terms| {
                    refers_to(&of_us(), &community(), value, terms)
                }),
                field(
                    "partner",
                    "CommunityFilter",
                    "The other side.",
                    |value, terms| refers_to(&of_partner(), &community(), value, terms),
                ),
                field(
                    "source",
                    STRING,
                    "The slug of a source that records it; one that matches is enough.",
                    |value, terms| {
                        let slug = ascii(Source::SourceId, value, terms)?;
                        if slug.is_empty() {
                            return Ok(Condition::all());
                        }
                        terms.add_many(TERMS_OF_RELATION)?;
                        let records = slug.add(holds(Source::Role, "RECORD"));
                        Ok(is_pointed_at(Of::Id, Source::PartnershipId, records))
                    },
                ),
                field(
                    "corroborated",
                    "Boolean",
                    "Whether a source other than the lists derived from Wikipedia and Wikidata records it.",
                    |value, terms| flag(Of::Corroborated, value, terms),
                ),
                field(
                    "hasNotes",
                    "Boolean",
                    "Whether there are notes on it.",
                    |value, terms| {
                        terms.add_many(TERMS_OF_RELATION)?;
                        let noted = is_pointed_at(Of::Id, Note::PartnershipId, Condition::all());
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
fn repeated<T: ColumnTrait>(pairs: &[(T, Of)], column: Column) -> Option<Column> {
    pairs
        .iter()
        .find(|(theirs, _)| Column::of(*theirs) == column)
        .map(|(_, ours)| Column::of(*ours))
}

fn of_state() -> Reference {
    Reference::new(Of::StateId, Community::Id).repeating(|column| {
        let pairs = [
            (Community::Id, Of::StateId),
            (Community::RegionId, Of::RegionId),
        ];
        repeated(&pairs, column)
    })
}

fn of_country() -> Reference {
    Reference::new(Of::CountryId, Country::Id).repeating(|column| {
        let pairs = [
            (Country::Id, Of::CountryId),
            (Country::SortName, Of::CountrySortName),
        ];
        repeated(&pairs, column)
    })
}

fn of_us() -> Reference {
    Reference::new(Of::UsId, Community::Id).repeating(|column| {
        let pairs = [
            (Community::Id, Of::UsId),
            (Community::SortName, Of::UsSortName),
        ];
        repeated(&pairs, column)
    })
}

fn of_partner() -> Reference {
    Reference::new(Of::PartnerId, Community::Id).repeating(|column| {
        let pairs = [
            (Community::Id, Of::PartnerId),
            (Community::SortName, Of::PartnerSortName),
        ];
        repeated(&pairs, column)
    })
}
