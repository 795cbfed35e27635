//! The conditions and the outcome of percentages.

use sea_orm::entity::prelude::*;

/// A row of the table `respondent_aggregate_category`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "respondent_aggregate_category")]
pub struct Model {
    /// The id of the percentage.
    #[sea_orm(primary_key, auto_increment = false)]
    pub respondent_aggregate_id: String,
    /// `GIVEN` or `OUTCOME`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub role: String,
    /// The position within the role, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// The `SegmentDimension`.
    pub dimension: String,
    /// The value that the respondents have in this dimension.
    pub value: String,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
