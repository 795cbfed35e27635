//! The size of connection pools, and the time limit for waiting.

use std::time::Duration;

use sea_orm::{DatabaseBackend, DatabaseConnection};

/// The number of connections, and so of concurrent readers, unless [`ReaderOptions`] sets another. SeaORM's default for
/// SQLite is one.
pub const POOL_SIZE: u32 = 4;

/// How long to wait for the lock of another writer, for a connection, and for a server to answer.
pub(super) const WAIT_TIMEOUT: Duration = Duration::from_secs(5);

/// The limits of a pool of connections for reading.
#[derive(Clone, Copy, Debug)]
pub struct ReaderOptions {
    /// When the database ends work by itself: a transaction on SQLite, a statement on PostgreSQL.
    pub timeout: Duration,
    /// How many bytes of aggregates are cached, keyed by the revision of the data; 0 turns the cache off.
    pub cache_bytes: u64,
    /// The maximum number of open connections, and so of concurrent readers.
    pub max_connections: u32,
}

impl ReaderOptions {
    /// Returns options without a cache.
    pub fn with_timeout(timeout: Duration) -> Self {
        Self {
            timeout,
            cache_bytes: 0,
            max_connections: POOL_SIZE,
        }
    }
}

/// The number of connections in a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolStatus {
    /// Open connections.
    pub open: u64,
    /// Open connections that are not in use.
    pub idle: u64,
    /// The maximum number of open connections.
    pub max: u64,
}

impl PoolStatus {
    /// Returns the current status of the pool of a database.
    pub fn from_database(database: &DatabaseConnection) -> Self {
        fn from_pool<D: sea_orm::sqlx::Database>(pool: &sea_orm::sqlx::Pool<D>) -> PoolStatus {
            let open = u64::from(pool.size());
            PoolStatus {
                open,
                // The two numbers are not read at the same moment.
                idle: (pool.num_idle() as u64).min(open),
                max: u64::from(pool.options().get_max_connections()),
            }
        }
        match database.get_database_backend() {
            DatabaseBackend::Postgres => from_pool(database.get_postgres_connection_pool()),
            _ => from_pool(database.get_sqlite_connection_pool()),
        }
    }
}
