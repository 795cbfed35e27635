//! Operations over WebSocket, by the protocol graphql-transport-ws or its predecessor graphql-ws.

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
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts, uri::Authority,
    },
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
    request::{RequestParams, parse_operation_name},
    subscription::{KEEP_ALIVE_INTERVAL, record_errors, response_stream, too_many_subscribers},
};
use crate::http::{
    Server, client_address::forwarded_parameter, error::HttpError, rate_limit::ClientKey,
    request_id::RequestId,
};

/// Concurrent operations on one WebSocket.
const MAX_OPERATIONS: usize = 16;

/// The status code of a close message, from RFC 6455 or the GraphQL protocol, and its reason.
type CloseReason = (u16, &'static str);

/// After this code, clients reconnect.
const GOING_AWAY: CloseReason = (1001, "the server is shutting down");

const NOT_INITIALIZED: CloseReason = (4408, "Connection initialisation timeout");

/// Whether the client requests an upgrade to a WebSocket.
pub(super) fn is_websocket_upgrade(headers: &HeaderMap) -> bool {
    headers
        .get(header::UPGRADE)
        .is_some_and(|to| to.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Upgrades the connection to a WebSocket and serves it in the background.
///
/// # Errors
/// 403 if the origin of the page is not allowed, 400 if the request is not an upgrade to a supported
/// protocol, 503 if there are too many subscribers.
pub(super) async fn upgrade_connection(
    server: &Arc<Server>,
    parts: &mut Parts,
) -> Result<Response, HttpError> {
    // CORS does not apply to WebSockets, so the server has to check the origin.
    if let Some(origin) = parts.headers.get(header::ORIGIN)
        && !server.settings.allows_origin(origin)
        && !is_own_origin(origin, &parts.headers)
    {
        return Err(HttpError::new(
            StatusCode::FORBIDDEN,
            "CROSS_SITE",
            format!("the origin {origin:?} is not allowed to open a WebSocket"),
        ));
    }
    let upgrade = WebSocketUpgrade::from_request_parts(parts, &())
        .await
        .map_err(|_| {
            HttpError::bad_request(
                "the WebSocket request is malformed; send GET with the headers Connection: Upgrade, \
                 Sec-WebSocket-Version: 13, and Sec-WebSocket-Key",
            )
            .with_header(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"))
        })?
        .protocols(ALL_WEBSOCKET_PROTOCOLS);
    // If the client offers several protocols, the extractor below must choose the same one.
    let protocol_header = header::SEC_WEBSOCKET_PROTOCOL;
    match upgrade.selected_protocol().cloned() {
        Some(protocol) => parts.headers.insert(protocol_header, protocol),
        None => parts.headers.remove(protocol_header),
    };
    let protocol = GraphQLProtocol::from_request_parts(parts, &())
        .await
        .map_err(|_| {
            HttpError::bad_request(
                "the WebSocket request offers no supported subprotocol; send the header \
                 Sec-WebSocket-Protocol: graphql-transport-ws",
            )
        })?;
    let permit = server
        .subscription_permits
        .clone()
        .try_acquire_owned()
        .map_err(|_| too_many_subscribers(server))?;
    let max_bytes = usize::try_from(server.engine.limits().max_request_bytes);
    let max_bytes = max_bytes.unwrap_or(usize::MAX);
    let executor = WebSocketExecutor {
        server: server.clone(),
        client: parts.extensions.get().copied(),
        operation_permits: Arc::new(Semaphore::new(MAX_OPERATIONS)),
    };
    let upgraded = upgrade
        .max_message_size(max_bytes)
        .max_frame_size(max_bytes)
        .on_upgrade(async move |socket| {
            serve_socket(socket, executor, protocol).await;
            drop(permit);
        });
    Ok(upgraded)
}

/// Whether a page of this server opens the WebSocket: its origin has the host that the client requested. Ports are not
/// compared, because proxies may omit them.
fn is_own_origin(origin: &HeaderValue, headers: &HeaderMap) -> bool {
    let host = |authority: &str| {
        let authority = authority.trim().parse::<Authority>().ok()?;
        Some(authority.host().to_ascii_lowercase())
    };
    let origin = origin.to_str().ok().and_then(|text| text.split_once("://"));
    let Some(origin) = origin.and_then(|(_, authority)| host(authority)) else {
        return false;
    };
    // A page cannot set these headers for a WebSocket.
    let items = |name: &HeaderName| {
        let values = headers.get_all(name).into_iter();
        let values = values.filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(','))
    };
    let forwarded = items(&header::FORWARDED).filter_map(|item| forwarded_parameter(item, "host"));
    items(&header::HOST)
        .chain(items(&HeaderName::from_static("x-forwarded-host")))
        .chain(forwarded)
        .any(|name| host(name).as_ref() == Some(&origin))
}

/// Serves a WebSocket until either side closes it.
async fn serve_socket(socket: WebSocket, executor: WebSocketExecutor, protocol: GraphQLProtocol) {
    let shutdown = executor.server.shutdown.clone();
    let has_received = AtomicBool::new(false);
    let is_initialized = Arc::new(AtomicBool::new(false));
    let (mut sink, received) = socket.split();
    let received = received
        .take_while(|message| future::ready(message.is_ok()))
        .filter_map(|message| {
            has_received.store(true, Relaxed);
            future::ready(Some(message))
        });
    let on_init = {
        let is_initialized = is_initialized.clone();
        move |_| {
            is_initialized.store(true, Relaxed);
            future::ready(Ok(Data::default()))
        }
    };
    let (sender, mut outgoing) = mpsc::channel(1);
    let protocol =
        GraphQLWebSocket::new_with_pair(PollSender::new(sender), received, executor, protocol)
            .on_connection_init(on_init)
            .serve();
    let mut protocol = pin!(protocol.fuse());
    let mut keep_alive = interval_at(Instant::now() + KEEP_ALIVE_INTERVAL, KEEP_ALIVE_INTERVAL);
    let (code, reason) = loop {
        let message = tokio::select! {
            message = outgoing.recv() => match message {
                Some(message) => message,
                None => return,
            },
            // Its last messages are still in the channel.
            () = &mut protocol => continue,
            _ = keep_alive.tick() => {
                if !is_initialized.load(Relaxed) {
                    break NOT_INITIALIZED;
                }
                // Every client answers pings, so one that sent nothing since the last is gone.
                if !has_received.swap(false, Relaxed) {
                    return;
                }
                Message::Ping(Bytes::new())
            }
            () = shutdown.cancelled() => break GOING_AWAY,
        };
        if sink.send(message).await.is_err() {
            return;
        }
    };
    // This fails if the client has disconnected, which is fine.
    let _ = sink.send(close_message(code, reason.to_owned())).await;
}

fn close_message(code: u16, reason: String) -> Message {
    let reason = reason.into();
    Message::Close(Some(CloseFrame { code, reason }))
}

/// Executes the operations of one WebSocket.
#[derive(Clone)]
struct WebSocketExecutor {
    server: Arc<Server>,
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
        let Ok(permit) = self.operation_permits.clone().try_acquire_owned() else {
            let error = HttpError::overloaded(format!(
                "the WebSocket has {MAX_OPERATIONS} operations in progress, which is the limit; wait until one completes"
            ));
            return error_stream(&self.server, &error);
        };
        if let Err(error) = self.server.check_rate_limit(self.client) {
            return error_stream(&self.server, &error);
        }
        match execute::prepare(&self.server, to_request_params(request), &id) {
            Ok(prepared) => response_stream(&self.server, prepared, id)
                .map(move |body| {
                    // The closure owns the permit, which is released with the stream.
                    let _ = &permit;
                    parse_response(&body)
                })
                .boxed(),
            Err(error) => {
                let body = record_errors(&self.server, error.body());
                stream::once(async move { parse_response(&body) }).boxed()
            }
        }
    }
}

fn error_stream(server: &Server, error: &HttpError) -> BoxStream<'static, async_graphql::Response> {
    let body = record_errors(server, (error.body(), vec![error.code]));
    stream::once(async move { parse_response(&body) }).boxed()
}

fn to_request_params(request: async_graphql::Request) -> RequestParams {
    RequestParams {
        query: Some(request.query.clone()).filter(|query| !query.is_empty()),
        operation_name: parse_operation_name(request.operation_name.clone()),
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

/// Parses the body of a response into the type of async-graphql, which keeps the order of keys.
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
