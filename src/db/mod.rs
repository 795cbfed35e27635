//! The database: how it is opened, brought up to date and written to.

pub mod connection;
pub mod write;
