//! Requests that are refused before anything is executed, as GraphQL errors in JSON.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::response_info::ResponseInfo;

/// What the media type of GraphQL errors is where the client does not ask for another.
pub(super) const JSON_CONTENT_TYPE: HeaderValue =
    HeaderValue::from_static("application/json; charset=utf-8");

/// Why a request is refused: a status, a stable code, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HttpError {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: String,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl HttpError {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            headers: Vec::new(),
        }
    }

    /// 400: the request is malformed.
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
    }

    /// 405, with `Allow`.
    pub(super) fn method_not_allowed(
        method: &Method,
        allowed: &'static str,
        message: &str,
    ) -> Self {
        let refused = Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
            format!("{method} is not allowed here: {message}"),
        );
        refused.with_header(header::ALLOW, HeaderValue::from_static(allowed))
    }

    /// 413: the body is larger than `limits.maxRequestBytes`.
    pub(super) fn too_large(max_bytes: u64) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "REQUEST_TOO_LARGE",
            format!(
                "the body of the request has more than {max_bytes} bytes (limits.maxRequestBytes)"
            ),
        )
    }

    /// 503, with the time after which to try again.
    pub(super) fn overloaded(message: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "OVERLOADED", message)
            .with_retry_after(Duration::from_secs(1))
    }

    /// The same, saying after how long another try may succeed; whole seconds, one at least.
    #[must_use]
    pub(super) fn with_retry_after(self, wait: Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        self.with_header(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)))
    }

    /// The same, with another header.
    #[must_use]
    pub(super) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The body: a GraphQL response without `data`.
    pub(super) fn body(&self) -> String {
        json!({ "errors": [{ "message": self.message, "extensions": { "code": self.code } }] })
            .to_string()
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, JSON_CONTENT_TYPE);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.extend(self.headers);
        ResponseInfo::from_error_codes(vec![self.code]).attach(&mut response);
        response
    }
}
