//! What can be referred to: the keys of a file, or of several that share one space of keys.

use std::collections::{HashMap, hash_map::Entry};

use super::row::{CsvRow, did_you_mean};

/// Keys with what the checks need to know of each.
pub(super) struct KeyIndex<'a, T> {
    /// What a key is the key of, such as `source`.
    noun: &'static str,
    /// What to give instead of an unknown key.
    advice: &'static str,
    entries: HashMap<&'a str, (CsvRow<'a>, T)>,
    /// Whether all files of the keys could be read in full.
    is_complete: bool,
}

impl<'a, T> KeyIndex<'a, T> {
    pub(super) fn new(what: &'static str, advice: &'static str, complete: bool) -> Self {
        Self {
            noun: what,
            advice,
            entries: HashMap::new(),
            is_complete: complete,
        }
    }

    /// Adds a key; reports one that is there already.
    pub(super) fn insert(&mut self, row: CsvRow<'a>, column: &str, key: &'a str, value: T) {
        if key.is_empty() {
            return;
        }
        match self.entries.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert((row, value));
            }
            Entry::Occupied(entry) => {
                let first = entry.get().0;
                row.report_problem(
                    column,
                    format!(
                        "duplicate \"{key}\"; {}:{} has it already, give another",
                        first.file(),
                        first.line
                    ),
                );
            }
        }
    }

    /// What is known of `key`; reports one that is unknown.
    pub(super) fn resolve(&self, row: CsvRow<'_>, column: &str, key: &str) -> Option<&T> {
        let found = self.get(key);
        if found.is_none() && self.is_complete && !key.is_empty() {
            let hint = did_you_mean(key, self.entries.keys().copied());
            row.report_problem(
                column,
                format!("unknown {} \"{key}\"; {}{hint}", self.noun, self.advice),
            );
        }
        found
    }

    pub(super) fn get(&self, key: &str) -> Option<&T> {
        self.entries.get(key).map(|(_, value)| value)
    }
}

/// Keys of which each may stand only once, and to which nothing refers.
pub(super) struct UniqueKeys<K>(HashMap<K, u64>);

impl<K: Eq + std::hash::Hash> UniqueKeys<K> {
    pub(super) fn new() -> Self {
        Self(HashMap::new())
    }

    /// Reports a key that stood on an earlier line; `what` says what it is.
    pub(super) fn check(&mut self, row: CsvRow<'_>, column: &str, key: K, what: &str) {
        if let Some(line) = self.0.insert(key, row.line) {
            row.report_problem(
                column,
                format!(
                    "duplicate {what}; {}:{line} has it already, remove one",
                    row.file()
                ),
            );
        }
    }
}
