//! The words of each object that search can find. A partnership has only the words of its slug; the
//! words of its two communities are matched through those communities.

use sea_orm::entity::prelude::*;

/// A row of the table `search_posting`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "search_posting")]
pub struct Model {
    /// The word, a row of `search_word`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub word: String,
    /// The `SearchType` of the object.
    #[sea_orm(primary_key, auto_increment = false, column_name = "type")]
    pub object_type: String,
    /// The slug of the object, or the code of a country.
    #[sea_orm(primary_key, auto_increment = false)]
    pub slug: String,
    /// The weight of the word in the ranking, see `crate::search::word_weights`.
    pub weight: i32,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
