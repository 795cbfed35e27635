//! Splitting of texts into words for comparison.

use crate::collation::fold;

/// Characters of unsegmented scripts sort at or after this one in every database.
pub const FIRST_UNSEGMENTED_CHAR: char = '\u{0e01}';

/// Splits a text into words for comparison: without case, accents, and apostrophes, and separated by
/// any other characters that are neither letters nor digits. `São Paulo-Xi'an` becomes
/// `sao paulo xian`.
///
/// Words are also split between segmented and unsegmented scripts: `NY市` becomes `ny 市`. Katakana is
/// converted to hiragana. Hangul is decomposed into letters, so that a partially typed syllable
/// matches the whole one. Initials form one word: `D.C.` becomes `dc`.
pub fn split_words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    // Whether the last of the words is initials, and only a period separates it from the next word.
    let mut follows_initials = false;
    let mut end_word = |word: &mut String, is_period: bool| {
        let is_initial = word.chars().nth(1).is_none() && !word.is_empty();
        match words.last_mut().filter(|_| is_initial && follows_initials) {
            Some(initials) => initials.push_str(&std::mem::take(word)),
            None => words.extend(take_word(word)),
        }
        follows_initials = is_initial && is_period;
    };
    let folded = fold(text);
    let chars = folded.chars().filter(|c| !is_apostrophe(*c));
    for c in chars.map(to_hiragana) {
        let last = word.chars().next_back();
        if !c.is_alphanumeric() {
            end_word(&mut word, c == '.');
            continue;
        }
        if last.is_some_and(|last| is_unsegmented(last) != is_unsegmented(c)) {
            end_word(&mut word, false);
        }
        match base_letters(c) {
            Some(letters) => word.push_str(letters),
            None => word.push(c),
        }
    }
    end_word(&mut word, false);
    words
}

/// Returns the other spelling of an abbreviated word of place names, such as `mount` for `mt`.
pub(super) fn other_spelling(word: &str) -> Option<&'static str> {
    Some(match word {
        "ft" => "fort",
        "fort" => "ft",
        "mt" => "mount",
        "mount" => "mt",
        "st" => "saint",
        "saint" => "st",
        _ => return None,
    })
}

/// Splits a search text into words without duplicates, which would match the same objects.
pub fn query_words(text: &str) -> Vec<String> {
    let mut words = split_words(text);
    words.sort_unstable();
    words.dedup();
    words
}

/// Returns the words with hyphens or periods without them: `kitakyushu` for `Kita-Kyushu`, `wva` for
/// `W.Va.`.
pub(super) fn join_parts(name: &str) -> Vec<String> {
    name.split_whitespace()
        .filter(|part| part.contains(|c| is_hyphen(c) || c == '.'))
        .map(|part| split_words(part).concat())
        .filter(|word| !word.is_empty())
        .collect()
}

/// Whether the character is of an unsegmented script: one without spaces between words, or Hangul, in
/// which parts of a name are not written separately.
pub(super) fn is_unsegmented(c: char) -> bool {
    matches!(c,
        // Thai and Lao; Burmese; Hangul letters; Khmer.
        FIRST_UNSEGMENTED_CHAR..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}' | '\u{1780}'..='\u{17ff}'
        // Iteration marks, kana, and bopomofo; Han; rare Han.
        | '\u{3005}'..='\u{31ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

/// Converts katakana to hiragana.
fn to_hiragana(c: char) -> char {
    match c {
        'ァ'..='ヶ' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        _ => c,
    }
}

fn take_word(word: &mut String) -> Option<String> {
    let word = std::mem::take(word);
    (!word.is_empty()).then_some(word)
}

/// Returns the base letters that people without the right keyboard type instead of a letter that
/// Unicode does not decompose.
fn base_letters(c: char) -> Option<&'static str> {
    Some(match c {
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ı' => "i",
        'ł' => "l",
        'ø' => "o",
        'æ' => "ae",
        'œ' => "oe",
        'ß' => "ss",
        'þ' => "th",
        _ => return None,
    })
}

fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '`' | '´' | '\u{02b9}'
            ..='\u{02bf}' | '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}'
    )
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}')
}

#[cfg(test)]
mod tests {
    use super::{join_parts, query_words, split_words};

    #[test]
    fn ignored_characters_are_removed() {
        for (text, expected) in [
            ("Kōbe", vec!["kobe"]),
            ("New-York", vec!["new", "york"]),
            (
                "  or-portland--jp-sapporo ",
                vec!["or", "portland", "jp", "sapporo"],
            ),
            ("Xi'an", vec!["xian"]),
            ("Hawaiʻi", vec!["hawaii"]),
            ("Đà Nẵng", vec!["da", "nang"]),
            ("St. John’s", vec!["st", "johns"]),
            ("Washington, D.C.", vec!["washington", "dc"]),
            ("N.Charleston", vec!["n", "charleston"]),
            ("U.S.A", vec!["usa"]),
            ("D. C.", vec!["d", "c"]),
            ("広島", vec!["広島"]),
            ("チバ", vec!["ちは"]),
            ("NY市", vec!["ny", "市"]),
            ("ＫＯＢＥ", vec!["kobe"]),
            ("", vec![]),
            ("-- %_'", vec![]),
        ] {
            assert_eq!(split_words(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_partially_typed_syllable_is_a_prefix_of_the_whole_one() {
        assert!(split_words("부산")[0].starts_with(&split_words("부사")[0]));
    }

    #[test]
    fn parts_of_words_are_joined() {
        assert_eq!(join_parts("Kita-Kyushu City"), ["kitakyushu"]);
        assert_eq!(join_parts("W.Va."), ["wva"]);
        assert_eq!(join_parts("New York"), [""; 0]);
        assert_eq!(join_parts("-"), [""; 0]);
    }

    #[test]
    fn query_words_are_unique() {
        assert_eq!(
            query_words("Portland portland Sapporo"),
            ["portland", "sapporo"]
        );
    }
}
