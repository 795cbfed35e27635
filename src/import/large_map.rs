//! Maps that need not fit in memory.

use std::{
    collections::{BTreeMap, HashMap},
    io, mem,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use serde::{Serialize, de::DeserializeOwned};

use crate::db::scratch::Scratch;

/// How many entries of a map are in memory before all of them move to a temporary file. With ten times the built-in data, only
/// claims and alternate names do.
const MAX_ENTRIES_IN_MEMORY: usize = 20_000;

/// How many values from a temporary file are kept in memory, because consecutive rows refer to the same ones.
const MAX_RECENT: usize = 4096;

/// How many entries are read from a temporary file at once.
const BATCH: usize = 1000;

/// The limit and the first error of all maps of a dataset.
#[derive(Clone, Debug)]
pub(super) struct MapStorage {
    max_entries_in_memory: usize,
    /// Why a temporary file could not be used.
    error: Arc<OnceLock<io::Error>>,
}

impl Default for MapStorage {
    fn default() -> Self {
        Self {
            max_entries_in_memory: MAX_ENTRIES_IN_MEMORY,
            error: Arc::default(),
        }
    }
}

impl MapStorage {
    /// Storage whose maps use temporary files from the first entry.
    #[cfg(test)]
    pub(super) fn on_disk() -> Self {
        Self {
            max_entries_in_memory: 0,
            ..Self::default()
        }
    }

    /// Storage of which a temporary file could not be used.
    #[cfg(test)]
    pub(super) fn failed(message: &str) -> Self {
        let storage = Self::default();
        storage.remember_error(io::Result::<()>::Err(io::Error::other(message)));
        storage
    }

    pub(super) fn error(&self) -> Option<&io::Error> {
        self.error.get()
    }

    /// Returns the result of using a temporary file; if it failed, remembers why and returns `None`. Then the maps have too few entries,
    /// and nothing that was read from them must be used.
    fn remember_error<T>(&self, result: io::Result<T>) -> Option<T> {
        result.map_err(|error| self.error.set(error)).ok()
    }
}

/// A map in the order of its keys. It is in memory while it is small, otherwise in a temporary file. Its values do not change.
#[derive(Debug)]
pub(super) struct LargeMap<V> {
    entries: Entries<V>,
    /// Results of [`Self::get`] from the temporary file.
    recent: Mutex<HashMap<Vec<u8>, Arc<V>>>,
    storage: MapStorage,
}

#[derive(Debug)]
enum Entries<V> {
    Memory(BTreeMap<Vec<u8>, Arc<V>>),
    Disk(Scratch),
}

impl<V: Serialize + DeserializeOwned> LargeMap<V> {
    pub(super) fn new(storage: &MapStorage) -> Self {
        Self {
            entries: Entries::Memory(BTreeMap::new()),
            recent: Mutex::default(),
            storage: storage.clone(),
        }
    }

    /// Adds a value, unless the key already has one. Returns the value that it already has.
    pub(super) fn insert(&mut self, key: &[u8], value: V) -> Option<Arc<V>> {
        match &mut self.entries {
            Entries::Memory(map) => match map.get(key) {
                Some(first) => return Some(first.clone()),
                None => _ = map.insert(key.to_owned(), Arc::new(value)),
            },
            Entries::Disk(file) => {
                let first = insert_on_disk(file, key, &value);
                return self.storage.remember_error(first).flatten();
            }
        }
        self.move_to_disk_if_large();
        None
    }

    fn move_to_disk_if_large(&mut self) {
        let Entries::Memory(map) = &mut self.entries else {
            return;
        };
        if map.len() <= self.storage.max_entries_in_memory || self.storage.error().is_some() {
            return;
        }
        let entries = mem::take(map);
        let file = Scratch::create().and_then(|file| {
            for (key, value) in &entries {
                insert_on_disk(&file, key, &**value)?;
            }
            Ok(file)
        });
        match self.storage.remember_error(file) {
            Some(file) => self.entries = Entries::Disk(file),
            None => *map = entries,
        }
    }

    /// Returns the value of a key.
    pub(super) fn get(&self, key: &[u8]) -> Option<Arc<V>> {
        let file = match &self.entries {
            Entries::Memory(map) => return map.get(key).cloned(),
            Entries::Disk(file) => file,
        };
        if let Some(value) = self.recent().get(key) {
            return Some(value.clone());
        }
        let bytes = self.storage.remember_error(file.get(key))??;
        let value = serde_json::from_slice::<V>(&bytes).map_err(io::Error::from);
        let value = Arc::new(self.storage.remember_error(value)?);
        let mut recent = self.recent();
        if recent.len() >= MAX_RECENT {
            recent.clear();
        }
        recent.insert(key.to_owned(), value.clone());
        Some(value)
    }

    /// Returns whether entries may be missing, because a temporary file could not be used.
    pub(super) fn has_failed(&self) -> bool {
        self.storage.error().is_some()
    }

    fn recent(&self) -> MutexGuard<'_, HashMap<Vec<u8>, Arc<V>>> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns all entries in the order of their keys, which are not empty.
    pub(super) fn iter(&self) -> Box<dyn Iterator<Item = (Vec<u8>, Arc<V>)> + '_> {
        let file = match &self.entries {
            Entries::Memory(map) => {
                return Box::new(map.iter().map(|(key, value)| (key.clone(), value.clone())));
            }
            Entries::Disk(file) => file,
        };
        let mut last = Vec::new();
        let batches = std::iter::from_fn(move || {
            let batch = file.after(&last, BATCH).and_then(|entries| {
                let entries = entries.into_iter().map(|(key, bytes)| {
                    let value = serde_json::from_slice(&bytes)?;
                    Ok((key, Arc::new(value)))
                });
                entries.collect::<io::Result<Vec<_>>>()
            });
            let batch = self.storage.remember_error(batch)?;
            last.clone_from(&batch.last()?.0);
            Some(batch)
        });
        Box::new(batches.flatten())
    }

    /// Returns the keys if they are in memory; none if looking at all of them would take long.
    pub(super) fn keys_in_memory(&self) -> impl Iterator<Item = &[u8]> {
        let map = match &self.entries {
            Entries::Memory(map) => Some(map),
            Entries::Disk(_) => None,
        };
        map.into_iter().flat_map(BTreeMap::keys).map(Vec::as_slice)
    }
}

fn insert_on_disk<V: Serialize + DeserializeOwned>(
    file: &Scratch,
    key: &[u8],
    value: &V,
) -> io::Result<Option<Arc<V>>> {
    let first = file.insert(key, &serde_json::to_vec(value)?)?;
    Ok(match first {
        Some(first) => Some(Arc::new(serde_json::from_slice(&first)?)),
        None => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_on_disk_is_like_one_in_memory() {
        let large = MapStorage {
            max_entries_in_memory: 100,
            ..MapStorage::default()
        };
        let [mut memory, mut disk] = [MapStorage::default(), large].map(|one| LargeMap::new(&one));
        for n in 0..5_000_u32 {
            // Most keys are added twice.
            let key = (n * 7919 % 3_001).to_string();
            for map in [&mut memory, &mut disk] {
                let first = map.insert(key.as_bytes(), (n, key.clone()));
                assert_eq!(first.is_some(), n >= 3_001);
            }
        }
        assert!(matches!(memory.entries, Entries::Memory(_)));
        assert!(matches!(disk.entries, Entries::Disk(_)));
        assert!(memory.iter().eq(disk.iter()));
        assert_eq!(disk.iter().count(), 3_001);
        for key in (0..3_001).chain(0..6_000).map(|n| n.to_string()) {
            assert_eq!(memory.get(key.as_bytes()), disk.get(key.as_bytes()));
        }
        assert!(disk.recent().len() <= MAX_RECENT);
        assert!(disk.storage.error().is_none());
    }
}
