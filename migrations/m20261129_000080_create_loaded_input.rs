//! The hash by which a load recognizes files that are already loaded, and the notices of that load: at most one row.

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
                    .table("loaded_input")
                    .col(ColumnDef::new("id").integer().not_null().primary_key())
                    .col(columns.text("hash"))
                    .col(columns.text("notices"))
                    .check(Expr::col("id").eq(1))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["loaded_input"]).await
    }
}
