//! Surveys of respondents.

use sea_orm::entity::prelude::*;

/// A row of the table `survey`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "survey")]
pub struct Model {
    /// The slug.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The title of the survey.
    pub title: String,
    /// The first day of interviews.
    pub fielded_from: Date,
    /// The last day of interviews.
    pub fielded_to: Date,
    /// The population that the survey describes.
    pub population: String,
    /// The number of respondents.
    pub sample_size: i32,
    /// The id of the publication.
    pub source_id: String,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
