//! Loading CSV files into the database.
//!
//! [`Tables::read`] reads all [`Files`] and checks them, and reports every problem of every file
//! before the database is touched. [`load`] then sends the rows to the database, which compares them with the stored rows and
//! writes the difference in one transaction, with a record of the rows of the files that changed. [`find_loaded`] recognizes
//! files that are already loaded by their bytes. This module does not depend on the API.

mod files;
mod history;
mod input_hash;
mod key_index;
mod large_map;
mod load;
mod problem;
mod revision;
mod row;
mod search_index;
mod sheet;
mod sheet_rows;
mod sheets;
mod summary;
mod tables;

pub use crate::db::difference::TableChanges;
pub use files::{
    DEFAULT_MIN_CELL, FILES, Files, LOWEST_MIN_CELL, RespondentFiles, RespondentOptions,
};
pub use history::DEFAULT_KEEP_REVISIONS;
pub use load::{
    LoadError, LoadOptions, Progress, StoredDataset, find_loaded, load, load_with_options,
    stored_dataset, update_statistics,
};
pub use problem::{Problem, Problems};
pub use revision::MATCH_FILES;
pub use summary::LoadSummary;
pub use tables::{Tables, read_files};
