//! Columns and indexes for sorting partnerships, communities, published statistics, and sources by the rest of their columns.
//!
//! Nulls are last in both directions, as in `create_order_columns` and `create_more_orders`.

use sea_orm_migration::prelude::*;

use crate::portable::{Columns, create_indexes, drop_indexes};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The populations of both sides, which loads copy from the communities.
const POPULATIONS: [(&str, &str); 2] = [
    ("us_population", "us_id"),
    ("partner_population", "partner_id"),
];

/// Nullable columns that get a generated column for each direction.
const NULLABLE_TEXT: [(&str, &str); 8] = [
    ("partnership", "region_id"),
    ("community", "state_id"),
    ("community", "province_id"),
    ("published_statistic", "region_id"),
    ("published_statistic", "state_id"),
    ("published_statistic", "country_id"),
    ("published_statistic", "level"),
    ("source", "licence"),
];

const INDEXES: [(&str, &[&[&str]]); 4] = [
    (
        "partnership",
        &[
            &["region_id_asc", "id"],
            &["us_population_asc", "id"],
            &["us_population_desc", "id"],
            &["partner_population_asc", "id"],
            &["partner_population_desc", "id"],
        ],
    ),
    (
        "community",
        &[
            &["type", "kind", "id"],
            &["type", "is_capital", "id"],
            &["type", "country_sort_name", "id"],
            &["type", "state_id_asc", "id"],
            &["type", "province_id_asc", "id"],
        ],
    ),
    (
        "published_statistic",
        &[
            &["qualifier", "id"],
            &["unit", "id"],
            &["source_id", "id"],
            &["region_id_asc", "id"],
            &["region_id_desc", "id"],
            &["state_id_asc", "id"],
            &["state_id_desc", "id"],
            &["country_id_asc", "id"],
            &["country_id_desc", "id"],
            &["level_asc", "id"],
            &["level_desc", "id"],
        ],
    ),
    (
        "source",
        &[
            &["independent", "id"],
            &["licence_asc", "id"],
            &["licence_desc", "id"],
        ],
    ),
];

/// Name, table, and columns of indexes whose last column before the id is text in descending order. With an ascending index, the
/// many rows of each value would have to be sorted by id.
const DESCENDING_TEXT: [(&str, &str, &[&str]); 3] = [
    (
        "ix_partnership_region_id_desc",
        "partnership",
        &["region_id_desc"],
    ),
    (
        "ix_community_state_id_desc",
        "community",
        &["type", "state_id_desc"],
    ),
    (
        "ix_community_province_id_desc",
        "community",
        &["type", "province_id_desc"],
    ),
];

/// Table, generated column, its type, and its expression.
fn generated() -> Vec<(&'static str, String, &'static str, String)> {
    let mut columns = Vec::new();
    let mut add = |table, column: &str, ty, [ascending, descending]: [String; 2]| {
        columns.push((table, format!("{column}_asc"), ty, ascending));
        columns.push((table, format!("{column}_desc"), ty, descending));
    };
    for (column, _) in POPULATIONS {
        let keys = [column.to_owned(), format!("0 - {column}")]
            .map(|key| format!("coalesce({key}, 9223372036854775807)"));
        add("partnership", column, "bigint", keys);
    }
    for (table, column) in NULLABLE_TEXT {
        let keys = ["\u{10FFFF}", ""].map(|null| format!("coalesce({column}, '{null}')"));
        add(table, column, "text", keys);
    }
    columns
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = Columns::of(manager);
        let db = manager.get_connection();
        for (column, id) in POPULATIONS {
            let add = Table::alter()
                .table("partnership")
                .add_column(ColumnDef::new(column).integer())
                .to_owned();
            manager.alter_table(add).await?;
            db.execute_unprepared(&format!(
                "update partnership set {column} = (select population from community where community.id = partnership.{id})"
            ))
            .await?;
        }
        let add = Table::alter()
            .table("community")
            .add_column(columns.text("country_sort_name").default(""))
            .to_owned();
        manager.alter_table(add).await?;
        db.execute_unprepared(
            "update community set country_sort_name = (select sort_name from country where country.id = community.country_id)",
        )
        .await?;
        for (table, indexes) in INDEXES {
            let of_table = generated().into_iter().filter(|column| column.0 == table);
            let added: Vec<_> = of_table
                .map(|(_, name, ty, expression)| {
                    columns.generated(table, &name, columns.sorted_type(ty), &expression)
                })
                .collect();
            columns.execute_alterations(db, table, &added).await?;
            create_indexes(manager, table, indexes).await?;
        }
        for (name, table, columns) in DESCENDING_TEXT {
            let mut index = Index::create().name(name).table(table).to_owned();
            for column in columns {
                match column.ends_with("_desc") {
                    true => index.col((*column, IndexOrder::Desc)),
                    false => index.col(*column),
                };
            }
            manager.create_index(index.col("id").to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, ..) in DESCENDING_TEXT {
            let drop = Index::drop().name(name).to_owned();
            manager.drop_index(drop).await?;
        }
        for (table, indexes) in INDEXES {
            drop_indexes(manager, table, indexes).await?;
        }
        let generated = generated()
            .into_iter()
            .map(|(table, name, ..)| (table, name));
        let filled = POPULATIONS
            .map(|(column, _)| ("partnership", column))
            .into_iter()
            .chain([("community", "country_sort_name")])
            .map(|(table, name)| (table, name.to_owned()));
        for (table, name) in generated.chain(filled) {
            let drop = Table::alter()
                .table(table)
                .drop_column(Alias::new(name))
                .to_owned();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}
