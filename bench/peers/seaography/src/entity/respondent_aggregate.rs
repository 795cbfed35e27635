//! Published percentages of respondents.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "respondent_aggregate")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub id: String,
    pub position: i32,
    #[sea_orm(column_type = "Text")]
    pub question_id: String,
    #[sea_orm(column_type = "Double", nullable)]
    pub percent: Option<f64>,
    #[sea_orm(column_type = "Text")]
    pub qualifier: String,
    pub digits: i32,
    #[sea_orm(column_type = "Text")]
    pub direction: String,
    #[sea_orm(column_type = "Text")]
    pub base_description: String,
    pub base_n: Option<i32>,
    #[sea_orm(column_type = "Text", nullable)]
    pub region_id: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub source_id: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::region::Entity",
        from = "Column::RegionId",
        to = "super::region::Column::Id"
    )]
    Region,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelatedEntity)]
pub enum RelatedEntity {
    #[sea_orm(entity = "super::region::Entity", def = "Relation::Region.def()")]
    Region,
}

impl ActiveModelBehavior for ActiveModel {}
