//! What goes wrong with a request, and how a client is told.

use std::sync::Arc;

use async_graphql::Pos;
use sea_orm::DbErr;
use serde_json::{Value, json};

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

    /// A value that cannot be used.
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

/// A fault of ours while a request runs. Deliberately not shown to clients: they read "internal
/// error" and a request id, the log has the rest.
#[derive(Clone, Debug, thiserror::Error)]
pub enum InternalError {
    /// The database refused or failed.
    #[error("the database failed")]
    Database(#[source] Arc<DbErr>),
    /// The graph is defined wrongly.
    #[error("{0}")]
    Schema(String),
    /// Not a fault: what was read shows that the request asks for too much.
    #[error("refused")]
    Rejected(GraphqlError),
}

impl From<DbErr> for InternalError {
    fn from(error: DbErr) -> Self {
        Self::Database(Arc::new(error))
    }
}

impl From<Arc<DbErr>> for InternalError {
    fn from(error: Arc<DbErr>) -> Self {
        Self::Database(error)
    }
}
