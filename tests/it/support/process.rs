//! The program as a process of its own.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, ChildStderr, Command, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

/// The program without the environment of whoever runs the tests.
pub(crate) fn sistergraph(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sistergraph"));
    let is_ours = |name: &str| {
        name.starts_with("SISTERGRAPH_")
            || name.starts_with("OTEL_")
            || name.to_lowercase().ends_with("_proxy")
    };
    for (name, _) in std::env::vars().filter(|(name, _)| is_ours(name)) {
        command.env_remove(name);
    }
    command
        .current_dir(folder)
        .stderr(Stdio::piped())
        .stdout(Stdio::piped());
    command
}

/// A server under way; killed if the test forgets it.
pub(crate) struct Server {
    pub(crate) child: Child,
    log: BufReader<ChildStderr>,
    /// What it logged until it was ready.
    pub(crate) start: String,
    pub(crate) address: String,
}

impl Server {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut start = String::new();
        let address = loop {
            let mut line = String::new();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "it ended: {start}");
            start += &line;
            if let Some((_, rest)) = line.split_once("serving on http://") {
                let end =
                    rest.find(|letter: char| !(letter.is_ascii_digit() || ".:".contains(letter)));
                break rest[..end.unwrap()].to_owned();
            }
        };
        Self {
            child,
            log,
            start,
            address,
        }
    }

    /// The head of a request, the connection left open.
    pub(crate) fn open(&self, length: usize, more: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\nconnection: close\r\n{more}\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream
    }

    pub(crate) fn query(&self, query: &str) -> Value {
        let body = json!({ "query": query }).to_string();
        let mut stream = self.open(body.len(), "");
        stream.write_all(body.as_bytes()).unwrap();
        answer(stream)["data"].clone()
    }

    pub(crate) fn signal(&self, signal: &str) {
        let status = Command::new("kill")
            .args(["-s", signal, &self.child.id().to_string()])
            .status();
        assert!(status.unwrap().success());
    }

    /// Waits for a line of the log, and gives what was logged until then.
    pub(crate) fn read_until(&mut self, text: &str) -> String {
        let mut read = String::new();
        loop {
            let start = read.len();
            let n = self.log.read_line(&mut read).unwrap();
            assert_ne!(n, 0, "it ended before {text:?}: {read}");
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

/// What a server at an address answers to a GET: the status, the headers, and the body.
pub(crate) fn get(address: &str, path: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    let status = head["HTTP/1.1 ".len()..][..3].parse().unwrap();
    (status, head.to_owned(), body.to_owned())
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already where all went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The body of an answer with status 200.
pub(crate) fn answer(mut stream: TcpStream) -> Value {
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    let (_, body) = response.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap()
}
