//! Published numbers that are not percentages of respondents.

use sea_orm::entity::prelude::*;

/// One row of `published_statistic`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "published_statistic")]
pub struct Model {
    /// Slug.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Order of the article.
    pub position: i32,
    /// `Measure`.
    pub measure: String,
    /// What it is a number of.
    pub subject: String,
    /// As printed; null where the source has words only.
    pub value: Option<f64>,
    /// Unit.
    pub unit: String,
    /// `Qualifier`.
    pub qualifier: String,
    /// Decimals printed.
    pub digits: i32,
    /// The region it is about.
    pub region_id: Option<String>,
    /// The state it is about.
    pub state_id: Option<String>,
    /// The country it is about.
    pub country_id: Option<String>,
    /// The level it counts, where stated.
    pub level: Option<String>,
    /// What to know about it.
    pub note: Option<String>,
    /// Where it was published.
    pub source_id: String,
}

/// Relations are edges of the graph, see `crate::schema`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
