//! Response options of a question.

use sea_orm::entity::prelude::*;

/// One row of `question_response`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "question_response")]
pub struct Model {
    /// The question.
    #[sea_orm(primary_key, auto_increment = false)]
    pub question_id: String,
    /// Order of the options.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// The option.
    pub value: String,
}

/// Relations are edges of the graph, see `crate::schema`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
