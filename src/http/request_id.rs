//! A name for each request, by which what a client saw is found in the log.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
};

use axum::http::{Extensions, HeaderName, HeaderValue};

/// The header that carries it.
pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The name of a request: that of the proxy in front, or one that is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RequestId(String);

impl RequestId {
    /// The id that the request came with, where it is fit to be logged; a new one otherwise.
    pub(super) fn new(given: Option<&HeaderValue>) -> Self {
        // Begins anywhere, so that the ids of one run are not those of the last.
        static COUNT: LazyLock<AtomicU32> = LazyLock::new(|| {
            let anywhere = RandomState::new().hash_one(std::process::id());
            AtomicU32::new((anywhere >> 32) as u32)
        });
        let given = given.and_then(|given| given.to_str().ok()).filter(|given| {
            let is_fit = |letter: char| letter.is_ascii_alphanumeric() || "-_.:".contains(letter);
            (1..=64).contains(&given.len()) && given.chars().all(is_fit)
        });
        match given {
            Some(given) => Self(given.to_owned()),
            None => Self(format!("{:08x}", COUNT.fetch_add(1, Ordering::Relaxed))),
        }
    }

    /// The id that the outermost layer gave the request.
    pub(super) fn from_extensions(extensions: &Extensions) -> Self {
        extensions.get().cloned().unwrap_or_else(|| Self::new(None))
    }

    /// The id as text.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}
