//! Abbreviations, nicknames, and former names of places.

use sea_orm::entity::prelude::*;

/// A row of the table `common_name`. Either the country or the community is set.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "common_name")]
pub struct Model {
    /// The name, which stands for only one place.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// The country that it stands for.
    pub country_id: Option<String>,
    /// The community that it stands for.
    pub community_id: Option<String>,
    /// What kind of name it is, or until when it was used.
    pub note: String,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
