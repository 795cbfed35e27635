//! Notes on partnerships: what sources add, doubts, and conflicting years.

use sea_orm::entity::prelude::*;

/// A row of the table `partnership_note`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "partnership_note")]
pub struct Model {
    /// The id of the partnership.
    #[sea_orm(primary_key, auto_increment = false)]
    pub partnership_id: String,
    /// The position of the note within the partnership, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// The `PartnershipNoteKind`.
    pub kind: String,
    /// The text of the note.
    pub text: String,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
