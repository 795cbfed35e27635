//! The history of the data, recorded in the transaction of each load that changes the files.
//!
//! The database keeps the files of the loaded revision, and the next load compares them with its own.
//! What is recorded is therefore exactly what `sistergraph diff` prints for the two sets of files.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};

use super::{load::LoadOptions, tables::Tables};
use crate::{
    changes::{ComparedSide, EntityComparison, FieldChange, RowChange, entities, entity_files},
    db::difference::{TableDifference, cells},
    db::write::LoadTransaction,
    entity::{data_file, revision, row_change},
    vocabulary::{ChangeEntity, ChangeKind, Vocabulary},
};

/// How many revisions the history keeps unless the operator chooses another number.
pub const DEFAULT_KEEP_REVISIONS: u32 = 50;

/// Records the revision of `tables` and the rows that differ from those of `stored_revision`, which the
/// database held before. Does nothing if this is the same revision.
///
/// A history begins if the stored files are not those of `stored_revision`: in an empty database, after
/// the migration from a version without a history, or after a load by such a version. Its first
/// revision counts each row as added and has no changes, because nobody can ask for them: changes are
/// those since a revision of the history.
pub(super) async fn record(
    transaction: &LoadTransaction,
    tables: &Tables,
    stored_revision: Option<&str>,
    loaded_at: DateTime<Utc>,
    options: &LoadOptions,
) -> Result<(), DbErr> {
    let latest = revision::Entity::find()
        .order_by_desc(revision::Column::Id)
        .one(transaction)
        .await?
        .filter(|latest| Some(latest.revision.as_str()) == stored_revision);
    if latest
        .as_ref()
        .is_some_and(|latest| latest.revision == tables.revision)
    {
        // The migration recorded the loaded revision without its files.
        return replace_files(transaction, tables, None).await;
    }
    let has_files = data_file::Entity::find().count(transaction).await? > 0;
    let mut row = revision::Model {
        id: 1,
        revision: tables.revision.clone(),
        loaded_at,
        label: options.label.clone(),
        added: 0,
        changed: 0,
        removed: 0,
        last_change_id: 0,
    };
    match latest.filter(|_| has_files) {
        Some(latest) => {
            row.id = latest.id + 1;
            row.last_change_id = latest.last_change_id;
            replace_files(transaction, tables, Some(&mut row)).await?;
        }
        None => {
            revision::Entity::delete_many().exec(transaction).await?;
            row_change::Entity::delete_many().exec(transaction).await?;
            row.added = i32::try_from(tables.sheets.row_count()).map_err(|_| too_many())?;
            replace_files(transaction, tables, None).await?;
        }
    }
    let newest = row.id;
    revision::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(transaction)
        .await?;
    prune(transaction, newest, options.keep_revisions).await
}

/// Files are stored in parts of about this many bytes, each with the header, so that only one of them is in memory.
const PART_BYTES: usize = 256 * 1024;

/// The parts of the files in the database, by their names in the table: the name of the file, and for further parts also their
/// number, such as `claims.csv 2`. Databases of earlier versions have one part of each file.
struct StoredParts(BTreeSet<String>);

impl StoredParts {
    async fn load(transaction: &LoadTransaction) -> Result<Self, DbErr> {
        let names = data_file::Entity::find()
            .select_only()
            .column(data_file::Column::Name);
        let names: Vec<String> = names.into_tuple().all(transaction).await?;
        Ok(Self(names.into_iter().collect()))
    }

    fn name(file: &str, index: usize) -> String {
        match index {
            0 => file.to_owned(),
            _ => format!("{file} {}", index + 1),
        }
    }

    async fn read(
        &self,
        transaction: &LoadTransaction,
        name: &str,
    ) -> Result<Option<Vec<u8>>, DbErr> {
        if !self.0.contains(name) {
            return Ok(None);
        }
        let part = data_file::Entity::find_by_id(name).one(transaction).await?;
        Ok(part.map(|part| part.content))
    }
}

/// Replaces the parts of the stored files that differ. Writes and counts the changes of their rows if there is a revision for
/// them.
async fn replace_files(
    transaction: &LoadTransaction,
    tables: &Tables,
    mut revision: Option<&mut revision::Model>,
) -> Result<(), DbErr> {
    let stored = StoredParts::load(transaction).await?;
    let mut names = BTreeSet::new();
    for entity in entities() {
        let mut comparison = EntityComparison::new(entity);
        let mut changed = Vec::new();
        for file in entity_files(entity) {
            let mut parts = tables.sheets.csv_parts(file, PART_BYTES);
            for index in 0.. {
                let name = StoredParts::name(file, index);
                let old = stored.read(transaction, &name).await?;
                let new = parts.next();
                if old.is_none() && new.is_none() {
                    break;
                }
                if new.is_some() {
                    names.insert(name.clone());
                }
                if old == new {
                    continue;
                }
                if revision.is_some() {
                    for (side, part) in [(ComparedSide::Old, &old), (ComparedSide::New, &new)] {
                        let csv = part.as_deref().unwrap_or_default();
                        let hashed = comparison.hash_rows(side, file, csv);
                        hashed.map_err(from_csv_error)?;
                    }
                }
                changed.push(name);
            }
        }
        if changed.is_empty() {
            continue;
        }
        if let Some(revision) = &mut revision {
            record_changes(transaction, tables, &stored, comparison, revision).await?;
        }
        replace_parts(transaction, tables, entity, &stored, &changed).await?;
    }
    // Other versions of the program may have more files, and the files may have had more parts.
    data_file::Entity::delete_many()
        .filter(data_file::Column::Name.is_not_in(names))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Writes the parts of an entity's files whose names are given.
async fn replace_parts(
    transaction: &LoadTransaction,
    tables: &Tables,
    entity: ChangeEntity,
    stored: &StoredParts,
    changed: &[String],
) -> Result<(), DbErr> {
    for file in entity_files(entity) {
        let parts = tables.sheets.csv_parts(file, PART_BYTES).enumerate();
        for (index, part) in parts {
            let name = StoredParts::name(file, index);
            if !changed.contains(&name) {
                continue;
            }
            if stored.0.contains(&name) {
                let delete = data_file::Entity::delete_by_id(name.as_str());
                delete.exec(transaction).await?;
            }
            let row = vec![name.into(), part.into()];
            transaction
                .insert_large_row("data_file", &["name", "content"], row)
                .await?;
        }
    }
    Ok(())
}

/// Completes the comparison of the rows of an entity, writes their changes, and counts them in `revision`.
async fn record_changes(
    transaction: &LoadTransaction,
    tables: &Tables,
    stored: &StoredParts,
    mut comparison: EntityComparison,
    revision: &mut revision::Model,
) -> Result<(), DbErr> {
    for file in entity_files(comparison.entity()) {
        for index in 0.. {
            let name = StoredParts::name(file, index);
            let Some(part) = stored.read(transaction, &name).await? else {
                break;
            };
            let added = comparison.add_rows(ComparedSide::Old, file, &part);
            added.map_err(from_csv_error)?;
        }
        for part in tables.sheets.csv_parts(file, PART_BYTES) {
            let added = comparison.add_rows(ComparedSide::New, file, &part);
            added.map_err(from_csv_error)?;
        }
    }
    let rows = comparison
        .changes()
        .map(|change| change_row(revision, change));
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    TableDifference::of::<row_change::Entity>()
        .insert(
            transaction,
            cells::<row_change::Entity>(rows.into_iter()),
            &|_| {},
        )
        .await
}

/// Counts a change in `revision`, and returns its row.
fn change_row(
    revision: &mut revision::Model,
    change: RowChange,
) -> Result<row_change::Model, DbErr> {
    let count = match change.kind {
        ChangeKind::Added => &mut revision.added,
        ChangeKind::Changed => &mut revision.changed,
        ChangeKind::Removed => &mut revision.removed,
    };
    *count += 1;
    let id = revision.last_change_id.checked_add(1);
    revision.last_change_id = id.ok_or_else(too_many)?;
    Ok(row_change::Model {
        id: revision.last_change_id,
        revision: revision.revision.clone(),
        kind: change.kind.as_str().to_owned(),
        entity: change.entity.as_str().to_owned(),
        slug: change.slug,
        fields: FieldChange::list_to_json(&change.fields),
    })
}

/// Removes the revisions beyond the newest `keep`, and the changes up to the oldest that is left.
async fn prune(transaction: &LoadTransaction, newest: i32, keep: u32) -> Result<(), DbErr> {
    let removed = newest.saturating_sub_unsigned(keep);
    revision::Entity::delete_many()
        .filter(revision::Column::Id.lte(removed))
        .exec(transaction)
        .await?;
    let oldest = revision::Entity::find()
        .order_by_asc(revision::Column::Id)
        .one(transaction)
        .await?;
    let last_change_id = oldest.map_or(0, |oldest| oldest.last_change_id);
    row_change::Entity::delete_many()
        .filter(row_change::Column::Id.lte(last_change_id))
        .exec(transaction)
        .await?;
    Ok(())
}

fn too_many() -> DbErr {
    DbErr::Custom("the history has more than 2,147,483,647 rows".to_owned())
}

fn from_csv_error(error: csv::Error) -> DbErr {
    DbErr::Custom(format!("a stored data file is not valid CSV: {error}"))
}
