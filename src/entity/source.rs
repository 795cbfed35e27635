//! Where partnerships, places and figures are recorded.

use sea_orm::entity::prelude::*;

/// One row of `source`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "source")]
pub struct Model {
    /// Slug.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Title.
    pub title: String,
    /// Publisher.
    pub publisher: Option<String>,
    /// What it is, in a few words.
    pub kind: Option<String>,
    /// Address.
    pub url: Option<String>,
    /// Licence.
    pub licence: Option<String>,
    /// A year, a month or a day, as far as known.
    pub as_of: Option<String>,
    /// False for lists derived from Wikipedia or Wikidata.
    pub independent: bool,
    /// What to know about it.
    pub note: Option<String>,
}

/// Relations are edges of the graph, see `crate::schema`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
