//! What each source says about a partnership.

use sea_orm::entity::prelude::*;

/// A row of the table `claim`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "claim")]
pub struct Model {
    /// The id of the partnership.
    #[sea_orm(primary_key, auto_increment = false)]
    pub partnership_id: String,
    /// The id of the source.
    #[sea_orm(primary_key, auto_increment = false)]
    pub source_id: String,
    /// The `ClaimKind`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    /// The year that the source states; null if it states none.
    pub year: Option<i32>,
    /// The date that the source states: a year, a month, or a day, such as `1967-12-18`. Null if `year` is.
    pub date: Option<String>,
    /// Whether the year was computed from an anniversary, and may be off by one.
    pub reckoned: bool,
    /// The `ClaimSide`.
    pub side: String,
    /// What else the source says, in a few words.
    pub note: Option<String>,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
