//! Which objects have which words. A partnership has those of its slug here, and those of its
//! sides through them.

use sea_orm::entity::prelude::*;

/// One row of `search_posting`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "search_posting")]
pub struct Model {
    /// A row of `search_word`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub word: String,
    /// `SearchType` of the object.
    #[sea_orm(primary_key, auto_increment = false, column_name = "type")]
    pub object_type: String,
    /// Its slug; the code of a country.
    #[sea_orm(primary_key, auto_increment = false)]
    pub slug: String,
    /// How much the word says of it: see `crate::search::weights`.
    pub weight: i32,
}

/// Relations are edges of the graph, see `crate::schema`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
