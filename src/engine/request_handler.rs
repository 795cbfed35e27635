//! Handles a request: parses and validates the document, plans the operation, executes the plan and
//! writes the response.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use apollo_compiler::{Schema, executable::Operation, validation::Valid};
use async_graphql::dynamic::SchemaError;
use serde_json::{Map, Value as Json, json};
use tokio::time::{sleep, timeout_at};

use super::{
    AnswerField, Context, Document, ErrorCode, ExecutionError, ExecutionResponse, Graph,
    GraphqlError, InternalError, Limits, ObjectRow, Plan,
    answer_field::answer_fields,
    arguments::VariableValues,
    document::{self, DocumentCache},
    dynamic_schema,
    execution::execute_selection_set,
    introspection, lexer,
    plan::{self, PlanCache},
    response_writer::{self, ExecutionResult},
    validation,
};
use crate::db::{DatabaseError, DatabaseReader, LoadedDataset, Snapshot, StatementLog};

/// How often a request is tried on a database that becomes unavailable. A closed connection needs the second attempt, and a
/// replica may cancel that one too, for another reason.
const MAX_ATTEMPTS: u32 = 4;

/// The pause before the third attempt; the one before the fourth is twice as long. A restart of the database takes less.
const RETRY_PAUSE: Duration = Duration::from_millis(200);

/// Executes requests over a graph. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    graph: Arc<Graph>,
    sdl: Arc<str>,
    types: Arc<Valid<Schema>>,
    limits: Limits,
    documents: Arc<DocumentCache>,
    plans: Arc<PlanCache>,
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
    /// When the request times out.
    pub deadline: Instant,
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
        let extended = sdl.clone() + introspection::IS_ONE_OF_SDL;
        let types = Schema::parse_and_validate(extended, "schema.graphql")
            .map_err(|invalid| SchemaError(invalid.errors.to_string()))?;
        Ok(Self {
            graph: Arc::new(graph),
            sdl: sdl.into(),
            types: Arc::new(types),
            limits,
            documents: Arc::new(document::new_document_cache()),
            plans: Arc::new(plan::new_plan_cache()),
        })
    }

    /// The schema in the schema definition language (SDL).
    pub fn sdl(&self) -> String {
        self.sdl.to_string()
    }

    /// The types of the schema.
    pub fn types(&self) -> &Valid<Schema> {
        &self.types
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
        let valid = validation::parse_and_validate(&self.types, &tokens.text, &self.limits)?;
        let document = Arc::new(Document::new(tokens, valid));
        self.documents.insert(text.into(), document.clone());
        Ok(document)
    }

    fn plan_operation(
        &self,
        request: ExecutionRequest<'_>,
        operation: &Operation,
        previous: Option<&Plan>,
    ) -> Result<Plan, ExecutionError> {
        let (types, limits, sent) = (&*self.types, &self.limits, request.variables);
        let variables = VariableValues::coerce(types, limits, request.document, operation, sent)?;
        Plan::new(&self.graph, operation, sent, &variables, previous)
    }

    /// Returns the fields of the answer to a request, without executing it.
    ///
    /// # Errors
    /// If there is no such operation, a variable or an argument is invalid, or the cost exceeds the limit.
    pub fn answer_fields(
        &self,
        request: ExecutionRequest<'_>,
    ) -> Result<Vec<AnswerField>, ExecutionError> {
        let plan = self.get_or_create_plan(request)?;
        Ok(answer_fields(&[&plan.selection_set]))
    }

    /// Plans a request, unless the last plan of its operation is for the same variables.
    pub(super) fn get_or_create_plan(
        &self,
        request: ExecutionRequest<'_>,
    ) -> Result<Arc<Plan>, ExecutionError> {
        let operation = request.document.get_operation(request.operation_name)?;
        let key = (request.document.id, operation.name.clone());
        let last = self.plans.get(&key);
        let is_same = |plan: &&Arc<Plan>| plan.variables == *request.variables;
        if let Some(plan) = last.as_ref().filter(is_same) {
            return Ok(plan.clone());
        }
        let plan = Arc::new(self.plan_operation(request, operation, last.as_deref())?);
        // Results of introspection are part of the plan, large, and rarely requested again.
        if !plan.is_introspection {
            self.plans.insert(key, plan.clone());
        }
        Ok(plan)
    }

    /// Executes a request on a new snapshot of the database, and logs its statements to `log`. For a
    /// subscription, this is the response to one event.
    pub async fn execute(
        &self,
        reader: &DatabaseReader,
        request: ExecutionRequest<'_>,
        log: StatementLog,
    ) -> ExecutionResponse {
        let execution = async {
            let mut attempts = 1;
            loop {
                match self.run_request(reader, request, log.clone()).await {
                    // Requests only read, and the response has not begun.
                    Err(ExecutionError::Internal(error))
                        if error.is_database_unavailable() && attempts < MAX_ATTEMPTS =>
                    {
                        sleep(RETRY_PAUSE * (attempts - 1)).await;
                        attempts += 1;
                    }
                    result => break result,
                }
            }
        };
        let result = timeout_at(request.deadline.into(), execution).await;
        match result.unwrap_or_else(|_| Err(DatabaseError::Timeout.into())) {
            Ok((ExecutionResult { data, errors }, seen_dataset, cost)) => {
                for error in &errors {
                    tracing::error!(path = %json!(error.path), request.id, "a field failed");
                }
                ExecutionResponse {
                    seen_dataset,
                    cost: Some(cost),
                    ..ExecutionResponse::new(Some(&data), &errors, request.id)
                }
            }
            Err(ExecutionError::Rejected(errors)) => {
                ExecutionResponse::request_error(&errors, request.id)
            }
            // The database may have stopped the statement first.
            Err(ExecutionError::Internal(InternalError::Database(error)))
                if matches!(*error, DatabaseError::Timeout) =>
            {
                ExecutionResponse::request_error(&[self.timeout_error()], request.id)
            }
            // The task that watches the database logs the outage.
            Err(ExecutionError::Internal(error)) if error.is_database_unavailable() => {
                let error = GraphqlError::database_unavailable();
                ExecutionResponse::request_error(&[error], request.id)
            }
            Err(ExecutionError::Internal(error)) => {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, request.id, "a request failed");
                let errors = [GraphqlError::internal()];
                ExecutionResponse::new(Some("null"), &errors, request.id)
            }
        }
    }

    fn timeout_error(&self) -> GraphqlError {
        let limit = self.limits.request_timeout.as_millis();
        let message = format!(
            "the request took longer than {limit} ms (limits.requestTimeoutMs); request smaller pages or fewer fields"
        );
        GraphqlError::new(ErrorCode::Timeout, message)
    }

    async fn run_request(
        &self,
        reader: &DatabaseReader,
        request: ExecutionRequest<'_>,
        log: StatementLog,
    ) -> Result<(ExecutionResult, Option<LoadedDataset>, u64), ExecutionError> {
        let plan = self.get_or_create_plan(request)?;
        let (limits, database) = (self.limits, reader.clone());
        // Boxed because the future is large and moved several times.
        let execution = Box::pin(async move {
            let context = Context::new(limits, Snapshot::open(&database, log).await?);
            let root: ObjectRow = Arc::new(());
            let level = execute_selection_set(&context, &plan.selection_set, vec![root]).await?;
            let result = response_writer::write(&plan, &level);
            Ok((result, context.seen_dataset().cloned(), plan.cost))
        });
        let result = reader.run(execution).await;
        result.unwrap_or_else(|| Err(InternalError::Shutdown.into()))
    }
}
