//! Coercion of values in documents and variables to scalars, enums, lists, and input objects. `tests/it/validation` compares the
//! messages with those of graphql-js.

use futures_util::{FutureExt, future};
use serde_json::{Map, Value as Json, json};

use super::execute;
use crate::engine::{
    Argument, ArgumentValue, Field, Graph, Object, enum_type, input_object_type, no_plan,
};

const ARGUMENTS: [(&str, &str); 9] = [
    ("i", "Int"),
    ("f", "Float"),
    ("b", "Boolean"),
    ("s", "String"),
    ("id", "ID"),
    ("kind", "Kind"),
    ("lists", "[[Int!]!]"),
    ("in", "In"),
    ("must", "Must"),
];

/// A graph whose field returns its arguments as text.
fn graph() -> Graph {
    let text = |(name, value): (&&str, ArgumentValue<'_>)| {
        value.get().map(|value| format!("{name}: {value}"))
    };
    let echo = Field::new("echo", "String!", "")
        .once(no_plan::<String>, |call| {
            future::ready(Ok(call.args.as_str().into())).boxed()
        })
        .with_arguments(
            ARGUMENTS.map(|(name, ty)| Argument::new(name, ty, "")),
            move |values: [_; 9], _| {
                let names = ARGUMENTS.map(|(name, _)| name);
                let texts: Vec<_> = names.iter().zip(values).filter_map(text).collect();
                Ok(texts.join(", "))
            },
        );
    let fields = [
        Argument::new("n", "Int", "").with_default(5.into()),
        Argument::new("in", "In", ""),
    ];
    Graph::default()
        .object(Object::new::<()>("Query", "").field(echo))
        .add_type(enum_type("Kind", "", [("A", ""), ("B", "")]))
        .add_type(input_object_type("In", "", fields))
        .add_type(input_object_type(
            "Must",
            "",
            [Argument::new("n", "Int!", "")],
        ))
}

/// The value of the field, or the messages of the errors.
async fn echo(query: &str, variables: &Json) -> String {
    let engine = crate::engine::Engine::new(graph(), crate::engine::Limits::default()).unwrap();
    if let Err(errors) = engine.parse_document(query) {
        let messages = errors.iter().map(|error| error.message.as_str());
        return messages.collect::<Vec<_>>().join(" | ");
    }
    let body = execute(graph(), query, variables.as_object().unwrap_or(&Map::new())).await;
    let body: Json = serde_json::from_str(&body).unwrap();
    let text = body["data"]["echo"]
        .as_str()
        .or(body["errors"][0]["message"].as_str());
    text.unwrap_or_else(|| panic!("{body}")).to_owned()
}

#[tokio::test]
async fn literals_are_coerced_or_rejected() {
    for (arguments, expected) in [
        ("i: 7", "i: 7"),
        ("i: null", ""),
        ("i: 7.0", "Int cannot represent non-integer value: 7.0"),
        ("i: true", "Int cannot represent non-integer value: true"),
        (
            "i: 2147483648",
            "Int cannot represent non 32-bit signed integer value: 2147483648",
        ),
        ("i: [7]", "Int cannot represent non-integer value: [7]"),
        ("f: 7", "f: 7.0"),
        ("f: 1.5", "f: 1.5"),
        (
            "f: \"1\"",
            "Float cannot represent non numeric value: \"1\"",
        ),
        ("b: true", "b: true"),
        ("b: 1", "Boolean cannot represent a non boolean value: 1"),
        ("s: \"a\"", "s: \"a\""),
        ("s: 1", "String cannot represent a non string value: 1"),
        ("id: \"a\"", "id: \"a\""),
        ("id: 7", "id: \"7\""),
        (
            "id: 7.0",
            "ID cannot represent a non-string and non-integer value: 7.0",
        ),
        ("kind: B", "kind: B"),
        (
            "kind: LARGE",
            "Value \"LARGE\" does not exist in \"Kind\" enum. Available values: A, B.",
        ),
        (
            "kind: \"A\"",
            "Enum \"Kind\" cannot represent non-enum value: \"A\". Did you mean the enum value \"A\"?",
        ),
        ("lists: 7", "lists: [[7]]"),
        ("lists: [7, [8]]", "lists: [[7], [8]]"),
        (
            "lists: [null]",
            "Expected value of type \"[Int!]!\", found null.",
        ),
        ("in: {}", "in: {n: 5}"),
        ("in: {n: null}", "in: {n: null}"),
        ("in: {in: {n: 1}}", "in: {n: 5, in: {n: 1}}"),
        ("in: 7", "Expected value of type \"In\", found 7."),
        (
            "in: {n: 1, n: 2}",
            "There can be only one input field named \"n\".",
        ),
        (
            "must: {}",
            "Field \"Must.n\" of required type \"Int!\" was not provided.",
        ),
        (
            "must: {n: null}",
            "Expected value of type \"Int!\", found null.",
        ),
        (
            "i: {aaaaaaaaaaaaaaaaaaaaaaaaaaaa: 1, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb: 2}",
            "Int cannot represent non-integer value: {aaaaaaaaaaaaaaaaaaaaaaaaaaaa: 1, bbbbbbbbbbbbbbbbbbbbbbbbbb...",
        ),
    ] {
        let query = format!("{{ echo({arguments}) }}");
        assert_eq!(echo(&query, &Json::Null).await, expected, "{arguments}");
    }
}

#[tokio::test]
async fn variables_are_coerced_as_json_or_rejected() {
    for (name, value, expected) in [
        ("i", json!(7), "i: 7"),
        ("i", json!(7.0), "i: 7"),
        (
            "i",
            json!(1e300),
            "Variable \"$v\" got invalid value 1e+300; Int cannot represent non 32-bit signed integer value: 1e+300",
        ),
        (
            "i",
            json!(7.5),
            "Variable \"$v\" got invalid value 7.5; Int cannot represent non-integer value: 7.5",
        ),
        ("f", json!(7), "f: 7.0"),
        ("id", json!(7), "id: \"7\""),
        (
            "id",
            json!(7.5),
            "Variable \"$v\" got invalid value 7.5; ID cannot represent value: 7.5",
        ),
        ("kind", json!("A"), "kind: A"),
        (
            "kind",
            json!(777),
            "Variable \"$v\" got invalid value 777; Enum \"Kind\" cannot represent non-string value: 777. Available values: A, B.",
        ),
        (
            "lists",
            json!([[1], ["a"]]),
            "Variable \"$v\" got invalid value \"a\" at \"v[1][0]\"; Int cannot represent non-integer value: \"a\"",
        ),
        (
            "lists",
            json!([[null]]),
            "Variable \"$v\" got invalid value null at \"v[0][0]\"; Expected non-nullable type \"Int!\" not to be null.",
        ),
        ("in", json!({}), "in: {n: 5}"),
        (
            "in",
            json!(7),
            "Variable \"$v\" got invalid value 7; Expected type \"In\" to be an object.",
        ),
        (
            "must",
            json!({}),
            "Variable \"$v\" got invalid value {}; Field \"n\" of required type \"Int!\" was not provided.",
        ),
    ] {
        let (_, ty) = ARGUMENTS.iter().find(|(one, _)| *one == name).unwrap();
        let query = format!("query ($v: {ty}) {{ echo({name}: $v) }}");
        assert_eq!(
            echo(&query, &json!({ "v": value })).await,
            expected,
            "{name} {value}"
        );
    }
    // Values of an argument around a variable.
    let query = "query ($n: Int) { echo(must: { n: $n }) }";
    assert_eq!(
        echo(query, &json!({ "n": 1 })).await,
        "Variable \"$n\" of type \"Int\" used in position expecting type \"Int!\"."
    );
    let query = "query ($n: Int = 1) { echo(must: { n: $n }) }";
    assert_eq!(echo(query, &json!({})).await, "must: {n: 1}");
    assert_eq!(
        echo(query, &json!({ "n": null })).await,
        "Argument \"must\" has invalid value null at \"must.n\"; Expected non-nullable type \"Int!\" not to be null."
    );
    let query = "query ($k: String!) { echo(kind: $k) }";
    assert_eq!(
        echo(query, &json!({ "k": "A" })).await,
        "Variable \"$k\" of type \"String!\" used in position expecting type \"Kind\"."
    );
}
