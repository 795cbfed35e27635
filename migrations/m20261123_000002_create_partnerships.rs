//! Partnerships, the sources that record them, and notes on them.
//!
//! The foreign keys to the two communities include their types, so that the database itself ensures
//! that the US side of a state-level partnership is a state. `state_id`, `region_id`, `country_id`,
//! and `province_id` repeat the location of the communities: each is the first column of an index that
//! ends with the id, so that every list of partnerships is a sorted range of one index, however large
//! the table grows. The sort names of the communities and of the country are repeated for the same
//! reason.

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
                    .table("source")
                    .col(columns.text("id").primary_key())
                    .col(columns.text("title"))
                    .col(columns.text_null("publisher"))
                    .col(columns.text_null("kind"))
                    .col(columns.text_null("url"))
                    .col(columns.text_null("licence"))
                    .col(columns.text_null("as_of"))
                    .col(ColumnDef::new("independent").boolean().not_null())
                    .col(columns.text_null("note"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("partnership")
                    .col(columns.text("id").primary_key())
                    .col(columns.text("level"))
                    .col(columns.text("us_id"))
                    .col(columns.text("us_type"))
                    .col(columns.text("partner_id"))
                    .col(columns.text("partner_type"))
                    .col(columns.text("state_id"))
                    .col(columns.text_null("region_id"))
                    .col(columns.text("country_id"))
                    .col(columns.text_null("province_id"))
                    .col(columns.text("us_sort_name"))
                    .col(columns.text("partner_sort_name"))
                    .col(columns.text("country_sort_name"))
                    .col(ColumnDef::new("established_year").integer())
                    .col(columns.text("status"))
                    .col(ColumnDef::new("ended_year").integer())
                    .col(ColumnDef::new("distance_km").double())
                    .col(ColumnDef::new("corroborated").boolean().not_null())
                    .check(one_of("level", &["CITY", "COUNTY", "STATE"]))
                    .check(one_of(
                        "status",
                        &["LISTED", "DORMANT", "SUSPENDED", "ENDED"],
                    ))
                    .check(
                        Expr::col("level")
                            .eq("STATE")
                            .and(Expr::col("us_type").eq("STATE"))
                            .or(Expr::col("level")
                                .ne("STATE")
                                .and(Expr::col("us_type").eq("CITY"))),
                    )
                    .check(one_of("partner_type", &["CITY", "PROVINCE"]))
                    .check(
                        Expr::col("ended_year")
                            .is_null()
                            .or(Expr::col("status").eq("ENDED")),
                    )
                    .check(Expr::col("distance_km").gte(0))
                    .foreign_key(&mut references(
                        "partnership",
                        &["us_id", "us_type"],
                        "community",
                        &["id", "type"],
                    ))
                    .foreign_key(&mut references(
                        "partnership",
                        &["partner_id", "partner_type"],
                        "community",
                        &["id", "type"],
                    ))
                    .foreign_key(&mut references(
                        "partnership",
                        &["state_id"],
                        "community",
                        &["id"],
                    ))
                    .foreign_key(&mut references(
                        "partnership",
                        &["region_id"],
                        "region",
                        &["id"],
                    ))
                    .foreign_key(&mut references(
                        "partnership",
                        &["country_id"],
                        "country",
                        &["id"],
                    ))
                    .foreign_key(&mut references(
                        "partnership",
                        &["province_id"],
                        "community",
                        &["id"],
                    ))
                    .to_owned(),
            )
            .await?;
        create_indexes(
            manager,
            "partnership",
            &[
                &["us_id", "id"],
                &["partner_id", "id"],
                &["state_id", "id"],
                &["region_id", "id"],
                &["country_id", "id"],
                &["province_id", "id"],
                &["us_sort_name", "id"],
                &["partner_sort_name", "id"],
                &["country_sort_name", "id"],
                &["level", "id"],
                &["status", "id"],
                &["established_year", "id"],
                // For the newest partnerships of each state, region, and country.
                &["state_id", "established_year", "id"],
                &["region_id", "established_year", "id"],
                &["country_id", "established_year", "id"],
                &["distance_km", "id"],
                &["corroborated", "id"],
            ],
        )
        .await?;
        manager
            .create_table(
                Table::create()
                    .table("partnership_source")
                    .col(columns.text("partnership_id"))
                    .col(columns.text("role"))
                    .col(columns.text("source_id"))
                    .primary_key(&mut primary_key(&["partnership_id", "role", "source_id"]))
                    .check(one_of("role", &["RECORD", "STATUS"]))
                    .foreign_key(&mut references(
                        "partnership_source",
                        &["partnership_id"],
                        "partnership",
                        &["id"],
                    ))
                    .foreign_key(&mut references(
                        "partnership_source",
                        &["source_id"],
                        "source",
                        &["id"],
                    ))
                    .to_owned(),
            )
            .await?;
        create_indexes(
            manager,
            "partnership_source",
            &[&["source_id", "role", "partnership_id"]],
        )
        .await?;
        manager
            .create_table(
                Table::create()
                    .table("partnership_note")
                    .col(columns.text("partnership_id"))
                    .col(ColumnDef::new("position").integer().not_null())
                    .col(columns.text("kind"))
                    .col(columns.text("text"))
                    .primary_key(&mut primary_key(&["partnership_id", "position"]))
                    .check(one_of(
                        "kind",
                        &["SOURCE_NOTE", "STATUS_NOTE", "DOUBT", "YEAR_CONFLICT"],
                    ))
                    .foreign_key(&mut references(
                        "partnership_note",
                        &["partnership_id"],
                        "partnership",
                        &["id"],
                    ))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            manager,
            &[
                "partnership_note",
                "partnership_source",
                "partnership",
                "source",
            ],
        )
        .await
    }
}
