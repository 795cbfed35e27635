//! Answers that are kept: by the server, by browsers and by what lies between.

use std::time::{Duration, Instant};

use axum::{
    body::Body,
    http::{HeaderMap, header},
};
use http_body_util::BodyExt;
use sea_orm::ConnectionTrait;
use serde_json::json;
use sistergraph::{engine::Limits, http::Settings, import::load};

use super::{get, post};
use crate::support::{
    data_set::DataSet,
    graph::{Response, TestGraph},
};

const OREGON: &str = "query($c: String!) { state(code: $c) { name population } }";

async fn keeping() -> TestGraph {
    TestGraph::following(Limits::default(), Settings::default()).await
}

fn ask(query: &str, variables: &serde_json::Value) -> axum::http::Request<Body> {
    post(json!({ "query": query, "variables": variables }).to_string())
}

#[tokio::test]
async fn a_question_is_answered_once_however_it_is_laid_out() {
    let graph = keeping().await;
    let variables = json!({ "c": "OR" });
    let first = graph.send(ask(OREGON, &variables)).await;
    assert_eq!(first.statements.len(), 1);
    let other_layout =
        "# Oregon\nquery ( $c : String! ) {\n  state(code: $c), { name, population } }";
    for query in [OREGON, other_layout] {
        let again = graph.send(ask(query, &variables)).await;
        assert_eq!(again.text, first.text);
        assert_eq!(again.statements, Vec::<String>::new());
    }
    // Other variables are another question.
    let other = graph.send(ask(OREGON, &json!({ "c": "WA" }))).await;
    assert_eq!(other.data()["state"]["name"], "Washington");
    // So is the same text where it means another string.
    let with_space = "{ city(slug: \"a b\") { name } }";
    let without = "{ city(slug: \"ab\") { name } }";
    for query in [with_space, without] {
        assert_eq!(graph.send(ask(query, &json!({}))).await.statements.len(), 1);
    }
}

/// The same bytes find their answer before they are parsed: it is sent as it was the first time.
#[tokio::test]
async fn the_same_request_has_the_same_answer_and_headers() {
    let graph = keeping().await;
    // Large enough to be compressed.
    let states = json!({ "query": "{ states(first: 60) { nodes { slug name population } } }" });
    let send = async |headers: &[(&'static str, &'static str)]| {
        let mut request = post(states.to_string());
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let response = graph.open(request).await;
        let headers = response.headers().clone();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (headers, body)
    };
    let plain: &[_] = &[("accept", "application/json")];
    let ways: [&[(&str, &str)]; 4] = [
        plain,
        &[("accept", "application/graphql-response+json")],
        &[("accept", "application/json"), ("accept-encoding", "gzip")],
        &[
            ("accept", "application/json"),
            ("origin", "https://example.org"),
        ],
    ];
    let mut seen = Vec::new();
    for way in ways {
        let (first, body) = send(way).await;
        for _ in 0..2 {
            let (mut again, same) = send(way).await;
            assert_eq!(same, body);
            // Each request has a name of its own.
            let id = again.insert("x-request-id", first["x-request-id"].clone());
            assert_ne!(id.as_ref(), Some(&first["x-request-id"]));
            assert_eq!(again, first);
        }
        seen.push((first, body));
    }
    assert_ne!(
        seen[0].0[header::CONTENT_TYPE],
        seen[1].0[header::CONTENT_TYPE]
    );
    assert_eq!(seen[2].0[header::CONTENT_ENCODING], "gzip");
    assert!(seen[2].1.len() < seen[0].1.len());
    // A name that the client gives is kept.
    let (named, _) = send(&[("accept", "application/json"), ("x-request-id", "mine")]).await;
    assert_eq!(named["x-request-id"], "mine");
    let text = graph.get("/metrics").await.text;
    let hits = "sistergraph_cache_answers_total{result=\"hit\"} ";
    let hits = text
        .lines()
        .find_map(|line| line.strip_prefix(hits))
        .unwrap();
    // One question, asked thirteen times.
    assert_eq!(hits, "12");
}

#[tokio::test]
async fn errors_are_not_kept() {
    let graph = keeping().await;
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
async fn another_load_is_answered_from() {
    let graph = keeping().await;
    let variables = json!({ "c": "OR" });
    assert_eq!(
        graph.send(ask(OREGON, &variables)).await.data()["state"]["name"],
        "Oregon"
    );
    let link = || get(&[("query", OREGON), ("variables", "{\"c\":\"OR\"}")]);
    let old = graph.send(link().body(Body::empty()).unwrap()).await;
    let mut data = DataSet::real();
    data.set("states.csv", "us-or", "name", "Oregano");
    load(graph.database().connection(), &data.tables(), &())
        .await
        .unwrap();
    until_it_is(&graph, "Oregano").await;
    let tag = old.headers[header::ETAG].clone();
    let request = link().header(header::IF_NONE_MATCH, tag);
    let new = graph.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(new.status, 200);
    assert_eq!(new.data()["state"]["name"], "Oregano");
    // And back: what was kept of the first set is not taken for the third.
    load(
        graph.database().connection(),
        &DataSet::real().tables(),
        &(),
    )
    .await
    .unwrap();
    let answer = until_it_is(&graph, "Oregon").await;
    assert_eq!(answer.statements.len(), 1);
}

/// The first answer that calls Oregon so; what comes before is the old name.
async fn until_it_is(graph: &TestGraph, name: &str) -> Response {
    let started = Instant::now();
    loop {
        let answer = graph.send(ask(OREGON, &json!({ "c": "OR" }))).await;
        if answer.data()["state"]["name"] == name {
            return answer;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "never {name}");
        tokio::task::yield_now().await;
    }
}

async fn with(graph: &TestGraph, headers: &[(header::HeaderName, &str)]) -> Response {
    let query = "{ states(first: 60) { nodes { name population } } }";
    let request = headers
        .iter()
        .fold(get(&[("query", query)]), |request, (name, value)| {
            request.header(name, *value)
        });
    graph.send(request.body(Body::empty()).unwrap()).await
}

fn tag(headers: &HeaderMap) -> String {
    headers[header::ETAG].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_get_can_be_kept_and_asked_for_again_by_its_tag() {
    let settings = Settings {
        max_age: Duration::from_secs(7),
        ..Settings::default()
    };
    let graph = TestGraph::following(Limits::default(), settings).await;
    let plain = with(&graph, &[]).await;
    assert_eq!(plain.headers[header::CACHE_CONTROL], "public, max-age=7");
    assert_eq!(plain.headers[header::VARY], "accept, accept-encoding");
    let tag_of_plain = tag(&plain.headers);
    assert!(tag_of_plain.starts_with('"'), "strong: {tag_of_plain}");
    let same = with(&graph, &[(header::IF_NONE_MATCH, &tag_of_plain)]).await;
    assert_eq!((same.status.as_u16(), same.text.as_str()), (304, ""));
    assert_eq!(tag(&same.headers), tag_of_plain);
    let other_type = (header::ACCEPT, "application/graphql-response+json");
    assert_ne!(
        tag(&with(&graph, &[other_type]).await.headers),
        tag_of_plain
    );
    // A POST is nobody's to keep, and neither is an error.
    let posted = graph.query("{ __typename }").await;
    assert_eq!(posted.headers[header::CACHE_CONTROL], "no-store");
    assert!(!posted.headers.contains_key(header::ETAG));
    let wrong = get(&[("query", "{ nothing }")])
        .body(Body::empty())
        .unwrap();
    let wrong = graph.send(wrong).await;
    assert_eq!(wrong.headers[header::CACHE_CONTROL], "no-store");
}
