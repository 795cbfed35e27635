//! The rate limit of a client.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
};

use axum::{body::Body, extract::ConnectInfo, http};
use serde_json::{Value, json};
use sistergraph::{
    http::{Proxies, Settings},
    limits::Limits,
};

use crate::support::{
    graph::{Response, TestGraph},
    process::{Server, sistergraph},
};

/// A low limit: even on a busy machine, tests send requests much faster than it refills.
fn low_limit() -> Settings {
    Settings {
        rate_limit: 1,
        rate_burst: 3,
        proxies: Proxies {
            trusted_networks: vec!["10.0.0.0/8".parse().unwrap()],
            ..Settings::default().proxies
        },
        ..Settings::default()
    }
}

async fn get_from(graph: &TestGraph, path: &str, peer: &str, forwarded: Option<&str>) -> Response {
    let mut request = http::Request::get(path);
    if let Some(forwarded) = forwarded {
        request = request.header("x-forwarded-for", forwarded);
    }
    let peer: SocketAddr = format!("{peer}:4711").parse().unwrap();
    let request = request.extension(ConnectInfo(peer));
    graph.send(request.body(Body::empty()).unwrap()).await
}

const TYPENAME: &str = "/graphql?query=%7B__typename%7D";

#[tokio::test]
async fn requests_beyond_the_limit_get_retry_after() {
    let graph = TestGraph::watching_revision(Limits::default(), low_limit()).await;
    let mut rejected = None;
    for _ in 0..100 {
        let response = get_from(&graph, TYPENAME, "192.0.2.1", None).await;
        if response.status == 429 {
            rejected = Some(response);
        }
    }
    let rejected = rejected.unwrap();
    assert_eq!(rejected.error().1, "RATE_LIMITED");
    assert_eq!(rejected.headers["retry-after"], "1");
    // Pages of other sites can read the error.
    assert_eq!(rejected.headers["access-control-allow-origin"], "*");
    // Requests from other clients and health checks are answered.
    get_from(&graph, TYPENAME, "192.0.2.2", None).await.data();
    for _ in 0..5 {
        assert_eq!(
            get_from(&graph, "/readyz", "192.0.2.1", None).await.status,
            200
        );
    }
    let metrics = graph.get("/metrics").await.text;
    assert!(metrics.contains("sistergraph_errors_total{code=\"RATE_LIMITED\"}"));
}

#[tokio::test]
async fn clients_behind_a_proxy_have_separate_limits() {
    let graph = TestGraph::watching_revision(Limits::default(), low_limit()).await;
    // The forwarded address of a trusted proxy identifies the client.
    for n in 0..20 {
        let client = format!("203.0.113.9, 198.51.100.{n}");
        let response = get_from(&graph, TYPENAME, "10.0.0.1", Some(&client)).await;
        assert_eq!(response.status, 200);
    }
    // Forwarded addresses of other peers are ignored.
    let mut statuses = Vec::new();
    for n in 0..100 {
        let client = format!("198.51.100.{n}");
        let response = get_from(&graph, TYPENAME, "192.0.2.1", Some(&client)).await;
        statuses.push(response.status.as_u16());
    }
    assert!(statuses.contains(&429), "{statuses:?}");
}

#[tokio::test]
async fn each_request_of_a_batch_counts() {
    let limits = Limits {
        max_batch: 20,
        ..Limits::default()
    };
    let graph = TestGraph::watching_revision(limits, low_limit()).await;
    let batch = Value::from(vec![json!({ "query": "{ __typename }" }); 20]);
    let answers = graph.post(batch.to_string()).await.json();
    let answers = answers.as_array().unwrap();
    assert_eq!(answers.len(), 20);
    assert_eq!(answers[0]["data"]["__typename"], "Query");
    assert_eq!(
        answers[19]["errors"][0]["extensions"]["code"],
        "RATE_LIMITED"
    );
}

/// A text frame of a client. The mask is zero, which leaves the text unchanged.
fn frame(text: &str) -> Vec<u8> {
    let mut frame = vec![0x81, 0x80 | 126];
    frame.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
    frame.extend([0; 4]);
    frame.extend(text.as_bytes());
    frame
}

/// Reads the text of the next frame of the server.
fn read_frame(stream: &mut TcpStream) -> String {
    let mut header = [0; 2];
    stream.read_exact(&mut header).unwrap();
    let mut length = usize::from(header[1]);
    if length == 126 {
        let mut bytes = [0; 2];
        stream.read_exact(&mut bytes).unwrap();
        length = usize::from(u16::from_be_bytes(bytes));
    }
    let mut text = vec![0; length];
    stream.read_exact(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

#[test]
fn each_operation_over_a_websocket_counts() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(sistergraph(&folder).args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--rate-limit",
        "1",
        "--rate-burst",
        "3",
        "--trusted-proxies",
        "127.0.0.1,2001:db8::/32",
    ]));
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let headers = "GET /graphql HTTP/1.1\r\nhost: test\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         sec-websocket-protocol: graphql-transport-ws\r\nx-forwarded-for: 198.51.100.7\r\n\r\n";
    stream.write_all(headers.as_bytes()).unwrap();
    let mut response = Vec::new();
    while !response.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        response.push(byte[0]);
    }
    assert!(response.starts_with(b"HTTP/1.1 101 "));
    stream
        .write_all(&frame("{\"type\":\"connection_init\"}"))
        .unwrap();
    assert!(read_frame(&mut stream).contains("connection_ack"));
    let mut rejected = false;
    for id in 0..60 {
        let subscribe = json!({
            "id": id.to_string(),
            "type": "subscribe",
            "payload": { "query": "{ __typename }" },
        });
        stream.write_all(&frame(&subscribe.to_string())).unwrap();
        let next = read_frame(&mut stream);
        rejected |= next.contains("RATE_LIMITED");
        if next.contains("\"next\"") {
            assert!(read_frame(&mut stream).contains("complete"));
        }
    }
    assert!(rejected);
    // Another client behind the same proxy is answered.
    let request = "GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nhost: test\r\n\
         x-forwarded-for: 198.51.100.7, 198.51.100.8\r\nconnection: close\r\n\r\n";
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    server.stop();
}
