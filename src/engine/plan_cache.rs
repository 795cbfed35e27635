//! Caches the last plan of each recent operation.
//!
//! A request with the same variables uses it as it is. For other variables, a new plan is made from it.
//! A plan depends on nothing else, because the graph and the limits of an engine do not change. Values
//! that resolvers compute when a plan is first executed, mainly the texts of SQL statements, are cached
//! with it.

use std::sync::Arc;

use apollo_compiler::Name;
use foldhash::fast::RandomState;
use moka::sync::Cache;

use super::Plan;

pub(super) type PlanCache = Cache<PlanKey, Arc<Plan>, RandomState>;

/// The id of the document, and the name of the operation.
pub(super) type PlanKey = (u64, Option<Name>);

/// How many bytes of memory the cached plans may take.
pub const PLAN_CACHE_BYTES: u64 = 16 * 1024 * 1024;
/// How many bytes a field takes, including the SQL statement that it may have.
const BYTES_PER_FIELD: u64 = 1024;
/// How many bytes a token of the document, or a byte of the variables, takes in prepared arguments.
const BYTES_PER_VALUE: u64 = 64;

pub(super) fn new_plan_cache() -> PlanCache {
    Cache::builder()
        .max_capacity(PLAN_CACHE_BYTES)
        .weigher(|_: &PlanKey, plan: &Arc<Plan>| {
            let variables = serde_json::to_string(&plan.variables).unwrap_or_default();
            let values = plan.token_count + variables.len() as u64;
            let fields = plan.selection_set.field_count;
            let bytes = fields * BYTES_PER_FIELD + values * BYTES_PER_VALUE;
            u32::try_from(bytes).unwrap_or(u32::MAX)
        })
        .build_with_hasher(RandomState::default())
}
