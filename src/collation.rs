//! Normalization of names for comparison, the same for every database.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Converts a name to the form used for comparing and sorting: lower case, compatibility decomposed
/// (NFKD), and without combining marks. `Hagåtña` and `HAGATNA` have the same form; characters without
/// case or accents are unchanged.
pub fn fold(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    name.nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn case_and_accents_are_ignored() {
        assert_eq!(fold("Hagåtña"), fold("HAGATNA"));
        assert_eq!(fold("Đà Nẵng"), "đa nang", "đ does not decompose");
        assert_eq!(fold("Ōsaka"), "osaka");
        assert_eq!(fold("広島"), "広島");
    }
}
