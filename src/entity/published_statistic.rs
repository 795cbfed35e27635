//! Published numbers that are not percentages of respondents.

use sea_orm::entity::prelude::*;

/// A row of the table `published_statistic`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "published_statistic")]
pub struct Model {
    /// The slug.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The position in the article, from 0.
    pub position: i32,
    /// The `Measure`.
    pub measure: String,
    /// What the number counts or measures.
    pub subject: String,
    /// The subject without case and accents, to sort and to filter by; see `crate::collation`.
    pub sort_subject: String,
    /// The printed number; null if the source gives only words.
    pub value: Option<f64>,
    /// The unit of the number.
    pub unit: String,
    /// The `Qualifier`.
    pub qualifier: String,
    /// The number of printed decimals.
    pub digits: i32,
    /// The region that the number is about, if any.
    pub region_id: Option<String>,
    /// The state that the number is about, if any.
    pub state_id: Option<String>,
    /// The country that the number is about, if any.
    pub country_id: Option<String>,
    /// The `PartnershipLevel` that the number counts; null if not stated.
    pub level: Option<String>,
    /// The year that the number is of; null if neither the number nor its source says.
    pub year: Option<i32>,
    /// Caveats.
    pub note: Option<String>,
    /// The id of the publication.
    pub source_id: String,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
