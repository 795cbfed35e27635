//! Published percentages of respondents: P(outcome | given).

use sea_orm::entity::prelude::*;

/// A row of the table `respondent_aggregate`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "respondent_aggregate")]
pub struct Model {
    /// The slug.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The position in the article, from 0.
    pub position: i32,
    /// The id of the question.
    pub question_id: String,
    /// The printed percentage; null if the source gives only words.
    pub percent: Option<f64>,
    /// The `Qualifier`.
    pub qualifier: String,
    /// The number of printed decimals.
    pub digits: i32,
    /// The `Direction`.
    pub direction: String,
    /// The group of respondents that the percentage describes.
    pub base_description: String,
    /// The size of that group; null if it was not published.
    pub base_n: Option<i32>,
    /// The region, if `given` names one.
    pub region_id: Option<String>,
    /// The country that the question asks about, if any.
    pub country_id: Option<String>,
    /// Caveats.
    pub note: Option<String>,
    /// The id of the publication.
    pub source_id: String,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
