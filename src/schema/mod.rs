//! The graph: one file per concept, each defining its types and the edges between them.
//!
//! Nothing here speaks SQL: fields name columns and edges, `crate::db` reads them, and
//! `crate::engine` executes.

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
mod identity;
mod node;
mod partnership;
mod place;
mod query;
mod relation;
mod search;
mod source;
mod survey;

pub use partnership::source_lookup as sources_of_partnership;

use async_graphql::dynamic::SchemaError;

use crate::engine::{Engine, Graph, Limits};

/// The engine over the graph of sister partnerships.
///
/// # Errors
/// Where the definition does not hold together; a test builds it, so a released server cannot
/// meet it.
pub fn build_engine(limits: Limits) -> Result<Engine, SchemaError> {
    let define = [
        query::define,
        node::define,
        place::define,
        partnership::define,
        figure::define,
        identity::define,
        coverage::define,
        concentration::define,
        group_key::define,
        survey::define,
        source::define,
        dataset::define,
        filter::define,
        group::define,
        connection::define,
        search::define,
    ];
    let graph = define
        .into_iter()
        .fold(Graph::default(), |graph, define| define(graph));
    Engine::new(graph, limits)
}
