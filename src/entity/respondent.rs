//! The respondents of a survey. Never served: `crate::schema` computes tables from them.

use sea_orm::entity::prelude::*;

/// A row of the table `respondent`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "respondent")]
pub struct Model {
    /// The id of the survey.
    #[sea_orm(primary_key, auto_increment = false)]
    pub survey_id: String,
    /// The position of the respondent, from 0: by stratum, sampling unit, and id, none of which is stored.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// The weight.
    pub weight: f64,
    /// The number of the stratum.
    pub stratum: i32,
    /// The number of the primary sampling unit.
    pub unit: i32,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
