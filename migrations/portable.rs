//! The few things that SQLite and PostgreSQL do not say alike.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{DatabaseBackend, DbErr},
};

/// Column definitions for one database.
pub(crate) struct Columns(DatabaseBackend);

impl Columns {
    pub(crate) fn of(manager: &SchemaManager<'_>) -> Self {
        Self(manager.get_database_backend())
    }

    /// Text that is compared and sorted byte by byte. SQLite does so by itself; PostgreSQL follows
    /// the locale of the database unless told, which would order pages differently.
    pub(crate) fn text(&self, name: &'static str) -> ColumnDef {
        let mut column = self.text_null(name);
        column.not_null();
        column
    }

    /// As [`Self::text`], and may be null.
    pub(crate) fn text_null(&self, name: &'static str) -> ColumnDef {
        let mut column = ColumnDef::new(name);
        column.text();
        if self.0 == DatabaseBackend::Postgres {
            column.extra("COLLATE \"C\"");
        }
        column
    }

    /// The statement that adds a column to a table which is computed from others of the row.
    /// PostgreSQL stores such columns; SQLite computes them, and adds only such to a table that
    /// exists.
    pub(crate) fn generated(&self, table: &str, name: &str, ty: &str, expression: &str) -> String {
        let kept = match self.0 {
            DatabaseBackend::Postgres => "stored",
            _ => "virtual",
        };
        format!(
            "alter table {table} add column {name} {ty} generated always as ({expression}) {kept}"
        )
    }
}

/// A check that a column, where it is set, holds one of the values.
pub(crate) fn one_of(column: &'static str, values: &[&'static str]) -> SimpleExpr {
    Expr::col(column).is_in(values.iter().copied())
}

/// A foreign key from `from` of `table` to `to` of `target`; rows that are pointed at cannot go.
pub(crate) fn references(
    table: &'static str,
    from: &[&'static str],
    target: &'static str,
    to: &[&'static str],
) -> ForeignKeyCreateStatement {
    let mut key = ForeignKey::create();
    key.name(format!("fk_{table}_{}", from.join("_")));
    for column in from {
        key.from(table, *column);
    }
    for column in to {
        key.to(target, *column);
    }
    key.on_delete(ForeignKeyAction::Restrict)
        .on_update(ForeignKeyAction::Restrict);
    key
}

/// The primary key over several columns.
pub(crate) fn primary_key(columns: &[&'static str]) -> IndexCreateStatement {
    let mut key = Index::create();
    for column in columns {
        key.col(*column);
    }
    key.primary();
    key
}

/// Creates `ix_<table>_<columns>` over each list of columns.
///
/// # Errors
/// What the database refuses.
pub(crate) async fn create_indexes(
    manager: &SchemaManager<'_>,
    table: &'static str,
    indexes: &[&[&'static str]],
) -> Result<(), DbErr> {
    for columns in indexes {
        let mut index = Index::create();
        index.name(format!("ix_{table}_{}", columns.join("_")));
        index.table(table);
        for column in *columns {
            index.col(*column);
        }
        manager.create_index(index).await?;
    }
    Ok(())
}

/// Drops what [`create_indexes`] creates.
///
/// # Errors
/// What the database refuses.
pub(crate) async fn drop_indexes(
    manager: &SchemaManager<'_>,
    table: &'static str,
    indexes: &[&[&'static str]],
) -> Result<(), DbErr> {
    for columns in indexes {
        let name = format!("ix_{table}_{}", columns.join("_"));
        manager
            .drop_index(Index::drop().name(name).to_owned())
            .await?;
    }
    Ok(())
}

/// Drops the tables in the order given.
///
/// # Errors
/// What the database refuses.
pub(crate) async fn drop_tables(
    manager: &SchemaManager<'_>,
    tables: &[&'static str],
) -> Result<(), DbErr> {
    for table in tables {
        manager
            .drop_table(Table::drop().table(*table).to_owned())
            .await?;
    }
    Ok(())
}
