//! The read transaction of one request, and the log of its statements.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QuerySelect, QueryTrait,
    sea_query::SelectStatement,
};
use tracing::Instrument;

use super::{
    Cell, CellKind, Cells, DatabaseError, DatabaseReader, derived::DerivedCache,
    postgres::PostgresTransaction, server_status::ServerStatus, sqlite::FileTransaction,
    statement::BoundStatement,
};
use crate::entity::dataset;

/// The statements that a request ran, in order. Clones share one log.
#[derive(Clone, Debug, Default)]
pub struct StatementLog(Arc<StatementLogInner>);

#[derive(Debug, Default)]
struct StatementLogInner {
    statements: Mutex<Vec<Arc<str>>>,
    nanoseconds: AtomicU64,
    totals: Option<Arc<StatementTotals>>,
}

impl StatementLog {
    /// Creates an empty log that also adds to `totals`.
    pub fn with_totals(totals: Arc<StatementTotals>) -> Self {
        Self(Arc::new(StatementLogInner {
            totals: Some(totals),
            ..StatementLogInner::default()
        }))
    }

    /// Returns the statements as SQL with placeholders.
    pub fn statements(&self) -> Vec<String> {
        let statements = self.0.statements.lock();
        statements
            .map(|log| log.iter().map(ToString::to_string).collect())
            .unwrap_or_default()
    }

    /// Returns the number of statements.
    pub fn count(&self) -> usize {
        self.0.statements.lock().map_or(0, |log| log.len())
    }

    /// Returns the total time of the statements, including reading their rows.
    pub fn time(&self) -> Duration {
        Duration::from_nanos(self.0.nanoseconds.load(Ordering::Relaxed))
    }

    /// Logs a statement, and its time when the returned timer is dropped.
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

/// The timer of a running statement. A canceled statement counts until it is canceled.
struct StatementTimer<'a> {
    log: &'a StatementLogInner,
    started_at: Instant,
}

impl Drop for StatementTimer<'_> {
    fn drop(&mut self) {
        let elapsed = u64::try_from(self.started_at.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.log.nanoseconds.fetch_add(elapsed, Ordering::Relaxed);
        if let Some(totals) = &self.log.totals {
            totals.count.fetch_add(1, Ordering::Relaxed);
            totals.nanoseconds.fetch_add(elapsed, Ordering::Relaxed);
        }
    }
}

/// The number and total time of the statements of many requests.
#[derive(Debug, Default)]
pub struct StatementTotals {
    count: AtomicU64,
    nanoseconds: AtomicU64,
}

impl StatementTotals {
    /// Returns the number of statements.
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// Returns the total time of the statements.
    pub fn time(&self) -> Duration {
        Duration::from_nanos(self.nanoseconds.load(Ordering::Relaxed))
    }
}

/// A read transaction, in which every statement of a request sees the same data: if a load commits
/// meanwhile, the request sees either the old data or the new, never a mixture.
#[derive(Debug)]
pub struct Snapshot {
    transaction: ReadTransaction,
    log: StatementLog,
    derived_cache: Arc<DerivedCache>,
}

/// Identifies the loaded data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedDataset {
    /// The SHA-256 hash of its content, in hexadecimal.
    pub revision: Arc<str>,
    /// When a load last changed the data, in UTC (RFC 3339).
    pub loaded_at: Arc<str>,
}

/// A read transaction; it ends when it is dropped.
#[derive(Debug)]
pub(super) enum ReadTransaction {
    /// A transaction of SeaORM's driver, on SQLite in memory.
    Pool(DatabaseTransaction),
    /// A transaction on PostgreSQL.
    Postgres(Box<PostgresTransaction>),
    /// A transaction on a SQLite file that is read on the calling thread.
    File(Box<FileTransaction>),
}

impl Snapshot {
    /// Begins a read transaction, which ends when the snapshot is dropped.
    ///
    /// # Errors
    /// If the database cannot be reached.
    pub async fn open(reader: &DatabaseReader, log: StatementLog) -> Result<Self, DatabaseError> {
        let transaction = reader.begin().await?;
        Ok(Self {
            transaction,
            log,
            derived_cache: reader.derived_cache().clone(),
        })
    }

    pub(super) fn derived_cache(&self) -> &DerivedCache {
        &self.derived_cache
    }

    /// Returns the kind of database, for statements that differ between the two.
    pub fn backend(&self) -> DbBackend {
        match &self.transaction {
            ReadTransaction::Pool(transaction) => transaction.get_database_backend(),
            ReadTransaction::Postgres(_) => DbBackend::Postgres,
            ReadTransaction::File(_) => DbBackend::Sqlite,
        }
    }

    /// Reads which data is loaded; `None` if nothing was ever loaded.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn loaded_dataset(&self) -> Result<Option<LoadedDataset>, DatabaseError> {
        let statement = dataset::Entity::find()
            .select_only()
            .columns([dataset::Column::Revision, dataset::Column::LoadedAt])
            .limit(1)
            .into_query();
        let kinds = [CellKind::Text, CellKind::DateTime];
        let rows = self.select(&statement, &kinds).await?;
        Ok(rows.first().and_then(|row| {
            Some(LoadedDataset {
                revision: row[0].text()?.clone(),
                loaded_at: row[1].text()?.clone(),
            })
        }))
    }

    /// Returns which data the transaction sees; `None` if nothing is loaded, or if that is known only by a statement.
    pub fn seen_dataset(&self) -> Option<&LoadedDataset> {
        match &self.transaction {
            ReadTransaction::Postgres(transaction) => transaction.dataset.as_ref(),
            ReadTransaction::Pool(_) | ReadTransaction::File(_) => None,
        }
    }

    /// Returns the state of the database.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn server_status(&self) -> Result<ServerStatus, DatabaseError> {
        match &self.transaction {
            ReadTransaction::Postgres(transaction) => transaction.server_status().await,
            ReadTransaction::Pool(_) | ReadTransaction::File(_) => Ok(ServerStatus {
                version: format!("SQLite {}", rusqlite::version()).into(),
                is_replica: false,
                positions: None,
            }),
        }
    }

    /// Like [`Self::run`], for a statement that reads many rows and returns few. Except on SQLite in memory,
    /// the result is cached until the data changes.
    ///
    /// # Errors
    /// If the statement fails.
    pub(super) async fn run_cached(
        &self,
        statement: BoundStatement,
        kinds: &[CellKind],
    ) -> Result<Arc<[Cells]>, DatabaseError> {
        let cache = match &self.transaction {
            ReadTransaction::File(transaction) => transaction.aggregate_cache(&statement),
            ReadTransaction::Postgres(transaction) => transaction.aggregate_cache(&statement),
            ReadTransaction::Pool(_) => None,
        };
        let Some((cache, key)) = cache else {
            return Ok(self.run(statement, kinds).await?.into());
        };
        if let Some(rows) = cache.get(&key) {
            return Ok(rows);
        }
        let rows: Arc<[Cells]> = self.run(statement, kinds).await?.into();
        cache.insert(key, rows.clone());
        Ok(rows)
    }

    /// Builds and runs a statement, and returns its rows, each with one cell for each of `kinds`.
    ///
    /// # Errors
    /// See [`Self::run`].
    pub(super) async fn select(
        &self,
        statement: &SelectStatement,
        kinds: &[CellKind],
    ) -> Result<Vec<Cells>, DatabaseError> {
        self.run(BoundStatement::new(self.backend(), statement), kinds)
            .await
    }

    /// Runs a statement and returns its rows, each with one cell for each of `kinds`.
    ///
    /// # Errors
    /// If the statement fails, or a value does not have the type of its kind.
    pub(super) async fn run(
        &self,
        statement: BoundStatement,
        kinds: &[CellKind],
    ) -> Result<Vec<Cells>, DatabaseError> {
        let _timer = self.log.start(&statement.sql);
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
                ReadTransaction::File(transaction) => {
                    return span.in_scope(|| transaction.select(&statement, kinds));
                }
                ReadTransaction::Postgres(transaction) => {
                    return transaction.select(statement, kinds).instrument(span).await;
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
