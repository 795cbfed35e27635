//! Generated columns and indexes for sorting by a number that may be null or is in descending order.
//!
//! Nulls are last in both directions, and rows with equal numbers are sorted by id. The rows after a
//! position are one range of an index only if all sort keys have the same direction and none is null.
//! So `population_rising` is the number and `population_falling` its negative, and a value beyond all
//! numbers replaces null in both. They are columns because SQLite cannot use an index on expressions
//! to compare row values.

use sea_orm_migration::prelude::*;

use crate::portable::{Columns, create_indexes, drop_indexes};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Table, column, its type, and the value that replaces null; `None` if the column is not nullable.
const NUMBERS: [(&str, &str, &str, Option<&str>); 6] = [
    ("partnership", "established_year", "bigint", NO_INTEGER),
    (
        "partnership",
        "distance_km",
        "double precision",
        Some("1e300"),
    ),
    ("community", "population", "bigint", NO_INTEGER),
    ("community", "partnership_count", "bigint", None),
    ("country", "population", "bigint", NO_INTEGER),
    ("country", "partnership_count", "bigint", None),
];

const NO_INTEGER: Option<&str> = Some("9223372036854775807");

/// Returns the generated columns of a number and their expressions. A number that is not nullable
/// needs no ascending column.
fn generated(column: &str, no_value: Option<&str>) -> Vec<(String, String)> {
    let falling = format!("{column}_falling");
    match no_value {
        Some(no_value) => vec![
            (
                format!("{column}_rising"),
                format!("coalesce({column}, {no_value})"),
            ),
            (falling, format!("coalesce(0 - {column}, {no_value})")),
        ],
        None => vec![(falling, format!("0 - {column}"))],
    }
}

const OF_PARTNERSHIPS: [&[&str]; 10] = [
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
];

const OF_COMMUNITIES: [&[&str]; 3] = [
    &["type", "population_rising", "id"],
    &["type", "population_falling", "id"],
    &["type", "partnership_count_falling", "id"],
];

/// The indexes of `partnership` that the new ones replace.
const REPLACED: [&[&str]; 5] = [
    &["established_year", "id"],
    &["state_id", "established_year", "id"],
    &["region_id", "established_year", "id"],
    &["country_id", "established_year", "id"],
    &["distance_km", "id"],
];

/// The indexes of `community` that the new ones replace.
const REPLACED_OF_COMMUNITIES: [&[&str]; 1] = [&["type", "population", "id"]];

/// Indexes for sorting by text in descending order and then by id in ascending order. These columns
/// have few distinct values; with an ascending index, the many rows of each value would have to be
/// sorted by id.
const FALLING_TEXT: [(&str, &str); 2] = [
    ("ix_partnership_state_id_falling", "state_id"),
    (
        "ix_partnership_country_sort_name_falling",
        "country_sort_name",
    ),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager);
        for (table, column, ty, no_value) in NUMBERS {
            for (name, expression) in generated(column, no_value) {
                let add = columns.generated(table, &name, ty, &expression);
                manager.get_connection().execute_unprepared(&add).await?;
            }
        }
        drop_indexes(manager, "partnership", &REPLACED).await?;
        drop_indexes(manager, "community", &REPLACED_OF_COMMUNITIES).await?;
        create_indexes(manager, "partnership", &OF_PARTNERSHIPS).await?;
        create_indexes(manager, "community", &OF_COMMUNITIES).await?;
        for (name, column) in FALLING_TEXT {
            let index = Index::create()
                .name(name)
                .table("partnership")
                .col((column, IndexOrder::Desc))
                .col("id")
                .to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, _) in FALLING_TEXT {
            manager
                .drop_index(Index::drop().name(name).to_owned())
                .await?;
        }
        drop_indexes(manager, "community", &OF_COMMUNITIES).await?;
        drop_indexes(manager, "partnership", &OF_PARTNERSHIPS).await?;
        create_indexes(manager, "partnership", &REPLACED).await?;
        create_indexes(manager, "community", &REPLACED_OF_COMMUNITIES).await?;
        for (table, column, _, no_value) in NUMBERS {
            for (name, _) in generated(column, no_value) {
                let drop = Table::alter().table(table).drop_column(name).to_owned();
                manager.alter_table(drop).await?;
            }
        }
        Ok(())
    }
}
