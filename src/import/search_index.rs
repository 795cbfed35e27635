//! The search index: built from the tables, and written in the same transaction.

use sea_orm::{DbErr, sea_query::Value};

use super::tables::Tables;
use crate::{
    db::{difference::TableDifference, search::update_words, write::LoadTransaction},
    entity::{common_name, community, country, search_posting},
    search::{SearchNames, word_weights},
    vocabulary::{SearchType, Vocabulary},
};

/// Replaces the stored index with that of the tables. Returns whether any row changed.
pub(super) async fn replace(transaction: &LoadTransaction, tables: &Tables) -> Result<bool, DbErr> {
    let mut postings = TableDifference::of::<search_posting::Entity>();
    postings
        .replace_with_largest(transaction, "weight", posting_cells(tables))
        .await?;
    let words_changed = update_words(transaction).await?;
    Ok(words_changed || !postings.changes.is_empty())
}

/// Returns the cells of the postings of all objects. Of several postings of a word for an object, that with the highest
/// weight counts.
fn posting_cells(tables: &Tables) -> impl Iterator<Item = Vec<Value>> {
    let countries = tables.country().map(|country| {
        let country::Model {
            id, name, code3, ..
        } = &country;
        cells(
            SearchType::Country.as_str(),
            id,
            SearchNames {
                primary: &[name, id, code3],
                ..SearchNames::default()
            },
        )
    });
    let communities = tables.community().map(|place| {
        let community::Model { id, name, code, .. } = &place;
        let primary: Vec<&str> = [name.as_str()].into_iter().chain(code.as_deref()).collect();
        cells(
            &place.community_type,
            id,
            SearchNames {
                primary: &primary,
                slug: id,
                ..SearchNames::default()
            },
        )
    });
    let other_names = tables
        .alternate_name()
        .map(|other| other_name_cells(tables, &other.community_id, &other.name));
    let common_names = tables.common_name().map(|common| {
        let common_name::Model {
            name,
            country_id,
            community_id,
            ..
        } = &common;
        match (country_id, community_id) {
            (Some(country), _) => {
                let alternate = &[name.as_str()];
                cells(
                    SearchType::Country.as_str(),
                    country,
                    SearchNames {
                        alternate,
                        ..SearchNames::default()
                    },
                )
            }
            (None, place) => other_name_cells(tables, place.as_deref().unwrap_or_default(), name),
        }
    });
    let partnerships = tables.partnership_ids().map(|slug| {
        cells(
            SearchType::Partnership.as_str(),
            &slug,
            SearchNames {
                slug: &slug,
                ..SearchNames::default()
            },
        )
    });
    countries
        .chain(communities)
        .chain(other_names)
        .chain(common_names)
        .chain(partnerships)
        .flatten()
}

/// Returns the cells of the postings of another name of a community.
fn other_name_cells(tables: &Tables, community: &str, name: &str) -> Vec<Vec<Value>> {
    let community_type = tables.community_type(community).unwrap_or_default();
    cells(
        community_type,
        community,
        SearchNames {
            alternate: &[name],
            ..SearchNames::default()
        },
    )
}

/// Returns the cells of the postings of an object in the order of the columns.
fn cells(object_type: &str, slug: &str, names: SearchNames<'_>) -> Vec<Vec<Value>> {
    let words = word_weights(names).into_iter();
    let rows = words
        .map(|(word, weight)| vec![word.into(), object_type.into(), slug.into(), weight.into()]);
    rows.collect()
}
