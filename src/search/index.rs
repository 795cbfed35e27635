//! The words under which an object is indexed, and their weights.

use std::collections::BTreeMap;

use super::{
    rank::PARTNERSHIP_PENALTY,
    words::{join_parts, other_spelling, split_words},
};

/// The weight of a word that is in a name, not only in the slug.
const NAME_WEIGHT: i32 = 2000;
/// The additional weight of a word that is a whole name, divided by the number of words of the name.
const WHOLE_NAME_WEIGHT: i32 = 600;
/// The additional weight of a word of the primary name.
const PRIMARY_NAME_WEIGHT: i32 = 100;

/// The weight of a word of the state, province, or country that an object is in. `Orange, CA` must rank
/// before a name with `Orange` and a word that starts with `ca`, and `North G` must rank North
/// Gyeongsang before a place in a northern province whose name starts with `G`.
pub const INHERITED_WEIGHT: i32 = 1500;

/// The weight subtracted from the other spelling of a word, such as `st` for `saint`. It is more than
/// the gap between an exact match and the start of a word: `st` must rank Stamford before Denver, one of
/// whose names is Saint Charles.
const OTHER_SPELLING_PENALTY: i32 = 1400;

/// The weight of a word in an abbreviation of several words: `va` in `W.Va.`. `va` must rank Vallejo before
/// West Virginia, and `w va` must rank West Virginia before a partnership, which inherits `va`.
const ABBREVIATED_WORD_WEIGHT: i32 = INHERITED_WEIGHT - PARTNERSHIP_PENALTY + 10;

/// The maximum weight of a word.
pub(super) const MAX_WEIGHT: i32 = NAME_WEIGHT + WHOLE_NAME_WEIGHT + PRIMARY_NAME_WEIGHT;

/// The names of an object.
#[derive(Clone, Copy, Debug, Default)]
pub struct SearchNames<'a> {
    /// The primary name and the codes.
    pub primary: &'a [&'a str],
    /// Other spellings and names in other scripts.
    pub alternate: &'a [&'a str],
    /// The slug, whose words have no additional weight.
    pub slug: &'a str,
}

/// The words of an object with their weights.
pub type WordWeights = BTreeMap<String, i32>;

/// Returns the words of an object, each with its highest weight in any of the names.
pub fn word_weights(names: SearchNames<'_>) -> WordWeights {
    let mut weights = WordWeights::new();
    let mut add = |word: String, weight: i32| {
        let highest = weights.entry(word).or_insert(weight);
        *highest = weight.max(*highest);
    };
    let primary = names.primary.iter().map(|name| (name, PRIMARY_NAME_WEIGHT));
    let alternate = names.alternate.iter().map(|name| (name, 0));
    for (name, extra) in primary.chain(alternate) {
        let words = split_words(name);
        let whole = WHOLE_NAME_WEIGHT
            / i32::try_from(words.len())
                .unwrap_or(WHOLE_NAME_WEIGHT)
                .max(1);
        let weight = NAME_WEIGHT + whole + extra;
        // A single word, such as the code MT, is not an abbreviated part of a name.
        if words.len() > 1 {
            for spelling in words.iter().filter_map(|word| other_spelling(word)) {
                add(spelling.to_owned(), weight - OTHER_SPELLING_PENALTY);
            }
        }
        let is_abbreviation =
            words.len() > 1 && name.contains('.') && !name.contains(char::is_whitespace);
        for word in words {
            match is_abbreviation && word.chars().nth(1).is_some() {
                true => add(word, ABBREVIATED_WORD_WEIGHT),
                false => add(word, weight),
            }
        }
        for word in join_parts(name) {
            add(word, weight);
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
    fn each_word_has_its_highest_weight() {
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
    fn abbreviated_words_have_two_spellings() {
        let words = |name| {
            let weights = word_weights(SearchNames {
                primary: &[name],
                ..SearchNames::default()
            });
            weights.into_keys().collect::<Vec<_>>()
        };
        assert_eq!(words("Mount Vernon"), ["mount", "mt", "vernon"]);
        assert_eq!(words("St. Louis"), ["louis", "saint", "st"]);
        assert_eq!(words("MT"), ["mt"]);
    }

    #[test]
    fn the_other_spelling_weighs_less() {
        let weights = word_weights(SearchNames {
            primary: &["Saint Paul", "St. Paul"],
            alternate: &["Mount Paul"],
            slug: "",
        });
        assert_eq!(weights["st"], weights["saint"]);
        assert_eq!(weights["mt"], weights["mount"] - OTHER_SPELLING_PENALTY);
    }

    #[test]
    fn the_words_of_an_abbreviation_weigh_less() {
        let weights = word_weights(SearchNames {
            primary: &["W.Va."],
            ..SearchNames::default()
        });
        assert_eq!(weights["w"], weights["wva"]);
        assert_eq!(weights["va"], ABBREVIATED_WORD_WEIGHT);
    }

    #[test]
    fn hyphenated_words_are_also_indexed_joined() {
        let weights = word_weights(SearchNames {
            primary: &["Kita-Kyushu"],
            ..SearchNames::default()
        });
        assert!(weights.contains_key("kita") && weights.contains_key("kyushu"));
        assert!(weights.contains_key("kitakyushu"));
    }
}
