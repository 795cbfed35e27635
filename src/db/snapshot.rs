//! One request's view of the database.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    IsolationLevel, TransactionTrait, sea_query::SelectStatement,
};

use tracing::Instrument;

use super::{Cell, CellKind};

/// The statements that a request made, in order. Clones share one log.
#[derive(Clone, Debug, Default)]
pub struct StatementLog(Arc<Log>);

#[derive(Debug, Default)]
struct Log {
    statements: Mutex<Vec<String>>,
    nanoseconds: AtomicU64,
    totals: Option<Arc<StatementTotals>>,
}

impl StatementLog {
    /// An empty log, which adds to the totals too.
    pub fn adding_to(totals: Arc<StatementTotals>) -> Self {
        Self(Arc::new(Log {
            totals: Some(totals),
            ..Log::default()
        }))
    }

    /// What was logged so far, as SQL with placeholders.
    pub fn statements(&self) -> Vec<String> {
        let statements = self.0.statements.lock();
        statements.map(|log| log.clone()).unwrap_or_default()
    }

    /// How many statements there were.
    pub fn count(&self) -> usize {
        self.0.statements.lock().map_or(0, |log| log.len())
    }

    /// How long the database took for them, reading included.
    pub fn time(&self) -> Duration {
        Duration::from_nanos(self.0.nanoseconds.load(Ordering::Relaxed))
    }

    /// Logs a statement, and the time until the result is dropped.
    fn begin(&self, sql: &str) -> Running<'_> {
        if let Ok(mut statements) = self.0.statements.lock() {
            statements.push(sql.to_owned());
        }
        Running {
            log: &self.0,
            since: Instant::now(),
        }
    }
}

/// A statement under way. What nobody waits for any more is counted as far as it came.
struct Running<'a> {
    log: &'a Log,
    since: Instant,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let spent = u64::try_from(self.since.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.log.nanoseconds.fetch_add(spent, Ordering::Relaxed);
        if let Some(totals) = &self.log.totals {
            totals.count.fetch_add(1, Ordering::Relaxed);
            totals.nanoseconds.fetch_add(spent, Ordering::Relaxed);
        }
    }
}

/// The statements of many requests, counted.
#[derive(Debug, Default)]
pub struct StatementTotals {
    count: AtomicU64,
    nanoseconds: AtomicU64,
}

impl StatementTotals {
    /// How many there were.
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// How long the database took for them.
    pub fn time(&self) -> Duration {
        Duration::from_nanos(self.nanoseconds.load(Ordering::Relaxed))
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
        let rows = {
            let span = tracing::trace_span!(
                target: "otel",
                "statement",
                otel.kind = "client",
                db.system.name = match self.backend() {
                    DbBackend::Postgres => "postgresql",
                    _ => "sqlite",
                },
                db.query.text = statement.sql,
            );
            let _running = self.log.begin(&statement.sql);
            let rows = self.transaction.query_all_raw(statement);
            rows.instrument(span).await?
        };
        rows.iter()
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
