//! The response options of questions.

use sea_orm::entity::prelude::*;

/// A row of the table `question_response`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "question_response")]
pub struct Model {
    /// The id of the question.
    #[sea_orm(primary_key, auto_increment = false)]
    pub question_id: String,
    /// The position of the option, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// The response option, such as `YES`.
    pub value: String,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
