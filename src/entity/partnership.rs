//! Sister partnerships between a US community and a partner community.

use sea_orm::entity::prelude::*;

/// A row of the table `partnership`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "partnership")]
pub struct Model {
    /// The slug, such as `ca-los-angeles--jp-nagoya`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The `PartnershipLevel`.
    pub level: String,
    /// The id of the US community.
    pub us_id: String,
    /// The type of the US community: `STATE` or `CITY`.
    pub us_type: String,
    /// The id of the partner community.
    pub partner_id: String,
    /// The type of the partner community: `PROVINCE` or `CITY`.
    pub partner_type: String,
    /// The state that the US community is or belongs to.
    pub state_id: String,
    /// The region of that state; null for the District of Columbia and the territories.
    pub region_id: Option<String>,
    /// The partner country.
    pub country_id: String,
    /// The province that the partner community is or belongs to; null if unknown.
    pub province_id: Option<String>,
    /// The `sort_name` of the US community.
    pub us_sort_name: String,
    /// The `sort_name` of the partner community.
    pub partner_sort_name: String,
    /// The `sort_name` of the partner country.
    pub country_sort_name: String,
    /// The population of the US community; null if unknown.
    pub us_population: Option<i32>,
    /// The population of the partner community; null if unknown.
    pub partner_population: Option<i32>,
    /// The year of the agreement; null if unknown.
    pub established_year: Option<i32>,
    /// The `PartnershipStatus`.
    pub status: String,
    /// The year in which the partnership ended; null if it has not ended or the year is unknown.
    pub ended_year: Option<i32>,
    /// The great-circle distance between the communities in kilometers, see
    /// `crate::stats::great_circle`; null if the coordinates of either are unknown.
    pub distance_km: Option<f64>,
    /// The best attested date of the agreement: a year, a month, or a day, such as `1967-12-18`. Null if
    /// `established_year` is.
    pub established_date: Option<String>,
    /// The `Corroboration`.
    pub corroboration: String,
    /// Whether it is not only derived lists that record the partnership.
    pub corroborated: bool,
    /// Whether claims about the partnership contradict each other.
    pub has_disagreement: bool,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
