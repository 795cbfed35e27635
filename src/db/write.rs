//! Write transactions, of which each database has one at a time.

use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

use super::pool::WAIT_TIMEOUT;

/// Begins a write transaction, and waits for the lock that excludes other writers of this program.
/// The lock is released when the transaction ends.
///
/// SQLite takes its write lock immediately, not at the first write, when it could no longer wait for
/// another writer. PostgreSQL has no such lock, so an advisory lock replaces it; its key contains the
/// schema, because one database may have several datasets.
///
/// # Errors
/// If a statement fails, including when the lock is not available within [`WAIT_TIMEOUT`].
pub async fn begin(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let transaction = db
        .begin_with_options(TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        })
        .await?;
    if db.get_database_backend() == DatabaseBackend::Postgres {
        // SQLite waits equally long, because of its busy timeout.
        let wait = format!("set local lock_timeout = '{}s'", WAIT_TIMEOUT.as_secs());
        transaction.execute_unprepared(&wait).await?;
        transaction
            .execute_unprepared(
                "select pg_advisory_xact_lock(hashtextextended('sistergraph ' || current_schema(), 0))",
            )
            .await?;
    }
    Ok(transaction)
}
