//! Loading CSV files into the database.
//!
//! [`Tables::read`] reads all [`Files`] and checks them, and reports every problem of every file
//! before the database is touched. [`load`] then compares the tables with the stored rows and writes
//! the difference in one transaction. This module does not depend on the API.

mod alternate_names;
mod communities;
mod countries;
mod difference;
mod files;
mod key_index;
mod load;
mod partnership_notes;
mod partnerships;
mod problem;
mod published_statistics;
mod respondent_aggregates;
mod revision;
mod row;
mod search_index;
mod sheet;
mod sheets;
mod sources;
mod summary;
mod surveys;
mod tables;

pub use files::{FILES, Files};
pub use load::{LoadError, Progress, StoredDataset, load, stored_dataset};
pub use problem::{Problem, Problems};
pub use summary::{LoadSummary, TableChanges};
pub use tables::Tables;
