//! Other spellings of communities, and their names in other scripts.

use sea_orm::entity::prelude::*;

/// A row of the table `alternate_name`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "alternate_name")]
pub struct Model {
    /// The id of the community.
    #[sea_orm(primary_key, auto_increment = false)]
    pub community_id: String,
    /// The other name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// The `Script` of the name.
    pub script: String,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
