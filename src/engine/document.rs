//! A document that may be executed: parsed, bounded and validated once, however often it is sent.

use std::{fmt, sync::Arc};

use async_graphql::{
    Pos,
    parser::types::{ExecutableDocument, OperationDefinition, OperationType},
};
use quick_cache::{OptionsBuilder, Weighter, sync::Cache};

use super::Refusal;

/// A document that was parsed, is within the limits, and fits the schema.
pub struct Document {
    normalised: Box<str>,
    operations: Vec<Operation>,
    pub(super) parsed: ExecutableDocument,
}

/// An operation of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
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
    pub(super) fn new(normalised: String, parsed: ExecutableDocument) -> Self {
        let operations = parsed
            .operations
            .iter()
            .map(|(name, operation)| Operation {
                name: name.map(|name| name.as_str().into()),
                kind: match operation.node.ty {
                    OperationType::Subscription => OperationKind::Subscription,
                    _ => OperationKind::Query,
                },
            })
            .collect();
        Self {
            normalised: normalised.into(),
            operations,
            parsed,
        }
    }

    /// The text without comments, commas and layout: equal for documents that differ in nothing
    /// else, and a document of the same meaning itself.
    pub fn normalised(&self) -> &str {
        &self.normalised
    }

    /// Its operations, in the order of the text.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The operation that a request asks for: the one of that name, or the only one.
    ///
    /// # Errors
    /// Where there is none of that name, or the name is missing and there are several.
    pub fn operation(&self, name: Option<&str>) -> Result<&Operation, Refusal> {
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
            (None, _) => Err(Refusal::input(format!(
                "operationName is missing; the document has {}",
                names()
            ))),
            (Some(name), operations) => operations
                .iter()
                .find(|operation| operation.name.as_deref() == Some(name))
                .ok_or_else(|| {
                    Refusal::input(format!(
                        "operationName is {name:?}, but the document has {}",
                        names()
                    ))
                }),
        }
    }

    /// The definition of an operation.
    pub(super) fn definition(&self, operation: &Operation) -> Option<(&OperationDefinition, Pos)> {
        self.parsed
            .operations
            .iter()
            .find(|(name, _)| name.map(|name| name.as_str()) == operation.name.as_deref())
            .map(|(_, definition)| (&definition.node, definition.pos))
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("normalised", &self.normalised)
            .finish_non_exhaustive()
    }
}

/// The documents that were sent lately, by their text as sent. What is refused is not kept.
pub(super) type Documents = Cache<Box<str>, Arc<Document>, Bytes>;

/// How many bytes of memory the documents may take.
const CAPACITY: u64 = 32 * 1024 * 1024;
/// How many bytes of memory a parsed document takes for each of its text, roughly.
const PARSED: u64 = 30;
/// How many bytes a document takes besides; so this bounds how many there are, too.
const LEAST: u64 = 2 * 1024;

/// Weighs a document: roughly, what it takes of memory.
#[derive(Clone)]
pub(super) struct Bytes;

impl Weighter<Box<str>, Arc<Document>> for Bytes {
    fn weight(&self, text: &Box<str>, document: &Arc<Document>) -> u64 {
        let normalised = document.normalised.len() as u64;
        LEAST + text.len() as u64 + normalised * PARSED
    }
}

/// An empty cache of documents.
pub(super) fn documents() -> Documents {
    let estimated = usize::try_from(CAPACITY / (16 * LEAST)).unwrap_or(1);
    let mut options = OptionsBuilder::new();
    // Few shards: the largest document has to fit into one.
    options
        .shards(4)
        .estimated_items_capacity(estimated)
        .weight_capacity(CAPACITY);
    let options = options.build().expect("both capacities are given");
    Cache::with_options(options, Bytes, Default::default(), Default::default())
}
