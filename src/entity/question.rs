//! Questions of a survey.

use sea_orm::entity::prelude::*;

/// One row of `question`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "question")]
pub struct Model {
    /// Slug.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The survey.
    pub survey_id: String,
    /// Order within the survey.
    pub position: i32,
    /// What it asks.
    pub topic: String,
    /// Its wording, where published.
    pub wording: Option<String>,
}

/// Relations are edges of the graph, see `crate::schema`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
