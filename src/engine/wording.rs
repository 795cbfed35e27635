//! Phrases that several error messages share. They are those of graphql-js, so that people and
//! programs that know its messages know these.

use crate::suggestion::nearest;

/// How many names a message lists if there are at least two more.
const MAX_NAMES: usize = 12;

/// The end of a message about an unknown name: the candidate that it may be a misspelling of, or
/// else all of them, called `plural`. Empty if there are no candidates.
pub(super) fn suggest(unknown: &str, plural: &str, candidates: &[&str]) -> String {
    did_you_mean(unknown, "", candidates.iter().copied())
        .unwrap_or_else(|| list_available(plural, candidates))
}

/// The question whether a similar name was meant, if there is one. `noun` says what it names.
pub(super) fn did_you_mean<'a>(
    unknown: &str,
    noun: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(unknown, candidates).map(|near| format!(" Did you mean {noun}{near:?}?"))
}

/// The sentence that lists names; empty if there are none.
pub(super) fn list_available(plural: &str, names: &[&str]) -> String {
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
