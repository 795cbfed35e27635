//! The migration that a program must have to read the database, which may have later migrations too.
//!
//! A later migration that only adds tables and columns leaves the row as it is, so servers of older versions continue to
//! read the database during a rolling upgrade.

use sea_orm_migration::prelude::*;

use crate::portable::{Columns, drop_tables};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager);
        manager
            .create_table(
                Table::create()
                    .table("schema_compatibility")
                    .col(ColumnDef::new("id").integer().not_null().primary_key())
                    .col(columns.text("required_migration"))
                    .check(Expr::col("id").eq(1))
                    .to_owned(),
            )
            .await?;
        let insert = Query::insert()
            .into_table("schema_compatibility")
            .columns(["id", "required_migration"])
            .values_panic([1.into(), self.name().into()])
            .to_owned();
        manager.execute(insert).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["schema_compatibility"]).await
    }
}
