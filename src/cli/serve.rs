//! `sistergraph serve`.

use std::{io::ErrorKind, sync::Arc, time::Duration};

use anyhow::{Context, anyhow};
use clap::Args;
use sea_orm::DatabaseConnection;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{
    DataOptions, HistoryOptions, RespondentArgs, options::LimitOptions, progress::TerminalProgress,
    unless_stopped,
};
use crate::{
    db::{
        DatabaseReader, ReaderOptions,
        connection::{ConnectError, connect, connect_or_read, is_in_memory, migrate},
    },
    http::{ListenAddress, Server, Settings},
    import::{TableChanges, load_with_options, stored_dataset},
    schema,
};

/// The statement timeout of exports. A file may contain all data.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(30 * 60);

/// How long the database may take to answer a poll of the revision, before it counts as a failure.
const POLL_TIMEOUT: Duration = Duration::from_secs(1);

/// Options of `sistergraph serve`.
#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// Address and port to listen on, such as localhost:8000; :8000 means all addresses, and 8000 means 127.0.0.1.
    #[arg(
        long,
        env = "SISTERGRAPH_LISTEN",
        value_name = "ADDRESS:PORT",
        default_value = "127.0.0.1:8000"
    )]
    listen: ListenAddress,

    #[command(flatten)]
    data: DataOptions,

    #[command(flatten)]
    respondents: RespondentArgs,

    #[command(flatten)]
    history: HistoryOptions,

    #[command(flatten)]
    limits: LimitOptions,

    #[command(flatten)]
    settings: Settings,
}

/// A server that is ready to accept connections.
struct ReadyServer {
    server: Arc<Server>,
    listener: TcpListener,
    operations: Option<TcpListener>,
    readers: [DatabaseReader; 3],
    database_url: String,
}

impl ServeArgs {
    /// How long the requests in progress may take when the server stops.
    pub(super) fn drain_timeout(&self) -> Duration {
        self.settings.drain_timeout
    }

    pub(super) async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        match unless_stopped(&stop, self.start()).await? {
            Some(ready) => ready.serve(stop).await,
            None => {
                tracing::info!("stopped before the server was ready");
                Ok(())
            }
        }
    }

    /// Loads the data if needed, and creates the server.
    async fn start(self) -> anyhow::Result<ReadyServer> {
        let engine = schema::build_engine(self.limits.0).context("the schema is not valid")?;
        // Bind before anything is written, so that a second server on the same port changes nothing.
        let listener = bind(&self.listen, "--listen").await?;
        let operations = match &self.settings.operations_listen {
            Some(address) => Some(bind(address, "--operations-listen").await?),
            None => None,
        };
        let options = ReaderOptions {
            timeout: engine.limits().request_timeout,
            cache_bytes: self.settings.counts_bytes,
            max_connections: self.settings.database_connections,
        };
        let url = self.data.database.url();
        let ready = match self.is_load_requested() {
            false => DatabaseReader::connect_if_ready(url, options).await?,
            true => None,
        };
        let (database, url) = match ready {
            Some(_) => (None, url.to_owned()),
            None => {
                let (database, url) = connect_or_read(url).await?;
                self.migrate_and_load(&database).await?;
                (Some(database), url)
            }
        };
        // From here on, this process opens only connections that cannot write.
        let connect_reader = async |options| {
            let reader = DatabaseReader::connect(&url, options).await?;
            // A database in memory has only the connection that loaded it.
            let in_memory = || database.clone().map(DatabaseReader::from);
            reader.or_else(in_memory).context("the database is gone")
        };
        let reader = match ready {
            Some(reader) => reader,
            None => connect_reader(options).await?,
        };
        let watch_reader = connect_reader(ReaderOptions::with_timeout(POLL_TIMEOUT)).await?;
        let export_reader = connect_reader(ReaderOptions::with_timeout(EXPORT_TIMEOUT)).await?;
        if let Some(database) = database
            && !is_in_memory(&url)
        {
            let closed = database.close().await;
            closed.context("cannot close the database")?;
        }
        let server = Server::new(engine, reader.clone(), self.settings)?;
        server.watch_revision(watch_reader.clone()).await;
        server.set_export_reader(export_reader.clone());
        Ok(ReadyServer {
            server,
            listener,
            operations,
            readers: [reader, watch_reader, export_reader],
            database_url: url,
        })
    }

    fn is_load_requested(&self) -> bool {
        self.data.data.is_some() || self.respondents.is_set()
    }

    /// Migrates the database. Loads the data if there is none, or if `--data` or `--respondents` is set.
    async fn migrate_and_load(&self, database: &DatabaseConnection) -> anyhow::Result<()> {
        let migrated = migrate(database).await;
        // With data, it is enough that this program can read a newer database.
        if matches!(migrated, Ok(_) | Err(ConnectError::SchemaNewer { .. }))
            && !self.is_load_requested()
            && stored_dataset(database).await?.is_some()
        {
            if let Err(newer) = migrated {
                tracing::info!("{newer}");
            }
            return Ok(());
        }
        migrated?;
        let tables = self.respondents.read_tables(&self.data)?;
        let bar = TerminalProgress::default();
        let options = self.history.load_options(None);
        let summary = load_with_options(database, &tables, &options, &bar).await;
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

impl ReadyServer {
    async fn serve(self, stop: CancellationToken) -> anyhow::Result<()> {
        if let Some(listener) = &self.operations {
            let address = listener.local_addr().context("the server failed")?;
            tracing::info!("serving /livez, /readyz, and /metrics on http://{address}");
        }
        let address = self.listener.local_addr().context("the server failed")?;
        tracing::info!("serving on http://{address} (GraphQL at http://{address}/graphql)");
        self.server
            .serve(self.listener, self.operations, stop.cancelled_owned())
            .await
            .context("the server failed")?;
        tracing::info!("stopped");
        for reader in self.readers {
            reader.close().await.context("cannot close the database")?;
        }
        if !self.database_url.starts_with("sqlite:") {
            return Ok(());
        }
        // SQLite removes the -wal and -shm files when the last connection that can write closes.
        connect(&self.database_url)
            .await?
            .close()
            .await
            .context("cannot close the database")
    }
}

/// Binds the address that an option sets.
///
/// # Errors
/// If the address is in use or not available.
async fn bind(address: &ListenAddress, option: &str) -> anyhow::Result<TcpListener> {
    address.bind().await.map_err(|error| {
        if error.kind() == ErrorKind::AddrInUse {
            anyhow!("{address} is in use by another program; set another address with {option}")
        } else {
            anyhow!("cannot listen on {address}: {error}; set another address with {option}")
        }
    })
}
