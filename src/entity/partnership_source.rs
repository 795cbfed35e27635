//! The sources of partnerships.

use sea_orm::entity::prelude::*;

/// A row of the table `partnership_source`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "partnership_source")]
pub struct Model {
    /// The id of the partnership.
    #[sea_orm(primary_key, auto_increment = false)]
    pub partnership_id: String,
    /// `RECORD` if the source records the partnership; `STATUS` if it reports a status such as `ENDED`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub role: String,
    /// The id of the source.
    #[sea_orm(primary_key, auto_increment = false)]
    pub source_id: String,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
