//! All integration tests in one binary, which links once.
#![expect(
    clippy::unwrap_used,
    reason = "in a test, a panic at the spot is the clearest message"
)]

mod brute_force;
mod database;
mod import;
mod queries;
mod refusals;
mod scale;
mod support;
