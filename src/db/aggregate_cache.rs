//! Counts that are kept: what a statement gave that read many rows to give few.

use std::{fmt::Write, sync::Arc};

use foldhash::fast::RandomState;
use moka::sync::Cache;
use sea_orm::sea_query::Value;

use super::{Cell, Cells, statement::BoundStatement};

/// What a count depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct AggregateCacheKey {
    /// The content that was counted, as the transaction sees it.
    revision: Arc<str>,
    sql: Arc<str>,
    values: Box<str>,
}

impl AggregateCacheKey {
    pub(super) fn new(revision: Arc<str>, statement: &BoundStatement) -> Self {
        let mut values = String::new();
        for value in &statement.values {
            match value {
                // With its length, so that texts do not run together.
                Value::String(Some(text)) => _ = write!(values, "{}:{text},", text.len()),
                // Writing to a string cannot fail.
                other => _ = write!(values, "{other:?},"),
            }
        }
        Self {
            revision,
            sql: statement.sql.clone(),
            values: values.into(),
        }
    }
}

/// Counts, bounded by their bytes; the least used go first.
pub(super) type AggregateCache = Cache<AggregateCacheKey, Arc<[Cells]>, RandomState>;

/// Keeps at most so many bytes of counts.
pub(super) fn new_aggregate_cache(max_bytes: u64) -> AggregateCache {
    Cache::builder()
        .max_capacity(max_bytes)
        .weigher(|key: &AggregateCacheKey, rows: &Arc<[Cells]>| {
            let of_row = |row: &Cells| {
                let texts = row.iter().filter_map(Cell::text).map(|text| text.len());
                size_of::<Cells>() + row.len() * size_of::<Cell>() + texts.sum::<usize>()
            };
            let rows: usize = rows.iter().map(of_row).sum();
            u32::try_from(256 + key.sql.len() + key.values.len() + rows).unwrap_or(u32::MAX)
        })
        .build_with_hasher(RandomState::default())
}
