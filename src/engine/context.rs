//! The state that the fields of one request share: the snapshot and the rows loaded from it.

use std::{
    any::{Any, TypeId, type_name},
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_graphql::dataloader::Loader;

use super::{InternalError, Limits};
use crate::db::{DatabaseError, LoadedDataset, LookupBatch, LookupQuery, Records, Snapshot};

/// A key of a [`Loader`].
pub trait Key: Hash + Eq + Clone + Send + Sync + 'static {}
impl<K: Hash + Eq + Clone + Send + Sync + 'static> Key for K {}

type LoadedValue<K> = <Snapshot as Loader<K>>::Value;

/// The rows that one lookup returned for each key.
type LookupRows = foldhash::HashMap<Arc<str>, Records>;

/// The state that the fields of one request share. It reads through the [`Loader`]s of the snapshot.
///
/// async-graphql's data loader would wait to collect keys into batches. The engine passes all keys of a
/// level at once, so they are loaded immediately.
pub struct Context {
    /// The limits that arguments are checked against.
    pub limits: Limits,
    snapshot: Snapshot,
    /// Loaded values by the type of key and value: the rows of each lookup, and the value of each other
    /// key.
    loaded: Mutex<HashMap<TypeId, Box<dyn Any + Send>>>,
}

impl Context {
    /// Makes the context of a request.
    pub fn new(limits: Limits, snapshot: Snapshot) -> Self {
        Self {
            limits,
            snapshot,
            loaded: Mutex::default(),
        }
    }

    /// Returns which data the request reads, if the snapshot knows it.
    pub fn seen_dataset(&self) -> Option<&LoadedDataset> {
        self.snapshot.seen_dataset()
    }

    /// Returns the values of the keys, in their order. Each distinct key is loaded once per request, and
    /// all new keys of a call are loaded in one batch.
    ///
    /// # Errors
    /// If the database fails, or the loader returns no value for a key.
    pub async fn load<K: Key>(&self, keys: &[K]) -> Result<Vec<LoadedValue<K>>, InternalError>
    where
        Snapshot: Loader<K, Error = Arc<DatabaseError>>,
    {
        let missing: Vec<K> = {
            let mut loaded = lock(&self.loaded);
            let loaded = loaded_values::<K, LoadedValue<K>>(&mut loaded);
            let missing = keys.iter().filter(|key| !loaded.contains_key(key));
            missing.cloned().collect()
        };
        let fresh = match missing.is_empty() {
            true => HashMap::new(),
            false => self.snapshot.load(&missing).await?,
        };
        let mut loaded = lock(&self.loaded);
        let loaded = loaded_values::<K, LoadedValue<K>>(&mut loaded);
        loaded.extend(fresh);
        let values = keys.iter().map(|key| loaded.get(key).cloned());
        values.collect::<Option<_>>().ok_or_else(|| {
            InternalError::Data(format!("nothing was loaded for a {}", type_name::<K>()))
        })
    }

    /// Like [`Self::load`], for one key.
    ///
    /// # Errors
    /// If the database fails, or the loader returns no value for the key.
    pub async fn load_one<K: Key>(&self, key: K) -> Result<LoadedValue<K>, InternalError>
    where
        Snapshot: Loader<K, Error = Arc<DatabaseError>>,
    {
        Ok(self.load(&[key]).await?.swap_remove(0))
    }

    /// Returns the rows of a lookup for each key, in the order of the keys. There are no rows for a key
    /// that is `None`. Each distinct key is looked up once per request, and all new keys of a call are
    /// looked up in one statement.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn lookup(
        &self,
        query: &LookupQuery,
        keys: &[Option<&Arc<str>>],
    ) -> Result<Vec<Records>, InternalError> {
        // The entry can be removed meanwhile because the fields of a level are resolved one by one.
        let mut rows_by_key = loaded_values::<LookupQuery, LookupRows>(&mut lock(&self.loaded))
            .remove(query)
            .unwrap_or_default();
        rows_by_key.reserve(keys.len());
        let mut missing = Vec::with_capacity(keys.len());
        for key in keys.iter().copied().flatten() {
            if !rows_by_key.contains_key(key) {
                rows_by_key.insert(key.clone(), Records::new());
                missing.push(key.clone());
            }
        }
        if !missing.is_empty() {
            let batch = LookupBatch {
                query: query.clone(),
                keys: missing.into(),
            };
            let loaded = self.snapshot.load(&[batch]).await?;
            for (key, row) in loaded.into_values().flatten() {
                rows_by_key.entry(key).or_default().push(row);
            }
        }
        let rows_of = |key: &Option<&Arc<str>>| rows_by_key.get(key.as_deref()?).cloned();
        let rows = keys
            .iter()
            .map(|key| rows_of(key).unwrap_or_default())
            .collect();
        loaded_values(&mut lock(&self.loaded)).insert(query.clone(), rows_by_key);
        Ok(rows)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn loaded_values<K: 'static + Send, V: 'static + Send>(
    loaded: &mut HashMap<TypeId, Box<dyn Any + Send>>,
) -> &mut HashMap<K, V> {
    loaded
        .entry(TypeId::of::<(K, V)>())
        .or_insert_with(|| Box::new(HashMap::<K, V>::new()))
        .downcast_mut()
        .expect("an entry has the type of its key")
}
