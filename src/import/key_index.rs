//! The keys of a file, or of several files that share one set of keys, for checking references.

use std::collections::{HashMap, hash_map::Entry};

use super::{
    problem::Dependency,
    row::{CsvRow, did_you_mean},
};

/// An index of keys, each with the row that defines it and a value that checks use.
pub(super) struct KeyIndex<'a, T> {
    /// What a key identifies, such as `source`; used in messages.
    noun: &'static str,
    /// What to enter instead of an unknown key; used in messages.
    advice: &'static str,
    entries: HashMap<&'a str, (CsvRow<'a>, T)>,
    /// The columns of the keys.
    columns: Vec<Dependency>,
    /// Whether all rows of the files were read; otherwise unknown keys are not reported.
    is_complete: bool,
}

impl<'a, T> KeyIndex<'a, T> {
    pub(super) fn new(noun: &'static str, advice: &'static str, is_complete: bool) -> Self {
        Self {
            noun,
            advice,
            entries: HashMap::new(),
            columns: Vec::new(),
            is_complete,
        }
    }

    /// Adds a key, and reports a duplicate. Blank keys are ignored.
    pub(super) fn insert(&mut self, row: CsvRow<'a>, column: &str, key: &'a str, value: T) {
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
        match self.entries.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert((row, value));
            }
            Entry::Occupied(entry) => {
                let first = entry.get().0;
                row.report_problem(
                    column,
                    format!(
                        "duplicate \"{key}\" (first in {}:{}); enter another value",
                        first.file(),
                        first.line
                    ),
                );
            }
        }
    }

    /// Returns the value of `key`, and reports an unknown key.
    pub(super) fn resolve(&self, row: CsvRow<'_>, column: &str, key: &str) -> Option<&T> {
        let value = self.get(key);
        if value.is_none() && self.is_complete && !key.is_empty() {
            let hint = did_you_mean(key, self.entries.keys().copied());
            row.report_follow_up(
                column,
                self.columns.clone(),
                format!("unknown {} \"{key}\"; {}{hint}", self.noun, self.advice),
            );
        }
        value
    }

    pub(super) fn get(&self, key: &str) -> Option<&T> {
        self.entries.get(key).map(|(_, value)| value)
    }
}

/// Keys that must be unique in a file, each with its line. No other row refers to them.
pub(super) struct UniqueKeys<K>(HashMap<K, u64>);

impl<K: Eq + std::hash::Hash> UniqueKeys<K> {
    pub(super) fn new() -> Self {
        Self(HashMap::new())
    }

    /// Reports a key that occurs on an earlier line; `noun` names the key in the message.
    pub(super) fn check(&mut self, row: CsvRow<'_>, column: &str, key: K, noun: &str) {
        if let Some(line) = self.0.insert(key, row.line) {
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
