//! `__Type.isOneOf`, which clients select: whether an input object is a
//! [OneOf Input Object](https://spec.graphql.org/September2025/#sec-OneOf-Input-Objects). This schema has
//! none, so the field is false for input objects and null for all other types.
//!
//! Missing upstream: introspection in apollo-compiler 1.33 does not have the field. This file can be
//! deleted once it does. Until then, a valid document selects `kind` instead, under the same response key
//! with a mark after it, and the marked values are replaced in the result.

use apollo_compiler::{Name, ast::Field, name};

/// Adds the field to `__Type`. No other type has a field of this name.
pub(in crate::engine) const IS_ONE_OF_SDL: &str = "extend type __Type { isOneOf: Boolean }";
/// No name contains this character.
const MARK: char = '?';

/// Selects `kind` in place of `isOneOf`.
pub(in crate::engine) fn select_kind(field: &mut Field) {
    if field.name == "isOneOf" {
        let key = format!("{}{MARK}", field.response_name());
        field.alias = Some(Name::new_unchecked(&key));
        field.name = name!("kind");
    }
}

/// Replaces the marked kinds in a result by the values of `isOneOf`. In compact JSON, no string contains an
/// unescaped quotation mark, so what separates a marked key from its value occurs nowhere else.
pub(super) fn restore_is_one_of(json: &str) -> String {
    let separator = format!("{MARK}\":\"");
    let mut parts = json.split(&separator);
    let mut restored = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (kind, rest) = part.split_once('"').unwrap_or((part, ""));
        restored += match kind {
            "INPUT_OBJECT" => "\":false",
            _ => "\":null",
        };
        restored += rest;
    }
    restored
}
