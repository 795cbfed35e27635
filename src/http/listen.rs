//! Connections: how many at a time, how long they may take to say what they want and to take the
//! answer, and how they end when the server stops.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Extension, Router, extract::ConnectInfo};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto,
        graceful::{GracefulShutdown, Watcher},
    },
    service::TowerToHyperService,
};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time,
};
use tokio_io_timeout::TimeoutStream;

/// How connections are held to their limits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Connections {
    /// At a time.
    pub(super) max: usize,
    /// For the head of a request, also of the next one on a connection that is kept open.
    pub(super) header_timeout: Duration,
    /// For the client to take some more of an answer.
    pub(super) write_timeout: Duration,
    /// For requests under way, when the server stops.
    pub(super) drain_timeout: Duration,
}

/// What a client reads that comes when there are too many: written by hand, as nothing of it should
/// cost more than saying so.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\n\
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
pub(super) async fn listen(
    listener: TcpListener,
    router: Router,
    connections: Connections,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let mut http = auto::Builder::new(TokioExecutor::new()).http1_only();
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(connections.header_timeout);
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(connections.max));
    let mut stop = std::pin::pin!(stop);
    loop {
        let (stream, address) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) if is_of_the_client(&error) => continue,
                Err(error) => {
                    // Out of file handles: some will be closed.
                    tracing::error!(%error, "cannot accept a connection");
                    time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        let Ok(place) = places.clone().try_acquire_owned() else {
            tracing::debug!("refused a connection: there are too many");
            tokio::spawn(turn_away(stream));
            continue;
        };
        // Small answers should not wait for more to come.
        let _ = stream.set_nodelay(true);
        let service = router.clone().layer(Extension(ConnectInfo(address)));
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(connections.write_timeout));
        let task = serve(http.clone(), stream, service, graceful.watcher(), place);
        tokio::spawn(task);
    }
    drop(listener);
    let open = graceful.count();
    if time::timeout(connections.drain_timeout, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!(
            connections = open,
            "stopped before every request was answered: they took longer than {} s",
            connections.drain_timeout.as_secs()
        );
    }
    Ok(())
}

async fn serve(
    http: auto::Builder<TokioExecutor>,
    stream: TimeoutStream<TcpStream>,
    router: Router,
    graceful: Watcher,
    place: OwnedSemaphorePermit,
) {
    let stream = TokioIo::new(Box::pin(stream));
    let connection = http.serve_connection_with_upgrades(stream, TowerToHyperService::new(router));
    // Clients come and go as they like; what goes wrong with a connection is theirs.
    if let Err(error) = graceful.watch(connection).await {
        tracing::debug!(error, "a connection ended early");
    }
    drop(place);
}

async fn turn_away(mut stream: TcpStream) {
    let say = async {
        stream.write_all(FULL).await?;
        stream.shutdown().await
    };
    // Whoever does not even take this is dropped.
    let _ = time::timeout(Duration::from_secs(1), say).await;
}

/// Whether the client gave up before it was accepted.
fn is_of_the_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

/// The address of the client of a request.
pub(super) type Peer = ConnectInfo<SocketAddr>;

#[cfg(test)]
mod tests {
    use super::FULL;

    #[test]
    fn the_refusal_has_the_length_that_it_says() {
        let text = std::str::from_utf8(FULL).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {}\r\n", body.len())));
        serde_json::from_str::<serde_json::Value>(body).unwrap();
    }
}
