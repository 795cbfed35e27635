//! What a response reports to the layers around its handler.

use axum::response::Response;
use bytes::Bytes;

use crate::db::StatementLog;

/// An extension of responses, read by the access log, the metrics and the raw cache. A response
/// without it counts as one without errors and without an operation.
#[derive(Clone, Debug, Default)]
pub struct ResponseInfo {
    /// The codes of all errors in the response.
    pub error_codes: Vec<&'static str>,
    /// The name of the executed operation; `None` if it is anonymous or nothing was executed.
    pub operation_name: Option<String>,
    /// Whether the response cache had the answer; `None` if it was not consulted.
    pub cache_hit: Option<bool>,
    /// The SQL statements of the request; `None` if it never got as far as the database.
    pub statement_log: Option<StatementLog>,
    /// The answer as it was sent; `None` if it must not be cached.
    pub cacheable_body: Option<CacheableBody>,
}

/// A body that answers equal requests until the data changes.
#[derive(Clone, Debug)]
pub struct CacheableBody {
    /// The body in the encoding in which it was sent.
    pub body: Bytes,
    /// The generation of the data it was computed from.
    pub generation: u64,
}

impl ResponseInfo {
    /// A report of errors and nothing else.
    pub(super) fn from_error_codes(error_codes: Vec<&'static str>) -> Self {
        Self {
            error_codes,
            ..Self::default()
        }
    }

    /// Attaches this to a response, replacing what it carried.
    pub(super) fn attach(self, response: &mut Response) {
        response.extensions_mut().insert(self);
    }
}
