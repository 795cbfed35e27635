//! The schema of the database as a list of migrations, oldest first.
//!
//! The same migrations run on SQLite and PostgreSQL, up and down. A released migration never changes:
//! it names tables, columns, and allowed values as literals, and this crate cannot import the current
//! entities. The differences between the two databases are in [`portable`].
#![allow(
    missing_docs,
    reason = "each module documents its migration; SeaORM requires the name `Migration`"
)]

pub use sea_orm_migration::{MigrationTrait, MigratorTrait, SchemaManager};

mod m20261123_000001_create_places;
mod m20261123_000002_create_partnerships;
mod m20261123_000003_create_figures;
mod m20261123_000004_create_dataset;
mod m20261123_000005_create_search;
mod m20261124_000006_create_order_columns;
mod m20261128_000007_rename_order_columns;
mod m20261128_000008_create_claims;
mod m20261128_000009_create_common_names;
mod m20261128_000010_add_evidence;
mod m20261128_000020_create_revisions;
mod m20261128_000030_add_surveys_and_years;
mod m20261128_000040_create_matches;
mod m20261128_000050_create_respondents;
mod m20261129_000060_index_names;
mod m20261129_000070_create_schema_compatibility;
mod m20261129_000080_create_loaded_input;
mod m20261129_000090_create_more_orders;
mod m20261129_000100_sort_by_every_column;
mod portable;

/// Runs the migrations; see [`MigratorTrait`] for `up`, `down`, and `status`.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_create_places::Migration),
            Box::new(m20261123_000002_create_partnerships::Migration),
            Box::new(m20261123_000003_create_figures::Migration),
            Box::new(m20261123_000004_create_dataset::Migration),
            Box::new(m20261123_000005_create_search::Migration),
            Box::new(m20261124_000006_create_order_columns::Migration),
            Box::new(m20261128_000007_rename_order_columns::Migration),
            Box::new(m20261128_000008_create_claims::Migration),
            Box::new(m20261128_000009_create_common_names::Migration),
            Box::new(m20261128_000010_add_evidence::Migration),
            Box::new(m20261128_000020_create_revisions::Migration),
            Box::new(m20261128_000030_add_surveys_and_years::Migration),
            Box::new(m20261128_000040_create_matches::Migration),
            Box::new(m20261128_000050_create_respondents::Migration),
            Box::new(m20261129_000060_index_names::Migration),
            Box::new(m20261129_000070_create_schema_compatibility::Migration),
            Box::new(m20261129_000080_create_loaded_input::Migration),
            Box::new(m20261129_000090_create_more_orders::Migration),
            Box::new(m20261129_000100_sort_by_every_column::Migration),
        ]
    }
}
