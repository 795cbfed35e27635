//! The coefficients of the match model. Without a model, there are none.

use sea_orm::entity::prelude::*;

/// A row of the table `match_coefficient`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "match_coefficient")]
pub struct Model {
    /// The `MatchFeature`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub feature: String,
    /// The log-odds per unit of the feature.
    pub coefficient: f64,
    /// The standard error of the coefficient.
    pub standard_error: f64,
    /// The coefficient divided by its standard error.
    pub z: f64,
    /// The number of partnerships that the model was fitted to; null if it is unknown.
    pub partnerships: Option<i32>,
    /// The hash of the files that the model was fitted to, see `crate::import::MATCH_FILES`.
    pub revision: String,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
