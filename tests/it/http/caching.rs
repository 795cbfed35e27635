//! Caching of responses by the server, by proxies, and by browsers.

use std::time::{Duration, Instant};

use axum::{
    body::Body,
    http::{HeaderMap, header},
};
use http_body_util::BodyExt;
use sea_orm::ConnectionTrait;
use serde_json::json;
use sistergraph::{http::Settings, import::load, limits::Limits};

use super::{get, post};
use crate::support::{
    data_set::DataSet,
    graph::{Response, TestGraph},
};

const OREGON: &str = "query($c: String!) { state(code: $c) { name population } }";

async fn caching_server() -> TestGraph {
    TestGraph::watching_revision(Limits::default(), Settings::default()).await
}

fn request_for(query: &str, variables: &serde_json::Value) -> axum::http::Request<Body> {
    post(json!({ "query": query, "variables": variables }).to_string())
}

#[tokio::test]
async fn answers_report_their_cost_and_the_revision() {
    let limits = Limits {
        max_complexity: 150,
        ..Limits::default()
    };
    let graph = TestGraph::watching_revision(limits, Settings::default()).await;
    let dataset = graph.query("{ dataset { revision } }").await.data();
    let query = "{ states(first: 60) { totalCount nodes { code } } }";
    // The answer is computed, then cached, then cached with its request.
    for _ in 0..4 {
        let answer = graph.send(request_for(query, &json!({}))).await;
        assert_eq!(answer.headers["query-cost"], "122; limit=150");
        assert_eq!(
            answer.headers["dataset-revision"],
            dataset["dataset"]["revision"].as_str().unwrap()
        );
    }
    let rejected = "{ states(first: 60) { nodes { code name } } }";
    let rejected = graph.send(request_for(rejected, &json!({}))).await;
    assert!(rejected.text.contains("COMPLEXITY_LIMIT"));
    assert_eq!(rejected.headers.get("query-cost"), None);
}

#[tokio::test]
async fn cached_answers_do_not_depend_on_whitespace() {
    let graph = caching_server().await;
    let variables = json!({ "c": "OR" });
    let first = graph.send(request_for(OREGON, &variables)).await;
    assert_eq!(first.statements.len(), 1);
    let other_layout =
        "# Oregon\nquery ( $c : String! ) {\n  state(code: $c), { name, population } }";
    for query in [OREGON, other_layout] {
        let again = graph.send(request_for(query, &variables)).await;
        assert_eq!(again.text, first.text);
        assert_eq!(again.statements, Vec::<String>::new());
    }
    // Other variables have their own cache entry.
    let other = graph.send(request_for(OREGON, &json!({ "c": "WA" }))).await;
    assert_eq!(other.data()["state"]["name"], "Washington");
    // Whitespace in a string is significant.
    let with_space = "{ city(slug: \"a b\") { name } }";
    let without = "{ city(slug: \"ab\") { name } }";
    for query in [with_space, without] {
        assert_eq!(
            graph
                .send(request_for(query, &json!({})))
                .await
                .statements
                .len(),
            1
        );
    }
}

/// The same request bytes are answered from the cache without parsing, with the same headers.
#[tokio::test]
async fn repeated_requests_get_the_same_response() {
    let graph = caching_server().await;
    // Large enough to be compressed.
    let states = json!({ "query": "{ states(first: 60) { nodes { slug name population } } }" });
    let send = async |headers: &[(&'static str, &'static str)]| {
        let mut request = post(states.to_string());
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let response = graph.send_unread(request).await;
        let headers = response.headers().clone();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (headers, body)
    };
    let plain: &[_] = &[("accept", "application/json")];
    let variants: [&[(&str, &str)]; 4] = [
        plain,
        &[("accept", "application/graphql-response+json")],
        &[("accept", "application/json"), ("accept-encoding", "gzip")],
        &[
            ("accept", "application/json"),
            ("origin", "https://example.org"),
        ],
    ];
    let mut responses = Vec::new();
    for variant in variants {
        let (first, body) = send(variant).await;
        for _ in 0..2 {
            let (mut again, same) = send(variant).await;
            assert_eq!(same, body);
            // Each request has its own id.
            let id = again.insert("x-request-id", first["x-request-id"].clone());
            assert_ne!(id.as_ref(), Some(&first["x-request-id"]));
            assert_eq!(again, first);
        }
        responses.push((first, body));
    }
    assert_ne!(
        responses[0].0[header::CONTENT_TYPE],
        responses[1].0[header::CONTENT_TYPE]
    );
    assert_eq!(responses[2].0[header::CONTENT_ENCODING], "gzip");
    assert!(responses[2].1.len() < responses[0].1.len());
    // An id from the client is used.
    let (headers, _) = send(&[("accept", "application/json"), ("x-request-id", "mine")]).await;
    assert_eq!(headers["x-request-id"], "mine");
    let text = graph.get("/metrics").await.text;
    let hits = "sistergraph_cache_answers_total{result=\"hit\"} ";
    let hits = text
        .lines()
        .find_map(|line| line.strip_prefix(hits))
        .unwrap();
    // The same query was sent thirteen times.
    assert_eq!(hits, "12");
}

#[tokio::test]
async fn cached_requests_count_against_the_rate_limit() {
    let settings = Settings {
        rate_limit: 1,
        rate_burst: 10,
        ..Settings::default()
    };
    let graph = TestGraph::watching_revision(Limits::default(), settings).await;
    for n in 0.. {
        // Only the first two responses do not come from the raw cache.
        let response = graph.send(request_for(OREGON, &json!({ "c": "OR" }))).await;
        if response.status == 429 {
            assert!(n >= 10, "{n}");
            assert_eq!(response.error().1, "RATE_LIMITED");
            break;
        }
        assert_eq!(response.status, 200);
        assert!(n < 1_000, "no request was limited");
    }
}

#[tokio::test]
async fn failed_answers_are_not_cached() {
    let graph = caching_server().await;
    let database = graph.database().connection();
    let rename = async |from: &str, to: &str| {
        let sql = format!("alter table {from} rename to {to}");
        database.execute_unprepared(&sql).await.unwrap();
    };
    let query = "{ partnerships(first: 1) { nodes { notes { text } } } }";
    rename("partnership_note", "elsewhere").await;
    let failed = graph.query(query).await;
    assert_eq!(failed.error().1, "INTERNAL_SERVER_ERROR");
    rename("elsewhere", "partnership_note").await;
    graph.query(query).await.data();
}

#[tokio::test]
async fn a_load_invalidates_the_cache() {
    let graph = caching_server().await;
    let variables = json!({ "c": "OR" });
    assert_eq!(
        graph.send(request_for(OREGON, &variables)).await.data()["state"]["name"],
        "Oregon"
    );
    let link = || get(&[("query", OREGON), ("variables", "{\"c\":\"OR\"}")]);
    let old = graph.send(link().body(Body::empty()).unwrap()).await;
    let mut data = DataSet::real();
    data.set("states.csv", "us-or", "name", "Oregano");
    load(graph.database().connection(), &data.tables(), &())
        .await
        .unwrap();
    wait_for_name(&graph, "Oregano").await;
    let etag = old.headers[header::ETAG].clone();
    let request = link().header(header::IF_NONE_MATCH, etag);
    let new = graph.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(new.status, 200);
    assert_eq!(new.data()["state"]["name"], "Oregano");
    // And back: entries cached during the first load are not reused after the third.
    load(graph.database().connection(), DataSet::real_tables(), &())
        .await
        .unwrap();
    let answer = wait_for_name(&graph, "Oregon").await;
    assert_eq!(answer.statements.len(), 1);
}

/// Sends the query until Oregon has the given name, and returns that response.
async fn wait_for_name(graph: &TestGraph, name: &str) -> Response {
    let started = Instant::now();
    loop {
        let answer = graph.send(request_for(OREGON, &json!({ "c": "OR" }))).await;
        if answer.data()["state"]["name"] == name {
            return answer;
        }
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "the name is still not {name}"
        );
        tokio::task::yield_now().await;
    }
}

async fn get_states(graph: &TestGraph, headers: &[(header::HeaderName, &str)]) -> Response {
    let query = "{ states(first: 60) { nodes { name population } } }";
    let request = headers
        .iter()
        .fold(get(&[("query", query)]), |request, (name, value)| {
            request.header(name, *value)
        });
    graph.send(request.body(Body::empty()).unwrap()).await
}

fn etag(headers: &HeaderMap) -> String {
    headers[header::ETAG].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn get_responses_are_cacheable_and_have_an_etag() {
    let settings = Settings {
        max_age: Duration::from_secs(7),
        ..Settings::default()
    };
    let graph = TestGraph::watching_revision(Limits::default(), settings).await;
    let plain = get_states(&graph, &[]).await;
    assert_eq!(plain.headers[header::CACHE_CONTROL], "public, max-age=7");
    assert_eq!(plain.headers[header::VARY], "accept, accept-encoding");
    let plain_etag = etag(&plain.headers);
    assert!(plain_etag.starts_with('"'), "strong: {plain_etag}");
    let same = get_states(&graph, &[(header::IF_NONE_MATCH, &plain_etag)]).await;
    assert_eq!((same.status.as_u16(), same.text.as_str()), (304, ""));
    assert_eq!(etag(&same.headers), plain_etag);
    let other_type = (header::ACCEPT, "application/graphql-response+json");
    assert_ne!(
        etag(&get_states(&graph, &[other_type]).await.headers),
        plain_etag
    );
    // Responses to POST and errors are not cacheable.
    let posted = graph.query("{ __typename }").await;
    assert_eq!(posted.headers[header::CACHE_CONTROL], "no-store");
    assert!(!posted.headers.contains_key(header::ETAG));
    let wrong = get(&[("query", "{ nothing }")])
        .body(Body::empty())
        .unwrap();
    let wrong = graph.send(wrong).await;
    assert_eq!(wrong.headers[header::CACHE_CONTROL], "no-store");
}
