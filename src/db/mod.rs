//! The database: how it is opened, brought up to date, written to and read.
//!
//! Reading goes through a [`Snapshot`]: rows by key and pages of lists, as statements that are
//! built from the columns of SeaORM entities and run on SQLite and PostgreSQL alike. What the two
//! say differently is in `dialect`.

mod column;
pub mod connection;
mod counts;
mod deadline;
mod dialect;
mod figures;
mod group;
mod list;
mod lookup;
mod page;
mod reader;
pub mod search;
mod seek;
mod snapshot;
mod sqlite;
mod statement;
mod tally;
mod total;
mod walk;
pub mod write;

pub use column::{BEYOND_ALL_DOUBLES, BEYOND_ALL_INTEGERS, Cell, CellKind, Cells, Column, Record};
pub use figures::{AllFigures, Figure, FigureKind, FigureSet, QuantityColumns};
pub use group::{Group, GroupBy, GroupQuery};
pub use list::{ListKey, ListQuery, Listed, Parent};
pub use lookup::{Constant, Lookup, LookupKey, Rows, Selected, Through};
pub use page::{Outside, OutsideQuery, Page, PageQuery};
pub use reader::Reader;
pub use seek::{OrderKey, Window};
pub use snapshot::{Snapshot, StatementLog, StatementTotals};
pub use tally::{By, Counted, Tally, TallyKey};
pub use total::{Total, TotalQuery};
pub use walk::Walk;
