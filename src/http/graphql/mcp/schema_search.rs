//! The search for types, fields, and values of the schema by words.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

use apollo_compiler::Schema;
use serde_json::{Value, json};

use super::schema_entry::{SchemaEntry, schema_entries};
use crate::search::{SearchNames, match_points, query_words, word_weights};

/// The maximum number of entries that a search returns.
pub(super) const MAX_MATCHES: usize = 20;

/// An index of the schema.
pub(super) struct SchemaSearch {
    entries: Vec<SchemaEntry>,
    /// The entries with each word, by their index, and the weights of the word.
    words: BTreeMap<String, Vec<(usize, i32)>>,
}

impl SchemaSearch {
    pub(super) fn new(types: &Schema) -> Self {
        let entries = schema_entries(types);
        let mut words: BTreeMap<String, Vec<(usize, i32)>> = BTreeMap::new();
        for (index, entry) in entries.iter().enumerate() {
            let name = separate_words(&entry.name);
            let (type_name, name) = name.rsplit_once('.').unwrap_or(("", &name));
            let weights = word_weights(SearchNames {
                primary: &[name],
                alternate: &[type_name],
                slug: &separate_words(&entry.description),
            });
            for (word, weight) in weights {
                words.entry(word).or_default().push((index, weight));
            }
        }
        Self { entries, words }
    }

    /// The entries that match a text, those with most of its words and the best matches first.
    pub(super) fn search(&self, text: &str) -> Value {
        let mut scores: HashMap<usize, (usize, i32)> = HashMap::new();
        for query_word in query_words(text) {
            let mut best: HashMap<usize, i32> = HashMap::new();
            for (word, entries) in &self.words {
                let Some(points) = match_points(&query_word, word) else {
                    continue;
                };
                for (index, weight) in entries {
                    let highest = best.entry(*index).or_default();
                    *highest = (points + weight).max(*highest);
                }
            }
            for (index, points) in best {
                let (count, sum) = scores.entry(index).or_default();
                *count += 1;
                *sum += points;
            }
        }
        let mut ranked: Vec<_> = scores.into_iter().collect();
        ranked.sort_unstable_by_key(|(index, score)| (Reverse(*score), *index));
        let best = ranked.iter().take(MAX_MATCHES);
        let best = best.filter_map(|(index, _)| self.entries.get(*index));
        let matches = best.map(|entry| {
            json!({ "name": entry.name, "definition": entry.definition, "description": entry.description })
        });
        json!({ "totalCount": ranked.len(), "matches": matches.collect::<Vec<_>>() })
    }
}

/// Separates the words of names: `establishedYear` becomes `established Year`.
fn separate_words(text: &str) -> String {
    let mut words = String::new();
    for character in text.chars() {
        if character.is_uppercase() && words.ends_with(char::is_lowercase) {
            words.push(' ');
        }
        words.push(character);
    }
    words
}
