//! The files below `/export`, fetched through the router and read with standard parsers.

mod archive;
mod content;
mod figures;
mod geometry;
mod ranges;
mod requests;
mod respondents;
mod spreadsheet;
mod tools;
mod writing;

use std::{collections::HashMap, io::Read};

use axum::{
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use http_body_util::BodyExt;
use serde_json::Value;

use crate::support::graph::{TestGraph, statement_log};

/// A response, read to its end.
struct Fetched {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
    statements: Vec<String>,
}

impl Fetched {
    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    /// The rows of a CSV file, each as a map from column names to cells.
    fn rows(&self) -> Vec<HashMap<String, String>> {
        rows(&self.bytes)
    }

    /// The files of an archive, in order.
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let bytes = std::io::Cursor::new(self.bytes.as_slice());
        let mut archive = zip::ZipArchive::new(bytes).unwrap();
        let n = archive.len();
        let file = |n| {
            let mut file = archive.by_index(n).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            (file.name().unwrap().into_owned(), bytes)
        };
        (0..n).map(file).collect()
    }

    /// The message and the code of the only error.
    fn error(&self) -> (String, String) {
        let json = self.json();
        assert_eq!(json["errors"].as_array().unwrap().len(), 1);
        let error = &json["errors"][0];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&error["message"]), text(&error["extensions"]["code"]))
    }
}

fn rows(bytes: &[u8]) -> Vec<HashMap<String, String>> {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    csv::Reader::from_reader(bytes)
        .deserialize()
        .map(Result::unwrap)
        .collect()
}

async fn send(graph: &TestGraph, request: Request<Body>) -> Fetched {
    let response = graph.send_unread(request).await;
    let log = statement_log(&response);
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    Fetched {
        status,
        headers,
        bytes: bytes.to_vec(),
        statements: log.map(|log| log.statements()).unwrap_or_default(),
    }
}

fn get(path: &str) -> Request<Body> {
    Request::get(format!("/export/{path}"))
        .body(Body::empty())
        .unwrap()
}

async fn fetch(graph: &TestGraph, path: &str) -> Fetched {
    let fetched = send(graph, get(path)).await;
    assert_eq!(fetched.status, StatusCode::OK, "{path}");
    fetched
}
