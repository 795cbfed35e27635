//! Operations over WebSocket: graphql-transport-ws, and its predecessor graphql-ws.

use std::{
    future,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use async_graphql::{Data, Executor, ServerError, Value, http::ALL_WEBSOCKET_PROTOCOLS};
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::{
    extract::{
        FromRequestParts, WebSocketUpgrade,
        ws::{CloseFrame, Message, WebSocket},
    },
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::Response,
};
use bytes::Bytes;
use futures_util::{
    FutureExt, SinkExt, StreamExt,
    stream::{self, BoxStream},
};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use tokio::{
    sync::{Semaphore, mpsc},
    time::{Instant, interval_at},
};
use tokio_util::sync::PollSender;

use super::{
    execute,
    request::RequestParams,
    subscription::{KEEP_ALIVE_INTERVAL, record_errors, response_stream, too_many_subscribers},
};
use crate::http::{Server, error::HttpError, rate_limit::ClientKey, request_id::RequestId};

/// How many operations a WebSocket may have under way.
const MAX_OPERATIONS: usize = 16;

/// Why the server closes a WebSocket: a code of RFC 6455 or of the protocol, and its reason.
type CloseReason = (u16, &'static str);

/// Clients come again, and find the server that follows.
const GOING_AWAY: CloseReason = (1001, "the server stops");

const NOT_INITIALIZED: CloseReason = (4408, "Connection initialisation timeout");

/// Whether the client wants to go on by WebSocket.
pub(super) fn is_websocket_upgrade(headers: &HeaderMap) -> bool {
    headers
        .get(header::UPGRADE)
        .is_some_and(|to| to.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Goes on by WebSocket.
///
/// # Errors
/// Where the client speaks no protocol that the server knows, its page may not, or there are too
/// many.
pub(super) async fn upgrade_connection(
    server: &Server,
    parts: &mut Parts,
) -> Result<Response, HttpError> {
    // Browsers leave it to the server which pages may connect.
    if let Some(origin) = parts.headers.get(header::ORIGIN)
        && !server.settings().allows_origin(origin)
    {
        return Err(HttpError::new(
            StatusCode::FORBIDDEN,
            "CROSS_SITE",
            format!("pages of {origin:?} may not connect"),
        ));
    }
    let upgrade = WebSocketUpgrade::from_request_parts(parts, &())
        .await
        .map_err(|rejected| HttpError::bad_request(rejected.body_text()))?
        .protocols(ALL_WEBSOCKET_PROTOCOLS);
    // Of several that the client offers, both sides have to mean the same one.
    let offered = header::SEC_WEBSOCKET_PROTOCOL;
    match upgrade.selected_protocol().cloned() {
        Some(protocol) => parts.headers.insert(offered, protocol),
        None => parts.headers.remove(offered),
    };
    let protocol = GraphQLProtocol::from_request_parts(parts, &())
        .await
        .map_err(|_| {
            HttpError::bad_request("the WebSocket names no protocol; offer graphql-transport-ws")
        })?;
    let place = server
        .subscription_permits()
        .clone()
        .try_acquire_owned()
        .map_err(|_| too_many_subscribers(server))?;
    let max_bytes = usize::try_from(server.engine().limits().max_request_bytes);
    let max_bytes = max_bytes.unwrap_or(usize::MAX);
    let connection = WebSocketExecutor {
        server: server.clone(),
        client: parts.extensions.get().copied(),
        operation_permits: Arc::new(Semaphore::new(MAX_OPERATIONS)),
    };
    let upgraded = upgrade
        .max_message_size(max_bytes)
        .max_frame_size(max_bytes)
        .on_upgrade(async move |socket| {
            serve_socket(socket, connection, protocol).await;
            drop(place);
        });
    Ok(upgraded)
}

/// Answers what comes by a WebSocket until either side ends it.
async fn serve_socket(socket: WebSocket, connection: WebSocketExecutor, protocol: GraphQLProtocol) {
    let stopping = connection.server.shutdown().clone();
    let heard = AtomicBool::new(false);
    let initialised = Arc::new(AtomicBool::new(false));
    let (mut sink, received) = socket.split();
    let received = received
        .take_while(|message| future::ready(message.is_ok()))
        .filter_map(|message| {
            heard.store(true, Relaxed);
            future::ready(Some(message))
        });
    let on_init = {
        let initialised = initialised.clone();
        move |_| {
            initialised.store(true, Relaxed);
            future::ready(Ok(Data::default()))
        }
    };
    let (answer, mut answers) = mpsc::channel(1);
    let protocol =
        GraphQLWebSocket::new_with_pair(PollSender::new(answer), received, connection, protocol)
            .on_connection_init(on_init)
            .serve();
    let mut protocol = pin!(protocol.fuse());
    let mut beats = interval_at(Instant::now() + KEEP_ALIVE_INTERVAL, KEEP_ALIVE_INTERVAL);
    let (code, reason) = loop {
        let message = tokio::select! {
            answer = answers.recv() => match answer {
                Some(answer) => answer,
                None => return,
            },
            // What it has said last is still to be sent.
            () = &mut protocol => continue,
            _ = beats.tick() => {
                if !initialised.load(Relaxed) {
                    break NOT_INITIALIZED;
                }
                // Browsers answer a ping by themselves, so whoever is there has been heard.
                if !heard.swap(false, Relaxed) {
                    return;
                }
                Message::Ping(Bytes::new())
            }
            () = stopping.cancelled() => break GOING_AWAY,
        };
        if sink.send(message).await.is_err() {
            return;
        }
    };
    // Whoever has gone already does not read it.
    let _ = sink.send(close_message(code, reason.to_owned())).await;
}

fn close_message(code: u16, reason: String) -> Message {
    let reason = reason.into();
    Message::Close(Some(CloseFrame { code, reason }))
}

/// What a WebSocket runs its operations by.
#[derive(Clone)]
struct WebSocketExecutor {
    server: Server,
    client: Option<ClientKey>,
    operation_permits: Arc<Semaphore>,
}

impl Executor for WebSocketExecutor {
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
        let Ok(place) = self.operation_permits.clone().try_acquire_owned() else {
            let refused = HttpError::overloaded(format!(
                "the connection has {MAX_OPERATIONS} operations under way; end one first"
            ));
            return error_stream(&self.server, &refused);
        };
        if let Err(refused) = self.server.check_rate_limit(self.client) {
            return error_stream(&self.server, &refused);
        }
        match execute::prepare(&self.server, to_request_params(request), &id) {
            Ok(prepared) => response_stream(&self.server, prepared, id)
                .map(move |body| {
                    // Held as long as the stream is.
                    let _ = &place;
                    parse_response(&body)
                })
                .boxed(),
            Err(failed) => {
                let body = record_errors(&self.server, failed.body());
                stream::once(async move { parse_response(&body) }).boxed()
            }
        }
    }
}

fn error_stream(
    server: &Server,
    refused: &HttpError,
) -> BoxStream<'static, async_graphql::Response> {
    let body = record_errors(server, (refused.body(), vec![refused.code]));
    stream::once(async move { parse_response(&body) }).boxed()
}

fn to_request_params(request: async_graphql::Request) -> RequestParams {
    RequestParams {
        query: Some(request.query.clone()).filter(|query| !query.is_empty()),
        operation_name: request.operation_name.clone(),
        variables: to_json_object(&request.variables),
        extensions: to_json_object(&request.extensions),
        document_id: None,
    }
}

fn to_json_object(value: &impl Serialize) -> Map<String, Json> {
    match serde_json::to_value(value) {
        Ok(Json::Object(object)) => object,
        _ => Map::new(),
    }
}

/// The body of a response as async-graphql wants it, keys in their order.
fn parse_response(body: &str) -> async_graphql::Response {
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
