//! The program, run as a process.

use std::{
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    net::TcpStream,
    process::{Child, ChildStderr, Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A command for the program, without settings from the environment of the tests.
pub(crate) fn sistergraph(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sistergraph"));
    let is_setting = |name: &str| {
        name.starts_with("SISTERGRAPH_")
            || name.starts_with("OTEL_")
            || name.to_lowercase().ends_with("_proxy")
    };
    for (name, _) in std::env::vars().filter(|(name, _)| is_setting(name)) {
        command.env_remove(name);
    }
    command
        .current_dir(folder)
        .stderr(Stdio::piped())
        .stdout(Stdio::piped());
    command
}

/// Runs the program to its end.
pub(crate) fn run_sistergraph(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    sistergraph(&folder).args(arguments).output().unwrap()
}

/// Runs a tool, and returns what it prints; `None` if it is not installed.
pub(crate) fn run_tool(folder: &TempDir, program: &str, arguments: &[&str]) -> Option<String> {
    let output = match Command::new(program)
        .current_dir(folder)
        .env("no_proxy", "*")
        .args(arguments)
        .output()
    {
        Ok(output) => output,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            eprintln!("{program} is not installed");
            return None;
        }
        Err(error) => panic!("{program}: {error}"),
    };
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{program}: {}",
        text(&output.stderr)
    );
    Some(text(&output.stdout))
}

/// A running server, killed on drop.
pub(crate) struct Server {
    pub(crate) child: Child,
    log: BufReader<ChildStderr>,
    /// The log until the server was ready.
    pub(crate) startup_log: String,
    pub(crate) address: String,
}

impl Server {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut startup_log = String::new();
        let address = loop {
            let mut line = String::new();
            assert_ne!(
                log.read_line(&mut line).unwrap(),
                0,
                "the server stopped: {startup_log}"
            );
            startup_log += &line;
            if let Some((_, rest)) = line.split_once("serving on http://") {
                let end =
                    rest.find(|letter: char| !(letter.is_ascii_digit() || ".:[]".contains(letter)));
                break rest[..end.unwrap()].to_owned();
            }
        };
        Self {
            child,
            log,
            startup_log,
            address,
        }
    }

    /// Sends the headers of a POST, and returns the open connection.
    pub(crate) fn open(&self, length: usize, more_headers: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let headers = format!(
            "POST /graphql HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\nconnection: close\r\n{more_headers}\r\n"
        );
        stream.write_all(headers.as_bytes()).unwrap();
        stream
    }

    pub(crate) fn query(&self, query: &str) -> Value {
        let body = json!({ "query": query }).to_string();
        let mut stream = self.open(body.len(), "");
        stream.write_all(body.as_bytes()).unwrap();
        read_response(stream)["data"].clone()
    }

    pub(crate) fn signal(&self, signal: &str) {
        let status = Command::new("kill")
            .args(["-s", signal, &self.child.id().to_string()])
            .status();
        assert!(status.unwrap().success());
    }

    /// Waits for a log entry that contains a text, and returns the log up to it.
    pub(crate) fn read_until(&mut self, text: &str) -> String {
        let mut read = String::new();
        loop {
            let start = read.len();
            let n = self.log.read_line(&mut read).unwrap();
            assert_ne!(n, 0, "the server stopped before {text:?}: {read}");
            if read[start..].contains(text) {
                return read;
            }
        }
    }

    pub(crate) fn stop(mut self) {
        self.signal("TERM");
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

/// Sends a GET, and returns the status, the headers, and the body of the response.
pub(crate) fn get(address: &str, path: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    let (headers, body) = response.split_once("\r\n\r\n").unwrap();
    let status = headers["HTTP/1.1 ".len()..][..3].parse().unwrap();
    (status, headers.to_owned(), body.to_owned())
}

/// Waits until the condition is met, and returns how long that took.
pub(crate) async fn wait_until(condition: impl Fn() -> bool) -> Duration {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < Duration::from_secs(60));
        tokio::task::yield_now().await;
    }
    started.elapsed()
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails if the server has already stopped.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads a response with status 200, and returns its body.
pub(crate) fn read_response(mut stream: TcpStream) -> Value {
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    let (_, body) = response.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap()
}
