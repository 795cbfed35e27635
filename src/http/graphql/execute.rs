//! From a request to an answer: the document, the memory of answers, and the engine.

use std::{sync::Arc, time::Instant};

use tracing::Instrument;

use super::{
    request::RequestParams,
    response_cache::{self, ResponseKey},
};
use crate::{
    db::StatementLog,
    engine::{self, Document, ExecutionResponse, OperationKind},
    http::{Server, cached_body::CachedBody, error::HttpError, request_id::RequestId},
};

/// A request whose document is valid and whose operation is known.
#[derive(Clone, Debug)]
pub(super) struct PreparedOperation {
    document: Arc<Document>,
    request: Arc<RequestParams>,
    kind: OperationKind,
}

impl PreparedOperation {
    /// Whether it reads once or again and again.
    pub(super) fn kind(&self) -> OperationKind {
        self.kind
    }

    /// The name of the operation, where it has one.
    pub(super) fn operation_name(&self) -> Option<&str> {
        let operation = self
            .document
            .get_operation(self.request.operation_name.as_deref());
        operation
            .ok()
            .and_then(|operation| operation.name.as_deref())
    }
}

/// Why there is no answer that could be kept.
#[derive(Debug)]
pub(super) enum UncacheableResponse {
    /// The request has not come so far as to be looked at as GraphQL.
    Http(HttpError),
    /// GraphQL errors, with data or without.
    Graphql(ExecutionResponse),
}

impl UncacheableResponse {
    /// The response as JSON, and the codes of its errors.
    pub(super) fn body(&self) -> (String, Vec<&'static str>) {
        match self {
            Self::Http(refused) => (refused.body(), vec![refused.code]),
            Self::Graphql(answer) => (answer.body.clone(), answer.error_codes.clone()),
        }
    }
}

/// What came of a request.
#[derive(Debug)]
pub(super) struct QueryOutcome {
    /// An answer without errors, or why there is none.
    pub(super) result: Result<Arc<CachedBody>, Arc<UncacheableResponse>>,
    /// What was read for it by this request; nothing where another one did.
    pub(super) statement_log: StatementLog,
    /// Whether it was known already; `None` where answers are not kept.
    pub(super) cache_hit: Option<bool>,
    /// The number of the data that it was answered from, where answers are kept.
    pub(super) generation: Option<u64>,
}

impl QueryOutcome {
    /// Nothing was read.
    pub(super) fn from_error(failed: UncacheableResponse) -> Self {
        Self {
            result: Err(Arc::new(failed)),
            statement_log: StatementLog::default(),
            cache_hit: None,
            generation: None,
        }
    }
}

/// Finds the document and the operation of a request.
///
/// # Errors
/// Where it names none that can be executed.
pub(super) fn prepare(
    server: &Server,
    request: RequestParams,
    id: &RequestId,
) -> Result<PreparedOperation, UncacheableResponse> {
    let named = server
        .persisted_documents()
        .resolve(&request)
        .map_err(UncacheableResponse::Http)?;
    let document = server
        .engine()
        .parse_document(&named.text)
        .map_err(|refusals| {
            UncacheableResponse::Graphql(ExecutionResponse::request_error(&refusals, id.as_str()))
        })?;
    server.persisted_documents().store(named);
    let kind = document
        .get_operation(request.operation_name.as_deref())
        .map_err(|refusal| {
            UncacheableResponse::Graphql(ExecutionResponse::request_error(&[refusal], id.as_str()))
        })?
        .kind;
    Ok(PreparedOperation {
        document,
        request: Arc::new(request),
        kind,
    })
}

/// Answers a query: from memory, or by the engine.
pub(super) async fn execute(
    server: &Server,
    prepared: &PreparedOperation,
    id: &RequestId,
) -> QueryOutcome {
    let started = Instant::now();
    let found = execute_cached(server, prepared, id).await;
    let name = prepared.operation_name();
    let was_executed = match &found.result {
        Ok(_) => true,
        Err(failed) => matches!(&**failed, UncacheableResponse::Graphql(answer) if answer.executed),
    };
    let metrics = server.metrics();
    metrics.record_operation(name, was_executed, found.cache_hit, started.elapsed());
    found
}

/// Answers one event of a subscription, by the engine.
///
/// # Errors
/// Where the server has too much to do.
pub(super) async fn execute_event(
    server: &Server,
    prepared: &PreparedOperation,
    id: &RequestId,
) -> Result<ExecutionResponse, HttpError> {
    let started = Instant::now();
    let answer = run_engine(server, prepared, id, server.statement_log()).await;
    let name = prepared.operation_name();
    let was_executed = answer.as_ref().is_ok_and(|answer| answer.executed);
    let metrics = server.metrics();
    metrics.record_operation(name, was_executed, None, started.elapsed());
    answer
}

async fn execute_cached(
    server: &Server,
    prepared: &PreparedOperation,
    id: &RequestId,
) -> QueryOutcome {
    let log = server.statement_log();
    let compute = async {
        match run_engine(server, prepared, id, log.clone()).await {
            Ok(answer) if answer.executed && answer.error_codes.is_empty() => {
                Ok(CachedBody::new(answer.body))
            }
            Ok(answer) => Err(UncacheableResponse::Graphql(answer)),
            Err(refused) => Err(UncacheableResponse::Http(refused)),
        }
    };
    // The data is asked for before anything is read: an answer may be newer than its key says,
    // and never older.
    let Some((cache, generation)) = server.response_cache() else {
        let outcome = compute.await.map(Arc::new).map_err(Arc::new);
        return QueryOutcome {
            result: outcome,
            statement_log: log,
            cache_hit: None,
            generation: None,
        };
    };
    let key = ResponseKey {
        generation,
        document: prepared.document.normalized().into(),
        operation_name: prepared.request.operation_name.clone(),
        variables: response_cache::canonical_json(&prepared.request.variables),
    };
    let (outcome, hit) = match cache.get_or_compute(key, compute).await {
        Ok((content, is_fresh)) => (Ok(content), !is_fresh),
        Err(failed) => (Err(failed), false),
    };
    QueryOutcome {
        result: outcome,
        statement_log: log,
        cache_hit: Some(hit),
        generation: Some(generation),
    }
}

/// Lets the engine answer, when it is the request's turn.
///
/// # Errors
/// Where the server has too much to do.
async fn run_engine(
    server: &Server,
    prepared: &PreparedOperation,
    id: &RequestId,
    log: StatementLog,
) -> Result<ExecutionResponse, HttpError> {
    let _permit = server.admission().acquire().await?;
    let request = engine::ExecutionRequest {
        document: &prepared.document,
        operation_name: prepared.request.operation_name.as_deref(),
        variables: &prepared.request.variables,
        id: id.as_str(),
    };
    let span = tracing::trace_span!(
        target: "otel",
        "execute",
        graphql.operation.name = prepared.operation_name(),
        request.id = id.as_str(),
    );
    let execute = server.engine().execute(server.reader(), request, log);
    Ok(execute.instrument(span).await)
}
