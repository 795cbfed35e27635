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
    /// The year of fieldwork; null if unknown.
    pub year: Option<i32>,
    /// The first day of interviews; null if not published.
    pub fielded_from: Option<Date>,
    /// The last day of interviews; null if not published.
    pub fielded_to: Option<Date>,
    /// The population that the survey describes.
    pub population: String,
    /// The number of respondents; null if not published.
    pub sample_size: Option<i32>,
    /// The id of the publication.
    pub source_id: String,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
