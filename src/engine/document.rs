//! Valid documents and their cache. A document is parsed and validated once, however often it is sent.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use apollo_compiler::{
    ExecutableDocument,
    executable::{self, OperationType},
    parser::SourceSpan,
    validation::Valid,
};
use async_graphql::Pos;
use moka::sync::Cache;

use super::{GraphqlError, lexer::LexedDocument, position::span_position, wording::list_available};

/// A document that is within the limits and valid for the schema.
#[derive(Debug)]
pub struct Document {
    normalized: Box<str>,
    operations: Vec<OperationInfo>,
    pub(super) executable: Valid<ExecutableDocument>,
    /// The size of the document in memory grows with it.
    pub(super) token_count: u64,
    /// A number that is unique within the process.
    pub(super) id: u64,
}

/// An operation of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationInfo {
    /// `None` for an anonymous operation, which is the only one of its document.
    pub name: Option<Box<str>>,
    /// Whether this is a query or a subscription.
    pub kind: OperationKind,
}

/// The kind of an operation. There are no mutations because the graph is read only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationKind {
    /// An operation with one response.
    Query,
    /// An operation with a response for each event.
    Subscription,
}

impl Document {
    pub(super) fn new(tokens: LexedDocument, valid: Valid<ExecutableDocument>) -> Self {
        static NEXT_ID: AtomicU64 = AtomicU64::new(0);
        let operations = valid
            .operations
            .iter()
            .map(|operation| OperationInfo {
                name: operation.name.as_ref().map(|name| name.as_str().into()),
                kind: match operation.operation_type {
                    OperationType::Subscription => OperationKind::Subscription,
                    // There are no mutations in the schema.
                    OperationType::Query | OperationType::Mutation => OperationKind::Query,
                },
            })
            .collect();
        Self {
            normalized: tokens.normalized.into(),
            operations,
            executable: valid,
            token_count: tokens.token_count,
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// The document without comments, commas and unnecessary whitespace. Documents that differ only in
    /// these have the same normalized text.
    pub fn normalized(&self) -> &str {
        &self.normalized
    }

    /// The operations in the order of the document.
    pub fn operations(&self) -> &[OperationInfo] {
        &self.operations
    }

    /// [`GetOperation`](https://spec.graphql.org/October2021/#GetOperation()): the operation with the
    /// name, or the only operation if there is no name.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` if no operation has the name, or if there is no name and several operations.
    pub fn get_operation(&self, name: Option<&str>) -> Result<&OperationInfo, GraphqlError> {
        let is_named = |operation: &&OperationInfo| operation.name.as_deref() == name;
        let message = match (name, self.operations.as_slice()) {
            (None, [operation]) => return Ok(operation),
            (None, _) => {
                "Must provide operation name if query contains multiple operations.".to_owned()
            }
            (Some(name), operations) => match operations.iter().find(is_named) {
                Some(operation) => return Ok(operation),
                None => format!("Unknown operation named {name:?}."),
            },
        };
        let names = self.operations.iter().filter_map(|one| one.name.as_deref());
        let hint = list_available("operations", names);
        Err(GraphqlError::bad_user_input(message + &hint))
    }

    pub(super) fn operation_definition(
        &self,
        operation: &OperationInfo,
    ) -> Option<&executable::Operation> {
        let operations = &self.executable.operations;
        match operation.name.as_deref() {
            Some(name) => operations.named.get(name).map(|operation| &**operation),
            None => operations.anonymous.as_deref(),
        }
    }

    pub(super) fn span_position(&self, span: Option<SourceSpan>) -> Option<Pos> {
        span_position(span, &self.executable.sources)
    }
}

/// Recently sent valid documents by their exact text.
pub(super) type DocumentCache = Cache<Arc<str>, Arc<Document>>;

/// How many bytes of memory the cached documents may take.
pub const DOCUMENT_CACHE_BYTES: u64 = 32 * 1024 * 1024;
/// Roughly how many bytes of memory a token of a parsed document takes.
const BYTES_PER_TOKEN: u64 = 200;
/// How many bytes are added for each document, which also bounds the number of cached documents.
const BASE_BYTES: u64 = 2 * 1024;

pub(super) fn new_document_cache() -> DocumentCache {
    let weigh = |text: &Arc<str>, document: &Arc<Document>| {
        // The text is stored twice: as the key and as the source that errors are located in.
        let texts = 2 * text.len() as u64 + document.normalized.len() as u64;
        let bytes = BASE_BYTES + texts + document.token_count * BYTES_PER_TOKEN;
        u32::try_from(bytes).unwrap_or(u32::MAX)
    };
    Cache::builder()
        .max_capacity(DOCUMENT_CACHE_BYTES)
        .weigher(weigh)
        .build()
}
