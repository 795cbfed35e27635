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
    graphql::{self, Kept, Received},
    metrics::Repeated,
    observe::{self, Answered},
    request_id::{RequestId, X_REQUEST_ID},
};

/// The routes of a server, and what is known before them. Cheap to clone.
#[derive(Clone)]
pub struct Front {
    server: Server,
    router: Router,
}

/// Answers by the bytes of their requests, bounded by their own bytes.
pub(super) type KnownAnswers = Cache<Bytes, Arc<Known>, RandomState>;

/// An answer that was sent.
#[derive(Debug)]
pub(super) struct Known {
    kept: Kept,
    /// The name of the operation.
    operation: Option<String>,
    /// With a place for the id of the request.
    headers: HeaderMap,
    counts_for: Repeated,
}

/// An empty cache of so many bytes.
pub(super) fn known_answers(max_bytes: u64) -> KnownAnswers {
    Cache::builder()
        .max_capacity(max_bytes)
        .weigher(|request: &Bytes, known: &Arc<Known>| {
            u32::try_from(request.len() + known.kept.body.len() + 1024).unwrap_or(u32::MAX)
        })
        .build_with_hasher(RandomState::default())
}

/// What the answer depends on besides the body; the content type is one and the same.
const TOLD_APART: [HeaderName; 3] = [header::ACCEPT, header::ACCEPT_ENCODING, header::ORIGIN];

impl Front {
    pub(super) fn new(server: Server, router: Router) -> Self {
        Self { server, router }
    }

    async fn answer(mut self, request: Request<Body>) -> Response {
        if !self.may_be_known(&request) {
            return self.route(request).await;
        }
        let started = Instant::now();
        let (mut parts, body) = request.into_parts();
        let received = graphql::receive(&parts.headers, body, self.server.engine().limits()).await;
        let key = match &received {
            Ok(body) => key(&parts, body),
            Err(_) => Bytes::new(),
        };
        if let Some(known) = self.server.known().get(&key)
            && self.server.generation() == Some(known.kept.generation)
        {
            return respond(&parts, &known, started);
        }
        parts.extensions.insert(Received(received));
        let method = parts.method.clone();
        let response = self.route(Request::from_parts(parts, Body::empty())).await;
        self.keep(key, &method, &response);
        response
    }

    /// Whether it is a query like most, and nobody wants to hear of each one's way.
    fn may_be_known(&self, request: &Request<Body>) -> bool {
        let uri = request.uri();
        let content_type = request.headers().get(header::CONTENT_TYPE);
        request.method() == Method::POST
            && uri.path() == "/graphql"
            && uri.query().is_none()
            && content_type.is_some_and(|given| given == "application/json")
            && !request.headers().contains_key(header::CONTENT_ENCODING)
            && self.server.rate_limit().is_none()
            && self.server.generation().is_some()
            && !tracing::enabled!(target: "otel", Level::TRACE)
    }

    /// Keeps an answer that another request of these bytes may have.
    fn keep(&self, key: Bytes, method: &Method, response: &Response) {
        let extensions = response.extensions();
        if let Some(kept) = extensions.get::<Kept>() {
            let operation = extensions.get::<graphql::Operation>();
            let operation = operation.and_then(|operation| operation.name.clone());
            let metrics = self.server.metrics();
            let known = Known {
                kept: kept.clone(),
                counts_for: metrics.repeated(
                    method,
                    "/graphql",
                    response.status(),
                    operation.as_deref(),
                ),
                operation,
                headers: response.headers().clone(),
            };
            self.server.known().insert(key, Arc::new(known));
        }
    }

    async fn route(&mut self, request: Request<Body>) -> Response {
        match self.router.call(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

fn respond(parts: &Parts, known: &Known, started: Instant) -> Response {
    let id = RequestId::new(parts.headers.get(X_REQUEST_ID));
    let mut response = Response::new(Body::from(known.kept.body.clone()));
    *response.headers_mut() = known.headers.clone();
    if let Ok(id) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert(X_REQUEST_ID, id);
    }
    let elapsed = started.elapsed();
    known.counts_for.count(elapsed);
    observe::log(&Answered {
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

fn key(parts: &Parts, body: &Bytes) -> Bytes {
    let mut key = Vec::with_capacity(body.len() + 128);
    for name in TOLD_APART {
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

impl<B> Service<Request<B>> for Front
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
        Box::pin(async move { Ok(front.answer(request.map(Body::new)).await) })
    }
}
