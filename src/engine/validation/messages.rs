//! The messages of apollo-compiler's diagnostics, in graphql-js's words and with what would be right.
//!
//! `unstable_error_name` distinguishes the kinds, `unstable_compat_message` has the wording. Neither is
//! part of apollo-compiler's stable interface, so `Cargo.toml` pins its version.

use apollo_compiler::{
    Name, Node, Schema as Types,
    ast::{DirectiveLocation, InputValueDefinition},
    schema::ExtendedType,
    validation::DiagnosticData,
};

use crate::engine::{
    lexer::describe_token,
    wording::{did_you_mean, list_available, suggest},
};

/// Diagnostics about values, and variables as values. `values.rs` is stricter.
const VALUE_ERRORS: [&str; 8] = [
    "DisallowedVariableUsage",
    "FloatCoercionError",
    "IntCoercionError",
    "RequiredArgument",
    "RequiredField",
    "UndefinedEnumValue",
    "UndefinedInputValue",
    "UnsupportedValueType",
];

/// Diagnostics that may only follow from another one, whose field or fragment was left out.
const SECONDARY_ERRORS: [&str; 2] = ["MissingSubselection", "UndefinedFragment"];

/// The diagnostic about the number of root fields of a subscription. It counts a field that is
/// selected twice as two.
const ROOT_FIELD_COUNT_ERROR: &str = "SubscriptionUsesMultipleFields";

fn has_name(diagnostic: &DiagnosticData, names: &[&str]) -> bool {
    let name = diagnostic.unstable_error_name();
    name.is_some_and(|name| names.contains(&name))
}

pub(super) fn is_value_error(diagnostic: &DiagnosticData) -> bool {
    has_name(diagnostic, &VALUE_ERRORS)
}

pub(super) fn is_secondary(diagnostic: &DiagnosticData) -> bool {
    has_name(diagnostic, &SECONDARY_ERRORS)
}

pub(super) fn is_root_field_count_error(diagnostic: &DiagnosticData) -> bool {
    has_name(diagnostic, &[ROOT_FIELD_COUNT_ERROR])
}

/// The message for fields of one response key whose arguments differ.
pub(super) fn conflicting_arguments(key: &str) -> String {
    format!(
        "Fields {key:?} conflict because they have differing arguments. Use different aliases on \
         the fields to fetch both if this was intentional."
    )
}

/// The message of a diagnostic, followed by what would be right if that is known.
pub(super) fn describe(diagnostic: &DiagnosticData, types: &Types) -> String {
    let Some(message) = diagnostic.unstable_compat_message() else {
        return diagnostic.to_string().replace('`', "\"");
    };
    let names: Vec<&str> = message.split('"').skip(1).step_by(2).collect();
    let kind = diagnostic.unstable_error_name().unwrap_or_default();
    let hint = match (kind, names.as_slice()) {
        ("UndefinedField", [field, ty]) => suggest_field(types, ty, field),
        ("UndefinedArgument", [argument, coordinate]) => {
            let arguments: Vec<_> = argument_definitions(types, coordinate)
                .iter()
                .map(|argument| argument.name.as_str())
                .collect();
            // apollo-compiler calls a directive a field.
            let message = message.replace("field \"@", "directive \"@");
            return message + &suggest(argument, "arguments", &arguments);
        }
        ("UndefinedDirective", _) => {
            let is_executable = |location: &DirectiveLocation| {
                matches!(
                    location,
                    DirectiveLocation::Query | DirectiveLocation::Field
                )
            };
            let definitions = types.directive_definitions.values();
            let directives: Vec<_> = definitions
                .filter(|definition| definition.locations.iter().any(is_executable))
                .map(|definition| format!("@{}", definition.name))
                .collect();
            let directives: Vec<_> = directives.iter().map(String::as_str).collect();
            list_available("directives", &directives)
        }
        ("UnsupportedLocation", [directive]) => {
            let directive = types.directive_definitions.get(&directive[1..]);
            let locations = directive
                .into_iter()
                .flat_map(|definition| &definition.locations);
            let locations: Vec<_> = locations.map(|location| location.name()).collect();
            list_available("locations", &locations)
        }
        (
            "UndefinedDefinition"
            | "UndefinedTypeInNamedFragmentTypeCondition"
            | "UndefinedTypeInInlineFragmentTypeCondition",
            [ty],
        ) => {
            // There are too many types to list them.
            let candidates = types.types.keys().map(|name| name.as_str());
            did_you_mean(ty, candidates).unwrap_or_default()
        }
        // apollo-compiler names the type that has the field, rather than the type of the field.
        ("MissingSubselection", [field, parent, ..]) => {
            return match types.type_field(parent, field) {
                Ok(definition) => {
                    message.replacen(&format!("{parent:?}"), &format!("\"{}\"", definition.ty), 1)
                }
                Err(_) => message,
            };
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
    let fields: Vec<_> = match types.types.get(ty) {
        Some(ExtendedType::Object(object)) => object.fields.keys().collect(),
        Some(ExtendedType::Interface(interface)) => interface.fields.keys().collect(),
        _ => Vec::new(),
    };
    let has_field =
        |name: &&Name| types.is_subtype(ty, name) && types.type_field(name, field).is_ok();
    let subtypes: Vec<_> = types.types.keys().filter(has_field).take(5).collect();
    if subtypes.is_empty() {
        let fields: Vec<_> = fields.into_iter().map(|name| name.as_str()).collect();
        return suggest(field, "fields", &fields);
    }
    let subtypes: Vec<_> = subtypes.iter().map(|name| format!("\"{name}\"")).collect();
    let subtypes = subtypes.join(" or ");
    format!(" Did you mean to use an inline fragment on {subtypes}?")
}

/// The arguments of what a coordinate such as `Query.city` or `@skip` names.
fn argument_definitions<'a>(
    types: &'a Types,
    coordinate: &str,
) -> &'a [Node<InputValueDefinition>] {
    if let Some(directive) = coordinate.strip_prefix('@') {
        let definition = types.directive_definitions.get(directive);
        return definition.map_or(&[], |definition| &definition.arguments);
    }
    let field = coordinate.split_once('.');
    let definition = field.and_then(|(ty, field)| types.type_field(ty, field).ok());
    definition.map_or(&[], |definition| &definition.arguments)
}

/// The description of a syntax error; `rest` is the document from the location of the error.
pub(super) fn describe_syntax_error(message: &str, rest: &str) -> String {
    let message = message.strip_prefix("syntax error: ").unwrap_or(message);
    let Some(expected) = message.strip_prefix("expected ") else {
        return message.to_owned();
    };
    let expected = expected
        .split_once(", got ")
        .map_or(expected, |(expected, _)| expected);
    let expected = match expected {
        "R_CURLY" => "\"}\"",
        "R_PAREN" => "\")\"",
        "R_BRACK" => "\"]\"",
        expected => expected
            .strip_prefix("a ")
            .or_else(|| expected.strip_prefix("an "))
            .unwrap_or(expected),
    };
    let expected = expected.replace('\'', "\"");
    format!("Expected {expected}, found {}", describe_token(rest))
}

#[cfg(test)]
mod tests {
    use apollo_compiler::{ExecutableDocument, Schema};

    use super::{
        ROOT_FIELD_COUNT_ERROR, SECONDARY_ERRORS, VALUE_ERRORS, describe, describe_syntax_error,
    };

    const SCHEMA: &str = "
        type Query { city(slug: String!, near: Near, kind: Kind): City search: [Item!] limits: Limits! }
        type Subscription { a: Int b: Int }
        type City { name: String! }
        type State { code: String! }
        union Item = City | State
        type Limits { maxDepth: Int! }
        input Near { latitude: Float!, km: Int }
        enum Kind { CITY TOWN }";

    /// Documents with one diagnostic each: its name and its message here.
    const DIAGNOSTICS: [(&str, &str, &str); 21] = [
        // Reported by `values.rs` instead.
        (
            "query($s: Int) { city(slug: $s) { name } }",
            "DisallowedVariableUsage",
            "",
        ),
        (
            "{ city(slug: \"\", near: { latitude: 1e999 }) { name } }",
            "FloatCoercionError",
            "",
        ),
        (
            "{ city(slug: \"\", near: { latitude: 1, km: 9999999999 }) { name } }",
            "IntCoercionError",
            "",
        ),
        ("{ city { name } }", "RequiredArgument", ""),
        (
            "{ city(slug: \"\", near: {}) { name } }",
            "RequiredField",
            "",
        ),
        (
            "{ city(slug: \"\", kind: BAY) { name } }",
            "UndefinedEnumValue",
            "",
        ),
        (
            "{ city(slug: \"\", near: { latitude: 1, n: 1 }) { name } }",
            "UndefinedInputValue",
            "",
        ),
        ("{ city(slug: 1) { name } }", "UnsupportedValueType", ""),
        ("subscription { a b }", "SubscriptionUsesMultipleFields", ""),
        // Reported unless there are other errors.
        (
            "{ limits }",
            "MissingSubselection",
            "Field \"limits\" of type \"Limits!\" must have a selection of subfields. Did you mean \
             \"limits { ... }\"?",
        ),
        ("{ ...F }", "UndefinedFragment", "Unknown fragment \"F\"."),
        // Reported with what would be right.
        (
            "{ limit { maxDepth } }",
            "UndefinedField",
            "Cannot query field \"limit\" on type \"Query\". Did you mean \"limits\"?",
        ),
        (
            "{ search { code } }",
            "UndefinedField",
            "Cannot query field \"code\" on type \"Item\". Did you mean to use an inline fragment on \
             \"State\"?",
        ),
        (
            "{ limits(of: 1) { maxDepth } city(slug: \"\", id: 1) { name } }",
            "UndefinedArgument",
            "Unknown argument \"of\" on field \"Query.limits\".",
        ),
        (
            "{ limits @skip(if: true, unless: 1) { maxDepth } }",
            "UndefinedArgument",
            "Unknown argument \"unless\" on directive \"@skip\". Available arguments: if.",
        ),
        (
            "{ limits @cached { maxDepth } }",
            "UndefinedDirective",
            "Unknown directive \"@cached\". Available directives: @skip, @include.",
        ),
        (
            "query @skip(if: true) { limits { maxDepth } }",
            "UnsupportedLocation",
            "Directive \"@skip\" may not be used on QUERY. Available locations: FIELD, \
             FRAGMENT_SPREAD, INLINE_FRAGMENT.",
        ),
        (
            "query($a: Knd) { city(slug: \"\", kind: $a) { name } }",
            "UndefinedDefinition",
            "Unknown type \"Knd\". Did you mean \"Kind\"?",
        ),
        (
            "{ ...F } fragment F on Quer { limits { maxDepth } }",
            "UndefinedTypeInNamedFragmentTypeCondition",
            "Unknown type \"Quer\". Did you mean \"Query\"?",
        ),
        (
            "{ ... on Quer { limits { maxDepth } } }",
            "UndefinedTypeInInlineFragmentTypeCondition",
            "Unknown type \"Quer\". Did you mean \"Query\"?",
        ),
        (
            "{ search { ... on City { a: name } ... on State { a: __typename b: code } ... on City { b: __typename } } limits { a: maxDepth } ... on Query { limits { a: __typename } } }",
            "ConflictingFieldType",
            "Fields \"a\" conflict because they return conflicting types \"Int!\" and \"String!\". Use \
             different aliases on the fields to fetch both if this was intentional.",
        ),
    ];

    #[test]
    fn diagnostics_have_their_names_and_messages() {
        let schema = Schema::parse_and_validate(SCHEMA, "schema").unwrap();
        for (document, name, message) in DIAGNOSTICS {
            let errors = ExecutableDocument::parse_and_validate(&schema, document, "query")
                .expect_err(document)
                .errors;
            let diagnostic = errors
                .iter()
                .map(|diagnostic| diagnostic.error)
                .find(|error| error.unstable_error_name() == Some(name));
            let diagnostic = diagnostic.unwrap_or_else(|| panic!("{document}: {errors}"));
            if !message.is_empty() {
                assert_eq!(describe(diagnostic, &schema), message);
            }
        }
    }

    #[test]
    fn every_name_is_tested() {
        let names = [
            &VALUE_ERRORS[..],
            &SECONDARY_ERRORS,
            &[ROOT_FIELD_COUNT_ERROR],
        ]
        .concat();
        for name in names {
            assert!(
                DIAGNOSTICS.iter().any(|(_, tested, _)| *tested == name),
                "{name}"
            );
        }
    }

    #[test]
    fn syntax_errors_name_the_token() {
        for (message, rest, description) in [
            (
                "syntax error: expected R_CURLY, got EOF",
                "",
                "Expected \"}\", found <EOF>",
            ),
            (
                "syntax error: expected a Name",
                " }",
                "Expected Name, found \"}\"",
            ),
            (
                "syntax error: expected 'on'",
                "F",
                "Expected \"on\", found Name \"F\"",
            ),
            ("syntax error: unexpected `?`", "?", "unexpected `?`"),
        ] {
            assert_eq!(describe_syntax_error(message, rest), description);
        }
    }
}
