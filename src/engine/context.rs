//! The state that the fields of one request share: the snapshot and the rows loaded from it.

use std::{
    any::{Any, TypeId},
    collections::{HashMap, HashSet},
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};

use super::{Graph, InternalError, Limits};
use crate::db::{DatabaseError, LookupKey, LookupQuery, Records, Snapshot};

/// The state that the fields of one request share.
pub struct Context {
    /// The definition of all types.
    pub graph: Arc<Graph>,
    /// The limits that arguments are checked against.
    pub limits: Limits,
    batching: Batching,
}

/// The rows that one lookup returned for each key.
type LookupRows = foldhash::HashMap<Arc<str>, Records>;

/// How keys are collected into batches. Both ways use the same [`Loader`]s.
enum Batching {
    /// The engine passes all keys of a level at once, so they are loaded immediately.
    ByLevel {
        snapshot: Snapshot,
        /// Loaded values by the type of key and value.
        loaded: Mutex<HashMap<TypeId, Box<dyn Any + Send>>>,
        /// The rows of lookups. They are apart from `loaded` because most loaded values are rows of
        /// lookups.
        lookups: Mutex<HashMap<LookupQuery, LookupRows>>,
    },
    /// async-graphql's executor resolves object by object, so its data loader collects the keys.
    DataLoader(DataLoader<Snapshot, HashMapCache>),
}

impl Context {
    /// Makes the context of a request that the engine executes.
    pub fn for_engine(graph: Arc<Graph>, limits: Limits, snapshot: Snapshot) -> Self {
        Self {
            graph,
            limits,
            batching: Batching::ByLevel {
                snapshot,
                loaded: Mutex::default(),
                lookups: Mutex::default(),
            },
        }
    }

    /// Makes the context of a request that async-graphql executes.
    pub fn for_async_graphql(graph: Arc<Graph>, limits: Limits, snapshot: Snapshot) -> Self {
        Self {
            graph,
            limits,
            batching: Batching::DataLoader(DataLoader::with_cache(
                snapshot,
                tokio::spawn,
                HashMapCache::default(),
            )),
        }
    }

    /// Returns the values of the keys. A key without a value is absent. Each distinct key is loaded once
    /// per request, and all new keys of a call are loaded in one batch.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn load<K, V>(&self, keys: &[K]) -> Result<HashMap<K, V>, InternalError>
    where
        K: Hash + Eq + Clone + Send + Sync + 'static,
        V: Clone + Send + Sync + 'static,
        Snapshot: Loader<K, Value = V, Error = Arc<DatabaseError>>,
    {
        match &self.batching {
            Batching::DataLoader(loader) => Ok(loader.load_many(keys.iter().cloned()).await?),
            Batching::ByLevel {
                snapshot, loaded, ..
            } => {
                let mut values: HashMap<K, V> = HashMap::with_capacity(keys.len());
                let mut missing = Vec::new();
                {
                    let mut loaded = lock(loaded);
                    let loaded = loaded_values::<K, V>(&mut loaded);
                    for key in keys {
                        match loaded.get(key) {
                            Some(value) => {
                                values.insert(key.clone(), value.clone());
                            }
                            None => missing.push(key.clone()),
                        }
                    }
                }
                if !missing.is_empty() {
                    let fresh = snapshot.load(&missing).await?;
                    let mut loaded = lock(loaded);
                    loaded_values::<K, V>(&mut loaded).extend(
                        fresh
                            .iter()
                            .map(|(key, value)| (key.clone(), value.clone())),
                    );
                    values.extend(fresh);
                }
                Ok(values)
            }
        }
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
        self.lookup_rows(query, keys, false).await
    }

    /// Like [`Self::lookup`], for rows that are read together with counts. They are cached across requests
    /// in the same way as counts.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn lookup_cached(
        &self,
        query: &LookupQuery,
        keys: &[Option<&Arc<str>>],
    ) -> Result<Vec<Records>, InternalError> {
        self.lookup_rows(query, keys, true).await
    }

    async fn lookup_rows(
        &self,
        query: &LookupQuery,
        keys: &[Option<&Arc<str>>],
        use_cache: bool,
    ) -> Result<Vec<Records>, InternalError> {
        let (snapshot, lookups) = match &self.batching {
            Batching::ByLevel {
                snapshot, lookups, ..
            } => (snapshot, lookups),
            Batching::DataLoader(_) => return self.lookup_with_data_loader(query, keys).await,
        };
        // The entry can be removed meanwhile because the fields of a level are resolved one by one.
        let mut rows_by_key = lock(lookups).remove(query).unwrap_or_default();
        rows_by_key.reserve(keys.len());
        let mut missing = Vec::with_capacity(keys.len());
        for key in keys.iter().copied().flatten() {
            if !rows_by_key.contains_key(key) {
                rows_by_key.insert(key.clone(), Records::new());
                missing.push(key.clone());
            }
        }
        if !missing.is_empty() {
            for (key, row) in snapshot.rows_by_key(query, &missing, use_cache).await? {
                rows_by_key.entry(key).or_default().push(row);
            }
        }
        let rows = keys
            .iter()
            .map(|key| {
                key.and_then(|key| rows_by_key.get(key))
                    .cloned()
                    .unwrap_or_default()
            })
            .collect();
        lock(lookups).insert(query.clone(), rows_by_key);
        Ok(rows)
    }

    async fn lookup_with_data_loader(
        &self,
        query: &LookupQuery,
        keys: &[Option<&Arc<str>>],
    ) -> Result<Vec<Records>, InternalError> {
        let key_of = |key: &Arc<str>| LookupKey {
            query: query.clone(),
            key: key.clone(),
        };
        let distinct: HashSet<_> = keys.iter().copied().flatten().map(key_of).collect();
        let distinct: Vec<_> = distinct.into_iter().collect();
        let loaded = self.load(&distinct).await?;
        let rows = keys.iter().map(|key| {
            let rows = key.and_then(|key| loaded.get(&key_of(key)));
            rows.cloned().unwrap_or_default()
        });
        Ok(rows.collect())
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
