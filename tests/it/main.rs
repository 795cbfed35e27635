//! All integration tests in one binary, so that they are linked once.
#![expect(
    clippy::unwrap_used,
    reason = "in a test, a panic at the failing line is the clearest message"
)]

mod architecture;
mod brute_force;
mod charts;
mod claims;
mod cluster;
mod commands;
mod contract;
mod count_cache;
mod database;
mod deployment;
mod differential;
mod docs;
mod export;
mod figures;
mod groups;
mod haproxy;
mod history;
mod http;
mod import;
mod invalid_arguments;
mod invalid_requests;
mod language;
mod limits;
mod methods;
mod null_arguments;
mod operations;
mod outage;
mod pages;
mod paging;
mod patroni;
mod pgbouncer;
mod plans;
mod playground_examples;
mod queries;
mod reference;
mod responses;
mod scale;
mod schema;
mod search;
mod serving;
mod support;
mod timeline;
mod upgrades;
mod validation;
