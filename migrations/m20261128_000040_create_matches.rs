//! What `matches` needs: distances from the sea, the match model with its accuracy, and laws that limit
//! new partnerships.

use sea_orm_migration::prelude::*;

use crate::portable::{Columns, drop_tables, one_of, references};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager);
        let double = |name: &'static str| ColumnDef::new(name).double().not_null().to_owned();
        let added = [
            ("community", ColumnDef::new("coast_km").double().to_owned()),
            // Until the next load, the loaded files are not known, so no model is current.
            ("dataset", columns.text("match_revision").default("").take()),
        ];
        for (table, column) in added {
            manager
                .alter_table(Table::alter().table(table).add_column(column).to_owned())
                .await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("match_coefficient")
                    .col(columns.text("feature").primary_key())
                    .col(double("coefficient"))
                    .col(double("standard_error"))
                    .col(double("z"))
                    .col(ColumnDef::new("partnerships").integer())
                    .col(columns.text("revision"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("match_metric")
                    .col(
                        ColumnDef::new("position")
                            .integer()
                            .not_null()
                            .primary_key(),
                    )
                    .col(columns.text("split"))
                    .col(columns.text("method"))
                    .col(columns.text("measure"))
                    .col(double("value"))
                    .col(double("low"))
                    .col(double("high"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("restriction")
                    .col(columns.text("id").primary_key())
                    .col(columns.text("state_id"))
                    .col(columns.text("country_id"))
                    .col(columns.text("levels"))
                    .col(columns.text("effect"))
                    .col(columns.text_null("starts"))
                    .col(columns.text_null("ends"))
                    .col(columns.text("law"))
                    .col(columns.text("text"))
                    .col(columns.text("url"))
                    .col(columns.text("certainty"))
                    .check(one_of("effect", &["BARRED", "UNCLEAR"]))
                    .check(one_of(
                        "certainty",
                        &["PRIMARY_SOURCE", "SECONDARY_SOURCE", "UNVERIFIED"],
                    ))
                    .foreign_key(&mut references(
                        "restriction",
                        &["state_id"],
                        "community",
                        &["id"],
                    ))
                    .foreign_key(&mut references(
                        "restriction",
                        &["country_id"],
                        "country",
                        &["id"],
                    ))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            manager,
            &["restriction", "match_metric", "match_coefficient"],
        )
        .await?;
        for (table, column) in [("dataset", "match_revision"), ("community", "coast_km")] {
            manager
                .alter_table(Table::alter().table(table).drop_column(column).to_owned())
                .await?;
        }
        Ok(())
    }
}
