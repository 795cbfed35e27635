//! The four regions of the United States of the survey and the published totals.

use sea_orm::entity::prelude::*;

/// One row of `region`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "region")]
pub struct Model {
    /// `RegionName`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Order in which the API lists them: that of `RegionName`.
    pub position: i32,
}

/// Relations are edges of the graph, see `crate::schema`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
