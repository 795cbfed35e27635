//! What an operator may set of the server.

use std::{path::PathBuf, time::Duration};

use axum::http::HeaderValue;

use super::Proxies;

/// How requests are taken, kept and answered; the limits of a request itself are
/// [`crate::engine::Limits`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Bytes of answers kept in memory; 0 keeps none.
    pub cache_bytes: u64,
    /// How long browsers and shared caches may keep an answer to a GET without asking again.
    pub max_age: Duration,
    /// Sites whose pages may read answers; `*` stands for all.
    pub allowed_origins: Vec<String>,
    /// A folder of documents that clients may name by `documentId`.
    pub trusted_documents: Option<PathBuf>,
    /// Whether nothing but trusted documents is executed.
    pub only_trusted: bool,
    /// Requests that a client may send in a second; 0 sets no limit.
    pub rate_limit: u32,
    /// Requests that a client may send at once after a pause.
    pub rate_burst: u32,
    /// By whom the addresses of clients are known.
    pub proxies: Proxies,
    /// For the client to take some more of an answer.
    pub write_timeout: Duration,
    /// How long connections are still accepted when the server is asked to stop, so that whoever
    /// sends requests here learns of it first.
    pub stop_delay: Duration,
    /// For requests under way, when the server stops.
    pub drain_timeout: Duration,
    /// Whether `/livez`, `/readyz` and `/metrics` have an address of their own.
    pub has_operations_listener: bool,
}

impl Settings {
    /// Whether pages of an origin may read answers.
    pub(super) fn allows_origin(&self, origin: &HeaderValue) -> bool {
        self.allows_any_origin()
            || self
                .allowed_origins
                .iter()
                .any(|allowed| origin == allowed.as_str())
    }

    /// Whether pages of every origin may.
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
