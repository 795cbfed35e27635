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
const DIAGNOSTICS: [(&str, &str, &str); 22] = [
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
    // Reported unless there are other errors.
    (
        "{ city { name } }",
        "RequiredArgument",
        "Field \"city\" argument \"slug\" of type \"String!\" is required, but it was not provided.",
    ),
    (
        "{ limits }",
        "MissingSubselection",
        "Field \"limits\" of type \"Limits!\" must have a selection of subfields. Did you mean \
         \"limits { ... }\"?",
    ),
    ("{ ...F }", "UndefinedFragment", "Unknown fragment \"F\"."),
    // Reported with what would be right.
    (
        "subscription { a b }",
        "SubscriptionUsesMultipleFields",
        "Anonymous Subscription must select only one top level field. Send one subscription for each field.",
    ),
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
        "{ a: city(slug: \"x\") { name } a: city(slug: \"y\") { name } }",
        "ConflictingFieldArgument",
        "Fields \"a\" conflict because they have differing arguments. Use different aliases on the fields \
         to fetch both if this was intentional.",
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
        let errors: Vec<_> = errors.iter().map(|diagnostic| diagnostic.error).collect();
        let names: Vec<_> = errors
            .iter()
            .map(|error| error.unstable_error_name())
            .collect();
        if message.is_empty() {
            assert_eq!(names, [Some(name)], "{document}");
            continue;
        }
        let index = names.iter().position(|other| *other == Some(name));
        let index = index.unwrap_or_else(|| panic!("{document}: {names:?}"));
        assert_eq!(describe(errors[index], &schema, document), message);
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
    for (message, token, description) in [
        (
            "syntax error: expected R_CURLY, got EOF",
            "",
            "Expected \"}\", found <EOF>",
        ),
        (
            "syntax error: expected a Name",
            "}",
            "Expected Name, found \"}\"",
        ),
        (
            "syntax error: expected 'on'",
            "F",
            "Expected \"on\", found \"F\"",
        ),
        ("syntax error: unexpected `?`", "?", "unexpected `?`"),
    ] {
        assert_eq!(describe_syntax_error(message, token), description);
    }
}
