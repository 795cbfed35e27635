//! What requests are answered from.

use std::{sync::Arc, time::Duration};

use sea_orm::{
    AccessMode, DatabaseConnection, DbBackend, DbErr, IsolationLevel, TransactionTrait,
    sqlx::sqlite::SqliteConnectOptions,
};

use super::{
    connection::{self, ConnectError, connect_read_only},
    error::DatabaseError,
    pool::PoolStatus,
    snapshot::ReadTransaction,
    sqlite::SqliteFile,
};

/// A database that is only read. Cheap to clone.
#[derive(Clone, Debug)]
pub struct DatabaseReader(ReaderBackend);

#[derive(Clone, Debug)]
enum ReaderBackend {
    /// Through sea-orm's driver.
    Pool(DatabaseConnection),
    /// A file of SQLite, read on the thread that asks.
    File(Arc<SqliteFile>),
}

impl From<DatabaseConnection> for DatabaseReader {
    fn from(database: DatabaseConnection) -> Self {
        Self(ReaderBackend::Pool(database))
    }
}

impl DatabaseReader {
    /// Opens the database at `url`, which exists, for answering requests: nothing can be changed,
    /// and what takes longer than `timeout` is ended in the database too. `None` for
    /// `sqlite::memory:`, which no second connection can see. Of a file, so many bytes of counts are
    /// kept, for as long as it holds the same revision.
    ///
    /// # Errors
    /// As [`connection::connect`].
    pub async fn connect(
        url: &str,
        timeout: Duration,
        counts_bytes: u64,
    ) -> Result<Option<Self>, ConnectError> {
        // Parameters, such as `immutable`, are for sea-orm's driver to read.
        let is_plain_file = url.starts_with("sqlite:") && !url.contains('?');
        if is_plain_file
            && !connection::is_in_memory(url)
            && let Ok(options) = url.parse::<SqliteConnectOptions>()
        {
            let file = Arc::new(SqliteFile::new(
                options.get_filename(),
                timeout,
                counts_bytes,
            ));
            file.begin()
                .await
                .map_err(|error| ConnectError::Unreachable {
                    url: url.to_owned(),
                    reason: error.to_string(),
                })?;
            return Ok(Some(Self(ReaderBackend::File(file))));
        }
        Ok(connect_read_only(url, timeout).await?.map(Self::from))
    }

    /// Whether reading keeps the thread of whoever reads.
    pub fn is_blocking(&self) -> bool {
        matches!(self.0, ReaderBackend::File(_))
    }

    /// The connections as they are now.
    pub fn pool_status(&self) -> PoolStatus {
        match &self.0 {
            ReaderBackend::Pool(database) => PoolStatus::from_database(database),
            ReaderBackend::File(file) => file.pool_status(),
        }
    }

    /// Closes the connections, those in use when they are given back.
    ///
    /// # Errors
    /// What the database says.
    pub async fn close(self) -> Result<(), DbErr> {
        match self.0 {
            ReaderBackend::Pool(database) => database.close().await,
            ReaderBackend::File(file) => {
                file.close();
                Ok(())
            }
        }
    }

    /// Begins a read transaction.
    ///
    /// # Errors
    /// Where the database cannot be reached.
    pub(super) async fn begin(&self) -> Result<ReadTransaction, DatabaseError> {
        let database = match &self.0 {
            ReaderBackend::File(file) => {
                return Ok(ReadTransaction::File(Box::new(file.begin().await?)));
            }
            ReaderBackend::Pool(database) => database,
        };
        Ok(ReadTransaction::Pool(
            match database.get_database_backend() {
                DbBackend::Postgres => {
                    // The default level of PostgreSQL gives each statement a snapshot of its own.
                    database
                        .begin_with_config(
                            Some(IsolationLevel::RepeatableRead),
                            Some(AccessMode::ReadOnly),
                        )
                        .await?
                }
                _ => database.begin().await?,
            },
        ))
    }
}
