//! The search index: built from the tables, and written in the same transaction.

use std::collections::HashMap;

use sea_orm::{DbErr, sea_query::Value};

use super::tables::Tables;
use crate::{
    db::{difference::TableDifference, search::update_words, write::LoadTransaction},
    entity::{community, country, partnership, search_posting},
    search::{SearchNames, word_weights},
    vocabulary::{SearchType, Vocabulary},
};

/// Replaces the stored index with that of the tables. Returns whether any row changed.
pub(super) async fn replace(transaction: &LoadTransaction, tables: &Tables) -> Result<bool, DbErr> {
    let mut postings = TableDifference::of::<search_posting::Entity>();
    // The progress bar counts only the rows of the files.
    postings
        .find(transaction, posting_cells(tables), &|_| {})
        .await?;
    postings.write(transaction).await?;
    postings.remove(transaction).await?;
    postings.finish(transaction).await?;
    let words_changed = update_words(transaction).await?;
    Ok(words_changed || !postings.changes.is_empty())
}

/// Returns the cells of the postings of all objects. The index is not in memory as a whole.
fn posting_cells(tables: &Tables) -> impl Iterator<Item = Vec<Value>> {
    let mut other_names: HashMap<&str, Vec<&str>> = HashMap::new();
    for other in &tables.alternate_name {
        let names = other_names.entry(&other.community_id).or_default();
        names.push(&other.name);
    }
    for common in &tables.common_name {
        for place in [&common.country_id, &common.community_id]
            .into_iter()
            .flatten()
        {
            other_names.entry(place).or_default().push(&common.name);
        }
    }
    let countries = tables.country.iter().map(SearchObject::Country);
    let communities = tables.community.iter().map(SearchObject::Community);
    let partnerships = tables.partnership.iter().map(SearchObject::Partnership);
    let objects = countries.chain(communities).chain(partnerships);
    objects.flat_map(move |object| object.posting_cells(&other_names))
}

/// An object that search can find.
enum SearchObject<'a> {
    Country(&'a country::Model),
    Community(&'a community::Model),
    Partnership(&'a partnership::Model),
}

impl SearchObject<'_> {
    /// Returns the cells of the postings in the order of the columns.
    fn posting_cells(
        &self,
        other_names: &HashMap<&str, Vec<&str>>,
    ) -> impl Iterator<Item = Vec<Value>> + use<> {
        let other_names = |id: &str| other_names.get(id).map_or(&[][..], Vec::as_slice);
        let (object_type, slug, words) = match self {
            Self::Country(country) => {
                let names = SearchNames {
                    primary: &[&country.name, &country.id, &country.code3],
                    alternate: other_names(&country.id),
                    ..SearchNames::default()
                };
                (
                    SearchType::Country.as_str(),
                    &country.id,
                    word_weights(names),
                )
            }
            Self::Community(place) => {
                let mut primary_names = vec![place.name.as_str()];
                primary_names.extend(place.code.as_deref());
                let names = SearchNames {
                    primary: &primary_names,
                    alternate: other_names(&place.id),
                    slug: &place.id,
                };
                (
                    place.community_type.as_str(),
                    &place.id,
                    word_weights(names),
                )
            }
            Self::Partnership(partnership) => {
                let names = SearchNames {
                    slug: &partnership.id,
                    ..SearchNames::default()
                };
                let words = word_weights(names);
                (SearchType::Partnership.as_str(), &partnership.id, words)
            }
        };
        let (object_type, slug) = (object_type.to_owned(), slug.clone());
        words.into_iter().map(move |(word, weight)| {
            vec![
                word.into(),
                object_type.clone().into(),
                slug.clone().into(),
                weight.into(),
            ]
        })
    }
}
