//! The HTTP server: routes, layers, and caches. No other module uses axum.

mod admission;
mod cached_body;
mod client_address;
mod encoding;
mod error;
mod export;
mod graphql;
mod health;
mod listen;
mod listen_address;
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
    sync::{Arc, OnceLock, PoisonError, RwLock},
    time::Duration,
};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, Method, header},
    middleware,
    response::Response,
    routing::{any, get},
};
use prometheus_client::metrics::counter::Counter;
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
};
use tokio_util::sync::CancellationToken;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use self::{
    admission::Admission,
    cached_body::{BodyHeaders, CachedBody},
    error::HttpError,
    export::ExportCache,
    graphql::{PersistedDocuments, ResponseCache, ToolCatalog},
    listen::ConnectionLimits,
    metrics::Metrics,
    rate_limit::{ClientKey, RateLimit},
    raw_cache::{RawCache, new_raw_cache},
    revision_watch::{Generation, RevisionWatch},
};
pub use self::{
    client_address::{ForwardedHeader, Proxies},
    export::MAX_CONCURRENT_EXPORTS,
    graphql::{MAX_PERSISTED_QUERY_BYTES, TrustedDocumentsError},
    health::MAX_DATABASE_SILENCE,
    listen_address::ListenAddress,
    metrics::MAX_OPERATION_LABELS,
    rate_limit::MAX_RATE_LIMITED_CLIENTS,
    raw_cache::RawCacheService,
    response_info::{CacheableBody, ResponseInfo},
    revision_watch::REVISION_POLL_INTERVAL,
    settings::Settings,
};
use crate::{
    db::{DatabaseReader, StatementLog},
    engine::Engine,
};

/// An HTTP server: an engine, the database that it reads, and the caches and limits that requests
/// share.
pub struct Server {
    engine: Engine,
    reader: DatabaseReader,
    export_reader: OnceLock<DatabaseReader>,
    settings: Settings,
    sdl: CachedBody,
    persisted_documents: PersistedDocuments,
    /// The tools of `/mcp`; `None` if it is off.
    tools: Option<ToolCatalog>,
    response_cache: ResponseCache,
    raw_cache: RawCache,
    exports: ExportCache,
    /// Set by [`Self::watch_revision`].
    revision_watch: OnceLock<RevisionWatch>,
    /// Why the database cannot be used yet.
    waiting: RwLock<Option<String>>,
    admission: Admission,
    rate_limit: Option<RateLimit>,
    subscription_permits: Arc<Semaphore>,
    connection_permits: Arc<Semaphore>,
    metrics: Metrics,
    /// Cancelled when a stop is requested.
    draining: CancellationToken,
    /// Cancelled after the stop delay, when the server stops accepting connections.
    shutdown: CancellationToken,
}

impl Server {
    /// Creates a server over a database that is migrated and loaded.
    ///
    /// # Errors
    /// If the trusted documents cannot be read or are invalid.
    pub fn new(
        engine: Engine,
        reader: DatabaseReader,
        settings: Settings,
    ) -> Result<Arc<Self>, TrustedDocumentsError> {
        let persisted = PersistedDocuments::new(
            settings.trusted_documents.as_deref(),
            settings.only_trusted,
            &engine,
        )?;
        let limits = *engine.limits();
        // Most of the memory is for the response cache: requests that differ only in their bytes
        // share its entries.
        let raw_cache_bytes = settings.cache_bytes / 4;
        let metrics = Metrics::new(persisted.operation_names());
        let to_usize = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let semaphore = |n: u64| Arc::new(Semaphore::new(to_usize(n).min(Semaphore::MAX_PERMITS)));
        Ok(Arc::new(Self {
            sdl: CachedBody::new(engine.sdl()),
            tools: (settings.mcp)
                .then(|| ToolCatalog::new(&engine, &persisted, settings.only_trusted)),
            persisted_documents: persisted,
            response_cache: ResponseCache::new(settings.cache_bytes - raw_cache_bytes),
            raw_cache: new_raw_cache(raw_cache_bytes),
            exports: ExportCache::new(),
            revision_watch: OnceLock::new(),
            waiting: RwLock::default(),
            export_reader: OnceLock::new(),
            admission: Admission::new(
                to_usize(limits.max_concurrent_requests),
                to_usize(limits.max_waiting_requests),
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
        }))
    }

    /// Polls the revision of the data over a connection of its own, to notice loads by other
    /// processes. Before this call, no answer is cached and subscriptions receive no events.
    pub async fn watch_revision(&self, reader: DatabaseReader) {
        let watch = RevisionWatch::start(reader).await;
        let mut changes = watch.subscribe();
        if self.revision_watch.set(watch).is_err() {
            return;
        }
        let response_cache = self.response_cache.clone();
        let raw_cache = self.raw_cache.clone();
        let exports = self.exports.clone();
        tokio::spawn(async move {
            // Keys have the generation of the data, so older entries would never be read again.
            while changes.changed().await.is_ok() {
                response_cache.clear();
                raw_cache.invalidate_all();
                exports.clear();
            }
        });
    }

    /// Sets the reason why the database cannot be used yet, which /readyz reports. Until it is `None`, everything but the
    /// routes for operators returns 503.
    pub fn set_waiting(&self, reason: Option<String>) {
        *self.waiting.write().unwrap_or_else(PoisonError::into_inner) = reason;
    }

    fn waiting_reason(&self) -> Option<String> {
        let reason = self.waiting.read();
        reason.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes exports read from connections of their own. An export holds its connection until the file
    /// is written, which would leave too few for queries. Only the first call counts.
    pub fn set_export_reader(&self, reader: DatabaseReader) {
        let _ = self.export_reader.set(reader);
    }

    /// Serves connections until `stop` resolves, then drains the requests in progress. `operations`
    /// is a separate listener for the routes for operators; it stays open until the end.
    ///
    /// # Errors
    /// If the task of the operations listener panics.
    pub async fn serve(
        self: Arc<Self>,
        listener: TcpListener,
        operations: Option<TcpListener>,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let connections = ConnectionLimits {
            permits: self.connection_permits.clone(),
            refused_counter: self.metrics.refused_connections().clone(),
            header_timeout: self.engine.limits().header_timeout,
            keep_alive_timeout: self.settings.keep_alive_timeout,
            write_timeout: self.settings.write_timeout,
            drain_timeout: self.settings.drain_timeout,
        };
        let drained = CancellationToken::new();
        let operations = operations.map(|listener| {
            let connections = ConnectionLimits {
                permits: Arc::new(Semaphore::new(MAX_OPERATOR_CONNECTIONS)),
                refused_counter: Counter::default(),
                drain_timeout: Duration::from_secs(1),
                ..connections.clone()
            };
            let router = self.operations_router();
            let stop = drained.clone().cancelled_owned();
            tokio::spawn(listen::listen(listener, router, connections, stop))
        });
        let server = self.clone();
        let stop = async move {
            stop.await;
            server.draining.cancel();
            tracing::info!("stopping after the requests in progress");
            tokio::time::sleep(server.settings.stop_delay).await;
            // Subscriptions never end by themselves.
            server.shutdown.cancel();
        };
        let deadline = listen::listen(listener, self.router(), connections, stop).await;
        // `listen` does not wait for WebSockets, which are no longer HTTP connections. They have all
        // sent their close message when every permit is back.
        let permits = self.engine.limits().max_subscribers;
        let permits = u32::try_from(permits).unwrap_or(u32::MAX);
        let closed = self.subscription_permits.acquire_many(permits);
        let _ = tokio::time::timeout_at(deadline, closed).await;
        drained.cancel();
        match operations {
            Some(operations) => operations.await.map(drop).map_err(io::Error::other),
            None => Ok(()),
        }
    }

    /// The public routes: `/graphql`, `/schema.graphql`, `/q`, `/mcp`, `/export`, and the pages; also those for
    /// operators, unless they have a listener of their own.
    pub fn router(self: &Arc<Self>) -> RawCacheService {
        let mut routes = Router::new()
            .route("/graphql", any(graphql::graphql))
            .merge(graphql::saved_query_routes())
            .merge(graphql::mcp_routes(self))
            .route("/schema.graphql", get(schema_sdl))
            .merge(export::routes())
            .merge(pages::entity_routes())
            .fallback(not_found);
        // Without a limit, the layer would do nothing, but take 2% of the instructions of one state.
        if self.rate_limit.is_some() {
            let enforce = middleware::from_fn_with_state(self.clone(), rate_limit::enforce);
            routes = routes.layer(enforce);
        }
        let reject = middleware::from_fn_with_state(self.clone(), reject_while_waiting);
        // The rate limit does not apply to pages, which consist of many small files, or to probes.
        let mut routes = routes
            .merge(pages::routes(self.settings.public_url.as_deref()))
            .layer(reject);
        if self.settings.operations_listen.is_none() {
            routes = routes.merge(health::routes());
        }
        let routes = routes.method_not_allowed_fallback(method_not_allowed);
        let observe = middleware::from_fn_with_state(self.clone(), telemetry::observe);
        // Both are one layer, because a router boxes each layer and clones the box for every request.
        let routes = routes.layer((observe, cors_layer(&self.settings)));
        RawCacheService::new(self.clone(), routes.with_state(self.clone()))
    }

    /// The routes for operators: `/livez`, `/readyz` and `/metrics`.
    fn operations_router(self: &Arc<Self>) -> Router {
        let routes = health::routes().method_not_allowed_fallback(method_not_allowed);
        let observe = middleware::from_fn_with_state(self.clone(), telemetry::observe);
        let routes = routes.fallback(not_found).layer(observe);
        routes.with_state(self.clone())
    }

    fn export_reader(&self) -> &DatabaseReader {
        self.export_reader.get().unwrap_or(&self.reader)
    }

    /// Whether the database did not answer repeatedly, so that there is no point in trying for each request.
    fn is_database_down(&self) -> bool {
        self.revision_watch
            .get()
            .is_some_and(RevisionWatch::is_down)
    }

    /// The response cache and the generation of the data for new entries; `None` if caching is off.
    fn response_cache(&self) -> Option<(&ResponseCache, Generation)> {
        let watch = self.revision_watch.get()?;
        (self.settings.cache_bytes > 0).then(|| (&self.response_cache, watch.generation()))
    }

    /// The generation of the data that cached answers must have; `None` if caching is off.
    fn cache_generation(&self) -> Option<u64> {
        let watch = self.revision_watch.get()?;
        (self.settings.cache_bytes > 0).then(|| watch.generation().number)
    }

    /// Counts an operation against the rate limit of a client if it did not come as an HTTP request
    /// of its own: in a batch, or over a WebSocket.
    ///
    /// # Errors
    /// 429 if the client has exceeded its limit.
    fn check_rate_limit(&self, client: Option<ClientKey>) -> Result<(), HttpError> {
        match (&self.rate_limit, client) {
            (Some(limit), Some(client)) => limit.check(client),
            _ => Ok(()),
        }
    }

    /// Creates a statement log for one request that also adds to the metrics.
    fn statement_log(&self) -> StatementLog {
        StatementLog::with_totals(self.metrics.statement_totals().clone())
    }

    /// The number of open client connections.
    fn open_connections(&self) -> usize {
        let max = self.engine.limits().max_connections;
        permits_in_use(max, &self.connection_permits)
    }

    /// The number of open event streams and WebSockets.
    fn open_subscriptions(&self) -> usize {
        let max = self.engine.limits().max_subscribers;
        permits_in_use(max, &self.subscription_permits)
    }

    /// A receiver of the changes of the data; `None` if the revision is not watched.
    fn subscribe_to_generations(&self) -> Option<watch::Receiver<Generation>> {
        self.revision_watch.get().map(RevisionWatch::subscribe)
    }
}

/// Concurrent connections to the operations listener.
const MAX_OPERATOR_CONNECTIONS: usize = 64;

fn permits_in_use(max: u64, permits: &Semaphore) -> usize {
    usize::try_from(max)
        .unwrap_or(usize::MAX)
        .min(Semaphore::MAX_PERMITS)
        .saturating_sub(permits.available_permits())
}

const WELCOME: &str = "\
sistergraph: sister partnerships between the United States and Asia, and what survey respondents know about them

Below this address:

graphql          the GraphQL endpoint; POST a query as JSON, or GET with ?query=
schema.graphql   the schema, with descriptions
export           the data as files: CSV, JSON, GeoJSON, and a ZIP archive of all tables
q                saved queries, each as CSV, Excel, Parquet, and other files

To try it, set URL to this address and run:

curl -s $URL/graphql -H 'content-type: application/json' \\
  -d '{\"query\":\"{ state(code: \\\"OR\\\") { name partnerships { totalCount } } }\"}'
";

async fn schema_sdl(State(server): State<Arc<Server>>, request: Request) -> Response {
    let body_headers = BodyHeaders {
        content_type: HeaderValue::from_static("application/graphql; charset=utf-8"),
        etag_suffix: "",
        vary: "accept-encoding",
        max_age: Some(server.settings.max_age),
    };
    server.sdl.respond(request.headers(), &body_headers).await
}

async fn not_found(request: Request) -> Response {
    let (request, _) = request.into_parts();
    let path = request.uri.path();
    let mut message = format!("there is nothing at {path:?}");
    if !pages::prefers_html(&request.headers) {
        message.push_str("; GraphQL is at /graphql, and downloads are at /export");
    }
    pages::not_found_response(&request, &message, path)
}

/// 503 for everything as long as the database cannot be used.
async fn reject_while_waiting(
    State(server): State<Arc<Server>>,
    request: Request,
    next: middleware::Next,
) -> Result<Response, HttpError> {
    match server.waiting_reason() {
        Some(_) => Err(HttpError::database_unavailable()),
        None => Ok(next.run(request).await),
    }
}

/// All routes except `/graphql` are read-only.
async fn method_not_allowed(method: Method) -> HttpError {
    HttpError::method_not_allowed(&method, "GET, HEAD", "use GET")
}

/// Lets pages of the allowed origins send requests and read the responses. There are no cookies and
/// nothing is private, so the default is every origin.
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
        // Tracers, SDKs, and proxies add headers of their own. Ignoring them is harmless, rejecting them is not.
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(
            [
                header::ACCEPT_RANGES,
                header::CONTENT_DISPOSITION,
                header::CONTENT_RANGE,
                header::ETAG,
                header::LINK,
                header::RETRY_AFTER,
                request_id::X_REQUEST_ID,
            ]
            .into_iter()
            .chain(graphql::ANSWER_HEADERS)
            .collect::<Vec<_>>(),
        )
        .max_age(Duration::from_secs(24 * 60 * 60))
}
