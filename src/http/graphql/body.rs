//! The body of a request, read within its limits.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;

use crate::{engine::Limits, http::error::HttpError};

/// All of the body.
///
/// # Errors
/// 413 where it is too large, 408 where it is too long in coming, 400 where it breaks off.
pub(in crate::http) async fn read_body(
    headers: &HeaderMap,
    body: Body,
    limits: &Limits,
) -> Result<Bytes, HttpError> {
    let max = limits.max_request_bytes;
    // Whoever says so beforehand need not send it all.
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > max) {
        return Err(with_connection_close(HttpError::too_large(max)));
    }
    let limited = Limited::new(body, usize::try_from(max).unwrap_or(usize::MAX));
    match timeout(limits.body_timeout, limited.collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            Err(with_connection_close(HttpError::too_large(max)))
        }
        Ok(Err(_)) => Err(with_connection_close(HttpError::bad_request(
            "the body of the request broke off",
        ))),
        Err(_) => Err(with_connection_close(HttpError::new(
            StatusCode::REQUEST_TIMEOUT,
            "REQUEST_TIMEOUT",
            format!(
                "the body of the request was not complete after {} ms (limits.bodyTimeoutMs)",
                limits.body_timeout.as_millis()
            ),
        ))),
    }
}

/// What is left of the body is not read, so the connection cannot be used again.
fn with_connection_close(refused: HttpError) -> HttpError {
    refused.with_header(header::CONNECTION, HeaderValue::from_static("close"))
}
