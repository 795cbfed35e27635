//! The questions of surveys.

use sea_orm::entity::prelude::*;

/// A row of the table `question`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "question")]
pub struct Model {
    /// The slug.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The id of the survey.
    pub survey_id: String,
    /// The position of the question within the survey, from 0.
    pub position: i32,
    /// What the question is about.
    pub topic: String,
    /// The country that it asks about, if any.
    pub country_id: Option<String>,
    /// The exact wording; null if it was not published.
    pub wording: Option<String>,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
