//! The GraphQL schema: one file per concept, each defining its types and fields.
//!
//! Fields name the columns and relations that they read, and filters say what is compared with what.
//! `crate::db` makes these into SQL statements and runs them; `crate::engine` executes requests.

mod awareness;
mod claim;
mod comparison;
mod concentration;
mod connection;
mod coverage;
pub mod cursor;
mod dataset;
mod figure;
mod filter;
mod global_id;
mod group;
mod group_key;
mod history;
mod identity;
mod matches;
mod node;
mod partnership;
mod percentage;
mod place;
mod plan;
mod query;
mod relation;
mod search;
mod source;
mod survey;
mod tabulation;
mod timeline;
mod trend;

use async_graphql::dynamic::SchemaError;

use crate::{
    engine::{Engine, Graph},
    limits::Limits,
};

/// Builds the engine that executes requests against this schema.
///
/// # Errors
/// If the definition is wrong, for example if a field has an undefined type. A test builds the
/// engine, so this does not happen in a release.
pub fn build_engine(limits: Limits) -> Result<Engine, SchemaError> {
    Engine::new(graph(), limits)
}

/// Returns the definition of all types and fields.
pub fn graph() -> Graph {
    let define = [
        query::define,
        node::define,
        place::define,
        partnership::define,
        claim::define,
        figure::define,
        identity::define,
        coverage::define,
        awareness::define,
        comparison::define,
        trend::define,
        tabulation::define,
        concentration::define,
        matches::define,
        plan::define,
        group_key::define,
        survey::define,
        source::define,
        dataset::define,
        history::define,
        filter::define,
        group::define,
        timeline::define,
        connection::define,
        search::define,
    ];
    define
        .into_iter()
        .fold(Graph::default(), |graph, define| define(graph))
}
