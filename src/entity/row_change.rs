//! The rows that differ between a revision and the one before, except for the oldest revision.

use sea_orm::entity::prelude::*;

/// A row of the table `row_change`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "row_change")]
pub struct Model {
    /// The position in the order of changes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// The revision that has the change.
    pub revision: String,
    /// The `ChangeKind`.
    pub kind: String,
    /// The `ChangeEntity`.
    pub entity: String,
    /// The key columns of the row, joined by `|`.
    pub slug: String,
    /// The `FieldChange`s as a JSON list.
    pub fields: String,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
