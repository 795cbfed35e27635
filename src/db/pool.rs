//! How many connections a database has, and how long a program waits for one.

use std::time::Duration;

use sea_orm::{DatabaseBackend, DatabaseConnection};

/// Readers at a time. sea-orm opens SQLite with one unless told.
pub(super) const POOL_SIZE: u32 = 4;

/// How long a writer waits for another one, and a start for a server.
pub(super) const WAIT_TIMEOUT: Duration = Duration::from_secs(5);

/// The connections of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolStatus {
    /// Those that are open.
    pub open: u64,
    /// Of these, those that nobody uses.
    pub idle: u64,
    /// How many there may be.
    pub max: u64,
}

impl PoolStatus {
    /// The connections of a database as they are now.
    pub fn from_database(database: &DatabaseConnection) -> Self {
        fn from_pool<D: sea_orm::sqlx::Database>(pool: &sea_orm::sqlx::Pool<D>) -> PoolStatus {
            let open = u64::from(pool.size());
            PoolStatus {
                open,
                // The two are not read at one moment.
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
