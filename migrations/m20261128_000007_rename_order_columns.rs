//! Renames the generated sort columns after SQL's keywords: `_rising` becomes `_asc`, and `_falling`
//! becomes `_desc`.
//!
//! Their indexes are dropped and created again with matching names, because SQLite cannot rename an
//! index.

use sea_orm_migration::prelude::*;

use crate::portable::{create_indexes, drop_indexes};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Table, column, and whether the column is nullable, which means that it has an ascending column too.
const NUMBERS: [(&str, &str, bool); 6] = [
    ("partnership", "established_year", true),
    ("partnership", "distance_km", true),
    ("community", "population", true),
    ("community", "partnership_count", false),
    ("country", "population", true),
    ("country", "partnership_count", false),
];

/// The columns of each index of a table.
type Indexes = &'static [&'static [&'static str]];

/// Table, its indexes before this migration, and its indexes after it.
const INDEXES: [(&str, Indexes, Indexes); 2] = [
    (
        "partnership",
        &[
            &["established_year_rising", "id"],
            &["established_year_falling", "id"],
            &["state_id", "established_year_rising", "id"],
            &["state_id", "established_year_falling", "id"],
            &["region_id", "established_year_rising", "id"],
            &["region_id", "established_year_falling", "id"],
            &["country_id", "established_year_rising", "id"],
            &["country_id", "established_year_falling", "id"],
            &["distance_km_rising", "id"],
            &["distance_km_falling", "id"],
        ],
        &[
            &["established_year_asc", "id"],
            &["established_year_desc", "id"],
            &["state_id", "established_year_asc", "id"],
            &["state_id", "established_year_desc", "id"],
            &["region_id", "established_year_asc", "id"],
            &["region_id", "established_year_desc", "id"],
            &["country_id", "established_year_asc", "id"],
            &["country_id", "established_year_desc", "id"],
            &["distance_km_asc", "id"],
            &["distance_km_desc", "id"],
        ],
    ),
    (
        "community",
        &[
            &["type", "population_rising", "id"],
            &["type", "population_falling", "id"],
            &["type", "partnership_count_falling", "id"],
        ],
        &[
            &["type", "population_asc", "id"],
            &["type", "population_desc", "id"],
            &["type", "partnership_count_desc", "id"],
        ],
    ),
];

/// Indexes whose first column is text in descending order: name before, name after, and column.
const DESCENDING_TEXT: [(&str, &str, &str); 2] = [
    (
        "ix_partnership_state_id_falling",
        "ix_partnership_state_id_desc",
        "state_id",
    ),
    (
        "ix_partnership_country_sort_name_falling",
        "ix_partnership_country_sort_name_desc",
        "country_sort_name",
    ),
];

async fn rename_columns(
    manager: &SchemaManager<'_>,
    [from_asc, from_desc]: [&str; 2],
    [to_asc, to_desc]: [&str; 2],
) -> Result<(), DbErr> {
    for (table, column, is_nullable) in NUMBERS {
        let mut renames = vec![(from_desc, to_desc)];
        if is_nullable {
            renames.push((from_asc, to_asc));
        }
        for (from, to) in renames {
            let (from, to) = (format!("{column}_{from}"), format!("{column}_{to}"));
            let rename = Table::alter()
                .table(table)
                .rename_column(from, to)
                .to_owned();
            manager.alter_table(rename).await?;
        }
    }
    Ok(())
}

async fn replace_text_index(
    manager: &SchemaManager<'_>,
    from: &str,
    to: &str,
    column: &'static str,
) -> Result<(), DbErr> {
    manager
        .drop_index(Index::drop().name(from).to_owned())
        .await?;
    let index = Index::create()
        .name(to)
        .table("partnership")
        .col((column, IndexOrder::Desc))
        .col("id")
        .to_owned();
    manager.create_index(index).await
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, before, _) in INDEXES {
            drop_indexes(manager, table, before).await?;
        }
        rename_columns(manager, ["rising", "falling"], ["asc", "desc"]).await?;
        for (table, _, after) in INDEXES {
            create_indexes(manager, table, after).await?;
        }
        for (before, after, column) in DESCENDING_TEXT {
            replace_text_index(manager, before, after, column).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, _, after) in INDEXES {
            drop_indexes(manager, table, after).await?;
        }
        rename_columns(manager, ["asc", "desc"], ["rising", "falling"]).await?;
        for (table, before, _) in INDEXES {
            create_indexes(manager, table, before).await?;
        }
        for (before, after, column) in DESCENDING_TEXT {
            replace_text_index(manager, after, before, column).await?;
        }
        Ok(())
    }
}
