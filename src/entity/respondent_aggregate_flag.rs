//! Flags of percentages: information that the source leaves out or gets wrong.

use sea_orm::entity::prelude::*;

/// A row of the table `respondent_aggregate_flag`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "respondent_aggregate_flag")]
pub struct Model {
    /// The id of the percentage.
    #[sea_orm(primary_key, auto_increment = false)]
    pub respondent_aggregate_id: String,
    /// The position of the flag, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// The `FigureFlag`.
    pub flag: String,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
