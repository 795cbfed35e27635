//! The messages of apollo-compiler's diagnostics, in graphql-js's words and with what would be right.
//!
//! `unstable_error_name` distinguishes the kinds, `unstable_compat_message` has the wording. Neither is
//! part of apollo-compiler's stable interface, so `Cargo.toml` pins its version.

use apollo_compiler::{
    Name, Schema as Types, ast::DirectiveLocation, diagnostic::ToCliReport as _,
    schema::ExtendedType, validation::DiagnosticData,
};

use crate::{
    engine::lexer::describe_token,
    suggestion::{list_available, nearest, suggest},
};

/// Diagnostics about values, and variables as values. `values.rs` is stricter.
pub(super) const VALUE_ERRORS: [&str; 7] = [
    "DisallowedVariableUsage",
    "FloatCoercionError",
    "IntCoercionError",
    "RequiredField",
    "UndefinedEnumValue",
    "UndefinedInputValue",
    "UnsupportedValueType",
];

/// Diagnostics that may only follow from another error: the field or the fragment was left out, or the
/// argument was misspelled or null.
pub(super) const SECONDARY_ERRORS: [&str; 3] = [
    "MissingSubselection",
    "RequiredArgument",
    "UndefinedFragment",
];

/// The diagnostic about the number of root fields of a subscription.
pub(super) const ROOT_FIELD_COUNT_ERROR: &str = "SubscriptionUsesMultipleFields";

/// Whether a diagnostic is of one of the kinds.
pub(super) fn is_one_of(diagnostic: &DiagnosticData, kinds: &[&str]) -> bool {
    let name = diagnostic.unstable_error_name();
    name.is_some_and(|name| kinds.contains(&name))
}

/// The message of a diagnostic about a document with the `text`, followed by what would be right if that
/// is known.
pub(super) fn describe(diagnostic: &DiagnosticData, types: &Types, text: &str) -> String {
    let Some(message) = diagnostic.unstable_compat_message() else {
        return diagnostic.to_string().replace('`', "\"");
    };
    let names: Vec<&str> = message.split('"').skip(1).step_by(2).collect();
    let kind = diagnostic.unstable_error_name().unwrap_or_default();
    let hint = match (kind, names.as_slice()) {
        ("UndefinedField", [field, ty]) => suggest_field(types, ty, field),
        ("UndefinedArgument", [argument, coordinate]) => {
            let definitions = match coordinate.split_once('.') {
                Some((ty, field)) => types.type_field(ty, field).ok().map(|of| &of.arguments),
                None => types
                    .directive_definitions
                    .get(&coordinate[1..])
                    .map(|of| &of.arguments),
            };
            let arguments = definitions.into_iter().flatten().map(|one| &one.name);
            // apollo-compiler calls a directive a field.
            let message = message.replace("field \"@", "directive \"@");
            return message + &suggest(argument, "", "arguments", arguments);
        }
        ("UndefinedDirective", _) => {
            let definitions = types.directive_definitions.values();
            let directives = definitions
                .filter(|one| one.locations.contains(&DirectiveLocation::Field))
                .map(|one| format!("@{}", one.name));
            list_available("directives", directives)
        }
        ("UnsupportedLocation", [directive]) => {
            let definition = types.directive_definitions.get(&directive[1..]);
            let locations = definition.into_iter().flat_map(|one| &one.locations);
            list_available("locations", locations.map(|location| location.name()))
        }
        (
            "UndefinedDefinition"
            | "UndefinedTypeInNamedFragmentTypeCondition"
            | "UndefinedTypeInInlineFragmentTypeCondition",
            [ty],
        ) => {
            // There are too many types to list them.
            let near = nearest(ty, types.types.keys().map(|name| name.as_str()));
            near.map(|near| format!(" Did you mean {near:?}?"))
                .unwrap_or_default()
        }
        (ROOT_FIELD_COUNT_ERROR, _) => " Send one subscription for each field.".to_owned(),
        // apollo-compiler names the type that has the field, rather than the type of the field.
        ("MissingSubselection", [field, parent, ..]) => {
            return match types.type_field(parent, field) {
                Ok(definition) => {
                    message.replacen(&format!("{parent:?}"), &format!("\"{}\"", definition.ty), 1)
                }
                Err(_) => message,
            };
        }
        // apollo-compiler names the field rather than the response key, which the location begins with.
        ("ConflictingFieldArgument", [field]) => {
            let start = diagnostic.location().map(|span| span.offset());
            let rest = start.and_then(|start| text.get(start..)).unwrap_or(field);
            let is_other = |c: char| !c.is_ascii_alphanumeric() && c != '_';
            let key = rest.split(is_other).next().unwrap_or(field);
            return message.replacen(&format!("{field:?}"), &format!("{key:?}"), 1);
        }
        // apollo-compiler leaves out a quotation mark.
        ("ConflictingFieldType", _) => return message.replacen(" and \"", "\" and \"", 1),
        _ if message.ends_with('.') => String::new(),
        _ => ".".to_owned(),
    };
    message + &hint
}

/// What to select instead of a field that the type does not have.
fn suggest_field(types: &Types, ty: &str, field: &str) -> String {
    let has_field =
        |name: &&Name| types.is_subtype(ty, name) && types.type_field(name, field).is_ok();
    let subtypes: Vec<_> = types.types.keys().filter(has_field).take(5).collect();
    if subtypes.is_empty() {
        let fields = match types.types.get(ty) {
            Some(ExtendedType::Object(object)) => Some(&object.fields),
            Some(ExtendedType::Interface(interface)) => Some(&interface.fields),
            _ => None,
        };
        return suggest(
            field,
            "",
            "fields",
            fields.into_iter().flat_map(|of| of.keys()),
        );
    }
    let subtypes: Vec<_> = subtypes.iter().map(|name| format!("\"{name}\"")).collect();
    let subtypes = subtypes.join(" or ");
    format!(" Did you mean to use an inline fragment on {subtypes}?")
}

/// The description of a syntax error at a token. Upstream, the kinds of these have no names.
pub(super) fn describe_syntax_error(message: &str, token: &str) -> String {
    let message = message.strip_prefix("syntax error: ").unwrap_or(message);
    let Some(expected) = message.strip_prefix("expected ") else {
        return message.to_owned();
    };
    let expected = match expected.split(", got ").next().unwrap_or(expected) {
        "R_CURLY" => "\"}\"",
        "R_PAREN" => "\")\"",
        "R_BRACK" => "\"]\"",
        expected => expected.trim_start_matches("a ").trim_start_matches("an "),
    };
    let expected = expected.replace('\'', "\"");
    format!("Expected {expected}, found {}", describe_token(token))
}

#[cfg(test)]
mod tests;
