//! States, provinces and cities: the places that hold, or could hold, partnerships.

use sea_orm::entity::prelude::*;

/// One row of `community`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "community")]
pub struct Model {
    /// Slug, such as `us-ca-los-angeles`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// `STATE`, `PROVINCE` or `CITY`.
    #[sea_orm(column_name = "type")]
    pub community_type: String,
    /// `StateKind`, `ProvinceKind` or `CityKind`.
    pub kind: String,
    /// English name.
    pub name: String,
    /// The name as compared and sorted: see `crate::collation`.
    pub sort_name: String,
    /// The country that it lies in.
    pub country_id: String,
    /// States only; null for the District of Columbia and the territories.
    pub region_id: Option<String>,
    /// The state that a US city lies in.
    pub state_id: Option<String>,
    /// The province that a partner city lies in, where known.
    pub province_id: Option<String>,
    /// Capital of its country, state or province.
    pub is_capital: bool,
    /// Degrees north, WGS 84.
    pub latitude: Option<f64>,
    /// Degrees east, WGS 84.
    pub longitude: Option<f64>,
    /// The point as a unit vector from the centre of the earth, through 0° N 0° E.
    pub unit_x: Option<f64>,
    /// The same, through 0° N 90° E.
    pub unit_y: Option<f64>,
    /// The same, through the north pole.
    pub unit_z: Option<f64>,
    /// Inhabitants.
    pub population: Option<i32>,
    /// Partnerships of the place and of what lies in it, counted at loading so that lists can be filtered and ordered by it.
    pub partnership_count: i32,
    /// USPS code; states only.
    pub code: Option<String>,
    /// FIPS 5-2 code; states only.
    pub fips: Option<String>,
    /// The Census Bureau's division; states only.
    pub census_division: Option<String>,
    /// Wikidata item.
    pub wikidata_qid: Option<String>,
    /// GeoNames id.
    pub geonames_id: Option<i32>,
}

/// Relations are edges of the graph, see `crate::schema`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
