//! The search index: built from the tables, and written in the same transaction.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{DatabaseTransaction, DbErr};

use super::{
    difference::{Difference, TableDifference},
    tables::Tables,
};
use crate::{
    db::search::rebuild_trigram_index,
    entity::{search_posting, search_word},
    search::{SearchNames, word_weights},
    vocabulary::{SearchType, Vocabulary},
};

/// Replaces the stored index with that of the tables. Returns whether any row changed.
pub(super) async fn replace(
    transaction: &DatabaseTransaction,
    tables: &Tables,
) -> Result<bool, DbErr> {
    let (word_rows, posting_rows) = build_index(tables);
    let mut words = Difference::<search_word::Entity>::find(transaction, &word_rows).await?;
    let mut postings =
        Difference::<search_posting::Entity>::find(transaction, &posting_rows).await?;
    let (n_words, n_postings) = (words.n_rows(), postings.n_rows());
    // The progress bar counts only the rows of the files.
    let advance = |_| {};
    words.write(transaction, &advance).await?;
    words.remove(transaction, &advance).await?;
    postings.write(transaction, &advance).await?;
    postings.remove(transaction, &advance).await?;
    if n_words > 0 {
        rebuild_trigram_index(transaction).await?;
    }
    Ok(n_words + n_postings > 0)
}

/// Builds the words and their postings, each in an order that does not depend on the database.
fn build_index(tables: &Tables) -> (Vec<search_word::Model>, Vec<search_posting::Model>) {
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
    let other_names = |id: &str| other_names.get(id).map_or(&[][..], Vec::as_slice);
    let mut postings = Vec::new();
    let mut add = |object_type: &str, slug: &str, names: SearchNames<'_>| {
        postings.extend(word_weights(names).into_iter().map(|(word, weight)| {
            search_posting::Model {
                word,
                object_type: object_type.to_owned(),
                slug: slug.to_owned(),
                weight,
            }
        }));
    };
    for place in &tables.community {
        let mut primary_names = vec![place.name.as_str()];
        primary_names.extend(place.code.as_deref());
        let names = SearchNames {
            primary: &primary_names,
            alternate: other_names(&place.id),
            slug: &place.id,
        };
        add(&place.community_type, &place.id, names);
    }
    for country in &tables.country {
        let names = SearchNames {
            primary: &[&country.name, &country.id, &country.code3],
            alternate: other_names(&country.id),
            ..SearchNames::default()
        };
        add(SearchType::Country.as_str(), &country.id, names);
    }
    for partnership in &tables.partnership {
        let names = SearchNames {
            slug: &partnership.id,
            ..SearchNames::default()
        };
        add(SearchType::Partnership.as_str(), &partnership.id, names);
    }
    postings.sort_unstable_by(|one, other| {
        let key = |row: &search_posting::Model| (row.word.clone(), row.object_type.clone());
        (key(one), &one.slug).cmp(&(key(other), &other.slug))
    });
    let words: BTreeSet<&str> = postings.iter().map(|row| row.word.as_str()).collect();
    let words = words
        .into_iter()
        .map(|word| search_word::Model {
            word: word.to_owned(),
        })
        .collect();
    (words, postings)
}
