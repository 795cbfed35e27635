//! The path of a request: parse, bound, validate, plan, read, write.

use std::{
    collections::HashMap,
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use async_graphql::{
    Request, ServerError, Variables,
    dynamic::{Schema, SchemaError},
    parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType},
};
use sea_orm::DatabaseConnection;
use serde_json::{Value as Json, json};

use super::{Code, Context, Fault, Graph, Limits, Plan, Refusal, document, run, schema, write};
use crate::db::{Snapshot, StatementLog};

/// Answers requests over a graph. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    graph: Arc<Graph>,
    schema: Schema,
    limits: Limits,
    requests: Arc<AtomicU64>,
}

/// The answer to a request.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// The response as JSON, fields in the order asked for.
    pub body: String,
    /// Whether execution began; where it did not, there is no `data`.
    pub executed: bool,
    /// The code of the first error, if any.
    pub code: Option<&'static str>,
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
        let schema = schema::build(&graph)?;
        Ok(Self {
            graph: Arc::new(graph),
            schema,
            limits,
            requests: Arc::default(),
        })
    }

    /// The schema in the schema definition language.
    pub fn sdl(&self) -> String {
        self.schema.sdl()
    }

    /// The limits that requests are held to.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Answers a request from the database; `log` is told the statements.
    pub async fn answer(
        &self,
        database: &DatabaseConnection,
        request: Request,
        log: StatementLog,
    ) -> Answer {
        self.timed(database, request, log, Executor::Engine).await
    }

    /// Answers a request with async-graphql's executor: slower, and listing fields as they come.
    /// Tests compare the two.
    pub async fn answer_by_reference(
        &self,
        database: &DatabaseConnection,
        request: Request,
        log: StatementLog,
    ) -> Answer {
        self.timed(database, request, log, Executor::AsyncGraphql)
            .await
    }

    async fn timed(
        &self,
        database: &DatabaseConnection,
        request: Request,
        log: StatementLog,
        executor: Executor,
    ) -> Answer {
        let request_id = format!("{:08x}", self.requests.fetch_add(1, Ordering::Relaxed));
        let work = self.execute(database, request, log, executor);
        let result = match tokio::time::timeout(self.limits.request_timeout, work).await {
            Ok(result) => result,
            Err(_) => Err(Failure::Refused(vec![Refusal::new(
                Code::Timeout,
                format!(
                    "the request took longer than {} ms (limits.requestTimeoutMs); ask for smaller \
                     pages or fewer fields",
                    self.limits.request_timeout.as_millis()
                ),
            )])),
        };
        match result {
            Ok((data, errors)) => answer(Some(data), &errors, &request_id),
            Err(Failure::Refused(errors)) => answer(None, &errors, &request_id),
            Err(Failure::Fault(fault)) => {
                tracing::error!(error = ?fault, request.id = request_id, "a request failed");
                let error = Refusal::new(Code::Internal, "internal error");
                answer(Some("null".to_owned()), &[error], &request_id)
            }
        }
    }

    async fn execute(
        &self,
        database: &DatabaseConnection,
        mut request: Request,
        log: StatementLog,
        executor: Executor,
    ) -> Result<(String, Vec<Refusal>), Failure> {
        let document = match request.parsed_query() {
            Ok(document) => document.clone(),
            Err(error) => {
                return Err(unparsed(error).into());
            }
        };
        document::check(&document, &self.limits)?;
        let operation = operation(&document, request.operation_name.as_deref())?;
        let variables = request.variables.clone();
        self.validate(request_to_validate(&mut request)).await?;
        let introspected = self.introspect(&document, operation, &variables).await?;
        let plan = Plan::new(
            &self.graph,
            &self.limits,
            &document,
            operation,
            &variables,
            &introspected,
        )?;
        let snapshot = Snapshot::open(database, log).await.map_err(Fault::from)?;
        match executor {
            Executor::Engine => {
                let context = Context::of_levels(self.graph.clone(), self.limits, snapshot);
                let level = run::run(&context, &plan).await?;
                let written = write::write(&plan, &level);
                Ok((written.data, written.errors))
            }
            Executor::AsyncGraphql => {
                let context = Context::collecting(self.graph.clone(), self.limits, snapshot);
                self.by_async_graphql(request.data(Arc::new(context))).await
            }
        }
    }

    /// The values of `__schema` and `__type` as JSON by response key: async-graphql answers them,
    /// from a document that asks for nothing else.
    async fn introspect(
        &self,
        document: &ExecutableDocument,
        operation: &OperationDefinition,
        variables: &Variables,
    ) -> Result<HashMap<String, Arc<str>>, Failure> {
        let Some(document) = document::introspection(document, operation) else {
            return Ok(HashMap::new());
        };
        let mut request = Request::new("").variables(variables.clone());
        request.set_parsed_query(document);
        let response = self.schema.execute(request).await;
        if !response.errors.is_empty() {
            return Err(refused(&self.graph, response.errors).into());
        }
        let async_graphql::Value::Object(values) = response.data else {
            return Ok(HashMap::new());
        };
        values
            .into_iter()
            .map(|(key, value)| {
                let json = serde_json::to_string(&value)
                    .map_err(|error| Fault::Definition(error.to_string()))?;
                Ok((key.to_string(), json.into()))
            })
            .collect()
    }

    async fn validate(&self, request: Request) -> Result<(), Failure> {
        let response = self
            .schema
            .execute(request.data(schema::ValidateOnly))
            .await;
        if response.errors.is_empty() {
            return Ok(());
        }
        Err(refused(&self.graph, response.errors).into())
    }

    async fn by_async_graphql(&self, request: Request) -> Result<(String, Vec<Refusal>), Failure> {
        let response = self.schema.execute(request).await;
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

impl From<Vec<Refusal>> for Failure {
    fn from(refusals: Vec<Refusal>) -> Self {
        Self::Refused(refusals)
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

fn request_to_validate(request: &mut Request) -> Request {
    let mut copy = Request::new(request.query.clone()).variables(request.variables.clone());
    copy.operation_name.clone_from(&request.operation_name);
    if let Ok(document) = request.parsed_query() {
        let document = document.clone();
        copy.set_parsed_query(document);
    }
    copy
}

fn operation<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Result<&'a OperationDefinition, Refusal> {
    let found = match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => operation,
        (DocumentOperations::Single(_), Some(name)) => {
            return Err(Refusal::input(format!(
                "operationName is {name:?}, but the document has one operation without a name"
            )));
        }
        (DocumentOperations::Multiple(operations), name) => {
            let mut names: Vec<_> = operations.keys().map(|name| name.as_str()).collect();
            names.sort_unstable();
            match name {
                Some(name) => operations.get(name).ok_or_else(|| {
                    Refusal::input(format!(
                        "operationName is {name:?}, but the document has {}",
                        names.join(", ")
                    ))
                })?,
                None => match operations.values().next() {
                    Some(only) if operations.len() == 1 => only,
                    _ => {
                        return Err(Refusal::input(format!(
                            "operationName is missing; the document has {}",
                            names.join(", ")
                        )));
                    }
                },
            }
        }
    };
    if found.node.ty != OperationType::Query {
        return Err(Refusal::new(
            Code::ValidationFailed,
            format!("{} is not supported; send a query", found.node.ty),
        )
        .at(found.pos));
    }
    Ok(&found.node)
}

/// Why the document is not GraphQL. The parser draws the line of the document and an arrow below
/// it, however long the line is, and says last what it expected.
fn unparsed(error: ServerError) -> Refusal {
    let found = error.message.trim_end();
    let said = found.rsplit_once("\n  = ").map_or(found, |(_, said)| said);
    let at = match error.locations.first() {
        Some(pos) => format!(" at line {}, column {}", pos.line, pos.column),
        None => String::new(),
    };
    let said = said.replace('_', " ");
    let message = format!(
        "the query is not GraphQL{at}: {}",
        said.trim_end_matches('.')
    );
    let mut refusal = Refusal::new(Code::ParseFailed, message);
    refusal.locations = error.locations;
    refusal
}

/// What the validation of async-graphql found. Of a value that an enum does not have, it says
/// what is wrong; which values are right is added.
fn refused(graph: &Graph, errors: Vec<ServerError>) -> Vec<Refusal> {
    errors
        .into_iter()
        .map(|mut error| {
            let named = error.message.split_once("enumeration type \"");
            let named = named.and_then(|(_, rest)| rest.split_once('"'));
            if let Some(known) = named.and_then(|(name, _)| graph.enums.get(name)) {
                let values: Vec<_> = known.values.iter().map(|(value, _)| *value).collect();
                error.message = format!("{}; give one of {}", error.message, values.join(", "));
            }
            let mut refusal = Refusal::new(Code::ValidationFailed, error.message);
            refusal.locations = error.locations;
            refusal
        })
        .collect()
}

fn answer(data: Option<String>, errors: &[Refusal], request_id: &str) -> Answer {
    let executed = data.is_some();
    let mut body = String::with_capacity(data.as_ref().map_or(0, String::len) + 64);
    body.push('{');
    if !errors.is_empty() {
        let errors: Vec<Json> = errors
            .iter()
            .map(|error| error.to_json(request_id))
            .collect();
        let _ = write!(body, "\"errors\":{}", json!(errors));
    }
    if let Some(data) = data {
        if body.len() > 1 {
            body.push(',');
        }
        body.push_str("\"data\":");
        body.push_str(&data);
    }
    body.push('}');
    Answer {
        body,
        executed,
        code: errors.first().map(|error| error.code.as_str()),
    }
}
