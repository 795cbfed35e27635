//! GraphQL over HTTP, subscriptions, persisted documents, caching, and connections.

mod caching;
mod connections;
mod live_reload;
mod mcp;
mod nginx;
mod persisted;
mod requests;
#[cfg(feature = "parquet")]
mod saved_queries;
// Reads all formats.
#[cfg(feature = "parquet")]
mod tables;

use axum::{
    body::Body,
    http::{Request, header},
};

/// A GET of the endpoint with query parameters.
fn get(parameters: &[(&str, &str)]) -> axum::http::request::Builder {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    Request::get(format!("/graphql?{query}"))
}

/// A POST of the endpoint with a JSON body.
fn post(body: impl Into<Body>) -> Request<Body> {
    Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .body(body.into())
        .unwrap()
}
