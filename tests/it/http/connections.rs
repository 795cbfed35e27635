//! Clients that are slow, incomplete, or too many.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::support::process::{Server, read_response, sistergraph};

const QUERY: &str = "{ states { totalCount } }";

fn start_server(folder: &tempfile::TempDir, options: &[&str]) -> Server {
    let mut command = sistergraph(folder);
    command
        .args(["serve", "--listen", "127.0.0.1:0"])
        .args(options)
        // The test does not read the pipe of the log, which an entry for each request would fill.
        .env("SISTERGRAPH_LOG", "sistergraph::cli=info");
    Server::start(&mut command)
}

/// Begins a request, and waits until the server has received its headers.
fn open_request(server: &Server, length: usize) -> TcpStream {
    let mut stream = server.open(length, "expect: 100-continue\r\n");
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

/// Reads until the server closes the connection; panics if it stays open for 20 seconds.
fn until_closed(mut stream: TcpStream) -> String {
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let mut received = Vec::new();
    match stream.read_to_end(&mut received) {
        Err(error) if error.kind() != ErrorKind::ConnectionReset => panic!("still open: {error}"),
        _ => String::from_utf8(received).unwrap(),
    }
}

fn assert_answers(server: &Server) {
    assert_eq!(server.query(QUERY)["states"]["totalCount"], 52);
}

#[test]
fn slow_and_incomplete_clients_are_disconnected() {
    let folder = tempfile::tempdir().unwrap();
    let server = start_server(
        &folder,
        &[
            "--header-timeout-ms",
            "300",
            "--body-timeout-ms",
            "300",
            "--keep-alive-timeout-ms",
            "300",
        ],
    );
    let connect = || TcpStream::connect(&server.address).unwrap();
    // Sends nothing.
    assert_eq!(until_closed(connect()), "");
    // Sends headers without end.
    let mut writer = connect();
    let mut reader = writer.try_clone().unwrap();
    let writing = thread::spawn(move || {
        let _ = writer.write_all(b"GET /graphql HTTP/1.1\r\nhost: test\r\n");
        while writer.write_all(b"x-a: b\r\n").is_ok() {
            thread::sleep(Duration::from_millis(50));
        }
    });
    reader
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let mut received = Vec::new();
    let _ = reader.read_to_end(&mut received);
    drop(reader);
    writing.join().unwrap();
    // Does not complete its body.
    let incomplete = server.open(1_000, "");
    (&incomplete).write_all(b"{\"query\":").unwrap();
    let received = until_closed(incomplete);
    assert!(
        received.starts_with("HTTP/1.1 408 Request Timeout\r\n"),
        "{received}"
    );
    assert!(
        received.contains("\"code\":\"REQUEST_TIMEOUT\""),
        "{received}"
    );
    // Closes its side of the connection.
    let closed = server.open(1_000, "");
    closed.shutdown(std::net::Shutdown::Write).unwrap();
    until_closed(closed);
    // Is idle after a response.
    let mut idle = connect();
    idle.write_all(b"GET /schema.graphql HTTP/1.1\r\nhost: test\r\n\r\n")
        .unwrap();
    assert!(until_closed(idle).starts_with("HTTP/1.1 200 OK\r\n"));
    assert_answers(&server);
    server.stop();
}

#[test]
fn clients_that_do_not_read_are_disconnected() {
    let folder = tempfile::tempdir().unwrap();
    let server = start_server(&folder, &["--write-timeout-ms", "300"]);
    let query = "{ partnerships(first: 2000) { nodes { slug us { name } partner { name } sources { title url } } } }";
    let body = json!({ "query": query }).to_string();
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    // Sends requests until the socket buffers are full, and reads nothing.
    let mut client = TcpStream::connect(&server.address).unwrap();
    client
        .set_write_timeout(Some(Duration::from_secs(1)))
        .unwrap();
    let started = Instant::now();
    let mut is_closed = false;
    while !is_closed && started.elapsed() < Duration::from_secs(20) {
        is_closed = client.write_all(request.as_bytes()).is_err_and(|error| {
            !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
        });
    }
    assert!(is_closed, "the connection is still open");
    assert_answers(&server);
    server.stop();
}

#[test]
fn connections_beyond_the_limit_get_retry_after() {
    let folder = tempfile::tempdir().unwrap();
    let server = start_server(&folder, &["--max-connections", "2"]);
    let open: Vec<_> = (0..2).map(|_| open_request(&server, 10)).collect();
    let rejected = until_closed(TcpStream::connect(&server.address).unwrap());
    assert!(
        rejected.starts_with("HTTP/1.1 503 Service Unavailable\r\n"),
        "{rejected}"
    );
    assert!(rejected.contains("retry-after: 1\r\n"));
    let (_, body) = rejected.split_once("\r\n\r\n").unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["errors"][0]["extensions"]["code"], "OVERLOADED");
    drop(open);
    // New connections are accepted as soon as the server has noticed that the others are closed.
    let waiting = Instant::now();
    while waiting.elapsed() < Duration::from_secs(20) {
        let mut probe = TcpStream::connect(&server.address).unwrap();
        let get = b"GET /schema.graphql HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n";
        if probe.write_all(get).is_ok() && until_closed(probe).starts_with("HTTP/1.1 200") {
            break;
        }
        thread::sleep(Duration::from_millis(20));
    }
    assert_answers(&server);
    server.stop();
}

#[test]
fn silent_connections_lock_nobody_out() {
    let folder = tempfile::tempdir().unwrap();
    let server = start_server(&folder, &["--max-connections", "20"]);
    let connect = || TcpStream::connect(&server.address).unwrap();
    // A connection that is idle between two requests, like one in the pool of a proxy.
    let mut pooled = connect();
    pooled
        .write_all(b"GET /livez HTTP/1.1\r\nhost: test\r\n\r\n")
        .unwrap();
    let mut response = [0; 12];
    pooled.read_exact(&mut response).unwrap();
    // A request in progress is not interrupted.
    let body = json!({ "query": QUERY }).to_string();
    let mut in_progress = open_request(&server, body.len());
    let silent: Vec<_> = (0..300)
        .map(|n| {
            let mut stream = connect();
            if n % 3 == 0 {
                stream
                    .write_all(b"GET /livez HTTP/1.1\r\nhost: te")
                    .unwrap();
            }
            stream
        })
        .collect();
    let started = Instant::now();
    for _ in 0..10 {
        assert_answers(&server);
    }
    assert!(started.elapsed() < Duration::from_secs(5));
    in_progress.write_all(body.as_bytes()).unwrap();
    let response = read_response(in_progress);
    assert_eq!(response["data"]["states"]["totalCount"], 52);
    // The oldest ones made room.
    until_closed(pooled);
    let mut silent = silent.into_iter();
    assert_eq!(until_closed(silent.next().unwrap()), "");
    let youngest = silent.next_back().unwrap();
    youngest
        .set_read_timeout(Some(Duration::from_millis(100)))
        .unwrap();
    let error = (&youngest).read(&mut [0]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WouldBlock);
    server.stop();
}

/// Imitates the pool of a proxy, which keeps an idle connection for longer than the headers of a request may take.
#[test]
fn an_idle_connection_outlives_the_time_for_headers() {
    let folder = tempfile::tempdir().unwrap();
    let server = start_server(&folder, &["--header-timeout-ms", "300"]);
    let mut stream = TcpStream::connect(&server.address).unwrap();
    for _ in 0..3 {
        let get = b"GET /livez HTTP/1.1\r\nhost: test\r\n\r\n";
        stream.write_all(get).unwrap();
        let mut received = Vec::new();
        while !received.ends_with(b"{\"alive\":true}") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            received.push(byte[0]);
        }
        thread::sleep(Duration::from_millis(700));
    }
    server.stop();
}

/// The default follows the limit of the system, so that the process does not run out of file descriptors.
#[test]
fn the_number_of_connections_follows_the_file_descriptors() {
    let folder = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_sistergraph");
    for (files, options, expected) in [
        ("200", "", 100),
        ("4096", "", 1_024),
        ("200", "--max-connections 150", 150),
    ] {
        let mut command = std::process::Command::new("sh");
        command
            .args([
                "-c",
                "ulimit -n $0 && exec \"$1\" serve --listen 0 $2",
                files,
            ])
            .args([program, options])
            .current_dir(&folder)
            .stderr(std::process::Stdio::piped());
        let server = Server::start(&mut command);
        let limits = server.query("{ limits { maxConnections } }");
        assert_eq!(limits["limits"]["maxConnections"], expected);
        server.stop();
    }
}
