//! The only place that reads the database: snapshots, rows by key, pages of lists.
//!
//! Statements are built from the columns of SeaORM entities and run on SQLite and PostgreSQL
//! alike; what the two say differently is in [`dialect`].

mod column;
mod dialect;
mod lookup;
mod page;
mod seek;
mod snapshot;

pub use column::{Cell, CellKind, Column, Record};
pub use lookup::{Constant, Lookup, LookupKey, Rows, Selected, Through};
pub use page::{BehindQuery, ListKey, ListQuery, Listed, Page, PageQuery, Parent, Total, TotalQuery};
pub use seek::{OrderKey, Window};
pub use snapshot::{Snapshot, StatementLog};
