//! Reads request bodies within the limits of size and time.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;

use super::error::HttpError;
use crate::limits::Limits;

/// A request extension: the body, if a layer has read it before the handler.
#[derive(Clone, Debug)]
pub(super) struct BufferedBody(pub(super) Result<Bytes, HttpError>);

/// Reads the whole body.
///
/// # Errors
/// 413 if the body is too large, 408 if it does not arrive in time, 400 if it ends early.
pub(super) async fn read_body(
    headers: &HeaderMap,
    body: Body,
    limits: &Limits,
) -> Result<Bytes, HttpError> {
    let max = limits.max_request_bytes;
    // A body that announces its length is rejected before it is sent.
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
            "the request body ended early",
        ))),
        Err(_) => Err(with_connection_close(HttpError::new(
            StatusCode::REQUEST_TIMEOUT,
            "REQUEST_TIMEOUT",
            format!(
                "the request body did not arrive within {} ms (limits.bodyTimeoutMs)",
                limits.body_timeout.as_millis()
            ),
        ))),
    }
}

/// The rest of the body stays unread, so the connection cannot be reused.
fn with_connection_close(error: HttpError) -> HttpError {
    error.with_header(header::CONNECTION, HeaderValue::from_static("close"))
}
