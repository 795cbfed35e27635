//! Errors of database reads, and the meaning of the databases' error codes.

use std::sync::Arc;

use rusqlite::ErrorCode;
use sea_orm::{DbErr, RuntimeErr, SqlxError};

/// The reason why reading from the database failed.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The database ended a statement that ran longer than its connection allows.
    #[error("a statement ran longer than its connection allows")]
    Timeout,
    /// The database cannot be reached, or ended the transaction for reasons of its own. The same read may succeed on a new
    /// connection.
    #[error("the database is not available")]
    Unavailable(#[source] SqlxError),
    /// The connections were closed because the server shuts down.
    #[error("the connections to the database are closed")]
    Closed,
    /// SeaORM or its driver returned an error.
    #[error("a database operation failed")]
    SeaOrm(#[source] DbErr),
    /// Reading a SQLite file directly failed.
    #[error("cannot read the SQLite file")]
    Rusqlite(#[source] rusqlite::Error),
}

impl DatabaseError {
    /// Returns whether the same read may succeed on a new connection.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// Returns whether a replica canceled the read to apply a change. The server is available.
    pub fn is_recovery_conflict(&self) -> bool {
        let Self::Unavailable(SqlxError::Database(error)) = self else {
            return false;
        };
        error.code().as_deref().is_some_and(is_conflict_code)
    }
}

impl From<DbErr> for DatabaseError {
    fn from(error: DbErr) -> Self {
        if is_timeout(&error) {
            Self::Timeout
        } else {
            Self::SeaOrm(error)
        }
    }
}

impl From<SqlxError> for DatabaseError {
    fn from(error: SqlxError) -> Self {
        if is_outage(&error) {
            Self::Unavailable(error)
        } else {
            DbErr::Query(RuntimeErr::SqlxError(Arc::new(error))).into()
        }
    }
}

impl From<rusqlite::Error> for DatabaseError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) => Self::Timeout,
            _ => Self::Rusqlite(error),
        }
    }
}

/// Returns whether an operation failed because another process has locked the database.
pub fn is_locked(error: &DbErr) -> bool {
    const SQLITE_BUSY: i32 = 5;
    const SQLITE_LOCKED: i32 = 6;
    const POSTGRES_LOCK_NOT_AVAILABLE: &str = "55P03";
    let Some(SqlxError::Database(error)) = sqlx_error(error) else {
        return false;
    };
    error.code().is_some_and(|code| {
        code == POSTGRES_LOCK_NOT_AVAILABLE
            // The low byte of an extended SQLite result code is the primary code.
            || error
                .try_downcast_ref::<sea_orm::SqlxSqliteError>()
                .and(code.parse::<i32>().ok())
                .is_some_and(|code| matches!(code & 0xff, SQLITE_BUSY | SQLITE_LOCKED))
    })
}

/// Returns whether a read failed because another process has locked the SQLite file.
pub(super) fn is_busy(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(
        code,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

/// Returns whether PostgreSQL rejected a write because it is a replica.
pub fn is_read_only(error: &DbErr) -> bool {
    has_postgres_code(error, "25006")
}

/// Returns whether PostgreSQL does not have a table.
pub(super) fn is_undefined_table(error: &DbErr) -> bool {
    has_postgres_code(error, "42P01")
}

fn has_postgres_code(error: &DbErr, code: &str) -> bool {
    let Some(SqlxError::Database(error)) = sqlx_error(error) else {
        return false;
    };
    error.code().as_deref() == Some(code)
}

/// Returns whether an error is about the server or the way to it, not about the statement.
fn is_outage(error: &SqlxError) -> bool {
    let SqlxError::Database(error) = error else {
        return matches!(
            error,
            SqlxError::Io(_) | SqlxError::Tls(_) | SqlxError::Protocol(_)
        );
    };
    let code = error.code().unwrap_or_default();
    // https://www.postgresql.org/docs/current/errcodes-appendix.html
    code.starts_with("08")
        || matches!(
            &*code,
            // Too many connections; shut down by an administrator, after a crash, while starting, or when idle.
            "53300" | "57P01" | "57P02" | "57P03" | "57P05"
        )
        || is_conflict_code(&code)
}

/// Returns whether a replica canceled a statement because of a conflict with recovery.
fn is_conflict_code(code: &str) -> bool {
    matches!(code, "40001" | "40P01")
}

/// Returns whether PostgreSQL ended a statement because it ran too long.
fn is_timeout(error: &DbErr) -> bool {
    has_postgres_code(error, "57014")
}

/// Returns the error of the driver that a SeaORM error contains, if any.
pub(super) fn sqlx_error(error: &DbErr) -> Option<&SqlxError> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}
