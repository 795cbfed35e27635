//! A TCP relay between the program and its database, which can fail as networks do.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

/// Forwards connections to an address that can be changed.
pub(crate) struct Relay {
    pub(crate) port: u16,
    state: Arc<RelayState>,
    _task: AbortOnDropHandle<()>,
}

struct RelayState {
    /// New connections go to each of these in turn. If it is empty, they are closed at once.
    targets: Mutex<VecDeque<String>>,
    connections: Mutex<Connections>,
}

/// Cancelled for the connections that are open at that moment.
#[derive(Clone, Default)]
struct Connections {
    /// No byte passes any more, but nobody closes the connection.
    swallowed: CancellationToken,
    closed: CancellationToken,
}

impl Relay {
    pub(crate) async fn start(target: &str) -> Self {
        Self::alternating(&[target.to_owned()]).await
    }

    /// Forwards each connection to the next of these addresses.
    pub(crate) async fn alternating(targets: &[String]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(RelayState {
            targets: Mutex::new(targets.iter().cloned().collect()),
            connections: Mutex::default(),
        });
        let shared = state.clone();
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let target = {
                    let mut targets = shared.targets.lock().unwrap();
                    let target = targets.pop_front();
                    targets.extend(target.clone());
                    target
                };
                let connections = shared.connections.lock().unwrap().clone();
                if let Some(target) = target {
                    tokio::spawn(forward(client, target, connections));
                }
            }
        });
        Self {
            port,
            state,
            _task: AbortOnDropHandle::new(task),
        }
    }

    /// Closes all connections, and forwards new ones to this address, or closes them too.
    pub(crate) fn close_connections(&self, target: Option<&str>) {
        *self.state.targets.lock().unwrap() = target.into_iter().map(str::to_owned).collect();
        std::mem::take(&mut *self.state.connections.lock().unwrap())
            .closed
            .cancel();
    }

    /// Stops forwarding on all connections, like a host that loses its power. New connections work.
    pub(crate) fn swallow_connections(&self) {
        std::mem::take(&mut *self.state.connections.lock().unwrap())
            .swallowed
            .cancel();
    }
}

async fn forward(mut client: TcpStream, target: String, connections: Connections) {
    let Ok(mut server) = TcpStream::connect(&target).await else {
        return;
    };
    tokio::select! {
        _ = copy_bidirectional(&mut client, &mut server) => {}
        () = connections.closed.cancelled() => {}
        // The sockets stay open until the test ends.
        () = connections.swallowed.cancelled() => std::future::pending().await,
    }
}
