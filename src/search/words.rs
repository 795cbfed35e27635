//! Words, as they are compared.

use crate::collation::fold;

/// No letter of a script that does not part its words comes before this one, in any database.
pub const FIRST_UNSEGMENTED_CHAR: char = '\u{0e01}';

/// The words of a text as they are compared: without case, accents and apostrophes, and broken
/// where anything stands that is neither letter nor digit. `São Paulo-Xi'an` is `sao paulo xian`.
///
/// Words also end where a script that parts its words meets one that does not: `NY市` is `ny 市`.
/// Katakana counts as hiragana. Hangul is taken apart into its letters, so that a half-typed
/// syllable finds the whole one.
pub fn split_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let folded = fold(text);
    let letters = folded.chars().filter(|letter| !is_apostrophe(*letter));
    for letter in letters.map(to_hiragana) {
        let last = word.chars().next_back();
        if !letter.is_alphanumeric() {
            words.extend(take_word(&mut word));
            continue;
        }
        if last.is_some_and(|last| is_unsegmented(last) != is_unsegmented(letter)) {
            words.extend(take_word(&mut word));
        }
        match base_letters(letter) {
            Some(letters) => word.push_str(letters),
            None => word.push(letter),
        }
    }
    words.extend(take_word(&mut word));
    words
}

/// The words that a search asks for: each once, for a second one would find what the first does.
pub fn query_words(text: &str) -> Vec<String> {
    let mut words = split_words(text);
    words.sort_unstable();
    words.dedup();
    words
}

/// The words that are written with a hyphen, without it: `Kita-Kyushu` is also `kitakyushu`.
pub(super) fn join_hyphenated(name: &str) -> Vec<String> {
    name.split_whitespace()
        .filter(|part| part.contains(is_hyphen))
        .map(|part| split_words(part).concat())
        .filter(|word| !word.is_empty())
        .collect()
}

/// Whether the letter is of a script that does not part its words by spaces, or that has names
/// whose parts do not stand by themselves, as Hangul has.
pub(super) fn is_unsegmented(letter: char) -> bool {
    matches!(letter,
        // Thai and Lao; Myanmar; the letters of Hangul; Khmer.
        FIRST_UNSEGMENTED_CHAR..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}' | '\u{1780}'..='\u{17ff}'
        // Ideographic marks, kana and bopomofo; Han; rarer Han.
        | '\u{3005}'..='\u{31ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

/// Katakana as hiragana, of which it is another form.
fn to_hiragana(letter: char) -> char {
    match letter {
        'ァ'..='ヶ' => char::from_u32(u32::from(letter) - 0x60).unwrap_or(letter),
        _ => letter,
    }
}

fn take_word(word: &mut String) -> Option<String> {
    let word = std::mem::take(word);
    (!word.is_empty()).then_some(word)
}

/// Letters that are a plain letter with a mark to those whose keyboards lack them, but that
/// Unicode does not take apart.
fn base_letters(letter: char) -> Option<&'static str> {
    Some(match letter {
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

fn is_apostrophe(letter: char) -> bool {
    matches!(
        letter,
        '\'' | '`' | '´' | '\u{02b9}'
            ..='\u{02bf}' | '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}'
    )
}

fn is_hyphen(letter: char) -> bool {
    matches!(letter, '-' | '\u{2010}'..='\u{2015}')
}

#[cfg(test)]
mod tests {
    use super::{join_hyphenated, query_words, split_words};

    #[test]
    fn what_does_not_count_is_gone() {
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
    fn a_half_typed_syllable_begins_the_whole_one() {
        assert!(split_words("부산")[0].starts_with(&split_words("부사")[0]));
    }

    #[test]
    fn hyphens_join_too() {
        assert_eq!(join_hyphenated("Kita-Kyushu City"), ["kitakyushu"]);
        assert_eq!(join_hyphenated("New York"), [""; 0]);
        assert_eq!(join_hyphenated("-"), [""; 0]);
    }

    #[test]
    fn a_word_is_asked_once() {
        assert_eq!(
            query_words("Portland portland Sapporo"),
            ["portland", "sapporo"]
        );
    }
}
