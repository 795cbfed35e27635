//! What a selection set selects: merged fields, aliases, fragments on abstract types, and directives.

use serde_json::{Map, Value as Json, json};

use super::{Resolvers, check, execute, toy_graph};

fn animals() -> Json {
    json!([
        { "type": "Dog", "name": "Rex", "tricks": ["sit", "\"", "\\", "\u{1}", "é"] },
        { "type": "Cat", "name": "Tom", "lives": 9 },
    ])
}

#[tokio::test]
async fn keys_are_in_the_order_of_the_document() {
    check(
        json!({ "item": { "name": "a", "size": 1 }, "items": [] }),
        "{ items { name } b: item { size name a: size } item { __typename name size } }",
        r#"{"items":[],"b":{"size":1,"name":"a","a":1},"item":{"__typename":"Item","name":"a","size":1}}"#,
        &[],
    )
    .await;
}

#[tokio::test]
async fn selections_of_one_key_are_merged() {
    check(
        json!({ "item": { "name": "a", "size": 1, "next": { "name": "b", "size": 2 } } }),
        "{ item { next { name } ...F } ... { item { name } } } fragment F on Item { size next { size name } ...G } fragment G on Item { key: size }",
        r#"{"item":{"next":{"name":"b","size":2},"size":1,"key":1,"name":"a"}}"#,
        &[],
    )
    .await;
}

#[tokio::test]
async fn fragments_apply_to_objects_of_their_type() {
    check(
        json!({ "item": { "namedList": animals(), "named": animals()[1], "thing": animals()[1] } }),
        "{ item { namedList { __typename ... on Dog { tricks } ...N ... on Cat { lives } } named { ... on Dog { name } } thing { ... on Stone { weight } ...N } } } fragment N on Named { name ... on Cat { __typename } }",
        r#"{"item":{"namedList":[{"__typename":"Dog","tricks":["sit","\"","\\","\u0001","é"],"name":"Rex"},{"__typename":"Cat","name":"Tom","lives":9}],"named":{},"thing":{"name":"Tom","__typename":"Cat"}}}"#,
        &[],
    )
    .await;
}

#[tokio::test]
async fn numbers_are_written_as_json() {
    check(
        json!({ "thing": { "type": "Stone", "weight": 1.5 }, "items": [{ "size": -7 }, { "size": 2_147_483_647 }] }),
        "{ thing { ... on Stone { weight } } items { size } }",
        r#"{"thing":{"weight":1.5},"items":[{"size":-7},{"size":2147483647}]}"#,
        &[],
    )
    .await;
}

#[tokio::test]
async fn skip_and_include_depend_on_variables() {
    let data = json!({ "item": { "name": "a", "size": 1, "tags": ["t"] } });
    let query = "query ($yes: Boolean!, $no: Boolean = false) { item { \
                 name @skip(if: $yes) size @include(if: $yes) tags @include(if: $no) \
                 ... @skip(if: $no) { a: name } ...F @include(if: $no) \
                 b: name @skip(if: false) @include(if: true) c: name @include(if: false) } } \
                 fragment F on Item { d: name }";
    let variables = |yes: bool| Map::from_iter([("yes".to_owned(), json!(yes))]);
    for (yes, expected) in [
        (true, r#"{"data":{"item":{"size":1,"a":"a","b":"a"}}}"#),
        (false, r#"{"data":{"item":{"name":"a","a":"a","b":"a"}}}"#),
    ] {
        for resolvers in [Resolvers::Compute, Resolvers::Batch] {
            let graph = toy_graph(&data, resolvers);
            assert_eq!(execute(graph, query, &variables(yes)).await, expected);
        }
    }
}
