//! What the source of a percentage leaves open, or says wrongly.

use sea_orm::entity::prelude::*;

/// One row of `respondent_aggregate_flag`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "respondent_aggregate_flag")]
pub struct Model {
    /// The percentage.
    #[sea_orm(primary_key, auto_increment = false)]
    pub respondent_aggregate_id: String,
    /// Order of the flags.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// `FigureFlag`.
    pub flag: String,
}

/// Relations are edges of the graph, see `crate::schema`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
