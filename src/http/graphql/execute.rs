//! From a request to an answer: the document, the response cache, and the engine.

use std::{sync::Arc, time::Instant};

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use bytes::Bytes;
use serde_json::{Map, Value};
use tracing::Instrument;

use super::{
    request::RequestParams,
    response_cache::{self, ResponseKey},
};
use crate::{
    db::{LoadedDataset, StatementLog},
    engine::{self, AnswerField, Document, ExecutionError},
    graphql_error::ErrorCode,
    graphql_response::ExecutionResponse,
    http::{
        Server, cached_body::CachedBody, error::HttpError, request_id::RequestId,
        revision_watch::Generation,
    },
};

/// A request with its valid document and selected operation.
#[derive(Clone, Debug)]
pub(super) struct PreparedOperation {
    document: Arc<Document>,
    request: Arc<RequestParams>,
    is_subscription: bool,
}

impl PreparedOperation {
    pub(super) fn is_subscription(&self) -> bool {
        self.is_subscription
    }

    fn response_key(&self, generation: u64, representation: String) -> ResponseKey {
        ResponseKey {
            generation,
            document: self.document.normalized().into(),
            operation_name: self.request.operation_name.clone(),
            variables: response_cache::canonical_json(&self.request.variables),
            representation,
        }
    }

    fn execution_request<'a>(
        &'a self,
        id: &'a RequestId,
        deadline: Instant,
    ) -> engine::ExecutionRequest<'a> {
        engine::ExecutionRequest {
            document: &self.document,
            operation_name: self.request.operation_name.as_deref(),
            variables: &self.request.variables,
            id: id.as_str(),
            deadline,
        }
    }

    /// The same request with another root field at the end of the answer.
    ///
    /// # Errors
    /// GraphQL errors if the document exceeds a limit with this field.
    pub(super) fn with_root_field(
        self,
        server: &Server,
        field: &str,
        id: &RequestId,
    ) -> Result<Self, UncacheableResponse> {
        let name = self.request.operation_name.as_deref();
        let text = self.document.text_with_root_field(name, field);
        let text = text.ok_or_else(|| UncacheableResponse::Http(HttpError::internal(id)))?;
        let document = server.engine.parse_document(&text).map_err(|errors| {
            UncacheableResponse::Graphql(ExecutionResponse::request_error(&errors, id.as_str()))
        })?;
        Ok(Self { document, ..self })
    }

    /// The name of the operation; `None` if it is anonymous.
    pub(super) fn operation_name(&self) -> Option<&str> {
        let operation = self
            .document
            .get_operation(self.request.operation_name.as_deref());
        operation
            .ok()
            .and_then(|operation| operation.name.as_deref())
    }
}

/// A failed request, whose response must not be cached.
#[derive(Debug)]
pub(super) enum UncacheableResponse {
    /// The request was rejected before GraphQL validation or execution.
    Http(HttpError),
    /// A GraphQL response with errors, with or without data.
    Graphql(ExecutionResponse),
}

impl UncacheableResponse {
    /// The response as JSON, and the codes of its errors.
    pub(super) fn body(&self) -> (String, Vec<&'static str>) {
        match self {
            Self::Http(error) => (error.body(), vec![error.code]),
            Self::Graphql(response) => (response.body.clone(), response.error_codes.clone()),
        }
    }

    /// The error for a response that is not GraphQL: the first message, with `status` if it is a GraphQL error.
    pub(super) fn to_http_error(&self, status: StatusCode) -> HttpError {
        match self {
            Self::Http(error) => error.clone(),
            Self::Graphql(response) => {
                let body: Value = serde_json::from_str(&response.body).unwrap_or_default();
                let message = body["errors"][0]["message"].as_str().unwrap_or_default();
                let code = response.error_codes.first().copied();
                let code = code.unwrap_or(ErrorCode::Internal.as_str());
                HttpError::new(status, code, message)
            }
        }
    }
}

impl From<HttpError> for Arc<UncacheableResponse> {
    fn from(error: HttpError) -> Self {
        Self::new(UncacheableResponse::Http(error))
    }
}

/// The result of a query.
#[derive(Debug)]
pub(super) struct QueryOutcome {
    /// An answer without errors, or a failure.
    pub(super) result: Result<Arc<CachedBody>, Arc<UncacheableResponse>>,
    /// The SQL statements of this request; empty if the answer came from the cache or a concurrent request.
    pub(super) statement_log: StatementLog,
    /// Whether the response cache had the answer; `None` if caching is off.
    pub(super) cache_hit: Option<bool>,
    /// The generation of the data; `None` if caching is off.
    pub(super) generation: Option<u64>,
    /// Whether the answer may be stored: it is from the data that the server knows.
    pub(super) is_storable: bool,
}

impl QueryOutcome {
    /// The outcome of a request that failed before execution.
    pub(super) fn from_error(error: UncacheableResponse) -> Self {
        Self {
            result: Err(Arc::new(error)),
            statement_log: StatementLog::default(),
            cache_hit: None,
            generation: None,
            is_storable: true,
        }
    }

    /// The answer, which has no errors.
    ///
    /// # Errors
    /// The failure.
    pub(super) fn answer(&self) -> Result<Bytes, Arc<UncacheableResponse>> {
        match &self.result {
            Ok(answer) => Ok(answer.bytes().clone()),
            Err(error) => match &**error {
                // The answer is from other data than the server knows yet.
                UncacheableResponse::Graphql(response)
                    if response.executed && response.error_codes.is_empty() =>
                {
                    Ok(response.body.clone().into())
                }
                _ => Err(error.clone()),
            },
        }
    }
}

/// Resolves, parses, and validates the document of a request, and selects its operation.
///
/// # Errors
/// HTTP errors if the request has no document or its id or hash is unknown; GraphQL errors if the
/// document is not valid or does not have the operation.
pub(super) fn prepare(
    server: &Server,
    request: RequestParams,
    id: &RequestId,
) -> Result<PreparedOperation, UncacheableResponse> {
    let request_document = server
        .persisted_documents
        .resolve(&request)
        .map_err(UncacheableResponse::Http)?;
    let document = server
        .engine
        .parse_document(&request_document.text)
        .map_err(|errors| {
            UncacheableResponse::Graphql(ExecutionResponse::request_error(&errors, id.as_str()))
        })?;
    server.persisted_documents.store(request_document);
    prepare_document(document, request, id)
}

/// Selects the operation of a document.
///
/// # Errors
/// GraphQL errors if the document does not have the operation.
pub(super) fn prepare_document(
    document: Arc<Document>,
    request: RequestParams,
    id: &RequestId,
) -> Result<PreparedOperation, UncacheableResponse> {
    let is_subscription = document
        .get_operation(request.operation_name.as_deref())
        .map_err(|error| {
            UncacheableResponse::Graphql(ExecutionResponse::request_error(&[error], id.as_str()))
        })?
        .is_subscription();
    Ok(PreparedOperation {
        document,
        request: Arc::new(request),
        is_subscription,
    })
}

/// Executes a query, or returns its answer from the response cache.
pub(super) async fn execute(
    server: &Server,
    prepared: &PreparedOperation,
    id: &RequestId,
) -> QueryOutcome {
    let started = Instant::now();
    let outcome = execute_cached(server, prepared, id, server.statement_log()).await;
    let name = prepared.operation_name();
    let was_executed = match &outcome.result {
        Ok(_) => true,
        Err(error) => {
            matches!(&**error, UncacheableResponse::Graphql(response) if response.executed)
        }
    };
    let metrics = &server.metrics;
    metrics.record_operation(name, was_executed, outcome.cache_hit, started.elapsed());
    outcome
}

/// Returns the fields of the answer, without executing the query.
///
/// # Errors
/// GraphQL errors if the request is rejected before execution.
pub(super) fn answer_fields(
    server: &Server,
    prepared: &PreparedOperation,
    id: &RequestId,
) -> Result<Vec<AnswerField>, UncacheableResponse> {
    let request = prepared.execution_request(id, Instant::now());
    server
        .engine
        .answer_fields(request)
        .map_err(|error| match error {
            ExecutionError::Rejected(errors) => {
                UncacheableResponse::Graphql(ExecutionResponse::request_error(&errors, id.as_str()))
            }
            ExecutionError::Internal(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, request.id = id.as_str(), "a request failed");
                UncacheableResponse::Http(HttpError::internal(id))
            }
        })
}

/// Executes a query and converts its answer if it has no errors, or returns the result from the response cache.
/// `representation` names the conversion in the key of the cache.
pub(super) async fn execute_converted(
    server: &Server,
    prepared: &PreparedOperation,
    id: &RequestId,
    representation: String,
    convert: impl AsyncFnOnce(Bytes) -> Result<CachedBody, HttpError>,
) -> QueryOutcome {
    let outcome = execute(server, prepared, id).await;
    let Ok(answer) = outcome.answer() else {
        return outcome;
    };
    let is_storable = outcome.result.is_ok();
    let compute = async { convert(answer).await.map_err(UncacheableResponse::Http) };
    let result = match outcome.generation {
        Some(generation) if is_storable => {
            let key = prepared.response_key(generation, representation);
            let cached = server.response_cache.get_or_compute(key, compute).await;
            cached.map(|(content, _)| content)
        }
        _ => compute.await.map(Arc::new).map_err(Arc::new),
    };
    QueryOutcome {
        result,
        generation: outcome.generation.filter(|_| is_storable),
        is_storable,
        ..outcome
    }
}

/// The answer to a document of the server itself.
#[derive(Debug)]
pub(in crate::http) struct DocumentAnswer {
    pub(in crate::http) body: Bytes,
    /// Those of [`ANSWER_HEADERS`].
    pub(in crate::http) headers: HeaderMap,
    /// Whether the answer is from the data that the server knows, so that what is made of it may be cached.
    pub(in crate::http) is_current: bool,
}

/// Executes a document of the server itself, such as that of a page, or returns its answer from the response cache.
///
/// # Errors
/// Those of the request, as an HTTP error.
pub(in crate::http) async fn execute_document(
    server: &Server,
    document: &str,
    variables: Map<String, Value>,
    id: &RequestId,
    log: StatementLog,
) -> Result<DocumentAnswer, HttpError> {
    // The document is valid, so the limits of the server are too low for it, or something else failed that may not fail the
    // next time.
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let document = server.engine.parse_document(document).map_err(|errors| {
        let answer = ExecutionResponse::request_error(&errors, id.as_str());
        UncacheableResponse::Graphql(answer).to_http_error(status)
    })?;
    let request = RequestParams {
        variables,
        ..RequestParams::default()
    };
    let prepared = prepare_document(document, request, id);
    let prepared = prepared.map_err(|error| error.to_http_error(status))?;
    let outcome = execute_cached(server, &prepared, id, log).await;
    let headers = outcome
        .result
        .as_ref()
        .map(|content| content.headers().clone());
    Ok(DocumentAnswer {
        is_current: headers.is_ok(),
        headers: headers.unwrap_or_default(),
        body: outcome
            .answer()
            .map_err(|error| error.to_http_error(status))?,
    })
}

/// Returns the file with this name that is cached for the current data, or computes it and usually caches it.
///
/// # Errors
/// The error of `compute`, which is not cached.
pub(in crate::http) async fn get_or_compute_file<E: Send + Sync + 'static>(
    server: &Server,
    name: String,
    compute: impl Future<Output = Result<CachedBody, E>>,
) -> Result<Arc<CachedBody>, Arc<E>> {
    let Some((cache, generation)) = server.response_cache() else {
        return compute.await.map(Arc::new).map_err(Arc::new);
    };
    let key = ResponseKey {
        generation: generation.number,
        document: Arc::from(""),
        operation_name: None,
        variables: String::new(),
        representation: name,
    };
    let file = cache.get_or_compute(key, compute).await;
    file.map(|(body, _)| body)
}

/// Executes a subscription for one event.
///
/// # Errors
/// 503 if the request is not admitted.
pub(super) async fn execute_event(
    server: &Server,
    prepared: &PreparedOperation,
    id: &RequestId,
) -> Result<ExecutionResponse, HttpError> {
    let started = Instant::now();
    let response = run_engine(server, prepared, id, server.statement_log()).await;
    let name = prepared.operation_name();
    let was_executed = response.as_ref().is_ok_and(|response| response.executed);
    let metrics = &server.metrics;
    metrics.record_operation(name, was_executed, None, started.elapsed());
    response
}

async fn execute_cached(
    server: &Server,
    prepared: &PreparedOperation,
    id: &RequestId,
    log: StatementLog,
) -> QueryOutcome {
    // The generation is taken before anything is read, so an answer may be newer than its key, but
    // never older.
    let cache = server.response_cache();
    // One of several replicas may be behind the one whose revision is polled.
    let is_current = |seen: Option<&LoadedDataset>| match (seen, &cache) {
        (Some(seen), Some((_, generation))) => Some(seen) == generation.dataset.as_ref(),
        _ => true,
    };
    // Boxed, because several futures of the cache contain this one, and the futures that contain them are moved several times.
    let compute = Box::pin(async {
        match run_engine(server, prepared, id, log.clone()).await {
            Ok(response)
                if response.executed
                    && response.error_codes.is_empty()
                    && is_current(response.seen_dataset.as_ref()) =>
            {
                let headers =
                    answer_headers(server, &response, cache.as_ref().map(|(_, known)| known));
                Ok(CachedBody::new(response.body).with_headers(headers))
            }
            Ok(response) => Err(UncacheableResponse::Graphql(response)),
            Err(error) => Err(UncacheableResponse::Http(error)),
        }
    });
    let Some((cache, generation)) = &cache else {
        let result = compute.await.map(Arc::new).map_err(Arc::new);
        return QueryOutcome {
            result,
            statement_log: log,
            cache_hit: None,
            generation: None,
            is_storable: true,
        };
    };
    let key = prepared.response_key(generation.number, String::new());
    let (result, hit) = match cache.get_or_compute(key, compute).await {
        Ok((content, is_fresh)) => (Ok(content), !is_fresh),
        Err(error) => (Err(error), false),
    };
    QueryOutcome {
        result,
        statement_log: log,
        cache_hit: Some(hit),
        generation: Some(generation.number),
        is_storable: true,
    }
}

/// The cost of a query with the limit as a parameter, and the revision of the data that answered it.
pub(in crate::http) const ANSWER_HEADERS: [HeaderName; 2] = [
    HeaderName::from_static("query-cost"),
    HeaderName::from_static("dataset-revision"),
];

/// The headers that describe an answer. `known` is the data that the server knows, from which the answer is.
fn answer_headers(
    server: &Server,
    response: &ExecutionResponse,
    known: Option<&Generation>,
) -> HeaderMap {
    let limit = server.engine.limits().max_complexity;
    let cost = response.cost.map(|cost| format!("{cost}; limit={limit}"));
    let seen = response.seen_dataset.as_ref();
    let dataset = seen.or(known.and_then(|known| known.dataset.as_ref()));
    let revision = dataset.map(|dataset| dataset.revision.to_string());
    let values = ANSWER_HEADERS.into_iter().zip([cost, revision]);
    values
        .filter_map(|(name, value)| Some((name, HeaderValue::try_from(value?).ok()?)))
        .collect()
}

/// Waits for admission and runs the engine, both within the time limit of a request.
///
/// # Errors
/// 503 if too many requests are waiting, the time limit ends before the request may run, or the database cannot be
/// reached.
async fn run_engine(
    server: &Server,
    prepared: &PreparedOperation,
    id: &RequestId,
    log: StatementLog,
) -> Result<ExecutionResponse, HttpError> {
    if server.is_database_down() {
        return Err(HttpError::database_unavailable());
    }
    let request_timeout = server.engine.limits().request_timeout;
    let deadline = Instant::now() + request_timeout;
    let _permit = server.admission.acquire(deadline.into()).await?;
    if server.is_database_down() {
        return Err(HttpError::database_unavailable());
    }
    let has_waited = deadline - Instant::now() < request_timeout / 2;
    let request = prepared.execution_request(id, deadline);
    let span = tracing::trace_span!(
        target: "otel",
        "execute",
        graphql.operation.name = prepared.operation_name(),
        request.id = id.as_str(),
    );
    let execute = server.engine.execute(&server.reader, request, log);
    let response = execute.instrument(span).await;
    if response
        .error_codes
        .contains(&ErrorCode::DatabaseUnavailable.as_str())
    {
        return Err(HttpError::database_unavailable());
    }
    // A request that waited for most of its time is not too slow itself.
    if has_waited && response.error_codes.contains(&ErrorCode::Timeout.as_str()) {
        return Err(server.admission.waited_too_long());
    }
    Ok(response)
}
