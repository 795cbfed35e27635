//! Handles a request: parses and validates the document, plans the operation, executes the plan and
//! writes the response.

use std::{
    panic,
    sync::{Arc, OnceLock},
};

use apollo_compiler::Schema;
use async_graphql::dynamic::SchemaError;
use serde_json::{Map, Value as Json, json};
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

/// Executes requests over a graph. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    graph: Arc<Graph>,
    sdl: Arc<str>,
    validation_schema: Arc<ValidationSchema>,
    list_sizes: Arc<IntrospectionListSizes>,
    limits: Limits,
    documents: Arc<DocumentCache>,
    plans: Arc<PlanCache>,
    /// One permit for each worker thread that may be blocked.
    inline_permits: Arc<OnceLock<Semaphore>>,
}

/// A request to execute an operation.
#[derive(Clone, Copy, Debug)]
pub struct ExecutionRequest<'a> {
    /// The document with the operation.
    pub document: &'a Document,
    /// The name of the operation; required if the document has several.
    pub operation_name: Option<&'a str>,
    /// The values of the variables, before coercion.
    pub variables: &'a Map<String, Json>,
    /// The id of the request in the log.
    pub id: &'a str,
}

impl Engine {
    /// Makes an engine with empty caches.
    ///
    /// # Errors
    /// If the definition of the graph is wrong, such as a field of an unknown type, or one that reads a
    /// column of another table.
    pub fn new(mut graph: Graph, limits: Limits) -> Result<Self, SchemaError> {
        graph.check()?;
        let sdl = dynamic_schema::build_schema(&mut graph)?.sdl();
        let types = Schema::parse_and_validate(&sdl, "schema.graphql")
            .map_err(|invalid| SchemaError(invalid.errors.to_string()))?;
        let types = introspection::add_is_one_of(types);
        Ok(Self {
            graph: Arc::new(graph),
            sdl: sdl.into(),
            list_sizes: Arc::new(IntrospectionListSizes::from_schema(&types)),
            validation_schema: Arc::new(ValidationSchema::new(types)),
            limits,
            documents: Arc::new(document::new_document_cache()),
            plans: Arc::new(plan_cache::new_plan_cache()),
            inline_permits: Arc::default(),
        })
    }

    /// The schema in the schema definition language (SDL).
    pub fn sdl(&self) -> String {
        self.sdl.to_string()
    }

    /// The limits on requests.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Parses and validates a document, unless the same text is cached.
    ///
    /// # Errors
    /// If the text is not GraphQL, exceeds a limit, or is not valid for the schema.
    pub fn parse_document(&self, text: &str) -> Result<Arc<Document>, Vec<GraphqlError>> {
        if let Some(document) = self.documents.get(text) {
            return Ok(document);
        }
        let tokens = lexer::lex(text, &self.limits).map_err(|error| vec![error])?;
        let valid = self
            .validation_schema
            .parse_and_validate(&tokens.text, &self.limits)?;
        let document = Arc::new(Document::new(tokens, valid));
        self.documents.insert(text.into(), document.clone());
        Ok(document)
    }

    /// Plans a request without executing it, for example to get its cost.
    ///
    /// # Errors
    /// If there is no such operation, a variable or an argument is invalid, or the cost exceeds the limit.
    pub fn plan(&self, request: ExecutionRequest<'_>) -> Result<Plan, ExecutionError> {
        let operation = request.document.get_operation(request.operation_name)?;
        Ok(self.create_plan(request, operation)?.0)
    }

    /// Plans a request, unless its plan is cached.
    fn get_or_create_plan(
        &self,
        request: ExecutionRequest<'_>,
    ) -> Result<Arc<Plan>, ExecutionError> {
        let document = request.document;
        let operation = document.get_operation(request.operation_name)?;
        let key = plan_cache::plan_key(document, operation, request.variables);
        if let Some(cached) = self.plans.get(&key) {
            return Ok(cached.plan);
        }
        let (plan, is_introspection) = self.create_plan(request, operation)?;
        let plan = Arc::new(plan);
        // Results of introspection are part of the plan, large, and rarely requested again.
        if !is_introspection {
            let cached = plan_cache::CachedPlan::new(plan.clone(), document, &key);
            self.plans.insert(key, cached);
        }
        Ok(plan)
    }

    /// Plans an operation. Also returns whether it selects `__schema` or `__type`.
    fn create_plan(
        &self,
        request: ExecutionRequest<'_>,
        operation: &document::OperationInfo,
    ) -> Result<(Plan, bool), ExecutionError> {
        let document = request.document;
        let operation = document
            .operation_definition(operation)
            // Unreachable: these are the operations of the document.
            .ok_or_else(GraphqlError::internal)?;
        let coercion = Coercion {
            types: &self.validation_schema.types,
            limits: &self.limits,
        };
        let variables = VariableValues::coerce(coercion, document, operation, request.variables)?;
        let introspection_results = introspection::execute_introspection(
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
            &introspection_results,
        )?;
        Ok((plan, !introspection_results.is_empty()))
    }

    /// Executes a request on a new snapshot of the database, and logs its statements to `log`. For a
    /// subscription, this is the response to one event.
    pub async fn execute(
        &self,
        reader: &DatabaseReader,
        request: ExecutionRequest<'_>,
        log: StatementLog,
    ) -> ExecutionResponse {
        let execution = self.run_request(reader, request, log);
        let timeout_error = || {
            GraphqlError::new(
                ErrorCode::Timeout,
                format!(
                    "the request took longer than {} ms (limits.requestTimeoutMs); request smaller \
                     pages or fewer fields",
                    self.limits.request_timeout.as_millis()
                ),
            )
        };
        let result = match tokio::time::timeout(self.limits.request_timeout, execution).await {
            // The database may stop the statement first.
            Ok(Err(ExecutionError::Internal(InternalError::Database(error))))
                if matches!(*error, DatabaseError::Timeout) =>
            {
                Err(timeout_error().into())
            }
            Ok(result) => result,
            Err(_) => Err(timeout_error().into()),
        };
        match result {
            Ok(ExecutionResult { data, errors }) => {
                for error in &errors {
                    tracing::error!(path = %json!(error.path), request.id, "a field failed");
                }
                ExecutionResponse::executed(data, &errors, request.id)
            }
            Err(ExecutionError::Rejected(errors)) => {
                ExecutionResponse::request_error(&errors, request.id)
            }
            Err(ExecutionError::Internal(error)) => {
                let error: &dyn std::error::Error = &error;
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
    ) -> Result<ExecutionResult, ExecutionError> {
        let plan = self.get_or_create_plan(request)?;
        // Boxed because the future is large and moved several times.
        let execution = Box::pin(execute_plan(self.limits, reader.clone(), log, plan));
        match reader.is_blocking() {
            true => self.run_blocking(execution).await,
            false => execution.await,
        }
    }

    /// Runs a future that blocks its thread. It runs on the current thread if another worker thread
    /// remains free, because waking another thread takes longer than most requests. Otherwise, it runs
    /// on a thread for blocking tasks.
    async fn run_blocking<T: Send + 'static>(
        &self,
        future: impl Future<Output = Result<T, ExecutionError>> + Send + 'static,
    ) -> Result<T, ExecutionError> {
        let runtime = Handle::current();
        let permits = self
            .inline_permits
            .get_or_init(|| Semaphore::new(runtime.metrics().num_workers() - 1));
        if let Ok(_permit) = permits.try_acquire() {
            return future.await;
        }
        let future = future.in_current_span();
        let result = task::spawn_blocking(move || runtime.block_on(future)).await;
        result.unwrap_or_else(|error| match error.try_into_panic() {
            Ok(panic) => panic::resume_unwind(panic),
            // Without a panic, the task was canceled because the runtime shuts down.
            Err(_) => Err(InternalError::Shutdown.into()),
        })
    }
}

/// Executes a plan and writes its result as JSON.
///
/// # Errors
/// When the database or the definition of the graph fails, or a field rejects what it has read.
async fn execute_plan(
    limits: Limits,
    reader: DatabaseReader,
    log: StatementLog,
    plan: Arc<Plan>,
) -> Result<ExecutionResult, ExecutionError> {
    let snapshot = Snapshot::open(&reader, log).await?;
    let context = Context::new(limits, snapshot);
    let level = execution::execute_root_selection_set(&context, &plan).await?;
    Ok(response_writer::write(&plan, &level))
}
