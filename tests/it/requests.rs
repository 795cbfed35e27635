//! Requests that cannot be answered: what the client reads, and that nothing was done for it.

use std::{fmt::Write as _, time::Duration};

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::{Value, json};
use sistergraph::engine::Limits;

use crate::support::graph::{Response, TestGraph};

async fn post(graph: &TestGraph, body: impl Into<Body>) -> Response {
    let request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json");
    graph.send(request.body(body.into()).unwrap()).await
}

/// An error of the right form, without anything of the server in it, and nothing read.
fn assert_refused(response: &Response, of: &str) {
    let json = response.json();
    assert_eq!(json.get("data"), None, "{of}: {}", response.text);
    let errors = json["errors"].as_array().unwrap();
    assert!(!errors.is_empty(), "{of}");
    for error in errors {
        assert!(error["extensions"]["code"].is_string(), "{of}: {error}");
        let message = error["message"].as_str().unwrap();
        assert!(
            !message.is_empty() && message.len() < 300,
            "{of}: {message}"
        );
        let internals = [
            "SELECT",
            "sqlx",
            "src/",
            "async_graphql",
            "enum BatchRequest",
            "serde",
            " --> ",
        ];
        for internal in internals {
            assert!(!message.contains(internal), "{of}: {message}");
        }
    }
    assert_eq!(response.statements, Vec::<String>::new(), "{of}");
}

#[tokio::test]
async fn what_is_not_a_request_is_told_what_one_looks_like() {
    let graph = TestGraph::loaded().await;
    const EXAMPLE: &str = r#"send {"query": "...", "variables": {}, "operationName": "..."}"#;
    for (body, reason) in [
        (
            "",
            "the request is not JSON: EOF while parsing a value at line 1 column 0",
        ),
        (
            "{\"query\": ",
            "the request is not JSON: EOF while parsing a value at line 1 column 10",
        ),
        (
            "{ states }",
            "the request is not JSON: key must be a string at line 1 column 3",
        ),
        ("{}", "the request has no query"),
        ("{\"query\": \" \"}", "the request has no query"),
        ("{\"query\": 5}", "the request is not of the right form"),
        (
            "{\"query\": \"{ __typename }\", \"variables\": [1]}",
            "the request is not of the right form",
        ),
        ("\"{ __typename }\"", "the request is not of the right form"),
    ] {
        let response = post(&graph, body).await;
        assert_eq!(response.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(
            response.error(),
            (format!("{reason}; {EXAMPLE}"), "BAD_REQUEST".to_owned()),
            "{body}"
        );
        assert_refused(&response, body);
    }
    let batch = post(&graph, "[{\"query\": \"{ __typename }\"}]").await;
    let message = "the request is a batch; send one operation at a time";
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
    assert_refused(&post(&graph, bytes).await, "bytes that are not UTF-8");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_unread() {
    let limits = Limits {
        max_request_bytes: 200,
        ..Limits::default()
    };
    let graph = TestGraph::with_limits(limits).await;
    let query =
        |n: usize| json!({ "query": format!("{{ __typename {} }}", " ".repeat(n)) }).to_string();
    let length = query(0).len();
    assert_eq!(
        post(&graph, query(200 - length)).await.data(),
        json!({ "__typename": "Query" })
    );
    // With the length told beforehand, and found out while reading.
    let streamed = query(201 - length).into_bytes();
    let streamed = Body::from_stream(futures_util::stream::iter(
        streamed
            .chunks(50)
            .map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()))
            .collect::<Vec<_>>(),
    ));
    for body in [Body::from(query(201 - length)), streamed] {
        let response = post(&graph, body).await;
        assert_eq!(response.status, StatusCode::PAYLOAD_TOO_LARGE);
        let message = "the body of the request is too large (limits.maxRequestBytes)";
        assert_eq!(
            response.error(),
            (message.to_owned(), "REQUEST_TOO_LARGE".to_owned())
        );
    }
}

#[tokio::test]
async fn documents_that_cannot_be_executed() {
    let graph = TestGraph::loaded().await;
    for (query, variables, message, code) in [
        (
            "{ limits { maxDepth }",
            json!({}),
            "the query is not GraphQL at line 1, column 22: expected selection",
            "GRAPHQL_PARSE_FAILED",
        ),
        (
            "fragment F on Query { __typename }",
            json!({}),
            "the query is not GraphQL: document does not contain an operation",
            "GRAPHQL_PARSE_FAILED",
        ),
        (
            "{ limit { maxDepth } }",
            json!({}),
            "Unknown field \"limit\" on type \"Query\". Did you mean \"limits\"?",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "{ states(first: \"x\") { totalCount } }",
            json!({}),
            "Invalid value for argument \"first\", expected type \"Int\"",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "{ state { name } }",
            json!({}),
            "Field \"state\" argument \"code\" of type \"Query\" is required but not provided",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "{ limits }",
            json!({}),
            "Field \"limits\" of type \"Limits\" must have a selection of subfields",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "{ region(name: EAST) { name } }",
            json!({}),
            "Invalid value for argument \"name\", enumeration type \"RegionName\" does not contain the value \"EAST\"",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "query($c: String!) { state(code: $c) { name } }",
            json!({}),
            "variable $c is missing; give a value of type String!",
            "BAD_USER_INPUT",
        ),
        (
            "query($c: String!) { state(code: $c) { name } }",
            json!({ "c": 5 }),
            "Invalid value for argument \"code\", expected type \"String\"",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "query($n: Int) { states(first: $n) { totalCount } }",
            json!({ "n": 1.5 }),
            "Invalid value for argument \"first\", expected type \"Int\"",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "query($n: Int) { state(code: $n) { name } }",
            json!({ "n": 5 }),
            "Invalid value for argument \"code\", expected type \"String\"",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "query($s: Boolean!) { limits @skip(if: $s) { maxDepth } }",
            json!({}),
            "variable $s is missing; give a value of type Boolean!",
            "BAD_USER_INPUT",
        ),
        (
            "{ states(first: 2147483648) { totalCount } }",
            json!({}),
            "first is 2147483648, which is not a whole number of 32 bits (Int)",
            "BAD_USER_INPUT",
        ),
        (
            "mutation { a }",
            json!({}),
            "mutation is not supported; send a query",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "subscription { a }",
            json!({}),
            "subscription is not supported; send a query",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
            json!({}),
            "fragment A spreads itself; a fragment cannot",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "{ node(id: \"jp-nagoya\") { id } }",
            json!({}),
            "\"jp-nagoya\" is not an id of this server; ids are opaque, use one that an answer gave",
            "BAD_USER_INPUT",
        ),
        // Ninja:x, and Limits:x, a type without ids.
        (
            "{ node(id: \"TmluamE6eA\") { id } }",
            json!({}),
            "\"TmluamE6eA\" is not an id of this server; ids are opaque, use one that an answer gave",
            "BAD_USER_INPUT",
        ),
        (
            "{ nodes(ids: [\"TGltaXRzOng\"]) { id } }",
            json!({}),
            "\"TGltaXRzOng\" is not an id of this server; ids are opaque, use one that an answer gave",
            "BAD_USER_INPUT",
        ),
        (
            "query($i: [ID!]!) { nodes(ids: $i) { id } }",
            json!({ "i": vec!["Q2l0eTp4"; 101] }),
            "ids has 101 ids; give at most 100",
            "BAD_USER_INPUT",
        ),
    ] {
        let response = graph.query_with(query, variables).await;
        assert_eq!(
            response.error(),
            (message.to_owned(), code.to_owned()),
            "{query}"
        );
        assert_refused(&response, query);
    }
}

#[tokio::test]
async fn the_operation_is_the_one_that_is_named() {
    let graph = TestGraph::loaded().await;
    const TWO: &str = "query Depth { limits { maxDepth } } query Size { limits { maxPageSize } }";
    let send = async |query: &str, name: Value| {
        post(
            &graph,
            json!({ "query": query, "operationName": name }).to_string(),
        )
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
            "operationName is missing; the document has Depth, Size",
        ),
        (
            TWO,
            "depth".into(),
            "operationName is \"depth\", but the document has Depth, Size",
        ),
        (
            "query Only { __typename }",
            "Other".into(),
            "operationName is \"Other\", but the document has Only",
        ),
        (
            "{ __typename }",
            "Other".into(),
            "operationName is \"Other\", but the document has one operation without a name",
        ),
    ] {
        let response = send(query, name).await;
        assert_eq!(
            response.error(),
            (message.to_owned(), "BAD_USER_INPUT".to_owned())
        );
        assert_refused(&response, query);
    }
}

/// `levels` fragments, each of which spreads the next twice: 2^levels fields when written out.
fn fragment_bomb(levels: usize) -> String {
    let mut fragments = String::new();
    for level in 0..levels {
        let next = level + 1;
        write!(
            fragments,
            "fragment F{level} on Query {{ ...F{next} ...F{next} }} "
        )
        .unwrap();
    }
    fragments + &format!("fragment F{levels} on Query {{ limits {{ maxDepth }} }}")
}

#[tokio::test]
async fn documents_that_would_cost_too_much_are_refused_before_anything_is_read() {
    let graph = TestGraph::loaded().await;
    let nested = |n: usize| {
        let way = "capital { state { ".repeat(n / 2) + "name" + &" } }".repeat(n / 2);
        format!("{{ state(code: \"OR\") {{ {way} }} }}")
    };
    let aliases = |n: usize| -> String {
        (0..n).fold("{".to_owned(), |query, n| {
            query + &format!(" a{n}: __typename")
        }) + " }"
    };
    // At the limit all is well.
    graph.query(&nested(18)).await.data();
    graph.query(&aliases(200)).await.data();
    let bomb = fragment_bomb(30);
    for (query, start, code) in [
        (nested(20), "the document nests 22 levels deep; at most 20 are allowed", "DEPTH_LIMIT"),
        (aliases(201), "the document has 201 aliases; at most 200 are allowed", "ALIAS_LIMIT"),
        (
            "{ states(first: 2000) { nodes { partnerships(first: 2000) { nodes { slug } } } } }".to_owned(),
            "the request has a complexity of ",
            "COMPLEXITY_LIMIT",
        ),
        (format!("{{ ...F0 }} {bomb}"), "the document has 2147483648 fields with its fragments", "COMPLEXITY_LIMIT"),
        // Of the operation that is not asked for.
        (format!("query A {{ ...F0 }} query B {{ __typename }} {bomb}"), "the document has 2147483648", "COMPLEXITY_LIMIT"),
        (
            "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }".to_owned(),
            "the document nests 4 lists of introspection; at most 3 are allowed",
            "DEPTH_LIMIT",
        ),
        ("{ a".repeat(2_000) + &" }".repeat(2_000), "the query is not GraphQL at line 1, column ", "GRAPHQL_PARSE_FAILED"),
        ("{ a".repeat(100) + &" }".repeat(100), "the query is not GraphQL: recursion limit exceeded", "GRAPHQL_PARSE_FAILED"),
    ] {
        let response = graph.query(&query).await;
        let (message, given) = response.error();
        assert!(message.starts_with(start), "{message}");
        assert_eq!(given, code);
        assert_refused(&response, start);
    }
    // Spread nowhere: unused, fragment by fragment.
    let unused = graph.query(&format!("{{ __typename }} {bomb}")).await;
    assert_refused(&unused, "a bomb that is not used");
    assert_eq!(unused.json()["errors"].as_array().unwrap().len(), 31);
    let lists = format!(
        "{{ states(first: {}{}) {{ totalCount }} }}",
        "[".repeat(20_000),
        "]".repeat(20_000)
    );
    assert_refused(&graph.query(&lists).await, "lists within lists");
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_ended() {
    let limits = Limits {
        request_timeout: Duration::from_millis(20),
        ..Limits::default()
    };
    let graph = TestGraph::with_limits(limits).await;
    // Others have all connections to the database, and keep them.
    let database = graph.database().connection();
    let mut busy = Vec::new();
    for _ in 0..4 {
        busy.push(database.begin().await.unwrap());
    }
    let response = graph.query("{ states { totalCount } }").await;
    let (message, code) = response.error();
    assert!(message.starts_with("the request took longer than 20 ms (limits.requestTimeoutMs); "));
    assert_eq!(code, "TIMEOUT");
    assert_refused(&response, "a request without a connection");
    drop(busy);
    graph.query("{ states { totalCount } }").await.data();
}

#[tokio::test]
async fn a_database_that_fails_is_not_shown_to_the_client() {
    let graph = TestGraph::loaded().await;
    let database = graph.database().connection();
    database
        .execute_unprepared("drop table partnership_note")
        .await
        .unwrap();
    const SLUG: &str = "{ partnerships(first: 1) { nodes { notes { text } } } }";
    let response = graph.query(SLUG).await;
    assert_eq!(
        response.error(),
        (
            "internal error".to_owned(),
            "INTERNAL_SERVER_ERROR".to_owned()
        )
    );
    assert_eq!(response.json()["data"], Value::Null);
    let id = &response.json()["errors"][0]["extensions"]["requestId"];
    assert_eq!(id.as_str().map(str::len), Some(8), "to be found in the log");
    assert!(
        !response.text.contains("partnership_note"),
        "{}",
        response.text
    );
    // The rest goes on.
    graph
        .query("{ partnerships(first: 1) { nodes { slug } } }")
        .await
        .data();
}

#[tokio::test]
async fn keys_that_no_database_can_hold_find_nothing() {
    let graph = TestGraph::loaded().await;
    let variables = json!({ "key": "a\0b", "ids": ["Q2l0eTphAGI"] });
    let query = "query($key: String!, $ids: [ID!]!) {
        city(slug: $key) { name } state(code: $key) { name } country(code: $key) { name }
        nodes(ids: $ids) { id }
    }";
    let nothing = json!({ "city": null, "state": null, "country": null, "nodes": [null] });
    assert_eq!(graph.query_with(query, variables).await.data(), nothing);
    // ["partnership+id","a\u0000b"]
    let cursor = "WyJwYXJ0bmVyc2hpcCtpZCIsImFcdTAwMDBiIl0";
    let query = format!("{{ partnerships(after: \"{cursor}\") {{ totalCount }} }}");
    assert_eq!(graph.query(&query).await.error().1, "BAD_CURSOR");
}
