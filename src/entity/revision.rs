//! The revisions that the database has held, with the number of changes of each.

use sea_orm::entity::prelude::*;

/// A row of the table `revision`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "revision")]
pub struct Model {
    /// Counts the recorded loads.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// The SHA-256 hash of the loaded files, in hexadecimal. It occurs again if the same data was
    /// loaded again after other data.
    pub revision: String,
    /// When the load replaced the data.
    pub loaded_at: DateTimeUtc,
    /// What the operator called the load.
    pub label: Option<String>,
    /// Rows of the files that the revision before does not have.
    pub added: i32,
    /// Rows with the same key as in the revision before and other values.
    pub changed: i32,
    /// Rows that only the revision before has.
    pub removed: i32,
    /// The largest id of the changes up to this revision: its own changes and those before have ids up
    /// to this one, and those of later revisions have larger ones.
    pub last_change_id: i32,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
