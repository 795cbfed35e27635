//! The path of a request: find or make the document, then plan, read and write.

use std::{
    panic,
    sync::{Arc, OnceLock},
};

use apollo_compiler::Schema;
use async_graphql::dynamic::{self, SchemaError};
use futures_util::StreamExt;
use serde_json::{Map, Value as Json};
use tokio::{runtime::Handle, sync::Semaphore, task};
use tracing::Instrument;

use super::{
    Context, Document, ErrorCode, ExecutionError, ExecutionResponse, Graph, GraphqlError,
    InternalError, Limits, Plan,
    arguments::{Coercion, VariableValues},
    document::{self, DocumentCache},
    dynamic_schema, execution,
    introspection::{self, IntrospectionListSizes},
    lexer,
    plan_cache::{self, PlanCache},
    response_writer::{self, ExecutionResult},
    validation::ValidationSchema,
};
use crate::db::{DatabaseError, DatabaseReader, Snapshot, StatementLog};

/// Answers requests over a graph. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    graph: Arc<Graph>,
    /// The graph as async-graphql has it, and as documents are held to it.
    dynamic_schema: dynamic::Schema,
    validation_schema: Arc<ValidationSchema>,
    list_sizes: Arc<IntrospectionListSizes>,
    limits: Limits,
    documents: Arc<DocumentCache>,
    plans: Arc<PlanCache>,
    inline_permits: Arc<OnceLock<Semaphore>>,
}

/// What is asked of a document.
#[derive(Clone, Copy, Debug)]
pub struct ExecutionRequest<'a> {
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
        let dynamic_schema = dynamic_schema::build_schema(&graph)?;
        let types = Schema::parse_and_validate(dynamic_schema.sdl(), "schema.graphql")
            .map_err(|invalid| SchemaError(invalid.errors.to_string()))?;
        let types = introspection::add_is_one_of(types);
        Ok(Self {
            graph: Arc::new(graph),
            dynamic_schema,
            list_sizes: Arc::new(IntrospectionListSizes::from_schema(&types)),
            validation_schema: Arc::new(ValidationSchema::new(types)),
            limits,
            documents: Arc::new(document::new_document_cache()),
            plans: Arc::new(plan_cache::new_plan_cache()),
            inline_permits: Arc::default(),
        })
    }

    /// The schema in the schema definition language.
    pub fn sdl(&self) -> String {
        self.dynamic_schema.sdl()
    }

    /// The limits that requests are held to.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The document that a text writes; from memory, where the same text was sent lately.
    ///
    /// # Errors
    /// Where it is not GraphQL, is over a limit, or does not fit the schema.
    pub fn parse_document(&self, text: &str) -> Result<Arc<Document>, Vec<GraphqlError>> {
        if let Some(document) = self.documents.get(text) {
            return Ok(document);
        }
        let tokens = lexer::lex(text, &self.limits).map_err(|refusal| vec![refusal])?;
        let valid = self
            .validation_schema
            .parse_and_validate(&tokens.text, &self.limits)?;
        let document = Arc::new(Document::new(tokens, valid));
        self.documents.insert(text.into(), document.clone());
        Ok(document)
    }

    /// What executing a request would do, and cost; reads nothing.
    ///
    /// # Errors
    /// Where the request names no operation, a variable or an argument cannot be used, or it costs more
    /// than is allowed.
    pub fn plan(&self, request: ExecutionRequest<'_>) -> Result<Plan, ExecutionError> {
        let operation = request.document.get_operation(request.operation_name)?;
        Ok(self.create_plan(request, operation)?.0)
    }

    /// The plan of a request; from memory, where the same was asked lately.
    fn get_or_create_plan(
        &self,
        request: ExecutionRequest<'_>,
    ) -> Result<Arc<Plan>, ExecutionError> {
        let document = request.document;
        let chosen = document.get_operation(request.operation_name)?;
        let key = plan_cache::plan_key(document, chosen, request.variables);
        if let Some(kept) = self.plans.get(&key) {
            return Ok(kept.plan);
        }
        let (plan, introspects) = self.create_plan(request, chosen)?;
        let plan = Arc::new(plan);
        // Answers of introspection are long, and clients ask for them once.
        if !introspects {
            let kept = plan_cache::CachedPlan::new(plan.clone(), document, &key);
            self.plans.insert(key, kept);
        }
        Ok(plan)
    }

    /// The plan of an operation, and whether it asks for the schema.
    fn create_plan(
        &self,
        request: ExecutionRequest<'_>,
        chosen: &document::OperationInfo,
    ) -> Result<(Plan, bool), ExecutionError> {
        let document = request.document;
        let operation = document
            .operation_definition(chosen)
            .ok_or_else(|| InternalError::Schema("an operation without its definition".into()))?;
        let coercion = Coercion {
            graph: &self.graph,
            limits: &self.limits,
        };
        let variables = VariableValues::coerce(coercion, document, operation, request.variables)?;
        let introspected = introspection::execute_introspection(
            &self.validation_schema,
            &self.list_sizes,
            &self.limits,
            document,
            operation,
            &variables,
        )?;
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
        reader: &DatabaseReader,
        request: ExecutionRequest<'_>,
        log: StatementLog,
    ) -> ExecutionResponse {
        self.execute_with_timeout(reader, request, log, Executor::Engine)
            .await
    }

    /// Answers a request with async-graphql's executor: slower, and listing fields as they come.
    /// Tests compare the two.
    pub async fn execute_with_async_graphql(
        &self,
        reader: &DatabaseReader,
        request: ExecutionRequest<'_>,
        log: StatementLog,
    ) -> ExecutionResponse {
        self.execute_with_timeout(reader, request, log, Executor::AsyncGraphql)
            .await
    }

    async fn execute_with_timeout(
        &self,
        reader: &DatabaseReader,
        request: ExecutionRequest<'_>,
        log: StatementLog,
        executor: Executor,
    ) -> ExecutionResponse {
        let work = self.run_request(reader, request, log, executor);
        let too_long = || {
            GraphqlError::new(
                ErrorCode::Timeout,
                format!(
                    "the request took longer than {} ms (limits.requestTimeoutMs); ask for smaller \
                     pages or fewer fields",
                    self.limits.request_timeout.as_millis()
                ),
            )
        };
        let result = match tokio::time::timeout(self.limits.request_timeout, work).await {
            // The database may be the first to notice.
            Ok(Err(ExecutionError::Internal(InternalError::Database(error))))
                if matches!(*error, DatabaseError::Timeout) =>
            {
                Err(too_long().into())
            }
            Ok(result) => result,
            Err(_) => Err(too_long().into()),
        };
        match result {
            Ok((data, errors)) => ExecutionResponse::executed(data, &errors, request.id),
            Err(ExecutionError::Rejected(errors)) => {
                ExecutionResponse::request_error(&errors, request.id)
            }
            Err(ExecutionError::Internal(fault)) => {
                let error: &dyn std::error::Error = &fault;
                tracing::error!(error, request.id, "a request failed");
                let errors = [GraphqlError::internal()];
                ExecutionResponse::executed("null".to_owned(), &errors, request.id)
            }
        }
    }

    async fn run_request(
        &self,
        reader: &DatabaseReader,
        request: ExecutionRequest<'_>,
        log: StatementLog,
        executor: Executor,
    ) -> Result<(String, Vec<GraphqlError>), ExecutionError> {
        let plan = self.get_or_create_plan(request)?;
        match executor {
            Executor::Engine => {
                // Moved often before it is begun.
                let reading = Box::pin(execute_plan(
                    self.graph.clone(),
                    self.limits,
                    reader.clone(),
                    log,
                    plan,
                ));
                let written = match reader.is_blocking() {
                    true => self.run_blocking(reading).await?,
                    false => reading.await?,
                };
                Ok((written.data, written.errors))
            }
            Executor::AsyncGraphql => {
                let snapshot = Snapshot::open(reader, log)
                    .await
                    .map_err(InternalError::from)?;
                let context = Context::for_async_graphql(self.graph.clone(), self.limits, snapshot);
                self.run_async_graphql(to_async_graphql_request(&request).data(Arc::new(context)))
                    .await
            }
        }
    }

    /// Runs what blocks its thread: on this one where the runtime keeps others for all else, as
    /// waking another takes longer than most requests; otherwise where nobody else waits.
    async fn run_blocking<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, ExecutionError>> + Send + 'static,
    ) -> Result<T, ExecutionError> {
        let runtime = Handle::current();
        let here = self
            .inline_permits
            .get_or_init(|| Semaphore::new(runtime.metrics().num_workers() - 1));
        if let Ok(_place) = here.try_acquire() {
            return work.await;
        }
        let work = work.in_current_span();
        let done = task::spawn_blocking(move || runtime.block_on(work)).await;
        done.unwrap_or_else(|error| match error.try_into_panic() {
            Ok(panic) => panic::resume_unwind(panic),
            // Without a panic, the task was cancelled because the runtime shuts down.
            Err(_) => Err(InternalError::Shutdown.into()),
        })
    }

    async fn run_async_graphql(
        &self,
        request: async_graphql::Request,
    ) -> Result<(String, Vec<GraphqlError>), ExecutionError> {
        let mut responses = self.dynamic_schema.execute_stream(request);
        // A subscription gives one event.
        let response = responses.next().await.unwrap_or_default();
        let errors = response
            .errors
            .into_iter()
            .map(|error| {
                let mut refusal = GraphqlError::new(ErrorCode::Internal, error.message);
                refusal.locations = error.locations;
                refusal
            })
            .collect();
        let data = serde_json::to_string(&response.data)?;
        Ok((data, errors))
    }
}

/// Executes a plan and writes its result as JSON.
///
/// # Errors
/// When the database or the definition of the graph fails, or a field rejects what it has read.
async fn execute_plan(
    graph: Arc<Graph>,
    limits: Limits,
    reader: DatabaseReader,
    log: StatementLog,
    plan: Arc<Plan>,
) -> Result<ExecutionResult, ExecutionError> {
    let snapshot = Snapshot::open(&reader, log).await?;
    let context = Context::for_engine(graph, limits, snapshot);
    let level = execution::execute_root_selection_set(&context, &plan).await?;
    Ok(response_writer::write(&plan, &level))
}

/// The request as async-graphql takes it.
fn to_async_graphql_request(request: &ExecutionRequest<'_>) -> async_graphql::Request {
    let variables = async_graphql::Variables::from_json(request.variables.clone().into());
    let same = async_graphql::Request::new(request.document.normalized()).variables(variables);
    match request.operation_name {
        Some(name) => same.operation_name(name),
        None => same,
    }
}
