//! The difference between the stored rows of a table and the rows of the files, found and written by the database.
//!
//! The new rows are sent to a temporary table, so that neither they nor the stored rows are compared in memory.

use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait, IdenStatic, Iterable, ModelTrait, PrimaryKeyToColumn,
    Statement, sea_query::Value,
};

use super::write::{LoadTransaction, quoted};

/// The number of rows of one table that a load added, changed, and removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableChanges {
    /// The name of the table.
    pub table: String,
    /// New rows.
    pub added: usize,
    /// Rows with the same primary key and different values.
    pub changed: usize,
    /// Deleted rows.
    pub removed: usize,
}

impl TableChanges {
    /// Returns whether the table was left unchanged.
    pub fn is_empty(&self) -> bool {
        self.added + self.changed + self.removed == 0
    }
}

/// The rows to add to, change in, and remove from one table.
pub struct TableDifference {
    columns: Vec<&'static str>,
    keys: Vec<&'static str>,
    /// The number of rows of each kind.
    pub changes: TableChanges,
    /// Whether stored rows must be deleted before the new rows can be written.
    pub is_blocked: bool,
}

/// Returns the cells of each row in the order of the columns.
pub fn cells<E: EntityTrait>(
    rows: impl Iterator<Item = E::Model>,
) -> impl Iterator<Item = Vec<Value>> {
    rows.map(|row| E::Column::iter().map(|column| row.get(column)).collect())
}

/// Returns the condition on rows of a table, `new` and `stored`, in which a stored row must be deleted before the new
/// rows can be written: other rows refer to a value that changes in it, or it has a unique value that another row may get.
fn blocking_condition(table: &str) -> Option<&'static str> {
    match table {
        "country" => Some("new.code3 is distinct from stored.code3"),
        "community" => Some(
            "new.code is distinct from stored.code or (new.id is not null and new.type <> stored.type)",
        ),
        _ => None,
    }
}

/// Returns the condition on the rows of a table that refer to other rows of it. They are deleted first.
fn referring_condition(table: &str) -> Option<&'static str> {
    (table == "community").then_some("state_id is not null or province_id is not null")
}

impl TableDifference {
    /// Creates the difference of a table, without changes.
    pub fn of<E: EntityTrait>() -> Self {
        Self {
            columns: E::Column::iter().map(|column| column.as_str()).collect(),
            keys: E::PrimaryKey::iter()
                .map(|key| key.into_column().as_str())
                .collect(),
            changes: TableChanges {
                table: E::default().table_name().to_owned(),
                added: 0,
                changed: 0,
                removed: 0,
            },
            is_blocked: false,
        }
    }

    /// Inserts rows into the table, which is empty. Calls `progress` with the number of rows that were sent.
    ///
    /// # Errors
    /// If the database rejects a statement.
    pub async fn insert(
        &mut self,
        transaction: &LoadTransaction,
        rows: impl Iterator<Item = Vec<Value>> + Send,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<(), DbErr> {
        self.changes.added = transaction
            .insert_rows(&self.changes.table, &self.columns, rows, progress)
            .await?;
        Ok(())
    }

    /// Sends rows to a temporary table and compares them with the stored rows of the same primary key. Calls `progress`
    /// with the number of rows that were sent.
    ///
    /// # Errors
    /// If the database rejects a statement.
    pub async fn find(
        &mut self,
        transaction: &LoadTransaction,
        rows: impl Iterator<Item = Vec<Value>> + Send,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<(), DbErr> {
        self.send(transaction, "new", rows, progress).await?;
        self.compare(transaction).await
    }

    /// Replaces the stored rows with others, of which several may have the same primary key. Of these, the one with the
    /// largest value of a column is used, which is the only one that is not part of the key.
    ///
    /// # Errors
    /// If the database rejects a statement.
    pub async fn replace_with_largest(
        &mut self,
        transaction: &LoadTransaction,
        column: &str,
        rows: impl Iterator<Item = Vec<Value>> + Send,
    ) -> Result<(), DbErr> {
        self.send(transaction, "sent", rows, &|_| {}).await?;
        let (table, keys) = (self.changes.table.clone(), quoted(&self.keys));
        let select =
            format!("select {keys}, max({column}) as {column} from sent_{table} group by {keys}");
        if are_empty(transaction, &[&table]).await? {
            let insert = format!("insert into {table} ({keys}, {column}) {select} order by {keys}");
            let inserted = transaction.execute_unprepared(&insert).await?;
            self.changes.added = usize::try_from(inserted.rows_affected()).unwrap_or(usize::MAX);
        } else {
            let create = format!("create temp table new_{table} as {select}");
            transaction.execute_unprepared(&create).await?;
            self.compare(transaction).await?;
            self.write(transaction).await?;
            self.remove(transaction).await?;
            self.finish(transaction).await?;
        }
        let drop = format!("drop table sent_{table}");
        transaction.execute_unprepared(&drop).await?;
        Ok(())
    }

    /// Sends rows to a temporary table.
    async fn send(
        &self,
        transaction: &LoadTransaction,
        prefix: &str,
        rows: impl Iterator<Item = Vec<Value>> + Send,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<(), DbErr> {
        let (table, columns) = (&self.changes.table, quoted(&self.columns));
        let new = format!("{prefix}_{table}");
        let create =
            format!("create temp table {new} as select {columns} from {table} where false");
        transaction.execute_unprepared(&create).await?;
        transaction
            .insert_rows(&new, &self.columns, rows, progress)
            .await?;
        Ok(())
    }

    /// Compares the rows in the temporary table with the stored rows.
    async fn compare(&mut self, transaction: &LoadTransaction) -> Result<(), DbErr> {
        let table = &self.changes.table;
        let count = format!(
            "select count(*) - count(stored.{key}) as added, \
                count(case when stored.{key} is not null and ({differs}) then 1 end) as changed, \
                (select count(*) from {table}) - count(stored.{key}) as removed \
             from new_{table} new left join {table} stored on {same_key}",
            key = self.keys[0],
            differs = self.differs(),
            same_key = self.same_key(),
        );
        let backend = transaction.get_database_backend();
        let count = transaction
            .query_one_raw(Statement::from_string(backend, count))
            .await?
            .ok_or_else(|| DbErr::RecordNotFound("counts have a row".to_owned()))?;
        let n = |column: &str| {
            let n: i64 = count.try_get("", column)?;
            usize::try_from(n).map_err(|error| DbErr::Type(error.to_string()))
        };
        (self.changes.added, self.changes.changed) = (n("added")?, n("changed")?);
        self.changes.removed = n("removed")?;
        if let Some(condition) = blocking_condition(table)
            && self.changes.changed + self.changes.removed > 0
        {
            // PostgreSQL expects many such rows, and with `limit 1`, it would compare each row with all others.
            let blocking = format!(
                "select count(*) as n from {table} stored left join new_{table} new on {} where {condition}",
                self.same_key()
            );
            let blocking = Statement::from_string(backend, blocking);
            let n = transaction.query_one_raw(blocking).await?;
            let n = n.map(|row| row.try_get::<i64>("", "n")).transpose()?;
            self.is_blocked = n.is_some_and(|n| n > 0);
        }
        Ok(())
    }

    /// Writes the added and changed rows in the order of their keys.
    ///
    /// # Errors
    /// If the database rejects a statement.
    pub async fn write(&self, transaction: &LoadTransaction) -> Result<(), DbErr> {
        if self.changes.added + self.changes.changed == 0 {
            return Ok(());
        }
        let table = &self.changes.table;
        let update: Vec<String> = self
            .values()
            .map(|column| format!("\"{column}\" = excluded.\"{column}\""))
            .collect();
        let update = match update.is_empty() {
            true => "nothing".to_owned(),
            false => format!("update set {}", update.join(", ")),
        };
        let insert = format!(
            "insert into {table} ({columns}) select new.* from new_{table} new \
             left join {table} stored on {same_key} where stored.{key} is null or {differs} \
             order by {keys} on conflict ({conflict}) do {update}",
            columns = quoted(&self.columns),
            same_key = self.same_key(),
            key = self.keys[0],
            differs = self.differs(),
            keys = self.prefixed_keys("new"),
            conflict = quoted(&self.keys),
        );
        transaction.execute_unprepared(&insert).await?;
        Ok(())
    }

    /// Removes the rows that the files no longer have.
    ///
    /// # Errors
    /// If the database rejects a statement.
    pub async fn remove(&self, transaction: &LoadTransaction) -> Result<(), DbErr> {
        if self.changes.removed == 0 {
            return Ok(());
        }
        let table = &self.changes.table;
        let removed = format!(
            "({}) in (select {} from {table} stored left join new_{table} new on {} where new.{} is null)",
            quoted(&self.keys),
            self.prefixed_keys("stored"),
            self.same_key(),
            self.keys[0],
        );
        self.delete(transaction, &removed).await
    }

    /// Removes all stored rows.
    ///
    /// # Errors
    /// If the database rejects a statement.
    pub async fn remove_all(&self, transaction: &LoadTransaction) -> Result<(), DbErr> {
        self.delete(transaction, "true").await
    }

    async fn delete(&self, transaction: &LoadTransaction, rows: &str) -> Result<(), DbErr> {
        let table = &self.changes.table;
        let delete = format!("delete from {table} where {rows}");
        if let Some(referring) = referring_condition(table) {
            let delete = format!("{delete} and ({referring})");
            transaction.execute_unprepared(&delete).await?;
        }
        transaction.execute_unprepared(&delete).await?;
        Ok(())
    }

    /// Inserts all new rows into the table, from which the stored ones were removed.
    ///
    /// # Errors
    /// If the database rejects a statement.
    pub async fn write_all(&self, transaction: &LoadTransaction) -> Result<(), DbErr> {
        let table = &self.changes.table;
        let columns = quoted(&self.columns);
        let insert = format!("insert into {table} ({columns}) select {columns} from new_{table}");
        transaction.execute_unprepared(&insert).await?;
        Ok(())
    }

    /// Drops the temporary table.
    ///
    /// # Errors
    /// If the database rejects a statement.
    pub async fn finish(&self, transaction: &LoadTransaction) -> Result<(), DbErr> {
        let drop = format!("drop table new_{}", self.changes.table);
        transaction.execute_unprepared(&drop).await?;
        Ok(())
    }

    /// Returns the columns that are not part of the key.
    fn values(&self) -> impl Iterator<Item = &'static str> {
        let columns = self.columns.iter().copied();
        columns.filter(|column| !self.keys.contains(column))
    }

    fn prefixed_keys(&self, row: &str) -> String {
        let keys = self.keys.iter().map(|key| format!("{row}.\"{key}\""));
        keys.collect::<Vec<_>>().join(", ")
    }

    fn same_key(&self) -> String {
        let keys = self
            .keys
            .iter()
            .map(|key| format!("new.\"{key}\" = stored.\"{key}\""));
        keys.collect::<Vec<_>>().join(" and ")
    }

    fn differs(&self) -> String {
        let columns = self
            .values()
            .map(|column| format!("new.\"{column}\" is distinct from stored.\"{column}\""));
        let columns: Vec<_> = columns.collect();
        match columns.is_empty() {
            true => "false".to_owned(),
            false => columns.join(" or "),
        }
    }
}

/// Returns whether none of the tables has rows.
///
/// # Errors
/// If the statement fails.
pub async fn are_empty(transaction: &LoadTransaction, tables: &[&str]) -> Result<bool, DbErr> {
    let tables: Vec<String> = tables
        .iter()
        .map(|table| format!("exists (select 1 from {table})"))
        .collect();
    let any_row = format!("select 1 where {}", tables.join(" or "));
    let any_row = Statement::from_string(transaction.get_database_backend(), any_row);
    Ok(transaction.query_one_raw(any_row).await?.is_none())
}
