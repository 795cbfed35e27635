//! Subscriptions: over server-sent events (graphql-sse, distinct connections) and over WebSocket
//! (graphql-transport-ws, and its predecessor graphql-ws).

use std::{convert::Infallible, pin::pin, sync::Arc, time::Duration};

use async_graphql::{Data, Executor, ServerError, Value, http::ALL_WEBSOCKET_PROTOCOLS};
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::{
    extract::{FromRequestParts, WebSocketUpgrade},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures_util::{
    FutureExt, Stream, StreamExt,
    future::Either,
    stream::{self, BoxStream},
};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use tokio::sync::Semaphore;

use super::{
    execute::{self, Prepared},
    request::Request,
};
use crate::{
    engine::OperationKind,
    http::{Server, rate::Client, refusal::Refused, request_id::RequestId},
};

/// How often an idle connection is shown to be alive, so that nothing between cuts it.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How many operations a WebSocket may have under way.
const MAX_OPERATIONS: usize = 16;

/// Whether the client wants to go on by WebSocket.
pub(super) fn is_websocket(headers: &HeaderMap) -> bool {
    headers
        .get(header::UPGRADE)
        .is_some_and(|to| to.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// The responses to an operation, as the bodies of GraphQL responses: one for a query; for a
/// subscription one after each change of the data, until the server stops.
fn responses(
    server: &Server,
    prepared: Prepared,
    id: RequestId,
) -> impl Stream<Item = String> + Send + 'static {
    let server = server.clone();
    let stopping = server.stopping().clone();
    match prepared.kind() {
        OperationKind::Query => Either::Left(stream::once(async move {
            match execute::execute(&server, &prepared, &id).await.outcome {
                Ok(content) => String::from_utf8_lossy(content.bytes()).into_owned(),
                Err(failed) => told(&server, failed.body()),
            }
        })),
        OperationKind::Subscription => {
            let events = stream::unfold(server.changes(), move |changes| {
                let (server, prepared, id) = (server.clone(), prepared.clone(), id.clone());
                async move {
                    let mut changes = changes?;
                    changes.changed().await.ok()?;
                    let body = match execute::event(&server, &prepared, &id).await {
                        Ok(answer) => told(&server, (answer.body, answer.codes)),
                        Err(refused) => told(&server, (refused.body(), vec![refused.code])),
                    };
                    Some((body, Some(changes)))
                }
            });
            Either::Right(events.take_until(stopping.cancelled_owned()))
        }
    }
}

/// The body of a response, its errors counted: they are in the stream, not on the response that
/// the outermost layer sees.
fn told(server: &Server, (body, codes): (String, Vec<&'static str>)) -> String {
    server.metrics().errors(&codes);
    body
}

/// An operation over server-sent events: `next` for each response, then `complete`.
pub(super) fn events(server: &Server, prepared: Prepared, id: RequestId) -> Response {
    let Ok(place) = server.subscriptions().clone().try_acquire_owned() else {
        return too_many(server).into_response();
    };
    let next =
        responses(server, prepared, id).map(|body| Event::default().event("next").data(body));
    let complete = stream::once(async { Event::default().event("complete") });
    let events = next.chain(complete).map(move |event| {
        // Held as long as the stream is.
        let _ = &place;
        Ok::<_, Infallible>(event)
    });
    let mut response = Sse::new(events)
        .keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
        .into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx would keep events back until there are enough of them.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn too_many(server: &Server) -> Refused {
    Refused::overloaded(format!(
        "the server has {} subscribers already (limits.maxSubscribers); try again later",
        server.engine().limits().max_subscribers
    ))
}

/// Goes on by WebSocket.
///
/// # Errors
/// Where the client speaks no protocol that the server knows, its page may not, or there are too
/// many.
pub(super) async fn websocket(server: &Server, parts: &mut Parts) -> Result<Response, Refused> {
    // Browsers leave it to the server which pages may connect.
    if let Some(origin) = parts.headers.get(header::ORIGIN)
        && !server.settings().allows_origin(origin)
    {
        return Err(Refused::new(
            StatusCode::FORBIDDEN,
            "CROSS_SITE",
            format!("pages of {origin:?} may not connect"),
        ));
    }
    let protocol = GraphQLProtocol::from_request_parts(parts, &())
        .await
        .map_err(|_| {
            Refused::malformed("the WebSocket names no protocol; offer graphql-transport-ws")
        })?;
    let upgrade = WebSocketUpgrade::from_request_parts(parts, &())
        .await
        .map_err(|rejected| Refused::malformed(rejected.body_text()))?;
    let place = server
        .subscriptions()
        .clone()
        .try_acquire_owned()
        .map_err(|_| too_many(server))?;
    let max_bytes = usize::try_from(server.engine().limits().max_request_bytes);
    let max_bytes = max_bytes.unwrap_or(usize::MAX);
    let executor = Connection {
        server: server.clone(),
        client: parts.extensions.get().copied(),
        operations: Arc::new(Semaphore::new(MAX_OPERATIONS)),
    };
    let stopping = server.stopping().clone();
    let upgraded = upgrade
        .protocols(ALL_WEBSOCKET_PROTOCOLS)
        .max_message_size(max_bytes)
        .max_frame_size(max_bytes)
        .on_upgrade(move |socket| async move {
            let _place = place;
            let serve = GraphQLWebSocket::new(socket, executor, protocol)
                .keepalive_timeout(KEEP_ALIVE)
                .serve();
            let mut stopped = pin!(stopping.cancelled().fuse());
            futures_util::select! {
                () = serve.fuse() => {}
                () = stopped => {}
            }
        });
    Ok(upgraded)
}

/// What a WebSocket runs its operations by.
#[derive(Clone)]
struct Connection {
    server: Server,
    client: Option<Client>,
    operations: Arc<Semaphore>,
}

impl Executor for Connection {
    async fn execute(&self, request: async_graphql::Request) -> async_graphql::Response {
        let mut responses = self.execute_stream(request, None);
        responses.next().await.unwrap_or_default()
    }

    fn execute_stream(
        &self,
        request: async_graphql::Request,
        _session: Option<Arc<Data>>,
    ) -> BoxStream<'static, async_graphql::Response> {
        let id = RequestId::new(None);
        let Ok(place) = self.operations.clone().try_acquire_owned() else {
            let refused = Refused::overloaded(format!(
                "the connection has {MAX_OPERATIONS} operations under way; end one first"
            ));
            return refuse(&self.server, &refused);
        };
        if let Err(refused) = self.server.check_rate(self.client) {
            return refuse(&self.server, &refused);
        }
        match execute::prepare(&self.server, read(request), &id) {
            Ok(prepared) => responses(&self.server, prepared, id)
                .map(move |body| {
                    // Held as long as the stream is.
                    let _ = &place;
                    response(&body)
                })
                .boxed(),
            Err(failed) => {
                let body = told(&self.server, failed.body());
                stream::once(async move { response(&body) }).boxed()
            }
        }
    }
}

fn refuse(server: &Server, refused: &Refused) -> BoxStream<'static, async_graphql::Response> {
    let body = told(server, (refused.body(), vec![refused.code]));
    stream::once(async move { response(&body) }).boxed()
}

fn read(request: async_graphql::Request) -> Request {
    Request {
        query: Some(request.query.clone()).filter(|query| !query.is_empty()),
        operation_name: request.operation_name.clone(),
        variables: object(&request.variables),
        extensions: object(&request.extensions),
        document_id: None,
    }
}

fn object(value: &impl Serialize) -> Map<String, Json> {
    match serde_json::to_value(value) {
        Ok(Json::Object(object)) => object,
        _ => Map::new(),
    }
}

/// The body of a response as async-graphql wants it, keys in their order.
fn response(body: &str) -> async_graphql::Response {
    let mut body: Json = serde_json::from_str(body).unwrap_or_else(|_| json!({}));
    let data = Value::from_json(body["data"].take()).unwrap_or_default();
    let mut response = async_graphql::Response::new(data);
    if let Json::Array(errors) = body["errors"].take() {
        response.errors = errors
            .into_iter()
            .map(|error| {
                let message = error["message"].as_str().unwrap_or_default().to_owned();
                serde_json::from_value(error).unwrap_or_else(|_| ServerError::new(message, None))
            })
            .collect();
    }
    response
}
