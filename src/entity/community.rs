//! States, provinces, and cities: the places that have, or could have, partnerships.

use sea_orm::entity::prelude::*;

/// A row of the table `community`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "community")]
pub struct Model {
    /// The slug, such as `us-ca-los-angeles`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// `STATE`, `PROVINCE` or `CITY`.
    #[sea_orm(column_name = "type")]
    pub community_type: String,
    /// The `StateKind`, `ProvinceKind`, or `CityKind`.
    pub kind: String,
    /// The English name.
    pub name: String,
    /// The form of the name for comparing and sorting, see `crate::collation`.
    pub sort_name: String,
    /// The country that the community is in.
    pub country_id: String,
    /// The `sort_name` of the country.
    pub country_sort_name: String,
    /// The region of a state; null for other types, the District of Columbia, and the territories.
    pub region_id: Option<String>,
    /// The state of a US city; null for other communities.
    pub state_id: Option<String>,
    /// The province of a partner city; null for other communities or if unknown.
    pub province_id: Option<String>,
    /// Whether the community is the capital of its country, state, or province.
    pub is_capital: bool,
    /// The latitude in degrees north (WGS 84).
    pub latitude: Option<f64>,
    /// The longitude in degrees east (WGS 84).
    pub longitude: Option<f64>,
    /// The component of the point's unit vector from the center of the earth toward 0° N 0° E.
    pub unit_x: Option<f64>,
    /// The component toward 0° N 90° E.
    pub unit_y: Option<f64>,
    /// The component toward the north pole.
    pub unit_z: Option<f64>,
    /// The number of inhabitants.
    pub population: Option<i32>,
    /// The distance of a city from the nearest coast in kilometers; null for other communities or if unknown.
    pub coast_km: Option<f64>,
    /// The number of partnerships of the community and of places in it. Counted when the data is loaded,
    /// so that lists can be filtered and sorted by it.
    pub partnership_count: i32,
    /// The USPS code of a state.
    pub code: Option<String>,
    /// The FIPS 5-2 code of a state.
    pub fips: Option<String>,
    /// The Census Bureau's division of a state.
    pub census_division: Option<String>,
    /// The Wikidata item, such as `Q17`.
    pub wikidata_qid: Option<String>,
    /// The GeoNames id.
    pub geonames_id: Option<i32>,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
