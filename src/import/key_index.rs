//! The keys of a file, or of several files that share one set of keys, for checking references.

use std::{borrow::Cow, sync::Arc};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    large_map::LargeMap,
    problem::Dependency,
    row::{CsvRow, did_you_mean},
    sheets::Sheets,
};

/// An index of keys, each with the row that defines it and a value that checks use.
#[derive(Debug)]
pub(super) struct KeyIndex<T> {
    /// What a key identifies, such as `source`; used in messages.
    noun: &'static str,
    /// What to enter instead of an unknown key; used in messages.
    advice: &'static str,
    entries: LargeMap<KeyEntry<T>>,
    len: usize,
    /// The columns of the keys.
    columns: Vec<Dependency>,
    /// Whether all rows of the files were read; otherwise unknown keys are not reported.
    is_complete: bool,
}

/// The row that defines a key, and the value of the key.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct KeyEntry<T> {
    file: Cow<'static, str>,
    line: u64,
    /// The index of the key, in the order in which keys were added.
    pub(super) position: usize,
    pub(super) value: T,
}

impl<T: Serialize + DeserializeOwned> KeyIndex<T> {
    pub(super) fn new(
        sheets: &Sheets,
        noun: &'static str,
        advice: &'static str,
        is_complete: bool,
    ) -> Self {
        Self {
            noun,
            advice,
            entries: sheets.large_map(),
            len: 0,
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
        let entry = KeyEntry {
            file: row.file().into(),
            line: row.line,
            position: self.len,
            value,
        };
        match self.entries.insert(key.as_bytes(), entry) {
            None => self.len += 1,
            Some(first) => row.report_problem(
                column,
                format!(
                    "duplicate \"{key}\" (first in {}:{}); enter another value",
                    first.file, first.line
                ),
            ),
        }
    }

    /// Returns whether all rows of the files were read.
    pub(super) fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Returns the columns of the keys.
    pub(super) fn columns(&self) -> &[Dependency] {
        &self.columns
    }

    /// Returns the entry of `key`, and reports an unknown key.
    pub(super) fn resolve(
        &self,
        row: &CsvRow<'_>,
        column: &str,
        key: &str,
    ) -> Option<Arc<KeyEntry<T>>> {
        let entry = self.get(key);
        let is_unknown = entry.is_none() && !self.entries.has_failed();
        if is_unknown && self.is_complete && !key.is_empty() {
            let hint = did_you_mean(key, self.suggestions());
            row.report_follow_up(
                column,
                self.columns.clone(),
                format!("unknown {} \"{key}\"; {}{hint}", self.noun, self.advice),
            );
        }
        entry
    }

    /// Reports an unknown key.
    pub(super) fn check(&self, row: &CsvRow<'_>, column: &str, key: &str) {
        if !row.is_checked() {
            self.resolve(row, column, key);
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<Arc<KeyEntry<T>>> {
        self.entries.get(key.as_bytes())
    }

    /// Returns the keys in alphabetical order, if they are not too many to be compared with a wrong one.
    pub(super) fn suggestions(&self) -> impl Iterator<Item = &str> {
        let keys = self.entries.keys_in_memory();
        keys.filter_map(|key| str::from_utf8(key).ok())
    }

    /// Returns the number of keys.
    pub(super) fn len(&self) -> usize {
        self.len
    }
}

/// Keys that must be unique in a file, with the lines of their rows. No other row refers to them.
#[derive(Debug)]
pub(super) struct UniqueKeys(LargeMap<u64>);

impl UniqueKeys {
    pub(super) fn new(sheets: &Sheets) -> Self {
        Self(sheets.large_map())
    }

    /// Adds the key of a row, and reports a duplicate; `noun` names the key in the message.
    pub(super) fn add(&mut self, row: &CsvRow<'_>, column: &str, key: &[&str], noun: &str) {
        if row.is_checked() {
            return;
        }
        let key = key.join(KEY_SEPARATOR);
        if let Some(first) = self.0.insert(key.as_bytes(), row.line) {
            let file = row.file();
            let message = format!("duplicate {noun} (first in {file}:{first}); remove one");
            row.report_problem(column, message);
        }
    }
}

/// Separates the cells of a key, none of which contains it.
pub(super) const KEY_SEPARATOR: &str = "\0";
