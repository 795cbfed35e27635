//! The router of the server over a separate database with the built-in data.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    http::{self, HeaderMap, StatusCode, header},
};
use bytes::Bytes;
use http_body_util::BodyExt;
use sea_orm::DbBackend;
use serde_json::{Map, Value, json};
use sistergraph::{
    db::{DatabaseReader, ReaderOptions, StatementLog},
    engine::{Engine, ExecutionRequest},
    graphql_response::ExecutionResponse,
    http::{RawCacheService, ResponseInfo, Server, Settings},
    import::{Tables, load},
    limits::Limits,
    schema,
};
use tower::ServiceExt;

use super::{data_set::DataSet, database::TestDatabase};
use crate::reference::ReferenceExecutor;

/// The SQL statements of the request that the response answers.
pub(crate) fn statement_log(response: &http::Response<Body>) -> Option<StatementLog> {
    let info = response.extensions().get::<ResponseInfo>()?;
    info.statement_log.clone()
}

/// A server over a test database, which is called without a network.
pub(crate) struct TestGraph {
    database: TestDatabase,
    reader: DatabaseReader,
    export_reader: DatabaseReader,
    engine: Engine,
    router: RawCacheService,
}

/// A response, read to its end.
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) content_type: String,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
    /// Empty if the bytes are not text.
    pub(crate) text: String,
    /// The SQL statements of the request, with placeholders.
    pub(crate) statements: Vec<String>,
}

impl Response {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// The data of a response without errors.
    pub(crate) fn data(&self) -> Value {
        let json = self.json();
        assert_eq!(json.get("errors"), None, "{}", self.text);
        json["data"].clone()
    }

    /// The message and the code of the only error.
    pub(crate) fn error(&self) -> (String, String) {
        let json = self.json();
        let errors = json["errors"].as_array().unwrap();
        assert_eq!(errors.len(), 1, "{}", self.text);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (
            text(&errors[0]["message"]),
            text(&errors[0]["extensions"]["code"]),
        )
    }

    /// Checks that the request was rejected before anything was read, with errors that have a code
    /// and do not expose internals. `context` is shown on failure.
    pub(crate) fn assert_rejected(&self, context: &str) {
        let json = self.json();
        assert_eq!(json.get("data"), None, "{context}: {}", self.text);
        let errors = json["errors"].as_array().unwrap();
        assert!(!errors.is_empty(), "{context}");
        for error in errors {
            assert!(
                error["extensions"]["code"].is_string(),
                "{context}: {error}"
            );
            let message = error["message"].as_str().unwrap();
            assert!(
                !message.is_empty() && message.len() < 300,
                "{context}: {message}"
            );
            let internals = [
                "SELECT",
                "sqlx",
                "src/",
                "async_graphql",
                "enum BatchRequest",
                "serde",
                " --> ",
            ];
            for internal in internals {
                assert!(!message.contains(internal), "{context}: {message}");
            }
        }
        assert_eq!(self.statements, Vec::<String>::new(), "{context}");
    }
}

impl TestGraph {
    /// A server with the built-in data and the default limits.
    pub(crate) async fn loaded() -> Self {
        Self::with_limits(Limits::default()).await
    }

    pub(crate) async fn with_limits(limits: Limits) -> Self {
        let database = TestDatabase::loaded().await;
        Self::build(limits, Settings::default(), database, 0)
            .await
            .0
    }

    /// A server with other data and the default limits.
    pub(crate) async fn with_data(data: &DataSet) -> Self {
        Self::with_tables(Limits::default(), &data.tables()).await
    }

    /// A server with other data and other limits.
    pub(crate) async fn with_tables(limits: Limits, tables: &Tables) -> Self {
        let database = TestDatabase::migrated().await;
        load(database.connection(), tables, &()).await.unwrap();
        Self::build(limits, Settings::default(), database, 0)
            .await
            .0
    }

    /// A server that caches counts, if the database supports it.
    pub(crate) async fn with_count_cache() -> Self {
        let database = TestDatabase::loaded().await;
        Self::build(Limits::default(), Settings::default(), database, 1 << 20)
            .await
            .0
    }

    /// A server that watches the revision of the data, which enables its response cache.
    pub(crate) async fn watching_revision(limits: Limits, settings: Settings) -> Self {
        let (graph, server) = Self::build(limits, settings, TestDatabase::loaded().await, 0).await;
        server.watch_revision(graph.reader.clone()).await;
        graph
    }

    /// A server that watches the revision of another one's database.
    pub(crate) async fn watching_revision_of(other: &Self) -> Self {
        let database = TestDatabase::loaded().await;
        let (graph, server) =
            Self::build(Limits::default(), Settings::default(), database, 0).await;
        server.watch_revision(other.reader.clone()).await;
        graph
    }

    async fn build(
        limits: Limits,
        settings: Settings,
        database: TestDatabase,
        counts_bytes: u64,
    ) -> (Self, Arc<Server>) {
        let engine = schema::build_engine(limits).unwrap();
        // Like a real server, it uses read-only connections.
        let reader = DatabaseReader::connect(
            database.url(),
            ReaderOptions {
                cache_bytes: counts_bytes,
                ..ReaderOptions::with_timeout(limits.request_timeout)
            },
        )
        .await
        .unwrap()
        .unwrap();
        let server = Server::new(engine.clone(), reader.clone(), settings).unwrap();
        // Like those of a real server, exports have more time than requests.
        let options = ReaderOptions::with_timeout(Duration::from_secs(30 * 60));
        let export_reader = DatabaseReader::connect(database.url(), options).await;
        let export_reader = export_reader.unwrap().unwrap();
        server.set_export_reader(export_reader.clone());
        let router = server.router();
        let graph = Self {
            database,
            reader,
            export_reader,
            engine,
            router,
        };
        (graph, server)
    }

    pub(crate) fn database(&self) -> &TestDatabase {
        &self.database
    }

    /// The connections that requests use.
    pub(crate) fn reader(&self) -> &DatabaseReader {
        &self.reader
    }

    /// The connections that exports use.
    pub(crate) fn export_reader(&self) -> &DatabaseReader {
        &self.export_reader
    }

    /// `sqlite` or `postgres`.
    pub(crate) fn backend(&self) -> &'static str {
        match self.database.connection().get_database_backend() {
            DbBackend::Postgres => "postgres",
            _ => "sqlite",
        }
    }

    /// Sends a request, and returns the response with its body unread.
    pub(crate) async fn send_unread(&self, request: http::Request<Body>) -> http::Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Sends a request, and reads the response.
    pub(crate) async fn send(&self, request: http::Request<Body>) -> Response {
        let response = self.send_unread(request).await;
        let log = statement_log(&response);
        let content_type = response
            .headers()
            .get(header::CONTENT_TYPE)
            .map(|value| value.to_str().unwrap().to_owned())
            .unwrap_or_default();
        let status = response.status();
        let headers = response.headers().clone();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        Response {
            status,
            content_type,
            headers,
            text: String::from_utf8(bytes.to_vec()).unwrap_or_default(),
            bytes,
            statements: log.map(|log| log.statements()).unwrap_or_default(),
        }
    }

    /// Sends a GET.
    pub(crate) async fn get(&self, path: &str) -> Response {
        self.send(http::Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    /// Sends a query in a POST.
    pub(crate) async fn query(&self, query: &str) -> Response {
        self.query_with(query, Value::Null).await
    }

    /// Sends a query with variables in a POST.
    pub(crate) async fn query_with(&self, query: &str, variables: Value) -> Response {
        let body = json!({ "query": query, "variables": variables });
        self.post(body.to_string()).await
    }

    /// Sends a POST with a body of type JSON.
    pub(crate) async fn post(&self, body: impl Into<Body>) -> Response {
        let request = http::Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.into())
            .unwrap();
        self.send(request).await
    }

    /// Executes a document in the engine, without HTTP.
    pub(crate) async fn execute(
        &self,
        query: &str,
        operation_name: Option<&str>,
        variables: &Map<String, Value>,
    ) -> ExecutionResponse {
        let document = match self.engine.parse_document(query) {
            Ok(document) => document,
            Err(errors) => return ExecutionResponse::request_error(&errors, ""),
        };
        let request = ExecutionRequest {
            document: &document,
            operation_name,
            variables,
            id: "",
            deadline: Instant::now() + self.engine.limits().request_timeout,
        };
        let log = StatementLog::default();
        self.engine.execute(&self.reader, request, log).await
    }

    /// Executes a query with async-graphql's executor, which may return fields in another order.
    pub(crate) async fn query_with_async_graphql(&self, query: &str, variables: Value) -> Value {
        let executor = ReferenceExecutor::new(*self.engine.limits());
        executor.execute(&self.reader, query, variables).await
    }
}
