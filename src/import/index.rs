//! What can be referred to: the keys of a file, or of several that share one space of keys.

use std::collections::{HashMap, hash_map::Entry};

use super::row::{Row, did_you_mean};

/// Keys with what the checks need to know of each.
pub(super) struct Index<'a, T> {
    /// What a key is the key of, such as `source`.
    what: &'static str,
    /// What to give instead of an unknown key.
    advice: &'static str,
    entries: HashMap<&'a str, (Row<'a>, T)>,
    /// Whether all files of the keys could be read in full.
    complete: bool,
}

impl<'a, T> Index<'a, T> {
    pub(super) fn new(what: &'static str, advice: &'static str, complete: bool) -> Self {
        Self {
            what,
            advice,
            entries: HashMap::new(),
            complete,
        }
    }

    /// Adds a key; reports one that is there already.
    pub(super) fn insert(&mut self, row: Row<'a>, column: &str, key: &'a str, value: T) {
        if key.is_empty() {
            return;
        }
        match self.entries.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert((row, value));
            }
            Entry::Occupied(entry) => {
                let first = entry.get().0;
                row.wrong(
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
    pub(super) fn find(&self, row: Row<'_>, column: &str, key: &str) -> Option<&T> {
        let found = self.get(key);
        if found.is_none() && self.complete && !key.is_empty() {
            let hint = did_you_mean(key, self.entries.keys().copied());
            row.wrong(
                column,
                format!("unknown {} \"{key}\"; {}{hint}", self.what, self.advice),
            );
        }
        found
    }

    pub(super) fn get(&self, key: &str) -> Option<&T> {
        self.entries.get(key).map(|(_, value)| value)
    }
}

/// Keys of which each may stand only once, and to which nothing refers.
pub(super) struct Once<K>(HashMap<K, u64>);

impl<K: Eq + std::hash::Hash> Once<K> {
    pub(super) fn new() -> Self {
        Self(HashMap::new())
    }

    /// Reports a key that stood on an earlier line; `what` says what it is.
    pub(super) fn check(&mut self, row: Row<'_>, column: &str, key: K, what: &str) {
        if let Some(line) = self.0.insert(key, row.line) {
            row.wrong(
                column,
                format!(
                    "duplicate {what}; {}:{line} has it already, remove one",
                    row.file()
                ),
            );
        }
    }
}
