//! What a survey discloses of its method, item by item.

use sea_orm::entity::prelude::*;

/// One row of `disclosure`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "disclosure")]
pub struct Model {
    /// The survey.
    #[sea_orm(primary_key, auto_increment = false)]
    pub survey_id: String,
    /// Order of the items.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// What transparent reporting asks for.
    pub item: String,
    /// What is disclosed; null where nothing is.
    pub value: Option<String>,
}

/// Relations are edges of the graph, see `crate::schema`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
