//! Returns fixed bytes: the cost of HTTP alone.

use std::error::Error;

use axum::{Router, body::Bytes, routing::post};
use floors::{arguments, files, json, serve};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let [answers, address] = arguments("ANSWERS-FOLDER ADDRESS:PORT")?;
    let mut routes = Router::new();
    for (name, answer) in files(&answers, "json")? {
        let answer = Bytes::from(answer);
        // The argument makes axum read the whole body.
        let handler = async move |_request: Bytes| json(answer.clone());
        routes = routes.route(&format!("/{name}"), post(handler));
    }
    serve(routes, &address).await
}
