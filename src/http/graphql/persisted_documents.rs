//! Documents that the server knows: those that clients have sent before (automatic persisted
//! queries, Apollo's protocol) and those of a folder (trusted documents).

use std::{
    collections::{HashMap, HashSet},
    fmt::Write,
    fs, io,
    path::Path,
    sync::Arc,
};

use axum::http::StatusCode;
use moka::sync::Cache;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::request::{RequestParams, missing_query};
use crate::{engine::Engine, http::error::HttpError};

/// Bytes of documents kept for automatic persisted queries.
const MAX_AUTOMATIC_BYTES: u64 = 8 * 1024 * 1024;

/// Why a folder of trusted documents cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TrustedDocumentsError {
    /// The folder or a file of it.
    #[error("cannot read the trusted documents {path}")]
    Unreadable {
        /// Which.
        path: String,
        /// What the operating system says.
        #[source]
        source: io::Error,
    },
    /// A file that holds no documents.
    #[error("{path} holds no documents: {reason}")]
    Malformed {
        /// Which.
        path: String,
        /// What it should be.
        reason: String,
    },
    /// A document that this server cannot execute.
    #[error("the trusted document {id} of {path} is refused: {reason}")]
    InvalidDocument {
        /// Where it is.
        path: String,
        /// Its id.
        id: String,
        /// The first error.
        reason: String,
    },
    /// Two documents under one id.
    #[error("two trusted documents have the id {id}; the second is in {path}")]
    DuplicateId {
        /// Where the second is.
        path: String,
        /// The id.
        id: String,
    },
    /// Nothing could be answered.
    #[error("there are no trusted documents in {path}, so nothing could be executed")]
    NoDocuments {
        /// The folder.
        path: String,
    },
}

/// The documents that clients may name instead of sending them.
#[derive(Clone)]
pub(in crate::http) struct PersistedDocuments {
    /// By the SHA-256 of the text, in hexadecimal.
    automatic: Cache<String, Arc<str>>,
    trusted: Arc<HashMap<String, Arc<str>>>,
    /// Of the operations of the trusted documents.
    operation_names: Arc<HashSet<Box<str>>>,
    only_trusted: bool,
}

/// A document to execute.
#[derive(Debug)]
pub(super) struct RequestDocument {
    pub(super) text: Arc<str>,
    /// To be kept under this hash where the document is valid.
    hash_to_store: Option<String>,
}

impl PersistedDocuments {
    /// Reads the trusted documents; each must be one that the engine executes.
    ///
    /// # Errors
    /// Where the folder cannot be read, or a document of it is of no use.
    pub(in crate::http) fn new(
        folder: Option<&Path>,
        only_trusted: bool,
        engine: &Engine,
    ) -> Result<Self, TrustedDocumentsError> {
        let weight = |hash: &String, text: &Arc<str>| {
            u32::try_from(hash.len() + text.len() + 128).unwrap_or(u32::MAX)
        };
        let trusted = folder
            .map(|folder| load_trusted_documents(folder, engine))
            .transpose()?;
        let trusted = trusted.unwrap_or_default();
        let names = trusted
            .values()
            .filter_map(|text| engine.parse_document(text).ok())
            .flat_map(|document| document.operations().to_vec())
            .filter_map(|operation| operation.name)
            .collect();
        Ok(Self {
            automatic: Cache::builder()
                .max_capacity(MAX_AUTOMATIC_BYTES)
                .weigher(weight)
                .build(),
            trusted: Arc::new(trusted),
            operation_names: Arc::new(names),
            only_trusted,
        })
    }

    /// The document that a request means.
    ///
    /// # Errors
    /// Where it names none, one that is not known, or another than the one that it sends.
    pub(super) fn resolve(&self, request: &RequestParams) -> Result<RequestDocument, HttpError> {
        let hash = persisted_query_hash(request)?;
        if let Some(id) = &request.document_id {
            if request.query.is_some() {
                return Err(HttpError::bad_request(
                    "the request has both query and documentId; give one",
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
                        format!("there is no document with the id {id:?} on this server"),
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
                        "this server executes trusted documents only; name one by documentId",
                    )
                });
        }
        if let Some(hash) = &hash
            && *hash != sha256_hex(text)
        {
            return Err(HttpError::bad_request(
                "extensions.persistedQuery.sha256Hash is not the SHA-256 of the query",
            ));
        }
        Ok(RequestDocument {
            text: text.into(),
            hash_to_store: hash,
        })
    }

    fn resolve_hash(&self, hash: &str) -> Result<RequestDocument, HttpError> {
        let trusted = self.trusted.get(&format!("sha256:{hash}")).cloned();
        let known = trusted.or_else(|| {
            let automatic = (!self.only_trusted).then(|| self.automatic.get(hash));
            automatic.flatten()
        });
        // The message and the code are what Apollo's clients look for; they then send the text.
        known.as_ref().map(stored_document).ok_or_else(|| {
            HttpError::new(
                StatusCode::OK,
                "PERSISTED_QUERY_NOT_FOUND",
                "PersistedQueryNotFound",
            )
        })
    }

    /// The names of the operations of the trusted documents.
    pub(in crate::http) fn operation_names(&self) -> impl Iterator<Item = &str> {
        self.operation_names.iter().map(|name| &**name)
    }

    /// Keeps a document that has turned out to be valid, where the client asked for it.
    pub(super) fn store(&self, named: RequestDocument) {
        if let Some(hash) = named.hash_to_store
            && !self.automatic.contains_key(&hash)
        {
            self.automatic.insert(hash, named.text);
        }
    }
}

fn stored_document(text: &Arc<str>) -> RequestDocument {
    RequestDocument {
        text: text.clone(),
        hash_to_store: None,
    }
}

/// The hash that `extensions.persistedQuery` names.
fn persisted_query_hash(request: &RequestParams) -> Result<Option<String>, HttpError> {
    let Some(persisted) = request.extensions.get("persistedQuery") else {
        return Ok(None);
    };
    let wrong = || {
        HttpError::bad_request(
            "extensions.persistedQuery must be {\"version\": 1, \"sha256Hash\": \"...\"}, the hash \
             in hexadecimal",
        )
    };
    let hash = persisted["sha256Hash"].as_str().ok_or_else(wrong)?;
    let is_hash = hash.len() == 64 && hash.bytes().all(|digit| digit.is_ascii_hexdigit());
    if persisted["version"] != 1 || !is_hash {
        return Err(wrong());
    }
    Ok(Some(hash.to_ascii_lowercase()))
}

/// The SHA-256 of a text, in hexadecimal.
fn sha256_hex(text: &str) -> String {
    Sha256::digest(text)
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

/// The documents of a folder by their ids: the names of `.graphql` and `.gql` files, the keys of
/// `.json` files (as Relay and GraphQL Code Generator write them, or a manifest of Apollo's), and
/// `sha256:` with the hash of the text for all of them.
fn load_trusted_documents(
    folder: &Path,
    engine: &Engine,
) -> Result<HashMap<String, Arc<str>>, TrustedDocumentsError> {
    let unreadable = |path: &Path| {
        let path = path.display().to_string();
        move |source| TrustedDocumentsError::Unreadable { path, source }
    };
    let entries = fs::read_dir(folder).map_err(unreadable(folder))?;
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(unreadable(folder))?;
    paths.sort_unstable();
    let mut known: HashMap<String, Arc<str>> = HashMap::new();
    for path in paths {
        let shown = path.display().to_string();
        let extension = path.extension().and_then(|extension| extension.to_str());
        let documents = match extension {
            Some("graphql" | "gql") => {
                let text = fs::read_to_string(&path).map_err(unreadable(&path))?;
                let name = path.file_stem().unwrap_or_default().to_string_lossy();
                vec![(name.into_owned(), text)]
            }
            Some("json") => {
                let text = fs::read_to_string(&path).map_err(unreadable(&path))?;
                parse_manifest(&text).map_err(|reason| TrustedDocumentsError::Malformed {
                    path: shown.clone(),
                    reason,
                })?
            }
            _ => continue,
        };
        for (id, text) in documents {
            if let Err(refusals) = engine.parse_document(&text) {
                let reason = refusals.first().map(|refusal| refusal.message.clone());
                return Err(TrustedDocumentsError::InvalidDocument {
                    path: shown,
                    id,
                    reason: reason.unwrap_or_default(),
                });
            }
            let text: Arc<str> = text.into();
            known.insert(format!("sha256:{}", sha256_hex(&text)), text.clone());
            match known.insert(id.clone(), text.clone()) {
                Some(other) if other != text => {
                    return Err(TrustedDocumentsError::DuplicateId { path: shown, id });
                }
                _ => {}
            }
        }
    }
    if known.is_empty() {
        return Err(TrustedDocumentsError::NoDocuments {
            path: folder.display().to_string(),
        });
    }
    Ok(known)
}

/// The documents of a JSON file, by id.
fn parse_manifest(text: &str) -> Result<Vec<(String, String)>, String> {
    const EXPECTED: &str =
        "it should be an object of ids and documents, or a persisted query manifest";
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
