//! What is loaded; one row.

use sea_orm::entity::prelude::*;

/// One row of `dataset`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "dataset")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// Hash of the content that was loaded.
    pub revision: String,
    /// When it was loaded.
    pub loaded_at: DateTimeUtc,
}

/// Relations are edges of the graph, see `crate::schema`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
