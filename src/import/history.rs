//! The history of the data, recorded in the transaction of each load that changes the files.
//!
//! The database keeps the files of the loaded revision, and the next load compares them with its own.
//! What is recorded is therefore exactly what `sistergraph diff` prints for the two sets of files.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder,
};

use super::{load::LoadOptions, tables::Tables};
use crate::{
    changes::{DataFiles, FieldChange, RowChange, entities, entity_changes, entity_files},
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

/// Replaces the stored files that differ, one entity at a time, so that the files of others are not in memory. Writes
/// and counts the changes of their rows if there is a revision for them.
async fn replace_files(
    transaction: &LoadTransaction,
    tables: &Tables,
    mut revision: Option<&mut revision::Model>,
) -> Result<(), DbErr> {
    for entity in entities() {
        let names: Vec<_> = entity_files(entity).collect();
        let stored: DataFiles = data_file::Entity::find()
            .filter(data_file::Column::Name.is_in(names.iter().copied()))
            .all(transaction)
            .await?
            .into_iter()
            .map(|file| (file.name, file.content))
            .collect();
        let new = tables.sheets.data_files(|name| names.contains(&name));
        if let Some(revision) = &mut revision {
            record_changes(transaction, entity, [&stored, &new], revision).await?;
        }
        for (name, content) in &stored {
            if new.get(name) != Some(content) {
                let delete = data_file::Entity::delete_by_id(name.as_str());
                delete.exec(transaction).await?;
            }
        }
        for (name, content) in new {
            if stored.get(&name) != Some(&content) {
                let row = vec![name.into(), content.into()];
                transaction
                    .insert_large_row("data_file", &["name", "content"], row)
                    .await?;
            }
        }
    }
    // Other versions of the program may have more files.
    let names = entities().flat_map(entity_files);
    data_file::Entity::delete_many()
        .filter(data_file::Column::Name.is_not_in(names))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Writes the changes of the rows of an entity between two sets of files, and counts them in `revision`.
async fn record_changes(
    transaction: &LoadTransaction,
    entity: ChangeEntity,
    [old, new]: [&DataFiles; 2],
    revision: &mut revision::Model,
) -> Result<(), DbErr> {
    let changes = entity_changes(entity, old, new).map_err(from_csv_error)?;
    let rows = changes.map(|change| change_row(revision, change));
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
