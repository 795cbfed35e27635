//! Stored documents: automatic persisted queries (Apollo's protocol), which clients register, and
//! trusted documents, which are read from a folder.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    fs, io,
    path::Path,
    sync::Arc,
};

use axum::http::StatusCode;
use include_dir::{Dir, include_dir};
use moka::sync::Cache;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::request::{RequestParams, missing_query};
use crate::{engine::Engine, http::error::HttpError};

/// Memory for automatic persisted queries, in bytes.
pub const MAX_PERSISTED_QUERY_BYTES: u64 = 8 * 1024 * 1024;

/// Why a folder of trusted documents cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TrustedDocumentsError {
    /// The folder or one of its files cannot be read.
    #[error("cannot read trusted documents from {0}")]
    Unreadable(String, #[source] io::Error),
    /// A JSON file has a syntax error or another structure.
    #[error("{0} is not a file of trusted documents: {1}")]
    Malformed(String, String),
    /// A document is not valid for the schema and the limits of this server.
    #[error("the trusted document {1:?} in {0} is not valid: {2}")]
    InvalidDocument(String, String, String),
    /// Two different documents have the same id.
    #[error("two trusted documents have the id {1:?}; the second is in {0}")]
    DuplicateId(String, String),
    /// The folder has no documents.
    #[error("there are no trusted documents in {0}; add .graphql, .gql, or .json files")]
    NoDocuments(String),
}

/// Documents that clients can execute by hash or id. Cheap to clone.
#[derive(Clone)]
pub(in crate::http) struct PersistedDocuments {
    /// By the SHA-256 of the text, in hexadecimal; the cache of persisted queries.
    automatic: Cache<String, Arc<str>>,
    trusted: Arc<HashMap<String, Arc<str>>>,
    /// The names of the operations in trusted documents.
    operation_names: Arc<HashSet<Box<str>>>,
    /// The queries in trusted documents by the names of their operations.
    saved_queries: Arc<BTreeMap<String, SavedQuery>>,
    only_trusted: bool,
}

/// A named query of a trusted document, which has an address of its own.
#[derive(Clone, Debug)]
pub(super) struct SavedQuery {
    /// The name of the operation.
    pub(super) name: String,
    /// The comment at the beginning of the document.
    pub(super) description: String,
    /// The text of the document.
    pub(super) text: Arc<str>,
}

/// The queries that come with the program, by name.
static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/http/graphql/queries");

/// A document to execute.
#[derive(Debug)]
pub(super) struct RequestDocument {
    pub(super) text: Arc<str>,
    /// The hash to store the document by if it turns out to be valid.
    hash_to_store: Option<String>,
}

impl PersistedDocuments {
    /// Reads and validates the trusted documents.
    ///
    /// # Errors
    /// If the folder or a file cannot be read, a document is not valid, two documents have the same id,
    /// or there are none.
    pub(in crate::http) fn new(
        folder: Option<&Path>,
        only_trusted: bool,
        engine: &Engine,
    ) -> Result<Self, TrustedDocumentsError> {
        let weight = |hash: &String, text: &Arc<str>| {
            u32::try_from(hash.len() + text.len() + 128).unwrap_or(u32::MAX)
        };
        let from_folder = folder.map(|folder| load_trusted_documents(folder, engine));
        let mut trusted = from_folder.transpose()?.unwrap_or_default();
        let mut names = operation_names(&trusted, engine);
        for (name, text) in built_in_documents() {
            // Those of the operator have precedence, and low limits may exclude one.
            let is_replaced = trusted.contains_key(name) || names.contains(name);
            if !is_replaced && engine.parse_document(text).is_ok() {
                let text: Arc<str> = text.into();
                trusted.insert(format!("sha256:{}", sha256_hex(&text)), text.clone());
                trusted.insert(name.to_owned(), text);
                names.insert(name.into());
            }
        }
        Ok(Self {
            automatic: Cache::builder()
                .max_capacity(MAX_PERSISTED_QUERY_BYTES)
                .weigher(weight)
                .build(),
            saved_queries: Arc::new(saved_queries(trusted.values(), engine)),
            trusted: Arc::new(trusted),
            operation_names: Arc::new(names),
            only_trusted,
        })
    }

    /// Returns the document of a request.
    ///
    /// # Errors
    /// 400 if the request has none, both `query` and `documentId`, or a hash that does not match;
    /// 404 if the id is unknown; 403 if only trusted documents are executed and this one is not;
    /// `PERSISTED_QUERY_NOT_FOUND` if the hash is unknown.
    pub(super) fn resolve(&self, request: &RequestParams) -> Result<RequestDocument, HttpError> {
        let hash = persisted_query_hash(request)?;
        if let Some(id) = &request.document_id {
            if request.query.is_some() {
                return Err(HttpError::bad_request(
                    "the request has both \"query\" and \"documentId\"; send only one",
                ));
            }
            return self
                .trusted
                .get(id.as_str())
                .map(stored_document)
                .ok_or_else(|| {
                    HttpError::new(
                        StatusCode::NOT_FOUND,
                        "DOCUMENT_NOT_FOUND",
                        format!("there is no trusted document with the id {id:?}"),
                    )
                });
        }
        let Some(text) = request
            .query
            .as_deref()
            .filter(|text| !text.trim().is_empty())
        else {
            let hash = hash.ok_or_else(missing_query)?;
            return self.resolve_hash(&hash);
        };
        if self.only_trusted {
            let hash = sha256_hex(text);
            return self
                .trusted
                .get(&format!("sha256:{hash}"))
                .map(stored_document)
                .ok_or_else(|| {
                    HttpError::new(
                        StatusCode::FORBIDDEN,
                        "DOCUMENT_NOT_TRUSTED",
                        "the query is not a trusted document, and this server executes no others; \
                         send the id of a trusted document as \"documentId\"",
                    )
                });
        }
        if let Some(hash) = &hash
            && *hash != sha256_hex(text)
        {
            return Err(HttpError::bad_request(
                "extensions.persistedQuery.sha256Hash does not match the SHA-256 hash of the query",
            ));
        }
        Ok(RequestDocument {
            text: text.into(),
            hash_to_store: hash,
        })
    }

    fn resolve_hash(&self, hash: &str) -> Result<RequestDocument, HttpError> {
        let trusted = self.trusted.get(&format!("sha256:{hash}")).cloned();
        let document = trusted.or_else(|| {
            let automatic = (!self.only_trusted).then(|| self.automatic.get(hash));
            automatic.flatten()
        });
        // Apollo clients recognize this message and code, and then send the text.
        document.as_ref().map(stored_document).ok_or_else(|| {
            HttpError::new(
                StatusCode::OK,
                "PERSISTED_QUERY_NOT_FOUND",
                "PersistedQueryNotFound",
            )
        })
    }

    /// The queries in trusted documents by the names of their operations.
    pub(super) fn saved_queries(&self) -> &BTreeMap<String, SavedQuery> {
        &self.saved_queries
    }

    /// The names of the operations in trusted documents.
    pub(in crate::http) fn operation_names(&self) -> impl Iterator<Item = &str> {
        self.operation_names.iter().map(|name| &**name)
    }

    /// Stores a valid document if the client sent its hash.
    pub(super) fn store(&self, document: RequestDocument) {
        if let Some(hash) = document.hash_to_store
            && !self.automatic.contains_key(&hash)
        {
            self.automatic.insert(hash, document.text);
        }
    }
}

/// The names of the operations in these documents.
fn operation_names(trusted: &HashMap<String, Arc<str>>, engine: &Engine) -> HashSet<Box<str>> {
    let documents = trusted
        .values()
        .filter_map(|text| engine.parse_document(text).ok());
    documents
        .flat_map(|document| {
            let names = document.operation_names().map(Into::into);
            names.collect::<Vec<_>>()
        })
        .collect()
}

/// The names and texts of the documents that come with the program. The name is that of the operation, and the id.
fn built_in_documents() -> impl Iterator<Item = (&'static str, &'static str)> {
    BUILT_IN.files().filter_map(|file| {
        let id = file.path().file_stem()?.to_str()?;
        Some((id, file.contents_utf8()?))
    })
}

/// The queries of these documents by the names of their operations. If two documents have one name, neither has an address,
/// because it could change its meaning.
fn saved_queries<'a>(
    documents: impl Iterator<Item = &'a Arc<str>>,
    engine: &Engine,
) -> BTreeMap<String, SavedQuery> {
    let mut by_name: BTreeMap<String, Option<SavedQuery>> = BTreeMap::new();
    // A document has two ids.
    for text in documents.collect::<BTreeSet<_>>() {
        let Ok(document) = engine.parse_document(text) else {
            continue;
        };
        for name in document.operation_names() {
            let is_query = document
                .get_operation(Some(name))
                .is_ok_and(|operation| operation.is_query());
            if !is_query {
                continue;
            }
            let query = SavedQuery {
                name: name.to_owned(),
                description: description(text),
                text: text.clone(),
            };
            by_name
                .entry(name.to_owned())
                .and_modify(|other| {
                    *other = None;
                    tracing::warn!(
                        operation = name,
                        "several trusted documents have an operation with this name, so it has no address below /q"
                    );
                })
                .or_insert(Some(query));
        }
    }
    by_name
        .into_iter()
        .filter_map(|(name, query)| Some((name, query?)))
        .collect()
}

impl SavedQuery {
    /// The comment after a variable on its line; `None` if there is none.
    pub(super) fn comment_on_variable(&self, name: &str) -> Option<&str> {
        self.text.lines().find_map(|line| {
            let (definition, comment) = line.split_once('#')?;
            let (variable, _) = definition.trim().strip_prefix('$')?.split_once(':')?;
            (variable.trim() == name).then_some(comment.trim())
        })
    }
}

/// The comment at the beginning of a document.
fn description(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.strip_prefix('#'));
    let lines: Vec<_> = lines.map(str::trim).collect();
    lines.join(" ")
}

fn stored_document(text: &Arc<str>) -> RequestDocument {
    RequestDocument {
        text: text.clone(),
        hash_to_store: None,
    }
}

/// The hash in `extensions.persistedQuery`; `None` if there is none.
///
/// # Errors
/// 400 if the extension is malformed.
fn persisted_query_hash(request: &RequestParams) -> Result<Option<String>, HttpError> {
    let Some(persisted) = request.extensions.get("persistedQuery") else {
        return Ok(None);
    };
    let malformed = || {
        HttpError::bad_request(
            "extensions.persistedQuery is malformed; send {\"version\": 1, \"sha256Hash\": \"...\"} \
             with a hash of 64 hexadecimal digits",
        )
    };
    let hash = persisted["sha256Hash"].as_str().ok_or_else(malformed)?;
    let is_hash = hash.len() == 64 && hash.bytes().all(|digit| digit.is_ascii_hexdigit());
    if persisted["version"] != 1 || !is_hash {
        return Err(malformed());
    }
    Ok(Some(hash.to_ascii_lowercase()))
}

/// The SHA-256 of a text, in hexadecimal.
fn sha256_hex(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

/// Reads the documents of a folder by their ids. The id is the name of a `.graphql` or `.gql` file
/// without the extension, or the key in a `.json` file (as written by Relay and GraphQL Code Generator,
/// or a manifest of Apollo). Each document also has the id `sha256:` with the hash of its text.
fn load_trusted_documents(
    folder: &Path,
    engine: &Engine,
) -> Result<HashMap<String, Arc<str>>, TrustedDocumentsError> {
    let unreadable = |path: &Path| {
        let path = path.display().to_string();
        move |source| TrustedDocumentsError::Unreadable(path, source)
    };
    let entries = fs::read_dir(folder).map_err(unreadable(folder))?;
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(unreadable(folder))?;
    paths.sort_unstable();
    let mut documents_by_id: HashMap<String, Arc<str>> = HashMap::new();
    for path in paths {
        let path_text = path.display().to_string();
        let extension = path.extension().and_then(|extension| extension.to_str());
        let documents = match extension {
            Some("graphql" | "gql") => {
                let text = fs::read_to_string(&path).map_err(unreadable(&path))?;
                let name = path.file_stem().unwrap_or_default().to_string_lossy();
                vec![(name.into_owned(), text)]
            }
            Some("json") => {
                let text = fs::read_to_string(&path).map_err(unreadable(&path))?;
                parse_manifest(&text)
                    .map_err(|reason| TrustedDocumentsError::Malformed(path_text.clone(), reason))?
            }
            _ => continue,
        };
        for (id, text) in documents {
            if let Err(errors) = engine.parse_document(&text) {
                let reason = errors.first().map(|error| error.message.clone());
                let reason = reason.unwrap_or_default();
                return Err(TrustedDocumentsError::InvalidDocument(
                    path_text, id, reason,
                ));
            }
            let text: Arc<str> = text.into();
            documents_by_id.insert(format!("sha256:{}", sha256_hex(&text)), text.clone());
            match documents_by_id.insert(id.clone(), text.clone()) {
                Some(other) if other != text => {
                    return Err(TrustedDocumentsError::DuplicateId(path_text, id));
                }
                _ => {}
            }
        }
    }
    if documents_by_id.is_empty() {
        let path = folder.display().to_string();
        return Err(TrustedDocumentsError::NoDocuments(path));
    }
    Ok(documents_by_id)
}

/// The ids and texts of the documents in a JSON file.
///
/// # Errors
/// The syntax error, or the expected structure.
fn parse_manifest(text: &str) -> Result<Vec<(String, String)>, String> {
    const EXPECTED: &str =
        "it must be a JSON object of ids and documents, or a persisted query manifest";
    let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let documents: Option<Vec<_>> = match &value["operations"] {
        Value::Array(operations) => operations
            .iter()
            .map(|operation| Some((text(&operation["id"])?, text(&operation["body"])?)))
            .collect(),
        _ => value.as_object().and_then(|documents| {
            let documents = documents.iter();
            documents
                .map(|(id, document)| Some((id.clone(), text(document)?)))
                .collect()
        }),
    };
    documents.ok_or_else(|| EXPECTED.to_owned())
}
