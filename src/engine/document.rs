//! Valid documents and their cache. A document is parsed and validated once, however often it is sent.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use apollo_compiler::{
    ExecutableDocument,
    executable::Operation,
    parser::{SourceMap, SourceSpan},
    validation::Valid,
};
use async_graphql::Pos;
use moka::sync::Cache;

use super::{GraphqlError, lexer::LexedDocument};
use crate::suggestion::list_available;

/// A document that is within the limits and valid for the schema.
#[derive(Debug)]
pub struct Document {
    normalized: Box<str>,
    pub(super) executable: Valid<ExecutableDocument>,
    /// The size of the document in memory grows with it.
    pub(super) token_count: u64,
    /// A number that is unique within the process.
    pub(super) id: u64,
}

impl Document {
    pub(super) fn new(tokens: LexedDocument, valid: Valid<ExecutableDocument>) -> Self {
        static NEXT_ID: AtomicU64 = AtomicU64::new(0);
        Self {
            normalized: tokens.normalized.into(),
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

    /// The names of the operations in the order of the document. An anonymous operation has none.
    pub fn operation_names(&self) -> impl Iterator<Item = &str> {
        let operations = self.executable.operations.iter();
        operations.filter_map(|operation| operation.name.as_deref())
    }

    /// [`GetOperation`](https://spec.graphql.org/October2021/#GetOperation()): the operation with the
    /// name, or the only operation if there is no name.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` if no operation has the name, or if there is no name and several operations.
    pub fn get_operation(&self, name: Option<&str>) -> Result<&Operation, GraphqlError> {
        let message = match (self.executable.operations.get(name), name) {
            (Ok(operation), _) => return Ok(operation),
            (_, Some(name)) => format!("Unknown operation named {name:?}."),
            (_, None) => {
                "Must provide operation name if query contains multiple operations.".to_owned()
            }
        };
        let hint = list_available("operations", self.operation_names());
        Err(GraphqlError::bad_user_input(message + &hint))
    }

    /// The text of the document with another field at the end of the selection set of an operation; `None` if the document
    /// does not have the operation.
    pub fn text_with_root_field(&self, operation: Option<&str>, field: &str) -> Option<String> {
        let operation = self.executable.operations.get(operation).ok()?;
        let span = operation.location()?;
        let text = self.executable.sources.get(&span.file_id())?.source_text();
        let end = text.get(..span.end_offset())?.rfind('}')?;
        let (before, after) = text.split_at(end);
        Some(format!("{before} {field} {after}"))
    }

    pub(super) fn span_position(&self, span: Option<SourceSpan>) -> Option<Pos> {
        span_position(span, &self.executable.sources)
    }
}

/// The line and column at which a span begins.
pub(super) fn span_position(span: Option<SourceSpan>, sources: &SourceMap) -> Option<Pos> {
    let start = span?.line_column(sources)?;
    let (line, column) = (start.line, start.column);
    Some(Pos { line, column })
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
