//! Replacing the stored dataset with a valid new one.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, DatabaseConnection, DbErr, EntityTrait, IntoActiveModel};

use super::{
    files::{Files, RespondentFiles},
    history,
    input_hash::input_hash,
    search_index,
    summary::LoadSummary,
    tables::Tables,
};
use crate::{
    db::{
        difference::{TableChanges, TableDifference, are_empty, cells},
        is_locked, is_read_only,
        write::{LoadTransaction, vacuum},
    },
    entity::{self, dataset, loaded_input, with_loaded_tables, with_tables},
};

/// The reason why a load failed. The database is unchanged.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Another process is writing to the database.
    #[error("the database is locked by another process; load again when it has finished")]
    Locked,
    /// The database does not accept writes.
    #[error("the database is read-only, as replicas are; load the data at the primary server")]
    ReadOnly,
    /// The stored dataset could not be read.
    #[error("cannot read the database")]
    Unreadable(#[source] DbErr),
    /// A statement failed.
    #[error("the database rejected the load and is unchanged")]
    Database(#[source] DbErr),
}

impl From<DbErr> for LoadError {
    fn from(error: DbErr) -> Self {
        if is_locked(&error) {
            Self::Locked
        } else if is_read_only(&error) {
            Self::ReadOnly
        } else {
            Self::Database(error)
        }
    }
}

/// Receives the progress of a load.
pub trait Progress: Sync {
    /// Called once, when the load has locked the database and has `n` rows to send to it.
    fn begin(&self, n: usize);
    /// Called after `n` more rows were sent.
    fn advance(&self, n: usize);
}

/// Ignores the progress.
impl Progress for () {
    fn begin(&self, _n: usize) {}
    fn advance(&self, _n: usize) {}
}

/// The dataset that the database holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDataset {
    /// The SHA-256 hash of its content, in hexadecimal.
    pub revision: String,
    /// When a load last changed the data.
    pub loaded_at: DateTime<Utc>,
}

/// Returns the stored dataset; `None` if nothing was ever loaded.
///
/// # Errors
/// [`LoadError::Unreadable`] if the query fails.
pub async fn stored_dataset(db: &DatabaseConnection) -> Result<Option<StoredDataset>, LoadError> {
    let stored = dataset::Entity::find().one(db).await;
    let stored = stored.map_err(LoadError::Unreadable)?;
    Ok(stored.map(|dataset| StoredDataset {
        revision: dataset.revision,
        loaded_at: dataset.loaded_at,
    }))
}

/// How a load is recorded in the history.
#[derive(Clone, Debug)]
pub struct LoadOptions {
    /// What the operator calls the load.
    pub label: Option<String>,
    /// How many revisions the history keeps, including the new one; at least 1.
    pub keep_revisions: u32,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            label: None,
            keep_revisions: history::DEFAULT_KEEP_REVISIONS,
        }
    }
}

/// Returns the summary of a load without changes if these bytes are already loaded, by a program that was built from the
/// same source code; otherwise `None`. The notices of that load are logged again. Changes of the stored rows by other
/// programs are not noticed.
///
/// # Errors
/// [`LoadError::Unreadable`] if the query fails.
pub async fn find_loaded(
    db: &DatabaseConnection,
    files: &Files,
    respondents: Option<&RespondentFiles>,
) -> Result<Option<LoadSummary>, LoadError> {
    let input = loaded_input::Entity::find().one(db).await;
    let input = input.map_err(LoadError::Unreadable)?;
    let Some(input) = input.filter(|input| input.hash == input_hash(files, respondents)) else {
        return Ok(None);
    };
    for notice in input.notices.lines() {
        tracing::warn!("{notice}");
    }
    let dataset = stored_dataset(db).await?;
    Ok(dataset.map(|dataset| LoadSummary {
        revision: dataset.revision,
        has_changes: false,
        tables: Vec::new(),
    }))
}

macro_rules! names {
    ($($table:ident)+) => { [$( stringify!($table) ),+] };
}

/// The names of the tables that a load writes.
const LOADED_TABLES: [&str; with_loaded_tables!(names).len()] = with_loaded_tables!(names);

/// Updates the statistics of PostgreSQL after a load, if it changed anything.
pub async fn update_statistics(db: &DatabaseConnection, summary: &LoadSummary) {
    if summary.has_changes {
        let mut tables = LOADED_TABLES.to_vec();
        tables.extend(["search_posting", "search_word", "row_change", "data_file"]);
        vacuum(db, &tables).await;
    }
}

/// Calls [`load_with_options`] with the default options.
///
/// # Errors
/// Those of [`load_with_options`].
pub async fn load(
    db: &DatabaseConnection,
    tables: &Tables,
    progress: &dyn Progress,
) -> Result<LoadSummary, LoadError> {
    load_with_options(db, tables, &LoadOptions::default(), progress).await
}

/// Replaces the contents of the database with `tables`, in one transaction: other connections see
/// the old data until it commits, and the old data stays if it fails. Only rows that differ are
/// written. Other data than before is recorded in the history. The notices of `tables` are logged.
///
/// # Errors
/// [`LoadError::Locked`] if another process has locked the database, [`LoadError::ReadOnly`] if it is a replica,
/// [`LoadError::Database`] if a statement fails.
pub async fn load_with_options(
    db: &DatabaseConnection,
    tables: &Tables,
    options: &LoadOptions,
    progress: &dyn Progress,
) -> Result<LoadSummary, LoadError> {
    for notice in &tables.notices {
        tracing::warn!("{notice}");
    }
    let transaction = LoadTransaction::begin(db).await?;
    let summary = replace(&transaction, tables, options, progress).await?;
    transaction.commit().await?;
    Ok(summary)
}

/// Compares all tables with the database and writes the differences. A table is written after the
/// tables that it refers to; rows are removed in the opposite order.
async fn replace(
    transaction: &LoadTransaction,
    tables: &Tables,
    options: &LoadOptions,
    progress: &dyn Progress,
) -> Result<LoadSummary, DbErr> {
    progress.begin(tables.row_count);
    let changes = write_tables(transaction, tables, &|n| progress.advance(n)).await?;
    let search_index_changed = search_index::replace(transaction, tables).await?;
    let stored = dataset::Entity::find().one(transaction).await?;
    let new = dataset::Model {
        id: 1,
        revision: tables.revision.clone(),
        match_revision: tables.match_revision.clone(),
        loaded_at: Utc::now(),
    };
    let has_changes = stored.as_ref().is_none_or(|stored| {
        stored.revision != new.revision || stored.match_revision != new.match_revision
    }) || search_index_changed
        || changes.iter().any(|table| !table.is_empty());
    let stored_revision = stored.as_ref().map(|stored| stored.revision.as_str());
    history::record(transaction, tables, stored_revision, new.loaded_at, options).await?;
    if has_changes {
        replace_row::<dataset::Entity>(transaction, new).await?;
    }
    let input = loaded_input::Model {
        id: 1,
        hash: tables.sheets.input_hash.clone(),
        notices: tables
            .notices
            .iter()
            .map(|notice| format!("{notice}\n"))
            .collect(),
    };
    replace_row::<loaded_input::Entity>(transaction, input).await?;
    // The files have been checked, so a problem is that they could not be read again.
    let problems = tables.sheets.finish();
    problems.map_err(|problems| DbErr::Custom(problems.to_string()))?;
    Ok(LoadSummary {
        revision: tables.revision.clone(),
        has_changes,
        tables: changes,
    })
}

/// Replaces the row of a table that has at most one.
async fn replace_row<E>(transaction: &LoadTransaction, row: E::Model) -> Result<(), DbErr>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    E::delete_many().exec(transaction).await?;
    E::insert(row.into_active_model().reset_all())
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

async fn write_tables(
    transaction: &LoadTransaction,
    tables: &Tables,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Vec<TableChanges>, DbErr> {
    macro_rules! insert_all {
        ($($table:ident)+) => { [$({
            let mut table = TableDifference::of::<entity::$table::Entity>();
            let rows = cells::<entity::$table::Entity>(tables.$table());
            table.insert(transaction, rows, progress).await?;
            table.changes
        }),+] };
    }
    macro_rules! find_differences {
        ($($table:ident)+) => { [$({
            let mut table = TableDifference::of::<entity::$table::Entity>();
            let rows = cells::<entity::$table::Entity>(tables.$table());
            table.find(transaction, rows, progress).await?;
            table
        }),+] };
    }
    if are_empty(transaction, &LOADED_TABLES).await? {
        let indexes = transaction.drop_indexes(&LOADED_TABLES).await?;
        let changes = with_loaded_tables!(insert_all).into();
        transaction.create_indexes(&indexes).await?;
        return Ok(changes);
    }
    let differences = with_loaded_tables!(find_differences);
    if differences.iter().any(|table| table.is_blocked) {
        for table in differences.iter().rev() {
            table.remove_all(transaction).await?;
        }
        for table in &differences {
            table.write_all(transaction).await?;
        }
    } else {
        for table in &differences {
            table.write(transaction).await?;
        }
        for table in differences.iter().rev() {
            table.remove(transaction).await?;
        }
    }
    for table in &differences {
        table.finish(transaction).await?;
    }
    Ok(differences.map(|table| table.changes).into())
}
