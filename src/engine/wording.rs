//! Phrases that several error messages share. They are those of graphql-js, so that people and
//! programs that know its messages know these.

use crate::suggestion::nearest;

/// How many characters of an invalid value a message repeats.
const MAX_VALUE_CHARS: usize = 60;
/// How many names a message lists if there are at least two more.
const MAX_NAMES: usize = 12;

/// The end of a message about an unknown name: the candidate that it may be a misspelling of, or
/// else all of them, called `plural`. Empty if there are no candidates.
pub(super) fn suggest(unknown: &str, plural: &str, candidates: &[&str]) -> String {
    did_you_mean(unknown, candidates.iter().copied())
        .unwrap_or_else(|| list_available(plural, candidates))
}

/// The question whether a similar name was meant, if there is one.
pub(super) fn did_you_mean<'a>(
    unknown: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(unknown, candidates).map(|near| format!(" Did you mean {near:?}?"))
}

/// The same for a value that is none of an enum.
pub(super) fn suggest_enum_value(unknown: &str, values: &[&str]) -> String {
    match nearest(unknown.trim_matches('"'), values.iter().copied()) {
        Some(near) => format!(" Did you mean the enum value {near:?}?"),
        None => list_available("values", values),
    }
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

/// The message for a value that is not of the built-in scalar.
pub(super) fn cannot_represent(scalar: &str, value: &str) -> String {
    let kind = match scalar {
        "Int" => "non-integer",
        "Float" => "non numeric",
        "Boolean" => "a non boolean",
        "String" => "a non string",
        _ => "a non-string and non-integer",
    };
    format!("{scalar} cannot represent {kind} value: {value}")
}

/// The message for a whole number that is not an `Int`.
pub(super) fn int_out_of_range(value: &str) -> String {
    format!("Int cannot represent non 32-bit signed integer value: {value}")
}

/// The message for a name that is no value of the enum.
pub(super) fn unknown_enum_value(ty: &str, name: &str, values: &[&str]) -> String {
    format!(
        "Value {name:?} does not exist in {ty:?} enum.{}",
        suggest_enum_value(name, values)
    )
}

/// The message for a field that the input object does not have.
pub(super) fn unknown_input_field(ty: &str, name: &str, fields: &[&str]) -> String {
    format!(
        "Field {name:?} is not defined by type {ty:?}.{}",
        suggest(name, "fields", fields)
    )
}

/// The text, cut if it is long.
pub(super) fn abbreviate(text: &str) -> String {
    match text.char_indices().nth(MAX_VALUE_CHARS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
