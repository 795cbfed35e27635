//! Persisted and trusted documents, which clients send by hash or id.

use axum::{body::Body, http::StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sistergraph::{
    http::{Server, Settings},
    limits::Limits,
    schema,
};

use super::get;
use crate::support::{database::TestDatabase, graph::TestGraph};

const QUERY: &str = "{ state(code: \"OR\") { name } }";

fn hash(text: &str) -> String {
    Sha256::digest(text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn persisted(hash: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } })
}

#[tokio::test]
async fn a_query_can_be_sent_by_hash_after_it_was_registered() {
    let graph = TestGraph::loaded().await;
    let by_hash = async || {
        let extensions = persisted(&hash(QUERY)).to_string();
        let request = get(&[("extensions", extensions.as_str())]);
        graph.send(request.body(Body::empty()).unwrap()).await
    };
    let unknown = by_hash().await;
    assert_eq!(unknown.status, StatusCode::OK);
    assert_eq!(
        unknown.error(),
        (
            "PersistedQueryNotFound".to_owned(),
            "PERSISTED_QUERY_NOT_FOUND".to_owned()
        )
    );
    let body = json!({ "query": QUERY, "extensions": persisted(&hash(QUERY)) });
    graph.post(body.to_string()).await.data();
    assert_eq!(by_hash().await.data()["state"]["name"], "Oregon");
}

#[tokio::test]
async fn only_valid_queries_with_the_right_hash_are_registered() {
    let graph = TestGraph::loaded().await;
    let body = json!({ "query": QUERY, "extensions": persisted(&hash("{ __typename }")) });
    let response = graph.post(body.to_string()).await;
    assert_eq!(response.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        response.error().0,
        "extensions.persistedQuery.sha256Hash does not match the SHA-256 hash of the query"
    );
    let invalid = "{ nothing }";
    let body = json!({ "query": invalid, "extensions": persisted(&hash(invalid)) });
    assert_eq!(
        graph.post(body.to_string()).await.error().1,
        "GRAPHQL_VALIDATION_FAILED"
    );
    let body = json!({ "extensions": persisted(&hash(invalid)) });
    let code = graph.post(body.to_string()).await.error().1;
    assert_eq!(code, "PERSISTED_QUERY_NOT_FOUND");
    for extensions in [
        json!({ "persistedQuery": { "version": 2, "sha256Hash": hash(QUERY) } }),
        json!({ "persistedQuery": { "version": 1, "sha256Hash": "abc" } }),
        json!({ "persistedQuery": true }),
    ] {
        let body = json!({ "query": QUERY, "extensions": extensions });
        assert_eq!(graph.post(body.to_string()).await.error().1, "BAD_REQUEST");
    }
}

#[tokio::test]
async fn only_trusted_rejects_all_other_documents() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("oregon.graphql", QUERY);
    write(
        "relay.json",
        &json!({ "a1": "query A { __typename }" }).to_string(),
    );
    let manifest = json!({
        "format": "apollo-persisted-query-manifest",
        "version": 1,
        "operations": [{ "id": "b2", "name": "B", "type": "query", "body": "query B { __typename }" }],
    });
    write("apollo.json", &manifest.to_string());
    write("README.md", "not a document");
    let settings = |only_trusted| Settings {
        trusted_documents: Some(folder.path().to_owned()),
        only_trusted,
        ..Settings::default()
    };
    let graph = TestGraph::watching_revision(Limits::default(), settings(true)).await;
    let send = async |body: Value| graph.post(body.to_string()).await;
    for id in ["oregon", &format!("sha256:{}", hash(QUERY)), "a1", "b2"] {
        send(json!({ "documentId": id })).await.data();
        let link = get(&[("documentId", id)]).body(Body::empty()).unwrap();
        graph.send(link).await.data();
    }
    send(json!({ "query": QUERY })).await.data();
    send(json!({ "extensions": persisted(&hash(QUERY)) }))
        .await
        .data();
    for (body, status, code) in [
        (
            json!({ "query": "{ __typename }" }),
            403,
            "DOCUMENT_NOT_TRUSTED",
        ),
        (
            json!({ "query": "{ __typename }", "extensions": persisted(&hash("{ __typename }")) }),
            403,
            "DOCUMENT_NOT_TRUSTED",
        ),
        (
            json!({ "documentId": "washington" }),
            404,
            "DOCUMENT_NOT_FOUND",
        ),
        (
            json!({ "documentId": "a1", "query": QUERY }),
            400,
            "BAD_REQUEST",
        ),
    ] {
        let response = send(body).await;
        assert_eq!(response.status.as_u16(), status);
        assert_eq!(response.error().1, code);
        response.assert_rejected(code);
    }
    let graph = TestGraph::watching_revision(Limits::default(), settings(false)).await;
    graph.query("{ __typename }").await.data();
}

#[tokio::test]
async fn unusable_trusted_documents_are_reported_at_startup() {
    let database = TestDatabase::migrated().await;
    let start = |folder: &std::path::Path| {
        let settings = Settings {
            trusted_documents: Some(folder.to_owned()),
            ..Settings::default()
        };
        let engine = schema::build_engine(Limits::default()).unwrap();
        let server = Server::new(engine, database.connection().clone().into(), settings);
        server
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display();
    assert_eq!(
        start(folder.path()),
        format!("there are no trusted documents in {path}; add .graphql, .gql, or .json files")
    );
    std::fs::write(folder.path().join("a.graphql"), "{ nothing }").unwrap();
    let message = start(folder.path());
    let start_of_message = format!("the trusted document \"a\" in {path}/a.graphql is not valid: ");
    assert!(message.starts_with(&start_of_message), "{message}");
    std::fs::write(folder.path().join("a.graphql"), QUERY).unwrap();
    std::fs::write(folder.path().join("b.json"), "{\"a\": \"{ __typename }\"}").unwrap();
    let message = start(folder.path());
    assert!(
        message.starts_with("two trusted documents have the id \"a\"; "),
        "{message}"
    );
    std::fs::write(folder.path().join("b.json"), "[]").unwrap();
    let message = start(folder.path());
    assert!(message.ends_with("a JSON object of ids and documents, or a persisted query manifest"));
    let message = start(&folder.path().join("nowhere"));
    assert!(
        message.starts_with("cannot read trusted documents from "),
        "{message}"
    );
}
