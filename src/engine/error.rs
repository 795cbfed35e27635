//! The errors of a request.
//!
//! Clients get a [`GraphqlError`]. Only the log contains an [`InternalError`]; it cannot be converted to
//! a `GraphqlError`, so `?` cannot leak internals to a client. [`ExecutionError`] is either.

use std::{io, sync::Arc};

use crate::{db::DatabaseError, graphql_error::GraphqlError};

/// An error of the server. Clients get only "internal error" and the request id, with which the whole
/// source chain is in the log.
#[derive(Debug, thiserror::Error)]
pub enum InternalError {
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] Arc<DatabaseError>),
    /// The stored data contradict themselves, such as a search index that refers to a missing row.
    #[error("the stored data are inconsistent: {0}")]
    Data(String),
    /// A resolver got arguments, a plan or a row of another type than it expects. This is checked when the
    /// engine starts, so no request fails with it.
    #[error("the graph is not defined correctly: {0}")]
    Schema(String),
    /// apollo-compiler could not execute an introspection query that it had validated.
    #[error("introspection failed: {0}")]
    Introspection(String),
    /// A value could not be written as JSON.
    #[error("a value could not be written as JSON")]
    Json(#[from] serde_json::Error),
    /// Input or output failed.
    #[error("input or output failed")]
    Io(#[from] io::Error),
    /// The server shut down before the work was done.
    #[error("the server is shutting down")]
    Shutdown,
}

impl InternalError {
    /// Whether the database cannot be reached, so that the same read may succeed later.
    pub fn is_database_unavailable(&self) -> bool {
        matches!(self, Self::Database(error) if error.is_unavailable())
    }
}

impl From<DatabaseError> for InternalError {
    fn from(error: DatabaseError) -> Self {
        Self::Database(Arc::new(error))
    }
}

/// The reason why a request has no data.
#[derive(Debug)]
pub enum ExecutionError {
    /// The request is invalid. The client gets these errors.
    Rejected(Vec<GraphqlError>),
    /// The server failed. The client gets no details.
    Internal(InternalError),
}

impl From<GraphqlError> for ExecutionError {
    fn from(error: GraphqlError) -> Self {
        Self::Rejected(vec![error])
    }
}

impl<E: Into<InternalError>> From<E> for ExecutionError {
    fn from(error: E) -> Self {
        Self::Internal(error.into())
    }
}
