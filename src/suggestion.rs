//! Suggestions for misspelled names ("Did you mean").
//!
//! The sentences are those of graphql-js, so that people and programs that know its messages know these.

/// How many names a message lists if there are at least two more.
const MAX_NAMES: usize = 12;

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

/// The end of a message about an unknown name: the candidate that it may be a misspelling of, which is
/// called `noun`, or else all of them, called `plural`. Empty if there are no candidates.
pub fn suggest(
    unknown: &str,
    noun: &str,
    plural: &str,
    candidates: impl IntoIterator<Item: AsRef<str>> + Clone,
) -> String {
    let names: Vec<_> = candidates.clone().into_iter().collect();
    match nearest(unknown, names.iter().map(AsRef::as_ref)) {
        Some(near) => format!(" Did you mean {noun}{near:?}?"),
        None => list_available(plural, candidates),
    }
}

/// The sentence that lists names; empty if there are none.
pub fn list_available(plural: &str, names: impl IntoIterator<Item: AsRef<str>>) -> String {
    let names: Vec<_> = names
        .into_iter()
        .map(|name| name.as_ref().to_owned())
        .collect();
    match names.get(..MAX_NAMES) {
        _ if names.is_empty() => String::new(),
        Some(first) if names.len() > MAX_NAMES + 1 => format!(
            " Available {plural}: {} and {} more.",
            first.join(", "),
            names.len() - MAX_NAMES
        ),
        _ => format!(" Available {plural}: {}.", names.join(", ")),
    }
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
