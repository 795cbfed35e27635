//! The distinct words of all objects that search can find.

use sea_orm::entity::prelude::*;

/// A row of the table `search_word`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "search_word")]
pub struct Model {
    /// The word, as returned by `crate::search::split_words`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub word: String,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
