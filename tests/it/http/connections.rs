//! Clients that are slow, that stop in the middle, or that are too many.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::support::process::{Server, sistergraph};

const QUERY: &str = "{ states { totalCount } }";

fn start(folder: &tempfile::TempDir, options: &[&str]) -> Server {
    let mut command = sistergraph(folder);
    command
        .args(["serve", "--listen", "127.0.0.1:0"])
        .args(options)
        // A line a request would fill the pipe, which nobody reads.
        .env("SISTERGRAPH_LOG", "sistergraph::cli=info");
    Server::start(&mut command)
}

/// What the server says before it closes the connection; fails if it does not.
fn until_closed(mut stream: TcpStream) -> String {
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let mut said = Vec::new();
    match stream.read_to_end(&mut said) {
        Err(error) if error.kind() != ErrorKind::ConnectionReset => panic!("still open: {error}"),
        _ => String::from_utf8(said).unwrap(),
    }
}

fn assert_answers(server: &Server) {
    assert_eq!(server.query(QUERY)["states"]["totalCount"], 52);
}

#[test]
fn slow_and_half_open_clients_are_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(
        &folder,
        &["--header-timeout-ms", "300", "--body-timeout-ms", "300"],
    );
    let connect = || TcpStream::connect(&server.address).unwrap();
    // Says nothing at all.
    assert_eq!(until_closed(connect()), "");
    // Never ends its head, though it goes on and on.
    let mut drips = connect();
    let mut dripping = drips.try_clone().unwrap();
    let drip = thread::spawn(move || {
        let _ = drips.write_all(b"GET /graphql HTTP/1.1\r\nhost: test\r\n");
        while drips.write_all(b"x-a: b\r\n").is_ok() {
            thread::sleep(Duration::from_millis(50));
        }
    });
    dripping
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let mut said = Vec::new();
    let _ = dripping.read_to_end(&mut said);
    drop(dripping);
    drip.join().unwrap();
    // Never ends its body.
    let half = server.open(1_000, "");
    (&half).write_all(b"{\"query\":").unwrap();
    let said = until_closed(half);
    assert!(
        said.starts_with("HTTP/1.1 408 Request Timeout\r\n"),
        "{said}"
    );
    assert!(said.contains("\"code\":\"REQUEST_TIMEOUT\""), "{said}");
    // Breaks off.
    let broken = server.open(1_000, "");
    broken.shutdown(std::net::Shutdown::Write).unwrap();
    until_closed(broken);
    // Is idle after an answer.
    let mut idle = connect();
    idle.write_all(b"GET /schema.graphql HTTP/1.1\r\nhost: test\r\n\r\n")
        .unwrap();
    assert!(until_closed(idle).starts_with("HTTP/1.1 200 OK\r\n"));
    assert_answers(&server);
    server.stop();
}

#[test]
fn whoever_does_not_take_the_answer_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(&folder, &["--write-timeout-ms", "300"]);
    let query = "{ partnerships(first: 2000) { nodes { slug us { name } partner { name } sources { title url } } } }";
    let body = json!({ "query": query }).to_string();
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    // Asks again and again, more than sockets hold, and reads nothing.
    let mut greedy = TcpStream::connect(&server.address).unwrap();
    greedy
        .set_write_timeout(Some(Duration::from_secs(1)))
        .unwrap();
    let started = Instant::now();
    let mut cut = false;
    while !cut && started.elapsed() < Duration::from_secs(20) {
        cut = greedy.write_all(request.as_bytes()).is_err_and(|error| {
            !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
        });
    }
    assert!(cut, "it was still connected");
    assert_answers(&server);
    server.stop();
}

#[test]
fn too_many_connections_are_told_to_come_again() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(&folder, &["--max-connections", "2"]);
    let open: Vec<_> = (0..2).map(|_| server.open(10, "")).collect();
    let refused = until_closed(TcpStream::connect(&server.address).unwrap());
    assert!(
        refused.starts_with("HTTP/1.1 503 Service Unavailable\r\n"),
        "{refused}"
    );
    assert!(refused.contains("retry-after: 1\r\n"));
    let (_, body) = refused.split_once("\r\n\r\n").unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["errors"][0]["extensions"]["code"], "OVERLOADED");
    drop(open);
    // Their places are free as soon as the server has seen that they are gone.
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
