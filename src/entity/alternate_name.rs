//! Other spellings of communities, and their names in other scripts.

use sea_orm::entity::prelude::*;

/// One row of `alternate_name`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "alternate_name")]
pub struct Model {
    /// The community.
    #[sea_orm(primary_key, auto_increment = false)]
    pub community_id: String,
    /// The other name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// `Script`.
    pub script: String,
}

/// Relations are edges of the graph, see `crate::schema`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
