//! The path of a request: find or make the document, then plan, read and write.

use std::{
    panic,
    sync::{Arc, OnceLock},
};

use async_graphql::dynamic::{self, SchemaError};
use futures_util::StreamExt;
use serde_json::{Map, Value as Json};
use tokio::{runtime::Handle, sync::Semaphore, task};
use tracing::Instrument;

use super::{
    Answer, Code, Context, Document, Fault, Graph, Limits, Plan, Refusal,
    arguments::{Coercion, Variables},
    document::{self, Documents},
    introspection,
    plans::{self, Plans},
    run, schema, tokens,
    validation::Schema,
    write::{self, Written},
};
use crate::db::{Reader, Snapshot, StatementLog, connection::is_timeout};

/// Answers requests over a graph. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    graph: Arc<Graph>,
    /// The graph as async-graphql has it, and as documents are held to it.
    types: dynamic::Schema,
    schema: Arc<Schema>,
    limits: Limits,
    documents: Arc<Documents>,
    plans: Arc<Plans>,
    here: Arc<OnceLock<Semaphore>>,
}

/// What is asked of a document.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The document.
    pub document: &'a Document,
    /// Which of its operations, where it has several.
    pub operation_name: Option<&'a str>,
    /// The values of its variables.
    pub variables: &'a Map<String, Json>,
    /// By what the request is found in the log.
    pub id: &'a str,
}

/// How the operation is executed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Executor {
    Engine,
    AsyncGraphql,
}

impl Engine {
    /// An engine over a graph.
    ///
    /// # Errors
    /// Where the definition does not hold together.
    pub fn new(graph: Graph, limits: Limits) -> Result<Self, SchemaError> {
        let types = schema::build(&graph)?;
        let schema = Schema::parse(&types.sdl()).map_err(|fault| SchemaError(fault.to_string()))?;
        Ok(Self {
            graph: Arc::new(graph),
            types,
            schema: Arc::new(schema),
            limits,
            documents: Arc::new(document::documents()),
            plans: Arc::new(plans::plans()),
            here: Arc::default(),
        })
    }

    /// The schema in the schema definition language.
    pub fn sdl(&self) -> String {
        self.types.sdl()
    }

    /// The limits that requests are held to.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The document that a text writes; from memory, where the same text was sent lately.
    ///
    /// # Errors
    /// Where it is not GraphQL, is over a limit, or does not fit the schema.
    pub fn document(&self, text: &str) -> Result<Arc<Document>, Vec<Refusal>> {
        if let Some(document) = self.documents.get(text) {
            return Ok(document);
        }
        let tokens = tokens::read(text, &self.limits).map_err(|refusal| vec![refusal])?;
        let valid = self.schema.document(&tokens.text, &self.limits)?;
        let document = Arc::new(Document::new(tokens, valid));
        self.documents.insert(text.into(), document.clone());
        Ok(document)
    }

    /// What executing a request would do, and cost; reads nothing.
    ///
    /// # Errors
    /// Where the request names no operation, a variable or an argument cannot be used, or it costs more
    /// than is allowed.
    pub fn plan(&self, request: Request<'_>) -> Result<Plan, Vec<Refusal>> {
        let chosen = request.document.operation(request.operation_name);
        let plan = chosen.map_err(Failure::from);
        let plan = plan.and_then(|chosen| Ok(self.new_plan(request, chosen)?.0));
        plan.map_err(|failure| match failure {
            Failure::Refused(refusals) => refusals,
            Failure::Fault(fault) => vec![Refusal::new(Code::Internal, fault.to_string())],
        })
    }

    /// The plan of a request; from memory, where the same was asked lately.
    fn planned(&self, request: Request<'_>) -> Result<Arc<Plan>, Failure> {
        let document = request.document;
        let chosen = document.operation(request.operation_name)?;
        let key = plans::key(document, chosen, request.variables);
        if let Some(kept) = self.plans.get(&key) {
            return Ok(kept.plan);
        }
        let (plan, introspects) = self.new_plan(request, chosen)?;
        let plan = Arc::new(plan);
        // Answers of introspection are long, and clients ask for them once.
        if !introspects {
            let kept = plans::Kept::new(plan.clone(), document, &key);
            self.plans.insert(key, kept);
        }
        Ok(plan)
    }

    /// The plan of an operation, and whether it asks for the schema.
    fn new_plan(
        &self,
        request: Request<'_>,
        chosen: &document::Operation,
    ) -> Result<(Plan, bool), Failure> {
        let document = request.document;
        let operation = document
            .definition(chosen)
            .ok_or_else(|| Fault::Definition("an operation without its definition".into()))?;
        let coercion = Coercion {
            graph: &self.graph,
            limits: &self.limits,
        };
        let variables = Variables::coerce(coercion, document, operation, request.variables)?;
        let introspected =
            introspection::answer(&self.schema, &self.limits, document, operation, &variables)?;
        let plan = Plan::new(
            &self.graph,
            &self.limits,
            document,
            operation,
            &variables,
            &introspected,
        )?;
        Ok((plan, !introspected.is_empty()))
    }

    /// Answers a request from the database; `log` is told the statements. A subscription is
    /// answered for one event: with what it selects as it is now.
    pub async fn execute(
        &self,
        reader: &Reader,
        request: Request<'_>,
        log: StatementLog,
    ) -> Answer {
        self.timed(reader, request, log, Executor::Engine).await
    }

    /// Answers a request with async-graphql's executor: slower, and listing fields as they come.
    /// Tests compare the two.
    pub async fn answer_by_reference(
        &self,
        reader: &Reader,
        request: Request<'_>,
        log: StatementLog,
    ) -> Answer {
        self.timed(reader, request, log, Executor::AsyncGraphql)
            .await
    }

    async fn timed(
        &self,
        reader: &Reader,
        request: Request<'_>,
        log: StatementLog,
        executor: Executor,
    ) -> Answer {
        let work = self.run(reader, request, log, executor);
        let too_long = || {
            Refusal::new(
                Code::Timeout,
                format!(
                    "the request took longer than {} ms (limits.requestTimeoutMs); ask for smaller \
                     pages or fewer fields",
                    self.limits.request_timeout.as_millis()
                ),
            )
        };
        let result = match tokio::time::timeout(self.limits.request_timeout, work).await {
            // The database may be the first to notice.
            Ok(Err(Failure::Fault(Fault::Database(error)))) if is_timeout(&error) => {
                Err(too_long().into())
            }
            Ok(result) => result,
            Err(_) => Err(too_long().into()),
        };
        match result {
            Ok((data, errors)) => Answer::executed(data, &errors, request.id),
            Err(Failure::Refused(errors)) => Answer::refused(&errors, request.id),
            Err(Failure::Fault(fault)) => {
                let error: &dyn std::error::Error = &fault;
                tracing::error!(error, request.id, "a request failed");
                let error = Refusal::new(Code::Internal, "internal error");
                Answer::executed("null".to_owned(), &[error], request.id)
            }
        }
    }

    async fn run(
        &self,
        reader: &Reader,
        request: Request<'_>,
        log: StatementLog,
        executor: Executor,
    ) -> Result<(String, Vec<Refusal>), Failure> {
        let plan = self.planned(request)?;
        match executor {
            Executor::Engine => {
                // Moved often before it is begun.
                let reading = Box::pin(read(
                    self.graph.clone(),
                    self.limits,
                    reader.clone(),
                    log,
                    plan,
                ));
                let written = match reader.blocks() {
                    true => self.block_on(reading).await?,
                    false => reading.await?,
                };
                Ok((written.data, written.errors))
            }
            Executor::AsyncGraphql => {
                let snapshot = Snapshot::open(reader, log).await.map_err(Fault::from)?;
                let context = Context::collecting(self.graph.clone(), self.limits, snapshot);
                self.by_async_graphql(reference(&request).data(Arc::new(context)))
                    .await
            }
        }
    }

    /// Runs what blocks its thread: on this one where the runtime keeps others for all else, as
    /// waking another takes longer than most requests; otherwise where nobody else waits.
    async fn block_on<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Fault>> + Send + 'static,
    ) -> Result<T, Fault> {
        let runtime = Handle::current();
        let here = self
            .here
            .get_or_init(|| Semaphore::new(runtime.metrics().num_workers() - 1));
        if let Ok(_place) = here.try_acquire() {
            return work.await;
        }
        let work = work.in_current_span();
        let done = task::spawn_blocking(move || runtime.block_on(work)).await;
        done.unwrap_or_else(|error| match error.try_into_panic() {
            Ok(panic) => panic::resume_unwind(panic),
            // The runtime is going down.
            Err(error) => Err(Fault::Definition(error.to_string())),
        })
    }

    async fn by_async_graphql(
        &self,
        request: async_graphql::Request,
    ) -> Result<(String, Vec<Refusal>), Failure> {
        let mut responses = self.types.execute_stream(request);
        // A subscription gives one event.
        let response = responses.next().await.unwrap_or_default();
        let errors = response
            .errors
            .into_iter()
            .map(|error| {
                let mut refusal = Refusal::new(Code::Internal, error.message);
                refusal.locations = error.locations;
                refusal
            })
            .collect();
        let data = serde_json::to_string(&response.data)
            .map_err(|error| Fault::Definition(error.to_string()))?;
        Ok((data, errors))
    }
}

/// Reads what a plan wants, and writes it.
///
/// # Errors
/// A fault of the database, or of the definition of the graph.
async fn read(
    graph: Arc<Graph>,
    limits: Limits,
    reader: Reader,
    log: StatementLog,
    plan: Arc<Plan>,
) -> Result<Written, Fault> {
    let snapshot = Snapshot::open(&reader, log).await?;
    let context = Context::of_levels(graph, limits, snapshot);
    let level = run::run(&context, &plan).await?;
    Ok(write::write(&plan, &level))
}

/// Why a request has no data.
enum Failure {
    Refused(Vec<Refusal>),
    Fault(Fault),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(vec![refusal])
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Refused(refusal) => Self::Refused(vec![refusal]),
            fault => Self::Fault(fault),
        }
    }
}

/// The request as async-graphql takes it.
fn reference(request: &Request<'_>) -> async_graphql::Request {
    let variables = async_graphql::Variables::from_json(request.variables.clone().into());
    let same = async_graphql::Request::new(request.document.normalised()).variables(variables);
    match request.operation_name {
        Some(name) => same.operation_name(name),
        None => same,
    }
}
