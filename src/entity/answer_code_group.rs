//! Groups of codes that are published together.

use sea_orm::entity::prelude::*;

/// A row of the table `answer_code_group`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "answer_code_group")]
pub struct Model {
    /// The `SegmentDimension`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub dimension: String,
    /// The position of the group within the dimension, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// The name of the group, such as `VERY_OR_EXTREMELY`.
    pub name: String,
    /// The codes of the group, separated by semicolons.
    pub codes: String,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
