//! Suggestions for misspelled names ("Did you mean").

/// Returns the candidate with the smallest edit distance, if it is small enough for a typing error:
/// at most a quarter of the name's length, from 1 to 3 edits.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.chars().count() / 4).clamp(1, 3);
    let distances = candidates
        .into_iter()
        .map(|candidate| (strsim::levenshtein(name, candidate), candidate));
    let (_, nearest) = distances.filter(|(n, _)| *n <= limit).min()?;
    Some(nearest)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn only_similar_names_are_suggested() {
        let candidates = ["jp-nagoya", "jp-nagano", "cn-nanjing"];
        assert_eq!(nearest("jp-nagoyaa", candidates), Some("jp-nagoya"));
        assert_eq!(nearest("jp-nagoy", candidates), Some("jp-nagoya"));
        assert_eq!(nearest("fr-paris", candidates), None);
    }
}
