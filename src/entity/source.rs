//! The sources of partnerships, places, and figures.

use sea_orm::entity::prelude::*;

/// A row of the table `source`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "source")]
pub struct Model {
    /// The slug.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The title of the source.
    pub title: String,
    /// The title without case and accents, to sort and to filter by; see `crate::collation`.
    pub sort_title: String,
    /// The publisher of the source.
    pub publisher: Option<String>,
    /// The publisher without case and accents.
    pub sort_publisher: Option<String>,
    /// What kind of source it is, in a few words.
    pub kind: Option<String>,
    /// The web address.
    pub url: Option<String>,
    /// The license of the data.
    pub licence: Option<String>,
    /// The date of the information: a year, a month, or a day, as precise as it is known.
    pub as_of: Option<String>,
    /// False for lists derived from Wikipedia or Wikidata.
    pub independent: bool,
    /// Caveats.
    pub note: Option<String>,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
