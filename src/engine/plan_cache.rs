//! Plans that were made lately: the same document with the same variables is planned once.
//!
//! A plan depends on nothing else, for the graph and the limits of an engine do not change. What its
//! fields work out when it is first run, the texts of statements above all, is kept with it.

use std::sync::Arc;

use foldhash::fast::RandomState;
use moka::sync::Cache;
use serde_json::{Map, Value as Json};

use super::{Document, Plan, document::OperationInfo};

/// Plans by what they were made of.
pub(super) type PlanCache = Cache<PlanKey, CachedPlan, RandomState>;

/// What a plan is made of: the number of the document, the operation and the variables, as text.
pub(super) type PlanKey = Box<str>;

/// A plan, and about how many bytes of memory it takes.
#[derive(Clone)]
pub(super) struct CachedPlan {
    pub(super) plan: Arc<Plan>,
    weight: u32,
}

/// How many bytes of memory the plans may take.
pub const PLAN_CACHE_BYTES: u64 = 16 * 1024 * 1024;
/// How many bytes a field takes, with the statement that it may have.
const BYTES_PER_FIELD: u64 = 1024;
/// How many bytes a token of the document, or a letter of the variables, takes in conditions.
const BYTES_PER_VALUE: u64 = 64;

/// No plans yet.
pub(super) fn new_plan_cache() -> PlanCache {
    Cache::builder()
        .max_capacity(PLAN_CACHE_BYTES)
        .weigher(|_: &PlanKey, kept: &CachedPlan| kept.weight)
        .build_with_hasher(RandomState::default())
}

/// The key of the plan of an operation with these variables.
pub(super) fn plan_key(
    document: &Document,
    operation: &OperationInfo,
    variables: &Map<String, Json>,
) -> PlanKey {
    let name = operation.name.as_deref().unwrap_or_default();
    // A map of JSON values always can be written; no name has a space.
    let variables = serde_json::to_string(variables).unwrap_or_default();
    format!("{} {name} {variables}", document.id).into()
}

impl CachedPlan {
    /// A plan that is to be kept under a key.
    pub(super) fn new(plan: Arc<Plan>, document: &Document, key: &PlanKey) -> Self {
        let values = document.token_count + key.len() as u64;
        let bytes = plan.field_count * BYTES_PER_FIELD + values * BYTES_PER_VALUE;
        Self {
            plan,
            weight: u32::try_from(bytes).unwrap_or(u32::MAX),
        }
    }
}
