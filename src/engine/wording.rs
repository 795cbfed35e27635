//! Phrases that several error messages share. They are those of graphql-js, so that people and
//! programs that know its messages know these.

use crate::suggestion::nearest;

/// How many names a message lists if there are at least two more.
const MAX_NAMES: usize = 12;

/// The end of a message about an unknown name: the candidate that it may be a misspelling of, which is
/// called `noun`, or else all of them, called `plural`. Empty if there are no candidates.
pub(super) fn suggest(
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
pub(super) fn list_available(plural: &str, names: impl IntoIterator<Item: AsRef<str>>) -> String {
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
