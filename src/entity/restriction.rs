//! Laws that limit new partnerships.

use sea_orm::entity::prelude::*;

/// A row of the table `restriction`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "restriction")]
pub struct Model {
    /// The slug.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The state whose law it is.
    pub state_id: String,
    /// The country that partnerships are limited with.
    pub country_id: String,
    /// The values of `PartnershipLevel` that it applies to, separated by semicolons.
    pub levels: String,
    /// The `RestrictionEffect`.
    pub effect: String,
    /// The start: a year, a month, or a day. Null if it is unknown.
    pub starts: Option<String>,
    /// The end: a year, a month, or a day. Null if no end is known.
    pub ends: Option<String>,
    /// The citation of the law.
    pub law: String,
    /// The summary of the law, and what could not be verified.
    pub text: String,
    /// Where to read the law or the report about it.
    pub url: String,
    /// The `RestrictionCertainty`.
    pub certainty: String,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
