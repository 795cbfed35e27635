//! The four regions of the United States that the survey and the published totals use.

use sea_orm::entity::prelude::*;

/// A row of the table `region`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "region")]
pub struct Model {
    /// The `RegionName`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The position in the lists of the API, which is the order of `RegionName`, from 0.
    pub position: i32,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
