//! The path of a request: parse, bound, validate, plan, read, write.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{
    ServerError, Variables,
    dynamic::{Schema, SchemaError},
    parser::{
        parse_query,
        types::{ExecutableDocument, OperationDefinition, OperationType},
    },
};
use futures_util::StreamExt;
use sea_orm::DatabaseConnection;
use serde_json::{Map, Value as Json};

use super::{
    Answer, Code, Context, Document, Fault, Graph, Limits, Plan, Refusal, bounds,
    document::{self, Documents},
    normalise::normalise,
    run, schema, write,
};
use crate::db::{Snapshot, StatementLog, connection::is_timeout};

/// Answers requests over a graph. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    graph: Arc<Graph>,
    schema: Schema,
    limits: Limits,
    documents: Arc<Documents>,
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
        let schema = schema::build(&graph)?;
        Ok(Self {
            graph: Arc::new(graph),
            schema,
            limits,
            documents: Arc::new(document::documents()),
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

    /// The document that a text writes; from memory, where the same text was sent lately.
    ///
    /// # Errors
    /// Where it is not GraphQL, is over a limit, or does not fit the schema.
    pub fn document(&self, text: &str) -> Result<Arc<Document>, Vec<Refusal>> {
        if let Some(document) = self.documents.get(text) {
            return Ok(document);
        }
        let parsed = parse_query(text).map_err(|error| vec![unparsed(error.into())])?;
        bounds::check(&parsed, &self.limits).map_err(|refusal| vec![refusal])?;
        let document = Arc::new(Document::new(normalise(text), parsed));
        self.documents.insert(text.into(), document.clone());
        Ok(document)
    }

    /// Answers a request from the database; `log` is told the statements. A subscription is
    /// answered for one event: with what it selects as it is now.
    pub async fn execute(
        &self,
        database: &DatabaseConnection,
        request: Request<'_>,
        log: StatementLog,
    ) -> Answer {
        self.timed(database, request, log, Executor::Engine).await
    }

    /// Answers a request with async-graphql's executor: slower, and listing fields as they come.
    /// Tests compare the two.
    pub async fn answer_by_reference(
        &self,
        database: &DatabaseConnection,
        request: Request<'_>,
        log: StatementLog,
    ) -> Answer {
        self.timed(database, request, log, Executor::AsyncGraphql)
            .await
    }

    async fn timed(
        &self,
        database: &DatabaseConnection,
        request: Request<'_>,
        log: StatementLog,
        executor: Executor,
    ) -> Answer {
        let work = self.run(database, request, log, executor);
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
                tracing::error!(error = ?fault, request.id, "a request failed");
                let error = Refusal::new(Code::Internal, "internal error");
                Answer::executed("null".to_owned(), &[error], request.id)
            }
        }
    }

    async fn run(
        &self,
        database: &DatabaseConnection,
        request: Request<'_>,
        log: StatementLog,
        executor: Executor,
    ) -> Result<(String, Vec<Refusal>), Failure> {
        let document = &request.document.parsed;
        let chosen = request.document.operation(request.operation_name)?;
        let (operation, pos) = request
            .document
            .definition(chosen)
            .ok_or_else(|| Fault::Definition("an operation without its definition".into()))?;
        if operation.ty == OperationType::Mutation {
            let message = "mutation is not supported; send a query";
            return Err(Refusal::new(Code::ValidationFailed, message).at(pos).into());
        }
        let variables = Variables::from_json(request.variables.clone().into());
        self.validate(reference(&request)).await?;
        let introspected = self.introspect(document, operation, &variables).await?;
        let plan = Plan::new(
            &self.graph,
            &self.limits,
            document,
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
                self.by_async_graphql(reference(&request).data(Arc::new(context)))
                    .await
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
        let Some(document) = bounds::introspection(document, operation) else {
            return Ok(HashMap::new());
        };
        let mut request = async_graphql::Request::new("").variables(variables.clone());
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

    async fn validate(&self, request: async_graphql::Request) -> Result<(), Failure> {
        let response = self
            .schema
            .execute(request.data(schema::ValidateOnly))
            .await;
        if response.errors.is_empty() {
            return Ok(());
        }
        Err(refused(&self.graph, response.errors).into())
    }

    async fn by_async_graphql(
        &self,
        request: async_graphql::Request,
    ) -> Result<(String, Vec<Refusal>), Failure> {
        let mut responses = self.schema.execute_stream(request);
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

/// The request as async-graphql takes it.
fn reference(request: &Request<'_>) -> async_graphql::Request {
    let variables = Variables::from_json(request.variables.clone().into());
    let mut same = async_graphql::Request::new("").variables(variables);
    same.operation_name = request.operation_name.map(str::to_owned);
    same.set_parsed_query(request.document.parsed.clone());
    same
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
