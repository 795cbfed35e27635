//! Connections: their number, their timeouts, and graceful shutdown.

use std::{convert::Infallible, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{extract::ConnectInfo, response::Response};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use prometheus_client::metrics::counter::Counter;
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{self, Instant},
};
use tokio_io_timeout::TimeoutStream;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower_service::Service;

/// The limits of connections.
#[derive(Clone, Debug)]
pub(super) struct ConnectionLimits {
    /// A permit for each open connection.
    pub(super) permits: Arc<Semaphore>,
    /// Counts the connections that got no permit.
    pub(super) refused_counter: Counter,
    /// The time for the headers of a request, and for a kept-alive connection to send the next one.
    pub(super) header_timeout: Duration,
    /// How long a client may stop reading before it is disconnected.
    pub(super) write_timeout: Duration,
    /// How long the requests in progress may take after a stop is requested.
    pub(super) drain_timeout: Duration,
}

/// The response to connections beyond the limit. It is a constant so that refusing costs little.
const OVERLOADED_RESPONSE: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\n\
content-type: application/json; charset=utf-8\r\n\
content-length: 144\r\n\
retry-after: 1\r\n\
connection: close\r\n\r\n\
{\"errors\":[{\"message\":\"the server has too many connections (limits.maxConnections); try again in a second\",\"extensions\":{\"code\":\"OVERLOADED\"}}]}";

/// Serves connections until `stop` resolves, then waits for the requests in progress, at most until
/// the end of the drain timeout, which is returned.
///
/// `axum::serve` would be shorter, but has no timeout for request headers.
pub(super) async fn listen<S>(
    listener: TcpListener,
    service: S,
    connections: ConnectionLimits,
    stop: impl Future<Output = ()>,
) -> Instant
where
    S: Service<Request<Incoming>, Response = Response, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
{
    let mut http = http1::Builder::new();
    // Pipelined requests beyond this buffer wait in the network.
    http.max_buf_size(64 * 1024)
        .timer(TokioTimer::new())
        .header_read_timeout(connections.header_timeout);
    let shutdown = CancellationToken::new();
    let open = TaskTracker::new();
    let mut stop = pin!(stop);
    loop {
        let (stream, address) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) if is_client_disconnect(&error) => continue,
                Err(error) => {
                    // Most likely there are no file descriptors left; some will be closed.
                    tracing::error!(%error, "cannot accept a connection");
                    time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        let Ok(permit) = connections.permits.clone().try_acquire_owned() else {
            connections.refused_counter.inc();
            tracing::debug!("refused a connection: too many are open");
            tokio::spawn(reject_connection(stream));
            continue;
        };
        // Short responses should not wait for more data.
        let _ = stream.set_nodelay(true);
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(connections.write_timeout));
        let service = service.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(address));
            // There is no need to poll for readiness: the routes and their layers are always ready.
            service.clone().call(request)
        });
        let connection = http.serve_connection(TokioIo::new(Box::pin(stream)), service);
        let connection = connection.with_upgrades();
        let shutdown = shutdown.clone();
        open.spawn(async move {
            let mut connection = pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                () = shutdown.cancelled() => {
                    // The connection closes after the request in progress.
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            // Connections fail because of clients and networks, not because of the server.
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(permit);
        });
    }
    drop(listener);
    shutdown.cancel();
    open.close();
    let drain_timeout = connections.drain_timeout;
    let deadline = Instant::now() + drain_timeout;
    if time::timeout_at(deadline, open.wait()).await.is_err() {
        tracing::warn!(
            connections = open.len(),
            "stopped with requests in progress, which took longer than {} s",
            drain_timeout.as_secs()
        );
    }
    deadline
}

async fn reject_connection(mut stream: TcpStream) {
    let send = async {
        stream.write_all(OVERLOADED_RESPONSE).await?;
        stream.shutdown().await
    };
    // A client that does not read it in time is disconnected.
    let _ = time::timeout(Duration::from_secs(1), send).await;
}

/// Whether the client disconnected before its connection was accepted.
fn is_client_disconnect(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

/// A request extension: the address of the TCP peer.
pub(super) type PeerAddress = ConnectInfo<SocketAddr>;

#[cfg(test)]
mod tests {
    use super::OVERLOADED_RESPONSE;

    #[test]
    fn the_overloaded_response_has_the_right_content_length() {
        let text = std::str::from_utf8(OVERLOADED_RESPONSE).unwrap();
        let (headers, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(headers.contains(&format!("content-length: {}\r\n", body.len())));
        serde_json::from_str::<serde_json::Value>(body).unwrap();
    }
}
