//! Which source says what of a partnership.

use sea_orm::entity::prelude::*;

/// One row of `partnership_source`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "partnership_source")]
pub struct Model {
    /// The partnership.
    #[sea_orm(primary_key, auto_increment = false)]
    pub partnership_id: String,
    /// `RECORD`: records it; `STATUS`: says that it has ended or paused.
    #[sea_orm(primary_key, auto_increment = false)]
    pub role: String,
    /// The source.
    #[sea_orm(primary_key, auto_increment = false)]
    pub source_id: String,
}

/// Relations are edges of the graph, see `crate::schema`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
