//! What the rows of a page refer to: gathered, and found again.

use std::{collections::HashMap, sync::Arc};

use crate::db::{ColumnRef, Record, Records};

/// The keys that columns of the rows hold, each once.
pub(super) fn referenced_keys(records: &[Arc<Record>], columns: &[ColumnRef]) -> Vec<Arc<str>> {
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
pub(super) fn rows_for_key(
    rows: &HashMap<Arc<str>, Records>,
    record: &Record,
    by: ColumnRef,
) -> Records {
    let key = record.text(by);
    key.and_then(|key| rows.get(key))
        .cloned()
        .unwrap_or_default()
}
