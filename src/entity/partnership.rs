//! Sister relationships between a US community and a partner community.

use sea_orm::entity::prelude::*;

/// One row of `partnership`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "partnership")]
pub struct Model {
    /// Slug.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// `PartnershipLevel`.
    pub level: String,
    /// The community on the US side.
    pub us_id: String,
    /// Its type: `STATE` or `CITY`.
    pub us_type: String,
    /// The community on the other side.
    pub partner_id: String,
    /// Its type: `PROVINCE` or `CITY`.
    pub partner_type: String,
    /// The state that the US side is, or lies in.
    pub state_id: String,
    /// The region of that state.
    pub region_id: Option<String>,
    /// The partner country.
    pub country_id: String,
    /// The province that the partner is, or lies in.
    pub province_id: Option<String>,
    /// `sort_name` of the US side.
    pub us_sort_name: String,
    /// `sort_name` of the other side.
    pub partner_sort_name: String,
    /// `sort_name` of the partner country.
    pub country_sort_name: String,
    /// Year of the agreement.
    pub established_year: Option<i32>,
    /// `PartnershipStatus`.
    pub status: String,
    /// Year of the end.
    pub ended_year: Option<i32>,
    /// Great-circle distance between the sides, see `crate::stats::great_circle`.
    pub distance_km: Option<f64>,
    /// Whether an independent source records it.
    pub corroborated: bool,
}

/// Relations are edges of the graph, see `crate::schema`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
