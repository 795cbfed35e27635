//! The codes of answers, in the order of the codebook.

use sea_orm::entity::prelude::*;

/// A row of the table `answer_code`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "answer_code")]
pub struct Model {
    /// The position of the code, from 0: dimension by dimension, in the order of the codebook.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// The `SegmentDimension`.
    pub dimension: String,
    /// The code, such as `NOT_SURE`.
    pub code: String,
    /// The id of the question that the answer is a response to, if any.
    pub question_id: Option<String>,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
