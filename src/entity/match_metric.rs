//! The accuracy of the match model and of simpler rankings on held-out partnerships.

use sea_orm::entity::prelude::*;

/// A row of the table `match_metric`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "match_metric")]
pub struct Model {
    /// The position in lists.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// The held-out partnerships.
    pub split: String,
    /// The ranking method.
    pub method: String,
    /// The accuracy measure.
    pub measure: String,
    /// The value of the measure.
    pub value: f64,
    /// The lower bound of the 95% interval.
    pub low: f64,
    /// The upper bound of the 95% interval.
    pub high: f64,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
