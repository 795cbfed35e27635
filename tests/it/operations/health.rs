//! `/livez` and `/readyz`.

use std::{
    io::{Read, Write},
    time::{Duration, Instant},
};

use axum::{body::Body, http};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use sistergraph::{
    http::{RawCacheService, Server as HttpServer, Settings},
    limits::Limits,
    schema,
};
use tower::ServiceExt;

use crate::support::{
    data_set::DataSet,
    database::TestDatabase,
    graph::TestGraph,
    process::{Server, get, read_response, sistergraph},
};

async fn readiness(router: &RawCacheService) -> (u16, Value) {
    let request = http::Request::get("/readyz").body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap())
}

/// Waits until the server is ready or, if `is_ready` is false, until it is not; returns the checks.
async fn wait_until(router: &RawCacheService, is_ready: bool) -> Value {
    let started = Instant::now();
    loop {
        let (status, body) = readiness(router).await;
        assert_eq!(body["ready"], status == 200, "{body}");
        if body["ready"] == is_ready {
            return body;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "{body}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_server_with_data_is_alive_and_ready() {
    let graph = TestGraph::watching_revision(Limits::default(), Settings::default()).await;
    let liveness = graph.get("/livez").await;
    assert_eq!(
        (liveness.status.as_u16(), liveness.json()),
        (200, json!({ "alive": true }))
    );
    let readiness = graph.get("/readyz").await;
    assert_eq!(readiness.status, 200);
    assert_eq!(
        readiness.json(),
        json!({ "ready": true, "checks": { "database": "ok", "data": "ok", "serving": "ok" } })
    );
    assert_eq!(readiness.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn readiness_names_the_failed_check() {
    let database = TestDatabase::migrated().await;
    let connection = database.connection();
    let engine = schema::build_engine(Limits::default()).unwrap();
    let server = HttpServer::new(engine, connection.clone().into(), Settings::default()).unwrap();
    let router = server.router();
    let (_, unknown) = readiness(&router).await;
    assert_eq!(
        unknown["checks"]["database"],
        "the database has not answered yet"
    );

    server.watch_revision(connection.clone().into()).await;
    let (status, empty) = readiness(&router).await;
    assert_eq!(status, 503);
    assert_eq!(empty["checks"]["database"], "ok");
    let reason = empty["checks"]["data"].as_str().unwrap();
    assert!(reason.contains("sistergraph load"), "{reason}");

    sistergraph::import::load(connection, DataSet::real_tables(), &())
        .await
        .unwrap();
    wait_until(&router, true).await;

    connection.clone().close().await.unwrap();
    let silent = wait_until(&router, false).await;
    let reason = silent["checks"]["database"].as_str().unwrap();
    assert!(
        reason.starts_with("the database has not answered for "),
        "{reason}"
    );
    // The server is still alive: a restart would not repair the database.
    let live = http::Request::get("/livez").body(Body::empty()).unwrap();
    assert_eq!(router.oneshot(live).await.unwrap().status(), 200);
}

/// The address for operators, which the server logs.
fn operations_address(server: &Server) -> String {
    let (_, rest) = server
        .startup_log
        .split_once("serving /livez, /readyz, and /metrics on http://")
        .unwrap();
    let end = rest.find(|letter: char| !(letter.is_ascii_digit() || ".:".contains(letter)));
    rest[..end.unwrap()].to_owned()
}

#[test]
fn a_stopping_server_is_alive_but_not_ready() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(sistergraph(&folder).args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--operations-listen",
        "127.0.0.1:0",
    ]));
    let operations = operations_address(&server);
    assert_eq!(get(&operations, "/readyz").0, 200);
    for path in ["/livez", "/readyz", "/metrics"] {
        assert_eq!(get(&operations, path).0, 200, "{path}");
        assert_eq!(get(&server.address, path).0, 404, "{path}");
    }
    assert_eq!(get(&operations, "/graphql").0, 404);

    let body = json!({ "query": "{ states { totalCount } }" }).to_string();
    let mut stream = server.open(body.len(), "expect: 100-continue\r\n");
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).unwrap();
    server.signal("TERM");
    server.read_until("stopping after the requests in progress");
    let (status, _, checks) = get(&operations, "/readyz");
    assert_eq!(status, 503);
    assert!(
        checks.contains("\"serving\":\"the server is shutting down\""),
        "{checks}"
    );
    assert_eq!(get(&operations, "/livez").0, 200);
    stream.write_all(body.as_bytes()).unwrap();
    assert_eq!(read_response(stream)["data"]["states"]["totalCount"], 52);
    server.read_until("stopped");
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}

#[test]
fn requests_are_answered_during_the_stop_delay() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(sistergraph(&folder).args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--stop-delay-ms",
        "3000",
    ]));
    assert_eq!(get(&server.address, "/readyz").0, 200);
    server.signal("TERM");
    server.read_until("stopping after the requests in progress");
    // Load balancers read this; requests are still answered until they have noticed.
    assert_eq!(get(&server.address, "/readyz").0, 503);
    assert_eq!(
        server.query("{ states { totalCount } }")["states"]["totalCount"],
        52
    );
    server.read_until("stopped");
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}
