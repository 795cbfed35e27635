//! The partner countries and the United States.

use sea_orm::entity::prelude::*;

/// A row of the table `country`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "country")]
pub struct Model {
    /// The ISO 3166-1 alpha-2 code.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The ISO 3166-1 alpha-3 code.
    pub code3: String,
    /// The English name.
    pub name: String,
    /// The form of the name for comparing and sorting, see `crate::collation`.
    pub sort_name: String,
    /// The `Subregion`.
    pub subregion: String,
    /// False for the United States, true for all others.
    pub is_partner: bool,
    /// The latitude in degrees north (WGS 84).
    pub latitude: Option<f64>,
    /// The longitude in degrees east (WGS 84).
    pub longitude: Option<f64>,
    /// The number of inhabitants.
    pub population: Option<i32>,
    /// The number of partnerships of places in the country. Counted when the data is loaded, so that
    /// lists can be filtered and sorted by it.
    pub partnership_count: i32,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
