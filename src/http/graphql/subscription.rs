//! Streams of responses, and server-sent events (graphql-sse, distinct connections mode).

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{
    Stream, StreamExt,
    future::{self, Either},
    stream,
};
use tokio::time::timeout;

use super::{
    execute::{self, PreparedOperation},
    negotiation::ResponseFormat,
};
use crate::http::{Server, error::HttpError, request_id::RequestId};

/// The interval of keep-alive messages, so that proxies do not close idle connections.
pub(super) const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(10);

/// The JSON bodies of the responses to an operation: one for a query; for a subscription, one after
/// each change of the data, without end.
pub(super) fn response_stream(
    server: &Arc<Server>,
    prepared: PreparedOperation,
    id: RequestId,
) -> impl Stream<Item = String> + Send + 'static {
    let server = server.clone();
    match prepared.is_subscription() {
        false => Either::Left(stream::once(async move {
            match execute::execute(&server, &prepared, &id).await.result {
                Ok(content) => String::from_utf8_lossy(content.bytes()).into_owned(),
                Err(error) => record_errors(&server, error.body()),
            }
        })),
        true => {
            let events = stream::unfold(server.subscribe_to_generations(), move |changes| {
                let (server, prepared, id) = (server.clone(), prepared.clone(), id.clone());
                async move {
                    let mut changes = changes?;
                    changes.changed().await.ok()?;
                    let body = match execute::execute_event(&server, &prepared, &id).await {
                        Ok(response) => {
                            record_errors(&server, (response.body, response.error_codes))
                        }
                        Err(error) => record_errors(&server, (error.body(), vec![error.code])),
                    };
                    Some((body, Some(changes)))
                }
            });
            Either::Right(events)
        }
    }
}

/// Counts the errors of a response in a stream, which the outermost layer does not see, and returns its
/// body.
pub(super) fn record_errors(server: &Server, (body, codes): (String, Vec<&'static str>)) -> String {
    server.metrics.record_errors(&codes);
    body
}

/// Responds with server-sent events: `next` for each response, then `complete`. At shutdown, the stream
/// of a subscription ends without `complete`, so that clients reconnect.
///
/// axum's `Sse` cannot write an event with empty data.
pub(super) fn event_stream_response(
    server: &Arc<Server>,
    prepared: PreparedOperation,
    id: RequestId,
) -> Response {
    let Ok(permit) = server.subscription_permits.clone().try_acquire_owned() else {
        return too_many_subscribers(server).into_response();
    };
    let shutdown = match prepared.is_subscription() {
        false => Either::Left(future::pending()),
        true => Either::Right(server.shutdown.clone().cancelled_owned()),
    };
    // A response is one line of JSON. Browsers ignore events without data, so `complete` has empty
    // data.
    let events = response_stream(server, prepared, id)
        .map(|body| Bytes::from(format!("event: next\ndata: {body}\n\n")))
        .chain(stream::iter([Bytes::from_static(
            b"event: complete\ndata:\n\n",
        )]))
        .take_until(shutdown);
    let body = with_keep_alive(events).map(move |bytes| {
        // The closure owns the permit, which is released with the stream.
        let _ = &permit;
        Ok::<_, Infallible>(bytes)
    });
    let mut response = Response::new(Body::from_stream(body));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        ResponseFormat::EventStream.content_type(),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Keeps nginx from buffering events.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// Adds a comment to the events whenever there is none for [`KEEP_ALIVE_INTERVAL`].
fn with_keep_alive(
    events: impl Stream<Item = Bytes> + Send + 'static,
) -> impl Stream<Item = Bytes> {
    stream::unfold(Box::pin(events), async |mut events| {
        let bytes = match timeout(KEEP_ALIVE_INTERVAL, events.next()).await {
            Ok(bytes) => bytes?,
            Err(_) => Bytes::from_static(b":\n\n"),
        };
        Some((bytes, events))
    })
}

/// The error if `limits.maxSubscribers` is reached.
pub(super) fn too_many_subscribers(server: &Server) -> HttpError {
    HttpError::overloaded(format!(
        "the server already has {} subscribers (limits.maxSubscribers); try again later",
        server.engine.limits().max_subscribers
    ))
}
