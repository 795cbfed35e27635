//! HTTP: the only place that knows axum.

mod endpoint;

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{Router, http::header, response::IntoResponse, routing::get};
use sea_orm::DatabaseConnection;
use tokio::net::TcpListener;
use tower_http::{catch_panic::CatchPanicLayer, limit::RequestBodyLimitLayer};

use crate::engine::Engine;

/// What answers requests: an engine and the database that it reads.
#[derive(Clone)]
pub struct Server {
    engine: Engine,
    database: DatabaseConnection,
    sdl: Arc<str>,
    requests: Arc<AtomicU64>,
}

impl Server {
    /// A server over a database that is migrated and loaded.
    pub fn new(engine: Engine, database: DatabaseConnection) -> Self {
        let sdl = engine.sdl().into();
        Self {
            engine,
            database,
            sdl,
            requests: Arc::default(),
        }
    }

    fn next_request_id(&self) -> String {
        format!("{:08x}", self.requests.fetch_add(1, Ordering::Relaxed))
    }

    /// Answers whoever connects until `stop` resolves; requests under way are answered first.
    ///
    /// # Errors
    /// What keeps it from accepting connections.
    pub async fn serve(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        axum::serve(listener, self.router())
            .with_graceful_shutdown(stop)
            .await
    }

    /// Its routes: `/graphql`, `/schema.graphql`, and `/`, which says so.
    pub fn router(self) -> Router {
        let max_bytes =
            usize::try_from(self.engine.limits().max_request_bytes).unwrap_or(usize::MAX);
        let sdl = self.sdl.clone();
        Router::new()
            .route("/", get(|| async { WELCOME }))
            .route("/graphql", get(endpoint::graphql).post(endpoint::graphql))
            .route("/schema.graphql", get(|| async move { schema(&sdl) }))
            .layer(RequestBodyLimitLayer::new(max_bytes))
            .layer(CatchPanicLayer::custom(endpoint::panicked))
            .with_state(self)
    }
}

const WELCOME: &str = "\
sistergraph: sister partnerships between the United States and Asia, and what survey respondents know of them

/graphql          the GraphQL endpoint; POST a query as JSON, or GET with ?query=
/schema.graphql   the schema, with a description of everything

Try: curl -s localhost:8000/graphql -H 'content-type: application/json' \\
  -d '{\"query\":\"{ state(code: \\\"OR\\\") { name partnerships { totalCount } } }\"}'
";

fn schema(sdl: &str) -> impl IntoResponse + use<> {
    (
        [(header::CONTENT_TYPE, "application/graphql; charset=utf-8")],
        sdl.to_owned(),
    )
}
