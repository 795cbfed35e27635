//! HTTP errors: requests that fail before execution, answered with GraphQL errors in JSON.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{request_id::RequestId, response_info::ResponseInfo};
use crate::graphql_error::GraphqlError;

/// The media type of errors, and of all JSON that is not a GraphQL response.
pub(super) const JSON_CONTENT_TYPE: HeaderValue =
    HeaderValue::from_static("application/json; charset=utf-8");

/// An error response: a status, a stable error code, and a message.
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

    /// 500: the cause must be in the log, under the same request id.
    pub(super) fn internal(id: &RequestId) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "INTERNAL_SERVER_ERROR",
            format!(
                "internal error; the cause is in the server log under the request id {}",
                id.as_str()
            ),
        )
    }

    /// 404: no route has the path, or no file the name.
    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", message)
    }

    /// 405, with `Allow`.
    pub(super) fn method_not_allowed(
        method: &Method,
        allowed: &'static str,
        message: &str,
    ) -> Self {
        let error = Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
            format!("method {method} is not allowed; {message}"),
        );
        error.with_header(header::ALLOW, HeaderValue::from_static(allowed))
    }

    /// 413: the body is larger than `limits.maxRequestBytes`.
    pub(super) fn too_large(max_bytes: u64) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "REQUEST_TOO_LARGE",
            format!("the request body is larger than {max_bytes} bytes (limits.maxRequestBytes)"),
        )
    }

    /// 503, with `Retry-After: 1`.
    pub(super) fn overloaded(message: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "OVERLOADED", message)
            .with_retry_after(Duration::from_secs(1))
    }

    /// 503, with `Retry-After: 1`: no answer came from the database, also when asked a second time.
    pub(super) fn database_unavailable() -> Self {
        let GraphqlError { code, message, .. } = GraphqlError::database_unavailable();
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code.as_str(), message)
            .with_retry_after(Duration::from_secs(1))
    }

    /// Adds `Retry-After`: the wait, rounded up to whole seconds, at least 1.
    #[must_use]
    pub(super) fn with_retry_after(self, wait: Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        self.with_header(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)))
    }

    /// Adds a header.
    #[must_use]
    pub(super) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The body: a GraphQL response with `errors` and without `data`, as JSON.
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
