//! Plans that were made lately: the same document with the same variables is planned once.
//!
//! A plan depends on nothing else, for the graph and the limits of an engine do not change. What its
//! fields work out when it is first run, the texts of statements above all, is kept with it.

use std::sync::Arc;

use foldhash::fast::RandomState;
use moka::sync::Cache;
use serde_json::{Map, Value as Json};

use super::{Document, Plan, document::Operation};

/// Plans by what they were made of.
pub(super) type Plans = Cache<PlanKey, Kept, RandomState>;

/// What a plan is made of: the number of the document, the operation and the variables, as text.
pub(super) type PlanKey = Box<str>;

/// A plan, and about how many bytes of memory it takes.
#[derive(Clone)]
pub(super) struct Kept {
    pub(super) plan: Arc<Plan>,
    weight: u32,
}

/// How many bytes of memory the plans may take.
const CAPACITY: u64 = 16 * 1024 * 1024;
/// How many bytes a field takes, with the statement that it may have.
const PER_FIELD: u64 = 1024;
/// How many bytes a token of the document, or a letter of the variables, takes in conditions.
const PER_VALUE: u64 = 64;

/// No plans yet.
pub(super) fn plans() -> Plans {
    Cache::builder()
        .max_capacity(CAPACITY)
        .weigher(|_: &PlanKey, kept: &Kept| kept.weight)
        .build_with_hasher(RandomState::default())
}

/// The key of the plan of an operation with these variables.
pub(super) fn key(
    document: &Document,
    operation: &Operation,
    variables: &Map<String, Json>,
) -> PlanKey {
    let name = operation.name.as_deref().unwrap_or_default();
    // A map of JSON values always can be written; no name has a space.
    let variables = serde_json::to_string(variables).unwrap_or_default();
    format!("{} {name} {variables}", document.number).into()
}

impl Kept {
    /// A plan that is to be kept under a key.
    pub(super) fn new(plan: Arc<Plan>, document: &Document, key: &PlanKey) -> Self {
        let values = document.tokens + key.len() as u64;
        let bytes = plan.fields * PER_FIELD + values * PER_VALUE;
        Self {
            plan,
            weight: u32::try_from(bytes).unwrap_or(u32::MAX),
        }
    }
}
