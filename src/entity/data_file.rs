//! The data files of the loaded revision, which the next load compares with its own.

use sea_orm::entity::prelude::*;

/// A row of the table `data_file`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "data_file")]
pub struct Model {
    /// The name of the file; of its second part, `claims.csv 2`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// The part as CSV with a header.
    pub content: Vec<u8>,
}

/// No relations: `crate::schema` defines them as edges of the graph.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
