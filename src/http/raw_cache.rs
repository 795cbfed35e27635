//! A cache in front of the routes, keyed by the exact bytes of requests.
//!
//! Clients send the same few queries again and again. If the data has not changed since, such a
//! request needs no parsing and no normalized document: its bytes are the key of the response, with
//! its headers. Every other request goes through the routes, whose [`ResponseInfo`] says whether the
//! response may be added here.

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use axum::{
    Router,
    body::{Body, HttpBody},
    http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header, request::Parts},
    response::Response,
};
use bytes::Bytes;
use foldhash::fast::RandomState;
use futures_util::future::BoxFuture;
use moka::sync::Cache;
use tower_service::Service;
use tracing::Level;

use super::{
    Server,
    metrics::CachedResponseMetrics,
    rate_limit,
    request_body::{BufferedBody, read_body},
    request_id::{RequestId, X_REQUEST_ID},
    response_info::{CacheableBody, ResponseInfo},
    span,
    telemetry::{self, AccessLogEntry},
};

/// The routes of a server behind the raw cache. Cheap to clone.
#[derive(Clone)]
pub struct RawCacheService {
    server: Arc<Server>,
    router: Router,
}

pub(super) type RawCache = Cache<Bytes, Arc<RawCacheEntry>, RandomState>;

/// A response as it was sent.
#[derive(Debug)]
pub(super) struct RawCacheEntry {
    cacheable: CacheableBody,
    operation: Option<String>,
    /// The request id among them is replaced.
    headers: HeaderMap,
    metrics: CachedResponseMetrics,
}

/// Creates a cache that is bounded by the bytes of requests and bodies, and 1 KiB for each entry.
pub(super) fn new_raw_cache(max_bytes: u64) -> RawCache {
    Cache::builder()
        .max_capacity(max_bytes)
        .weigher(|request: &Bytes, entry: &Arc<RawCacheEntry>| {
            u32::try_from(request.len() + entry.cacheable.body.len() + 1024).unwrap_or(u32::MAX)
        })
        .build_with_hasher(RandomState::default())
}

/// The headers that responses depend on. The content type is the same for all cached requests.
const KEY_HEADERS: [HeaderName; 3] = [header::ACCEPT, header::ACCEPT_ENCODING, header::ORIGIN];

impl RawCacheService {
    pub(super) fn new(server: Arc<Server>, router: Router) -> Self {
        Self { server, router }
    }

    async fn handle(mut self, request: Request<Body>) -> Response {
        if !self.is_cacheable(&request) {
            return self.route(request).await;
        }
        let started = Instant::now();
        let (mut parts, body) = request.into_parts();
        let received = read_body(&parts.headers, body, self.server.engine.limits()).await;
        let key = match &received {
            Ok(body) => cache_key(&parts, body),
            Err(_) => Bytes::new(),
        };
        if let Some(entry) = self.server.raw_cache.get(&key)
            && self.server.cache_generation() == Some(entry.cacheable.generation)
            // The rate limit's own layer rejects a client over its limit.
            && rate_limit::check_request(&self.server, &parts.extensions, &parts.headers).is_ok()
        {
            return respond_from_cache(&parts, &entry, started);
        }
        parts.extensions.insert(BufferedBody(received));
        let method = parts.method.clone();
        let response = self.route(Request::from_parts(parts, Body::empty())).await;
        self.store(key, &method, &response);
        response
    }

    /// Whether a request is an ordinary POST.
    fn is_cacheable(&self, request: &Request<Body>) -> bool {
        let uri = request.uri();
        let content_type = request.headers().get(header::CONTENT_TYPE);
        request.method() == Method::POST
            && uri.path() == "/graphql"
            && uri.query().is_none()
            && content_type.is_some_and(|value| value == "application/json")
            && !request.headers().contains_key(header::CONTENT_ENCODING)
            && self.server.cache_generation().is_some()
    }

    /// Caches a response if its handler allows it and the response cache had it. So a response that is
    /// requested only once takes no memory here.
    fn store(&self, key: Bytes, method: &Method, response: &Response) {
        let info = response.extensions().get::<ResponseInfo>();
        if let Some(info) = info
            && info.cache_hit == Some(true)
            && let Some(cacheable) = &info.cacheable_body
        {
            let operation = info.operation_name.clone();
            let metrics = &self.server.metrics;
            let entry = RawCacheEntry {
                cacheable: cacheable.clone(),
                metrics: metrics.cached_response_metrics(
                    method,
                    "/graphql",
                    response.status(),
                    operation.as_deref(),
                ),
                operation,
                headers: response.headers().clone(),
            };
            self.server.raw_cache.insert(key, Arc::new(entry));
        }
    }

    async fn route(&mut self, request: Request<Body>) -> Response {
        match self.router.call(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

fn respond_from_cache(parts: &Parts, entry: &RawCacheEntry, started: Instant) -> Response {
    let id = RequestId::new(parts.headers.get(X_REQUEST_ID));
    let span = span::start(&parts.method, Some("/graphql"), &parts.headers, &id);
    let mut response = Response::new(Body::from(entry.cacheable.body.clone()));
    *response.headers_mut() = entry.headers.clone();
    if let Ok(id) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(X_REQUEST_ID, id);
    }
    let elapsed = started.elapsed();
    entry.metrics.record(elapsed);
    telemetry::log_request(&AccessLogEntry {
        id: &id,
        trace: span::end(&span, response.status()),
        method: &parts.method,
        path: "/graphql",
        status: response.status(),
        operation: entry.operation.as_deref(),
        hit: Some(true),
        code: None,
        statements: Some((0, 0)),
        elapsed,
        level: Level::INFO,
    });
    response
}

fn cache_key(parts: &Parts, body: &Bytes) -> Bytes {
    let mut key = Vec::with_capacity(body.len() + 128);
    for name in KEY_HEADERS {
        for value in parts.headers.get_all(name) {
            key.extend_from_slice(value.as_bytes());
            // Header values contain no line breaks.
            key.push(b'\n');
        }
        key.push(b'\n');
    }
    key.extend_from_slice(body);
    key.into()
}

impl<B> Service<Request<B>> for RawCacheService
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let service = self.clone();
        Box::pin(async move { Ok(service.handle(request.map(Body::new)).await) })
    }
}
