//! Answers as tables, if `Accept` or the URL parameter `format` requests one.

use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;

use super::{
    execute::{self, PreparedOperation, QueryOutcome, UncacheableResponse},
    negotiation::{self, ResponseFormat},
};
use crate::{
    engine::ExecutionError,
    export::{AnswerTable, ArchivedQuery, TableFormat},
    http::{Server, cached_body::CachedBody, error::HttpError, request_id::RequestId},
};

/// What a request says about the form of its response.
#[derive(Clone, Debug)]
pub(super) struct ResponseForm {
    pub(super) format: ResponseFormat,
    /// Whether the format is that of the URL parameter `format`, rather than of `Accept`.
    pub(super) is_from_url: bool,
    /// The list that becomes the rows of a table.
    path: Option<String>,
    /// Whether a CSV file starts with a byte order mark.
    byte_order_mark: bool,
    archived_query: Option<ArchivedQuery>,
}

impl ResponseForm {
    /// Reads the URL parameters `format`, `path`, and `bom`, and `Accept` if there is no `format`.
    ///
    /// # Errors
    /// 400 if a parameter has an unknown value or is there twice; 406 if the client accepts none of the formats.
    pub(super) fn from_request(
        headers: &HeaderMap,
        query: Option<&str>,
    ) -> Result<Self, HttpError> {
        let mut parameters = [("format", None), ("path", None), ("bom", None)];
        for (key, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            if let Some((name, found)) = parameters.iter_mut().find(|(name, _)| *name == key)
                && found.replace(value.into_owned()).is_some()
            {
                return Err(HttpError::bad_request(format!(
                    "the URL has more than one parameter {name:?}; send only one"
                )));
            }
        }
        let [(_, format), (_, path), (_, bom)] = parameters;
        let byte_order_mark = match bom.as_deref() {
            None | Some("true") => true,
            Some("false") => false,
            Some(other) => {
                return Err(HttpError::bad_request(format!(
                    "unknown value {other:?} of the URL parameter \"bom\"; use true or false"
                )));
            }
        };
        let is_from_url = format.is_some();
        let format = match format {
            None => negotiation::negotiate(headers)?,
            Some(name) => format_from_name(&name).ok_or_else(|| {
                HttpError::bad_request(format!(
                    "unknown value {name:?} of the URL parameter \"format\"; use {}",
                    format_names()
                ))
            })?,
        };
        Ok(Self {
            format,
            is_from_url,
            path,
            byte_order_mark,
            archived_query: None,
        })
    }

    /// The form of a file whose name has the format.
    pub(super) fn of_file(
        format: ResponseFormat,
        path: Option<String>,
        byte_order_mark: bool,
    ) -> Self {
        Self {
            format,
            is_from_url: true,
            path,
            byte_order_mark,
            archived_query: None,
        }
    }

    /// Sets the saved query that an archive contains.
    #[must_use]
    pub(super) fn with_archived_query(mut self, query: ArchivedQuery) -> Self {
        self.archived_query = Some(query);
        self
    }

    /// The error of a request that cannot be answered in this form.
    pub(super) fn refuse(&self, message: String) -> HttpError {
        if self.is_from_url {
            HttpError::bad_request(message)
        } else {
            HttpError::new(StatusCode::NOT_ACCEPTABLE, "NOT_ACCEPTABLE", message)
        }
    }

    /// Executes a query and writes its answer as a table. An answer with errors is not a table.
    pub(super) async fn execute(
        &self,
        server: &Server,
        prepared: &PreparedOperation,
        format: TableFormat,
        id: &RequestId,
    ) -> QueryOutcome {
        let fields = match execute::answer_fields(server, prepared, id) {
            Ok(fields) => fields,
            Err(error) => return QueryOutcome::from_error(error),
        };
        let table = AnswerTable::new(format, &fields, self.path.as_deref(), self.byte_order_mark);
        let table = match table {
            Ok(table) => match &self.archived_query {
                Some(query) => table.with_query(query.clone()),
                None => table,
            },
            Err(error) => {
                let error = self.refuse(error.message);
                return QueryOutcome::from_error(UncacheableResponse::Http(error));
            }
        };
        let representation = table.cache_key();
        let convert = async |answer: Bytes| {
            // A large table would block a worker of the runtime.
            let written = tokio::task::spawn_blocking(move || table.write(&answer)).await;
            let error: Box<dyn std::error::Error + Send + Sync> = match written {
                Ok(Ok(bytes)) if format.is_compressed() => {
                    return Ok(CachedBody::incompressible(bytes));
                }
                Ok(Ok(bytes)) => return Ok(CachedBody::new(bytes)),
                Ok(Err(ExecutionError::Rejected(errors))) => {
                    let message = errors.into_iter().next().map(|error| error.message);
                    return Err(self.refuse(message.unwrap_or_default()));
                }
                Ok(Err(ExecutionError::Internal(error))) => error.into(),
                Err(panic) => panic.into(),
            };
            let error: &dyn std::error::Error = &*error;
            tracing::error!(error, request.id = id.as_str(), "cannot write a table");
            Err(HttpError::internal(id))
        };
        execute::execute_converted(server, prepared, id, representation, convert).await
    }
}

/// The format with this name; `None` if there is none.
pub(super) fn format_from_name(name: &str) -> Option<ResponseFormat> {
    if name == "json" {
        return Some(ResponseFormat::Json);
    }
    let mut formats = TableFormat::ALL.iter();
    let format = formats.find(|format| format.name() == name)?;
    Some(ResponseFormat::Table(*format))
}

/// The names of the formats, separated by commas.
pub(super) fn format_names() -> String {
    let tables = TableFormat::ALL.iter().map(|format| format.name());
    ["json"]
        .into_iter()
        .chain(tables)
        .collect::<Vec<_>>()
        .join(", ")
}
