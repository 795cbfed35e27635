//! Reading a file of SQLite on the thread that asks.
//!
//! sea-orm's driver hands every statement to a thread of its connection and every row back through a
//! queue. Where the rows are already in memory, as those of hot requests are, that costs more than
//! reading them. So requests read through rusqlite, over the same library: the statements are
//! sea-orm's, and what comes back are the same cells. Whoever reads so blocks the thread.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
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
    deadline::PROGRESS_STEPS,
    error::DatabaseError,
    pool::{POOL_SIZE, PoolStatus, WAIT_TIMEOUT},
    statement::BoundStatement,
};
use crate::entity::dataset;

/// How many prepared statements a connection keeps. The hottest queries take a dozen each.
const STATEMENT_CACHE_CAPACITY: usize = 256;

/// Connections to a file, of which each is used by one request at a time.
#[derive(Debug)]
pub(super) struct SqliteFile {
    path: PathBuf,
    timeout: Duration,
    idle: Mutex<Vec<FileConnection>>,
    permits: Arc<Semaphore>,
    /// `None` where none are kept.
    aggregate_cache: Option<AggregateCache>,
}

/// An open connection.
#[derive(Debug)]
struct FileConnection {
    connection: Connection,
    /// When the work of the request that uses it is to end.
    deadline: Arc<Mutex<Option<Instant>>>,
    /// What SQLite said of the content, and the revision that it was then.
    data_revision: Option<(i64, Option<Arc<str>>)>,
}

impl SqliteFile {
    /// Reads the file at `path`; what takes longer than `timeout` is ended, and so many bytes of
    /// counts are kept.
    pub(super) fn new(path: &Path, timeout: Duration, counts_bytes: u64) -> Self {
        Self {
            path: path.to_owned(),
            timeout,
            idle: Mutex::default(),
            permits: Arc::new(Semaphore::new(POOL_SIZE as usize)),
            aggregate_cache: (counts_bytes > 0).then(|| new_aggregate_cache(counts_bytes)),
        }
    }

    /// Begins a read transaction, when a connection is free.
    ///
    /// # Errors
    /// Where the file cannot be opened.
    pub(super) async fn begin(self: &Arc<Self>) -> Result<FileTransaction, DatabaseError> {
        let place = self.permits.clone().acquire_owned().await;
        let place = place.map_err(|_| DatabaseError::Closed)?;
        let idle = lock(&self.idle).pop();
        let mut open = match idle {
            Some(open) => open,
            None => self.open_connection()?,
        };
        *lock(&open.deadline) = Some(Instant::now() + self.timeout);
        open.begin(self.aggregate_cache.is_some())?;
        Ok(FileTransaction {
            file: self.clone(),
            connection: Some(Mutex::new(open)),
            _permit: place,
        })
    }

    fn open_connection(&self) -> rusqlite::Result<FileConnection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(WAIT_TIMEOUT)?;
        // Of each connection, and no more than the file has: the rows of the largest page lie all over
        // a file of a hundred times as much.
        connection.pragma_update(None, "cache_size", -65_536)?;
        // Otherwise a statement is planned anew for each value that is bound to it.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE_CAPACITY);
        let deadline = Arc::new(Mutex::new(None));
        let ends = deadline.clone();
        connection.progress_handler(
            PROGRESS_STEPS,
            Some(move || lock(&ends).is_some_and(|deadline| Instant::now() > deadline)),
        )?;
        Ok(FileConnection {
            connection,
            deadline,
            data_revision: None,
        })
    }

    /// Closes the connections that nobody uses, and lets nobody have another.
    pub(super) fn close(&self) {
        self.permits.close();
        lock(&self.idle).clear();
    }

    /// The connections as they are now.
    pub(super) fn pool_status(&self) -> PoolStatus {
        let idle = lock(&self.idle).len() as u64;
        let used = u64::from(POOL_SIZE) - self.permits.available_permits() as u64;
        PoolStatus {
            open: idle + used,
            idle,
            max: POOL_SIZE.into(),
        }
    }
}

impl FileConnection {
    /// Begins a read transaction, and learns which revision it sees.
    fn begin(&mut self, learns: bool) -> rusqlite::Result<()> {
        self.connection.prepare_cached("begin")?.execute([])?;
        if !learns {
            return Ok(());
        }
        // Changes when another connection has committed; the transaction sees the data from here on.
        let version: i64 = self
            .connection
            .prepare_cached("pragma data_version")?
            .query_one([], |row| row.get(0))?;
        if self
            .data_revision
            .as_ref()
            .is_none_or(|(seen, _)| *seen != version)
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
    /// `None` only while it is dropped.
    connection: Option<Mutex<FileConnection>>,
    _permit: OwnedSemaphorePermit,
}

impl FileTransaction {
    /// What the count that a statement makes depends on; `None` where counts are not kept.
    pub(super) fn aggregate_cache_key(
        &self,
        statement: &BoundStatement,
    ) -> Option<AggregateCacheKey> {
        self.file.aggregate_cache.as_ref()?;
        let open = lock(self.connection.as_ref()?);
        let (_, revision) = open.data_revision.as_ref()?;
        Some(AggregateCacheKey::new(revision.clone()?, statement))
    }

    /// The counts that are kept.
    pub(super) fn aggregate_cache(&self) -> Option<&AggregateCache> {
        self.file.aggregate_cache.as_ref()
    }

    /// The rows of a statement, each with one cell for each of `kinds`.
    ///
    /// # Errors
    /// What the database refuses, and where it holds something else than the kinds say.
    pub(super) fn select(
        &self,
        statement: &BoundStatement,
        kinds: &[CellKind],
    ) -> Result<Vec<Cells>, DatabaseError> {
        let Some(open) = &self.connection else {
            return Ok(Vec::new());
        };
        let open = lock(open);
        let mut prepared = open.connection.prepare_cached(&statement.sql)?;
        for (index, value) in (1..).zip(&statement.values) {
            prepared.raw_bind_parameter(index, sql_parameter(value)?)?;
        }
        let mut rows = prepared.raw_query();
        let mut read: Vec<Cells> = Vec::new();
        while let Some(row) = rows.next()? {
            let mut cells = Cells::with_capacity(kinds.len());
            for (index, kind) in kinds.iter().enumerate() {
                let value = row.get_ref(index)?;
                cells.push(match repeated_text(value, read.last(), index) {
                    Some(text) => Cell::Text(text.clone()),
                    None => read_cell(value, *kind)?,
                });
            }
            read.push(cells);
        }
        Ok(read)
    }
}

impl Drop for FileTransaction {
    fn drop(&mut self) {
        let Some(open) = self.connection.take() else {
            return;
        };
        let open = open.into_inner().unwrap_or_else(PoisonError::into_inner);
        *lock(&open.deadline) = None;
        let ended = open
            .connection
            .prepare_cached("rollback")
            .and_then(|mut rollback| rollback.execute([]));
        // What is not as it was is closed.
        if ended.is_ok() && open.connection.is_autocommit() && !self.file.permits.is_closed() {
            lock(&self.file.idle).push(open);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A value of a statement as SQLite takes it. Statements that read hold no others than these.
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
                "no statement takes a value such as {other:?}"
            )));
        }
    };
    Ok(ToSqlOutput::Borrowed(value.unwrap_or(ValueRef::Null)))
}

/// The text of the row before, where it is the same: types, levels and keys of parents mostly are.
fn repeated_text<'a>(
    value: ValueRef<'_>,
    before: Option<&'a Cells>,
    index: usize,
) -> Option<&'a Arc<str>> {
    let ValueRef::Text(text) = value else {
        return None;
    };
    let known = before?[index].text()?;
    (known.as_bytes() == text).then_some(known)
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
            reason = "a double that SQLite keeps as an integer"
        )]
        (CellKind::Float, ValueRef::Integer(number)) => Cell::Float(number as f64),
        (CellKind::DateTime, ValueRef::Text(text)) => {
            let moment = chrono::DateTime::parse_from_rfc3339(utf8(text)?)
                .map_err(|error| DbErr::Type(error.to_string()))?;
            Cell::from_datetime(moment.to_utc())
        }
        (kind, value) => {
            return Err(DbErr::Type(format!(
                "{:?} is where {kind:?} should be",
                value.data_type()
            )));
        }
    })
}

fn utf8(text: &[u8]) -> Result<&str, DbErr> {
    std::str::from_utf8(text).map_err(|error| DbErr::Type(error.to_string()))
}
