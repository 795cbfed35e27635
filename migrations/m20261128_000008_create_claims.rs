//! What each source says about a partnership.

use sea_orm_migration::prelude::*;

use crate::portable::{Columns, create_indexes, drop_tables, one_of, primary_key, references};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager);
        manager
            .create_table(
                Table::create()
                    .table("claim")
                    .col(columns.text("partnership_id"))
                    .col(columns.text("source_id"))
                    .col(columns.text("kind"))
                    .col(ColumnDef::new("year").integer())
                    .col(columns.text_null("date"))
                    .col(ColumnDef::new("reckoned").boolean().not_null())
                    .col(columns.text("side"))
                    .col(columns.text_null("note"))
                    .primary_key(&mut primary_key(&["partnership_id", "source_id", "kind"]))
                    .check(one_of(
                        "kind",
                        &[
                            "RECORDED",
                            "ESTABLISHED",
                            "ENDED",
                            "DORMANT",
                            "RENEWED",
                            "FRIENDSHIP",
                            "DOUBTED",
                        ],
                    ))
                    .check(one_of("side", &["US", "PARTNER", "THIRD", "DERIVED"]))
                    .foreign_key(&mut references(
                        "claim",
                        &["partnership_id"],
                        "partnership",
                        &["id"],
                    ))
                    .foreign_key(&mut references("claim", &["source_id"], "source", &["id"]))
                    .to_owned(),
            )
            .await?;
        create_indexes(manager, "claim", &[&["source_id", "partnership_id"]]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["claim"]).await
    }
}
