//! From a request to an answer: the document, the response cache, and the engine.

use std::{sync::Arc, time::Instant};

use tracing::Instrument;

use super::{
    request::RequestParams,
    response_cache::{self, ResponseKey},
};
use crate::{
    db::{LoadedDataset, StatementLog},
    engine::{self, Document, ErrorCode, ExecutionResponse},
    http::{Server, cached_body::CachedBody, error::HttpError, request_id::RequestId},
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
}

impl QueryOutcome {
    /// The outcome of a request that failed before execution.
    pub(super) fn from_error(error: UncacheableResponse) -> Self {
        Self {
            result: Err(Arc::new(error)),
            statement_log: StatementLog::default(),
            cache_hit: None,
            generation: None,
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
    let outcome = execute_cached(server, prepared, id).await;
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
) -> QueryOutcome {
    let log = server.statement_log();
    // The generation is taken before anything is read, so an answer may be newer than its key, but
    // never older.
    let cache = server.response_cache();
    // One of several replicas may be behind the one whose revision is polled.
    let is_current = |seen: Option<&LoadedDataset>| match (seen, &cache) {
        (Some(seen), Some((_, generation))) => Some(seen) == generation.dataset.as_ref(),
        _ => true,
    };
    let compute = async {
        match run_engine(server, prepared, id, log.clone()).await {
            Ok(response)
                if response.executed
                    && response.error_codes.is_empty()
                    && is_current(response.seen_dataset.as_ref()) =>
            {
                Ok(CachedBody::new(response.body))
            }
            Ok(response) => Err(UncacheableResponse::Graphql(response)),
            Err(error) => Err(UncacheableResponse::Http(error)),
        }
    };
    let Some((cache, generation)) = &cache else {
        let result = compute.await.map(Arc::new).map_err(Arc::new);
        return QueryOutcome {
            result,
            statement_log: log,
            cache_hit: None,
            generation: None,
        };
    };
    let key = ResponseKey {
        generation: generation.number,
        document: prepared.document.normalized().into(),
        operation_name: prepared.request.operation_name.clone(),
        variables: response_cache::canonical_json(&prepared.request.variables),
    };
    let (result, hit) = match cache.get_or_compute(key, compute).await {
        Ok((content, is_fresh)) => (Ok(content), !is_fresh),
        Err(error) => (Err(error), false),
    };
    QueryOutcome {
        result,
        statement_log: log,
        cache_hit: Some(hit),
        generation: Some(generation.number),
    }
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
    let request = engine::ExecutionRequest {
        document: &prepared.document,
        operation_name: prepared.request.operation_name.as_deref(),
        variables: &prepared.request.variables,
        id: id.as_str(),
        deadline,
    };
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
