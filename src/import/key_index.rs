//! The keys of a file, or of several files that share one set of keys, for checking references.

use std::hash::{BuildHasher, Hash, RandomState};

use indexmap::{IndexMap, map::Entry};

use super::{
    problem::Dependency,
    row::{CsvFile, CsvRow, did_you_mean},
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

    /// Returns whether all rows of the files were read.
    pub(super) fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Returns the columns of the keys.
    pub(super) fn columns(&self) -> &[Dependency] {
        &self.columns
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

/// Keys that must be unique in a file. No other row refers to them, so only their hashes are in memory, until duplicates are
/// reported when this is dropped.
#[derive(Debug, Default)]
pub(super) struct UniqueKeys<'a> {
    hasher: KeyHasher,
    /// The hash and the line of each key.
    keys: Vec<(KeyHash, u64)>,
    /// Where duplicates are reported: the file and its report, the column, and what the key is called.
    location: Option<(CsvFile<'a>, String, &'static str)>,
}

impl<'a> UniqueKeys<'a> {
    /// Adds the key of a row; `noun` names the key in the message about a duplicate.
    pub(super) fn add(
        &mut self,
        row: &CsvRow<'a>,
        column: &str,
        key: impl Hash,
        noun: &'static str,
    ) {
        if row.is_checked() {
            return;
        }
        self.location
            .get_or_insert_with(|| (row.csv_file(), column.to_owned(), noun));
        self.keys.push((self.hasher.hash(key), row.line));
    }
}

impl Drop for UniqueKeys<'_> {
    fn drop(&mut self) {
        let Some((file, column, noun)) = &self.location else {
            return;
        };
        self.keys.sort_unstable();
        let same = self.keys.chunk_by(|(one, _), (other, _)| one == other);
        for (first, duplicates) in same.filter_map(<[_]>::split_first) {
            for (_, line) in duplicates {
                let (name, first) = (file.name, first.1);
                let message = format!("duplicate {noun} (first in {name}:{first}); remove one");
                file.report.add(name, *line, Some(column), message);
            }
        }
    }
}
