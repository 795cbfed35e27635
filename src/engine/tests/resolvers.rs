//! Resolvers that do not return what their field requires, and what resolvers get.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use futures_util::{FutureExt, future};
use serde_json::{Map, Value as Json, json};

use super::{LOG, TYPES, execute, execute_with_id, resolved};
use crate::engine::{Argument, Field, Graph, Object, ResolvedValue, no_plan};
use crate::graphql_error::GraphqlError;

/// Executes `{ item { next size } }` on a graph whose field `next` returns `values`, and
/// returns the response and the log.
async fn execute_with_next(ty: &str, values: Vec<ResolvedValue>, id: &str) -> (Json, String) {
    let query = Field::new("item", "Item", "").once(no_plan::<()>, |_| {
        future::ready(Ok(resolved(&json!({ "size": 1 })))).boxed()
    });
    let next = Field::new("next", ty, "").batch::<Json, _, _>(no_plan::<()>, move |_| {
        future::ready(Ok(values.clone())).boxed()
    });
    let size = Field::new("size", "Int", "").compute(|row: &Json| resolved(&row["size"]));
    let graph = Graph::default()
        .object(Object::new::<()>("Query", "").field(query))
        .object(Object::new::<Json>("Item", "").field(next).field(size))
        .object(
            Object::new::<Json>("Cat", "")
                .field(Field::new("lives", "Int", "").compute(|_: &Json| 9)),
        );
    let subselection = if ty.contains("String") {
        ""
    } else {
        "{ __typename }"
    };
    let query = format!("{{ item {{ next {subselection} size }} }}");
    let body = execute_with_id(graph, &query, &Map::new(), id).await;
    let log = LOG.of_request(id).join("\n");
    (serde_json::from_str(&body).unwrap(), log)
}

#[tokio::test]
async fn wrong_results_are_field_errors_without_details() {
    let item = || ResolvedValue::object("Item", json!({}));
    let cat = ResolvedValue::object("Cat", json!({}));
    let wrong_row = ResolvedValue::object("Item", 5_i64);
    let text = ResolvedValue::from("secret");
    for (n, values) in [
        vec![],
        vec![item(), item()],
        vec![cat],
        vec![wrong_row],
        vec![text],
        vec![ResolvedValue::Invalid],
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("wrong-{n}");
        let (response, log) = execute_with_next("Item", values, &id).await;
        let error = json!({
            "message": "internal error",
            "locations": [{ "line": 1, "column": 10 }],
            "path": ["item", "next"],
            "extensions": { "code": "INTERNAL_SERVER_ERROR", "requestId": id },
        });
        let data = json!({ "item": { "next": null, "size": 1 } });
        assert_eq!(response, json!({ "errors": [error], "data": data }), "{id}");
        assert!(log.contains("a field failed"), "{log}");
        assert!(!log.contains("secret"), "{log}");
    }
}

#[tokio::test]
async fn a_value_of_the_wrong_shape_is_a_field_error() {
    let text = || ResolvedValue::from("secret");
    let list = |value| ResolvedValue::List(vec![value]);
    let item = || ResolvedValue::object("Item", json!({}));
    for (n, (ty, value, path)) in [
        ("[String!]!", text(), json!(["item", "next"])),
        ("String!", list(text()), json!(["item", "next"])),
        ("String!", item(), json!(["item", "next"])),
        ("[[String!]!]!", list(text()), json!(["item", "next", 0])),
        ("Item!", list(item()), json!(["item", "next"])),
        ("[Item!]!", item(), json!(["item", "next"])),
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("shape-{n}");
        let (response, log) = execute_with_next(ty, vec![value], &id).await;
        assert_eq!(response["data"], json!({ "item": null }), "{ty}");
        assert_eq!(response["errors"][0]["path"], path, "{ty}");
        assert_eq!(response["errors"].as_array().unwrap().len(), 1, "{ty}");
        assert!(log.contains("a field failed"), "{log}");
    }
    // A nullable field becomes null on its own.
    let (response, _) = execute_with_next("[String]", vec![text()], "shape").await;
    assert_eq!(
        response["data"],
        json!({ "item": { "next": null, "size": 1 } })
    );
}

/// Rows that several parents share are resolved once, and their errors have the path of each parent.
#[tokio::test]
async fn shared_rows_are_resolved_once() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = calls.clone();
    let shared = ResolvedValue::object(TYPES[1].0, json!({ "lives": null }));
    let root = Field::new("cats", "[Cat]!", "").once(no_plan::<()>, move |_| {
        let cats = vec![shared.clone(), ResolvedValue::NULL, shared.clone()];
        future::ready(Ok(ResolvedValue::List(cats))).boxed()
    });
    let lives = Field::new("lives", "Int!", "").compute(move |row: &Json| {
        counter.fetch_add(1, Relaxed);
        resolved(&row["lives"])
    });
    let graph = Graph::default()
        .object(Object::new::<()>("Query", "").field(root))
        .object(Object::new::<Json>("Cat", "").field(lives));
    let body = execute(graph, "{ cats { lives } }", &Map::new()).await;
    let response: Json = serde_json::from_str(&body).unwrap();
    assert_eq!(response["data"], json!({ "cats": [null, null, null] }));
    let errors = response["errors"].as_array().unwrap();
    let paths: Vec<_> = errors.iter().map(|error| &error["path"]).collect();
    assert_eq!(
        paths,
        [&json!(["cats", 0, "lives"]), &json!(["cats", 2, "lives"])]
    );
    // Each of the two executions resolves the field once.
    assert_eq!(calls.load(Relaxed), 2);
}

/// The plan step runs once per plan, after the arguments are prepared, and knows the subfields.
#[tokio::test]
async fn a_plan_is_computed_once_from_arguments_and_selected_columns() {
    let plans = Arc::new(AtomicUsize::new(0));
    let counter = plans.clone();
    let root = Field::new("text", "String!", "")
        .once(
            move |n: &i64, _| {
                counter.fetch_add(1, Relaxed);
                "ab".repeat(usize::try_from(*n).unwrap())
            },
            |call| future::ready(Ok(format!("{} {}", call.args, call.plan).into())).boxed(),
        )
        .with_arguments(
            [Argument::new("n", "Int", "").with_default(2.into())],
            |[n], _| match n.int() {
                Some(n) if n > 0 => Ok(n),
                _ => Err(GraphqlError::bad_user_input("n must be positive")),
            },
        );
    let graph = || Graph::default().object(Object::new::<()>("Query", "").field(root.clone()));
    let query = "{ text a: text(n: 3) }";
    let body = execute(graph(), query, &Map::new()).await;
    assert_eq!(body, r#"{"data":{"text":"2 abab","a":"3 ababab"}}"#);
    assert_eq!(plans.load(Relaxed), 2);
    let body = execute(graph(), "{ text(n: 0) }", &Map::new()).await;
    let response: Json = serde_json::from_str(&body).unwrap();
    let error = json!({
        "message": "n must be positive",
        "locations": [{ "line": 1, "column": 3 }],
        "path": ["text"],
        "extensions": { "code": "BAD_USER_INPUT" },
    });
    assert_eq!(response, json!({ "errors": [error] }));
}
