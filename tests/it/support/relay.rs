//! A TCP relay between the program and its database, which can fail as networks do.

use std::{
    io,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
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
    /// Where new connections go; without it, they are closed at once.
    target: Mutex<Option<String>>,
    connections: Mutex<Connections>,
    sent: Mutex<Vec<SentMessage>>,
}

/// What a client sent after an answer.
#[derive(Debug)]
pub(crate) struct SentMessage {
    /// The port of the client, which identifies its connection.
    pub(crate) client: u16,
    pub(crate) text: String,
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
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(RelayState {
            target: Mutex::new(Some(target.to_owned())),
            connections: Mutex::default(),
            sent: Mutex::default(),
        });
        let shared = state.clone();
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let target = shared.target.lock().unwrap().clone();
                let connections = shared.connections.lock().unwrap().clone();
                if let Some(target) = target {
                    tokio::spawn(forward(client, target, connections, shared.clone()));
                }
            }
        });
        Self {
            port,
            state,
            _task: AbortOnDropHandle::new(task),
        }
    }

    /// Forwards new connections to this address.
    pub(crate) fn forward_to(&self, target: &str) {
        *self.state.target.lock().unwrap() = Some(target.to_owned());
    }

    /// Closes all connections, and forwards new ones to this address, or closes them too.
    pub(crate) fn close_connections(&self, target: Option<&str>) {
        *self.state.target.lock().unwrap() = target.map(str::to_owned);
        std::mem::take(&mut *self.state.connections.lock().unwrap())
            .closed
            .cancel();
    }

    /// Returns what the clients sent since the last call, in order.
    pub(crate) fn take_sent(&self) -> Vec<SentMessage> {
        std::mem::take(&mut *self.state.sent.lock().unwrap())
    }

    /// Stops forwarding on all connections, like a host that loses its power. New connections work.
    pub(crate) fn swallow_connections(&self) {
        std::mem::take(&mut *self.state.connections.lock().unwrap())
            .swallowed
            .cancel();
    }
}

async fn forward(
    client: TcpStream,
    target: String,
    connections: Connections,
    state: Arc<RelayState>,
) {
    let Ok(server) = TcpStream::connect(&target).await else {
        return;
    };
    tokio::select! {
        _ = copy(client, server, &state.sent) => {}
        () = connections.closed.cancelled() => {}
        // The sockets stay open until the test ends.
        () = connections.swallowed.cancelled() => std::future::pending().await,
    }
}

async fn copy(
    mut client: TcpStream,
    mut server: TcpStream,
    sent: &Mutex<Vec<SentMessage>>,
) -> io::Result<()> {
    let port = client.peer_addr()?.port();
    let (mut request, mut answer) = ([0; 16 * 1024], [0; 16 * 1024]);
    let mut answered = true;
    loop {
        tokio::select! {
            n = client.read(&mut request) => match n? {
                0 => return Ok(()),
                n => {
                    if answered {
                        let text = String::from_utf8_lossy(&request[..n]);
                        sent.lock().unwrap().push(SentMessage {
                            client: port,
                            text: text.into_owned(),
                        });
                    }
                    answered = false;
                    server.write_all(&request[..n]).await?;
                }
            },
            n = server.read(&mut answer) => match n? {
                0 => return Ok(()),
                n => {
                    answered = true;
                    client.write_all(&answer[..n]).await?;
                }
            },
        }
    }
}
