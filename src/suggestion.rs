//! "Did you mean": the known spelling nearest to an unknown one.

/// The candidate that takes the fewest edits to reach, if few enough to be a slip of the pen.
pub fn nearest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: Vec<char> = wanted.chars().collect();
    let limit = (wanted.len() / 4).clamp(1, 3);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(wanted.len()) <= limit * 3)
        .map(|candidate| (edit_distance(&wanted, candidate), candidate))
        .filter(|(n, _)| *n <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance: letters to insert, remove or replace.
fn edit_distance(from: &[char], to: &str) -> usize {
    let mut row: Vec<usize> = (0..=from.len()).collect();
    for (i, letter) in to.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in from.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
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
    fn a_slip_is_found_and_a_stranger_is_not() {
        let known = ["jp-nagoya", "jp-nagano", "cn-nanjing"];
        assert_eq!(nearest("jp-nagoyaa", known), Some("jp-nagoya"));
        assert_eq!(nearest("jp-nagoy", known), Some("jp-nagoya"));
        assert_eq!(nearest("fr-paris", known), None);
    }
}
