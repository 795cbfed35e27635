//! In front of the routes: requests whose very bytes were answered before.
//!
//! Clients send the same few questions again and again. Where the data has not changed since, the
//! answer needs no parsing, no document and no key: the bytes of the request find the bytes of the
//! answer, with the headers that it had. Everything else goes through the routes, which also say
//! what may be found here the next time.

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
    request_body::{BufferedBody, read_body},
    request_id::{RequestId, X_REQUEST_ID},
    response_info::{CacheableBody, ResponseInfo},
    telemetry::{self, AccessLogEntry},
};

/// The routes of a server, and what is known before them. Cheap to clone.
#[derive(Clone)]
pub struct RawCacheService {
    server: Server,
    router: Router,
}

/// Answers by the bytes of their requests, bounded by their own bytes.
pub(super) type RawCache = Cache<Bytes, Arc<RawCacheEntry>, RandomState>;

/// An answer that was sent.
#[derive(Debug)]
pub(super) struct RawCacheEntry {
    cacheable: CacheableBody,
    /// The name of the operation.
    operation: Option<String>,
    /// With a place for the id of the request.
    headers: HeaderMap,
    metrics: CachedResponseMetrics,
}

/// An empty cache of so many bytes.
pub(super) fn new_raw_cache(max_bytes: u64) -> RawCache {
    Cache::builder()
        .max_capacity(max_bytes)
        .weigher(|request: &Bytes, known: &Arc<RawCacheEntry>| {
            u32::try_from(request.len() + known.cacheable.body.len() + 1024).unwrap_or(u32::MAX)
        })
        .build_with_hasher(RandomState::default())
}

/// What the answer depends on besides the body; the content type is one and the same.
const KEY_HEADERS: [HeaderName; 3] = [header::ACCEPT, header::ACCEPT_ENCODING, header::ORIGIN];

impl RawCacheService {
    pub(super) fn new(server: Server, router: Router) -> Self {
        Self { server, router }
    }

    async fn handle(mut self, request: Request<Body>) -> Response {
        if !self.is_cacheable(&request) {
            return self.route(request).await;
        }
        let started = Instant::now();
        let (mut parts, body) = request.into_parts();
        let received = read_body(&parts.headers, body, self.server.engine().limits()).await;
        let key = match &received {
            Ok(body) => cache_key(&parts, body),
            Err(_) => Bytes::new(),
        };
        if let Some(known) = self.server.raw_cache().get(&key)
            && self.server.cache_generation() == Some(known.cacheable.generation)
        {
            return respond_from_cache(&parts, &known, started);
        }
        parts.extensions.insert(BufferedBody(received));
        let method = parts.method.clone();
        let response = self.route(Request::from_parts(parts, Body::empty())).await;
        self.store(key, &method, &response);
        response
    }

    /// Whether it is a query like most, and nobody wants to hear of each one's way.
    fn is_cacheable(&self, request: &Request<Body>) -> bool {
        let uri = request.uri();
        let content_type = request.headers().get(header::CONTENT_TYPE);
        request.method() == Method::POST
            && uri.path() == "/graphql"
            && uri.query().is_none()
            && content_type.is_some_and(|given| given == "application/json")
            && !request.headers().contains_key(header::CONTENT_ENCODING)
            && self.server.rate_limit().is_none()
            && self.server.cache_generation().is_some()
            && !tracing::enabled!(target: "otel", Level::TRACE)
    }

    /// Keeps an answer that another request of these bytes may have.
    fn store(&self, key: Bytes, method: &Method, response: &Response) {
        let info = response.extensions().get::<ResponseInfo>();
        if let Some(info) = info
            && let Some(cacheable) = &info.cacheable_body
        {
            let operation = info.operation_name.clone();
            let metrics = self.server.metrics();
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
            self.server.raw_cache().insert(key, Arc::new(entry));
        }
    }

    async fn route(&mut self, request: Request<Body>) -> Response {
        match self.router.call(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

fn respond_from_cache(parts: &Parts, known: &RawCacheEntry, started: Instant) -> Response {
    let id = RequestId::new(parts.headers.get(X_REQUEST_ID));
    let mut response = Response::new(Body::from(known.cacheable.body.clone()));
    *response.headers_mut() = known.headers.clone();
    if let Ok(id) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(X_REQUEST_ID, id);
    }
    let elapsed = started.elapsed();
    known.metrics.record(elapsed);
    telemetry::log_request(&AccessLogEntry {
        id: &id,
        trace: None,
        method: &parts.method,
        path: "/graphql",
        status: response.status(),
        operation: known.operation.as_deref(),
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
            // No header has a line break.
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
        let front = self.clone();
        Box::pin(async move { Ok(front.handle(request.map(Body::new)).await) })
    }
}
