//! Transactions that write: one at a time per database.

use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

use super::pool::WAIT_TIMEOUT;

/// Begins a transaction that no other writer of this program runs beside; the lock ends with it.
///
/// SQLite takes its write lock at once, rather than at the first write, where waiting for another
/// writer would come too late. PostgreSQL has no such lock, so an advisory one stands for it, named
/// after the schema because one server may hold several sets of data.
///
/// # Errors
/// What the database says; that it is locked after a wait.
pub async fn begin(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let transaction = db
        .begin_with_options(TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        })
        .await?;
    if db.get_database_backend() == DatabaseBackend::Postgres {
        // SQLite waits as long, by its busy timeout.
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
