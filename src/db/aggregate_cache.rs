//! The cache of aggregates: the results of statements that read many rows and return few.

use std::{fmt::Write, sync::Arc};

use foldhash::fast::RandomState;
use moka::sync::Cache;
use sea_orm::sea_query::Value;

use super::{Cell, Cells, statement::BoundStatement};

/// Everything that a result depends on: the data, the statement, and its values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct AggregateCacheKey {
    /// The revision of the data that the transaction sees.
    revision: Arc<str>,
    sql: Arc<str>,
    values: Box<str>,
}

impl AggregateCacheKey {
    pub(super) fn new(revision: Arc<str>, statement: &BoundStatement) -> Self {
        let mut values = String::new();
        for value in &statement.values {
            match value {
                // The length keeps adjacent texts apart.
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

/// Results by key, bounded by their size in bytes. moka evicts entries that are rarely used.
pub(super) type AggregateCache = Cache<AggregateCacheKey, Arc<[Cells]>, RandomState>;

/// Creates a cache of at most about `max_bytes` bytes.
pub(super) fn new_aggregate_cache(max_bytes: u64) -> AggregateCache {
    Cache::builder()
        .max_capacity(max_bytes)
        .weigher(|key: &AggregateCacheKey, rows: &Arc<[Cells]>| {
            let row_size = |row: &Cells| {
                let texts = row.iter().filter_map(Cell::text).map(|text| text.len());
                size_of::<Cells>() + row.len() * size_of::<Cell>() + texts.sum::<usize>()
            };
            let rows: usize = rows.iter().map(row_size).sum();
            u32::try_from(256 + key.sql.len() + key.values.len() + rows).unwrap_or(u32::MAX)
        })
        .build_with_hasher(RandomState::default())
}
