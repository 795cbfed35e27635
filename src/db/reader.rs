//! The connections that the server reads from.

use std::{
    panic,
    sync::{Arc, OnceLock},
};

use sea_orm::{DatabaseConnection, DbErr, TransactionTrait};
use tokio::{runtime::Handle, sync::Semaphore, task};
use tracing::Instrument;

use super::{
    connection::{self, ConnectError},
    derived::DerivedCache,
    error::{DatabaseError, is_undefined_table},
    migration,
    pool::{PoolStatus, ReaderOptions},
    postgres::PostgresServer,
    snapshot::ReadTransaction,
    sqlite::SqliteFile,
};

/// Access to a database for reading. Cheap to clone; clones share their caches.
#[derive(Clone, Debug)]
pub struct DatabaseReader {
    backend: ReaderBackend,
    derived_cache: Arc<DerivedCache>,
}

#[derive(Clone, Debug)]
enum ReaderBackend {
    /// The connection of SeaORM's driver to SQLite in memory.
    Pool(DatabaseConnection),
    /// A SQLite file that is read on the calling thread, and one permit for each worker thread that may
    /// be blocked.
    File(Arc<SqliteFile>, Arc<OnceLock<Semaphore>>),
    Postgres(Arc<PostgresServer>),
}

impl From<DatabaseConnection> for DatabaseReader {
    fn from(database: DatabaseConnection) -> Self {
        ReaderBackend::Pool(database).into()
    }
}

impl From<ReaderBackend> for DatabaseReader {
    fn from(backend: ReaderBackend) -> Self {
        Self {
            backend,
            derived_cache: Arc::default(),
        }
    }
}

impl DatabaseReader {
    pub(super) fn derived_cache(&self) -> &Arc<DerivedCache> {
        &self.derived_cache
    }

    /// Opens an existing database for reading. The database itself rejects writes and ends work that takes too long.
    ///
    /// Returns `None` for `sqlite::memory:`, which a second connection cannot see.
    ///
    /// # Errors
    /// See [`connection::connect`].
    pub async fn connect(url: &str, options: ReaderOptions) -> Result<Option<Self>, ConnectError> {
        if connection::is_in_memory(url) {
            return Ok(None);
        }
        if !url.starts_with("sqlite:") {
            let hosts = Arc::new(connection::parse_hosts(url)?);
            let server = Arc::new(PostgresServer::new(hosts, options));
            let begun = server.begin().await.map(drop);
            begun.map_err(|error| connection::read_error(url, &error))?;
            return Ok(Some(ReaderBackend::Postgres(server).into()));
        }
        let uri = connection::sqlite_uri(url)?;
        let file = Arc::new(SqliteFile::new(uri, options));
        let begun = file.begin().await.map(drop);
        begun.map_err(|error| connection::read_error(url, &error))?;
        Ok(Some(ReaderBackend::File(file, Arc::default()).into()))
    }

    /// Creates a reader of a PostgreSQL database without connecting; see [`Self::connect`]. Returns `None` for SQLite.
    ///
    /// # Errors
    /// If the URL is malformed.
    pub fn of_postgres(url: &str, options: ReaderOptions) -> Result<Option<Self>, ConnectError> {
        if !connection::is_postgres(url) {
            return Ok(None);
        }
        let hosts = Arc::new(connection::parse_hosts(url)?);
        let server = PostgresServer::new(hosts, options);
        Ok(Some(ReaderBackend::Postgres(Arc::new(server)).into()))
    }

    /// Creates a reader of the same database with connections and limits of its own, without connecting; see
    /// [`Self::connect`]. On PostgreSQL, both use the same host.
    #[must_use]
    pub fn with_options(&self, options: ReaderOptions) -> Self {
        match &self.backend {
            ReaderBackend::Pool(database) => ReaderBackend::Pool(database.clone()),
            ReaderBackend::File(file, _) => {
                let file = SqliteFile::new(file.uri().to_owned(), options);
                ReaderBackend::File(Arc::new(file), Arc::default())
            }
            ReaderBackend::Postgres(server) => {
                let server = PostgresServer::new(server.hosts.clone(), options);
                ReaderBackend::Postgres(Arc::new(server))
            }
        }
        .into()
    }

    /// Returns whether the database is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        matches!(self.backend, ReaderBackend::Postgres(_))
    }

    /// Returns whether a PostgreSQL database needs nothing but reading, because it has all migrations and data. A replica, a
    /// role that may not write, or a pooler is enough for this. Returns `false` on SQLite.
    ///
    /// # Errors
    /// If the database cannot be read, or is newer than this program. `url` is for the message.
    pub async fn is_ready(&self, url: &str) -> Result<bool, ConnectError> {
        let ReaderBackend::Postgres(server) = &self.backend else {
            return Ok(false);
        };
        let migrations = match server.begin().await {
            Ok(transaction) if transaction.dataset.is_none() => return Ok(false),
            Ok(transaction) => transaction.migrations().await,
            Err(error) => Err(error),
        };
        match migrations {
            Ok(migrations) => migration::is_readable(&migrations),
            Err(DatabaseError::SeaOrm(error)) if is_undefined_table(&error) => Ok(false),
            Err(error) => Err(connection::read_error(url, &error)),
        }
    }

    /// Runs a future that reads from this database. Reading a SQLite file blocks a thread: the current
    /// one if another worker thread remains free, because waking another thread takes longer than most
    /// requests, or else a thread for blocking tasks.
    ///
    /// Returns `None` if the runtime shuts down.
    pub async fn run<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let ReaderBackend::File(_, permits) = &self.backend else {
            return Some(future.await);
        };
        let runtime = Handle::current();
        let permits = permits.get_or_init(|| Semaphore::new(runtime.metrics().num_workers() - 1));
        if let Ok(_permit) = permits.try_acquire() {
            return Some(future.await);
        }
        let future = future.in_current_span();
        match task::spawn_blocking(move || runtime.block_on(future)).await {
            Ok(output) => Some(output),
            // Without a panic, the task was canceled because the runtime shuts down.
            Err(error) => panic::resume_unwind(error.try_into_panic().ok()?),
        }
    }

    /// Returns the current state of the connection pool.
    pub fn pool_status(&self) -> PoolStatus {
        match &self.backend {
            ReaderBackend::Pool(database) => PoolStatus::from_database(database),
            ReaderBackend::File(file, _) => file.pool_status(),
            ReaderBackend::Postgres(server) => server.pool_status(),
        }
    }

    /// Closes the connections to a server that does not answer, also those in use and those of readers that were created from
    /// this one. Only new ones can reach the server that has taken its place.
    pub fn give_up_connections(&self) {
        if let ReaderBackend::Postgres(server) = &self.backend {
            server.hosts.give_up_connections();
        }
    }

    /// Closes the connections, those in use as soon as they are returned.
    ///
    /// # Errors
    /// If SeaORM's pool reports an error.
    pub async fn close(self) -> Result<(), DbErr> {
        match self.backend {
            ReaderBackend::Pool(database) => database.close().await,
            ReaderBackend::File(file, _) => {
                file.close();
                Ok(())
            }
            ReaderBackend::Postgres(server) => {
                server.close().await;
                Ok(())
            }
        }
    }

    /// Begins a read transaction.
    ///
    /// # Errors
    /// If the database cannot be reached.
    pub(super) async fn begin(&self) -> Result<ReadTransaction, DatabaseError> {
        // The futures that open a transaction on a connection are large, so they are boxed: the futures of a request contain this one
        // and are moved several times before they run.
        Ok(match &self.backend {
            ReaderBackend::File(file, _) => ReadTransaction::File(Box::new(file.begin().await?)),
            ReaderBackend::Postgres(server) => {
                ReadTransaction::Postgres(Box::new(Box::pin(server.begin()).await?))
            }
            ReaderBackend::Pool(database) => {
                ReadTransaction::Pool(Box::pin(database.begin()).await?)
            }
        })
    }
}
