//! Around every request: its id, its line in the log, the headers that every answer has, and what
//! happens where something panics.

use std::{any::Any, panic::AssertUnwindSafe, time::Instant};

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;

use super::{
    graphql::Operation,
    refusal::{Codes, Refused},
    request_id::{RequestId, X_REQUEST_ID},
};
use crate::db::StatementLog;

/// The outermost layer.
pub(super) async fn observe(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = RequestId::new(request.headers().get(X_REQUEST_ID));
    request.extensions_mut().insert(id.clone());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let mut response = AssertUnwindSafe(next.run(request))
        .catch_unwind()
        .await
        .unwrap_or_else(|panic| panicked(&*panic, &id));
    let extensions = response.extensions();
    let operation = extensions.get::<Operation>();
    tracing::info!(
        request.id = id.as_str(),
        http.method = method.as_str(),
        http.path = path,
        http.status = response.status().as_u16(),
        operation.name = operation.and_then(|operation| operation.name.as_deref()),
        cache.hit = operation.and_then(|operation| operation.hit),
        error.code = extensions
            .get::<Codes>()
            .and_then(|codes| codes.0.first().copied()),
        sql.statements = extensions
            .get::<StatementLog>()
            .map(|log| log.statements().len()),
        duration_us = started.elapsed().as_micros(),
        "answered"
    );
    add_headers(&mut response, &id);
    response
}

fn add_headers(response: &mut Response, id: &RequestId) {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(id.as_str()) {
        headers.insert(X_REQUEST_ID, id);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        // Answers are no pages: nothing in them may be loaded or run.
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "cross-origin",
        ),
    ] {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
}

/// Nothing panics; if something did, the client reads no internals and the server goes on.
fn panicked(panic: &(dyn Any + Send), id: &RequestId) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(
        panic = message,
        request.id = id.as_str(),
        "a request panicked"
    );
    let message = format!("internal error; the log has it under {}", id.as_str());
    Refused::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "INTERNAL_SERVER_ERROR",
        message,
    )
    .into_response()
}
