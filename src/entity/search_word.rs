//! The distinct words by which objects are searched for.

use sea_orm::entity::prelude::*;

/// One row of `search_word`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "search_word")]
pub struct Model {
    /// The word, as `crate::search::words` writes it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub word: String,
}

/// Relations are edges of the graph, see `crate::schema`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
