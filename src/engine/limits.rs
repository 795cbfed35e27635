//! The limits that a request is held to.

use std::time::Duration;

use super::{ErrorCode, GraphqlError};

/// The limits that a request is held to; `limits` of the API shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Levels that a document may nest.
    pub max_depth: u64,
    /// What a request may cost: see [`super::Plan::cost`].
    pub max_complexity: u64,
    /// Rows of a page.
    pub max_page_size: u64,
    /// Rows of a page where `first` is not given.
    pub default_page_size: u64,
    /// Aliases of an operation.
    pub max_aliases: u64,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// Bytes of the body of a request.
    pub max_request_bytes: u64,
    /// Requests of a batch; 0 where batches are off.
    pub max_batch: u64,
    /// Requests that run at a time.
    pub max_concurrent_requests: u64,
    /// Requests that wait for their turn.
    pub max_waiting_requests: u64,
    /// Clients with a subscription at a time, or a WebSocket.
    pub max_subscribers: u64,
    /// Connections at a time.
    pub max_connections: u64,
    /// How long the head of a request may take, and how long a connection may be idle.
    pub header_timeout: Duration,
    /// How long the body of a request may take.
    pub body_timeout: Duration,
    /// Bytes of a document.
    pub max_query_bytes: u64,
    /// Tokens of a document: names, values and punctuation.
    pub max_tokens: u64,
    /// Fields, spreads and inline fragments of a document, with what is spread written out.
    pub max_selections: u64,
    /// Fields at the top of an operation.
    pub max_root_fields: u64,
    /// Directives of an operation.
    pub max_directives: u64,
    /// Variables that a document declares.
    pub max_variables: u64,
    /// Values of one list in an argument or a variable.
    pub max_list_size: u64,
}

impl Limits {
    /// The error for a request whose cost is over the limit.
    pub(super) fn complexity_error(&self, cost: u64) -> GraphqlError {
        GraphqlError::new(
            ErrorCode::ComplexityLimit,
            format!(
                "the request has a complexity of {cost}, but at most {} is allowed \
                 (limits.maxComplexity). Each field counts once for every object that the lists above \
                 it may return; request smaller pages or fewer fields",
                self.max_complexity
            ),
        )
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_depth: 20,
            max_complexity: 250_000,
            max_page_size: 2_000,
            default_page_size: 20,
            max_aliases: 200,
            request_timeout: Duration::from_secs(10),
            max_request_bytes: 128 * 1024,
            max_batch: 0,
            max_concurrent_requests: 4,
            max_waiting_requests: 64,
            max_subscribers: 128,
            max_connections: 256,
            header_timeout: Duration::from_secs(30),
            body_timeout: Duration::from_secs(10),
            max_query_bytes: 64 * 1024,
            max_tokens: 15_000,
            max_selections: 10_000,
            max_root_fields: 100,
            max_directives: 200,
            max_variables: 200,
            max_list_size: 2_000,
        }
    }
}
