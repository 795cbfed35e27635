//! Conditions on the respondents who were asked a question. A question without conditions was asked
//! of all respondents.

use sea_orm::entity::prelude::*;

/// A row of the table `question_category`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "question_category")]
pub struct Model {
    /// The id of the question.
    #[sea_orm(primary_key, auto_increment = false)]
    pub question_id: String,
    /// The position of the condition, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// The `SegmentDimension`.
    pub dimension: String,
    /// The value that the respondents have in this dimension.
    pub value: String,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
