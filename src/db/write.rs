//! Write transactions, of which each database has one at a time.

use std::{fmt::Write as _, sync::Arc};

use async_trait::async_trait;
use futures_util::future::join;
use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr, ExecResult,
    QueryResult, RuntimeErr, SqliteTransactionMode, SqlxError, Statement, TransactionOptions,
    TransactionTrait, Values,
    sea_query::Value,
    sqlx::{AssertSqlSafe, Postgres, Transaction, postgres::PgArguments, query::Query, query_with},
};
use tokio::sync::Mutex;

use super::{pool::WAIT_TIMEOUT, postgres::add_argument};

/// The most rows that are sent at once: more are no faster, and the progress bar should keep moving.
const MAX_ROWS: usize = 2_000;

/// The most bound values of a statement on SQLite.
const MAX_VALUES: usize = 32_766;

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
    lock(&transaction).await?;
    Ok(transaction)
}

async fn lock(transaction: &impl ConnectionTrait) -> Result<(), DbErr> {
    if transaction.get_database_backend() == DatabaseBackend::Postgres {
        // SQLite waits equally long, because of its busy timeout.
        let wait = format!("set local lock_timeout = '{}s'", WAIT_TIMEOUT.as_secs());
        transaction.execute_unprepared(&wait).await?;
        transaction
            .execute_unprepared(
                "select pg_advisory_xact_lock(hashtextextended('sistergraph ' || current_schema(), 0))",
            )
            .await?;
    }
    Ok(())
}

/// A write transaction that inserts many rows fast. SeaORM's transactions have no access to PostgreSQL's COPY.
#[derive(Debug)]
pub enum LoadTransaction {
    /// A transaction of SQLite.
    Sqlite(DatabaseTransaction),
    /// A transaction of PostgreSQL.
    Postgres(Mutex<Transaction<'static, Postgres>>),
}

impl LoadTransaction {
    /// Begins a transaction like [`begin`].
    ///
    /// # Errors
    /// Those of [`begin`].
    pub async fn begin(db: &DatabaseConnection) -> Result<Self, DbErr> {
        if db.get_database_backend() != DatabaseBackend::Postgres {
            return Ok(Self::Sqlite(begin(db).await?));
        }
        let transaction = db.get_postgres_connection_pool().begin().await;
        let transaction = Self::Postgres(Mutex::new(transaction.map_err(driver_error)?));
        lock(&transaction).await?;
        Ok(transaction)
    }

    /// Commits the transaction. It is rolled back if it is dropped instead.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn commit(self) -> Result<(), DbErr> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await,
            Self::Postgres(transaction) => {
                let commit = transaction.into_inner().commit();
                commit.await.map_err(driver_error)
            }
        }
    }

    /// Inserts a row with large values. SeaORM would copy them several times.
    ///
    /// # Errors
    /// If the database rejects the row.
    pub async fn insert_large_row(
        &self,
        table: &str,
        columns: &[&str],
        row: Vec<Value>,
    ) -> Result<(), DbErr> {
        let parameters: Vec<_> = (1..=row.len()).map(|n| format!("${n}")).collect();
        let (columns, parameters) = (quoted(columns), parameters.join(", "));
        let sql = format!("insert into {table} ({columns}) values ({parameters})");
        let backend = self.get_database_backend();
        let statement = Statement::from_sql_and_values(backend, sql, row);
        self.execute_raw(statement).await?;
        Ok(())
    }

    /// Drops the indexes of empty tables on SQLite, so that inserting many rows does not change pages all over the file.
    /// Returns the statements for [`Self::create_indexes`]. Indexes that belong to constraints stay. PostgreSQL copies rows fast
    /// enough with indexes.
    ///
    /// # Errors
    /// If a statement fails.
    pub async fn drop_indexes(&self, tables: &[&str]) -> Result<Vec<String>, DbErr> {
        let Self::Sqlite(transaction) = self else {
            return Ok(Vec::new());
        };
        let tables: Vec<_> = tables.iter().map(|table| format!("'{table}'")).collect();
        let indexes = format!(
            "select name, sql from sqlite_master where type = 'index' and sql is not null and tbl_name in ({})",
            tables.join(", ")
        );
        let indexes = Statement::from_string(DatabaseBackend::Sqlite, indexes);
        let mut definitions = Vec::new();
        for index in transaction.query_all_raw(indexes).await? {
            let name: String = index.try_get_by_index(0)?;
            definitions.push(index.try_get_by_index(1)?);
            let drop = format!("drop index {}", quoted(&[&name]));
            transaction.execute_unprepared(&drop).await?;
        }
        Ok(definitions)
    }

    /// Creates the indexes that [`Self::drop_indexes`] dropped.
    ///
    /// # Errors
    /// If a statement fails.
    pub async fn create_indexes(&self, definitions: &[String]) -> Result<(), DbErr> {
        for definition in definitions {
            self.execute_unprepared(definition).await?;
        }
        Ok(())
    }

    /// Inserts rows, each with a value for each column, and returns their number. Calls `progress` with the number of
    /// rows that were sent.
    ///
    /// # Errors
    /// If the database rejects a row.
    pub async fn insert_rows(
        &self,
        table: &str,
        columns: &[&str],
        rows: impl Iterator<Item = Vec<Value>> + Send,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<usize, DbErr> {
        let mut rows = rows.peekable();
        if rows.peek().is_none() {
            return Ok(0);
        }
        match self {
            Self::Sqlite(transaction) => {
                insert_batches(transaction, table, columns, rows, progress).await
            }
            Self::Postgres(transaction) => {
                copy(
                    &mut *transaction.lock().await,
                    table,
                    columns,
                    rows,
                    progress,
                )
                .await
            }
        }
    }
}

async fn insert_batches(
    transaction: &DatabaseTransaction,
    table: &str,
    columns: &[&str],
    mut rows: impl Iterator<Item = Vec<Value>> + Send,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<usize, DbErr> {
    let batch = (MAX_VALUES / columns.len().max(1)).clamp(1, MAX_ROWS);
    let row = format!("({})", vec!["?"; columns.len()].join(", "));
    let insert = |n| {
        let rows = vec![row.as_str(); n].join(", ");
        format!("insert into {table} ({}) values {rows}", quoted(columns))
    };
    let full = insert(batch);
    let mut next_values = || -> Vec<Value> { rows.by_ref().take(batch).flatten().collect() };
    let mut values = next_values();
    let mut n_rows = 0;
    while !values.is_empty() {
        let n = values.len() / columns.len();
        let sql = if n == batch { full.clone() } else { insert(n) };
        let statement =
            Statement::from_sql_and_values(DatabaseBackend::Sqlite, sql, Values(values));
        // The driver executes a statement on its own thread. Meanwhile, this thread makes the next rows, so two batches are in memory.
        let result;
        (result, values) = join(transaction.execute_raw(statement), async { next_values() }).await;
        result?;
        progress(n);
        n_rows += n;
    }
    Ok(n_rows)
}

async fn copy(
    transaction: &mut Transaction<'static, Postgres>,
    table: &str,
    columns: &[&str],
    mut rows: impl Iterator<Item = Vec<Value>> + Send,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<usize, DbErr> {
    let sql = format!("copy {table} ({}) from stdin", quoted(columns));
    let mut copy = transaction.copy_in_raw(&sql).await.map_err(driver_error)?;
    let mut n_rows = 0;
    loop {
        let mut text = String::new();
        let mut n = 0;
        for row in rows.by_ref().take(MAX_ROWS) {
            write_copy_row(&mut text, &row)?;
            n += 1;
        }
        copy.send(text.into_bytes()).await.map_err(driver_error)?;
        progress(n);
        n_rows += n;
        if n < MAX_ROWS {
            break;
        }
    }
    copy.finish().await.map_err(driver_error)?;
    Ok(n_rows)
}

/// Writes a row in the [text format](https://www.postgresql.org/docs/current/sql-copy.html) of COPY.
fn write_copy_row(text: &mut String, row: &[Value]) -> Result<(), DbErr> {
    for (index, value) in row.iter().enumerate() {
        if index > 0 {
            text.push('\t');
        }
        // Writing to a string cannot fail.
        let _ = match value {
            Value::Bool(Some(value)) => write!(text, "{value}"),
            Value::Int(Some(value)) => write!(text, "{value}"),
            // The shortest text that is read as the same number.
            Value::Double(Some(value)) => write!(text, "{value}"),
            Value::ChronoDate(Some(value)) => write!(text, "{value}"),
            Value::String(Some(value)) => {
                for character in value.chars() {
                    match character {
                        '\\' => text.push_str("\\\\"),
                        '\n' => text.push_str("\\n"),
                        '\r' => text.push_str("\\r"),
                        '\t' => text.push_str("\\t"),
                        other => text.push(other),
                    }
                }
                Ok(())
            }
            Value::Bool(None)
            | Value::Int(None)
            | Value::Double(None)
            | Value::ChronoDate(None)
            | Value::String(None) => text.write_str("\\N"),
            other => {
                let message = format!("cannot copy the value {other:?} to a table");
                return Err(DbErr::Type(message));
            }
        };
    }
    text.push('\n');
    Ok(())
}

/// Returns a list of quoted names of columns.
pub fn quoted(columns: &[&str]) -> String {
    let columns = columns.iter().map(|column| format!("\"{column}\""));
    columns.collect::<Vec<_>>().join(", ")
}

/// Analyzes and vacuums tables of PostgreSQL, so that statements are planned for their new sizes and can rely on indexes
/// alone. SQLite plans well without statistics. A failure is logged, because it makes nothing wrong.
pub async fn vacuum(db: &DatabaseConnection, tables: &[&str]) {
    if db.get_database_backend() == DatabaseBackend::Postgres {
        let vacuum = format!("vacuum (analyze) {}", tables.join(", "));
        if let Err(error) = db.execute_unprepared(&vacuum).await {
            tracing::warn!(%error, "cannot vacuum the database after the load");
        }
    }
}

fn driver_error(error: SqlxError) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}

fn postgres_query(statement: Statement) -> Result<Query<'static, Postgres, PgArguments>, DbErr> {
    let mut arguments = PgArguments::default();
    for value in statement.values.into_iter().flatten() {
        add_argument(&mut arguments, value)?;
    }
    // A pooler may not support named statements.
    Ok(query_with(AssertSqlSafe(statement.sql), arguments).persistent(false))
}

#[async_trait]
impl ConnectionTrait for LoadTransaction {
    fn get_database_backend(&self) -> DatabaseBackend {
        match self {
            Self::Sqlite(transaction) => transaction.get_database_backend(),
            Self::Postgres(_) => DatabaseBackend::Postgres,
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match self {
            Self::Sqlite(transaction) => transaction.execute_raw(statement).await,
            Self::Postgres(transaction) => {
                let query = postgres_query(statement)?;
                let result = query.execute(&mut **transaction.lock().await).await;
                result.map(ExecResult::from).map_err(driver_error)
            }
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.execute_raw(Statement::from_string(self.get_database_backend(), sql))
            .await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Sqlite(transaction) => transaction.query_all_raw(statement).await,
            Self::Postgres(transaction) => {
                let query = postgres_query(statement)?;
                let rows = query.fetch_all(&mut **transaction.lock().await).await;
                let rows = rows.map_err(driver_error)?;
                Ok(rows.into_iter().map(QueryResult::from).collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_copied_as_text() {
        let date = chrono::NaiveDate::from_ymd_opt(2021, 9, 21);
        let row = [
            "a\tb\\N\r\n".into(),
            Value::String(None),
            true.into(),
            (-1_i32).into(),
            0.1_f64.into(),
            1e-7_f64.into(),
            Value::ChronoDate(date),
        ];
        let mut text = String::new();
        write_copy_row(&mut text, &row).unwrap();
        let expected = "a\\tb\\\\N\\r\\n\t\\N\ttrue\t-1\t0.1\t0.0000001\t2021-09-21\n";
        assert_eq!(text, expected);
        assert!(write_copy_row(&mut text, &[Value::Char(None)]).is_err());
    }
}
