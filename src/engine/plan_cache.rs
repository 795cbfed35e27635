//! Caches recent plans, so that the same operation with the same variables is planned once.
//!
//! A plan depends on nothing else, because the graph and the limits of an engine do not change. Values
//! that resolvers compute when a plan is first executed, mainly the texts of SQL statements, are cached
//! with it.

use std::sync::Arc;

use apollo_compiler::executable::Operation;
use foldhash::fast::RandomState;
use moka::sync::Cache;
use serde_json::{Map, Value as Json};

use super::{Document, Plan};

pub(super) type PlanCache = Cache<PlanKey, Arc<Plan>, RandomState>;

/// The id of the document, the name of the operation and the variables, as text.
pub(super) type PlanKey = Box<str>;

/// How many bytes of memory the cached plans may take.
pub const PLAN_CACHE_BYTES: u64 = 16 * 1024 * 1024;
/// How many bytes a field takes, including the SQL statement that it may have.
const BYTES_PER_FIELD: u64 = 1024;
/// How many bytes a token of the document, or a byte of the key, takes in prepared arguments.
const BYTES_PER_VALUE: u64 = 64;

pub(super) fn new_plan_cache() -> PlanCache {
    Cache::builder()
        .max_capacity(PLAN_CACHE_BYTES)
        .weigher(|key: &PlanKey, plan: &Arc<Plan>| {
            let values = plan.token_count + key.len() as u64;
            let bytes = plan.field_count * BYTES_PER_FIELD + values * BYTES_PER_VALUE;
            u32::try_from(bytes).unwrap_or(u32::MAX)
        })
        .build_with_hasher(RandomState::default())
}

pub(super) fn plan_key(
    document: &Document,
    operation: &Operation,
    variables: &Map<String, Json>,
) -> PlanKey {
    let name = operation.name.as_deref().unwrap_or_default();
    // Serializing a map of JSON values cannot fail. A GraphQL name has no space.
    let variables = serde_json::to_string(variables).unwrap_or_default();
    format!("{} {name} {variables}", document.id).into()
}
