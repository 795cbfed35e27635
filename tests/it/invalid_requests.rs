//! Invalid requests: the error that the client gets, before anything is read.

use axum::http::StatusCode;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::support::graph::TestGraph;

#[tokio::test]
async fn malformed_requests_are_rejected_with_an_example() {
    let graph = TestGraph::loaded().await;
    const EXAMPLE: &str = r#"send {"query": "...", "variables": {}, "operationName": "..."}"#;
    for (body, reason) in [
        ("", "the request body is empty"),
        (
            "{\"query\": ",
            "the request body is not valid JSON: EOF while parsing a value at line 1 column 10",
        ),
        (
            "{ states }",
            "the request body is not valid JSON: key must be a string at line 1 column 3",
        ),
        (
            "\"{ __typename }\"",
            "the request is a string, not a JSON object",
        ),
    ] {
        let response = graph.post(body).await;
        assert_eq!(response.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(
            response.error(),
            (format!("{reason}; {EXAMPLE}"), "BAD_REQUEST".to_owned()),
            "{body}"
        );
        response.assert_rejected(body);
    }
    let no_query = "the request has no query; send {\"query\": \"...\"} as JSON with POST, or the URL parameter \
                    \"query\" with GET";
    for (body, message) in [
        (json!({}), no_query),
        (json!({ "query": " " }), no_query),
        (
            json!({ "query": 5 }),
            "\"query\" is a number; it must be a string",
        ),
        (
            json!({ "query": "{ __typename }", "variables": [1] }),
            "\"variables\" is an array; it must be an object",
        ),
        (
            json!({ "query": "{ __typename }", "operationName": {} }),
            "\"operationName\" is an object; it must be a string",
        ),
        (
            json!({ "query": "{ __typename }", "extensions": true }),
            "\"extensions\" is a boolean; it must be an object",
        ),
    ] {
        let response = graph.post(body.to_string()).await;
        assert_eq!(response.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(
            response.error(),
            (message.to_owned(), "BAD_REQUEST".to_owned())
        );
        response.assert_rejected(message);
    }
    let batch = graph.post("[{\"query\": \"{ __typename }\"}]").await;
    let message = "the request is a batch, but batching is off (limits.maxBatch is 0); send one request at a time";
    assert_eq!(
        batch.error(),
        (message.to_owned(), "BAD_REQUEST".to_owned())
    );
    let bytes = [
        b"{\"query\": \"{ city(slug: \\\"".as_slice(),
        &[0xff],
        b"\\\") { name } }\"}",
    ]
    .concat();
    graph
        .post(bytes)
        .await
        .assert_rejected("bytes that are not UTF-8");
}

#[tokio::test]
async fn invalid_documents_are_rejected() {
    let graph = TestGraph::loaded().await;
    for (query, variables, message, code) in [
        (
            "{ limits { maxDepth }",
            json!({}),
            "Syntax Error: Expected \"}\", found <EOF>.",
            "GRAPHQL_PARSE_FAILED",
        ),
        (
            "fragment F on Query { __typename }",
            json!({}),
            "Must provide an operation.",
            "GRAPHQL_PARSE_FAILED",
        ),
        (
            "{ limit { maxDepth } }",
            json!({}),
            "Cannot query field \"limit\" on type \"Query\". Did you mean \"limits\"?",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "{ states(first: \"x\") { totalCount } }",
            json!({}),
            "Int cannot represent non-integer value: \"x\"",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "{ state { name } }",
            json!({}),
            "Field \"state\" argument \"code\" of type \"String!\" is required, but it was not provided.",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "{ limits }",
            json!({}),
            "Field \"limits\" of type \"Limits!\" must have a selection of subfields. Did you mean \"limits { ... }\"?",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "{ region(name: EAST) { name } }",
            json!({}),
            "Value \"EAST\" does not exist in \"RegionName\" enum. Available values: WEST, MIDWEST, SOUTH, NORTHEAST.",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "query($c: String!) { state(code: $c) { name } }",
            json!({}),
            "Variable \"$c\" of required type \"String!\" was not provided.",
            "BAD_USER_INPUT",
        ),
        (
            "query($c: String!) { state(code: $c) { name } }",
            json!({ "c": 5 }),
            "Variable \"$c\" got invalid value 5; String cannot represent a non string value: 5",
            "BAD_USER_INPUT",
        ),
        (
            "query($n: Int) { states(first: $n) { totalCount } }",
            json!({ "n": 1.5 }),
            "Variable \"$n\" got invalid value 1.5; Int cannot represent non-integer value: 1.5",
            "BAD_USER_INPUT",
        ),
        (
            "query($n: Int) { state(code: $n) { name } }",
            json!({ "n": 5 }),
            "Variable \"$n\" of type \"Int\" used in position expecting type \"String!\".",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "query($s: Boolean!) { limits @skip(if: $s) { maxDepth } }",
            json!({}),
            "Variable \"$s\" of required type \"Boolean!\" was not provided.",
            "BAD_USER_INPUT",
        ),
        (
            "{ states(first: 2147483648) { totalCount } }",
            json!({}),
            "Int cannot represent non 32-bit signed integer value: 2147483648",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "mutation { a }",
            json!({}),
            "The schema has no \"mutation\" root type defined.",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "subscription { a }",
            json!({}),
            "Cannot query field \"a\" on type \"Subscription\". Available fields: datasetChanged.",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
            json!({}),
            "Cannot spread fragment \"A\" within itself.",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "{ node(id: \"jp-nagoya\") { id } }",
            json!({}),
            "\"jp-nagoya\" is not a valid id; use the `id` of an object in a response",
            "BAD_USER_INPUT",
        ),
        // Ninja:x, and Limits:x, whose type has no ids.
        (
            "{ node(id: \"TmluamE6eA\") { id } }",
            json!({}),
            "\"TmluamE6eA\" is not a valid id; use the `id` of an object in a response",
            "BAD_USER_INPUT",
        ),
        (
            "{ nodes(ids: [\"TGltaXRzOng\"]) { id } }",
            json!({}),
            "\"TGltaXRzOng\" is not a valid id; use the `id` of an object in a response",
            "BAD_USER_INPUT",
        ),
        // An integer is a valid ID, even if JSON writes it with an exponent.
        (
            "query($i: ID!) { node(id: $i) { id } }",
            json!({ "i": 1e300 }),
            "\"1e+300\" is not a valid id; use the `id` of an object in a response",
            "BAD_USER_INPUT",
        ),
        (
            "query($i: [ID!]!) { nodes(ids: $i) { id } }",
            json!({ "i": vec!["Q2l0eTp4"; 101] }),
            "ids has 101 ids; at most 100 are allowed",
            "BAD_USER_INPUT",
        ),
    ] {
        let response = graph.query_with(query, variables).await;
        assert_eq!(
            response.error(),
            (message.to_owned(), code.to_owned()),
            "{query}"
        );
        response.assert_rejected(query);
    }
}

#[tokio::test]
async fn repeated_errors_are_counted_and_at_most_ten_are_listed() {
    let graph = TestGraph::loaded().await;
    let errors = async |query: &str| graph.query(query).await.json()["errors"].clone();
    let unknown = "maxDepth @x ".repeat(12);
    let repeated = errors(&format!("{{ limits {{ {unknown}}} }}")).await;
    assert_eq!(
        repeated[0]["message"],
        "Unknown directive \"@x\". Available directives: @skip, @include. (12 times)"
    );
    let locations = repeated[0]["locations"].as_array().unwrap();
    assert_eq!(locations.len(), 10, "the first locations");
    assert_eq!(locations[1], json!({ "line": 1, "column": 33 }));
    assert_eq!(repeated.as_array().unwrap().len(), 1);
    let unknown = |n| (0..n).fold(String::new(), |query, n| query + &format!(" field{n}"));
    for (count, last) in [
        (11, "1 more error; fix these first"),
        (17, "7 more errors; fix these first"),
    ] {
        let distinct = errors(&format!("{{ limits {{{} }} }}", unknown(count))).await;
        let distinct = distinct.as_array().unwrap();
        assert_eq!(distinct.len(), 11);
        assert_eq!(distinct[10]["message"], last);
    }
    let ten = errors(&format!("{{ limits {{{} }} }}", unknown(10))).await;
    assert_eq!(ten.as_array().unwrap().len(), 10);
    for (query, message) in [
        (
            "query($a: Integer) { states(first: $a) { totalCount } }",
            "Unknown type \"Integer\".",
        ),
        (
            "{ a: city(slug: \"x\") { name } a: city(slug: \"y\") { name } }",
            "Fields \"a\" conflict because they have differing arguments. Use different aliases on the \
             fields to fetch both if this was intentional.",
        ),
        (
            "{ a: cities(filter: { kind: [CITY] }) { totalCount } a: cities(filter: { kind: [] }) { totalCount } }",
            "Fields \"a\" conflict because they have differing arguments. Use different aliases on the \
             fields to fetch both if this was intentional.",
        ),
    ] {
        let errors = errors(query).await;
        assert_eq!(errors.as_array().unwrap().len(), 1, "{errors}");
        assert_eq!(errors[0]["message"], message);
    }
}

#[tokio::test]
async fn operation_name_selects_the_operation() {
    let graph = TestGraph::loaded().await;
    const TWO: &str = "query Depth { limits { maxDepth } } query Size { limits { maxPageSize } }";
    let send = async |query: &str, name: Value| {
        graph
            .post(json!({ "query": query, "operationName": name }).to_string())
            .await
    };
    assert_eq!(
        send(TWO, "Size".into()).await.text,
        r#"{"data":{"limits":{"maxPageSize":2000}}}"#
    );
    assert_eq!(
        send("query Only { __typename }", Value::Null).await.data()["__typename"],
        "Query"
    );
    for (query, name, message) in [
        (
            TWO,
            Value::Null,
            "Must provide operation name if query contains multiple operations. Available operations: Depth, Size.",
        ),
        (
            TWO,
            "depth".into(),
            "Unknown operation named \"depth\". Available operations: Depth, Size.",
        ),
        (
            "query Only { __typename }",
            "Other".into(),
            "Unknown operation named \"Other\". Available operations: Only.",
        ),
        (
            "{ __typename }",
            "Other".into(),
            "Unknown operation named \"Other\".",
        ),
    ] {
        let response = send(query, name).await;
        assert_eq!(
            response.error(),
            (message.to_owned(), "BAD_USER_INPUT".to_owned())
        );
        response.assert_rejected(query);
    }
}

#[tokio::test]
async fn database_errors_are_not_shown_to_the_client() {
    let graph = TestGraph::loaded().await;
    let database = graph.database().connection();
    database
        .execute_unprepared("drop table partnership_note")
        .await
        .unwrap();
    const QUERY: &str = "{ partnerships(first: 1) { nodes { notes { text } } } }";
    let response = graph.query(QUERY).await;
    assert_eq!(
        response.error(),
        (
            "internal error".to_owned(),
            "INTERNAL_SERVER_ERROR".to_owned()
        )
    );
    assert_eq!(response.json()["data"], Value::Null);
    let id = &response.json()["errors"][0]["extensions"]["requestId"];
    assert_eq!(
        id.as_str().map(str::len),
        Some(8),
        "the id of the log entry"
    );
    assert!(
        !response.text.contains("partnership_note"),
        "{}",
        response.text
    );
    // Other requests still work.
    graph
        .query("{ partnerships(first: 1) { nodes { slug } } }")
        .await
        .data();
}

#[tokio::test]
async fn null_characters_are_rejected() {
    let graph = TestGraph::loaded().await;
    let query = "query($key: String!) { city(slug: $key) { name } }";
    let (message, code) = graph
        .query_with(query, json!({ "key": "a\0b" }))
        .await
        .error();
    assert_eq!(code, "BAD_USER_INPUT");
    assert!(message.contains("U+0000"), "{message}");
    // City:a\0b
    let query = "{ nodes(ids: [\"Q2l0eTphAGI\"]) { id } }";
    assert_eq!(graph.query(query).await.error().1, "BAD_USER_INPUT");
    // ["partnership+id","a\u0000b"]
    let cursor = "WyJQYXJ0bmVyc2hpcCtpZCIsImFcdTAwMDBiIl0";
    let query = format!("{{ partnerships(after: \"{cursor}\") {{ totalCount }} }}");
    assert_eq!(graph.query(&query).await.error().1, "BAD_CURSOR");
}
