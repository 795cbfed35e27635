//! How fast one client may ask.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
};

use axum::{body::Body, extract::ConnectInfo, http};
use serde_json::{Value, json};
use sistergraph::{
    engine::Limits,
    http::{Proxies, Settings},
};

use crate::support::{
    graph::{Response, TestGraph},
    process::{Server, sistergraph},
};

/// Tests ask far more often than this refills, also on a busy machine.
fn slow() -> Settings {
    Settings {
        rate_limit: 1,
        rate_burst: 3,
        proxies: Proxies {
            trusted_networks: vec!["10.0.0.0/8".parse().unwrap()],
            ..Proxies::default()
        },
        ..Settings::default()
    }
}

async fn ask(graph: &TestGraph, path: &str, peer: &str, forwarded: Option<&str>) -> Response {
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
async fn a_client_who_asks_too_fast_is_told_when_to_come_again() {
    let graph = TestGraph::following(Limits::default(), slow()).await;
    let mut refused = None;
    for _ in 0..100 {
        let response = ask(&graph, TYPENAME, "192.0.2.1", None).await;
        if response.status == 429 {
            refused = Some(response);
        }
    }
    let refused = refused.unwrap();
    assert_eq!(refused.error().1, "RATE_LIMITED");
    assert_eq!(refused.headers["retry-after"], "1");
    // A page may read that.
    assert_eq!(refused.headers["access-control-allow-origin"], "*");
    // Other clients, and the probes of this one, are answered.
    ask(&graph, TYPENAME, "192.0.2.2", None).await.data();
    for _ in 0..5 {
        assert_eq!(ask(&graph, "/readyz", "192.0.2.1", None).await.status, 200);
    }
    let metrics = graph.get("/metrics").await.text;
    assert!(metrics.contains("sistergraph_errors_total{code=\"RATE_LIMITED\"}"));
}

#[tokio::test]
async fn behind_a_proxy_clients_are_told_apart() {
    let graph = TestGraph::following(Limits::default(), slow()).await;
    // Each is another client, however much the proxy asks for them.
    for n in 0..20 {
        let client = format!("203.0.113.9, 198.51.100.{n}");
        let response = ask(&graph, TYPENAME, "10.0.0.1", Some(&client)).await;
        assert_eq!(response.status, 200);
    }
    // Whoever is no proxy is not believed.
    let mut statuses = Vec::new();
    for n in 0..100 {
        let client = format!("198.51.100.{n}");
        let response = ask(&graph, TYPENAME, "192.0.2.1", Some(&client)).await;
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
    let graph = TestGraph::following(limits, slow()).await;
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

/// A text frame of a client; the mask is zero, which is one as good as another.
fn frame(text: &str) -> Vec<u8> {
    let mut frame = vec![0x81, 0x80 | 126];
    frame.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
    frame.extend([0; 4]);
    frame.extend(text.as_bytes());
    frame
}

/// The text of the next frame of the server.
fn read_frame(stream: &mut TcpStream) -> String {
    let mut head = [0; 2];
    stream.read_exact(&mut head).unwrap();
    let mut length = usize::from(head[1]);
    if length == 126 {
        let mut long = [0; 2];
        stream.read_exact(&mut long).unwrap();
        length = usize::from(u16::from_be_bytes(long));
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
    let head = "GET /graphql HTTP/1.1\r\nhost: test\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         sec-websocket-protocol: graphql-transport-ws\r\nx-forwarded-for: 198.51.100.7\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
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
    let mut refused = false;
    for id in 0..60 {
        let subscribe = json!({
            "id": id.to_string(),
            "type": "subscribe",
            "payload": { "query": "{ __typename }" },
        });
        stream.write_all(&frame(&subscribe.to_string())).unwrap();
        let next = read_frame(&mut stream);
        refused |= next.contains("RATE_LIMITED");
        if next.contains("\"next\"") {
            assert!(read_frame(&mut stream).contains("complete"));
        }
    }
    assert!(refused);
    // Who asks for another client is answered.
    let other = "GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nhost: test\r\n\
         x-forwarded-for: 198.51.100.7, 198.51.100.8\r\nconnection: close\r\n\r\n";
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream.write_all(other.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    server.stop();
}
