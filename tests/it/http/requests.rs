//! Methods, media types, and forms of requests, with the status of the response.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use proptest::prelude::*;
use serde_json::json;
use sistergraph::limits::Limits;

use super::{get, post};
use crate::support::{
    graph::TestGraph,
    process::{Server, sistergraph},
};

const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";

#[tokio::test]
async fn the_status_follows_the_media_type() {
    let graph = TestGraph::loaded().await;
    // The media type of the response, and the statuses of a valid request, a syntax error, an unknown
    // field, a missing variable, and a malformed request.
    for (accept, media_type, statuses) in [
        (
            "application/json",
            "application/json",
            [200, 200, 200, 200, 400],
        ),
        ("*/*", "application/json", [200, 200, 200, 200, 400]),
        (
            GRAPHQL_RESPONSE,
            GRAPHQL_RESPONSE,
            [200, 400, 400, 400, 400],
        ),
    ] {
        for (body, status) in [
            json!({ "query": "{ __typename }" }),
            json!({ "query": "{" }),
            json!({ "query": "{ nothing }" }),
            json!({ "query": "query($c: String!) { state(code: $c) { name } }" }),
            json!({ "query": 1 }),
        ]
        .into_iter()
        .zip(statuses)
        {
            let mut request = post(body.to_string());
            let value = accept.parse().unwrap();
            request.headers_mut().insert(header::ACCEPT, value);
            let response = graph.send(request).await;
            assert_eq!(response.status, status, "{accept} {body}");
            assert_eq!(response.headers[header::VARY], "accept, accept-encoding");
            let media_type = if status == 400 && body["query"] == 1 {
                "application/json"
            } else {
                media_type
            };
            assert_eq!(
                response.content_type,
                format!("{media_type}; charset=utf-8")
            );
            let has_data = response.json().get("data").is_some();
            assert_eq!(has_data, body["query"] == "{ __typename }", "{body}");
        }
    }
}

#[tokio::test]
async fn unsupported_requests_are_rejected() {
    let graph = TestGraph::loaded().await;
    let body = || Body::from("{\"query\":\"{ __typename }\"}");
    let typed =
        |content_type: &str| Request::post("/graphql").header(header::CONTENT_TYPE, content_type);
    for (request, status, code, message) in [
        (
            Request::delete("/graphql").body(body()),
            405,
            "METHOD_NOT_ALLOWED",
            "method DELETE is not allowed; use GET or POST",
        ),
        (
            Request::post("/schema.graphql").body(body()),
            405,
            "METHOD_NOT_ALLOWED",
            "method POST is not allowed; use GET",
        ),
        (
            Request::get("/graphql")
                .header(header::CONNECTION, "upgrade")
                .header(header::UPGRADE, "websocket")
                .body(Body::empty()),
            400,
            "BAD_REQUEST",
            "the WebSocket request is malformed; send GET with the headers Connection: Upgrade, Sec-WebSocket-Version: 13, and Sec-WebSocket-Key",
        ),
        (
            Request::post("/graphql").body(body()),
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            "the request has no Content-Type header; send application/json",
        ),
        (
            typed("application/json")
                .header(header::CONTENT_TYPE, "text/plain")
                .body(body()),
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            "the request has more than one Content-Type header; send only one",
        ),
        // Pages of other sites can send these types without a CORS preflight.
        (
            typed("text/plain").body(body()),
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            "the Content-Type \"text/plain\" is not supported; send application/json",
        ),
        (
            typed("multipart/form-data; boundary=x").body(body()),
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            "the Content-Type \"multipart/form-data; boundary=x\" is not supported; send application/json",
        ),
        (
            typed("application/json; charset=latin1").body(body()),
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            "the charset \"latin1\" is not supported; send UTF-8",
        ),
        (
            typed("application/json")
                .header(header::CONTENT_ENCODING, "gzip")
                .body(body()),
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            "the Content-Encoding \"gzip\" is not supported; send the body uncompressed",
        ),
        (
            typed("application/json")
                .header(header::ACCEPT, "text/html")
                .body(body()),
            406,
            "NOT_ACCEPTABLE",
            "the Accept header \"text/html\" has no supported media type; use application/graphql-response+json, application/json, or, for subscriptions, text/event-stream",
        ),
        (
            get(&[("query", "{ __typename }")])
                .header("sec-fetch-site", "cross-site")
                .header("sec-fetch-mode", "no-cors")
                .body(Body::empty()),
            403,
            "CROSS_SITE",
            "a page on another site cannot embed this URL; use fetch() instead",
        ),
        (
            get(&[("query", "subscription { datasetChanged { revision } }")]).body(Body::empty()),
            406,
            "NOT_ACCEPTABLE",
            "a subscription needs a streaming response; send the header Accept: text/event-stream, or use a WebSocket with the graphql-transport-ws protocol",
        ),
        (
            Request::get("/grapql").body(Body::empty()),
            404,
            "NOT_FOUND",
            "there is nothing at \"/grapql\"; GraphQL is at /graphql, and downloads are at /export",
        ),
    ] {
        let response = graph.send(request.unwrap()).await;
        assert_eq!(response.status, status, "{message}");
        assert_eq!(response.error(), (message.to_owned(), code.to_owned()));
        assert_eq!(response.headers[header::CACHE_CONTROL], "no-store");
        response.assert_rejected(message);
        if status == 405 {
            let allowed = response.headers[header::ALLOW].to_str().unwrap();
            assert!(allowed.starts_with("GET, HEAD"), "{allowed}");
        }
    }
    graph
        .send(
            typed("Application/JSON; charset=\"UTF-8\"")
                .body(body())
                .unwrap(),
        )
        .await
        .data();
}

#[tokio::test]
async fn queries_can_be_sent_by_get() {
    let graph = TestGraph::loaded().await;
    let send = async |parameters: &[(&str, &str)]| {
        graph
            .send(get(parameters).body(Body::empty()).unwrap())
            .await
    };
    let answer = send(&[
        (
            "query",
            "query A { __typename } query B($c: String!) { state(code: $c) { name } }",
        ),
        ("operationName", "B"),
        ("variables", "{\"c\":\"OR\"}"),
        ("extensions", "{}"),
        ("utm_source", "a newspaper"),
    ])
    .await;
    assert_eq!(answer.data(), json!({ "state": { "name": "Oregon" } }));
    for (parameters, message) in [
        (
            vec![
                ("query", "{ __typename }"),
                ("query", "{ limits { maxDepth } }"),
            ],
            "the URL has more than one parameter \"query\"; send only one",
        ),
        (
            vec![("query", "{ __typename }"), ("variables", "[1]")],
            "the URL parameter \"variables\" is an array; it must be a JSON object",
        ),
        (
            vec![("query", "{ __typename }"), ("extensions", "{")],
            "the URL parameter \"extensions\" is not valid JSON: EOF while parsing an object at line 1 column 1",
        ),
    ] {
        let response = send(&parameters).await;
        assert_eq!(response.status, 400);
        assert_eq!(
            response.error(),
            (message.to_owned(), "BAD_REQUEST".to_owned())
        );
    }
    let bytes = Request::get("/graphql?query=%7B%ff%7D");
    let response = graph.send(bytes.body(Body::empty()).unwrap()).await;
    assert_eq!(
        response.error().0,
        "the query string of the URL is not valid UTF-8; send UTF-8, percent-encoded"
    );
    let head = get(&[("query", "{ __typename }")]).method(Method::HEAD);
    let response = graph.send(head.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status, 200);
}

#[tokio::test]
async fn batches_are_limited_when_enabled() {
    let one = json!({ "query": "{ __typename }" });
    let graph = TestGraph::with_limits(Limits {
        max_batch: 2,
        ..Limits::default()
    })
    .await;
    let answer = graph
        .post(json!([one, { "query": "{ nothing }" }]).to_string())
        .await;
    assert_eq!(answer.status, 200);
    let answers = answer.json();
    assert_eq!(answers[0], json!({ "data": { "__typename": "Query" } }));
    assert_eq!(
        answers[1]["errors"][0]["extensions"]["code"],
        "GRAPHQL_VALIDATION_FAILED"
    );
    for (batch, message) in [
        (json!([]), "the batch is empty; send at least one request"),
        (
            json!([one, one, one]),
            "the batch has 3 requests; at most 2 are allowed (limits.maxBatch)",
        ),
        (
            json!([one, 5]),
            "the request is a number, not a JSON object; send {\"query\": \"...\", \"variables\": {}, \"operationName\": \"...\"}",
        ),
    ] {
        let response = graph.post(batch.to_string()).await;
        assert_eq!(response.status, 400);
        assert_eq!(response.error().0, message);
    }
}

#[tokio::test]
async fn every_response_has_a_request_id_and_cors_headers() {
    let graph = TestGraph::loaded().await;
    let mut request = post("{\"query\":\"{ __typename }\"}");
    let headers = request.headers_mut();
    headers.insert("x-request-id", "proxy-17.a".parse().unwrap());
    headers.insert(header::ORIGIN, "https://example.org".parse().unwrap());
    let response = graph.send(request).await;
    assert_eq!(response.headers["x-request-id"], "proxy-17.a");
    assert_eq!(response.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    assert_eq!(response.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    let mut request = post("{\"query\":\"{ __typename }\"}");
    let hostile = "x\"} forged".parse().unwrap();
    request.headers_mut().insert("x-request-id", hostile);
    let response = graph.send(request).await;
    assert_eq!(response.headers["x-request-id"].len(), 8);
    let preflight = Request::options("/graphql")
        .header(header::ORIGIN, "https://example.org")
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
        .header(header::ACCESS_CONTROL_REQUEST_HEADERS, SENT_BY_CLIENTS);
    let response = graph.send(preflight.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status, 200);
    let allowed = &response.headers[header::ACCESS_CONTROL_ALLOW_HEADERS];
    assert_eq!(allowed, SENT_BY_CLIENTS);
}

/// Headers that browsers, OpenTelemetry, Sentry, Datadog, X-Ray, Apollo Client, urql, Relay, and graphql-sse send. As
/// in a preflight, they are sorted and in lower case.
const SENT_BY_CLIENTS: &str = "accept,apollo-require-preflight,apollographql-client-name,\
    apollographql-client-version,authorization,b3,baggage,cache-control,content-type,if-none-match,newrelic,pragma,\
    range,sentry-trace,traceparent,tracestate,x-amzn-trace-id,x-apollo-operation-id,x-apollo-operation-name,\
    x-b3-sampled,x-b3-spanid,x-b3-traceid,x-correlation-id,x-datadog-origin,x-datadog-parent-id,\
    x-datadog-sampling-priority,x-datadog-trace-id,x-graphql-event-stream-token,x-request-id,x-requested-with";

#[tokio::test]
async fn a_byte_order_mark_and_an_empty_operation_name_are_ignored() {
    let graph = TestGraph::loaded().await;
    // PowerShell writes the mark, GraphiQL and many SDKs the empty name.
    let body = "\u{feff}{\"query\":\"{ __typename }\",\"operationName\":\"\"}";
    assert_eq!(
        graph.post(body).await.data(),
        json!({ "__typename": "Query" })
    );
    let response = graph.post("\u{feff}").await;
    assert!(response.error().0.starts_with("the request body is empty"));
    let parameters = [("query", "\u{feff}{ __typename }"), ("operationName", "")];
    let response = graph.send(get(&parameters).body(Body::empty()).unwrap());
    assert_eq!(response.await.data(), json!({ "__typename": "Query" }));
}

#[test]
fn own_pages_can_open_websockets() {
    let folder = tempfile::tempdir().unwrap();
    let options = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--allowed-origins",
        "https://example.org/, http://other.example:3000",
    ];
    let server = Server::start(sistergraph(&folder).args(options));
    let port = server.address.rsplit_once(':').unwrap().1;
    let status = |origin: &str, more_headers: &str| {
        let mut stream = TcpStream::connect(&server.address).unwrap();
        let request = format!(
            "GET /graphql HTTP/1.1\r\norigin: {origin}\r\n{more_headers}\r\nconnection: upgrade\r\n\
             upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             sec-websocket-protocol: graphql-transport-ws\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut start = [0; 12];
        stream.read_exact(&mut start).unwrap();
        String::from_utf8(start.to_vec()).unwrap()
    };
    for (origin, headers) in [
        ("https://example.org", "host: 127.0.0.1"),
        ("http://other.example:3000", "host: 127.0.0.1"),
        (
            &format!("http://localhost:{port}"),
            &*format!("host: localhost:{port}"),
        ),
        (
            &format!("http://127.0.0.1:{port}"),
            &format!("host: 127.0.0.1:{port}"),
        ),
        (
            &format!("http://[::1]:{port}"),
            &format!("host: [::1]:{port}"),
        ),
        // As in the configurations for nginx in docs/operators.md, where $host has no port.
        ("https://graph.example.net:8443", "host: graph.example.net"),
        // As Caddy and others forward it.
        (
            "https://graph.example.net",
            "host: 127.0.0.1:8000\r\nx-forwarded-host: graph.example.net",
        ),
        (
            "https://graph.example.net",
            "host: 127.0.0.1:8000\r\nforwarded: for=192.0.2.1;host=\"graph.example.net:443\";proto=https",
        ),
    ] {
        assert_eq!(
            status(origin, headers),
            "HTTP/1.1 101",
            "{origin} {headers}"
        );
    }
    for (origin, headers) in [
        ("https://evil.example", "host: 127.0.0.1"),
        ("http://localhost:8000", "host: 127.0.0.1:8000"),
        ("null", "host: 127.0.0.1"),
    ] {
        assert_eq!(
            status(origin, headers),
            "HTTP/1.1 403",
            "{origin} {headers}"
        );
    }
    server.stop();
}

#[test]
fn random_requests_get_data_or_errors_as_json() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let graph = runtime.block_on(TestGraph::loaded());
    let piece = prop_oneof![
        Just("{\"query\":\"".to_owned()),
        Just("\"variables\":{".to_owned()),
        Just("{ states { nodes { name } } }".to_owned()),
        Just("\\u{1F600}".to_owned()),
        Just("\\ud800".to_owned()),
        Just("...".to_owned()),
        Just("fragment F on Query {".to_owned()),
        Just("extensions".to_owned()),
        "[\\[\\]{}\",:!$@()#&|=0-9eE+-]{0,12}",
        "\\PC{0,6}",
    ];
    let texts = prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat());
    let bytes = prop_oneof![
        4 => texts.prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..64),
    ];
    let config = ProptestConfig {
        cases: 1_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(bytes in bytes, as_query: bool)| {
        let request = if as_query {
            let text = String::from_utf8_lossy(&bytes);
            post(json!({ "query": text, "variables": { "a": text } }).to_string())
        } else {
            post(bytes)
        };
        let response = runtime.block_on(graph.send(request));
        prop_assert!(response.status == 200 || response.status == 400);
        let json = response.json();
        let codes: Vec<_> = json["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|error| error["extensions"]["code"].as_str().unwrap_or("none"))
            .collect();
        prop_assert!(!codes.contains(&"none") && !codes.contains(&"INTERNAL_SERVER_ERROR"));
        prop_assert!(!codes.is_empty() || json["data"].is_object());
    });
}
