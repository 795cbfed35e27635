//! Abbreviations, nicknames, and former names of countries and communities.

use sea_orm_migration::prelude::*;

use crate::portable::{Columns, create_indexes, drop_tables, references};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager);
        manager
            .create_table(
                Table::create()
                    .table("common_name")
                    .col(columns.text("name").primary_key())
                    .col(columns.text_null("country_id"))
                    .col(columns.text_null("community_id"))
                    .col(columns.text("note"))
                    .check(
                        Expr::col("country_id")
                            .is_null()
                            .ne(Expr::col("community_id").is_null()),
                    )
                    .foreign_key(&mut references(
                        "common_name",
                        &["country_id"],
                        "country",
                        &["id"],
                    ))
                    .foreign_key(&mut references(
                        "common_name",
                        &["community_id"],
                        "community",
                        &["id"],
                    ))
                    .to_owned(),
            )
            .await?;
        create_indexes(
            manager,
            "common_name",
            &[&["country_id", "name"], &["community_id", "name"]],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["common_name"]).await
    }
}
