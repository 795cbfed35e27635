//! The loaded dataset. The table has at most one row.

use sea_orm::entity::prelude::*;

/// A row of the table `dataset`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "dataset")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// The SHA-256 hash of the loaded files, in hexadecimal.
    pub revision: String,
    /// The SHA-256 hash of the files that the match model is fitted to, see `crate::import::MATCH_FILES`.
    pub match_revision: String,
    /// When a load last changed the data.
    pub loaded_at: DateTimeUtc,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
