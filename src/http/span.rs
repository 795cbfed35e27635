//! The OpenTelemetry span of a request. It continues the trace of the client or proxy, if any.

use axum::http::{HeaderMap, Method, StatusCode};
use opentelemetry::{
    propagation::TextMapPropagator,
    trace::{TraceContextExt, TraceId},
};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::{Span, field::Empty};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::request_id::RequestId;

/// Creates the span of a request; a disabled one if traces are off.
pub(super) fn start(
    method: &Method,
    route: Option<&str>,
    headers: &HeaderMap,
    id: &RequestId,
) -> Span {
    let span = tracing::trace_span!(
        target: "otel",
        "request",
        otel.name = Empty,
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method.as_str(),
        http.route = route,
        http.response.status_code = Empty,
        request.id = id.as_str(),
    );
    if !span.is_disabled() {
        let name = format!("{method} {}", route.unwrap_or("other"));
        span.record("otel.name", name);
        let parent = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
        if parent.span().span_context().is_valid() {
            // This fails only if no layer collects traces, and then there is nothing to lose.
            let _ = span.set_parent(parent);
        }
    }
    span
}

/// Records the status of the response. Returns the trace id for the access log; `None` if traces
/// are off.
pub(super) fn end(span: &Span, status: StatusCode) -> Option<TraceId> {
    if span.is_disabled() {
        return None;
    }
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
    let id = span.context().span().span_context().trace_id();
    (id != TraceId::INVALID).then_some(id)
}
