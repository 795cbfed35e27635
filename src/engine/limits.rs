//! The limits on requests.

use std::time::Duration;

use super::{ErrorCode, GraphqlError};

/// The limits on requests, which clients can query with the field `limits`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The maximum depth of nested fields in a document.
    pub max_depth: u64,
    /// The maximum cost of a request; see [`super::Plan::cost`].
    pub max_complexity: u64,
    /// The maximum number of rows on a page.
    pub max_page_size: u64,
    /// The number of rows on a page if the request has neither `first` nor `last`.
    pub default_page_size: u64,
    /// The maximum number of aliases in an operation.
    pub max_aliases: u64,
    /// How long a request may take to execute.
    pub request_timeout: Duration,
    /// The maximum size of a request body, in bytes.
    pub max_request_bytes: u64,
    /// The maximum number of requests in a batch; 0 if batching is off.
    pub max_batch: u64,
    /// The maximum number of requests that are executed at the same time.
    pub max_concurrent_requests: u64,
    /// The maximum number of requests that wait to be executed.
    pub max_waiting_requests: u64,
    /// The maximum number of clients that have a subscription or a WebSocket open.
    pub max_subscribers: u64,
    /// The maximum number of open connections.
    pub max_connections: u64,
    /// How long the request headers may take to arrive, and how long a connection may be idle.
    pub header_timeout: Duration,
    /// How long the request body may take to arrive.
    pub body_timeout: Duration,
    /// The maximum size of a document, in bytes.
    pub max_query_bytes: u64,
    /// The maximum number of tokens in a document.
    pub max_tokens: u64,
    /// The maximum number of fields, fragment spreads and inline fragments in a document, after fragment
    /// expansion.
    pub max_selections: u64,
    /// The maximum number of root fields in an operation.
    pub max_root_fields: u64,
    /// The maximum number of directives in an operation.
    pub max_directives: u64,
    /// The maximum number of variables that a document declares.
    pub max_variables: u64,
    /// The maximum number of values in a list in an argument or a variable.
    pub max_list_size: u64,
}

impl Limits {
    /// The error for a request whose cost exceeds the limit.
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
