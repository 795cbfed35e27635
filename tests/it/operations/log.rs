//! The content of the log, and what it must not contain.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::support::process::{Server, get, sistergraph};

fn serve(folder: &tempfile::TempDir, level: &str) -> Server {
    let mut command = sistergraph(folder);
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json"])
        .env("SISTERGRAPH_LOG", level);
    Server::start(&mut command)
}

fn post(server: &Server, body: &str, more_headers: &str) -> String {
    let mut stream = server.open(body.len(), more_headers);
    stream.write_all(body.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response
}

#[test]
fn a_request_is_one_log_entry_with_its_id() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = serve(&folder, "sistergraph=info");
    let body = json!({ "query": "query Oregon { state(code: \"OR\") { name } }" }).to_string();
    let response = post(&server, &body, "x-request-id: proxy-17.a\r\n");
    assert!(
        response.contains("x-request-id: proxy-17.a\r\n"),
        "{response}"
    );
    // Health checks are not logged.
    assert_eq!(get(&server.address, "/livez").0, 200);
    assert_eq!(get(&server.address, "/nowhere").0, 404);
    let log = server.read_until("/nowhere");
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2, "{log}");
    let fields = &lines[0]["fields"];
    assert_eq!(lines[0]["level"], "INFO");
    assert_eq!(fields["message"], "answered");
    assert_eq!(fields["request.id"], "proxy-17.a");
    assert_eq!(fields["operation.name"], "Oregon");
    assert_eq!(fields["http.method"], "POST");
    assert_eq!(fields["http.path"], "/graphql");
    assert_eq!(fields["http.status"], 200);
    assert_eq!(fields["cache.hit"], false);
    assert_eq!(fields["sql.statements"], 1);
    assert_eq!(lines[1]["fields"]["error.code"], "NOT_FOUND");
    server.stop();
}

#[test]
fn client_input_is_not_logged() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = serve(&folder, "sistergraph=trace");
    let secret = |query: &str| {
        let query = query.replace("FIELD", "secretField");
        json!({ "query": query, "variables": { "code": "secret-variable" } }).to_string()
    };
    for body in [
        secret("query Q($code: String!) { state(code: $code) { name } }"),
        secret("query Q($code: Int!) { state(code: $code) { name } }"),
        secret("{ FIELD }"),
        secret("{ city(slug: \"secret-literal\") { name } }"),
        secret("{ nodes(ids: [\"secret-literal\"]) { id } }"),
        secret("{ broken secret-syntax"),
        "secret-body".to_owned(),
    ] {
        post(
            &server,
            &body,
            "x-forwarded-for: 198.51.100.7\r\nx-secret: secret-header\r\n",
        );
    }
    get(
        &server.address,
        "/graphql?query=%7BsecretField%7D&variables=%7B%22a%22%3A%22secret%22%7D",
    );
    // A client that disconnects, and one that does not speak HTTP.
    drop(server.open(100, ""));
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream.write_all(b"secret nonsense\r\n\r\n").unwrap();
    let _ = stream.read_to_string(&mut String::new());
    get(&server.address, "/nowhere");
    let log = server.read_until("/nowhere");
    assert!(log.lines().count() > 8, "{log}");
    for word in ["secret", "198.51.100.7", "127.0.0.1"] {
        assert!(!log.contains(word), "{word}: {log}");
    }
    server.stop();
}

#[test]
fn long_client_input_is_truncated_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = serve(&folder, "sistergraph=info");
    let long = "a".repeat(5_000);
    let body = json!({ "query": format!("query {long} {{ __typename }}") }).to_string();
    post(&server, &body, "");
    get(&server.address, &format!("/{long}"));
    get(&server.address, "/end");
    for line in server.read_until("/end").lines() {
        assert!(line.len() < 1_000, "{line}");
    }
    server.stop();
}

/// Sends requests until the log has no room for their entries. Nothing reads the log meanwhile.
fn fill_log(server: &Server) {
    let batch = "GET /nowhere HTTP/1.1\r\nhost: test\r\n\r\n".repeat(100);
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    // More than the buffer and the pipe can take. Each of the responses contains this once.
    for _ in 0..180 {
        stream.write_all(batch.as_bytes()).unwrap();
        let (mut n, mut tail) = (0, String::new());
        while n < 100 {
            let mut buffer = [0; 64 * 1024];
            let length = match stream.read(&mut buffer) {
                // A signal ends a read that has a timeout, such as that of a server of another test that stopped.
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                length => length.unwrap(),
            };
            assert_ne!(length, 0);
            tail += std::str::from_utf8(&buffer[..length]).unwrap();
            n += tail.matches("NOT_FOUND").count();
            let start = tail.rfind("NOT_FOUND").map_or(0, |start| start + 1);
            tail = tail[start..].to_owned();
        }
    }
}

#[test]
fn nothing_waits_for_a_log_that_nobody_reads() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = serve(&folder, "sistergraph=info");
    fill_log(&server);
    let data = server.query("{ states { totalCount } }");
    assert_eq!(data["states"]["totalCount"], 52);
    for path in ["/livez", "/readyz"] {
        assert_eq!(get(&server.address, path).0, 200, "{path}");
    }
    let (_, _, metrics) = get(&server.address, "/metrics");
    let dropped: u64 = metrics
        .lines()
        .find_map(|line| line.strip_prefix("sistergraph_log_entries_dropped_total "))
        .and_then(|n| n.parse().ok())
        .unwrap();
    assert!(dropped > 100, "{dropped}");
    // The log goes on when it is read.
    let log = server.read_until("log entries were dropped");
    let entry: Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    assert_eq!(entry["level"], "WARN");
    assert_eq!(entry["fields"]["entries"], dropped);
    // A full log does not delay the end either.
    fill_log(&server);
    server.signal("TERM");
    let signalled = Instant::now();
    let status = loop {
        if let Some(status) = server.child.try_wait().unwrap() {
            break status;
        }
        assert!(
            signalled.elapsed() < Duration::from_secs(8),
            "still running"
        );
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(status.code(), Some(0));
}
