//! `/metrics`.

use std::collections::{BTreeMap, BTreeSet};

use axum::{body::Body, http};
use serde_json::json;
use sistergraph::{http::Settings, limits::Limits};

use crate::support::graph::TestGraph;

/// The samples of a Prometheus text, by name and labels.
fn samples(text: &str) -> BTreeMap<String, f64> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap();
            (name.to_owned(), value.parse().unwrap())
        })
        .collect()
}

async fn scrape(graph: &TestGraph) -> BTreeMap<String, f64> {
    let response = graph.get("/metrics").await;
    assert_eq!(response.status, 200);
    assert_eq!(
        response.content_type,
        "text/plain; version=0.0.4; charset=utf-8"
    );
    assert!(response.text.ends_with("# EOF\n"));
    samples(&response.text)
}

#[tokio::test]
async fn requests_are_counted() {
    let graph = TestGraph::watching_revision(Limits::default(), Settings::default()).await;
    let before = scrape(&graph).await;
    assert_eq!(
        before["sistergraph_cache_answers_total{result=\"hit\"}"],
        0.0
    );
    const NAMED: &str = "query Oregon { state(code: \"OR\") { name } }";
    let first = graph.query(NAMED).await;
    first.data();
    graph.query(NAMED).await.data();
    let states = graph.query("{ states { totalCount } }").await;
    states.data();
    graph.query("query Broken { nothing }").await.error();
    let path = "/graphql?query=%7B__typename%7D";
    graph.get(path).await.data();
    graph.get("/somewhere/else").await.error();
    let unknown_method = http::Request::builder()
        .method("FROBNICATE")
        .uri("/graphql");
    graph
        .send(unknown_method.body(Body::empty()).unwrap())
        .await
        .error();

    let after = scrape(&graph).await;
    let get = |name: &str| {
        *after
            .get(name)
            .unwrap_or_else(|| panic!("{name}: {after:#?}"))
    };
    for (name, value) in [
        (
            "http_requests_total{method=\"POST\",route=\"/graphql\",status=\"200\"}",
            4.0,
        ),
        (
            "http_requests_total{method=\"GET\",route=\"/graphql\",status=\"200\"}",
            1.0,
        ),
        (
            "http_requests_total{method=\"GET\",route=\"other\",status=\"404\"}",
            1.0,
        ),
        (
            "http_requests_total{method=\"other\",route=\"/graphql\",status=\"405\"}",
            1.0,
        ),
        (
            "http_requests_total{method=\"GET\",route=\"/metrics\",status=\"200\"}",
            1.0,
        ),
        (
            "http_request_duration_seconds_count{route=\"/graphql\"}",
            6.0,
        ),
        ("errors_total{code=\"GRAPHQL_VALIDATION_FAILED\"}", 1.0),
        ("errors_total{code=\"NOT_FOUND\"}", 1.0),
        ("errors_total{code=\"METHOD_NOT_ALLOWED\"}", 1.0),
        (
            "operation_duration_seconds_count{operation=\"Oregon\"}",
            2.0,
        ),
        (
            "operation_duration_seconds_count{operation=\"anonymous\"}",
            2.0,
        ),
        ("cache_answers_total{result=\"hit\"}", 1.0),
        ("cache_answers_total{result=\"miss\"}", 3.0),
        ("cache_capacity_bytes", 33_554_432.0),
        ("limit{name=\"maxDepth\",unit=\"levels\"}", 20.0),
        ("limit{name=\"requestTimeoutMs\",unit=\"ms\"}", 10_000.0),
        ("operations_running", 0.0),
        ("operations_waiting", 0.0),
        ("subscribers", 0.0),
        ("data_changes_total", 0.0),
    ] {
        assert_eq!(get(&format!("sistergraph_{name}")), value, "{name}");
    }
    let n_statements = first.statements.len() + states.statements.len();
    assert!(n_statements >= 2);
    assert_eq!(get("sistergraph_sql_statements_total"), n_statements as f64);
    assert!(get("sistergraph_sql_seconds_total") > 0.0);
    let revision = graph.query("{ dataset { revision } }").await.data();
    let revision = revision["dataset"]["revision"].as_str().unwrap();
    assert_eq!(
        get(&format!("sistergraph_data_info{{revision=\"{revision}\"}}")),
        1.0
    );
    let n_open = get("sistergraph_database_connections{state=\"idle\"}")
        + get("sistergraph_database_connections{state=\"used\"}");
    assert!(n_open >= 1.0 && n_open <= get("sistergraph_database_connections_max"));
    assert!(get("process_resident_memory_bytes") > 1e6);
    assert!(get("process_start_time_seconds") > 1.7e9);
}

#[tokio::test]
async fn the_documentation_lists_every_metric() {
    const PAGE: &str = include_str!("../../../docs/operators.md");
    let graph = TestGraph::watching_revision(Limits::default(), Settings::default()).await;
    graph.query("{ __typename }").await.data();
    graph.query("{ nothing }").await.error();
    let exported: BTreeSet<String> = scrape(&graph)
        .await
        .keys()
        .map(|name| name.split('{').next().unwrap())
        .map(|name| {
            // The samples of a histogram are one metric.
            let suffixes = ["_bucket", "_count", "_sum"];
            let base = suffixes.iter().find_map(|suffix| name.strip_suffix(suffix));
            base.unwrap_or(name).to_owned()
        })
        .collect();
    let documented: BTreeSet<String> = PAGE
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name.to_owned())
        .filter(|name| name.starts_with("sistergraph_") || name.starts_with("process_"))
        .collect();
    assert_eq!(documented, exported);
}

#[tokio::test]
async fn the_number_of_operation_names_is_limited() {
    let graph = TestGraph::watching_revision(Limits::default(), Settings::default()).await;
    for n in 0..130 {
        let query = format!("query Made{n} {{ __typename }}");
        graph.query(&query).await.data();
        // The name of an invalid operation is not used.
        let query = format!("query Broken{n} {{ nothing }}");
        graph.query(&query).await.error();
    }
    let samples = scrape(&graph).await;
    let count = |name: &str| {
        samples.get(&format!(
            "sistergraph_operation_duration_seconds_count{{operation=\"{name}\"}}"
        ))
    };
    let names = samples
        .keys()
        .filter(|name| name.starts_with("sistergraph_operation_duration_seconds_count"));
    assert_eq!(names.count(), 101, "a hundred names and \"other\"");
    assert_eq!(count("Made99"), Some(&1.0));
    assert_eq!(count("Made100"), None);
    assert_eq!(count("other"), Some(&30.0));
    assert_eq!(count("Broken0"), None);
}

#[tokio::test]
async fn trusted_documents_always_keep_their_name() {
    let folder = tempfile::tempdir().unwrap();
    let document = "query Trusted { __typename }";
    std::fs::write(folder.path().join("a.graphql"), document).unwrap();
    let settings = Settings {
        trusted_documents: Some(folder.path().to_owned()),
        ..Settings::default()
    };
    let graph = TestGraph::watching_revision(Limits::default(), settings).await;
    for n in 0..101 {
        graph
            .query(&format!("query Made{n} {{ __typename }}"))
            .await
            .data();
    }
    graph
        .post(json!({ "documentId": "a" }).to_string())
        .await
        .data();
    let samples = scrape(&graph).await;
    let trusted = "sistergraph_operation_duration_seconds_count{operation=\"Trusted\"}";
    assert_eq!(samples[trusted], 1.0);
}

#[tokio::test]
async fn servers_have_separate_metrics_in_both_formats() {
    let one = TestGraph::watching_revision(Limits::default(), Settings::default()).await;
    let other = TestGraph::watching_revision(Limits::default(), Settings::default()).await;
    one.query("query Mine { __typename }").await.data();
    assert!(!other.get("/metrics").await.text.contains("Mine"));
    let request = http::Request::get("/metrics")
        .header(
            "accept",
            "application/openmetrics-text;version=1.0.0,text/plain;q=0.5",
        )
        .body(Body::empty())
        .unwrap();
    let response = one.send(request).await;
    assert!(response.text.contains("Mine"));
    assert_eq!(
        response.content_type,
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
}
