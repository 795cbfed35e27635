//! A document that may be executed: parsed, bounded and validated once, however often it is sent.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use apollo_compiler::{
    ExecutableDocument,
    executable::{self, OperationType},
    parser::SourceSpan,
    validation::Valid,
};
use async_graphql::Pos;
use moka::sync::Cache;

use super::{GraphqlError, lexer::LexedDocument, position::span_position};

/// A document that was parsed, is within the limits, and fits the schema.
pub struct Document {
    normalized: Box<str>,
    operations: Vec<OperationInfo>,
    pub(super) executable: Valid<ExecutableDocument>,
    /// How many tokens it has: its memory grows with them.
    pub(super) token_count: u64,
    /// No other document of the process has it.
    pub(super) id: u64,
}

/// An operation of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationInfo {
    /// Its name; only the single operation of a document may have none.
    pub name: Option<Box<str>>,
    /// What it does.
    pub kind: OperationKind,
}

/// What an operation does. There are no mutations: the graph is read only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationKind {
    /// Reads once.
    Query,
    /// Reads again for each event.
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

    /// The text without comments, commas and layout: equal for documents that differ in nothing
    /// else, and a document of the same meaning itself.
    pub fn normalized(&self) -> &str {
        &self.normalized
    }

    /// Its operations, in the order of the text.
    pub fn operations(&self) -> &[OperationInfo] {
        &self.operations
    }

    /// The operation that a request asks for: the one of that name, or the only one.
    ///
    /// # Errors
    /// Where there is none of that name, or the name is missing and there are several.
    pub fn get_operation(&self, name: Option<&str>) -> Result<&OperationInfo, GraphqlError> {
        let names = || {
            let names: Vec<_> = self
                .operations
                .iter()
                .filter_map(|operation| operation.name.as_deref())
                .collect();
            match names.is_empty() {
                true => "one operation without a name".to_owned(),
                false => names.join(", "),
            }
        };
        match (name, self.operations.as_slice()) {
            (None, [only]) => Ok(only),
            (None, _) => Err(GraphqlError::bad_user_input(format!(
                "operationName is missing; the document has {}",
                names()
            ))),
            (Some(name), operations) => operations
                .iter()
                .find(|operation| operation.name.as_deref() == Some(name))
                .ok_or_else(|| {
                    GraphqlError::bad_user_input(format!(
                        "operationName is {name:?}, but the document has {}",
                        names()
                    ))
                }),
        }
    }

    /// The definition of an operation.
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

    /// Where a span of it begins.
    pub(super) fn span_position(&self, span: Option<SourceSpan>) -> Option<Pos> {
        span_position(span, &self.executable.sources)
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("normalised", &self.normalized)
            .finish_non_exhaustive()
    }
}

/// The documents that were sent lately, by their text as sent. What is refused is not kept.
pub(super) type DocumentCache = Cache<Arc<str>, Arc<Document>>;

/// How many bytes of memory the documents may take.
pub const DOCUMENT_CACHE_BYTES: u64 = 32 * 1024 * 1024;
/// How many bytes of memory a token of a document takes once it is parsed, roughly.
const BYTES_PER_TOKEN: u64 = 200;
/// How many bytes a document takes besides; so this bounds how many there are, too.
const BASE_BYTES: u64 = 2 * 1024;

/// An empty cache of documents.
pub(super) fn new_document_cache() -> DocumentCache {
    Cache::builder()
        .max_capacity(DOCUMENT_CACHE_BYTES)
        .weigher(|text: &Arc<str>, document: &Arc<Document>| estimated_bytes(text, document))
        .build()
}

/// The bytes of memory that a document takes, roughly.
fn estimated_bytes(text: &str, document: &Document) -> u32 {
    // The text is its key, and its source, where errors are placed.
    let texts = 2 * text.len() as u64 + document.normalized.len() as u64;
    let bytes = BASE_BYTES + texts + document.token_count * BYTES_PER_TOKEN;
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
