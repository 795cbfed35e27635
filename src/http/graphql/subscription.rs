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
    execute::{self, Prepared},
    negotiation::Format,
};
use crate::{
    engine::OperationKind,
    http::{Server, refusal::Refused, request_id::RequestId},
};

/// How often an idle connection is shown to be alive, so that nothing between cuts it.
pub(super) const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// The responses to an operation, as the bodies of GraphQL responses: one for a query; for a
/// subscription one after each change of the data, without an end.
pub(super) fn responses(
    server: &Server,
    prepared: Prepared,
    id: RequestId,
) -> impl Stream<Item = String> + Send + 'static {
    let server = server.clone();
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
            Either::Right(events)
        }
    }
}

/// The body of a response, its errors counted: they are in the stream, not on the response that
/// the outermost layer sees.
pub(super) fn told(server: &Server, (body, codes): (String, Vec<&'static str>)) -> String {
    server.metrics().errors(&codes);
    body
}

/// An operation over server-sent events: `next` for each response, then `complete`. Where the server
/// stops, a subscription breaks off without: clients then come again, and find the server that
/// follows.
pub(super) fn events(server: &Server, prepared: Prepared, id: RequestId) -> Response {
    let Ok(place) = server.subscriptions().clone().try_acquire_owned() else {
        return too_many(server).into_response();
    };
    let stopped = match prepared.kind() {
        OperationKind::Query => Either::Left(future::pending()),
        OperationKind::Subscription => Either::Right(server.stopping().clone().cancelled_owned()),
    };
    // A response is JSON in one line. An event without data is none to browsers, so `complete` has
    // empty data.
    let events = responses(server, prepared, id)
        .map(|body| Bytes::from(format!("event: next\ndata: {body}\n\n")))
        .chain(stream::iter([Bytes::from_static(
            b"event: complete\ndata:\n\n",
        )]))
        .take_until(stopped);
    let body = kept_alive(events).map(move |bytes| {
        // Held as long as the stream is.
        let _ = &place;
        Ok::<_, Infallible>(bytes)
    });
    let mut response = Response::new(Body::from_stream(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, Format::EventStream.content_type());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx would keep events back until there are enough of them.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// The events, and a comment wherever there is none for a while.
fn kept_alive(events: impl Stream<Item = Bytes> + Send + 'static) -> impl Stream<Item = Bytes> {
    stream::unfold(Box::pin(events), async |mut events| {
        let bytes = match timeout(KEEP_ALIVE, events.next()).await {
            Ok(bytes) => bytes?,
            Err(_) => Bytes::from_static(b":\n\n"),
        };
        Some((bytes, events))
    })
}

/// The refusal of one subscriber more.
pub(super) fn too_many(server: &Server) -> Refused {
    Refused::overloaded(format!(
        "the server has {} subscribers already (limits.maxSubscribers); try again later",
        server.engine().limits().max_subscribers
    ))
}
