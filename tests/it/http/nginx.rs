//! The server behind nginx, which keeps idle connections in a pool. The test passes without nginx if it is not installed.

use std::{
    fs,
    io::{ErrorKind, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use serde_json::json;
use tempfile::TempDir;

use crate::support::process::{Server, read_response, sistergraph};

/// nginx, stopped on drop.
struct Nginx {
    process: Child,
    address: String,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // SIGTERM also stops the worker process, which SIGKILL would not.
        let id = self.process.id().to_string();
        _ = Command::new("kill").args(["-s", "TERM", &id]).status();
        _ = self.process.wait();
    }
}

/// Starts nginx in front of the server, with the pool of `docs/operators.md`; `None` if nginx is not installed.
fn start_nginx(folder: &TempDir, server: &Server) -> Option<Nginx> {
    // The port is free again when the listener is dropped.
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let configuration = format!(
        "daemon off; user root; worker_processes 1; pid nginx.pid; error_log stderr;
        events {{}}
        http {{
            access_log off;
            upstream sistergraph {{ server {}; keepalive 32; }}
            server {{
                listen {address};
                location / {{
                    proxy_pass http://sistergraph;
                    proxy_http_version 1.1;
                    proxy_set_header Connection \"\";
                }}
            }}
        }}",
        server.address,
    );
    fs::write(folder.path().join("nginx.conf"), configuration).unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let process = Command::new("nginx")
        // On Debian, only root has this folder in the path.
        .env("PATH", format!("{path}:/usr/sbin"))
        .args(["-e", "stderr", "-c", "nginx.conf", "-p"])
        .arg(folder.path())
        .spawn();
    let process = match process {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            eprintln!("nginx is not installed");
            return None;
        }
        process => process.unwrap(),
    };
    let nginx = Nginx { process, address };
    let started = Instant::now();
    while TcpStream::connect(&nginx.address).is_err() {
        assert!(started.elapsed() < Duration::from_secs(20));
        thread::yield_now();
    }
    Some(nginx)
}

/// Returns the ports from which established connections to the server come.
fn client_ports(server: &Server) -> Vec<u16> {
    let address: SocketAddr = server.address.parse().unwrap();
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    let port = |field: &str| u16::from_str_radix(field.rsplit(':').next().unwrap(), 16).unwrap();
    let rows = table.lines().skip(1).filter_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        // 01 is the state ESTABLISHED.
        let is_client = port(fields[2]) == address.port() && fields[3] == "01";
        is_client.then(|| port(fields[1]))
    });
    rows.collect()
}

fn query(nginx: &Nginx) {
    let body = json!({ "query": "{ states { totalCount } }" }).to_string();
    let mut stream = TcpStream::connect(&nginx.address).unwrap();
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    assert_eq!(read_response(stream)["data"]["states"]["totalCount"], 52);
}

/// nginx keeps idle connections for 60 seconds. If the server closed one as soon as the time for headers has passed, a request
/// that nginx sends at that moment would get 502.
#[test]
fn the_connections_in_the_pool_stay_open() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(sistergraph(&folder).args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--header-timeout-ms",
        "300",
    ]));
    let Some(nginx) = start_nginx(&folder, &server) else {
        return;
    };
    query(&nginx);
    let pool = client_ports(&server);
    assert_eq!(pool.len(), 1);
    for _ in 0..3 {
        // Longer than the time for headers.
        thread::sleep(Duration::from_millis(700));
        query(&nginx);
        assert_eq!(client_ports(&server), pool);
    }
    drop(nginx);
    server.stop();
}
