//! Operations with more than one response, and how they go over server-sent events (graphql-sse,
//! distinct connections).

use std::{convert::Infallible, time::Duration};

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
use crate::{
    engine::OperationKind,
    http::{Server, error::HttpError, request_id::RequestId},
};

/// How often an idle connection is shown to be alive, so that nothing between cuts it.
pub(super) const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(10);

/// The responses to an operation, as the bodies of GraphQL responses: one for a query; for a
/// subscription one after each change of the data, without an end.
pub(super) fn response_stream(
    server: &Server,
    prepared: PreparedOperation,
    id: RequestId,
) -> impl Stream<Item = String> + Send + 'static {
    let server = server.clone();
    match prepared.kind() {
        OperationKind::Query => Either::Left(stream::once(async move {
            match execute::execute(&server, &prepared, &id).await.result {
                Ok(content) => String::from_utf8_lossy(content.bytes()).into_owned(),
                Err(failed) => record_errors(&server, failed.body()),
            }
        })),
        OperationKind::Subscription => {
            let events = stream::unfold(server.subscribe_to_generations(), move |changes| {
                let (server, prepared, id) = (server.clone(), prepared.clone(), id.clone());
                async move {
                    let mut changes = changes?;
                    changes.changed().await.ok()?;
                    let body = match execute::execute_event(&server, &prepared, &id).await {
                        Ok(answer) => record_errors(&server, (answer.body, answer.error_codes)),
                        Err(refused) => {
                            record_errors(&server, (refused.body(), vec![refused.code]))
                        }
                    };
                    Some((body, Some(changes)))
                }
            });
            Either::Right(events)
        }
    }
}

/// The body of a response, its errors counted: they are in the stream, not on the response that
/// the outermost layer sees.
pub(super) fn record_errors(server: &Server, (body, codes): (String, Vec<&'static str>)) -> String {
    server.metrics().record_errors(&codes);
    body
}

/// An operation over server-sent events: `next` for each response, then `complete`. Where the server
/// stops, a subscription breaks off without: clients then come again, and find the server that
/// follows.
pub(super) fn event_stream_response(
    server: &Server,
    prepared: PreparedOperation,
    id: RequestId,
) -> Response {
    let Ok(place) = server.subscription_permits().clone().try_acquire_owned() else {
        return too_many_subscribers(server).into_response();
    };
    let stopped = match prepared.kind() {
        OperationKind::Query => Either::Left(future::pending()),
        OperationKind::Subscription => Either::Right(server.shutdown().clone().cancelled_owned()),
    };
    // A response is JSON in one line. An event without data is none to browsers, so `complete` has
    // empty data.
    let events = response_stream(server, prepared, id)
        .map(|body| Bytes::from(format!("event: next\ndata: {body}\n\n")))
        .chain(stream::iter([Bytes::from_static(
            b"event: complete\ndata:\n\n",
        )]))
        .take_until(stopped);
    let body = with_keep_alive(events).map(move |bytes| {
        // Held as long as the stream is.
        let _ = &place;
        Ok::<_, Infallible>(bytes)
    });
    let mut response = Response::new(Body::from_stream(body));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        ResponseFormat::EventStream.content_type(),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx would keep events back until there are enough of them.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// The events, and a comment wherever there is none for a while.
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

/// The refusal of one subscriber more.
pub(super) fn too_many_subscribers(server: &Server) -> HttpError {
    HttpError::overloaded(format!(
        "the server has {} subscribers already (limits.maxSubscribers); try again later",
        server.engine().limits().max_subscribers
    ))
}
