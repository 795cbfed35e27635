//! How names are compared: without case and without accents, alike on every database.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The name in the form in which names are compared and sorted: lower case, compatibility
/// decomposed (NFKD) and without combining marks. `Hagåtña` and `HAGATNA` have the same form;
/// scripts without case or accents keep their letters.
pub fn fold(name: &str) -> String {
    name.nfkd()
        .filter(|letter| !is_combining_mark(*letter))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn case_and_accents_do_not_count() {
        assert_eq!(fold("Hagåtña"), fold("HAGATNA"));
        assert_eq!(fold("Đà Nẵng"), "đa nang", "đ is a letter of its own");
        assert_eq!(fold("Ōsaka"), "osaka");
        assert_eq!(fold("広島"), "広島");
    }
}
