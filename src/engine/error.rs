//! The errors of a request.
//!
//! [`GraphqlError`] is what a client reads. [`InternalError`] is what only the log shows; there is no
//! conversion from it to a `GraphqlError`, so internals cannot reach a client by `?`. [`ExecutionError`] is
//! either.

use std::{io, sync::Arc};

use async_graphql::Pos;
use serde_json::{Value, json};

use crate::db::DatabaseError;

/// Stable codes of `extensions.code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// The document is not GraphQL.
    ParseFailed,
    /// The document does not fit the schema.
    ValidationFailed,
    /// A value of an argument or a variable cannot be used.
    BadUserInput,
    /// A cursor is broken, or was made by another list or order.
    BadCursor,
    /// `first` asks for more than a page may hold.
    PageTooLarge,
    /// The request would cost more than the server allows.
    ComplexityLimit,
    /// The document nests deeper than the server allows.
    DepthLimit,
    /// The document has more aliases than the server allows.
    AliasLimit,
    /// The document has more bytes than the server allows.
    QueryTooLarge,
    /// The document has more tokens than the server allows.
    TokenLimit,
    /// The document selects more than the server allows, fragments written out.
    SelectionLimit,
    /// The document has more root fields than the server allows.
    RootFieldLimit,
    /// The document has more directives than the server allows.
    DirectiveLimit,
    /// The document declares more variables than the server allows.
    VariableLimit,
    /// A list in an argument or a variable has more values than the server allows.
    ListLimit,
    /// The request took longer than the server allows.
    Timeout,
    /// A fault of the server.
    Internal,
}

impl ErrorCode {
    /// The code as clients see it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::ValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::BadCursor => "BAD_CURSOR",
            Self::PageTooLarge => "PAGE_TOO_LARGE",
            Self::ComplexityLimit => "COMPLEXITY_LIMIT",
            Self::DepthLimit => "DEPTH_LIMIT",
            Self::AliasLimit => "ALIAS_LIMIT",
            Self::QueryTooLarge => "QUERY_TOO_LARGE",
            Self::TokenLimit => "TOKEN_LIMIT",
            Self::SelectionLimit => "SELECTION_LIMIT",
            Self::RootFieldLimit => "ROOT_FIELD_LIMIT",
            Self::DirectiveLimit => "DIRECTIVE_LIMIT",
            Self::VariableLimit => "VARIABLE_LIMIT",
            Self::ListLimit => "LIST_LIMIT",
            Self::Timeout => "TIMEOUT",
            Self::Internal => "INTERNAL_SERVER_ERROR",
        }
    }
}

/// How many bytes a message may have.
const MAX_MESSAGE_BYTES: usize = 290;

/// Why a request is refused; says what is wrong and what would be right.
#[derive(Clone, Debug, PartialEq)]
pub struct GraphqlError {
    /// What the client reads.
    pub message: String,
    /// What the client's program reads.
    pub code: ErrorCode,
    /// Where in the document.
    pub locations: Vec<Pos>,
    /// Which field, by response keys and list indexes.
    pub path: Vec<Value>,
}

impl GraphqlError {
    /// A refusal that no place in the document is to blame for, yet.
    /// A message that repeats much of what was sent is cut.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        let mut message: String = message.into();
        if message.len() > MAX_MESSAGE_BYTES {
            message.truncate(message.floor_char_boundary(MAX_MESSAGE_BYTES));
            message.push_str("...");
        }
        Self {
            message,
            code,
            locations: Vec::new(),
            path: Vec::new(),
        }
    }

    /// The one error that stands for every failure of the server.
    pub(super) fn internal() -> Self {
        Self::new(ErrorCode::Internal, "internal error")
    }

    /// An argument, variable or parameter whose value cannot be used.
    pub fn bad_user_input(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::BadUserInput, message)
    }

    /// The same, at a place in the document.
    #[must_use]
    pub fn with_location(mut self, pos: Pos) -> Self {
        if self.locations.is_empty() {
            self.locations.push(pos);
        }
        self
    }

    /// The same, at a place that may not be known.
    #[must_use]
    pub(super) fn with_optional_location(self, pos: Option<Pos>) -> Self {
        match pos {
            Some(pos) => self.with_location(pos),
            None => self,
        }
    }

    /// The same, of a field.
    #[must_use]
    pub fn with_path(mut self, path: &[Value]) -> Self {
        self.path = path.to_vec();
        self
    }

    /// The error as the GraphQL specification writes it.
    pub fn to_json(&self, request_id: &str) -> Value {
        let mut error = json!({ "message": self.message });
        if !self.locations.is_empty() {
            error["locations"] = self
                .locations
                .iter()
                .map(|pos| json!({ "line": pos.line, "column": pos.column }))
                .collect();
        }
        if !self.path.is_empty() {
            error["path"] = self.path.clone().into();
        }
        error["extensions"] = json!({ "code": self.code.as_str() });
        if self.code == ErrorCode::Internal {
            error["extensions"]["requestId"] = request_id.into();
        }
        error
    }
}

/// A failure of the server. Clients never read it: they read "internal error" and a request id, under
/// which the log has the whole source chain.
#[derive(Debug, thiserror::Error)]
pub enum InternalError {
    /// The database failed.
    #[error("the database failed")]
    Database(#[source] Arc<DatabaseError>),
    /// The stored data contradict themselves, such as a search index that refers to a missing row.
    #[error("the stored data are inconsistent: {0}")]
    Data(String),
    /// The graph is not defined correctly, such as a field that reads a row of another type.
    #[error("the graph is not defined correctly: {0}")]
    Schema(String),
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

impl From<DatabaseError> for InternalError {
    fn from(error: DatabaseError) -> Self {
        Self::Database(Arc::new(error))
    }
}

impl From<Arc<DatabaseError>> for InternalError {
    fn from(error: Arc<DatabaseError>) -> Self {
        Self::Database(error)
    }
}

/// Why a request has no data.
#[derive(Debug)]
pub enum ExecutionError {
    /// The request cannot be executed. The client reads why.
    Rejected(Vec<GraphqlError>),
    /// The server failed. The client reads nothing of it.
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
