//! The answers of respondents. Never served: `crate::schema` computes tables from them.

use sea_orm::entity::prelude::*;

/// A row of the table `respondent_answer`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "respondent_answer")]
pub struct Model {
    /// The id of the survey.
    #[sea_orm(primary_key, auto_increment = false)]
    pub survey_id: String,
    /// The `SegmentDimension`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub dimension: String,
    /// The position of the respondent.
    #[sea_orm(primary_key, auto_increment = false)]
    pub respondent: i32,
    /// The position of the code in `answer_code`.
    pub code: i32,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
