//! Connections: their number, their timeouts, and graceful shutdown.

use std::{
    collections::HashMap,
    convert::Infallible,
    future::pending,
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, HttpBody},
    extract::ConnectInfo,
    response::Response,
};
use bytes::Bytes;
use futures_util::FutureExt;
use hyper::{
    Request,
    body::{Frame, Incoming, SizeHint},
    server::conn::http1,
    service::service_fn,
};
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
    /// The time for the headers of the first request.
    pub(super) header_timeout: Duration,
    /// The time from a response until the headers of the next request.
    pub(super) keep_alive_timeout: Duration,
    /// How long a client may stop reading before it is disconnected.
    pub(super) write_timeout: Duration,
    /// How long the requests in progress may take after a stop is requested.
    pub(super) drain_timeout: Duration,
}

/// How long a new connection waits for the permit of one that is closed for it.
const PERMIT_TIMEOUT: Duration = Duration::from_secs(1);

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
        // hyper starts to count at the end of the previous response.
        .header_read_timeout(connections.keep_alive_timeout);
    let shutdown = CancellationToken::new();
    let registry = OpenConnections::default();
    let open = TaskTracker::new();
    let mut stop = pin!(stop);
    loop {
        let (stream, address) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) if is_client_disconnect(&error) => continue,
                Err(error) => {
                    // Most likely there are no file descriptors left.
                    tracing::error!(%error, "cannot accept a connection");
                    registry.close_oldest();
                    time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        // If there is no permit, this puts the connection into the line for the next one.
        let mut acquire = Box::pin(connections.permits.clone().acquire_owned());
        let permit = (&mut acquire).now_or_never();
        if permit.is_none() && !registry.close_oldest() {
            connections.refused_counter.inc();
            tracing::debug!("refused a connection: too many are open");
            tokio::spawn(reject_connection(stream));
            continue;
        }
        let state = registry.add(shutdown.child_token());
        let http = http.clone();
        let service = service.clone();
        let (header_timeout, write_timeout) =
            (connections.header_timeout, connections.write_timeout);
        let refused_counter = connections.refused_counter.clone();
        open.spawn(async move {
            // The closed connection returns its permit now, unless its client does not read the end of a response.
            let permit = match permit {
                Some(permit) => permit.ok(),
                None => tokio::select! {
                    permit = acquire => permit.ok(),
                    () = state.close.cancelled() => return,
                    () = time::sleep(PERMIT_TIMEOUT) => None,
                },
            };
            let Some(permit) = permit else {
                refused_counter.inc();
                return reject_connection(stream).await;
            };
            // Short responses should not wait for more data.
            let _ = stream.set_nodelay(true);
            let mut stream = TimeoutStream::new(stream);
            stream.set_write_timeout(Some(write_timeout));
            let request_state = state.clone();
            let service = service_fn(move |mut request: Request<Incoming>| {
                request.extensions_mut().insert(ConnectInfo(address));
                let guard = RequestGuard::new(&request_state);
                // There is no need to poll for readiness: the routes and their layers are always ready.
                let response = service.clone().call(request);
                async move {
                    let response = response.await?;
                    Ok::<_, Infallible>(response.map(|body| GuardedBody {
                        body,
                        _guard: guard,
                    }))
                }
            });
            let connection = http.serve_connection(TokioIo::new(Box::pin(stream)), service);
            let mut connection = pin!(connection.with_upgrades());
            let headers_are_late = async {
                time::sleep(header_timeout).await;
                if state.has_received() {
                    pending::<()>().await;
                }
            };
            let ended = tokio::select! {
                // Reads what the client has sent before the other branches check it.
                biased;
                ended = connection.as_mut() => ended,
                () = headers_are_late => Ok(()),
                () = state.close.cancelled() => match state.has_received() {
                    // hyper closes an idle connection, and another one after the request in progress.
                    true => {
                        connection.as_mut().graceful_shutdown();
                        connection.await
                    }
                    // hyper would wait for the rest of the headers.
                    false => Ok(()),
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

/// The open connections by number, to find the one that has waited longest for a request.
#[derive(Clone, Debug, Default)]
struct OpenConnections(Arc<ConnectionRegistry>);

#[derive(Debug, Default)]
struct ConnectionRegistry {
    /// Counts connections and the times that one begins to wait. A request costs only this increment, because
    /// connections are compared only if there are too many.
    last_position: AtomicU64,
    connections: Mutex<HashMap<u64, Weak<ConnectionState>>>,
}

impl OpenConnections {
    fn next_position(&self) -> u64 {
        self.0.last_position.fetch_add(1, Relaxed) + 1
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Weak<ConnectionState>>> {
        self.0
            .connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a connection, which waits for its first request.
    fn add(&self, close: CancellationToken) -> Arc<ConnectionState> {
        let number = self.next_position();
        let state = Arc::new(ConnectionState {
            number,
            waiting_position: AtomicU64::new(number),
            open: self.clone(),
            close,
            has_received: AtomicBool::new(false),
        });
        self.lock().insert(number, Arc::downgrade(&state));
        state
    }

    /// Closes the connection that has waited longest for a request. Returns whether there is one.
    fn close_oldest(&self) -> bool {
        let open: Vec<_> = self.lock().values().filter_map(Weak::upgrade).collect();
        let waiting = open.iter().filter(|state| {
            state.waiting_position.load(Relaxed) != NOT_WAITING && !state.close.is_cancelled()
        });
        let oldest = waiting.min_by_key(|state| state.waiting_position.load(Relaxed));
        oldest.is_some_and(|state| {
            state.close.cancel();
            true
        })
    }
}

const NOT_WAITING: u64 = 0;

/// What is known of a connection.
#[derive(Debug)]
struct ConnectionState {
    number: u64,
    /// Lower if the connection has waited longer for the headers of a request; [`NOT_WAITING`] during a request.
    waiting_position: AtomicU64,
    open: OpenConnections,
    close: CancellationToken,
    has_received: AtomicBool,
}

impl ConnectionState {
    /// Whether the headers of a request have been received.
    fn has_received(&self) -> bool {
        self.has_received.load(Relaxed)
    }
}

/// Removes a connection when it ends.
impl Drop for ConnectionState {
    fn drop(&mut self) {
        self.open.lock().remove(&self.number);
    }
}

/// Exists while a request is in progress: from its headers to the end of the response.
struct RequestGuard(Arc<ConnectionState>);

impl RequestGuard {
    fn new(state: &Arc<ConnectionState>) -> Self {
        state.has_received.store(true, Relaxed);
        state.waiting_position.store(NOT_WAITING, Relaxed);
        Self(state.clone())
    }
}

impl Drop for RequestGuard {
    fn drop(&mut self) {
        let position = self.0.open.next_position();
        self.0.waiting_position.store(position, Relaxed);
    }
}

/// The body of a response, with the guard of its request.
struct GuardedBody {
    body: Body,
    _guard: RequestGuard,
}

impl HttpBody for GuardedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
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
