//! Outcome and condition of a percentage.

use sea_orm::entity::prelude::*;

/// One row of `respondent_aggregate_category`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "respondent_aggregate_category")]
pub struct Model {
    /// The percentage.
    #[sea_orm(primary_key, auto_increment = false)]
    pub respondent_aggregate_id: String,
    /// `GIVEN` or `OUTCOME`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub role: String,
    /// Order within the role.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// `SegmentDimension`.
    pub dimension: String,
    /// Its value.
    pub value: String,
}

/// Relations are edges of the graph, see `crate::schema`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
