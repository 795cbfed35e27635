//! States, provinces, and cities.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "community")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub id: String,
    #[sea_orm(column_type = "Text")]
    pub r#type: String,
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub sort_name: String,
    #[sea_orm(column_type = "Text")]
    pub country_id: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub region_id: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub state_id: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub province_id: Option<String>,
    pub is_capital: bool,
    #[sea_orm(column_type = "Double", nullable)]
    pub latitude: Option<f64>,
    #[sea_orm(column_type = "Double", nullable)]
    pub longitude: Option<f64>,
    #[sea_orm(column_type = "Double", nullable)]
    pub unit_x: Option<f64>,
    #[sea_orm(column_type = "Double", nullable)]
    pub unit_y: Option<f64>,
    #[sea_orm(column_type = "Double", nullable)]
    pub unit_z: Option<f64>,
    pub population: Option<i32>,
    pub partnership_count: i32,
    #[sea_orm(column_type = "Text", nullable, unique)]
    pub code: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub fips: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub census_division: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub wikidata_qid: Option<String>,
    pub geonames_id: Option<i32>,
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
    #[sea_orm(
        entity = "super::partnership::Entity",
        def = "super::partnership::Relation::State.def().rev()"
    )]
    StatePartnership,
}

impl ActiveModelBehavior for ActiveModel {}
