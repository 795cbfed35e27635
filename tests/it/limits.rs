//! Requests that would cost too much, each refused before anything is read.

use std::{fmt::Write as _, time::Duration};

use axum::{body::Body, http::StatusCode};
use sea_orm::TransactionTrait;
use serde_json::json;
use sistergraph::engine::Limits;

use crate::support::graph::TestGraph;

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
        graph.post(query(200 - length)).await.data(),
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
        let response = graph.post(body).await;
        assert_eq!(response.status, StatusCode::PAYLOAD_TOO_LARGE);
        let message = "the body of the request has more than 200 bytes (limits.maxRequestBytes)";
        assert_eq!(
            response.error(),
            (message.to_owned(), "REQUEST_TOO_LARGE".to_owned())
        );
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
        response.assert_refused(start);
    }
    // Spread nowhere: unused, fragment by fragment.
    let unused = graph.query(&format!("{{ __typename }} {bomb}")).await;
    unused.assert_refused("a bomb that is not used");
    assert_eq!(unused.json()["errors"].as_array().unwrap().len(), 31);
    let lists = format!(
        "{{ states(first: {}{}) {{ totalCount }} }}",
        "[".repeat(20_000),
        "]".repeat(20_000)
    );
    graph
        .query(&lists)
        .await
        .assert_refused("lists within lists");
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
    response.assert_refused("a request without a connection");
    drop(busy);
}
