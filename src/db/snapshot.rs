//! One request's view of the database.

use std::sync::{Arc, Mutex};

use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    IsolationLevel, TransactionTrait, sea_query::SelectStatement,
};

use super::{Cell, CellKind};

/// The statements that a request made, in order.
#[derive(Clone, Debug, Default)]
pub struct StatementLog(Arc<Mutex<Vec<String>>>);

impl StatementLog {
    fn add(&self, sql: &str) {
        if let Ok(mut statements) = self.0.lock() {
            statements.push(sql.to_owned());
        }
    }

    /// What was logged so far, as SQL with placeholders.
    pub fn statements(&self) -> Vec<String> {
        self.0.lock().map(|log| log.clone()).unwrap_or_default()
    }
}

/// A read transaction: every statement of a request sees the data of one moment, the old set or
/// the new one while a load commits, and never a mixture.
#[derive(Debug)]
pub struct Snapshot {
    transaction: DatabaseTransaction,
    log: StatementLog,
}

impl Snapshot {
    /// Opens a snapshot; dropping it ends it.
    ///
    /// # Errors
    /// Where the database cannot be reached.
    pub async fn open(database: &DatabaseConnection, log: StatementLog) -> Result<Self, DbErr> {
        let transaction = match database.get_database_backend() {
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
        };
        Ok(Self { transaction, log })
    }

    /// Which database this is; asked only where the two need different statements.
    pub fn backend(&self) -> DbBackend {
        self.transaction.get_database_backend()
    }

    /// Runs a statement; one list of cells per row, read as `kinds` says.
    ///
    /// # Errors
    /// What the database refuses.
    pub async fn select(
        &self,
        statement: &SelectStatement,
        kinds: &[CellKind],
    ) -> Result<Vec<Box<[Cell]>>, DbErr> {
        let statement = self.backend().build(statement);
        self.log.add(&statement.sql);
        self.transaction
            .query_all_raw(statement)
            .await?
            .iter()
            .map(|row| {
                kinds
                    .iter()
                    .enumerate()
                    .map(|(index, kind)| Cell::read(row, index, *kind))
                    .collect()
            })
            .collect()
    }
}
