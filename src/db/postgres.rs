//! Reading PostgreSQL: connections that serve one transaction at a time.
//!
//! SeaORM's pool waits without a limit for connections whose server disappeared, and begins a transaction in two round trips.
//! Here, a connection that does not answer is dropped, and one message begins the transaction, sets its limits, and reads
//! which data it sees. Nothing is set for longer than a transaction, so a pooler may assign connections by transaction.

use std::{
    io,
    sync::{Arc, Mutex as SyncMutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use sea_orm::{
    DbErr, QueryResult, SqlxError,
    sea_query::Value,
    sqlx::{
        Arguments, AssertSqlSafe, Connection, Executor, PgConnection, Row, postgres::PgArguments,
        query_with, raw_sql,
    },
};
use tokio::{
    runtime::Handle,
    sync::{Mutex, OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use super::{
    Cell, CellKind, Cells, LoadedDataset,
    aggregate_cache::{AggregateCache, AggregateCacheKey, new_aggregate_cache},
    error::DatabaseError,
    hosts::{PostgresHosts, SessionRole},
    migration::AppliedMigrations,
    pool::{PoolStatus, ReaderOptions},
    server_status::{ReplicaPositions, ServerStatus},
    statement::BoundStatement,
};

/// How long the end of a transaction may take before its connection is closed instead.
const ROLLBACK_TIMEOUT: Duration = Duration::from_secs(1);

/// How long the server may take to answer, even if transactions may take less. Statements have their own limit.
const MIN_ANSWER_TIMEOUT: Duration = Duration::from_secs(1);

/// A connection is closed after this time, so that a server that has moved is found by its new address.
const MAX_LIFETIME: Duration = Duration::from_secs(30 * 60);

/// A pool of connections to a server. Each connection is used by one request at a time.
#[derive(Debug)]
pub(super) struct PostgresServer {
    pub(super) hosts: Arc<PostgresHosts>,
    limits: ReaderOptions,
    permits: Arc<Semaphore>,
    idle: SyncMutex<Vec<PostgresConnection>>,
    /// `None` if caching is off.
    aggregate_cache: Option<AggregateCache>,
}

#[derive(Debug)]
struct PostgresConnection {
    connection: PgConnection,
    opened_at: Instant,
    /// Cancelled when all connections to this host are given up.
    given_up: CancellationToken,
}

impl PostgresServer {
    /// Creates a pool without connecting.
    pub(super) fn new(hosts: Arc<PostgresHosts>, limits: ReaderOptions) -> Self {
        Self {
            hosts,
            limits,
            permits: Arc::new(Semaphore::new(limits.max_connections as usize)),
            idle: SyncMutex::default(),
            aggregate_cache: (limits.cache_bytes > 0)
                .then(|| new_aggregate_cache(limits.cache_bytes)),
        }
    }

    /// Waits for a free connection and begins a read transaction.
    ///
    /// # Errors
    /// If the server cannot be reached, or the pool is closed.
    pub(super) async fn begin(self: &Arc<Self>) -> Result<PostgresTransaction, DatabaseError> {
        let permit = self.permits.clone().acquire_owned().await;
        let permit = permit.map_err(|_| DatabaseError::Closed)?;
        let begin = format!(
            "begin isolation level repeatable read, read only; set local statement_timeout = {}; set local jit = off; \
             select revision, loaded_at from dataset limit 1",
            self.limits.timeout.as_millis()
        );
        loop {
            let idle = self.pop_idle();
            let is_reused = idle.is_some();
            let mut connection = match idle {
                Some(connection) => connection,
                None => self.connect().await?,
            };
            let row =
                raw_sql(AssertSqlSafe(begin.as_str())).fetch_optional(&mut connection.connection);
            let row = self.run(&connection.given_up, row);
            let row = match is_reused {
                // If its host is gone, so may be that of the other idle connections.
                true => timeout(MIN_ANSWER_TIMEOUT, row).await.unwrap_or_else(|_| {
                    self.lock_idle().clear();
                    Err(no_answer())
                }),
                false => row.await,
            };
            match row {
                // The server may have closed connections while they were idle.
                Err(DatabaseError::Unavailable(_)) if is_reused => {}
                Err(error) => return Err(error),
                Ok(row) => {
                    let dataset = row.map(|row| {
                        Ok::<_, SqlxError>(LoadedDataset {
                            revision: row.try_get::<String, _>(0)?.into(),
                            loaded_at: Cell::format_datetime(row.try_get::<DateTime<Utc>, _>(1)?)
                                .into(),
                        })
                    });
                    return Ok(PostgresTransaction {
                        dataset: dataset.transpose()?,
                        server: self.clone(),
                        given_up: connection.given_up.clone(),
                        connection: Some((Mutex::new(connection), permit)),
                    });
                }
            }
        }
    }

    async fn connect(&self) -> Result<PostgresConnection, DatabaseError> {
        let limit = self.limits.timeout.max(MIN_ANSWER_TIMEOUT);
        let (_, connection, given_up) = self.hosts.connect(limit).await?;
        Ok(PostgresConnection {
            connection,
            opened_at: Instant::now(),
            given_up,
        })
    }

    /// Waits for the server, but not longer than a transaction may take, or until its connections are given up.
    async fn run<T>(
        &self,
        given_up: &CancellationToken,
        future: impl Future<Output = Result<T, SqlxError>>,
    ) -> Result<T, DatabaseError> {
        tokio::select! {
            result = timeout(self.limits.timeout.max(MIN_ANSWER_TIMEOUT), future) => match result {
                Ok(result) => Ok(result?),
                Err(_) => Err(no_answer()),
            },
            () = given_up.cancelled() => Err(no_answer()),
        }
    }

    /// Closes the idle connections and rejects new transactions.
    pub(super) async fn close(&self) {
        self.permits.close();
        let idle = std::mem::take(&mut *self.lock_idle());
        for connection in idle {
            // It only says goodbye; the server also notices without it.
            _ = timeout(ROLLBACK_TIMEOUT, connection.connection.close()).await;
        }
    }

    /// Returns the current status of the pool.
    pub(super) fn pool_status(&self) -> PoolStatus {
        let idle = self.lock_idle().len() as u64;
        let max = u64::from(self.limits.max_connections);
        PoolStatus {
            open: idle + max - self.permits.available_permits() as u64,
            idle,
            max,
        }
    }

    fn lock_idle(&self) -> MutexGuard<'_, Vec<PostgresConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes an idle connection, and closes those that are given up.
    fn pop_idle(&self) -> Option<PostgresConnection> {
        let mut idle = self.lock_idle();
        idle.retain(|connection| !connection.given_up.is_cancelled());
        idle.pop()
    }

    /// Ends the transaction of a connection, and keeps the connection for the next one unless that fails.
    async fn release(&self, mut connection: PostgresConnection) {
        let rollback = connection.connection.execute("rollback");
        let is_rolled_back = matches!(timeout(ROLLBACK_TIMEOUT, rollback).await, Ok(Ok(_)));
        let mut idle = self.lock_idle();
        if is_rolled_back
            && !connection.given_up.is_cancelled()
            && !self.permits.is_closed()
            && connection.opened_at.elapsed() < MAX_LIFETIME
        {
            idle.push(connection);
        }
    }
}

/// The error of a server that does not answer in time.
pub(super) fn no_answer() -> DatabaseError {
    SqlxError::Io(io::ErrorKind::TimedOut.into()).into()
}

/// A read transaction; it ends when it is dropped.
#[derive(Debug)]
pub(super) struct PostgresTransaction {
    /// The data that the transaction sees; `None` if nothing was ever loaded.
    pub(super) dataset: Option<LoadedDataset>,
    server: Arc<PostgresServer>,
    given_up: CancellationToken,
    /// `None` only during `drop`.
    connection: Option<(Mutex<PostgresConnection>, OwnedSemaphorePermit)>,
}

impl PostgresTransaction {
    /// Returns the cache of aggregates and the key of a statement; `None` if caching is off or no data is loaded.
    pub(super) fn aggregate_cache(
        &self,
        statement: &BoundStatement,
    ) -> Option<(&AggregateCache, AggregateCacheKey)> {
        let cache = self.server.aggregate_cache.as_ref()?;
        let revision = self.dataset.as_ref()?.revision.clone();
        Some((cache, AggregateCacheKey::new(revision, statement)))
    }

    /// Returns the migrations that the database has.
    ///
    /// # Errors
    /// If the statement fails, for instance because the database is older than its tables.
    pub(super) async fn migrations(&self) -> Result<AppliedMigrations, DatabaseError> {
        let statement = BoundStatement {
            sql: "select version, (select required_migration from schema_compatibility) from seaql_migrations".into(),
            values: Vec::new(),
        };
        let rows = self.select(statement, &[CellKind::Text; 2]).await?;
        let texts = |column: usize| {
            let texts = rows.iter().filter_map(move |row| row[column].text());
            texts.map(|text| (**text).to_owned())
        };
        Ok(AppliedMigrations {
            names: texts(0).collect(),
            required: texts(1).next(),
        })
    }

    /// Returns the state of the server. If its role does not fit the URL any more, another host is chosen for further
    /// transactions.
    ///
    /// # Errors
    /// If the statement fails.
    pub(super) async fn server_status(&self) -> Result<ServerStatus, DatabaseError> {
        // This transaction is read-only anyway, so only the default is of interest.
        let sql = "select pg_is_in_recovery(), current_setting('default_transaction_read_only') = 'on', \
                   'PostgreSQL ' || split_part(current_setting('server_version'), ' ', 1)";
        let kinds = [CellKind::Bool, CellKind::Bool, CellKind::Text];
        let row = self.select_row(sql, &kinds).await?;
        let is_replica = row[0].bool() == Some(true);
        self.server.hosts.check_role(SessionRole {
            is_replica,
            is_read_only: is_replica || row[1].bool() == Some(true),
        });
        let positions = match is_replica {
            true => match self.replica_positions().await {
                // Databases that only resemble PostgreSQL may lack these functions.
                Err(DatabaseError::SeaOrm(_)) => None,
                positions => positions?,
            },
            false => None,
        };
        Ok(ServerStatus {
            version: row[2].text().cloned().unwrap_or_default(),
            is_replica,
            positions,
        })
    }

    async fn replica_positions(&self) -> Result<Option<ReplicaPositions>, DatabaseError> {
        let sql = "select pg_wal_lsn_diff(pg_last_wal_receive_lsn(), '0/0')::bigint, \
                   pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint, \
                   extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())::double precision";
        let kinds = [CellKind::BigInt, CellKind::BigInt, CellKind::Float];
        let row = self.select_row(sql, &kinds).await?;
        let (Some(received), Some(replayed)) = (row[0].int(), row[1].int()) else {
            return Ok(None);
        };
        let age = row[2].float();
        Ok(Some(ReplicaPositions {
            received,
            replayed,
            last_commit_age: age.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        }))
    }

    async fn select_row(
        &self,
        sql: &'static str,
        kinds: &[CellKind],
    ) -> Result<Cells, DatabaseError> {
        let statement = BoundStatement {
            sql: sql.into(),
            values: Vec::new(),
        };
        let rows = self.select(statement, kinds).await?;
        let row = rows.into_iter().next();
        row.ok_or_else(|| DbErr::RecordNotFound(sql.to_owned()).into())
    }

    /// Runs a statement and returns its rows, each with one cell for each of `kinds`.
    ///
    /// # Errors
    /// If the statement fails, or a value does not have the type of its kind.
    pub(super) async fn select(
        &self,
        statement: BoundStatement,
        kinds: &[CellKind],
    ) -> Result<Vec<Cells>, DatabaseError> {
        let Some((connection, _)) = &self.connection else {
            return Ok(Vec::new());
        };
        let mut arguments = PgArguments::default();
        for value in statement.values {
            add_argument(&mut arguments, value)?;
        }
        let query = query_with(AssertSqlSafe(statement.sql), arguments)
            .persistent(self.server.hosts.uses_named_statements);
        let mut connection = connection.lock().await;
        let rows = query.fetch_all(&mut connection.connection);
        let rows = self.server.run(&self.given_up, rows).await?;
        let rows = rows.into_iter().map(|row| {
            let row = QueryResult::from(row);
            let cells = kinds.iter().enumerate();
            cells
                .map(|(index, kind)| Ok(Cell::read(&row, index, *kind)?))
                .collect()
        });
        rows.collect()
    }
}

impl Drop for PostgresTransaction {
    fn drop(&mut self) {
        let Some((connection, permit)) = self.connection.take() else {
            return;
        };
        // Without a runtime, the connection is closed.
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let server = self.server.clone();
        runtime.spawn(async move {
            server.release(connection.into_inner()).await;
            drop(permit);
        });
    }
}

/// Adds a bound value. Statements use only these types.
pub(super) fn add_argument(arguments: &mut PgArguments, value: Value) -> Result<(), DbErr> {
    let added = match value {
        Value::Bool(value) => arguments.add(value),
        Value::Int(value) => arguments.add(value),
        Value::BigInt(value) => arguments.add(value),
        Value::BigUnsigned(value) => {
            let value = value.map(i64::try_from).transpose();
            arguments.add(value.map_err(|error| DbErr::Type(error.to_string()))?)
        }
        Value::Double(value) => arguments.add(value),
        Value::String(value) => arguments.add(value),
        Value::Bytes(value) => arguments.add(value),
        Value::ChronoDateTimeUtc(value) => arguments.add(value),
        other => {
            let message = format!("cannot bind the value {other:?} to a statement");
            return Err(DbErr::Type(message));
        }
    };
    added.map_err(|error| DbErr::Type(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the server that `TEST_DATABASE_URL` names and a schema on it with an empty table of the data; `None` if the
    /// variable is not set.
    async fn create_server(schema: &str) -> Option<Arc<PostgresServer>> {
        let url = std::env::var("TEST_DATABASE_URL").ok();
        let url = url.filter(|url| !url.is_empty())?;
        let mut connection = PgConnection::connect(&url).await.unwrap();
        let sql = format!(
            "drop schema if exists {schema} cascade; create schema {schema}; \
             create table {schema}.dataset (revision text, loaded_at timestamptz)"
        );
        connection.execute(AssertSqlSafe(sql)).await.unwrap();
        let separator = if url.contains('?') { '&' } else { '?' };
        let url = format!("{url}{separator}options=-c%20search_path%3D{schema}");
        let hosts = Arc::new(PostgresHosts::parse(&url).unwrap());
        let limits = ReaderOptions::with_timeout(Duration::from_millis(200));
        Some(Arc::new(PostgresServer::new(hosts, limits)))
    }

    async fn select(
        transaction: &PostgresTransaction,
        sql: &str,
    ) -> Result<Vec<Cells>, DatabaseError> {
        let (sql, values) = (sql.into(), Vec::new());
        let statement = BoundStatement { sql, values };
        transaction.select(statement, &[CellKind::BigInt]).await
    }

    #[tokio::test]
    async fn readers_cannot_write_and_time_out() {
        let Some(server) = create_server("unit_test_readers").await else {
            return;
        };
        let transaction = server.begin().await.unwrap();
        assert_eq!(transaction.dataset, None);
        assert!(select(&transaction, "delete from dataset").await.is_err());
        drop(transaction);
        // Counts forever; the database continues after the client has stopped waiting.
        let forever = "with recursive n(i) as (select 1::bigint union all select i % 7 + 1 from n) select sum(i)::bigint from n";
        for is_abandoned in [true, false] {
            let started = Instant::now();
            let transaction = server.begin().await.unwrap();
            let work = select(&transaction, forever);
            if is_abandoned {
                assert!(timeout(Duration::from_millis(20), work).await.is_err());
            } else {
                let error = work.await.unwrap_err();
                // Whichever of the server and the client notices first.
                assert!(
                    matches!(
                        error,
                        DatabaseError::Timeout | DatabaseError::Unavailable(_)
                    ),
                    "{error:?}"
                );
            }
            drop(transaction);
            let mut all = Vec::new();
            for _ in 0..server.limits.max_connections {
                all.push(server.begin().await.unwrap());
            }
            for transaction in &all {
                let rows = select(transaction, "select 1::bigint").await.unwrap();
                assert_eq!(rows[0][0], Cell::Int(1));
            }
            assert!(started.elapsed() < Duration::from_secs(8));
        }
        server.close().await;
        assert!(matches!(server.begin().await, Err(DatabaseError::Closed)));
    }

    #[tokio::test]
    async fn idle_connections_are_reused_until_they_are_given_up() {
        let Some(server) = create_server("unit_test_idle").await else {
            return;
        };
        let backend = async || {
            let transaction = server.begin().await.unwrap();
            let rows = select(&transaction, "select pg_backend_pid()::bigint")
                .await
                .unwrap();
            drop(transaction);
            // The connection is returned in the background, after which all permits are free.
            let all = server
                .permits
                .acquire_many(server.limits.max_connections)
                .await
                .unwrap();
            drop(all);
            rows[0][0].int().unwrap()
        };
        let first = backend().await;
        assert_eq!(backend().await, first);
        server.hosts.give_up_connections();
        assert_ne!(backend().await, first);
    }
}
