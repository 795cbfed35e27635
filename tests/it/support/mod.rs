//! What tests build on.

pub(crate) mod data_set;
pub(crate) mod database;
pub(crate) mod graph;
pub(crate) mod process;
