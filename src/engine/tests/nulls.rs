//! Nulls in non-null positions, see [Handling Field
//! Errors](https://spec.graphql.org/October2021/#sec-Handling-Field-Errors).

use serde_json::json;

use super::check;

#[tokio::test]
async fn nullable_fields_may_be_null() {
    let item = json!({ "name": "a", "size": null, "next": null, "tags": null, "grid": null });
    check(
        json!({ "item": item }),
        "{ item { name size next { name } tags grid } thing { __typename } items { name } }",
        r#"{"item":{"name":"a","size":null,"next":null,"tags":null,"grid":null},"thing":null,"items":null}"#,
        &[],
    )
    .await;
}

#[tokio::test]
async fn a_null_leaf_makes_its_object_null() {
    check(
        json!({ "item": { "name": null, "size": 1 } }),
        "{ item { size name } again: item { size } }",
        r#"{"item":null,"again":{"size":1}}"#,
        &[json!(["item", "name"])],
    )
    .await;
}

#[tokio::test]
async fn a_null_stops_at_the_nearest_nullable_parent() {
    // `next` is nullable, `owner` is not.
    let item =
        json!({ "name": "a", "next": { "owner": { "owner": { "name": null } } }, "size": 2 });
    check(
        json!({ "item": item }),
        "{ item { name next { owner { owner { name } } } size } }",
        r#"{"item":{"name":"a","next":null,"size":2}}"#,
        &[json!(["item", "next", "owner", "owner", "name"])],
    )
    .await;
}

#[tokio::test]
async fn a_null_object_in_a_non_null_position_propagates() {
    check(
        json!({ "item": { "next": { "owner": null, "size": 1 }, "size": 2 } }),
        "{ item { next { size owner { name } } size } }",
        r#"{"item":{"next":null,"size":2}}"#,
        &[json!(["item", "next", "owner"])],
    )
    .await;
}

#[tokio::test]
async fn without_a_nullable_parent_data_is_null() {
    check(
        json!({ "item": { "size": 1 }, "always": { "owner": { "name": null } } }),
        "{ item { size } always { owner { name } } }",
        "null",
        &[json!(["always", "owner", "name"])],
    )
    .await;
    check(
        json!({}),
        "{ always { name } }",
        "null",
        &[json!(["always"])],
    )
    .await;
}

#[tokio::test]
async fn a_null_in_a_list_of_non_null_leaves_makes_the_list_null() {
    check(
        json!({ "item": { "name": "a", "tags": ["x", "y", null, "z"], "size": 1 } }),
        "{ item { name tags size } }",
        r#"{"item":{"name":"a","tags":null,"size":1}}"#,
        &[json!(["item", "tags", 2])],
    )
    .await;
}

#[tokio::test]
async fn a_null_in_a_non_null_list_of_non_null_objects_propagates_past_the_list() {
    let part = |name| json!({ "name": name });
    check(
        json!({ "item": { "next": { "parts": [part(Some("a")), part(None), part(None)] }, "size": 1 } }),
        "{ item { next { parts { name } } size } }",
        r#"{"item":{"next":null,"size":1}}"#,
        // Only the first error is found, because its siblings are discarded.
        &[json!(["item", "next", "parts", 1, "name"])],
    )
    .await;
}

#[tokio::test]
async fn each_nullable_item_of_a_list_becomes_null_on_its_own() {
    let part = |name| json!({ "name": name });
    let parts = json!([part(None), part(Some("b")), null, part(None)]);
    check(
        json!({ "item": { "maybeParts": parts, "size": 1 } }),
        "{ item { maybeParts { name } size } }",
        r#"{"item":{"maybeParts":[null,{"name":"b"},null,null],"size":1}}"#,
        &[
            json!(["item", "maybeParts", 0, "name"]),
            json!(["item", "maybeParts", 3, "name"]),
        ],
    )
    .await;
}

#[tokio::test]
async fn lists_of_lists_become_null_at_their_nullable_level() {
    // `grid` is `[[Int!]!]` and `cube` is `[[[Int!]]!]`.
    let cube = json!([[[1, 2], [3, null], null], [], [[null]]]);
    check(
        json!({ "items": [{ "grid": [[1], [2, null]], "size": 1 }, { "cube": cube, "size": 2 }] }),
        "{ items { grid cube size } }",
        r#"{"items":[{"grid":null,"cube":null,"size":1},{"grid":null,"cube":[[[1,2],null,null],[],[null]],"size":2}]}"#,
        &[
            json!(["items", 0, "grid", 1, 1]),
            json!(["items", 1, "cube", 0, 1, 1]),
            json!(["items", 1, "cube", 2, 0, 0]),
        ],
    )
    .await;
    check(
        json!({ "item": { "cube": [[[1]], null], "size": 1 } }),
        "{ item { cube size } }",
        r#"{"item":{"cube":null,"size":1}}"#,
        &[json!(["item", "cube", 1])],
    )
    .await;
}

#[tokio::test]
async fn paths_are_right_after_an_error_and_after_lists() {
    let items = json!([
        { "parts": [{ "name": "a", "next": { "name": null } }], "tags": ["x"], "next": { "name": null } },
        { "parts": [], "tags": [null], "next": { "name": null } },
    ]);
    check(
        json!({ "items": items }),
        "{ items { parts { name following: next { name } } tags next { key: name } } }",
        r#"{"items":[{"parts":[{"name":"a","following":null}],"tags":["x"],"next":null},{"parts":[],"tags":null,"next":null}]}"#,
        &[
            json!(["items", 0, "parts", 0, "following", "name"]),
            json!(["items", 0, "next", "key"]),
            json!(["items", 1, "tags", 0]),
            json!(["items", 1, "next", "key"]),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_null_in_an_object_of_an_abstract_type_propagates() {
    let named = json!([{ "type": "Dog", "name": "Rex", "tricks": [] }, { "type": "Cat", "name": "Tom", "lives": null }]);
    check(
        json!({ "item": { "next": { "namedList": named } }, "thing": { "type": "Stone", "weight": null } }),
        "{ item { next { namedList { name ... on Cat { lives } } } } thing { ... on Stone { weight } } }",
        r#"{"item":{"next":null},"thing":null}"#,
        &[
            json!(["item", "next", "namedList", 1, "lives"]),
            json!(["thing", "weight"]),
        ],
    )
    .await;
}
