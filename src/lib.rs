//! An open GraphQL query server over the sister partnerships between the United States and Asia,
//! joined with what survey respondents know and think of them.
//!
//! Modules in the order of their dependencies; each uses only those before it.

pub mod collation;
pub mod entity;
pub mod vocabulary;

pub mod stats;

pub mod audit;
