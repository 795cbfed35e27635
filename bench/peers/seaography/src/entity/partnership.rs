//! Partnerships.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "partnership")]
pub struct Model {
    #[sea_orm(column_type = "Text")]
    pub level: String,
    #[sea_orm(column_type = "Text")]
    pub us_id: String,
    #[sea_orm(column_type = "Text")]
    pub us_type: String,
    #[sea_orm(column_type = "Text")]
    pub partner_id: String,
    #[sea_orm(column_type = "Text")]
    pub partner_type: String,
    #[sea_orm(column_type = "Text")]
    pub state_id: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub region_id: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub country_id: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub province_id: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub us_sort_name: String,
    #[sea_orm(column_type = "Text")]
    pub partner_sort_name: String,
    #[sea_orm(column_type = "Text")]
    pub country_sort_name: String,
    pub established_year: Option<i32>,
    #[sea_orm(column_type = "Text")]
    pub status: String,
    pub ended_year: Option<i32>,
    #[sea_orm(column_type = "Double", nullable)]
    pub distance_km: Option<f64>,
    pub corroborated: bool,
    /// The sort key of the year.
    #[sea_orm(column_type = "BigInteger", nullable)]
    pub established_year_asc: Option<i64>,
    // This is the last column because seaography applies sort keys in the order of the columns.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub id: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::community::Entity",
        from = "Column::UsId",
        to = "super::community::Column::Id"
    )]
    Us,
    #[sea_orm(
        belongs_to = "super::community::Entity",
        from = "Column::PartnerId",
        to = "super::community::Column::Id"
    )]
    Partner,
    #[sea_orm(
        belongs_to = "super::community::Entity",
        from = "Column::StateId",
        to = "super::community::Column::Id"
    )]
    State,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelatedEntity)]
pub enum RelatedEntity {
    #[sea_orm(entity = "super::community::Entity", def = "Relation::Us.def()")]
    Us,
    #[sea_orm(entity = "super::community::Entity", def = "Relation::Partner.def()")]
    Partner,
    #[sea_orm(entity = "super::community::Entity", def = "Relation::State.def()")]
    State,
}

impl ActiveModelBehavior for ActiveModel {}
