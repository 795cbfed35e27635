//! HTTP: the only place that knows axum.

mod admission;
mod content;
mod encoding;
mod export;
mod graphql;
mod listen;
mod live;
mod observe;
mod pages;
mod refusal;
mod request_id;
mod settings;

use std::{
    io,
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{any, get},
};
use sea_orm::DatabaseConnection;
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
};
use tokio_util::sync::CancellationToken;
use tower_http::cors::{AllowOrigin, CorsLayer};

use self::{
    admission::Admission,
    content::{Content, Form},
    graphql::{AnswerCache, Persisted},
    listen::Connections,
    live::{Generation, Live},
    refusal::Refused,
};
pub use self::{graphql::TrustedError, settings::Settings};
use crate::engine::Engine;

/// What answers requests: an engine, the database that it reads, and what is kept between requests.
/// Cheap to clone.
#[derive(Clone)]
pub struct Server(Arc<Shared>);

struct Shared {
    engine: Engine,
    database: DatabaseConnection,
    files: OnceLock<DatabaseConnection>,
    settings: Settings,
    sdl: Content,
    persisted: Persisted,
    cache: AnswerCache,
    live: OnceLock<Live>,
    admission: Admission,
    subscriptions: Arc<Semaphore>,
    stopping: CancellationToken,
}

impl Server {
    /// A server over a database that is migrated and loaded.
    ///
    /// # Errors
    /// Where the trusted documents cannot be used.
    pub fn new(
        engine: Engine,
        database: DatabaseConnection,
        settings: Settings,
    ) -> Result<Self, TrustedError> {
        let persisted = Persisted::new(
            settings.trusted_documents.as_deref(),
            settings.only_trusted,
            &engine,
        )?;
        let limits = *engine.limits();
        let places = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        Ok(Self(Arc::new(Shared {
            sdl: Content::new(engine.sdl()),
            persisted,
            cache: AnswerCache::new(settings.cache_bytes),
            live: OnceLock::new(),
            files: OnceLock::new(),
            admission: Admission::new(
                places(limits.max_concurrent_requests),
                places(limits.max_waiting_requests),
            ),
            subscriptions: Arc::new(Semaphore::new(
                places(limits.max_subscribers).min(Semaphore::MAX_PERMITS),
            )),
            stopping: CancellationToken::new(),
            engine,
            database,
            settings,
        })))
    }

    /// Follows the data by a connection of its own, so that a load by another process is seen. Until
    /// then no answer is kept, and subscribers are told of no change.
    pub async fn follow(&self, database: DatabaseConnection) {
        let live = Live::follow(database).await;
        let mut changes = live.changes();
        if self.0.live.set(live).is_err() {
            return;
        }
        let cache = self.0.cache.clone();
        tokio::spawn(async move {
            // What was computed from other data is never asked for again.
            while changes.changed().await.is_ok() {
                cache.clear();
            }
        });
    }

    /// Writes files from connections of their own, which may be kept for longer than those that
    /// answer queries: a file takes as long as its reader.
    pub fn write_files_from(&self, database: DatabaseConnection) {
        // Whoever says it twice means the first.
        let _ = self.0.files.set(database);
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
        let limits = self.engine().limits();
        let connections = Connections {
            max: usize::try_from(limits.max_connections).unwrap_or(usize::MAX),
            header_timeout: limits.header_timeout,
            write_timeout: self.settings().write_timeout,
            drain_timeout: self.settings().drain_timeout,
        };
        let stopping = self.stopping().clone();
        let stop = async move {
            stop.await;
            // Subscriptions have no end of their own.
            stopping.cancel();
        };
        listen::listen(listener, self.router(), connections, stop).await
    }

    /// Its routes: `/graphql`, `/schema.graphql`, the files below `/export`, and the pages.
    pub fn router(&self) -> Router {
        Router::new()
            .merge(pages::routes())
            .route("/graphql", any(graphql::graphql))
            .route("/schema.graphql", get(schema))
            .merge(export::routes())
            .fallback(not_found)
            .layer(cors(self.settings()))
            .layer(middleware::from_fn(observe::observe))
            .with_state(self.clone())
    }

    fn engine(&self) -> &Engine {
        &self.0.engine
    }

    fn database(&self) -> &DatabaseConnection {
        &self.0.database
    }

    fn files(&self) -> &DatabaseConnection {
        self.0.files.get().unwrap_or(&self.0.database)
    }

    fn settings(&self) -> &Settings {
        &self.0.settings
    }

    fn persisted(&self) -> &Persisted {
        &self.0.persisted
    }

    /// The kept answers and the number of the data that new ones belong to; `None` where answers
    /// are not kept.
    fn cache(&self) -> Option<(&AnswerCache, u64)> {
        let live = self.0.live.get()?;
        (self.settings().cache_bytes > 0).then(|| (&self.0.cache, live.generation()))
    }

    fn admission(&self) -> &Admission {
        &self.0.admission
    }

    fn subscriptions(&self) -> &Arc<Semaphore> {
        &self.0.subscriptions
    }

    fn stopping(&self) -> &CancellationToken {
        &self.0.stopping
    }

    /// Tells of changes of the data; never, where they are not followed.
    fn changes(&self) -> Option<watch::Receiver<Generation>> {
        self.0.live.get().map(Live::changes)
    }
}

const WELCOME: &str = "\
sistergraph: sister partnerships between the United States and Asia, and what survey respondents know of them

/graphql          the GraphQL endpoint; POST a query as JSON, or GET with ?query=
/schema.graphql   the schema, with a description of everything
/export           the data as files: CSV, JSON, GeoJSON and an archive of all tables

Try: curl -s localhost:8000/graphql -H 'content-type: application/json' \\
  -d '{\"query\":\"{ state(code: \\\"OR\\\") { name partnerships { totalCount } } }\"}'
";

async fn schema(State(server): State<Server>, request: Request) -> Response {
    let form = Form {
        content_type: HeaderValue::from_static("application/graphql; charset=utf-8"),
        variant: "",
        vary: "accept-encoding",
        max_age: Some(server.settings().max_age),
    };
    server.0.sdl.respond(request.headers(), &form).await
}

async fn not_found(request: Request) -> Response {
    let message = format!(
        "there is nothing at {}; GraphQL is at /graphql, files are below /export",
        request.uri().path()
    );
    Refused::new(StatusCode::NOT_FOUND, "NOT_FOUND", message).into_response()
}

/// Pages of the allowed origins may send requests and read the answers. There are no cookies and
/// nothing is private, so by default every page may.
fn cors(settings: &Settings) -> CorsLayer {
    let origins = if settings.allows_every_origin() {
        AllowOrigin::any()
    } else {
        let origins = settings.allowed_origins.iter();
        AllowOrigin::list(origins.filter_map(|origin| HeaderValue::from_str(origin).ok()))
    };
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::HEAD, Method::POST])
        .allow_headers([
            header::ACCEPT,
            header::CONTENT_TYPE,
            header::IF_NONE_MATCH,
            request_id::X_REQUEST_ID,
            // Clients of Apollo's name themselves and ask for a preflight by these.
            HeaderName::from_static("apollographql-client-name"),
            HeaderName::from_static("apollographql-client-version"),
            HeaderName::from_static("apollo-require-preflight"),
            HeaderName::from_static("x-apollo-operation-name"),
            HeaderName::from_static("x-graphql-event-stream-token"),
        ])
        .expose_headers([header::ETAG, header::RETRY_AFTER, request_id::X_REQUEST_ID])
        .max_age(Duration::from_secs(24 * 60 * 60))
}
