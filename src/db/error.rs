//! Failed reads, and what the databases' error codes mean.

use rusqlite::ErrorCode;
use sea_orm::{DbErr, RuntimeErr, SqlxError};

/// Why a read failed.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The database ended a statement that ran longer than its connection allows.
    #[error("a statement ran longer than its connection allows")]
    Timeout,
    /// The connections were closed because the server shuts down.
    #[error("the connections to the database are closed")]
    Closed,
    /// SeaORM or its driver failed.
    #[error("the database failed")]
    SeaOrm(#[source] DbErr),
    /// Reading an SQLite file directly failed.
    #[error("the SQLite file could not be read")]
    Rusqlite(#[source] rusqlite::Error),
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

impl From<rusqlite::Error> for DatabaseError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) => Self::Timeout,
            _ => Self::Rusqlite(error),
        }
    }
}

/// Whether an operation failed because another process holds the database's lock.
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

/// Whether the database ended a statement because it ran too long.
fn is_timeout(error: &DbErr) -> bool {
    const SQLITE_INTERRUPT: &str = "9";
    const POSTGRES_QUERY_CANCELED: &str = "57014";
    let Some(SqlxError::Database(error)) = sqlx_error(error) else {
        return false;
    };
    error.code().is_some_and(|code| {
        code == POSTGRES_QUERY_CANCELED
            || (code == SQLITE_INTERRUPT
                && error
                    .try_downcast_ref::<sea_orm::SqlxSqliteError>()
                    .is_some())
    })
}

/// The driver's error inside SeaORM's, if there is one.
pub(super) fn sqlx_error(error: &DbErr) -> Option<&SqlxError> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}
