//! `/q`: the queries of trusted documents, each with an address, whose parameters are its variables.

mod page;
mod parameters;
mod variable;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};

pub(super) use self::variable::{OperationVariable, operation_variables};

use self::{
    page::{FirstRows, QueryFiles, QueryPage},
    parameters::Parameters,
};
use super::{
    execute::{self, PreparedOperation, UncacheableResponse},
    negotiation::ResponseFormat,
    persisted_documents::SavedQuery,
    request::RequestParams,
    table::{self, ResponseForm},
};
use crate::{
    engine::Document,
    export::{AnswerTable, ArchivedQuery, DATASET_FIELD, TableFormat},
    http::{Server, error::HttpError, pages, request_id::RequestId},
    suggestion,
};

/// The routes of saved queries.
pub(in crate::http) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/q", get(list))
        .route("/q/", get(pages::remove_trailing_slash))
        .route("/q/{file}", get(respond))
}

async fn list(State(server): State<Arc<Server>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let queries = server.persisted_documents.saved_queries().values();
    pages::respond(&server, &parts, &page::list_page(queries), 0).await
}

async fn respond(
    State(server): State<Arc<Server>>,
    Path(file): Path<String>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let mut response = match Box::pin(respond_with_file(&server, &parts, &file)).await {
        Ok(response) => response,
        Err(error) if error.status == StatusCode::NOT_FOUND => {
            return pages::not_found_response(&parts, &error.message, &file);
        }
        Err(error) => error.into_response(),
    };
    // The name of the file has the format, so `Accept` does not matter.
    let vary = HeaderValue::from_static("accept-encoding");
    response.headers_mut().insert(header::VARY, vary);
    response
}

/// The query of a request, with what its parameters set.
struct QueryRequest<'a> {
    server: &'a Arc<Server>,
    parts: &'a Parts,
    query: &'a SavedQuery,
    document: Arc<Document>,
    variables: Vec<OperationVariable>,
    parameters: Result<Parameters, HttpError>,
}

async fn respond_with_file(
    server: &Arc<Server>,
    parts: &Parts,
    file: &str,
) -> Result<Response, HttpError> {
    let (name, extension) = match file.rsplit_once('.') {
        Some((name, extension)) => (name, Some(extension)),
        None => (file, None),
    };
    let query = find(server, name)?;
    let internal = || HttpError::internal(&RequestId::from_extensions(&parts.extensions));
    let document = server.engine.parse_document(&query.text);
    let document = document.map_err(|_| internal())?;
    let variables = operation_variables(&server.engine, &document, Some(name));
    let variables = variables.map_err(|_| internal())?;
    let parameters = Parameters::parse(parts.uri.query().unwrap_or_default(), &variables);
    let request = QueryRequest {
        server,
        parts,
        query,
        document,
        variables,
        parameters,
    };
    match extension {
        None => Ok(request.respond_with_page().await),
        Some("zip") => {
            request
                .respond_with_table(ResponseFormat::Table(TableFormat::Zip))
                .await
        }
        Some(extension) => {
            let format = table::format_from_name(extension).ok_or_else(|| {
                let names = table::format_names();
                HttpError::not_found(format!(
                    "the query {name} has no file with the extension {extension:?}; use {names}, or zip"
                ))
            })?;
            request.respond_with_table(format).await
        }
    }
}

impl QueryRequest<'_> {
    async fn respond_with_table(self, format: ResponseFormat) -> Result<Response, HttpError> {
        let id = RequestId::from_extensions(&self.parts.extensions);
        let parameters = self.parameters.as_ref().map_err(HttpError::clone)?;
        let mut prepared = self.prepare(parameters, &id);
        let name = self.query.name.as_str();
        let is_archive = format == ResponseFormat::Table(TableFormat::Zip);
        // The files in an archive have no byte order mark.
        let byte_order_mark = parameters.byte_order_mark && !is_archive;
        let mut form = ResponseForm::of_file(format, parameters.path.clone(), byte_order_mark);
        if is_archive {
            form = form.with_archived_query(ArchivedQuery {
                name: name.to_owned(),
                description: self.query.description.clone(),
                text: self.query.text.to_string(),
                variables: parameters.variables.clone(),
                address: format!("/q/{name}.csv{}", query_suffix(self.parts.uri.query())),
            });
            prepared = prepared
                .and_then(|prepared| prepared.with_root_field(self.server, DATASET_FIELD, &id));
        }
        super::respond_to_prepared(self.server, self.parts, &form, prepared).await
    }

    async fn respond_with_page(self) -> Response {
        let files = match &self.parameters {
            Ok(parameters) => self.files(parameters).await,
            Err(error) => Err(error.clone()),
        };
        let parameters = self.parts.uri.query().unwrap_or_default();
        let page = QueryPage {
            query: self.query,
            variables: &self.variables,
            parameters,
            files,
        };
        let mut response = pages::respond(self.server, self.parts, &page.render(), 1).await;
        // The page of a query without parameters is no error, even if it needs some.
        if let Err(error) = page.files
            && !parameters.is_empty()
        {
            *response.status_mut() = error.status;
            let no_store = HeaderValue::from_static("no-store");
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, no_store);
        }
        response
    }

    fn prepare(
        &self,
        parameters: &Parameters,
        id: &RequestId,
    ) -> Result<PreparedOperation, UncacheableResponse> {
        let request = RequestParams {
            operation_name: Some(self.query.name.clone()),
            variables: parameters.variables.clone(),
            ..RequestParams::default()
        };
        execute::prepare_document(self.document.clone(), request, id)
    }

    /// The files of the answer.
    ///
    /// # Errors
    /// The error that a request for a file would return.
    async fn files(&self, parameters: &Parameters) -> Result<QueryFiles, HttpError> {
        let id = RequestId::from_extensions(&self.parts.extensions);
        let to_http_error =
            |error: &UncacheableResponse| error.to_http_error(StatusCode::BAD_REQUEST);
        let prepared = self.prepare(parameters, &id);
        let prepared = prepared.map_err(|error| to_http_error(&error))?;
        let fields = execute::answer_fields(self.server, &prepared, &id);
        let fields = fields.map_err(|error| to_http_error(&error))?;
        let path = &parameters.path;
        let is_possible = |format: &&TableFormat| {
            AnswerTable::new(**format, &fields, path.as_deref(), true).is_ok()
        };
        let tables = TableFormat::ALL.iter().chain([&TableFormat::Zip]);
        let tables: Vec<_> = tables.filter(is_possible).collect();
        let mut rows = None;
        if tables.contains(&&TableFormat::Csv) {
            let csv = TableFormat::Csv;
            let form = ResponseForm::of_file(ResponseFormat::Table(csv), path.clone(), false);
            let outcome = form.execute(self.server, &prepared, csv, &id).await;
            let file = outcome.answer().map_err(|error| to_http_error(&error))?;
            rows = Some(FirstRows::read(&file).map_err(|_| HttpError::internal(&id))?);
        }
        Ok(QueryFiles {
            formats: tables.into_iter().map(|format| format.name()).collect(),
            rows,
        })
    }
}

fn query_suffix(query: Option<&str>) -> String {
    query.map(|query| format!("?{query}")).unwrap_or_default()
}

/// The query with this name.
///
/// # Errors
/// 404 if there is none.
fn find<'a>(server: &'a Server, name: &str) -> Result<&'a SavedQuery, HttpError> {
    let queries = server.persisted_documents.saved_queries();
    queries.get(name).ok_or_else(|| {
        let hint = match suggestion::nearest(name, queries.keys().map(String::as_str)) {
            Some(nearest) => format!("did you mean {nearest:?}? "),
            None => String::new(),
        };
        let names: Vec<_> = queries.keys().map(String::as_str).collect();
        HttpError::not_found(format!(
            "there is no saved query {name:?}; {hint}the queries are {}",
            names.join(", ")
        ))
    })
}
