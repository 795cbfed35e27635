//! What follows from the claims about a partnership, which filters, groups, and orders use.

use sea_orm_migration::prelude::*;

use crate::portable::{Columns, create_indexes, drop_indexes, one_of};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The last one is generated; it is like `established_year_asc`.
const COLUMNS: [&str; 4] = [
    "established_date",
    "corroboration",
    "has_disagreement",
    "ended_year_asc",
];
const INDEXES: &[&[&str]] = &[&["corroboration", "id"], &["has_disagreement", "id"]];
const OF_CLAIMS: &[&[&str]] = &[
    &["kind", "side", "partnership_id"],
    &["side", "partnership_id"],
    // For the latest year of all claims.
    &["year"],
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager);
        let added = [
            columns.text_null("established_date"),
            columns
                .text("corroboration")
                .default("DERIVED_ONLY")
                .check(one_of(
                    "corroboration",
                    &[
                        "BOTH_SIDES",
                        "US_SIDE",
                        "PARTNER_SIDE",
                        "THIRD_PARTY",
                        "DERIVED_ONLY",
                    ],
                ))
                .take(),
            ColumnDef::new("has_disagreement")
                .boolean()
                .not_null()
                .default(false)
                .take(),
        ];
        for column in added {
            manager
                .alter_table(
                    Table::alter()
                        .table("partnership")
                        .add_column(column)
                        .to_owned(),
                )
                .await?;
        }
        let generated = columns.generated(
            "partnership",
            COLUMNS[3],
            "bigint",
            "coalesce(ended_year, 9223372036854775807)",
        );
        manager
            .get_connection()
            .execute_unprepared(&generated)
            .await?;
        // Until the next load, the values are those of data without claims.
        manager
            .get_connection()
            .execute_unprepared(
                "update partnership set established_date = cast(established_year as text), \
                 corroboration = case when corroborated then 'THIRD_PARTY' else 'DERIVED_ONLY' end",
            )
            .await?;
        create_indexes(manager, "partnership", INDEXES).await?;
        create_indexes(manager, "claim", OF_CLAIMS).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_indexes(manager, "claim", OF_CLAIMS).await?;
        drop_indexes(manager, "partnership", INDEXES).await?;
        for column in COLUMNS {
            manager
                .alter_table(
                    Table::alter()
                        .table("partnership")
                        .drop_column(column)
                        .to_owned(),
                )
                .await?;
        }
        Ok(())
    }
}
