//! Published percentages of respondents: P(outcome | given).

use sea_orm::entity::prelude::*;

/// One row of `respondent_aggregate`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "respondent_aggregate")]
pub struct Model {
    /// Slug.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Order of the article.
    pub position: i32,
    /// The question.
    pub question_id: String,
    /// As printed; null where the source has words only.
    pub percent: Option<f64>,
    /// `Qualifier`.
    pub qualifier: String,
    /// Decimals printed.
    pub digits: i32,
    /// `Direction`.
    pub direction: String,
    /// Whom the percentage is of.
    pub base_description: String,
    /// Their number, where published.
    pub base_n: Option<i32>,
    /// Set where `given` names a region.
    pub region_id: Option<String>,
    /// What to know about it.
    pub note: Option<String>,
    /// Where it was published.
    pub source_id: String,
}

/// Relations are edges of the graph, see `crate::schema`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
