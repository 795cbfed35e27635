//! Replacing the stored dataset with a valid new one.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, DatabaseConnection, DatabaseTransaction, DbErr, EntityTrait,
    sea_query::OnConflict,
};

use super::{
    difference::{Difference, TableDifference},
    history, search_index,
    summary::LoadSummary,
    tables::Tables,
};
use crate::{
    db::{is_locked, is_read_only, write},
    entity::{self, dataset, with_loaded_tables, with_tables},
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
    /// Called once, when the load has locked the database and has `n` rows to write.
    fn begin(&self, n: usize);
    /// Called after `n` more rows were written.
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
    let transaction = write::begin(db).await?;
    let summary = replace(&transaction, tables, options, progress).await?;
    transaction.commit().await?;
    Ok(summary)
}

/// Compares all tables with the database and writes the differences. A table is written after the
/// tables that it refers to; rows are removed in the opposite order.
async fn replace(
    transaction: &DatabaseTransaction,
    tables: &Tables,
    options: &LoadOptions,
    progress: &dyn Progress,
) -> Result<LoadSummary, DbErr> {
    macro_rules! find_differences {
        ($($table:ident)+) => {
            [$( Box::new(Difference::<entity::$table::Entity>::find(transaction, &tables.$table).await?), )+]
        };
    }
    let mut differences: [Box<dyn TableDifference + '_>; _] = with_loaded_tables!(find_differences);
    let changes: Vec<_> = differences.iter().map(|table| table.changes()).collect();
    let is_blocked = differences.iter().any(|table| table.is_blocked());
    if is_blocked {
        for table in &mut differences {
            table.replace_all(transaction).await?;
        }
    }
    progress.begin(differences.iter().map(|table| table.n_rows()).sum());
    let advance = |n| progress.advance(n);
    if is_blocked {
        for table in differences.iter_mut().rev() {
            table.remove(transaction, &advance).await?;
        }
    }
    for table in &differences {
        table.write(transaction, &advance).await?;
    }
    if !is_blocked {
        for table in differences.iter_mut().rev() {
            table.remove(transaction, &advance).await?;
        }
    }
    let search_index_changed = search_index::replace(transaction, tables).await?;
    let stored = dataset::Entity::find().one(transaction).await?;
    let (stored_revision, stored_match_revision) = stored
        .map(|stored| (stored.revision, stored.match_revision))
        .unzip();
    let has_changes = stored_revision.as_ref() != Some(&tables.revision)
        || stored_match_revision.as_ref() != Some(&tables.match_revision)
        || search_index_changed
        || changes.iter().any(|table| !table.is_empty());
    let loaded_at = Utc::now();
    history::record(
        transaction,
        tables,
        stored_revision.as_deref(),
        loaded_at,
        options,
    )
    .await?;
    if has_changes {
        let row = dataset::ActiveModel {
            id: Set(1),
            revision: Set(tables.revision.clone()),
            match_revision: Set(tables.match_revision.clone()),
            loaded_at: Set(loaded_at),
        };
        let update = OnConflict::column(dataset::Column::Id)
            .update_columns([
                dataset::Column::Revision,
                dataset::Column::MatchRevision,
                dataset::Column::LoadedAt,
            ])
            .to_owned();
        dataset::Entity::insert(row)
            .on_conflict(update)
            .exec_without_returning(transaction)
            .await?;
    }
    Ok(LoadSummary {
        revision: tables.revision.clone(),
        has_changes,
        tables: changes,
    })
}
