//! What the source of a statistic leaves open, or says wrongly.

use sea_orm::entity::prelude::*;

/// One row of `published_statistic_flag`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "published_statistic_flag")]
pub struct Model {
    /// The statistic.
    #[sea_orm(primary_key, auto_increment = false)]
    pub published_statistic_id: String,
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
