//! Request ids, which connect a response that a client got with the server log.

use std::{
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
    time::UNIX_EPOCH,
};

use axum::http::{Extensions, HeaderName, HeaderValue};

pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id that the proxy in front sent, or 8 hexadecimal digits from a counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RequestId(String);

impl RequestId {
    /// Takes the id of the request header if it is 1 to 64 ASCII letters, digits, and `-_.:`, which are
    /// safe to log; otherwise makes a new one.
    pub(super) fn new(header: Option<&HeaderValue>) -> Self {
        // Starting at the current nanosecond keeps the ids of two runs apart.
        static COUNT: LazyLock<AtomicU32> = LazyLock::new(|| {
            let now = UNIX_EPOCH.elapsed().unwrap_or_default();
            AtomicU32::new(now.subsec_nanos())
        });
        let header = header.and_then(|id| id.to_str().ok()).filter(|id| {
            let is_safe = |letter: char| letter.is_ascii_alphanumeric() || "-_.:".contains(letter);
            (1..=64).contains(&id.len()) && id.chars().all(is_safe)
        });
        match header {
            Some(id) => Self(id.to_owned()),
            None => Self(format!("{:08x}", COUNT.fetch_add(1, Ordering::Relaxed))),
        }
    }

    /// The id that the outermost layer attached to the request.
    pub(super) fn from_extensions(extensions: &Extensions) -> Self {
        extensions.get().cloned().unwrap_or_else(|| Self::new(None))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}
