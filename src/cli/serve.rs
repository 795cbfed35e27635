//! `sistergraph serve`.

use std::{
    io::ErrorKind,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, anyhow};
use clap::Args;
use sea_orm::DatabaseConnection;
use tokio::{net::TcpListener, time::sleep};
use tokio_util::sync::CancellationToken;

use super::{
    DataOptions, HistoryOptions, RespondentArgs, load_tables, options::LimitOptions, unless_stopped,
};
use crate::{
    db::{
        DatabaseReader, ReaderOptions,
        connection::{ConnectError, connect, connect_or_read},
        migration::migrate,
    },
    http::{ListenAddress, Server, Settings},
    import::{TableChanges, Tables, find_loaded, stored_dataset},
    limits::parse_whole_number,
    schema,
};

/// The statement timeout of exports. A file may contain all data.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(30 * 60);

/// How long the database may take to answer a poll of the revision, before it counts as a failure.
const POLL_TIMEOUT: Duration = Duration::from_secs(1);

/// The time between two attempts to use a database that is not ready.
const WAIT_INTERVAL: Duration = Duration::from_millis(250);

/// How long a replica may take to receive the data that this process has loaded at the primary.
const REPLICATION_TIMEOUT: Duration = Duration::from_secs(10);

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

    /// How long to wait for a PostgreSQL database that does not answer yet, or a replica without data. Meanwhile, /livez
    /// returns 200 and everything else 503. With 0, the program exits instead.
    #[arg(
        long = "database-wait-ms",
        env = "SISTERGRAPH_DATABASE_WAIT_MS",
        value_name = "MS",
        default_value = "0",
        value_parser = parse_whole_number
    )]
    database_wait_ms: u64,

    #[command(flatten)]
    respondents: RespondentArgs,

    #[command(flatten)]
    history: HistoryOptions,

    #[command(flatten)]
    limits: LimitOptions,

    #[command(flatten)]
    settings: Settings,
}

/// A server that can accept connections.
struct BoundServer {
    server: Arc<Server>,
    listener: TcpListener,
    operations: Option<TcpListener>,
    /// For requests, watching, and exports.
    readers: [DatabaseReader; 3],
    /// The options, if the server has to wait for its database.
    waiting: Option<ServeArgs>,
    database_url: String,
}

impl ServeArgs {
    /// How long the requests in progress may take when the server stops.
    pub(super) fn drain_timeout(&self) -> Duration {
        self.settings.drain_timeout
    }

    pub(super) async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        match unless_stopped(&stop, self.start()).await? {
            Some(server) => server.serve(stop).await,
            None => {
                tracing::info!("stopped before the server was ready");
                Ok(())
            }
        }
    }

    /// Loads the data if needed, unless the server may wait for its database, and creates the server.
    async fn start(self) -> anyhow::Result<BoundServer> {
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
        let database_url = self.data.database.url().to_owned();
        let (reader, database_url) = match DatabaseReader::of_postgres(&database_url, options)? {
            Some(reader) => (reader, database_url),
            None => self.open_sqlite(options).await?,
        };
        let is_waiting = reader.is_postgres() && self.database_wait_ms > 0;
        if reader.is_postgres() && !is_waiting {
            self.prepare_postgres(&reader).await?;
        }
        let watch_reader = reader.with_options(ReaderOptions::with_timeout(POLL_TIMEOUT));
        let export_reader = reader.with_options(ReaderOptions::with_timeout(EXPORT_TIMEOUT));
        let server = Server::new(engine, reader.clone(), self.settings.clone())?;
        server.set_export_reader(export_reader.clone());
        let waiting = match is_waiting {
            true => {
                server.set_waiting(Some("waiting for the database".to_owned()));
                Some(self)
            }
            false => {
                server.watch_revision(watch_reader.clone()).await;
                None
            }
        };
        Ok(BoundServer {
            server,
            listener,
            operations,
            readers: [reader, watch_reader, export_reader],
            waiting,
            database_url,
        })
    }

    /// Opens the SQLite database for reading, after loading the data if needed. Returns the URL for reading too.
    async fn open_sqlite(
        &self,
        options: ReaderOptions,
    ) -> anyhow::Result<(DatabaseReader, String)> {
        let (database, url) = connect_or_read(self.data.database.url()).await?;
        self.migrate_and_load(&database).await?;
        // From here on, this process opens only connections that cannot write.
        let reader = match DatabaseReader::connect(&url, options).await? {
            Some(reader) => reader,
            // A database in memory has only the connection that loaded it.
            None => return Ok((database.into(), url)),
        };
        let closed = database.close().await;
        closed.context("cannot close the database")?;
        Ok((reader, url))
    }

    /// Migrates and loads the PostgreSQL database if needed and possible.
    ///
    /// # Errors
    /// If the database cannot be used.
    async fn prepare_postgres(&self, reader: &DatabaseReader) -> anyhow::Result<()> {
        let url = self.data.database.url();
        if !self.is_load_requested() && reader.is_ready(url).await? {
            return Ok(());
        }
        let database = connect(url).await?;
        self.migrate_and_load(&database).await?;
        let closed = database.close().await;
        closed.context("cannot close the database")?;
        let loaded_at = Instant::now();
        while !reader.is_ready(url).await? {
            if loaded_at.elapsed() > REPLICATION_TIMEOUT {
                return Err(ConnectError::ReplicaBehind.into());
            }
            sleep(WAIT_INTERVAL).await;
        }
        Ok(())
    }

    /// Waits until the database can be used, and tells the server meanwhile why it cannot.
    ///
    /// # Errors
    /// The last reason if the time ends, or a reason that does not pass by waiting.
    async fn wait_for_postgres(
        &self,
        reader: &DatabaseReader,
        server: &Server,
    ) -> anyhow::Result<()> {
        let wait = Duration::from_millis(self.database_wait_ms);
        let started = Instant::now();
        let mut last_reason = String::new();
        loop {
            let Err(error) = self.prepare_postgres(reader).await else {
                return Ok(());
            };
            let reason = match error.downcast_ref::<ConnectError>() {
                Some(reason) if reason.is_temporary() => reason.waiting_reason(),
                _ => return Err(error),
            };
            if started.elapsed() >= wait {
                return Err(error);
            }
            if reason != last_reason {
                tracing::warn!("{reason}");
                last_reason.clone_from(&reason);
                server.set_waiting(Some(reason));
            }
            sleep(WAIT_INTERVAL).await;
        }
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
        let (files, respondents) = (self.data.files(), self.respondents.files());
        let summary = match find_loaded(database, &files, respondents.as_ref()).await? {
            Some(summary) => summary,
            None => {
                let tables = Tables::read_with_respondents(&files, respondents.as_ref())?;
                load_tables(database, &tables, &self.history.load_options(None)).await?
            }
        };
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

impl BoundServer {
    async fn serve(self, stop: CancellationToken) -> anyhow::Result<()> {
        if let Some(listener) = &self.operations {
            let address = listener.local_addr().context("the server failed")?;
            tracing::info!("serving /livez, /readyz, and /metrics on http://{address}");
        }
        let address = self.listener.local_addr().context("the server failed")?;
        tracing::info!("serving on http://{address} (GraphQL at http://{address}/graphql)");
        let stop = stop.child_token();
        let waiting = self.waiting.map(|options| {
            let server = self.server.clone();
            let [reader, watch_reader, _] = self.readers.clone();
            let stop = stop.clone();
            tokio::spawn(async move {
                // Dropped if this fails, which stops the server.
                let stop = stop.drop_guard();
                options.wait_for_postgres(&reader, &server).await?;
                server.watch_revision(watch_reader).await;
                server.set_waiting(None);
                tracing::info!("the database is ready");
                stop.disarm();
                anyhow::Ok(())
            })
        });
        self.server
            .serve(self.listener, self.operations, stop.cancelled_owned())
            .await
            .context("the server failed")?;
        if let Some(waiting) = waiting {
            waiting.abort();
            match waiting.await {
                Err(error) if error.is_cancelled() => {}
                result => result??,
            }
        }
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
