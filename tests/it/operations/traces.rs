//! The export of traces to a collector.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    sync::mpsc,
    thread,
    time::Duration,
};

use serde_json::json;

use crate::support::process::{Server, read_response, sistergraph};

/// A request to a collector: its headers and its body.
type TraceRequest = (String, Vec<u8>);

/// Starts a collector that accepts every request; returns its address and the requests.
fn collector() -> (String, mpsc::Receiver<TraceRequest>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let mut headers = String::new();
            while !headers.ends_with("\r\n\r\n") {
                assert_ne!(stream.read_line(&mut headers).unwrap(), 0, "{headers}");
            }
            let headers = headers.to_lowercase();
            let (_, length) = headers.split_once("content-length: ").unwrap();
            let length = length.split_once("\r\n").unwrap().0.parse().unwrap();
            let mut body = vec![0; length];
            stream.read_exact(&mut body).unwrap();
            let response = b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\n\
                content-length: 0\r\nconnection: close\r\n\r\n";
            stream.get_mut().write_all(response).unwrap();
            if sender.send((headers, body)).is_err() {
                return;
            }
        }
    });
    (address, receiver)
}

fn contains(body: &[u8], part: &[u8]) -> bool {
    body.windows(part.len()).any(|window| window == part)
}

#[test]
fn spans_of_a_request_are_sent_when_the_server_stops() {
    let folder = tempfile::tempdir().unwrap();
    let (address, received) = collector();
    let mut command = sistergraph(&folder);
    command
        .args(["serve", "--listen", "127.0.0.1:0"])
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", &address)
        .env("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=test")
        // So that nothing is received before the server stops.
        .env("OTEL_BSP_SCHEDULE_DELAY", "3600000");
    let mut server = Server::start(&mut command);
    let query = "query Named($code: String!) { state(code: $code) { name } }";
    let body = json!({ "query": query, "variables": { "code": "US-OR" } }).to_string();
    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    let parent = format!("traceparent: 00-{TRACE}-00f067aa0ba902b7-01\r\n");
    // The third response comes from the raw cache.
    for _ in 0..3 {
        let mut stream = server.open(body.len(), &parent);
        stream.write_all(body.as_bytes()).unwrap();
        assert_eq!(read_response(stream)["data"]["state"]["name"], "Oregon");
        let log = server.read_until("answered");
        assert!(log.contains(&format!("trace.id={TRACE}")), "{log}");
    }
    server.stop();

    let (headers, body) = received.recv_timeout(Duration::from_secs(60)).unwrap();
    assert!(
        headers.starts_with("post /v1/traces http/1.1\r\n"),
        "{headers}"
    );
    assert!(
        headers.contains("content-type: application/x-protobuf\r\n"),
        "{headers}"
    );
    // Protobuf stores strings as UTF-8.
    for part in [
        "sistergraph",
        "deployment.environment",
        "POST /graphql",
        "http.response.status_code",
        "execute",
        "Named",
        "statement",
        "db.query.text",
        "SELECT",
    ] {
        assert!(contains(&body, part.as_bytes()), "{part}");
    }
    let trace: Vec<u8> = (0..16)
        .map(|n| u8::from_str_radix(&TRACE[2 * n..][..2], 16).unwrap())
        .collect();
    assert!(contains(&body, &trace), "the trace id of the client");
    assert!(
        !contains(&body, b"US-OR"),
        "values of variables are not exported"
    );
}

#[test]
fn an_unreachable_collector_does_not_delay_requests() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = sistergraph(&folder);
    command
        .args(["serve", "--listen", "127.0.0.1:0"])
        // Nothing listens on port 1.
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1");
    let server = Server::start(&mut command);
    assert_eq!(
        server.query("{ states { totalCount } }")["states"]["totalCount"],
        52
    );
    server.stop();
}

#[test]
fn an_unusable_environment_variable_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    for (name, value, start) in [
        (
            "OTEL_EXPORTER_OTLP_CERTIFICATE",
            "nowhere.pem",
            "error: cannot read nowhere.pem (OTEL_EXPORTER_OTLP_CERTIFICATE): ",
        ),
        (
            "OTEL_EXPORTER_OTLP_PROTOCOL",
            "grpc",
            "error: OTEL_EXPORTER_OTLP_PROTOCOL is \"grpc\", but only http/protobuf is supported; ",
        ),
        (
            "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
            "http/json",
            "error: OTEL_EXPORTER_OTLP_TRACES_PROTOCOL is \"http/json\", but only http/protobuf is supported; ",
        ),
        (
            "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
            "10s",
            "error: OTEL_EXPORTER_OTLP_TRACES_TIMEOUT is \"10s\"; it must be a number of milliseconds",
        ),
        (
            "SISTERGRAPH_LOG",
            "sistergraph=verbose",
            "error: SISTERGRAPH_LOG is \"sistergraph=verbose\"; write it like warn or sistergraph=debug",
        ),
        (
            "SISTERGRAPH_LOG",
            "wran",
            "error: SISTERGRAPH_LOG is \"wran\"; write it like warn or sistergraph=debug",
        ),
    ] {
        let output = sistergraph(&folder)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
            .env(name, value)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.starts_with(start), "{message}");
    }
}
