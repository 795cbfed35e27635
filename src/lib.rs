//! An open GraphQL query server over the sister partnerships between the United States and Asia,
//! joined with what survey respondents know and think about them.
//!
//! The modules are listed in the order of their dependencies: each uses only those before it. A test
//! checks this.

pub mod vocabulary;

pub mod collation;

pub mod suggestion;

pub mod search;

pub mod stats;

pub mod audit;

pub mod changes;

pub mod entity;

pub mod db;

pub mod import;

pub mod generate;

pub mod graphql_error;

pub mod graphql_response;

pub mod limits;

pub mod log;

pub mod engine;

pub mod schema;

pub mod export;

pub mod http;

pub mod cli;
