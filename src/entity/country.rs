//! Countries; the partner countries and the United States.

use sea_orm::entity::prelude::*;

/// One row of `country`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "country")]
pub struct Model {
    /// ISO 3166-1 alpha-2.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// ISO 3166-1 alpha-3.
    pub code3: String,
    /// English name.
    pub name: String,
    /// The name as compared and sorted: see `crate::collation`.
    pub sort_name: String,
    /// `Subregion`.
    pub subregion: String,
    /// False for the United States.
    pub is_partner: bool,
    /// Degrees north, WGS 84.
    pub latitude: Option<f64>,
    /// Degrees east, WGS 84.
    pub longitude: Option<f64>,
    /// Inhabitants.
    pub population: Option<i32>,
    /// Partnerships of the place and of what lies in it, counted at loading so that lists can be filtered and ordered by it.
    pub partnership_count: i32,
}

/// Relations are edges of the graph, see `crate::schema`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
