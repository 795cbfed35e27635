//! Migrating the schema of a database, and whether this program can read one that others have migrated.

use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseConnection, DbErr, TransactionTrait};

use super::{
    connection::ConnectError,
    error::{is_locked, is_read_only},
    write,
};

/// Runs the migrations that the database does not have yet, in one transaction. Returns their names.
///
/// # Errors
/// If the database is newer than the program or locked, or a migration fails. The database is then
/// left unchanged.
pub async fn migrate(db: &DatabaseConnection) -> Result<Vec<String>, ConnectError> {
    if missing_migrations(db).await?.is_empty() {
        return Ok(Vec::new());
    }
    // Another process may have migrated the database while this one waited for the lock.
    let transaction = write::begin(db).await.map_err(migration_error)?;
    let missing = missing_migrations(&transaction).await?;
    if !missing.is_empty() {
        Migrator::up(&transaction, None)
            .await
            .map_err(migration_error)?;
    }
    transaction.commit().await.map_err(migration_error)?;
    Ok(missing)
}

/// Returns the migrations that the database does not have. Fails if it has others that this program does not have.
pub(super) async fn missing_migrations<C: ConnectionTrait + TransactionTrait>(
    db: &C,
) -> Result<Vec<String>, ConnectError> {
    let applied = applied_migrations(db).await.map_err(migration_error)?;
    not_applied(&applied)
}

/// The migrations that a database has.
#[derive(Debug, Default)]
pub(super) struct AppliedMigrations {
    /// Their names; none if the database is empty.
    pub(super) names: Vec<String>,
    /// The migration that a program must have to read the database. `None` before the first migration that says so.
    pub(super) required: Option<String>,
}

/// Returns the migrations of this program that the database does not have.
///
/// # Errors
/// If the database has one that this program does not have.
fn not_applied(applied: &AppliedMigrations) -> Result<Vec<String>, ConnectError> {
    let migrations = Migrator::migrations();
    let (known, missing): (Vec<_>, Vec<_>) = migrations
        .iter()
        .map(|migration| migration.name().to_owned())
        .partition(|name| applied.names.contains(name));
    let unknown = applied.names.iter().find(|name| !known.contains(*name));
    let Some(migration) = unknown.cloned() else {
        return Ok(missing);
    };
    let has_required = applied
        .required
        .as_ref()
        .is_some_and(|name| known.contains(name));
    match has_required && missing.is_empty() {
        true => Err(ConnectError::SchemaNewer { migration }),
        false => Err(ConnectError::SchemaTooNew { migration }),
    }
}

/// Returns whether this program can read a database with these migrations. If not, migrations are missing.
///
/// # Errors
/// If the database is too new.
pub(super) fn is_readable(applied: &AppliedMigrations) -> Result<bool, ConnectError> {
    match not_applied(applied) {
        Err(newer @ ConnectError::SchemaNewer { .. }) => {
            tracing::info!("{newer}");
            Ok(true)
        }
        missing => Ok(missing?.is_empty()),
    }
}

pub(super) async fn applied_migrations<C: ConnectionTrait>(
    db: &C,
) -> Result<AppliedMigrations, DbErr> {
    let texts = async |sql: &str| {
        let statement = sea_orm::Statement::from_string(db.get_database_backend(), sql);
        let rows = db.query_all_raw(statement).await?;
        let texts = rows.iter().map(|row| row.try_get_by_index(0));
        texts.collect::<Result<Vec<String>, DbErr>>()
    };
    let tables = texts(match db.get_database_backend() {
        DatabaseBackend::Postgres => {
            "select tablename from pg_tables where schemaname = current_schema()"
        }
        _ => "select name from sqlite_master where type = 'table'",
    });
    let tables = tables.await?;
    let texts_of = async |table: &str, column: &str| match tables.iter().any(|name| name == table) {
        true => texts(&format!("select {column} from {table} order by {column}")).await,
        false => Ok(Vec::new()),
    };
    let required = texts_of("schema_compatibility", "required_migration").await?;
    Ok(AppliedMigrations {
        names: texts_of("seaql_migrations", "version").await?,
        required: required.into_iter().next(),
    })
}

pub(super) fn migration_error(error: DbErr) -> ConnectError {
    if is_locked(&error) {
        ConnectError::Locked
    } else if is_read_only(&error) {
        ConnectError::ReadOnly
    } else {
        ConnectError::Migration(error)
    }
}
