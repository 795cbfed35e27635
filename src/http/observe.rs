//! Around every request: its id, its line in the log, the headers that every answer has, and what
//! happens where something panics.

use std::{any::Any, panic::AssertUnwindSafe, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use tracing::{Instrument, Level};

use super::{
    Server,
    graphql::Operation,
    health,
    refusal::{Codes, Refused},
    request_id::{RequestId, X_REQUEST_ID},
    span,
};
use crate::db::StatementLog;

/// What a client makes up is logged so far, in characters.
const SHOWN: usize = 100;

/// The outermost layer.
pub(super) async fn observe(
    State(server): State<Server>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let id = RequestId::new(request.headers().get(X_REQUEST_ID));
    request.extensions_mut().insert(id.clone());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let path = shown(request.uri().path()).to_owned();
    let name = route.as_ref().map(MatchedPath::as_str);
    let span = span::of(&method, name, request.headers(), &id);
    let mut response = AssertUnwindSafe(next.run(request).instrument(span.clone()))
        .catch_unwind()
        .await
        .unwrap_or_else(|panic| panicked(&*panic, &id));
    let elapsed = started.elapsed();
    let trace = span::end(&span, response.status());
    let extensions = response.extensions();
    let codes = extensions.get::<Codes>().map_or(&[][..], |codes| &codes.0);
    let operation = extensions.get::<Operation>();
    let statements = extensions.get::<StatementLog>();
    let route = route.as_ref().map(MatchedPath::as_str);
    let metrics = server.metrics();
    metrics.request(
        &method,
        route.unwrap_or("other"),
        response.status(),
        elapsed,
    );
    metrics.errors(codes);
    macro_rules! answered {
        ($level:expr) => {
            tracing::event!(
                $level,
                request.id = id.as_str(),
                trace.id = trace.map(tracing::field::display),
                http.method = method.as_str(),
                http.path = path,
                http.status = response.status().as_u16(),
                operation.name =
                    operation.and_then(|operation| operation.name.as_deref().map(shown)),
                cache.hit = operation.and_then(|operation| operation.hit),
                error.code = codes.first(),
                sql.statements = statements.map(StatementLog::count),
                sql.duration_us = statements.map(|log| log.time().as_micros()),
                duration_us = elapsed.as_micros(),
                "answered"
            )
        };
    }
    if route.is_some_and(health::is_for_operators) {
        answered!(Level::DEBUG);
    } else {
        answered!(Level::INFO);
    }
    add_headers(&mut response, &id);
    response
}

fn shown(text: &str) -> &str {
    let end = text.char_indices().nth(SHOWN).map(|(end, _)| end);
    &text[..end.unwrap_or(text.len())]
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
