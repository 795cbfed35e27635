//! The loaded data set: one row, replaced by each load that changes the data.

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
                    .table("dataset")
                    .col(ColumnDef::new("id").integer().not_null().primary_key())
                    .col(columns.text("revision"))
                    .col(
                        ColumnDef::new("loaded_at")
                            .timestamp_with_time_zone()
                            .not_null(),
                    )
                    .check(Expr::col("id").eq(1))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["dataset"]).await
    }
}
