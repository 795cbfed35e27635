//! What a survey discloses about its methods, item by item.

use sea_orm::entity::prelude::*;

/// A row of the table `disclosure`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "disclosure")]
pub struct Model {
    /// The id of the survey.
    #[sea_orm(primary_key, auto_increment = false)]
    pub survey_id: String,
    /// The position of the item within the survey, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// The name of an item that a survey should disclose, such as its sponsor.
    pub item: String,
    /// The disclosed information; null if the survey does not disclose it.
    pub value: Option<String>,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
