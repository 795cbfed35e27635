//! Opening a database and bringing its schema up to date.

use std::{collections::HashSet, time::Duration};

use migrations::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseBackend, DatabaseConnection, DbErr,
    RuntimeErr, SqlxError, TransactionTrait,
    sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::{
    deadline,
    error::{is_locked, sqlx_error},
    pool::{POOL_SIZE, WAIT_TIMEOUT},
    write,
};

/// How long SQLite may take to hand out a connection: longer than a writer waits, or it would be
/// said that nobody answers where the file is locked.
const SQLITE_ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a database cannot be used; one line each, without the password of the URL.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Neither SQLite nor PostgreSQL, or malformed.
    #[error(
        "bad database URL \"{url}\": {reason}; give sqlite:PATH or postgres://USER@HOST/DATABASE"
    )]
    BadUrl {
        /// The URL without its password.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No file, no server, or no permission.
    #[error("cannot open the database {url}: {reason}")]
    Unreachable {
        /// The URL without its password.
        url: String,
        /// What the database or the operating system says.
        reason: String,
    },
    /// Another process holds the database for itself.
    #[error("the database is locked by another process; wait for it to end, or stop it")]
    Locked,
    /// The schema was written by a later version of this program.
    #[error(
        "the database is newer than this program: it has the migration {migration}; use the version that made it, or another database"
    )]
    SchemaTooNew {
        /// The first migration that this program does not know.
        migration: String,
    },
    /// The schema was written by an earlier version of this program, and is only to be read.
    #[error(
        "the database is older than this program; `sistergraph load` and `sistergraph serve` bring it up to date"
    )]
    SchemaTooOld,
    /// The schema could not be brought up to date.
    #[error("cannot bring the schema of the database up to date")]
    Migration(#[source] DbErr),
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    /// Migrations and loads, and whatever reads beside them.
    Write,
    /// Answering requests: nothing can be changed, and a transaction that takes longer than this is
    /// ended by the database.
    Read(Duration),
}

/// Opens the database at `url`: `sqlite:PATH` (created if missing), `sqlite::memory:` or
/// `postgres://USER:PASSWORD@HOST:PORT/DATABASE`.
///
/// # Errors
/// When the URL is malformed, or the database cannot be reached or is locked.
pub async fn connect(url: &str) -> Result<DatabaseConnection, ConnectError> {
    open(url, Access::Write).await
}

/// Opens the database at `url`, which exists, for answering requests: nothing can be changed through
/// these connections, and what takes longer than `timeout` is ended in the database too. `None` for
/// `sqlite::memory:`, which no second connection can see.
///
/// # Errors
/// As [`connect`].
pub async fn connect_read_only(
    url: &str,
    timeout: Duration,
) -> Result<Option<DatabaseConnection>, ConnectError> {
    if is_in_memory(url) {
        return Ok(None);
    }
    open(url, Access::Read(timeout)).await.map(Some)
}

pub(super) fn is_in_memory(url: &str) -> bool {
    url.starts_with("sqlite:") && (url.contains(":memory:") || url.contains("mode=memory"))
}

async fn open(url: &str, access: Access) -> Result<DatabaseConnection, ConnectError> {
    let bad_url = |reason: String| ConnectError::BadUrl {
        url: redact_password(url),
        reason,
    };
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(POOL_SIZE)
        .acquire_timeout(WAIT_TIMEOUT)
        .connect_timeout(WAIT_TIMEOUT)
        .test_before_acquire(false)
        .sqlx_logging(false);
    if url.starts_with("sqlite:") {
        let parsed: SqliteConnectOptions = url
            .parse()
            .map_err(|error: SqlxError| bad_url(error_message(&error)))?;
        if !is_in_memory(url) && parsed.get_filename().as_os_str().is_empty() {
            return Err(bad_url("it names no file".to_owned()));
        }
        configure_sqlite(&mut options, url, access);
    } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        configure_postgres(&mut options, access);
    } else {
        return Err(bad_url("unknown kind of database".to_owned()));
    }
    Database::connect(options)
        .await
        .map_err(|error| match sqlx_error(&error) {
            Some(SqlxError::Configuration(reason)) => bad_url(reason.to_string()),
            // sea-orm checks the form of the URL first, and its message repeats the whole URL.
            None if matches!(error, DbErr::Conn(RuntimeErr::Internal(_))) => {
                bad_url("it cannot be parsed".to_owned())
            }
            _ if is_locked(&error) => ConnectError::Locked,
            Some(error) => ConnectError::Unreachable {
                url: redact_password(url),
                reason: error_message(error),
            },
            None => ConnectError::Unreachable {
                url: redact_password(url),
                reason: error.to_string(),
            },
        })
}

fn configure_sqlite(options: &mut ConnectOptions, url: &str, access: Access) {
    options.acquire_timeout(SQLITE_ACQUIRE_TIMEOUT);
    let in_memory = is_in_memory(url);
    if in_memory {
        // The data live and die with the connection, so there is one and it is kept.
        options
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None);
    }
    let may_write = !url.contains("mode=ro") && !url.contains("immutable");
    if let Access::Read(timeout) = access {
        options.map_sqlx_sqlite_pool_opts(move |pool| {
            pool.after_connect(move |connection, _| {
                Box::pin(deadline::enforce_timeout(connection, timeout))
            })
        });
    }
    options.map_sqlx_sqlite_opts(move |sqlite| {
        let sqlite = sqlite
            .foreign_keys(true)
            .busy_timeout(WAIT_TIMEOUT)
            // Rows that the database may be ahead of their reader. With the default of 50 the two
            // threads wake each other all the time.
            .row_buffer_size(2_000);
        match access {
            Access::Read(_) => sqlite
                .read_only(true)
                // Of each connection: what is asked for often stays within 16 MiB, also where there
                // is a hundred times as much.
                .pragma("cache_size", "-16384"),
            Access::Write if in_memory || !may_write => sqlite,
            Access::Write => sqlite
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                // With WAL, a crash of the machine can lose the last load but not damage the file.
                .synchronous(SqliteSynchronous::Normal)
                // 64 MiB at most. With the default of 2 MiB, a large load keeps writing out and
                // reading back the pages of its indexes.
                .pragma("cache_size", "-65536"),
        }
    });
}

fn configure_postgres(options: &mut ConnectOptions, access: Access) {
    if let Access::Read(timeout) = access {
        options.map_sqlx_postgres_opts(move |postgres| {
            postgres.options([
                ("default_transaction_read_only", "on".to_owned()),
                ("statement_timeout", timeout.as_millis().to_string()),
            ])
        });
    }
}

/// Opens the database at `url` where there is one with tables to read; creates and changes none.
///
/// # Errors
/// As [`connect`], and where the tables are not those of this program.
pub async fn connect_existing(url: &str) -> Result<Option<DatabaseConnection>, ConnectError> {
    if let Ok(options) = url.parse::<SqliteConnectOptions>()
        && url.starts_with("sqlite:")
        && !options.get_filename().as_os_str().is_empty()
        && !options.get_filename().exists()
    {
        return Ok(None);
    }
    let db = connect(url).await?;
    if applied_migrations(&db)
        .await
        .map_err(migration_error)?
        .is_empty()
    {
        return Ok(None);
    }
    if is_current(&db).await? {
        Ok(Some(db))
    } else {
        Err(ConnectError::SchemaTooOld)
    }
}

/// Runs the migrations that the database does not have yet, all or none.
///
/// # Errors
/// When the database is newer than the program (it is left untouched), is locked, or refuses a
/// migration.
pub async fn migrate(db: &DatabaseConnection) -> Result<(), ConnectError> {
    if is_current(db).await? {
        return Ok(());
    }
    // A second program may have started at the same time: whoever gets the lock looks again.
    let transaction = write::begin(db).await.map_err(migration_error)?;
    if !is_current(&transaction).await? {
        Migrator::up(&transaction, None)
            .await
            .map_err(migration_error)?;
    }
    transaction.commit().await.map_err(migration_error)
}

/// Whether the database has all migrations; refuses one that has others besides. Reads only.
async fn is_current<C: ConnectionTrait + TransactionTrait>(db: &C) -> Result<bool, ConnectError> {
    let known: HashSet<String> = Migrator::get_migration_files()
        .iter()
        .map(|migration| migration.name().to_owned())
        .collect();
    let applied = applied_migrations(db).await.map_err(migration_error)?;
    match applied.iter().find(|name| !known.contains(*name)) {
        Some(migration) => Err(ConnectError::SchemaTooNew {
            migration: migration.clone(),
        }),
        None => Ok(applied.len() == known.len()),
    }
}

/// The names of the migrations that the database has; none where it is empty.
async fn applied_migrations<C: ConnectionTrait>(db: &C) -> Result<Vec<String>, DbErr> {
    let exists = match db.get_database_backend() {
        DatabaseBackend::Postgres => {
            "select 1 from pg_tables where schemaname = current_schema() and tablename = 'seaql_migrations'"
        }
        _ => "select 1 from sqlite_master where type = 'table' and name = 'seaql_migrations'",
    };
    if db.query_one_raw(raw_statement(db, exists)).await?.is_none() {
        return Ok(Vec::new());
    }
    db.query_all_raw(raw_statement(
        db,
        "select version from seaql_migrations order by version",
    ))
    .await?
    .iter()
    .map(|row| row.try_get("", "version"))
    .collect()
}

fn raw_statement<C: ConnectionTrait>(db: &C, sql: &str) -> sea_orm::Statement {
    sea_orm::Statement::from_string(db.get_database_backend(), sql)
}

fn migration_error(error: DbErr) -> ConnectError {
    if is_locked(&error) {
        ConnectError::Locked
    } else {
        ConnectError::Migration(error)
    }
}

/// The message of the database or the operating system, on one line and without sqlx's preamble.
fn error_message(error: &SqlxError) -> String {
    let message = match error {
        SqlxError::Database(error) => error.message().to_owned(),
        SqlxError::Io(error) => error.to_string(),
        SqlxError::PoolTimedOut => format!("no answer within {} seconds", WAIT_TIMEOUT.as_secs()),
        SqlxError::Configuration(error) => error.to_string(),
        other => other.to_string(),
    };
    message.replace('\n', " ")
}

/// The URL with its password replaced by `***`, and without parameters, which may hold another.
fn redact_password(url: &str) -> String {
    let shown = url.split_once('?').map_or(url, |(shown, _)| shown);
    let Some((scheme, rest)) = shown.split_once("://") else {
        return shown.to_owned();
    };
    // A password may hold a raw slash or at sign: what precedes the last one is not shown.
    match rest.rsplit_once('@') {
        Some((login, host)) => match login.split_once(':') {
            Some((user, _)) => format!("{scheme}://{user}:***@{host}"),
            None => shown.to_owned(),
        },
        None => shown.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::redact_password;

    #[test]
    fn passwords_are_not_shown() {
        for (url, shown) in [
            ("postgres://me:secret@host/db", "postgres://me:***@host/db"),
            (
                "postgres://me:se@cr/et@host/db",
                "postgres://me:***@host/db",
            ),
            (
                "postgres://me@host/db?password=secret",
                "postgres://me@host/db",
            ),
            ("postgres://host:5432/db", "postgres://host:5432/db"),
            ("sqlite:sistergraph.db", "sqlite:sistergraph.db"),
        ] {
            assert_eq!(redact_password(url), shown);
        }
    }
}
