//! Collects the keys that the rows of a page refer to, and looks up the referenced rows.

use std::{collections::HashMap, sync::Arc};

use crate::db::{ColumnRef, Record, Records};

/// Returns the distinct keys in the given columns of the rows.
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

/// Returns the rows for the key in a column of the record; empty if there are none.
pub(super) fn rows_for_key(
    rows: &HashMap<Arc<str>, Records>,
    record: &Record,
    key_column: ColumnRef,
) -> Records {
    let key = record.text(key_column);
    key.and_then(|key| rows.get(key))
        .cloned()
        .unwrap_or_default()
}
