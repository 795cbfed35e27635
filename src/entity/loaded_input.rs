//! The input of the last load. The table has at most one row.

use sea_orm::entity::prelude::*;

/// A row of the table `loaded_input`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "loaded_input")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// The hash of the bytes of the files and of the program that loaded them, see `crate::import::find_loaded`.
    pub hash: String,
    /// The notices of the load, one per line.
    pub notices: String,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
