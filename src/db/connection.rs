//! Opening a database and migrating its schema.

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

/// The time limit for getting a connection to SQLite. It is longer than [`WAIT_TIMEOUT`], because
/// otherwise a locked file would be reported as a database that does not answer.
const SQLITE_ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// The reason why a database cannot be used. Messages are one line, without the password of the URL.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL is malformed, or names neither SQLite nor PostgreSQL.
    #[error(
        "invalid database URL \"{url}\": {reason}; use sqlite:PATH or postgres://USER@HOST/DATABASE"
    )]
    BadUrl {
        /// The URL without its password.
        url: String,
        /// What is wrong with the URL.
        reason: String,
    },
    /// The file or the server does not exist, does not answer, or denies access.
    #[error("cannot open the database {url}: {reason}")]
    Unreachable {
        /// The URL without its password.
        url: String,
        /// The message of the database or the operating system.
        reason: String,
    },
    /// Another process has locked the database.
    #[error("the database is locked by another process; wait for it to finish, or stop it")]
    Locked,
    /// The schema was written by a later version of this program.
    #[error(
        "the database is newer than this program: it has the migration {migration}; use a newer version of the program, or another database"
    )]
    SchemaTooNew {
        /// The first migration that this program does not have.
        migration: String,
    },
    /// The schema was written by an earlier version of this program, and this command does not
    /// migrate it.
    #[error(
        "the database is older than this program; run `sistergraph load` or `sistergraph serve` to update it"
    )]
    SchemaTooOld,
    /// A migration failed.
    #[error("cannot migrate the database to the current schema")]
    Migration(#[source] DbErr),
}

/// The access that a connection has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    /// Reading and writing, for migrations and loads.
    Write,
    /// Reading, for requests. The database ends what takes longer than this: a transaction on SQLite,
    /// a statement on PostgreSQL.
    Read(Duration),
}

/// Opens the database at `url`: `sqlite:PATH` (created if missing), `sqlite::memory:` or
/// `postgres://USER:PASSWORD@HOST:PORT/DATABASE`.
///
/// # Errors
/// If the URL is malformed, or the database cannot be reached or is locked.
pub async fn connect(url: &str) -> Result<DatabaseConnection, ConnectError> {
    open(url, Access::Write).await
}

/// Opens an existing database for reading. The database itself rejects writes and ends work that
/// takes longer than `timeout`: a transaction on SQLite, a statement on PostgreSQL.
///
/// Returns `None` for `sqlite::memory:`, which a second connection cannot see.
///
/// # Errors
/// See [`connect`].
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
            return Err(bad_url("the file name is missing".to_owned()));
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
            // SeaORM parses the URL first, and its message would repeat the whole URL.
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
        // The data exists only as long as the connection, so there is one that never closes.
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
            // How many rows the driver's thread may read ahead. With the default of 50, the two
            // threads wake each other all the time.
            .row_buffer_size(2_000);
        match access {
            Access::Read(_) => sqlite
                .read_only(true)
                // 16 MiB per connection hold what is read often, even with 100 times as much data.
                .pragma("cache_size", "-16384"),
            Access::Write if in_memory || !may_write => sqlite,
            Access::Write => sqlite
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                // With WAL, a crash of the machine can lose the last load but not damage the file.
                .synchronous(SqliteSynchronous::Normal)
                // 64 MiB at most. With the default of 2 MiB, a large load keeps writing index pages
                // to the file and reading them back.
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

/// Opens an existing database without creating or migrating one. Returns `None` if there is no
/// database at `url`, or it is empty.
///
/// # Errors
/// See [`connect`]. Also if the schema is older or newer than this program.
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

/// Runs the migrations that the database does not have yet, in one transaction.
///
/// # Errors
/// If the database is newer than the program or locked, or a migration fails. The database is then
/// left unchanged.
pub async fn migrate(db: &DatabaseConnection) -> Result<(), ConnectError> {
    if is_current(db).await? {
        return Ok(());
    }
    // Another process may have migrated the database while this one waited for the lock.
    let transaction = write::begin(db).await.map_err(migration_error)?;
    if !is_current(&transaction).await? {
        Migrator::up(&transaction, None)
            .await
            .map_err(migration_error)?;
    }
    transaction.commit().await.map_err(migration_error)
}

/// Returns whether the database has all migrations. Fails if it has others too.
async fn is_current<C: ConnectionTrait + TransactionTrait>(db: &C) -> Result<bool, ConnectError> {
    let migrations: HashSet<String> = Migrator::get_migration_files()
        .iter()
        .map(|migration| migration.name().to_owned())
        .collect();
    let applied = applied_migrations(db).await.map_err(migration_error)?;
    match applied.iter().find(|name| !migrations.contains(*name)) {
        Some(migration) => Err(ConnectError::SchemaTooNew {
            migration: migration.clone(),
        }),
        None => Ok(applied.len() == migrations.len()),
    }
}

/// Returns the names of the migrations that the database has; none if it is empty.
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

/// Returns the message of the database or the operating system, on one line and without sqlx's prefix.
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

/// Replaces the password of a URL with `***`, and removes the parameters, which may contain another.
fn redact_password(url: &str) -> String {
    let redacted = url.split_once('?').map_or(url, |(redacted, _)| redacted);
    let Some((scheme, rest)) = redacted.split_once("://") else {
        return redacted.to_owned();
    };
    // A password may contain slashes and at signs, so it ends at the last at sign.
    match rest.rsplit_once('@') {
        Some((login, host)) => match login.split_once(':') {
            Some((user, _)) => format!("{scheme}://{user}:***@{host}"),
            None => redacted.to_owned(),
        },
        None => redacted.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::redact_password;

    #[test]
    fn passwords_are_not_shown() {
        for (url, redacted) in [
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
            assert_eq!(redact_password(url), redacted);
        }
    }
}
