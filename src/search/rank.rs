//! How well a query word matches a word of an object.

use super::words::is_unsegmented;

const EXACT_POINTS: i32 = 4000;
const PREFIX_POINTS: i32 = 3000;
const CONTAINED_POINTS: i32 = 2000;
const TYPO_POINTS: i32 = 1000;
/// The maximum points for how much of the word is matched; less than the gap between kinds of match.
const MAX_COVERAGE_POINTS: i32 = 200;

/// The minimum length of a query word that matches inside a word.
const MIN_CONTAINED_CHARS: usize = 3;
/// The minimum length of a query word that may contain a typing error.
const MIN_TYPO_CHARS: usize = 5;

/// The points subtracted from a match for a partnership, compared with the same match for one of its
/// sides, which are at most half of the partnership.
pub const PARTNERSHIP_PENALTY: i32 = 300;

/// The maximum points of a query word, for an exact match of the whole primary name.
pub const MAX_POINTS: i32 = EXACT_POINTS + MAX_COVERAGE_POINTS + super::index::MAX_WEIGHT;

/// Returns the points of a query word for a word of an object; `None` if it does not match. The caller
/// adds the weight of the word.
pub fn match_points(query: &str, word: &str) -> Option<i32> {
    if query.is_empty() {
        return None;
    }
    if query == word {
        return Some(EXACT_POINTS + MAX_COVERAGE_POINTS);
    }
    if word.starts_with(query) {
        return Some(PREFIX_POINTS + coverage_points(query, word));
    }
    let length = query.chars().count();
    if (length >= MIN_CONTAINED_CHARS || query.chars().all(is_unsegmented)) && word.contains(query)
    {
        return Some(CONTAINED_POINTS + coverage_points(query, word));
    }
    (length >= MIN_TYPO_CHARS && is_single_edit(query, word))
        .then_some(TYPO_POINTS + MAX_COVERAGE_POINTS / 2)
}

/// Converts the sum of points of `n_words` query words to a score in (0, 1].
#[expect(clippy::cast_precision_loss, reason = "sums of points are small")]
pub fn score(points: i64, n_words: usize) -> f64 {
    points as f64 / (i64::from(MAX_POINTS) as f64 * n_words.max(1) as f64)
}

/// Returns the points for the fraction of a longer word that is matched.
fn coverage_points(query: &str, word: &str) -> i32 {
    let (query, word) = (query.chars().count(), word.chars().count());
    let share = query * MAX_COVERAGE_POINTS as usize / word.max(1);
    i32::try_from(share)
        .unwrap_or(0)
        .min(MAX_COVERAGE_POINTS - 1)
}

/// Whether two different words differ by one inserted, removed, or replaced character or by two swapped
/// neighbors.
fn is_single_edit(one: &str, other: &str) -> bool {
    let one: Vec<char> = one.chars().collect();
    let other: Vec<char> = other.chars().collect();
    let start = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[start..], &other[start..]);
    let (reversed, other_reversed) = (one.iter().rev(), other.iter().rev());
    let end = reversed
        .zip(other_reversed)
        .take_while(|(a, b)| a == b)
        .count();
    match (&one[..one.len() - end], &other[..other.len() - end]) {
        ([] | [_], [] | [_]) => true,
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    }
}

/// A condition on words that an index can evaluate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WordPattern {
    /// The words with this prefix.
    Prefix(String),
    /// The words with this prefix and a length between the given minimum and maximum.
    PrefixWithLength(String, usize, usize),
    /// The words with this suffix, of at least three characters, and a length between the given minimum
    /// and maximum.
    SuffixWithLength(String, usize, usize),
    /// The words that contain this text of at least three characters.
    Contains(String),
    /// The words that contain this text, of any length, in an unsegmented script.
    ContainsUnsegmented(String),
    /// Only this word.
    Exact(String),
}

/// Returns patterns that together match every word that the query word matches, and more; use
/// [`match_points`] to filter the candidates.
///
/// A single error is in one half of the word, so the other half is intact. The exception is a swap of
/// the two characters at the middle, which is covered by an exact pattern.
pub fn candidate_patterns(query: &str) -> Vec<WordPattern> {
    let chars: Vec<char> = query.chars().collect();
    let n = chars.len();
    if n == 0 {
        return Vec::new();
    }
    let mut patterns = vec![WordPattern::Prefix(query.to_owned())];
    if n >= MIN_CONTAINED_CHARS {
        patterns.push(WordPattern::Contains(query.to_owned()));
    } else if query.chars().all(is_unsegmented) {
        patterns.push(WordPattern::ContainsUnsegmented(query.to_owned()));
    }
    if n >= MIN_TYPO_CHARS {
        let middle = n / 2;
        let text = |chars: &[char]| chars.iter().collect::<String>();
        let mut swapped = chars.clone();
        swapped.swap(middle - 1, middle);
        patterns.push(WordPattern::PrefixWithLength(
            text(&chars[..middle]),
            n - 1,
            n + 1,
        ));
        patterns.push(WordPattern::SuffixWithLength(
            text(&chars[middle..]),
            n - 1,
            n + 1,
        ));
        patterns.push(WordPattern::Exact(text(&swapped)));
    }
    patterns
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pattern_matches(pattern: &WordPattern, word: &str) -> bool {
        let n = word.chars().count();
        match pattern {
            WordPattern::Prefix(text) => word.starts_with(text),
            WordPattern::PrefixWithLength(text, min, max) => {
                word.starts_with(text) && (*min..=*max).contains(&n)
            }
            WordPattern::SuffixWithLength(text, min, max) => {
                word.ends_with(text) && (*min..=*max).contains(&n)
            }
            WordPattern::Contains(text) | WordPattern::ContainsUnsegmented(text) => {
                word.contains(text)
            }
            WordPattern::Exact(text) => word == text,
        }
    }

    /// Computes the optimal string alignment distance by its recurrence.
    fn distance(one: &str, other: &str) -> usize {
        let one: Vec<char> = one.chars().collect();
        let other: Vec<char> = other.chars().collect();
        let mut table = vec![vec![0; other.len() + 1]; one.len() + 1];
        for i in 0..=one.len() {
            for j in 0..=other.len() {
                table[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let same = usize::from(one[i - 1] != other[j - 1]);
                    let mut best = (table[i - 1][j] + 1)
                        .min(table[i][j - 1] + 1)
                        .min(table[i - 1][j - 1] + same);
                    if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                        best = best.min(table[i - 2][j - 2] + 1);
                    }
                    best
                };
            }
        }
        table[one.len()][other.len()]
    }

    fn kind(query: &str, word: &str) -> Option<i32> {
        match_points(query, word).map(|points| points / 1000 * 1000)
    }

    #[test]
    fn words_match_by_kind() {
        for (query, word, expected) in [
            ("kobe", "kobe", Some(EXACT_POINTS)),
            ("k", "kobe", Some(PREFIX_POINTS)),
            ("kob", "kobe", Some(PREFIX_POINTS)),
            ("obe", "kobe", Some(CONTAINED_POINTS)),
            ("ob", "kobe", None),
            ("島", "広島市", Some(CONTAINED_POINTS)),
            ("nagoja", "nagoya", Some(TYPO_POINTS)),
            ("ngoya", "nagoya", Some(TYPO_POINTS)),
            ("nagooya", "nagoya", Some(TYPO_POINTS)),
            ("naogya", "nagoya", Some(TYPO_POINTS)),
            ("nagoyas", "nagoya", Some(TYPO_POINTS)),
            ("nagojaa", "nagoya", None),
            ("kobi", "kobe", None),
            ("tokio", "tokyo", Some(TYPO_POINTS)),
            ("", "kobe", None),
        ] {
            assert_eq!(kind(query, word), expected, "{query:?} {word:?}");
        }
    }

    #[test]
    fn matching_more_of_a_word_scores_higher() {
        assert!(match_points("kob", "kobe") > match_points("kob", "kobayashi"));
        assert!(match_points("kobayash", "kobayashi") < match_points("kobe", "kobe"));
        assert!(match_points("k", "kobayashi") > match_points("obayashi", "kobayashi"));
    }

    #[test]
    fn a_perfect_score_is_one() {
        assert_eq!(
            score(2 * i64::from(MAX_POINTS), 2).to_bits(),
            1.0_f64.to_bits()
        );
        assert!(score(1, 3) > 0.0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn patterns_cover_all_matches(query in "[ab島]{1,8}", word in "[ab島]{1,8}") {
            if match_points(&query, &word).is_some() {
                let patterns = candidate_patterns(&query);
                prop_assert!(patterns.iter().any(|pattern| pattern_matches(pattern, &word)));
            }
        }

        #[test]
        fn a_single_edit_is_a_distance_of_one(one in "[abc]{0,7}", other in "[abc]{0,7}") {
            prop_assume!(one != other);
            prop_assert_eq!(is_single_edit(&one, &other), distance(&one, &other) == 1);
        }

        #[test]
        fn points_of_different_kinds_do_not_overlap(query in "[ab]{1,6}", word in "[ab]{1,9}") {
            if let Some(points) = match_points(&query, &word) {
                let expected = if query == word {
                    EXACT_POINTS
                } else if word.starts_with(&query) {
                    PREFIX_POINTS
                } else if word.contains(&query) {
                    CONTAINED_POINTS
                } else {
                    TYPO_POINTS
                };
                prop_assert_eq!(points / 1000 * 1000, expected);
                prop_assert!(points % 1000 <= MAX_COVERAGE_POINTS);
            }
        }

        #[test]
        fn trigram_patterns_have_three_characters(query in "[ab]{1,12}") {
            for pattern in candidate_patterns(&query) {
                if let WordPattern::Contains(text) | WordPattern::SuffixWithLength(text, ..) = pattern {
                    prop_assert!(text.chars().count() >= 3);
                }
            }
        }
    }
}
