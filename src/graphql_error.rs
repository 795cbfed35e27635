//! The errors that clients get, and their codes.

use async_graphql::Pos;
use serde_json::{Value, json};

macro_rules! error_codes {
    ($( #[doc = $description:literal] $variant:ident = $code:literal, )+) => {
        /// The stable values of `extensions.code`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ErrorCode { $( #[doc = $description] $variant, )+ }

        impl ErrorCode {
            /// The code as it appears in responses.
            pub fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $code, )+ }
            }
        }
    };
}

error_codes! {
    /// The document is not GraphQL.
    ParseFailed = "GRAPHQL_PARSE_FAILED",
    /// The document is not valid for the schema.
    ValidationFailed = "GRAPHQL_VALIDATION_FAILED",
    /// The value of an argument or a variable is invalid.
    BadUserInput = "BAD_USER_INPUT",
    /// A cursor is malformed, or comes from another list or order.
    BadCursor = "BAD_CURSOR",
    /// `first` or `last` exceeds the maximum page size.
    PageTooLarge = "PAGE_TOO_LARGE",
    /// The request has a higher cost than the server allows.
    ComplexityLimit = "COMPLEXITY_LIMIT",
    /// The document is nested more deeply than the server allows.
    DepthLimit = "DEPTH_LIMIT",
    /// The document has more aliases than the server allows.
    AliasLimit = "ALIAS_LIMIT",
    /// The document has more bytes than the server allows.
    QueryTooLarge = "QUERY_TOO_LARGE",
    /// The document has more tokens than the server allows.
    TokenLimit = "TOKEN_LIMIT",
    /// The document has more selections, after fragment expansion, than the server allows.
    SelectionLimit = "SELECTION_LIMIT",
    /// The document has more root fields than the server allows.
    RootFieldLimit = "ROOT_FIELD_LIMIT",
    /// The document has more directives than the server allows.
    DirectiveLimit = "DIRECTIVE_LIMIT",
    /// The document declares more variables than the server allows.
    VariableLimit = "VARIABLE_LIMIT",
    /// A list in an argument or a variable has more values than the server allows.
    ListLimit = "LIST_LIMIT",
    /// The request took longer than the server allows.
    Timeout = "TIMEOUT",
    /// The database cannot be reached. Try again.
    DatabaseUnavailable = "DATABASE_UNAVAILABLE",
    /// The server failed.
    Internal = "INTERNAL_SERVER_ERROR",
}

/// How many bytes of a message are sent, because messages repeat parts of the request.
const MAX_MESSAGE_BYTES: usize = 290;

/// An error of a response. Its message says what is wrong, and then what would be right.
#[derive(Clone, Debug, PartialEq)]
pub struct GraphqlError {
    /// The message for people.
    pub message: String,
    /// The code for programs.
    pub code: ErrorCode,
    /// The parts of the document that the error is about.
    pub locations: Vec<Pos>,
    /// The response keys and list indexes of the field that failed.
    pub path: Vec<Value>,
}

impl GraphqlError {
    /// Makes an error without a location. A long message is cut.
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

    /// The error that clients get for every internal error.
    pub(crate) fn internal() -> Self {
        Self::new(ErrorCode::Internal, "internal error")
    }

    /// The error that clients get if the database cannot be reached.
    pub fn database_unavailable() -> Self {
        let message = "the database is not available; try again in a second";
        Self::new(ErrorCode::DatabaseUnavailable, message)
    }

    /// Makes an error for an invalid argument, variable or parameter.
    pub fn bad_user_input(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::BadUserInput, message)
    }

    /// Adds a location if it is known, unless the error has one.
    #[must_use]
    pub fn with_location(mut self, position: impl Into<Option<Pos>>) -> Self {
        if self.locations.is_empty() {
            self.locations.extend(position.into());
        }
        self
    }

    /// The error in the [response format](https://spec.graphql.org/October2021/#sec-Errors).
    pub fn to_json(&self, request_id: &str) -> Value {
        let mut error = json!({ "message": self.message });
        if !self.locations.is_empty() {
            error["locations"] = json!(self.locations);
        }
        if !self.path.is_empty() {
            error["path"] = json!(self.path);
        }
        error["extensions"] = json!({ "code": self.code.as_str() });
        if self.code == ErrorCode::Internal {
            error["extensions"]["requestId"] = request_id.into();
        }
        error
    }
}
