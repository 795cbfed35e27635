//! `sistergraph serve`.

use std::net::SocketAddr;

use anyhow::{Context, anyhow};
use clap::Args;
use sea_orm::DatabaseConnection;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use super::{Data, progress::Bar};
use crate::{
    db::connection::{connect, migrate},
    engine::Limits,
    graphql,
    http::Server,
    import::{Changes, Tables, load, loaded_revision},
};

/// Options of `sistergraph serve`.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The address and port to listen on.
    #[arg(
        long,
        env = "SISTERGRAPH_LISTEN",
        value_name = "ADDRESS:PORT",
        default_value = "127.0.0.1:8000"
    )]
    listen: SocketAddr,

    #[command(flatten)]
    data: Data,
}

impl Serve {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let engine =
            graphql::engine(Limits::default()).context("the schema does not hold together")?;
        // Before anything is written: a second server on the port should change nothing.
        let listener = TcpListener::bind(self.listen)
            .await
            .map_err(|error| cannot_listen(self.listen, &error))?;
        let database = connect(&self.data.database_url).await?;
        migrate(&database).await?;
        self.load_if_needed(&database).await?;
        let address = listener.local_addr().unwrap_or(self.listen);
        let server = Server::new(engine, database.clone());
        let stop = stopped()?;
        tracing::info!("serving on http://{address} (GraphQL at http://{address}/graphql)");
        server
            .serve(listener, stop)
            .await
            .context("the server failed")?;
        tracing::info!("stopped");
        database.close().await.context("cannot close the database")
    }

    /// Loads on the first start, and whenever a folder is named.
    async fn load_if_needed(&self, database: &DatabaseConnection) -> anyhow::Result<()> {
        if self.data.data.is_none() && loaded_revision(database).await?.is_some() {
            return Ok(());
        }
        let tables = Tables::read(&self.data.files())?;
        let bar = Bar::default();
        let summary = load(database, &tables, &bar).await;
        bar.finish();
        let summary = summary?;
        let sum = |n: fn(&Changes) -> usize| summary.tables.iter().map(n).sum::<usize>();
        tracing::info!(
            revision = summary.revision,
            rows.added = sum(|table| table.added),
            rows.changed = sum(|table| table.changed),
            rows.removed = sum(|table| table.removed),
            "loaded the data"
        );
        Ok(())
    }
}

fn cannot_listen(listen: SocketAddr, error: &std::io::Error) -> anyhow::Error {
    if error.kind() == std::io::ErrorKind::AddrInUse {
        anyhow!("{listen} is in use by another program; choose another address with --listen")
    } else {
        anyhow!("cannot listen on {listen}: {error}; choose another address with --listen")
    }
}

/// Resolves when the program is asked to stop, by SIGTERM or SIGINT.
fn stopped() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot wait for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot wait for SIGINT")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: requests under way are answered first");
    })
}
