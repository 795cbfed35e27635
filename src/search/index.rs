//! The words by which an object is found, and how much each says of it.

use std::collections::BTreeMap;

use super::words::{joined, words};

/// For a word that is in a name, and not in the slug only.
const IN_A_NAME: i32 = 2000;
/// For a word that makes up a whole name; a half of a name has a half of it.
const WHOLE: i32 = 600;
/// For a word of the usual name.
const USUAL: i32 = 100;

/// The most that a word can weigh.
pub(super) const MAX_WEIGHT: i32 = IN_A_NAME + WHOLE + USUAL;

/// What an object is called.
#[derive(Clone, Copy, Debug, Default)]
pub struct Names<'a> {
    /// Its usual name, and its codes.
    pub usual: &'a [&'a str],
    /// Other spellings, and names in other scripts.
    pub other: &'a [&'a str],
    /// Its slug.
    pub slug: &'a str,
}

/// The words of an object, each with its weight.
pub type Weights = BTreeMap<String, i32>;

/// The words of an object; each weighs what it weighs in the name that it says most of.
pub fn weights(names: Names<'_>) -> Weights {
    let mut weights = Weights::new();
    let mut add = |word: String, weight: i32| {
        let known = weights.entry(word).or_insert(weight);
        *known = weight.max(*known);
    };
    let usual = names.usual.iter().map(|name| (name, USUAL));
    let other = names.other.iter().map(|name| (name, 0));
    for (name, extra) in usual.chain(other) {
        let words = words(name);
        let whole = WHOLE / i32::try_from(words.len()).unwrap_or(WHOLE).max(1);
        let of_each = IN_A_NAME + whole + extra;
        for word in words.into_iter().chain(joined(name)) {
            add(word, of_each);
        }
    }
    for word in words(names.slug) {
        add(word, 0);
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_name_counts() {
        let weights = weights(Names {
            usual: &["New York", "NY"],
            other: &["York"],
            slug: "us-ny",
        });
        let expected = [("new", 2400), ("ny", 2700), ("us", 0), ("york", 2600)];
        let expected: Weights = expected.map(|(word, weight)| (word.into(), weight)).into();
        assert_eq!(weights, expected);
    }

    #[test]
    fn hyphened_words_are_found_with_and_without() {
        let weights = weights(Names {
            usual: &["Kita-Kyushu"],
            ..Names::default()
        });
        assert!(weights.contains_key("kita") && weights.contains_key("kyushu"));
        assert!(weights.contains_key("kitakyushu"));
    }
}
