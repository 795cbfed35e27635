//! The database: how it is opened, brought up to date, written to and read.
//!
//! Reading goes through a [`Snapshot`]: rows by key and pages of lists, as statements that are
//! built from the columns of SeaORM entities and run on SQLite and PostgreSQL alike. What the two
//! say differently is in `dialect`.

mod column;
pub mod connection;
mod dialect;
mod lookup;
mod page;
pub mod search;
mod seek;
mod snapshot;
pub mod write;

pub use column::{Cell, CellKind, Column, Record};
pub use lookup::{Constant, Lookup, LookupKey, Rows, Selected, Through};
pub use page::{
    BehindQuery, ListKey, ListQuery, Listed, Page, PageQuery, Parent, Total, TotalQuery,
};
pub use seek::{OrderKey, Window};
pub use snapshot::{Snapshot, StatementLog};
