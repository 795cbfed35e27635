//! The keys of a file, or of several files that share one set of keys, for checking references.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash, RandomState},
};

use indexmap::{IndexMap, map::Entry};

use super::{
    problem::Dependency,
    row::{CsvRow, did_you_mean},
};

/// An index of keys, each with the row that defines it and a value that checks use.
#[derive(Debug)]
pub(super) struct KeyIndex<T> {
    /// What a key identifies, such as `source`; used in messages.
    noun: &'static str,
    /// What to enter instead of an unknown key; used in messages.
    advice: &'static str,
    entries: IndexMap<Box<str>, KeyEntry<T>>,
    /// The columns of the keys.
    columns: Vec<Dependency>,
    /// Whether all rows of the files were read; otherwise unknown keys are not reported.
    is_complete: bool,
}

#[derive(Debug)]
struct KeyEntry<T> {
    file: &'static str,
    line: u64,
    value: T,
}

impl<T> KeyIndex<T> {
    pub(super) fn new(noun: &'static str, advice: &'static str, is_complete: bool) -> Self {
        Self {
            noun,
            advice,
            entries: IndexMap::new(),
            columns: Vec::new(),
            is_complete,
        }
    }

    /// Adds a key, and reports a duplicate. Blank keys are ignored.
    pub(super) fn insert(&mut self, row: &CsvRow<'_>, column: &str, key: &str, value: T) {
        if key.is_empty() {
            return;
        }
        if self
            .columns
            .last()
            .is_none_or(|last| last.file != row.file())
        {
            self.columns
                .extend(Dependency::columns(row.file(), &[column]));
        }
        match self.entries.entry(key.into()) {
            Entry::Vacant(entry) => {
                entry.insert(KeyEntry {
                    file: row.file(),
                    line: row.line,
                    value,
                });
            }
            Entry::Occupied(entry) => {
                let first = entry.get();
                row.report_problem(
                    column,
                    format!(
                        "duplicate \"{key}\" (first in {}:{}); enter another value",
                        first.file, first.line
                    ),
                );
            }
        }
    }

    /// Releases the memory for more keys.
    pub(super) fn shrink(mut self) -> Self {
        self.entries.shrink_to_fit();
        self
    }

    /// Returns the value of `key`, and reports an unknown key.
    pub(super) fn resolve(&self, row: &CsvRow<'_>, column: &str, key: &str) -> Option<&T> {
        let value = self.get(key);
        if value.is_none() && self.is_complete && !key.is_empty() {
            let hint = did_you_mean(key, self.keys());
            row.report_follow_up(
                column,
                self.columns.clone(),
                format!("unknown {} \"{key}\"; {}{hint}", self.noun, self.advice),
            );
        }
        value
    }

    pub(super) fn get(&self, key: &str) -> Option<&T> {
        self.entries.get(key).map(|entry| &entry.value)
    }

    /// Returns the index of a key, in the order in which keys were added.
    pub(super) fn position(&self, key: &str) -> Option<usize> {
        self.entries.get_index_of(key)
    }

    /// Returns the keys in the order in which they were added.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(AsRef::as_ref)
    }

    /// Returns the number of keys.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}

/// Hashes of keys, which take less memory than the keys. With 128 random bits, two keys do not have the same hash.
#[derive(Debug, Default)]
pub(super) struct KeyHasher([RandomState; 2]);

/// See [`KeyHasher`].
pub(super) type KeyHash = [u64; 2];

impl KeyHasher {
    pub(super) fn hash(&self, key: impl Hash) -> KeyHash {
        self.0.each_ref().map(|state| state.hash_one(&key))
    }
}

/// Keys that must be unique in a file, each with its line. No other row refers to them.
#[derive(Debug, Default)]
pub(super) struct UniqueKeys {
    hasher: KeyHasher,
    lines: HashMap<KeyHash, u64>,
}

impl UniqueKeys {
    /// Reports a key that occurs on an earlier line; `noun` names the key in the message.
    pub(super) fn check(&mut self, row: &CsvRow<'_>, column: &str, key: impl Hash, noun: &str) {
        if let Some(line) = self.lines.insert(self.hasher.hash(key), row.line) {
            row.report_problem(
                column,
                format!(
                    "duplicate {noun} (first in {}:{line}); remove one",
                    row.file()
                ),
            );
        }
    }
}
