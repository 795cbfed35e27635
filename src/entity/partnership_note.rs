//! What sources add to a partnership, and what is in doubt.

use sea_orm::entity::prelude::*;

/// One row of `partnership_note`.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "partnership_note")]
pub struct Model {
    /// The partnership.
    #[sea_orm(primary_key, auto_increment = false)]
    pub partnership_id: String,
    /// Order within the partnership.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// `PartnershipNoteKind`.
    pub kind: String,
    /// The note.
    pub text: String,
}

/// Relations are edges of the graph, see `crate::schema`.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
