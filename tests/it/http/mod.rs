//! GraphQL over HTTP, as the specification and its clients have it.

mod caching;
mod connections;
mod live;
mod persisted;
mod requests;

use axum::{
    body::Body,
    http::{Request, header},
};

/// A GET of the endpoint with these parameters.
fn get(parameters: &[(&str, &str)]) -> axum::http::request::Builder {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    Request::get(format!("/graphql?{query}"))
}

/// A POST of a JSON body.
fn post(body: impl Into<Body>) -> Request<Body> {
    Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .body(body.into())
        .unwrap()
}
