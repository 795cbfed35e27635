//! The difference between the stored rows of a table and the rows of the files, and how to write it.

use std::collections::HashMap;

use async_trait::async_trait;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseBackend, DatabaseTransaction, DbErr, EntityTrait,
    IdenStatic, IntoActiveModel, Iterable, ModelTrait, PrimaryKeyToColumn, QueryFilter,
    sea_query::{Expr, ExprTrait, OnConflict, ValueTuple},
};

use super::summary::TableChanges;
use crate::entity::{self, with_loaded_tables, with_tables};

/// The most rows per statement: more are no faster, and the progress bar should keep moving.
const MAX_ROWS: usize = 2_000;

/// A table that is loaded. The default methods suffice unless another table refers to more than the
/// primary key, the table refers to itself, or it has another unique column.
pub(super) trait LoadableTable:
    EntityTrait<Model: PartialEq + Clone + IntoActiveModel<Self::ActiveModel>> + Default
where
    Self::ActiveModel: Send,
{
    /// Returns whether a stored row must be deleted before the new rows can be written: other rows
    /// refer to a value that changes in it, or it holds a unique value that another row may get.
    fn blocks_update(_stored: &Self::Model, _new: Option<&Self::Model>) -> bool {
        false
    }

    /// Returns the level of a row: rows may refer to rows of a lower level in the same table.
    fn dependency_level(_row: &Self::Model) -> u8 {
        0
    }
}

/// The rows to add to, change in, and remove from one table.
pub(super) struct Difference<'a, E: EntityTrait> {
    rows: &'a [E::Model],
    added: Vec<&'a E::Model>,
    changed: Vec<&'a E::Model>,
    removed: Vec<E::Model>,
    is_blocked: bool,
}

impl<'a, E: LoadableTable> Difference<'a, E>
where
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    /// Compares `rows` with the stored rows of the same primary key.
    pub(super) async fn find(
        transaction: &DatabaseTransaction,
        rows: &'a [E::Model],
    ) -> Result<Self, DbErr> {
        let mut stored: HashMap<ValueTuple, E::Model> = E::find()
            .all(transaction)
            .await?
            .into_iter()
            .map(|row| (row.get_primary_key_value(), row))
            .collect();
        let mut difference = Self {
            rows,
            added: Vec::new(),
            changed: Vec::new(),
            removed: Vec::new(),
            is_blocked: false,
        };
        for row in rows {
            match stored.remove(&row.get_primary_key_value()) {
                None => difference.added.push(row),
                Some(old) if old == *row => {}
                Some(old) => {
                    difference.is_blocked |= E::blocks_update(&old, Some(row));
                    difference.changed.push(row);
                }
            }
        }
        difference.removed = stored.into_values().collect();
        difference.is_blocked |= difference
            .removed
            .iter()
            .any(|old| E::blocks_update(old, None));
        Ok(difference)
    }
}

/// A [`Difference`] of any table.
#[async_trait]
pub(super) trait TableDifference: Send + Sync {
    fn changes(&self) -> TableChanges;

    /// Returns whether stored rows must be deleted before the new rows can be written.
    fn is_blocked(&self) -> bool;

    /// Changes the difference to remove all stored rows and add all new ones.
    async fn replace_all(&mut self, transaction: &DatabaseTransaction) -> Result<(), DbErr>;

    /// Returns the number of rows to add, change, or remove.
    fn n_rows(&self) -> usize;

    /// Writes the added and changed rows. Calls `progress` with the number of rows of each statement.
    async fn write(
        &self,
        transaction: &DatabaseTransaction,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<(), DbErr>;

    /// Removes the rows that the files no longer have, higher levels first.
    async fn remove(
        &mut self,
        transaction: &DatabaseTransaction,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<(), DbErr>;
}

#[async_trait]
impl<E: LoadableTable> TableDifference for Difference<'_, E>
where
    E::Model: Send + Sync,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    fn is_blocked(&self) -> bool {
        self.is_blocked
    }

    fn changes(&self) -> TableChanges {
        TableChanges {
            table: E::default().table_name().to_owned(),
            added: self.added.len(),
            changed: self.changed.len(),
            removed: self.removed.len(),
        }
    }

    async fn replace_all(&mut self, transaction: &DatabaseTransaction) -> Result<(), DbErr> {
        self.removed = E::find().all(transaction).await?;
        self.added = self.rows.iter().collect();
        self.changed.clear();
        Ok(())
    }

    fn n_rows(&self) -> usize {
        self.added.len() + self.changed.len() + self.removed.len()
    }

    async fn write(
        &self,
        transaction: &DatabaseTransaction,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<(), DbErr> {
        let n_columns = E::Column::iter().count();
        let batch = rows_per_statement(transaction, n_columns);
        for rows in self.added.chunks(batch) {
            insert::<E>(rows)
                .exec_without_returning(transaction)
                .await?;
            progress(rows.len());
        }
        let is_key = |column: &E::Column| {
            E::PrimaryKey::iter().any(|key| key.into_column().as_str() == column.as_str())
        };
        for rows in self.changed.chunks(batch) {
            let keys = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column);
            let update = OnConflict::columns(keys)
                .update_columns(E::Column::iter().filter(|column| !is_key(column)))
                .to_owned();
            insert::<E>(rows)
                .on_conflict(update)
                .exec_without_returning(transaction)
                .await?;
            progress(rows.len());
        }
        Ok(())
    }

    async fn remove(
        &mut self,
        transaction: &DatabaseTransaction,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<(), DbErr> {
        let n_keys = E::PrimaryKey::iter().count();
        let batch = rows_per_statement(transaction, n_keys);
        self.removed
            .sort_by_key(|row| std::cmp::Reverse(E::dependency_level(row)));
        for level in self
            .removed
            .chunk_by(|one, other| E::dependency_level(one) == E::dependency_level(other))
        {
            for rows in level.chunks(batch) {
                let keys =
                    Expr::tuple(E::PrimaryKey::iter().map(|key| Expr::col(key.into_column())));
                E::delete_many()
                    .filter(keys.in_tuples(rows.iter().map(ModelTrait::get_primary_key_value)))
                    .exec(transaction)
                    .await?;
                progress(rows.len());
            }
        }
        Ok(())
    }
}

fn insert<E: LoadableTable>(rows: &[&E::Model]) -> sea_orm::InsertMany<E::ActiveModel>
where
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    E::insert_many(rows.iter().map(|row| {
        // `reset` marks each value as changed; the statement would leave out unchanged ones.
        let mut row = (*row).clone().into_active_model();
        for column in E::Column::iter() {
            row.reset(column);
        }
        row
    }))
}

/// Returns how many rows of `n_columns` bound values fit into one statement.
pub(super) fn rows_per_statement(transaction: &DatabaseTransaction, n_columns: usize) -> usize {
    let bind_limit = match transaction.get_database_backend() {
        DatabaseBackend::Sqlite => 32_766,
        _ => 65_535,
    };
    (bind_limit / n_columns.max(1)).clamp(1, MAX_ROWS)
}

impl LoadableTable for entity::country::Entity {
    fn blocks_update(stored: &Self::Model, new: Option<&Self::Model>) -> bool {
        new.is_none_or(|new| new.code3 != stored.code3)
    }
}

impl LoadableTable for entity::community::Entity {
    fn blocks_update(stored: &Self::Model, new: Option<&Self::Model>) -> bool {
        new.map_or(stored.code.is_some(), |new| {
            new.code != stored.code || new.community_type != stored.community_type
        })
    }

    fn dependency_level(row: &Self::Model) -> u8 {
        u8::from(row.state_id.is_some() || row.province_id.is_some())
    }
}

macro_rules! impl_loadable_table {
    ($($table:ident)+) => { $( impl_loadable_table!(@ $table); )+ };
    // Implemented above.
    (@ country) => {};
    (@ community) => {};
    (@ $table:ident) => { impl LoadableTable for entity::$table::Entity {} };
}

with_loaded_tables!(impl_loadable_table);

impl LoadableTable for entity::search_word::Entity {}
impl LoadableTable for entity::search_posting::Entity {}
