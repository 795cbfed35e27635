//! The words by which an object is found, and how much each says of it.

use std::collections::BTreeMap;

use super::words::{join_hyphenated, split_words};

/// For a word that is in a name, and not in the slug only.
const NAME_WEIGHT: i32 = 2000;
/// For a word that makes up a whole name; a half of a name has a half of it.
const WHOLE_NAME_WEIGHT: i32 = 600;
/// For a word of the usual name.
const PRIMARY_NAME_WEIGHT: i32 = 100;

/// The most that a word can weigh.
pub(super) const MAX_WEIGHT: i32 = NAME_WEIGHT + WHOLE_NAME_WEIGHT + PRIMARY_NAME_WEIGHT;

/// What an object is called.
#[derive(Clone, Copy, Debug, Default)]
pub struct SearchNames<'a> {
    /// Its usual name, and its codes.
    pub primary: &'a [&'a str],
    /// Other spellings, and names in other scripts.
    pub alternate: &'a [&'a str],
    /// Its slug.
    pub slug: &'a str,
}

/// The words of an object, each with its weight.
pub type WordWeights = BTreeMap<String, i32>;

/// The words of an object; each weighs what it weighs in the name that it says most of.
pub fn word_weights(names: SearchNames<'_>) -> WordWeights {
    let mut weights = WordWeights::new();
    let mut add = |word: String, weight: i32| {
        let known = weights.entry(word).or_insert(weight);
        *known = weight.max(*known);
    };
    let usual = names.primary.iter().map(|name| (name, PRIMARY_NAME_WEIGHT));
    let other = names.alternate.iter().map(|name| (name, 0));
    for (name, extra) in usual.chain(other) {
        let words = split_words(name);
        let whole = WHOLE_NAME_WEIGHT
            / i32::try_from(words.len())
                .unwrap_or(WHOLE_NAME_WEIGHT)
                .max(1);
        let of_each = NAME_WEIGHT + whole + extra;
        for word in words.into_iter().chain(join_hyphenated(name)) {
            add(word, of_each);
        }
    }
    for word in split_words(names.slug) {
        add(word, 0);
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_name_counts() {
        let weights = word_weights(SearchNames {
            primary: &["New York", "NY"],
            alternate: &["York"],
            slug: "us-ny",
        });
        let expected = [("new", 2400), ("ny", 2700), ("us", 0), ("york", 2600)];
        let expected: WordWeights = expected.map(|(word, weight)| (word.into(), weight)).into();
        assert_eq!(weights, expected);
    }

    #[test]
    fn hyphened_words_are_found_with_and_without() {
        let weights = word_weights(SearchNames {
            primary: &["Kita-Kyushu"],
            ..SearchNames::default()
        });
        assert!(weights.contains_key("kita") && weights.contains_key("kyushu"));
        assert!(weights.contains_key("kitakyushu"));
    }
}
