//! `sistergraph serve`.

use std::{io::ErrorKind, net::SocketAddr, time::Duration};

use anyhow::{Context, anyhow};
use clap::Args;
use sea_orm::DatabaseConnection;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use super::{
    DataOptions,
    options::{LimitOptions, ServingOptions},
    progress::TerminalProgress,
};
use crate::{
    db::{
        DatabaseReader,
        connection::{connect, connect_read_only, migrate},
    },
    http::Server,
    import::{TableChanges, Tables, load, stored_dataset},
    schema,
};

/// How long the database may work for a file below `/export`. Unlike a query, a file may be of
/// everything, and on SQLite the time counts in which its reader takes it.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(30 * 60);

/// Options of `sistergraph serve`.
#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// The address and port to listen on.
    #[arg(
        long,
        env = "SISTERGRAPH_LISTEN",
        value_name = "ADDRESS:PORT",
        default_value = "127.0.0.1:8000"
    )]
    listen: SocketAddr,

    #[command(flatten)]
    data: DataOptions,

    #[command(flatten)]
    limits: LimitOptions,

    #[command(flatten)]
    serving: ServingOptions,
}

impl ServeArgs {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let engine = schema::build_engine(self.limits.limits())
            .context("the schema does not hold together")?;
        // Before anything is written: a second server on the port should change nothing.
        let listener = bind(self.listen, "--listen").await?;
        let operations = match self.serving.operations_listen {
            Some(address) => Some(bind(address, "--operations-listen").await?),
            None => None,
        };
        let database = connect(&self.data.database_url).await?;
        migrate(&database).await?;
        self.load_if_needed(&database).await?;
        let address = listener.local_addr().unwrap_or(self.listen);
        let url = &self.data.database_url;
        let timeout = engine.limits().request_timeout;
        // What answers requests cannot write; nobody writes through this process any more.
        let (reader, following) = match connect_read_only(url, timeout).await? {
            Some(following) => {
                database
                    .close()
                    .await
                    .context("cannot close the database")?;
                let reader =
                    DatabaseReader::connect(url, timeout, self.serving.counts_bytes).await?;
                (reader.unwrap_or(following.clone().into()), following)
            }
            None => (database.clone().into(), database),
        };
        let server = Server::new(engine, reader.clone(), self.serving.settings())?;
        server.watch_revision(following.clone()).await;
        let files = connect_read_only(url, EXPORT_TIMEOUT).await?;
        if let Some(files) = &files {
            server.set_export_database(files.clone());
        }
        let stop = shutdown_signal()?;
        if let Some(address) = operations
            .as_ref()
            .and_then(|listener| listener.local_addr().ok())
        {
            tracing::info!("operators are answered on http://{address}");
        }
        tracing::info!("serving on http://{address} (GraphQL at http://{address}/graphql)");
        server
            .serve(listener, operations, stop)
            .await
            .context("the server failed")?;
        tracing::info!("stopped");
        reader.close().await.context("cannot close the database")?;
        for pool in files.into_iter().chain([following]) {
            pool.close().await.context("cannot close the database")?;
        }
        // SQLite removes the files beside the database when the last writer goes.
        connect(url)
            .await?
            .close()
            .await
            .context("cannot close the database")
    }

    /// Loads on the first start, and whenever a folder is named.
    async fn load_if_needed(&self, database: &DatabaseConnection) -> anyhow::Result<()> {
        if self.data.data.is_none() && stored_dataset(database).await?.is_some() {
            return Ok(());
        }
        let tables = Tables::read(&self.data.files())?;
        let bar = TerminalProgress::default();
        let summary = load(database, &tables, &bar).await;
        bar.finish();
        let summary = summary?;
        let sum = |n: fn(&TableChanges) -> usize| summary.tables.iter().map(n).sum::<usize>();
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

/// Listens on an address, which an option gave.
async fn bind(address: SocketAddr, option: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        if error.kind() == ErrorKind::AddrInUse {
            anyhow!("{address} is in use by another program; choose another address with {option}")
        } else {
            anyhow!("cannot listen on {address}: {error}; choose another address with {option}")
        }
    })
}

/// Resolves when the program is asked to stop, by SIGTERM or SIGINT.
fn shutdown_signal() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot wait for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot wait for SIGINT")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
