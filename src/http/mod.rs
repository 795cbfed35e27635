//! HTTP: the only place that knows axum.

mod admission;
mod cached_body;
mod client_address;
mod encoding;
mod error;
mod export;
mod graphql;
mod health;
mod listen;
mod metrics;
mod pages;
mod rate_limit;
mod raw_cache;
mod request_body;
mod request_id;
mod response_info;
mod revision_watch;
mod settings;
mod span;
mod telemetry;

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
use prometheus_client::metrics::counter::Counter;
use sea_orm::DatabaseConnection;
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
};
use tokio_util::sync::CancellationToken;
use tower_http::cors::{AllowOrigin, CorsLayer};

use self::{
    admission::Admission,
    cached_body::{BodyHeaders, CachedBody},
    error::HttpError,
    graphql::{PersistedDocuments, ResponseCache},
    listen::ConnectionLimits,
    metrics::Metrics,
    rate_limit::{ClientKey, RateLimit},
    raw_cache::{RawCache, new_raw_cache},
    revision_watch::{Generation, RevisionWatch},
};
pub use self::{
    client_address::{ForwardedHeader, Proxies},
    graphql::TrustedDocumentsError,
    raw_cache::RawCacheService,
    settings::Settings,
};
use crate::{
    db::{DatabaseReader, StatementLog},
    engine::Engine,
};

/// What answers requests: an engine, the database that it reads, and what is kept between requests.
/// Cheap to clone.
#[derive(Clone)]
pub struct Server(Arc<ServerState>);

struct ServerState {
    engine: Engine,
    reader: DatabaseReader,
    export_reader: OnceLock<DatabaseReader>,
    settings: Settings,
    sdl: CachedBody,
    persisted_documents: PersistedDocuments,
    response_cache: ResponseCache,
    raw_cache: RawCache,
    revision_watch: OnceLock<RevisionWatch>,
    admission: Admission,
    rate_limit: Option<RateLimit>,
    subscription_permits: Arc<Semaphore>,
    connection_permits: Arc<Semaphore>,
    metrics: Metrics,
    draining: CancellationToken,
    shutdown: CancellationToken,
}

impl Server {
    /// A server over a database that is migrated and loaded.
    ///
    /// # Errors
    /// Where the trusted documents cannot be used.
    pub fn new(
        engine: Engine,
        reader: DatabaseReader,
        settings: Settings,
    ) -> Result<Self, TrustedDocumentsError> {
        let persisted = PersistedDocuments::new(
            settings.trusted_documents.as_deref(),
            settings.only_trusted,
            &engine,
        )?;
        let limits = *engine.limits();
        // Most of it is for answers by their meaning, which equal questions in other words share.
        let known_bytes = settings.cache_bytes / 4;
        let metrics = Metrics::new(persisted.operation_names());
        let places = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let semaphore = |n: u64| Arc::new(Semaphore::new(places(n).min(Semaphore::MAX_PERMITS)));
        Ok(Self(Arc::new(ServerState {
            sdl: CachedBody::new(engine.sdl()),
            persisted_documents: persisted,
            response_cache: ResponseCache::new(settings.cache_bytes - known_bytes),
            raw_cache: new_raw_cache(known_bytes),
            revision_watch: OnceLock::new(),
            export_reader: OnceLock::new(),
            admission: Admission::new(
                places(limits.max_concurrent_requests),
                places(limits.max_waiting_requests),
            ),
            rate_limit: RateLimit::new(settings.rate_limit, settings.rate_burst),
            subscription_permits: semaphore(limits.max_subscribers),
            connection_permits: semaphore(limits.max_connections),
            metrics,
            draining: CancellationToken::new(),
            shutdown: CancellationToken::new(),
            engine,
            reader,
            settings,
        })))
    }

    /// Follows the data by a connection of its own, so that a load by another process is seen. Until
    /// then no answer is kept, and subscribers are told of no change.
    pub async fn watch_revision(&self, database: DatabaseConnection) {
        let live = RevisionWatch::start(database).await;
        let mut changes = live.subscribe();
        if self.0.revision_watch.set(live).is_err() {
            return;
        }
        let cache = self.0.response_cache.clone();
        let known = self.0.raw_cache.clone();
        tokio::spawn(async move {
            // What was computed from other data is never asked for again.
            while changes.changed().await.is_ok() {
                cache.clear();
                known.invalidate_all();
            }
        });
    }

    /// Writes files from connections of their own, which may be kept for longer than those that
    /// answer queries: a file takes as long as its reader.
    pub fn set_export_database(&self, database: DatabaseConnection) {
        // Whoever says it twice means the first.
        let _ = self.0.export_reader.set(database.into());
    }

    /// Answers whoever connects until `stop` resolves; requests under way are answered first.
    /// `operations` is where operators ask, until the last request is answered, where that is
    /// not the same place.
    ///
    /// # Errors
    /// What keeps it from accepting connections.
    pub async fn serve(
        self,
        listener: TcpListener,
        operations: Option<TcpListener>,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let connections = ConnectionLimits {
            permits: self.0.connection_permits.clone(),
            refused_counter: self.metrics().refused_connections().clone(),
            header_timeout: self.engine().limits().header_timeout,
            write_timeout: self.settings().write_timeout,
            drain_timeout: self.settings().drain_timeout,
        };
        let drain_timeout = connections.drain_timeout;
        let answered = CancellationToken::new();
        let operations = operations.map(|listener| {
            let connections = ConnectionLimits {
                permits: Arc::new(Semaphore::new(MAX_OPERATOR_CONNECTIONS)),
                refused_counter: Counter::default(),
                drain_timeout: Duration::from_secs(1),
                ..connections.clone()
            };
            let router = self.operations_router();
            let stop = answered.clone().cancelled_owned();
            tokio::spawn(listen::listen(listener, router, connections, stop))
        });
        let server = self.clone();
        let stop = async move {
            stop.await;
            server.draining().cancel();
            tracing::info!("stopping: requests under way are answered first");
            tokio::time::sleep(server.settings().stop_delay).await;
            // Subscriptions have no end of their own.
            server.shutdown().cancel();
        };
        listen::listen(listener, self.router(), connections, stop).await?;
        // WebSockets are no connections of HTTP any more; they are told that the server goes.
        let places = self.engine().limits().max_subscribers;
        let places = u32::try_from(places).unwrap_or(u32::MAX);
        let gone = self.subscription_permits().acquire_many(places);
        let _ = tokio::time::timeout(drain_timeout, gone).await;
        answered.cancel();
        match operations {
            Some(operations) => operations.await.map_err(io::Error::other)?,
            None => Ok(()),
        }
    }

    /// Its routes: `/graphql`, `/schema.graphql`, the files below `/export`, and the pages; and those
    /// for operators, unless they have an address of their own.
    pub fn router(&self) -> RawCacheService {
        let mut routes = Router::new()
            .route("/graphql", any(graphql::graphql))
            .route("/schema.graphql", get(schema_sdl))
            .merge(export::routes())
            .fallback(not_found)
            .layer(middleware::from_fn_with_state(
                self.clone(),
                rate_limit::enforce,
            ))
            // Neither pages, of which each is many small files, nor probes are held to the limit
            // of clients.
            .merge(pages::routes());
        if !self.settings().has_operations_listener {
            routes = routes.merge(health::routes());
        }
        let routes = routes
            .layer(cors_layer(self.settings()))
            .layer(middleware::from_fn_with_state(
                self.clone(),
                telemetry::observe,
            ))
            .with_state(self.clone());
        RawCacheService::new(self.clone(), routes)
    }

    /// The routes for operators: `/livez`, `/readyz` and `/metrics`.
    fn operations_router(&self) -> Router {
        health::routes()
            .fallback(not_found)
            .layer(middleware::from_fn_with_state(
                self.clone(),
                telemetry::observe,
            ))
            .with_state(self.clone())
    }

    fn engine(&self) -> &Engine {
        &self.0.engine
    }

    fn reader(&self) -> &DatabaseReader {
        &self.0.reader
    }

    fn export_reader(&self) -> &DatabaseReader {
        self.0.export_reader.get().unwrap_or(&self.0.reader)
    }

    fn settings(&self) -> &Settings {
        &self.0.settings
    }

    fn persisted_documents(&self) -> &PersistedDocuments {
        &self.0.persisted_documents
    }

    /// The kept answers and the number of the data that new ones belong to; `None` where answers
    /// are not kept.
    fn response_cache(&self) -> Option<(&ResponseCache, u64)> {
        let live = self.0.revision_watch.get()?;
        (self.settings().cache_bytes > 0).then(|| (&self.0.response_cache, live.generation()))
    }

    /// The number of the data that answers are kept of; `None` where they are not kept.
    fn cache_generation(&self) -> Option<u64> {
        self.response_cache().map(|(_, generation)| generation)
    }

    /// The answers that are kept by the bytes of their requests.
    fn raw_cache(&self) -> &RawCache {
        &self.0.raw_cache
    }

    fn admission(&self) -> &Admission {
        &self.0.admission
    }

    /// Counts a request of a client that was let through with another one, as part of a batch or
    /// over a WebSocket.
    ///
    /// # Errors
    /// 429 where there were too many.
    fn check_rate_limit(&self, client: Option<ClientKey>) -> Result<(), HttpError> {
        match (&self.0.rate_limit, client) {
            (Some(limit), Some(client)) => limit.check(client),
            _ => Ok(()),
        }
    }

    fn rate_limit(&self) -> Option<&RateLimit> {
        self.0.rate_limit.as_ref()
    }

    fn subscription_permits(&self) -> &Arc<Semaphore> {
        &self.0.subscription_permits
    }

    /// Cancelled when the server is asked to stop.
    fn draining(&self) -> &CancellationToken {
        &self.0.draining
    }

    /// Cancelled when no more connections are accepted.
    fn shutdown(&self) -> &CancellationToken {
        &self.0.shutdown
    }

    fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// A log of the statements of one request, which counts them for the metrics too.
    fn statement_log(&self) -> StatementLog {
        StatementLog::with_totals(self.metrics().statement_totals().clone())
    }

    /// The data as it is followed; `None` where it is not.
    fn revision_watch(&self) -> Option<&RevisionWatch> {
        self.0.revision_watch.get()
    }

    /// How many connections of clients are open.
    fn open_connections(&self) -> usize {
        let max = self.engine().limits().max_connections;
        permits_in_use(max, &self.0.connection_permits)
    }

    /// How many subscriptions and WebSockets are open.
    fn open_subscriptions(&self) -> usize {
        let max = self.engine().limits().max_subscribers;
        permits_in_use(max, &self.0.subscription_permits)
    }

    /// Tells of changes of the data; never, where they are not followed.
    fn subscribe_to_generations(&self) -> Option<watch::Receiver<Generation>> {
        self.0.revision_watch.get().map(RevisionWatch::subscribe)
    }
}

/// How many connections of operators there may be at a time.
const MAX_OPERATOR_CONNECTIONS: usize = 64;

/// How many of so many places are taken.
fn permits_in_use(max: u64, places: &Semaphore) -> usize {
    usize::try_from(max)
        .unwrap_or(usize::MAX)
        .min(Semaphore::MAX_PERMITS)
        .saturating_sub(places.available_permits())
}

const WELCOME: &str = "\
sistergraph: sister partnerships between the United States and Asia, and what survey respondents know of them

/graphql          the GraphQL endpoint; POST a query as JSON, or GET with ?query=
/schema.graphql   the schema, with a description of everything
/export           the data as files: CSV, JSON, GeoJSON and an archive of all tables

Try: curl -s localhost:8000/graphql -H 'content-type: application/json' \\
  -d '{\"query\":\"{ state(code: \\\"OR\\\") { name partnerships { totalCount } } }\"}'
";

async fn schema_sdl(State(server): State<Server>, request: Request) -> Response {
    let form = BodyHeaders {
        content_type: HeaderValue::from_static("application/graphql; charset=utf-8"),
        etag_suffix: "",
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
    HttpError::new(StatusCode::NOT_FOUND, "NOT_FOUND", message).into_response()
}

/// Pages of the allowed origins may send requests and read the answers. There are no cookies and
/// nothing is private, so by default every page may.
fn cors_layer(settings: &Settings) -> CorsLayer {
    let origins = if settings.allows_any_origin() {
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
