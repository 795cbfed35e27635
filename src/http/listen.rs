//! Connections: how many at a time, how long they may take to say what they want and to take the
//! answer, and how they end when the server stops.

use std::{convert::Infallible, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{extract::ConnectInfo, response::Response};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use prometheus_client::metrics::counter::Counter;
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time,
};
use tokio_io_timeout::TimeoutStream;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower_service::Service;

/// How connections are held to their limits.
#[derive(Clone, Debug)]
pub(super) struct ConnectionLimits {
    /// A place for each that may be open.
    pub(super) permits: Arc<Semaphore>,
    /// Counts those for which there was no place.
    pub(super) refused_counter: Counter,
    /// For the head of a request, also of the next one on a connection that is kept open.
    pub(super) header_timeout: Duration,
    /// For the client to take some more of an answer.
    pub(super) write_timeout: Duration,
    /// For requests under way, when the server stops.
    pub(super) drain_timeout: Duration,
}

/// What a client reads that comes when there are too many: written by hand, as nothing of it should
/// cost more than saying so.
const OVERLOADED_RESPONSE: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\n\
content-type: application/json; charset=utf-8\r\n\
content-length: 144\r\n\
retry-after: 1\r\n\
connection: close\r\n\r\n\
{\"errors\":[{\"message\":\"the server has too many connections (limits.maxConnections); try again in a second\",\"extensions\":{\"code\":\"OVERLOADED\"}}]}";

/// Answers whoever connects until `stop` resolves; requests under way then have `drain_timeout` to
/// be answered.
///
/// # Errors
/// What keeps it from accepting connections.
pub(super) async fn listen<S>(
    listener: TcpListener,
    service: S,
    connections: ConnectionLimits,
    stop: impl Future<Output = ()>,
) -> io::Result<()>
where
    S: Service<Request<Incoming>, Response = Response, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
{
    let mut http = http1::Builder::new();
    // What a client sends ahead of its turn waits in the network.
    http.max_buf_size(64 * 1024)
        .timer(TokioTimer::new())
        .header_read_timeout(connections.header_timeout);
    let stopping = CancellationToken::new();
    let open = TaskTracker::new();
    let mut stop = pin!(stop);
    loop {
        let (stream, address) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) if is_client_disconnect(&error) => continue,
                Err(error) => {
                    // Out of file handles: some will be closed.
                    tracing::error!(%error, "cannot accept a connection");
                    time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        let Ok(place) = connections.permits.clone().try_acquire_owned() else {
            connections.refused_counter.inc();
            tracing::debug!("refused a connection: there are too many");
            tokio::spawn(reject_connection(stream));
            continue;
        };
        // Small answers should not wait for more to come.
        let _ = stream.set_nodelay(true);
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(connections.write_timeout));
        open.spawn(serve_connection(
            http.clone(),
            stream,
            service.clone(),
            address,
            stopping.clone(),
            place,
        ));
    }
    drop(listener);
    stopping.cancel();
    open.close();
    let drained = time::timeout(connections.drain_timeout, open.wait()).await;
    if drained.is_err() {
        tracing::warn!(
            connections = open.len(),
            "stopped before every request was answered: they took longer than {} s",
            connections.drain_timeout.as_secs()
        );
    }
    Ok(())
}

async fn serve_connection<S>(
    http: http1::Builder,
    stream: TimeoutStream<TcpStream>,
    service: S,
    address: SocketAddr,
    stopping: CancellationToken,
    place: OwnedSemaphorePermit,
) where
    S: Service<Request<Incoming>, Response = Response, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
{
    let stream = TokioIo::new(Box::pin(stream));
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(address));
        // Always ready: neither the routes nor what is before them wait for anything.
        service.clone().call(request)
    });
    let connection = http.serve_connection(stream, service).with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopping.cancelled() => {
            // The request under way is the last one of this connection.
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    // Clients come and go as they like; what goes wrong with a connection is theirs.
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
    drop(place);
}

async fn reject_connection(mut stream: TcpStream) {
    let say = async {
        stream.write_all(OVERLOADED_RESPONSE).await?;
        stream.shutdown().await
    };
    // Whoever does not even take this is dropped.
    let _ = time::timeout(Duration::from_secs(1), say).await;
}

/// Whether the client gave up before it was accepted.
fn is_client_disconnect(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

/// The address of the client of a request.
pub(super) type PeerAddress = ConnectInfo<SocketAddr>;

#[cfg(test)]
mod tests {
    use super::OVERLOADED_RESPONSE;

    #[test]
    fn the_refusal_has_the_length_that_it_says() {
        let text = std::str::from_utf8(OVERLOADED_RESPONSE).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {}\r\n", body.len())));
        serde_json::from_str::<serde_json::Value>(body).unwrap();
    }
}
