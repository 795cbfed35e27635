//! From a request to an answer: the document, the memory of answers, and the engine.

use std::{sync::Arc, time::Instant};

use tracing::Instrument;

use super::{
    cache::{self, Key},
    request::Request,
};
use crate::{
    db::StatementLog,
    engine::{self, Answer, Document, OperationKind},
    http::{Server, content::Content, refusal::Refused, request_id::RequestId},
};

/// A request whose document is valid and whose operation is known.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    document: Arc<Document>,
    request: Arc<Request>,
    kind: OperationKind,
}

impl Prepared {
    /// Whether it reads once or again and again.
    pub(super) fn kind(&self) -> OperationKind {
        self.kind
    }

    /// The name of the operation, where it has one.
    pub(super) fn operation_name(&self) -> Option<&str> {
        let operation = self
            .document
            .operation(self.request.operation_name.as_deref());
        operation
            .ok()
            .and_then(|operation| operation.name.as_deref())
    }
}

/// Why there is no answer that could be kept.
#[derive(Debug)]
pub(super) enum Failed {
    /// The request has not come so far as to be looked at as GraphQL.
    Refused(Refused),
    /// GraphQL errors, with data or without.
    Answered(Answer),
}

impl Failed {
    /// The response as JSON, and the codes of its errors.
    pub(super) fn body(&self) -> (String, Vec<&'static str>) {
        match self {
            Self::Refused(refused) => (refused.body(), vec![refused.code]),
            Self::Answered(answer) => (answer.body.clone(), answer.codes.clone()),
        }
    }
}

/// What came of a request.
#[derive(Debug)]
pub(super) struct Found {
    /// An answer without errors, or why there is none.
    pub(super) outcome: Result<Arc<Content>, Arc<Failed>>,
    /// What was read for it by this request; nothing where another one did.
    pub(super) log: StatementLog,
    /// Whether it was known already; `None` where answers are not kept.
    pub(super) hit: Option<bool>,
    /// The number of the data that it was answered from, where answers are kept.
    pub(super) generation: Option<u64>,
}

impl Found {
    /// Nothing was read.
    pub(super) fn failed(failed: Failed) -> Self {
        Self {
            outcome: Err(Arc::new(failed)),
            log: StatementLog::default(),
            hit: None,
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
    request: Request,
    id: &RequestId,
) -> Result<Prepared, Failed> {
    let named = server.persisted().find(&request).map_err(Failed::Refused)?;
    let document = server
        .engine()
        .document(&named.text)
        .map_err(|refusals| Failed::Answered(Answer::refused(&refusals, id.as_str())))?;
    server.persisted().keep(named);
    let kind = document
        .operation(request.operation_name.as_deref())
        .map_err(|refusal| Failed::Answered(Answer::refused(&[refusal], id.as_str())))?
        .kind;
    Ok(Prepared {
        document,
        request: Arc::new(request),
        kind,
    })
}

/// Answers a query: from memory, or by the engine.
pub(super) async fn execute(server: &Server, prepared: &Prepared, id: &RequestId) -> Found {
    let started = Instant::now();
    let found = find(server, prepared, id).await;
    let name = prepared.operation_name();
    let was_executed = match &found.outcome {
        Ok(_) => true,
        Err(failed) => matches!(&**failed, Failed::Answered(answer) if answer.executed),
    };
    let metrics = server.metrics();
    metrics.operation(name, was_executed, found.hit, started.elapsed());
    found
}

/// Answers one event of a subscription, by the engine.
///
/// # Errors
/// Where the server has too much to do.
pub(super) async fn event(
    server: &Server,
    prepared: &Prepared,
    id: &RequestId,
) -> Result<Answer, Refused> {
    let started = Instant::now();
    let answer = compute(server, prepared, id, server.statement_log()).await;
    let name = prepared.operation_name();
    let was_executed = answer.as_ref().is_ok_and(|answer| answer.executed);
    let metrics = server.metrics();
    metrics.operation(name, was_executed, None, started.elapsed());
    answer
}

async fn find(server: &Server, prepared: &Prepared, id: &RequestId) -> Found {
    let log = server.statement_log();
    let compute = async {
        match compute(server, prepared, id, log.clone()).await {
            Ok(answer) if answer.executed && answer.codes.is_empty() => {
                Ok(Content::new(answer.body))
            }
            Ok(answer) => Err(Failed::Answered(answer)),
            Err(refused) => Err(Failed::Refused(refused)),
        }
    };
    // The data is asked for before anything is read: an answer may be newer than its key says,
    // and never older.
    let Some((cache, generation)) = server.cache() else {
        let outcome = compute.await.map(Arc::new).map_err(Arc::new);
        return Found {
            outcome,
            log,
            hit: None,
            generation: None,
        };
    };
    let key = Key {
        generation,
        document: prepared.document.normalised().into(),
        operation: prepared.request.operation_name.clone(),
        variables: cache::canonical(&prepared.request.variables),
    };
    let (outcome, hit) = match cache.get_or_compute(key, compute).await {
        Ok((content, is_fresh)) => (Ok(content), !is_fresh),
        Err(failed) => (Err(failed), false),
    };
    Found {
        outcome,
        log,
        hit: Some(hit),
        generation: Some(generation),
    }
}

/// Lets the engine answer, when it is the request's turn.
///
/// # Errors
/// Where the server has too much to do.
async fn compute(
    server: &Server,
    prepared: &Prepared,
    id: &RequestId,
    log: StatementLog,
) -> Result<Answer, Refused> {
    let _permit = server.admission().enter().await?;
    let request = engine::Request {
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
