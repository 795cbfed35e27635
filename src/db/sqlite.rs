//! Reading a SQLite file on the calling thread.
//!
//! SeaORM's driver passes each statement to the thread of a connection, and each row back through a
//! queue. If the rows are already in memory, as they are for frequent requests, that costs more than
//! reading them. So the server reads through rusqlite, which uses the same SQLite library, with the
//! same statements and the same resulting cells. Reading blocks the calling thread.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use rusqlite::{
    Connection, OpenFlags, OptionalExtension,
    config::DbConfig,
    types::{ToSqlOutput, ValueRef},
};
use sea_orm::{DbBackend, DbErr, EntityTrait, QuerySelect, QueryTrait, sea_query::Value};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    Cell, CellKind, Cells,
    aggregate_cache::{AggregateCache, AggregateCacheKey, new_aggregate_cache},
    error::DatabaseError,
    pool::{PoolStatus, ReaderOptions, WAIT_TIMEOUT},
    statement::BoundStatement,
};
use crate::entity::dataset;

/// The number of prepared statements that a connection caches. The most frequent queries use about a
/// dozen each.
const STATEMENT_CACHE_CAPACITY: usize = 256;

/// The number of virtual machine steps between two checks of the clock: well under a millisecond.
const PROGRESS_STEPS: i32 = 10_000;

/// A pool of connections to a file. Each connection is used by one request at a time.
#[derive(Debug)]
pub(super) struct SqliteFile {
    /// The file as a URI of SQLite: `file:PATH?PARAMETERS`.
    uri: String,
    options: ReaderOptions,
    idle: Mutex<Vec<FileConnection>>,
    permits: Arc<Semaphore>,
    /// `None` if caching is off.
    aggregate_cache: Option<AggregateCache>,
}

/// An open connection.
#[derive(Debug)]
struct FileConnection {
    connection: Connection,
    /// The time at which the current transaction is interrupted.
    deadline: Arc<Mutex<Option<Instant>>>,
    /// SQLite's `data_version` when the revision was last read, and that revision.
    data_revision: Option<(i64, Option<Arc<str>>)>,
}

impl SqliteFile {
    /// Creates a pool without opening the file.
    pub(super) fn new(uri: String, options: ReaderOptions) -> Self {
        Self {
            uri,
            options,
            idle: Mutex::default(),
            permits: Arc::new(Semaphore::new(options.max_connections as usize)),
            aggregate_cache: (options.cache_bytes > 0)
                .then(|| new_aggregate_cache(options.cache_bytes)),
        }
    }

    /// The location of the file, in SQLite's own form.
    pub(super) fn uri(&self) -> &str {
        &self.uri
    }

    /// Waits for a free connection and begins a read transaction.
    ///
    /// # Errors
    /// If the file cannot be opened, or the pool is closed.
    pub(super) async fn begin(self: &Arc<Self>) -> Result<FileTransaction, DatabaseError> {
        let permit = self.permits.clone().acquire_owned().await;
        let permit = permit.map_err(|_| DatabaseError::Closed)?;
        let idle = lock(&self.idle).pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.open_connection()?,
        };
        *lock(&connection.deadline) = Some(Instant::now() + self.options.timeout);
        connection.begin(self.aggregate_cache.is_some())?;
        Ok(FileTransaction {
            file: self.clone(),
            connection: Some(Mutex::new(connection)),
            _permit: permit,
        })
    }

    fn open_connection(&self) -> rusqlite::Result<FileConnection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_URI;
        let connection = Connection::open_with_flags(&self.uri, flags)?;
        connection.busy_timeout(WAIT_TIMEOUT)?;
        // At most 64 MiB per connection, because with 100 times as much data, the rows of the largest
        // page are scattered over the whole file. A small file uses no more than its own size.
        connection.pragma_update(None, "cache_size", -65_536)?;
        // Without QPSG, SQLite re-plans a statement for each bound value.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE_CAPACITY);
        let deadline = Arc::new(Mutex::new(None));
        let handler_deadline = deadline.clone();
        connection.progress_handler(
            PROGRESS_STEPS,
            Some(move || lock(&handler_deadline).is_some_and(|deadline| Instant::now() > deadline)),
        )?;
        Ok(FileConnection {
            connection,
            deadline,
            data_revision: None,
        })
    }

    /// Closes the idle connections and rejects new transactions.
    pub(super) fn close(&self) {
        self.permits.close();
        lock(&self.idle).clear();
    }

    /// Returns the current status of the pool.
    pub(super) fn pool_status(&self) -> PoolStatus {
        let idle = lock(&self.idle).len() as u64;
        let max = u64::from(self.options.max_connections);
        PoolStatus {
            open: idle + max - self.permits.available_permits() as u64,
            idle,
            max,
        }
    }
}

impl FileConnection {
    /// Begins a read transaction. If `reads_revision`, also updates the revision that it sees.
    fn begin(&mut self, reads_revision: bool) -> rusqlite::Result<()> {
        self.connection.prepare_cached("begin")?.execute([])?;
        if !reads_revision {
            return Ok(());
        }
        // `data_version` changes when another connection commits. Reading it also fixes the data that
        // the transaction sees.
        let version: i64 = self
            .connection
            .prepare_cached("pragma data_version")?
            .query_one([], |row| row.get(0))?;
        if self
            .data_revision
            .as_ref()
            .is_none_or(|(last_version, _)| *last_version != version)
        {
            let revision = dataset::Entity::find()
                .select_only()
                .column(dataset::Column::Revision)
                .build(DbBackend::Sqlite);
            let revision: Option<String> = self
                .connection
                .query_row(&revision.sql, [], |row| row.get(0))
                .optional()?;
            self.data_revision = Some((version, revision.map(Arc::from)));
        }
        Ok(())
    }
}

/// A read transaction; it ends when it is dropped.
#[derive(Debug)]
pub(super) struct FileTransaction {
    file: Arc<SqliteFile>,
    /// `None` only during `drop`.
    connection: Option<Mutex<FileConnection>>,
    _permit: OwnedSemaphorePermit,
}

impl FileTransaction {
    /// Returns the cache of aggregates and the key of a statement; `None` if caching is off or no data is loaded.
    pub(super) fn aggregate_cache(
        &self,
        statement: &BoundStatement,
    ) -> Option<(&AggregateCache, AggregateCacheKey)> {
        let cache = self.file.aggregate_cache.as_ref()?;
        let connection = lock(self.connection.as_ref()?);
        let (_, revision) = connection.data_revision.as_ref()?;
        Some((cache, AggregateCacheKey::new(revision.clone()?, statement)))
    }

    /// Runs a statement and returns its rows, each with one cell for each of `kinds`.
    ///
    /// # Errors
    /// If the statement fails, or a value does not have the type of its kind.
    pub(super) fn select(
        &self,
        statement: &BoundStatement,
        kinds: &[CellKind],
    ) -> Result<Vec<Cells>, DatabaseError> {
        let Some(connection) = &self.connection else {
            return Ok(Vec::new());
        };
        let connection = lock(connection);
        let mut prepared = connection.connection.prepare_cached(&statement.sql)?;
        for (index, value) in (1..).zip(&statement.values) {
            prepared.raw_bind_parameter(index, sql_parameter(value)?)?;
        }
        let mut rows = prepared.raw_query();
        let mut result: Vec<Cells> = Vec::new();
        while let Some(row) = rows.next()? {
            let mut cells = Cells::with_capacity(kinds.len());
            for (index, kind) in kinds.iter().enumerate() {
                let value = row.get_ref(index)?;
                cells.push(match repeated_text(value, result.last(), index) {
                    Some(text) => Cell::Text(text.clone()),
                    None => read_cell(value, *kind)?,
                });
            }
            result.push(cells);
        }
        Ok(result)
    }
}

impl Drop for FileTransaction {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else {
            return;
        };
        let connection = connection
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        *lock(&connection.deadline) = None;
        let rolled_back = connection
            .connection
            .prepare_cached("rollback")
            .and_then(|mut rollback| rollback.execute([]));
        // A connection that is still in a transaction is closed instead of reused.
        if rolled_back.is_ok()
            && connection.connection.is_autocommit()
            && !self.file.permits.is_closed()
        {
            lock(&self.file.idle).push(connection);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Converts a bound value for rusqlite. SELECT statements use only these types.
fn sql_parameter(value: &Value) -> Result<ToSqlOutput<'_>, DbErr> {
    let value = match value {
        Value::Bool(value) => value.map(|value| ValueRef::Integer(value.into())),
        Value::Int(value) => value.map(|value| ValueRef::Integer(value.into())),
        Value::BigInt(value) => value.map(ValueRef::Integer),
        Value::BigUnsigned(value) => value
            .map(|value| i64::try_from(value).map(ValueRef::Integer))
            .transpose()
            .map_err(|error| DbErr::Type(error.to_string()))?,
        Value::Double(value) => value.map(ValueRef::Real),
        Value::String(value) => value.as_ref().map(|text| ValueRef::Text(text.as_bytes())),
        other => {
            return Err(DbErr::Type(format!(
                "cannot bind the value {other:?} to a statement"
            )));
        }
    };
    Ok(ToSqlOutput::Borrowed(value.unwrap_or(ValueRef::Null)))
}

/// Returns the text of the previous row if it is equal, to share its allocation. Types, levels, and
/// keys of parents usually repeat.
fn repeated_text<'a>(
    value: ValueRef<'_>,
    previous: Option<&'a Cells>,
    index: usize,
) -> Option<&'a Arc<str>> {
    let ValueRef::Text(text) = value else {
        return None;
    };
    let previous = previous?[index].text()?;
    (previous.as_bytes() == text).then_some(previous)
}

fn read_cell(value: ValueRef<'_>, kind: CellKind) -> Result<Cell, DbErr> {
    Ok(match (kind, value) {
        (_, ValueRef::Null) => Cell::Null,
        (CellKind::Text | CellKind::Date, ValueRef::Text(text)) => Cell::Text(utf8(text)?.into()),
        (CellKind::Int | CellKind::BigInt, ValueRef::Integer(number)) => Cell::Int(number),
        (CellKind::Bool, ValueRef::Integer(number)) => Cell::Bool(number != 0),
        (CellKind::Float, ValueRef::Real(number)) => Cell::Float(number),
        #[expect(
            clippy::cast_precision_loss,
            reason = "a double that SQLite stores as an integer"
        )]
        (CellKind::Float, ValueRef::Integer(number)) => Cell::Float(number as f64),
        (CellKind::DateTime, ValueRef::Text(text)) => {
            let time = chrono::DateTime::parse_from_rfc3339(utf8(text)?)
                .map_err(|error| DbErr::Type(error.to_string()))?;
            Cell::from_datetime(time.to_utc())
        }
        (kind, value) => {
            return Err(DbErr::Type(format!(
                "expected {kind:?}, found {:?}",
                value.data_type()
            )));
        }
    })
}

fn utf8(text: &[u8]) -> Result<&str, DbErr> {
    std::str::from_utf8(text).map_err(|error| DbErr::Type(error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Creates a file with a table, and returns a reader of it and its folder.
    fn create_file(name: &str, parameters: &str) -> (Arc<SqliteFile>, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        let connection = Connection::open(&path).unwrap();
        let sql = "pragma journal_mode = wal; create table place (n); insert into place values (7)";
        connection.execute_batch(sql).unwrap();
        let url = format!("sqlite:{}{parameters}", path.display());
        let uri = crate::db::connection::sqlite_uri(&url).unwrap();
        let file = SqliteFile::new(uri, ReaderOptions::with_timeout(Duration::from_millis(200)));
        (Arc::new(file), folder)
    }

    fn select(transaction: &FileTransaction, sql: &str) -> Result<Vec<Cells>, DatabaseError> {
        let (sql, values) = (sql.into(), Vec::new());
        transaction.select(&BoundStatement { sql, values }, &[CellKind::Int])
    }

    #[tokio::test]
    async fn readers_cannot_write_and_time_out() {
        let (file, _folder) = create_file("test.db", "");
        let transaction = file.begin().await.unwrap();
        assert!(select(&transaction, "delete from place").is_err());
        // Counts forever.
        let forever = "with recursive n(i) as (select 1 union all select i % 7 + 1 from n) select sum(i) from n";
        let started = Instant::now();
        let result = select(&transaction, forever);
        assert!(matches!(result, Err(DatabaseError::Timeout)), "{result:?}");
        assert!(started.elapsed() < Duration::from_secs(8));
        drop(transaction);
        // Every connection is usable again.
        let mut all = Vec::new();
        for _ in 0..file.options.max_connections {
            all.push(file.begin().await.unwrap());
        }
        for transaction in &all {
            select(transaction, "select n from place").unwrap();
        }
    }

    #[tokio::test]
    async fn urls_may_have_parameters_and_special_characters() {
        for (name, parameters) in [
            ("a b.db", ""),
            ("#1.db", "?mode=rwc"),
            ("x.db", "?immutable=1&mode=ro"),
        ] {
            let (file, _folder) = create_file(name, parameters);
            let transaction = file.begin().await.unwrap();
            let rows = select(&transaction, "select n from place").unwrap();
            assert_eq!(rows.len(), 1, "{name}{parameters}");
        }
    }
}
