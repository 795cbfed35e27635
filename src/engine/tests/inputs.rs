//! Coercion of variables, lists, input objects and enums.

use async_graphql::{Name, Value};
use futures_util::{FutureExt, future};
use serde_json::{Value as Json, json};

use super::execute;
use crate::engine::{
    Argument, ArgumentValue, Engine, Field, Graph, Limits, Object, enum_type, input_object_type,
    no_plan,
};

/// A graph whose field returns its arguments as text.
fn graph() -> Graph {
    let fields = [
        Argument::new("n", "Int!", ""),
        Argument::new("tags", "[String!]", ""),
    ];
    let arguments = [
        Argument::new("in", "In!", ""),
        Argument::new("kind", "Kind", ""),
    ];
    let text = |value: ArgumentValue<'_>| value.get().map_or("none".into(), ToString::to_string);
    let echo = Field::new("echo", "String!", "")
        .once(no_plan::<String>, |call| {
            future::ready(Ok(call.args.as_str().into())).boxed()
        })
        .with_arguments(arguments, move |[input, kind], _| {
            Ok(format!("{} {}", text(input), text(kind)))
        });
    Graph::default()
        .object(Object::new::<()>("Query", "").field(echo))
        .add_type(input_object_type("In", "", fields))
        .add_type(enum_type("Kind", "", [("A", ""), ("B", "")]))
}

#[tokio::test]
async fn variables_are_coerced_or_rejected() {
    let query = "query ($in: In!, $kind: Kind) { echo(in: $in, kind: $kind) }";
    let tags = |n: usize| json!({ "in": { "n": 1, "tags": vec!["a"; n] } });
    for (variables, part) in [
        (json!({ "in": { "n": 1 } }), r#""echo":"{n: 1} none""#),
        (json!({ "in": { "n": 1 }, "kind": null }), "{n: 1} none"),
        (json!({ "in": { "n": 1 }, "kind": "B" }), "{n: 1} B"),
        (json!({ "in": { "n": 1, "tags": "a" } }), r#"tags: [\"a\"]"#),
        (json!({}), "was not provided"),
        (json!({ "in": null }), "must not be null"),
        (json!({ "in": {} }), "was not provided"),
        (json!({ "in": { "n": null } }), "not to be null"),
        (json!({ "in": { "n": [1] } }), "cannot represent"),
        (
            json!({ "in": { "n": 1, "x": 2 } }),
            "is not defined by type",
        ),
        (
            json!({ "in": { "n": 1 }, "kind": "C" }),
            "does not exist in",
        ),
        (json!({ "in": { "n": 1, "tags": ["\0"] } }), "U+0000"),
        (tags(2_000), r#""echo":"{n: 1"#),
        (tags(2_001), "at most 2000 are allowed"),
    ] {
        let Json::Object(variables) = variables else {
            panic!("variables are an object")
        };
        let body = execute(graph(), query, &variables).await;
        assert!(body.contains(part), "{part}: {body}");
    }
}

#[test]
fn an_input_field_is_given_once() {
    let engine = Engine::new(graph(), Limits::default()).unwrap();
    let errors = engine.parse_document("{ echo(in: { n: 1, n: 2 }) }");
    let errors = errors.unwrap_err();
    assert!(errors[0].message.contains("only one input field"));
}

/// Fields read null like an absent argument; those to which the difference matters look at the value itself.
#[test]
fn a_null_argument_reads_as_absent() {
    assert_eq!(ArgumentValue(Some(&Value::Null)).get(), None);
    assert_eq!(
        ArgumentValue(Some(&Value::from(1))).get(),
        Some(&Value::from(1))
    );
    assert_eq!(ArgumentValue(None).get(), None);
}

#[test]
fn an_argument_is_read_as_its_type_or_not_at_all() {
    let [text, int, float, list] = [
        Value::from("a"),
        Value::from(7),
        Value::from(1.5),
        Value::List(vec![Value::from(7)]),
    ];
    let one_enum = Value::Enum(Name::new("A"));
    let read = |value| {
        let argument = ArgumentValue(Some(value));
        (
            argument.str(),
            argument.int(),
            argument.float(),
            argument.list().map(<[Value]>::len),
        )
    };
    assert_eq!(read(&text), (Some("a"), None, None, None));
    assert_eq!(read(&one_enum), (Some("A"), None, None, None));
    assert_eq!(read(&int), (None, Some(7), Some(7.0), None));
    assert_eq!(read(&float), (None, None, Some(1.5), None));
    assert_eq!(read(&list), (None, None, None, Some(1)));
    assert_eq!(read(&Value::Null), (None, None, None, None));
}

/// [All variable usages are allowed](https://spec.graphql.org/October2021/#sec-All-Variable-Usages-are-Allowed).
#[tokio::test]
async fn a_nullable_variable_may_stand_where_there_is_a_default() {
    let graph = || {
        let argument = |name, default: Option<Value>| {
            let argument = Argument::new(name, "Int!", "");
            default.map_or(argument.clone(), |value| argument.with_default(value))
        };
        let arguments = [argument("a", Some(7.into())), argument("b", None)];
        let text = |value: ArgumentValue<'_>| value.int().unwrap_or(-1);
        let echo = Field::new("echo", "String!", "")
            .once(no_plan::<String>, |call| {
                future::ready(Ok(call.args.as_str().into())).boxed()
            })
            .with_arguments(arguments, move |[a, b], _| {
                Ok(format!("{} {}", text(a), text(b)))
            });
        Graph::default().object(Object::new::<()>("Query", "").field(echo))
    };
    let query = "query ($a: Int) { echo(a: $a, b: 2) }";
    for (variables, part) in [
        (json!({}), "7 2"),
        (json!({ "a": 1 }), "1 2"),
        (json!({ "a": null }), "must not be null"),
    ] {
        let body = execute(graph(), query, variables.as_object().unwrap()).await;
        assert!(body.contains(part), "{variables}: {body}");
    }
    let engine = Engine::new(graph(), Limits::default()).unwrap();
    let errors = engine
        .parse_document("query ($b: Int) { echo(b: $b) }")
        .unwrap_err();
    assert_eq!(errors.len(), 1, "{errors:?}");
}
