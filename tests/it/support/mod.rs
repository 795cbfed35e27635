//! Shared helpers of the tests.

pub(crate) mod cluster;
pub(crate) mod data_set;
pub(crate) mod database;
pub(crate) mod graph;
pub(crate) mod process;
pub(crate) mod relay;
pub(crate) mod table_rows;
