//! Columns and indexes for sorting partnerships, published statistics, and sources by more of their columns.
//!
//! Nulls are last in both directions, as in `create_order_columns`. For text, the last character of Unicode replaces null in
//! ascending order. In descending order, it is the empty text, which no row has.

use sea_orm_migration::prelude::*;

use crate::portable::{Columns, create_indexes, drop_indexes};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Table, column for a text without case and accents, and the text. Loads fill these columns.
const FOLDED: [(&str, &str, &str); 3] = [
    ("source", "sort_title", "title"),
    ("source", "sort_publisher", "publisher"),
    ("published_statistic", "sort_subject", "subject"),
];

/// Table, generated column, its type, and its expression.
const GENERATED: [(&str, &str, &str, &str); 11] = [
    (
        "partnership",
        "ended_year_desc",
        "bigint",
        "coalesce(0 - ended_year, 9223372036854775807)",
    ),
    (
        "published_statistic",
        "value_asc",
        "double precision",
        "coalesce(value, 1e300)",
    ),
    (
        "published_statistic",
        "value_desc",
        "double precision",
        "coalesce(0 - value, 1e300)",
    ),
    (
        "published_statistic",
        "year_asc",
        "bigint",
        "coalesce(year, 9223372036854775807)",
    ),
    (
        "published_statistic",
        "year_desc",
        "bigint",
        "coalesce(0 - year, 9223372036854775807)",
    ),
    (
        "source",
        "sort_publisher_asc",
        "text",
        "coalesce(sort_publisher, '\u{10FFFF}')",
    ),
    (
        "source",
        "sort_publisher_desc",
        "text",
        "coalesce(sort_publisher, '')",
    ),
    ("source", "kind_asc", "text", "coalesce(kind, '\u{10FFFF}')"),
    ("source", "kind_desc", "text", "coalesce(kind, '')"),
    (
        "source",
        "as_of_asc",
        "text",
        "coalesce(as_of, '\u{10FFFF}')",
    ),
    ("source", "as_of_desc", "text", "coalesce(as_of, '')"),
];

const INDEXES: [(&str, &[&[&str]]); 3] = [
    (
        "partnership",
        &[&["ended_year_asc", "id"], &["ended_year_desc", "id"]],
    ),
    (
        "published_statistic",
        &[
            &["measure", "id"],
            &["sort_subject", "id"],
            &["value_asc", "id"],
            &["value_desc", "id"],
            &["year_asc", "id"],
            &["year_desc", "id"],
        ],
    ),
    (
        "source",
        &[
            &["sort_title", "id"],
            &["sort_publisher_asc", "id"],
            &["sort_publisher_desc", "id"],
            &["kind_asc", "id"],
            &["kind_desc", "id"],
            &["as_of_asc", "id"],
            &["as_of_desc", "id"],
        ],
    ),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager);
        let db = manager.get_connection();
        for (table, column, text) in FOLDED {
            let mut definition = match text {
                "publisher" => columns.text_null(column),
                _ => columns.text(column).default("").take(),
            };
            let add = Table::alter()
                .table(table)
                .add_column(&mut definition)
                .to_owned();
            manager.alter_table(add).await?;
            db.execute_unprepared(&format!("update {table} set {column} = lower({text})"))
                .await?;
        }
        for (table, name, ty, expression) in GENERATED {
            let add = columns.generated(table, name, columns.sorted_type(ty), expression);
            db.execute_unprepared(&add).await?;
        }
        for (table, indexes) in INDEXES {
            create_indexes(manager, table, indexes).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, indexes) in INDEXES {
            drop_indexes(manager, table, indexes).await?;
        }
        let generated = GENERATED.map(|(table, name, ..)| (table, name));
        let folded = FOLDED.map(|(table, name, _)| (table, name));
        for (table, name) in generated.into_iter().chain(folded) {
            let drop = Table::alter().table(table).drop_column(name).to_owned();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}
