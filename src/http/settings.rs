//! The settings of the server, apart from the limits of a request.

use std::{path::PathBuf, time::Duration};

use axum::http::HeaderValue;

use super::Proxies;

/// What operators can set, apart from [`crate::engine::Limits`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Memory for cached answers, in bytes; 0 turns caching off.
    pub cache_bytes: u64,
    /// `max-age` of responses to GET, for browsers and shared caches.
    pub max_age: Duration,
    /// Origins whose pages may read responses; `*` allows all.
    pub allowed_origins: Vec<String>,
    /// A folder of documents that clients may execute by `documentId`.
    pub trusted_documents: Option<PathBuf>,
    /// Whether only trusted documents are executed.
    pub only_trusted: bool,
    /// Requests per second and client; 0 turns the limit off.
    pub rate_limit: u32,
    /// Requests that a client may send in a burst.
    pub rate_burst: u32,
    /// The proxies whose forwarded headers are used.
    pub proxies: Proxies,
    /// How long a client may stop reading before it is disconnected.
    pub write_timeout: Duration,
    /// How long the server keeps accepting connections after a stop is requested, so that load
    /// balancers notice first.
    pub stop_delay: Duration,
    /// How long the requests in progress may take after that.
    pub drain_timeout: Duration,
    /// Whether `/livez`, `/readyz` and `/metrics` are on a listener of their own.
    pub has_operations_listener: bool,
}

impl Settings {
    /// Whether pages of an origin may read responses.
    pub(super) fn allows_origin(&self, origin: &HeaderValue) -> bool {
        self.allows_any_origin()
            || self
                .allowed_origins
                .iter()
                .any(|allowed| origin == allowed.as_str())
    }

    /// Whether pages of every origin may read responses.
    pub(super) fn allows_any_origin(&self) -> bool {
        self.allowed_origins.iter().any(|allowed| allowed == "*")
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            cache_bytes: 32 * 1024 * 1024,
            max_age: Duration::from_secs(60),
            allowed_origins: vec!["*".to_owned()],
            trusted_documents: None,
            only_trusted: false,
            rate_limit: 0,
            rate_burst: 100,
            proxies: Proxies::default(),
            write_timeout: Duration::from_secs(30),
            stop_delay: Duration::ZERO,
            drain_timeout: Duration::from_secs(10),
            has_operations_listener: false,
        }
    }
}
