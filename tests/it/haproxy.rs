//! HAProxy in front of several servers, with the configuration in `deploy/`. The test needs HAProxy.

use std::{
    io::{self, ErrorKind, Read, Write},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{
    docs::root,
    support::process::{Server, sistergraph},
};

/// HAProxy, stopped on drop.
struct HaProxy {
    process: Child,
    socket: PathBuf,
}

impl Drop for HaProxy {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

/// Starts HAProxy in front of these servers; `None` if it is not installed.
fn start_haproxy(folder: &TempDir, nodes: [&str; 3]) -> Option<HaProxy> {
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new("haproxy");
    command
        // On Debian, only root has this folder in the path.
        .env("PATH", format!("{path}:/usr/sbin"))
        .arg("-f")
        .arg(root().join("deploy/haproxy.cfg"))
        .stderr(Stdio::null())
        .stdout(Stdio::null());
    for (variable, socket) in [
        ("LISTEN", "graph"),
        ("LISTEN_PRIMARY", "primary"),
        ("LISTEN_REPLICAS", "replicas"),
    ] {
        let path = folder.path().join(socket).display().to_string();
        command.env(variable, format!("unix@{path}"));
    }
    for (n, node) in (1..).zip(nodes) {
        command.env(format!("NODE_{n}"), node);
        // No database.
        command.env(format!("PATRONI_PORT_{n}"), "1");
    }
    let process = match command.spawn() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            eprintln!("HAProxy is not installed");
            return None;
        }
        process => process.unwrap(),
    };
    let socket = folder.path().join("graph");
    Some(HaProxy { process, socket })
}

/// Sends a query, and returns the response.
fn post(socket: &Path, n: usize) -> io::Result<String> {
    let mut stream = UnixStream::connect(socket)?;
    let body = format!(
        "{{\"query\":\"{{ a{n}: states(first: {}) {{ nodes {{ name }} }} }}\"}}",
        n % 50
    );
    let length = body.len();
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes())?;
    let mut response = String::new();
    stream.read_to_string(&mut response)?;
    Ok(response)
}

fn is_success(response: &io::Result<String>) -> bool {
    let is_complete =
        |text: &String| text.starts_with("HTTP/1.1 200 ") && !text.contains("\"errors\"");
    response.as_ref().is_ok_and(is_complete)
}

#[test]
fn no_request_fails_when_a_server_stops_or_is_killed() {
    let folder = TempDir::new().unwrap();
    let start = || {
        Server::start(
            sistergraph(&folder)
                .args([
                    "serve",
                    "--listen",
                    "127.0.0.1:0",
                    "--stop-delay-ms",
                    "2000",
                ])
                // The test does not read the pipe of the log.
                .env("SISTERGRAPH_LOG", "sistergraph::cli=info"),
        )
    };
    let [one, two, three] = [start(), start(), start()];
    let nodes = [&one, &two, &three].map(|server| server.address.clone());
    let Some(haproxy) = start_haproxy(&folder, nodes.each_ref().map(String::as_str)) else {
        return;
    };
    let started = Instant::now();
    while !is_success(&post(&haproxy.socket, 0)) {
        assert!(started.elapsed() < Duration::from_secs(20));
        thread::yield_now();
    }
    let (is_done, sent) = (AtomicBool::new(false), AtomicUsize::new(0));
    let wait_for_requests = |n| {
        let first = sent.load(Ordering::Relaxed);
        let started = Instant::now();
        while sent.load(Ordering::Relaxed) < first + n {
            assert!(started.elapsed() < Duration::from_secs(60));
            thread::yield_now();
        }
    };
    thread::scope(|scope| {
        let clients: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let mut failures = Vec::new();
                    while !is_done.load(Ordering::Relaxed) {
                        let n = sent.fetch_add(1, Ordering::Relaxed);
                        let response = post(&haproxy.socket, n);
                        if !is_success(&response) {
                            failures.push((n, response));
                        }
                    }
                    failures
                })
            })
            .collect();
        wait_for_requests(50);
        // As in an upgrade.
        one.stop();
        wait_for_requests(50);
        // As if its machine lost its power.
        drop(two);
        wait_for_requests(50);
        is_done.store(true, Ordering::Relaxed);
        for client in clients {
            let failures = client.join().unwrap();
            assert!(failures.is_empty(), "{failures:?}");
        }
    });
    // The routes for operators are not reachable from outside.
    let mut stream = UnixStream::connect(&haproxy.socket).unwrap();
    stream
        .write_all(b"GET /readyz HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    assert!(response.starts_with("HTTP/1.1 404 "), "{response}");
    three.stop();
}
