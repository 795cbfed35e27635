//! Flags of published statistics: information that the source leaves out or gets wrong.

use sea_orm::entity::prelude::*;

/// A row of the table `published_statistic_flag`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "published_statistic_flag")]
pub struct Model {
    /// The id of the statistic.
    #[sea_orm(primary_key, auto_increment = false)]
    pub published_statistic_id: String,
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
