//! The few differences between SQLite and PostgreSQL, and helpers for the migrations.

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

    /// A text column that is compared and sorted byte by byte, which is the default of SQLite.
    /// PostgreSQL would use the locale of the database, and sort pages differently.
    pub(crate) fn text(&self, name: &'static str) -> ColumnDef {
        let mut column = self.text_null(name);
        column.not_null();
        column
    }

    /// Like [`Self::text`], but nullable.
    pub(crate) fn text_null(&self, name: &'static str) -> ColumnDef {
        let mut column = ColumnDef::new(name);
        column.text();
        if self.0 == DatabaseBackend::Postgres {
            column.extra("COLLATE \"C\"");
        }
        column
    }

    /// Returns a type with, if it is text, the collation of [`Self::text`].
    pub(crate) fn sorted_type(&self, ty: &'static str) -> &'static str {
        match (self.0, ty) {
            (DatabaseBackend::Postgres, "text") => "text collate \"C\"",
            _ => ty,
        }
    }

    /// Returns the statement that adds a generated column to a table. It is stored on PostgreSQL and
    /// virtual on SQLite, which cannot add a stored one to an existing table.
    pub(crate) fn generated(&self, table: &str, name: &str, ty: &str, expression: &str) -> String {
        let storage = match self.0 {
            DatabaseBackend::Postgres => "stored",
            _ => "virtual",
        };
        format!(
            "alter table {table} add column {name} {ty} generated always as ({expression}) {storage}"
        )
    }

    /// Executes statements that alter one table: on PostgreSQL as one, because each would rewrite the table and its indexes.
    ///
    /// # Errors
    /// If a statement fails.
    pub(crate) async fn execute_alterations(
        &self,
        db: &SchemaManagerConnection<'_>,
        table: &str,
        statements: &[String],
    ) -> Result<(), DbErr> {
        let prefix = format!("alter table {table} ");
        let separate = match self.0 {
            DatabaseBackend::Postgres => {
                let actions = statements.iter().map(|one| one.replacen(&prefix, "", 1));
                vec![prefix.clone() + &actions.collect::<Vec<_>>().join(", ")]
            }
            _ => statements.to_vec(),
        };
        for statement in separate {
            db.execute_unprepared(&statement).await?;
        }
        Ok(())
    }
}

/// A check that a column is null or has one of the values.
pub(crate) fn one_of(column: &'static str, values: &[&'static str]) -> SimpleExpr {
    Expr::col(column).is_in(values.iter().copied())
}

/// A foreign key from the columns `from` of `table` to the columns `to` of `target`. Rows that are
/// referred to cannot be deleted.
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

/// A primary key over several columns.
pub(crate) fn primary_key(columns: &[&'static str]) -> IndexCreateStatement {
    let mut key = Index::create();
    for column in columns {
        key.col(*column);
    }
    key.primary();
    key
}

/// Creates an index named `ix_<table>_<columns>` for each list of columns.
///
/// # Errors
/// If a statement fails.
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

/// Creates an index that finds a text within the values of a column, on PostgreSQL. Without the extension `pg_trgm`,
/// there is no such index, and queries read all values.
///
/// The extension is created in the schema `public`, so that dropping another schema that uses it does
/// not remove it. `like` can use the index even if the extension's operators are not on the search
/// path. The role may not be allowed to use the schema of an existing extension.
///
/// # Errors
/// If a statement fails.
pub(crate) async fn create_trigram_index(
    manager: &SchemaManager<'_>,
    name: &'static str,
    table: &'static str,
    column: &'static str,
) -> Result<(), DbErr> {
    if manager.get_database_backend() != DatabaseBackend::Postgres {
        return Ok(());
    }
    let sql = format!(
        "
do $$
declare home text;
begin
    begin
        create extension if not exists pg_trgm with schema public;
    exception when others then
        raise warning 'search and filters by name work without pg_trgm, only slower: %', sqlerrm;
    end;
    select n.nspname into home
        from pg_extension e join pg_namespace n on n.oid = e.extnamespace
        where e.extname = 'pg_trgm';
    if home is not null then
        execute format(
            'create index {name} on {table} using gin ({column} %I.gin_trgm_ops)',
            home
        );
    end if;
exception when others then
    raise warning 'search and filters by name work without pg_trgm, only slower: %', sqlerrm;
end
$$"
    );
    manager.get_connection().execute_unprepared(&sql).await?;
    Ok(())
}

/// Drops the indexes that [`create_indexes`] creates.
///
/// # Errors
/// If a statement fails.
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

/// Drops the tables in the given order.
///
/// # Errors
/// If a statement fails.
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
