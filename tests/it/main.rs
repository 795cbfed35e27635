//! All integration tests in one binary, which links once.
#![expect(
    clippy::unwrap_used,
    reason = "in a test, a panic at the spot is the clearest message"
)]

mod answers;
mod architecture;
mod brute_force;
mod contract;
mod counts;
mod database;
mod differential;
mod docs;
mod export;
mod figures;
mod groups;
mod http;
mod import;
mod language;
mod limits;
mod operations;
mod paging;
mod plans;
mod queries;
mod refusals;
mod requests;
mod scale;
mod schema;
mod search;
mod serving;
mod support;
mod tour;
mod validation;
