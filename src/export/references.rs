//! What the rows of a page refer to: gathered, and found again.

use std::{collections::HashMap, sync::Arc};

use crate::db::{Column, Record, Rows};

/// The keys that columns of the rows hold, each once.
pub(super) fn named(records: &[Arc<Record>], columns: &[Column]) -> Vec<Arc<str>> {
    let mut keys: Vec<Arc<str>> = records
        .iter()
        .flat_map(|record| {
            let texts = columns.iter().map(|column| record.text(*column));
            texts.flatten().cloned()
        })
        .collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The rows of the key that a column holds.
pub(super) fn found(rows: &HashMap<Arc<str>, Rows>, record: &Record, by: Column) -> Rows {
    let key = record.text(by);
    key.and_then(|key| rows.get(key))
        .cloned()
        .unwrap_or_default()
}
