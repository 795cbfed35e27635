//! The limits on requests and connections, each defined in one row of a table.

use std::time::Duration;

use crate::graphql_error::{ErrorCode, GraphqlError};

/// The definition of a limit. The option, the environment variable, the field of the GraphQL type `Limits`,
/// the row of `docs/configuration.md`, and the metric are all made from it.
#[derive(Debug)]
pub struct LimitDefinition {
    /// The name in the API and in error messages, such as `maxDepth`.
    pub name: &'static str,
    /// The unit, in the plural.
    pub unit: &'static str,
    /// The description for clients and operators, in Markdown.
    pub description: &'static str,
    /// Returns the value in `unit`.
    pub get: fn(&Limits) -> u64,
    /// Sets the value in `unit`.
    pub set: fn(&mut Limits, u64),
}

impl LimitDefinition {
    /// Returns the name as an option without the leading hyphens, such as `max-depth`.
    pub fn option_name(&self) -> String {
        self.lowercase_name('-')
    }

    /// Returns the name of the environment variable, such as `SISTERGRAPH_MAX_DEPTH`.
    pub fn environment_variable(&self) -> String {
        format!("SISTERGRAPH_{}", self.lowercase_name('_').to_uppercase())
    }

    fn lowercase_name(&self, separator: char) -> String {
        let mut name = String::new();
        for character in self.name.chars() {
            if character.is_ascii_uppercase() {
                name.push(separator);
            }
            name.push(character.to_ascii_lowercase());
        }
        name
    }
}

/// The type of a limit in [`Limits`].
trait LimitValue {
    fn to_number(self) -> u64;
    fn from_number(number: u64) -> Self;
}

impl LimitValue for u64 {
    fn to_number(self) -> u64 {
        self
    }

    fn from_number(number: u64) -> Self {
        number
    }
}

/// In milliseconds.
impl LimitValue for Duration {
    fn to_number(self) -> u64 {
        u64::try_from(self.as_millis()).unwrap_or(u64::MAX)
    }

    fn from_number(number: u64) -> Self {
        Self::from_millis(number)
    }
}

/// Parses the value of an option, such as `1000`.
///
/// # Errors
/// If the text is not a whole number, which is all that a user has to know.
pub fn parse_whole_number(text: &str) -> Result<u64, &'static str> {
    let number = text.trim().parse();
    number.map_err(|_| "not a whole number from 0 to 18446744073709551615, such as 1000")
}

macro_rules! limits {
    ($(
        $(#[doc = $description:literal])*
        $field:ident: $type:ty = $default:expr, $name:literal in $unit:literal;
    )+) => {
        /// The limits on requests and connections, which clients can query with the field `limits`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Limits { $( $(#[doc = $description])* pub $field: $type, )+ }

        impl Default for Limits {
            fn default() -> Self {
                Self { $( $field: $default, )+ }
            }
        }

        impl Limits {
            /// Every limit, in the order of the GraphQL type.
            pub const DEFINITIONS: &'static [LimitDefinition] = &[$( LimitDefinition {
                name: $name,
                unit: $unit,
                description: concat!($($description,)*).trim_ascii_start(),
                get: |limits| limits.$field.to_number(),
                set: |limits, number| limits.$field = LimitValue::from_number(number),
            }, )+];
        }
    };
}

impl Limits {
    /// The error for a request whose cost exceeds the limit.
    pub fn complexity_error(&self, cost: u64) -> GraphqlError {
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

limits! {
    /// The maximum depth of nested fields in a document, after fragment expansion.
    max_depth: u64 = 20, "maxDepth" in "levels";
    /// The maximum cost of a request: each field counts once for every object that the lists above it may return.
    max_complexity: u64 = 250_000, "maxComplexity" in "fields";
    /// The maximum number of rows on a page, which is the maximum value of `first` and `last`.
    max_page_size: u64 = 2_000, "maxPageSize" in "rows";
    /// The number of rows on a page if neither `first` nor `last` is given.
    default_page_size: u64 = 20, "defaultPageSize" in "rows";
    /// The maximum number of aliases in an operation, after fragment expansion.
    max_aliases: u64 = 200, "maxAliases" in "aliases";
    /// The maximum time for executing a request, including the time that it waits for execution, in milliseconds. The database enforces it too.
    request_timeout: Duration = Duration::from_secs(10), "requestTimeoutMs" in "ms";
    /// The maximum size of a request body, in bytes.
    max_request_bytes: u64 = 128 * 1024, "maxRequestBytes" in "bytes";
    /// The maximum number of requests in a batch; 0 turns batches off.
    max_batch: u64 = 0, "maxBatch" in "requests";
    /// The maximum number of requests that are executed at the same time.
    max_concurrent_requests: u64 = 4, "maxConcurrentRequests" in "requests";
    /// The maximum number of requests that wait for execution. Further requests are rejected with the code `OVERLOADED` and can be retried.
    max_waiting_requests: u64 = 64, "maxWaitingRequests" in "requests";
    /// The maximum number of subscribers: subscriptions over server-sent events plus WebSocket connections. Further ones are rejected with status 503.
    max_subscribers: u64 = 128, "maxSubscribers" in "clients";
    /// The maximum number of open connections. If there are more, the one that has waited longest for a request is closed; if none waits, further ones are rejected with status 503. By default, at most half of the file descriptors that the process may open.
    max_connections: u64 = 1_024, "maxConnections" in "connections";
    /// The time within which the headers of the first request on a connection must arrive, in milliseconds.
    header_timeout: Duration = Duration::from_secs(30), "headerTimeoutMs" in "ms";
    /// The time within which the request body must arrive, in milliseconds.
    body_timeout: Duration = Duration::from_secs(10), "bodyTimeoutMs" in "ms";
    /// The maximum size of a document, in bytes.
    max_query_bytes: u64 = 64 * 1024, "maxQueryBytes" in "bytes";
    /// The maximum number of tokens in a document: names, values, and punctuation.
    max_tokens: u64 = 10_000, "maxTokens" in "tokens";
    /// The maximum number of fields, fragment spreads, and inline fragments in a document, after fragment expansion.
    max_selections: u64 = 5_000, "maxSelections" in "selections";
    /// The maximum number of root fields in an operation, after fragment expansion.
    max_root_fields: u64 = 100, "maxRootFields" in "fields";
    /// The maximum number of directives in an operation, after fragment expansion.
    max_directives: u64 = 200, "maxDirectives" in "directives";
    /// The maximum number of variables that a document declares.
    max_variables: u64 = 200, "maxVariables" in "variables";
    /// The maximum number of values in one list of an argument or a variable. Some arguments allow fewer.
    max_list_size: u64 = 2_000, "maxListSize" in "values";
    /// The maximum number of errors listed for one document, and of locations for one error. A last error counts the others.
    max_errors: u64 = 10, "maxErrors" in "errors";
}
