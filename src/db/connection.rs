//! Opening a database.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use rustix::fs::{Access as FileAccess, access};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DbErr, SqlxError,
    sqlx::{
        Connection, PgConnection, Row, raw_sql,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
    },
};

use super::{
    error::{DatabaseError, is_busy, is_locked, sqlx_error},
    hosts::{HostsError, PostgresHosts},
    migration::{applied_migrations, is_readable, migration_error, missing_migrations},
    pool::{POOL_SIZE, WAIT_TIMEOUT},
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
    /// The schema was written by a later version of this program, but this one can read it.
    #[error(
        "the database is newer than this program, which can only read it: it has the migration {migration}; migrate and load it with the newer version"
    )]
    SchemaNewer {
        /// The first migration that this program does not have.
        migration: String,
    },
    /// The schema was written by a later version of this program, and this one cannot read it.
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
    /// The database does not accept writes.
    #[error(
        "the database is read-only, as replicas are; migrate and load it at the primary server"
    )]
    ReadOnly,
    /// The role may not write to the database.
    #[error(
        "the role \"{role}\" may not write to the database; migrate and load it with the role that owns it"
    )]
    ReadOnlyRole {
        /// The name of the role.
        role: String,
    },
    /// The data was loaded at the primary, but is not in the replica that is read.
    #[error("the replica does not have the loaded data yet")]
    ReplicaBehind,
    /// A migration failed.
    #[error("cannot migrate the database to the current schema")]
    Migration(#[source] DbErr),
}

impl ConnectError {
    /// Returns whether a later attempt may succeed, because the database may start, be loaded, or become the primary.
    pub fn is_temporary(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::Locked
                | Self::ReadOnly
                | Self::ReadOnlyRole { .. }
                | Self::ReplicaBehind
        )
    }

    /// Returns why a server has to wait for its database, without the URL.
    pub fn waiting_reason(&self) -> String {
        match self {
            Self::Unreachable { reason, .. } => format!("waiting for the database: {reason}"),
            Self::ReadOnly => {
                "this is a replica without data, or with that of an older version; load at the primary".to_owned()
            }
            error => format!("waiting for the database: {error}"),
        }
    }
}

/// Opens the database at `url` for writing: `sqlite:PATH` (created if missing), `sqlite::memory:` or
/// `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. Of several hosts, it chooses the one that can be written.
///
/// # Errors
/// If the URL is malformed, or the database cannot be reached, is locked, or cannot be written.
pub async fn connect(url: &str) -> Result<DatabaseConnection, ConnectError> {
    match is_postgres(url) {
        true => connect_to_postgres(url, parse_hosts(url)?.for_writing(), true).await,
        false => connect_to_sqlite(url).await,
    }
}

async fn connect_to_postgres(
    url: &str,
    hosts: PostgresHosts,
    is_for_writing: bool,
) -> Result<DatabaseConnection, ConnectError> {
    // The pool would try again for five seconds, and then not say why it failed.
    let (postgres, mut connection, _) = match hosts.connect(WAIT_TIMEOUT).await {
        Ok(connected) => connected,
        Err(HostsError::NoneUsable { is_role: true, .. }) if is_for_writing => {
            return Err(ConnectError::ReadOnly);
        }
        Err(error) => return Err(read_error(url, &error.into())),
    };
    let denied_role = match is_for_writing {
        true => denied_role(&mut connection).await,
        false => Ok(None),
    };
    let denied_role = denied_role.map_err(|error| read_error(url, &error.into()))?;
    // It only says goodbye; the server also notices without it.
    _ = connection.close().await;
    if let Some(role) = denied_role {
        return Err(ConnectError::ReadOnlyRole { role });
    }
    // The URL may name several hosts, and SeaORM cannot parse it then.
    let mut options = connect_options("postgres://localhost");
    options.map_sqlx_postgres_opts(move |_| postgres.clone());
    open_pool(url, options).await
}

/// Returns the name of the role if it may not write to the database: not to its tables, or not create them.
async fn denied_role(connection: &mut PgConnection) -> Result<Option<String>, SqlxError> {
    let sql = "select current_user::text where not coalesce(case when to_regclass('dataset') is null \
               then has_schema_privilege(current_schema(), 'create') \
               else has_table_privilege(to_regclass('dataset'), 'insert') end, false)";
    let row = raw_sql(sql).fetch_optional(connection).await?;
    row.map(|row| row.try_get(0)).transpose()
}

async fn connect_to_sqlite(url: &str) -> Result<DatabaseConnection, ConnectError> {
    if !url.starts_with("sqlite:") {
        return Err(ConnectError::BadUrl {
            url: redact_password(url),
            reason: "unknown kind of database".to_owned(),
        });
    }
    parse_sqlite_url(url)?;
    let mut options = connect_options(url);
    configure_sqlite(&mut options, url);
    open_pool(url, options).await
}

fn connect_options(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(POOL_SIZE)
        .acquire_timeout(WAIT_TIMEOUT)
        .connect_timeout(WAIT_TIMEOUT)
        .test_before_acquire(false)
        .sqlx_logging(false);
    options
}

async fn open_pool(url: &str, options: ConnectOptions) -> Result<DatabaseConnection, ConnectError> {
    Database::connect(options)
        .await
        .map_err(|error| match sqlx_error(&error) {
            _ if is_locked(&error) => ConnectError::Locked,
            Some(error) => ConnectError::Unreachable {
                url: redact_password(url),
                reason: match missing_file_reason(url) {
                    Some(reason) => reason,
                    None => error_message(error),
                },
            },
            None => ConnectError::Unreachable {
                url: redact_password(url),
                reason: error.to_string(),
            },
        })
}

/// Opens a database like [`connect`], but for reading if it is a SQLite file that the system does not allow to write. Of
/// several hosts of PostgreSQL, it chooses the one that the URL requires. Returns the URL for further connections too.
///
/// # Errors
/// See [`connect`].
pub async fn connect_or_read(url: &str) -> Result<(DatabaseConnection, String), ConnectError> {
    if is_postgres(url) {
        let database = connect_to_postgres(url, parse_hosts(url)?, false).await?;
        return Ok((database, url.to_owned()));
    }
    let Some((path, obstacle)) = write_obstacle(url).filter(|(path, _)| path.exists()) else {
        return Ok((connect(url).await?, url.to_owned()));
    };
    // With the files of a running writer, SQLite can read consistently. Without them, it must not try to create them.
    let wal = fs::metadata(format!("{}-wal", path.display()));
    let parameter = match wal {
        Ok(wal) if wal.len() > 0 => "mode=ro",
        _ => "immutable=1",
    };
    let separator = if url.contains('?') { '&' } else { '?' };
    let url = format!("{url}{separator}{parameter}");
    let database = connect(&url).await?;
    tracing::info!(reason = %obstacle, "the database cannot be written; it is used as it is");
    Ok((database, url))
}

/// Returns the path of a SQLite file and its folder; `None` for other databases.
fn sqlite_path(url: &str) -> Option<(PathBuf, PathBuf)> {
    if !url.starts_with("sqlite:") || is_in_memory(url) {
        return None;
    }
    let path = parse_sqlite_url(url).ok()?.get_filename().to_path_buf();
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
        .to_path_buf();
    Some((path, folder))
}

/// Returns the path of a SQLite file, and why it, or its folder, cannot be written; `None` if it can.
fn write_obstacle(url: &str) -> Option<(PathBuf, io::Error)> {
    let (path, folder) = sqlite_path(url)?;
    // SQLite creates the -wal and -shm files next to the database.
    let error = [&folder, &path]
        .into_iter()
        .filter(|place| place.exists())
        .find_map(|place| access(place, FileAccess::WRITE_OK).err())?;
    Some((path, error.into()))
}

/// Returns why SQLite cannot open or create the file; its own message is always the same.
fn missing_file_reason(url: &str) -> Option<String> {
    let (path, folder) = sqlite_path(url)?;
    if path.is_dir() {
        return Some("it is a folder; add the name of a file".to_owned());
    }
    if !folder.is_dir() {
        return Some(format!("the folder {} does not exist", folder.display()));
    }
    let (_, obstacle) = write_obstacle(url)?;
    Some(obstacle.to_string())
}

/// Returns whether a URL is that of PostgreSQL.
pub(super) fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

/// Parses the URL of PostgreSQL.
///
/// # Errors
/// If the URL is malformed, or has a parameter that is not known.
pub(super) fn parse_hosts(url: &str) -> Result<PostgresHosts, ConnectError> {
    PostgresHosts::parse(url).map_err(|reason| ConnectError::BadUrl {
        url: redact_password(url),
        reason,
    })
}

/// Returns the error of the first read.
pub(super) fn read_error(url: &str, error: &DatabaseError) -> ConnectError {
    let reason = match error {
        DatabaseError::Rusqlite(error) if is_busy(error) => return ConnectError::Locked,
        DatabaseError::Rusqlite(error) => error.to_string(),
        DatabaseError::Unavailable(error) => error_message(error),
        DatabaseError::SeaOrm(error) => {
            sqlx_error(error).map_or_else(|| error.to_string(), error_message)
        }
        error => error.to_string(),
    };
    ConnectError::Unreachable {
        url: redact_password(url),
        reason,
    }
}

/// Returns whether the database is `sqlite::memory:`, which only one connection can see.
pub fn is_in_memory(url: &str) -> bool {
    url.starts_with("sqlite:") && (url.contains(":memory:") || url.contains("mode=memory"))
}

/// Converts the URL of a SQLite file to SQLite's own form, `file:PATH?PARAMETERS`, for reading.
///
/// # Errors
/// If the URL is malformed.
pub(super) fn sqlite_uri(url: &str) -> Result<String, ConnectError> {
    /// The characters that have a meaning in SQLite's URIs.
    const ESCAPED: &AsciiSet = &CONTROLS.add(b'%').add(b'?').add(b'#');
    let options = parse_sqlite_url(url)?;
    let path = options.get_filename().to_string_lossy().into_owned();
    let path = utf8_percent_encode(&path, ESCAPED);
    let parameters = url.split_once('?').map_or("", |(_, parameters)| parameters);
    // Readers open every file read-only, and SQLite rejects a URI that requests more.
    let parameters = parameters.split('&').filter(|p| !p.starts_with("mode="));
    let parameters: Vec<&str> = parameters.collect();
    Ok(format!("file:{path}?{}", parameters.join("&")))
}

fn parse_sqlite_url(url: &str) -> Result<SqliteConnectOptions, ConnectError> {
    let bad_url = |reason| ConnectError::BadUrl {
        url: redact_password(url),
        reason,
    };
    let options: SqliteConnectOptions = url
        .parse()
        .map_err(|error: SqlxError| bad_url(error_message(&error)))?;
    if !is_in_memory(url) && options.get_filename().as_os_str().is_empty() {
        return Err(bad_url("the file name is missing".to_owned()));
    }
    Ok(options)
}

fn configure_sqlite(options: &mut ConnectOptions, url: &str) {
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
    options.map_sqlx_sqlite_opts(move |sqlite| {
        let sqlite = sqlite
            .foreign_keys(true)
            .busy_timeout(WAIT_TIMEOUT)
            // How many rows the driver's thread may read ahead. With the default of 50, the two
            // threads wake each other all the time.
            .row_buffer_size(2_000);
        if in_memory || !may_write {
            return sqlite;
        }
        sqlite
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // With WAL, a crash of the machine can lose the last load but not damage the file.
            .synchronous(SqliteSynchronous::Normal)
            // 64 MiB at most. With the default of 2 MiB, a large load keeps writing index pages
            // to the file and reading them back.
            .pragma("cache_size", "-65536")
    });
}

/// Opens an existing database without creating or migrating one. Returns `None` if there is no
/// database at `url`, or it is empty.
///
/// # Errors
/// See [`connect`]. Also if this program cannot read the schema.
pub async fn connect_existing(url: &str) -> Result<Option<DatabaseConnection>, ConnectError> {
    if is_missing_file(url) {
        return Ok(None);
    }
    let (db, _) = connect_or_read(url).await?;
    let applied = applied_migrations(&db).await.map_err(migration_error)?;
    if applied.names.is_empty() {
        return Ok(None);
    }
    match is_readable(&applied)? {
        true => Ok(Some(db)),
        false => Err(ConnectError::SchemaTooOld),
    }
}

/// Opens an existing database for writing, without creating or migrating one. Returns `None` if there is no database at
/// `url`, or it has to be migrated.
///
/// # Errors
/// See [`connect`]. Also if the database is newer than this program.
pub async fn connect_migrated(url: &str) -> Result<Option<DatabaseConnection>, ConnectError> {
    if is_missing_file(url) {
        return Ok(None);
    }
    let db = connect(url).await?;
    let is_migrated = missing_migrations(&db).await?.is_empty();
    Ok(is_migrated.then_some(db))
}

/// Returns whether the URL names a SQLite file that does not exist.
fn is_missing_file(url: &str) -> bool {
    sqlite_path(url).is_some_and(|(path, _)| !path.exists())
}

/// Returns the message of the database or the operating system, on one line and without sqlx's prefix.
pub(super) fn error_message(error: &SqlxError) -> String {
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
    let redacted = match url.split_once('?') {
        // Unless the question mark is in the password.
        Some((redacted, parameters)) if redacted.contains('@') || !parameters.contains('@') => {
            redacted
        }
        _ => url,
    };
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
            ("postgres://me:se?cret@host/db", "postgres://me:***@host/db"),
            (
                "postgres://me:secret@a:1,b/db",
                "postgres://me:***@a:1,b/db",
            ),
            ("postgres://host:5432/db", "postgres://host:5432/db"),
            ("sqlite:sistergraph.db", "sqlite:sistergraph.db"),
        ] {
            assert_eq!(redact_password(url), redacted);
        }
    }
}
