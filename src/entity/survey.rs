//! Surveys of respondents.

use sea_orm::entity::prelude::*;

/// One row of `survey`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "survey")]
pub struct Model {
    /// Slug.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Title.
    pub title: String,
    /// First day in the field.
    pub fielded_from: Date,
    /// Last day in the field.
    pub fielded_to: Date,
    /// Whom the survey is of.
    pub population: String,
    /// Respondents.
    pub sample_size: i32,
    /// Where it was published.
    pub source_id: String,
}

/// Relations are edges of the graph, see `crate::schema`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
