//! The outermost layers: request ids, the access log, metrics, the headers of every response, and
//! recovery from panics.

use std::{
    any::Any,
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use opentelemetry::trace::TraceId;
use tracing::{Instrument, Level};

use super::{
    Server,
    error::HttpError,
    health,
    request_id::{RequestId, X_REQUEST_ID},
    response_info::ResponseInfo,
    span,
};

/// The headers that every response gets unless it sets them itself. tower-http's layer clones a boxed value for
/// each of them per request, which took 4% of the time of a small query.
const DEFAULT_HEADERS: [(HeaderName, HeaderValue); 4] = [
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
    // Only pages, which set their own policy, may load or run anything.
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    ),
];

/// Characters of a path or an operation name that are logged: both are up to the client.
const MAX_LOGGED_CHARS: usize = 100;

/// Runs a request, records it, and completes its response.
pub(super) async fn observe(
    State(server): State<Arc<Server>>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let id = RequestId::new(request.headers().get(X_REQUEST_ID));
    request.extensions_mut().insert(id.clone());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let path = truncate(request.uri().path()).to_owned();
    let route_path = route.as_ref().map(MatchedPath::as_str);
    let span = span::start(&method, route_path, request.headers(), &id);
    let mut response = AssertUnwindSafe(next.run(request).instrument(span.clone()))
        .catch_unwind()
        .await
        .unwrap_or_else(|panic| respond_to_panic(&*panic, &id));
    let elapsed = started.elapsed();
    let trace = span::end(&span, response.status());
    let info = response.extensions().get::<ResponseInfo>();
    let codes = info.map_or(&[][..], |info| &info.error_codes);
    let statements = info.and_then(|info| info.statement_log.as_ref());
    let metrics = &server.metrics;
    metrics.record_request(
        &method,
        route_path.unwrap_or("other"),
        response.status(),
        elapsed,
    );
    metrics.record_errors(codes);
    log_request(&AccessLogEntry {
        id: &id,
        trace,
        method: &method,
        path: &path,
        status: response.status(),
        operation: info.and_then(|info| info.operation_name.as_deref()),
        hit: info.and_then(|info| info.cache_hit),
        code: codes.first().copied(),
        statements: statements.map(|log| (log.count(), log.time().as_micros())),
        elapsed,
        level: match route_path.is_some_and(health::is_operations_route) {
            true => Level::DEBUG,
            false => Level::INFO,
        },
    });
    let headers = response.headers_mut();
    for (name, value) in DEFAULT_HEADERS {
        headers.entry(name).or_insert(value);
    }
    if let Ok(id) = HeaderValue::from_str(id.as_str()) {
        headers.insert(X_REQUEST_ID, id);
    }
    response
}

/// One entry of the access log.
pub(super) struct AccessLogEntry<'a> {
    pub(super) id: &'a RequestId,
    pub(super) trace: Option<TraceId>,
    pub(super) method: &'a Method,
    pub(super) path: &'a str,
    pub(super) status: StatusCode,
    pub(super) operation: Option<&'a str>,
    pub(super) hit: Option<bool>,
    pub(super) code: Option<&'static str>,
    /// The number of SQL statements, and the microseconds they took.
    pub(super) statements: Option<(usize, u128)>,
    pub(super) elapsed: Duration,
    pub(super) level: Level,
}

/// Logs a request.
pub(super) fn log_request(entry: &AccessLogEntry<'_>) {
    macro_rules! write_entry {
        ($level:expr) => {
            tracing::event!(
                $level,
                request.id = entry.id.as_str(),
                trace.id = entry.trace.map(tracing::field::display),
                http.method = entry.method.as_str(),
                http.path = entry.path,
                http.status = entry.status.as_u16(),
                operation.name = entry.operation.map(truncate),
                cache.hit = entry.hit,
                error.code = entry.code,
                sql.statements = entry.statements.map(|(count, _)| count),
                sql.duration_us = entry.statements.map(|(_, time)| time),
                duration_us = entry.elapsed.as_micros(),
                "answered"
            )
        };
    }
    if entry.level == Level::INFO {
        write_entry!(Level::INFO);
    } else {
        write_entry!(Level::DEBUG);
    }
}

fn truncate(text: &str) -> &str {
    let end = text
        .char_indices()
        .nth(MAX_LOGGED_CHARS)
        .map(|(end, _)| end);
    &text[..end.unwrap_or(text.len())]
}

/// Nothing should panic. If something does, the client gets no internals and the server goes on.
/// tower-http's `CatchPanicLayer` would not know the request id.
fn respond_to_panic(panic: &(dyn Any + Send), id: &RequestId) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(
        panic = message,
        request.id = id.as_str(),
        "a request panicked"
    );
    HttpError::internal(id).into_response()
}
