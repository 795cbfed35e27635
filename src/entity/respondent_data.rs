//! The surveys whose respondents are loaded.

use sea_orm::entity::prelude::*;

/// A row of the table `respondent_data`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "respondent_data")]
pub struct Model {
    /// The id of the survey.
    #[sea_orm(primary_key, auto_increment = false)]
    pub survey_id: String,
    /// Whether nobody gave the answers.
    pub is_synthetic: bool,
    /// The smallest number of respondents in a cell that is shown.
    pub min_cell: i32,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
