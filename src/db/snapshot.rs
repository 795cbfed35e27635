//! One request's view of the database.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, sea_query::SelectStatement};
use tracing::Instrument;

use super::{
    Cell, CellKind, Cells, DatabaseError, DatabaseReader, sqlite::FileTransaction,
    statement::BoundStatement,
};

/// The statements that a request made, in order. Clones share one log.
#[derive(Clone, Debug, Default)]
pub struct StatementLog(Arc<StatementLogInner>);

#[derive(Debug, Default)]
struct StatementLogInner {
    statements: Mutex<Vec<Arc<str>>>,
    nanoseconds: AtomicU64,
    totals: Option<Arc<StatementTotals>>,
}

impl StatementLog {
    /// An empty log, which adds to the totals too.
    pub fn with_totals(totals: Arc<StatementTotals>) -> Self {
        Self(Arc::new(StatementLogInner {
            totals: Some(totals),
            ..StatementLogInner::default()
        }))
    }

    /// What was logged so far, as SQL with placeholders.
    pub fn statements(&self) -> Vec<String> {
        let statements = self.0.statements.lock();
        statements
            .map(|log| log.iter().map(ToString::to_string).collect())
            .unwrap_or_default()
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
    fn start(&self, sql: &Arc<str>) -> StatementTimer<'_> {
        if let Ok(mut statements) = self.0.statements.lock() {
            statements.push(sql.clone());
        }
        StatementTimer {
            log: &self.0,
            started_at: Instant::now(),
        }
    }
}

/// A statement under way. What nobody waits for any more is counted as far as it came.
struct StatementTimer<'a> {
    log: &'a StatementLogInner,
    started_at: Instant,
}

impl Drop for StatementTimer<'_> {
    fn drop(&mut self) {
        let spent = u64::try_from(self.started_at.elapsed().as_nanos()).unwrap_or(u64::MAX);
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
    transaction: ReadTransaction,
    log: StatementLog,
}

/// A read transaction; it ends when it is dropped.
#[derive(Debug)]
pub(super) enum ReadTransaction {
    /// Of sea-orm's driver.
    Pool(DatabaseTransaction),
    /// Of a file, read on this thread.
    File(Box<FileTransaction>),
}

impl Snapshot {
    /// Opens a snapshot; dropping it ends it.
    ///
    /// # Errors
    /// Where the database cannot be reached.
    pub async fn open(reader: &DatabaseReader, log: StatementLog) -> Result<Self, DatabaseError> {
        let transaction = reader.begin().await?;
        Ok(Self { transaction, log })
    }

    /// Which database this is; asked only where the two need different statements.
    pub fn backend(&self) -> DbBackend {
        match &self.transaction {
            ReadTransaction::Pool(transaction) => transaction.get_database_backend(),
            ReadTransaction::File(_) => DbBackend::Sqlite,
        }
    }

    /// As [`Self::run`], for a statement that reads many rows to give few: what it gave is kept,
    /// where the database says cheaply that it holds the same data still.
    ///
    /// # Errors
    /// What the database refuses.
    pub(super) async fn run_cached(
        &self,
        statement: BoundStatement,
        kinds: &[CellKind],
    ) -> Result<Arc<[Cells]>, DatabaseError> {
        let ReadTransaction::File(reading) = &self.transaction else {
            return Ok(self.run(statement, kinds).await?.into());
        };
        let (Some(counts), Some(key)) = (
            reading.aggregate_cache(),
            reading.aggregate_cache_key(&statement),
        ) else {
            return Ok(self.run(statement, kinds).await?.into());
        };
        if let Some(rows) = counts.get(&key) {
            return Ok(rows);
        }
        let rows: Arc<[Cells]> = self.run(statement, kinds).await?.into();
        counts.insert(key, rows.clone());
        Ok(rows)
    }

    /// Runs a statement that is not kept; one list of cells per row, read as `kinds` says.
    ///
    /// # Errors
    /// What the database refuses.
    pub(super) async fn select(
        &self,
        statement: &SelectStatement,
        kinds: &[CellKind],
    ) -> Result<Vec<Cells>, DatabaseError> {
        self.run(BoundStatement::new(self.backend(), statement), kinds)
            .await
    }

    /// Runs a statement; one list of cells per row, read as `kinds` says.
    ///
    /// # Errors
    /// What the database refuses.
    pub(super) async fn run(
        &self,
        statement: BoundStatement,
        kinds: &[CellKind],
    ) -> Result<Vec<Cells>, DatabaseError> {
        let _running = self.log.start(&statement.sql);
        let rows = {
            let span = tracing::trace_span!(
                target: "otel",
                "statement",
                otel.kind = "client",
                db.system.name = match self.backend() {
                    DbBackend::Postgres => "postgresql",
                    _ => "sqlite",
                },
                db.query.text = &*statement.sql,
            );
            match &self.transaction {
                ReadTransaction::File(reading) => {
                    return span.in_scope(|| reading.select(&statement, kinds));
                }
                ReadTransaction::Pool(transaction) => {
                    let statement = statement.into_statement(self.backend());
                    let rows = transaction.query_all_raw(statement);
                    rows.instrument(span).await?
                }
            }
        };
        rows.iter()
            .map(|row| {
                kinds
                    .iter()
                    .enumerate()
                    .map(|(index, kind)| Ok(Cell::read(row, index, *kind)?))
                    .collect()
            })
            .collect()
    }
}
