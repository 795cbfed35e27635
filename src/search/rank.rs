//! How well a word that was asked for finds a word of a name.

use super::words::is_unsegmented;

const EXACT_POINTS: i32 = 4000;
const PREFIX_POINTS: i32 = 3000;
const CONTAINED_POINTS: i32 = 2000;
const TYPO_POINTS: i32 = 1000;
/// For how many of the letters are there: less than what parts one kind from the next.
const MAX_COVERAGE_POINTS: i32 = 200;

/// From how many letters a word may be contained in another.
const MIN_CONTAINED_CHARS: usize = 3;
/// From how many letters a word may have a typing error.
const MIN_TYPO_CHARS: usize = 5;

/// How much less a word counts for a partnership than for the side that has it, of which it is at
/// best a half.
pub const PARTNERSHIP_PENALTY: i32 = 300;

/// The most points that a word can have: the whole usual name, as it is.
pub const MAX_POINTS: i32 = EXACT_POINTS + MAX_COVERAGE_POINTS + super::index::MAX_WEIGHT;

/// The points of a word that was asked for against a word of a name; `None` where it does not find
/// it. The weight of the word in the name is added to them.
pub fn match_points(asked: &str, word: &str) -> Option<i32> {
    if asked.is_empty() {
        return None;
    }
    if asked == word {
        return Some(EXACT_POINTS + MAX_COVERAGE_POINTS);
    }
    if word.starts_with(asked) {
        return Some(PREFIX_POINTS + coverage_points(asked, word));
    }
    let letters = asked.chars().count();
    if (letters >= MIN_CONTAINED_CHARS || asked.chars().all(is_unsegmented)) && word.contains(asked)
    {
        return Some(CONTAINED_POINTS + coverage_points(asked, word));
    }
    (letters >= MIN_TYPO_CHARS && is_single_edit(asked, word))
        .then_some(TYPO_POINTS + MAX_COVERAGE_POINTS / 2)
}

/// The score of a sum of points over `n_words` words that were asked for, in (0, 1].
#[expect(clippy::cast_precision_loss, reason = "sums of points are small")]
pub fn score(points: i64, n_words: usize) -> f64 {
    points as f64 / (i64::from(MAX_POINTS) as f64 * n_words.max(1) as f64)
}

/// How much of a longer word is there.
fn coverage_points(asked: &str, word: &str) -> i32 {
    let (asked, word) = (asked.chars().count(), word.chars().count());
    let share = asked * MAX_COVERAGE_POINTS as usize / word.max(1);
    i32::try_from(share)
        .unwrap_or(0)
        .min(MAX_COVERAGE_POINTS - 1)
}

/// Whether two different words differ by one letter too many, too few or another, or by two
/// neighbours that changed places.
fn is_single_edit(one: &str, other: &str) -> bool {
    let one: Vec<char> = one.chars().collect();
    let other: Vec<char> = other.chars().collect();
    let begin = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[begin..], &other[begin..]);
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

/// A question that an index of words answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WordPattern {
    /// The words that begin so.
    Prefix(String),
    /// The words that begin so and have at least and at most so many letters.
    PrefixWithLength(String, usize, usize),
    /// The words that end so and have at least and at most so many letters; three letters or more.
    SuffixWithLength(String, usize, usize),
    /// The words that contain this; three letters or more.
    Contains(String),
    /// As [`Self::Contains`], of any length, in a script that does not part its words.
    ContainsUnsegmented(String),
    /// This word.
    Exact(String),
}

/// The questions whose answers have every word that `asked` finds; see [`match_points`] for which of
/// them it does find.
///
/// One error lies in one half of a word, so that the other half is intact; except where the
/// letters on both sides of the middle changed places, which is one certain word.
pub fn candidate_patterns(asked: &str) -> Vec<WordPattern> {
    let letters: Vec<char> = asked.chars().collect();
    let n = letters.len();
    if n == 0 {
        return Vec::new();
    }
    let mut probes = vec![WordPattern::Prefix(asked.to_owned())];
    if n >= MIN_CONTAINED_CHARS {
        probes.push(WordPattern::Contains(asked.to_owned()));
    } else if asked.chars().all(is_unsegmented) {
        probes.push(WordPattern::ContainsUnsegmented(asked.to_owned()));
    }
    if n >= MIN_TYPO_CHARS {
        let middle = n / 2;
        let text = |letters: &[char]| letters.iter().collect::<String>();
        let mut swapped = letters.clone();
        swapped.swap(middle - 1, middle);
        probes.push(WordPattern::PrefixWithLength(
            text(&letters[..middle]),
            n - 1,
            n + 1,
        ));
        probes.push(WordPattern::SuffixWithLength(
            text(&letters[middle..]),
            n - 1,
            n + 1,
        ));
        probes.push(WordPattern::Exact(text(&swapped)));
    }
    probes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Whether the answer to the question has the word.
    fn answers(probe: &WordPattern, word: &str) -> bool {
        let n = word.chars().count();
        match probe {
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

    /// Optimal string alignment, by its recurrence.
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

    fn kind(asked: &str, word: &str) -> Option<i32> {
        match_points(asked, word).map(|points| points / 1000 * 1000)
    }

    #[test]
    fn words_are_found_by_kind() {
        for (asked, word, expected) in [
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
            assert_eq!(kind(asked, word), expected, "{asked:?} {word:?}");
        }
    }

    #[test]
    fn more_letters_are_better() {
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
        fn the_probes_miss_nothing(asked in "[ab島]{1,8}", word in "[ab島]{1,8}") {
            if match_points(&asked, &word).is_some() {
                prop_assert!(candidate_patterns(&asked).iter().any(|probe| answers(probe, &word)));
            }
        }

        #[test]
        fn one_error_is_a_distance_of_one(one in "[abc]{0,7}", other in "[abc]{0,7}") {
            prop_assume!(one != other);
            prop_assert_eq!(is_single_edit(&one, &other), distance(&one, &other) == 1);
        }

        #[test]
        fn kinds_never_overlap(asked in "[ab]{1,6}", word in "[ab]{1,9}") {
            if let Some(points) = match_points(&asked, &word) {
                let expected = if asked == word {
                    EXACT_POINTS
                } else if word.starts_with(&asked) {
                    PREFIX_POINTS
                } else if word.contains(&asked) {
                    CONTAINED_POINTS
                } else {
                    TYPO_POINTS
                };
                prop_assert_eq!(points / 1000 * 1000, expected);
                prop_assert!(points % 1000 <= MAX_COVERAGE_POINTS);
            }
        }

        #[test]
        fn probes_of_trigrams_have_three_letters(asked in "[ab]{1,12}") {
            for probe in candidate_patterns(&asked) {
                if let WordPattern::Contains(text) | WordPattern::SuffixWithLength(text, ..) = probe {
                    prop_assert!(text.chars().count() >= 3);
                }
            }
        }
    }
}
