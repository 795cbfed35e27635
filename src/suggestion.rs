//! Suggestions for misspelled names ("Did you mean").

/// Returns the candidate with the smallest edit distance, if it is small enough for a typing error:
/// at most a quarter of the name's length, from 1 to 3 edits.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name: Vec<char> = name.chars().collect();
    let limit = (name.len() / 4).clamp(1, 3);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(name.len()) <= limit * 3)
        .map(|candidate| (edit_distance(&name, candidate), candidate))
        .filter(|(n, _)| *n <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Computes the Levenshtein distance in characters to insert, remove, or replace.
fn edit_distance(from: &[char], to: &str) -> usize {
    let mut row: Vec<usize> = (0..=from.len()).collect();
    for (i, c) in to.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in from.iter().enumerate() {
            let replaced = diagonal + usize::from(c != *other);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[from.len()]
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
