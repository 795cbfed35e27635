//! Whom a question was asked of; no row means all respondents.

use sea_orm::entity::prelude::*;

/// One row of `question_category`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "question_category")]
pub struct Model {
    /// The question.
    #[sea_orm(primary_key, auto_increment = false)]
    pub question_id: String,
    /// Order of the conditions.
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
