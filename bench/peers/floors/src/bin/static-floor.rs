//! Answers with fixed bytes: what HTTP alone costs.

use std::error::Error;

use axum::{Router, body::Bytes, routing::post};
use floors::{arguments, files, json, serve};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let [answers, address] = arguments("ANSWERS-FOLDER ADDRESS:PORT")?;
    let mut routes = Router::new();
    for (name, answer) in files(&answers, "json")? {
        let answer = Bytes::from(answer);
        // Taking the body as an argument reads it to its end.
        let handler = async move |_request: Bytes| json(answer.clone());
        routes = routes.route(&format!("/{name}"), post(handler));
    }
    serve(routes, &address).await
}
