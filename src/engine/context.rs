//! What the fields of one request share: the snapshot, and what was already loaded from it.

use std::{
    any::{Any, TypeId},
    collections::{HashMap, HashSet},
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};

use super::{Graph, InternalError, Limits};
use crate::db::{DatabaseError, LookupKey, LookupQuery, Records, Snapshot};

/// What the fields of one request share.
pub struct Context {
    /// The definition of the graph.
    pub graph: Arc<Graph>,
    /// The limits of the server.
    pub limits: Limits,
    batching: Batching,
}

/// The rows of the keys of one lookup.
type LookupRows = foldhash::HashMap<Arc<str>, Records>;

/// Who batches. Both go through the same [`Loader`]s.
enum Batching {
    /// The engine hands over all keys of a level at once: they are loaded as they come.
    ByLevel {
        snapshot: Snapshot,
        loaded: Mutex<HashMap<TypeId, Box<dyn Any + Send>>>,
        /// The rows of lookups, of which there are many more than of all else.
        lookups: Mutex<HashMap<LookupQuery, LookupRows>>,
    },
    /// async-graphql's executor asks object by object: its data loader collects the keys.
    DataLoader(DataLoader<Snapshot, HashMapCache>),
}

impl Context {
    /// For the engine.
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

    /// For async-graphql's executor.
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

    /// The values of the keys; each distinct key is loaded once a request, all new ones of a call
    /// in one batch. A key without a value is missing.
    ///
    /// # Errors
    /// What the database refuses.
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
                    let known = loaded_values::<K, V>(&mut loaded);
                    for key in keys {
                        match known.get(key) {
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

    /// The rows that a lookup finds for each of the keys, in their order; none where there is no
    /// key. Each distinct key is looked up once a request, all new ones of a call in one statement.
    ///
    /// # Errors
    /// What the database refuses.
    pub async fn lookup(
        &self,
        selected: &LookupQuery,
        keys: &[Option<&Arc<str>>],
    ) -> Result<Vec<Records>, InternalError> {
        self.lookup_rows(selected, keys, false).await
    }

    /// As [`Self::lookup`], for rows that are wanted whenever a count is: they are kept between requests
    /// as counts are.
    ///
    /// # Errors
    /// What the database refuses.
    pub async fn lookup_cached(
        &self,
        selected: &LookupQuery,
        keys: &[Option<&Arc<str>>],
    ) -> Result<Vec<Records>, InternalError> {
        self.lookup_rows(selected, keys, true).await
    }

    async fn lookup_rows(
        &self,
        selected: &LookupQuery,
        keys: &[Option<&Arc<str>>],
        kept: bool,
    ) -> Result<Vec<Records>, InternalError> {
        let (snapshot, known) = match &self.batching {
            Batching::ByLevel {
                snapshot,
                lookups: found,
                ..
            } => (snapshot, found),
            Batching::DataLoader(_) => return self.lookup_with_data_loader(selected, keys).await,
        };
        // Taken out while it is added to: a level asks one thing at a time.
        let mut found = lock(known).remove(selected).unwrap_or_default();
        found.reserve(keys.len());
        let mut missing = Vec::with_capacity(keys.len());
        for key in keys.iter().copied().flatten() {
            if !found.contains_key(key) {
                found.insert(key.clone(), Records::new());
                missing.push(key.clone());
            }
        }
        if !missing.is_empty() {
            for (key, row) in snapshot.rows_by_key(selected, &missing, kept).await? {
                found.entry(key).or_default().push(row);
            }
        }
        let rows = keys
            .iter()
            .map(|key| {
                key.and_then(|key| found.get(key))
                    .cloned()
                    .unwrap_or_default()
            })
            .collect();
        lock(known).insert(selected.clone(), found);
        Ok(rows)
    }

    async fn lookup_with_data_loader(
        &self,
        selected: &LookupQuery,
        keys: &[Option<&Arc<str>>],
    ) -> Result<Vec<Records>, InternalError> {
        let key_of = |key: &Arc<str>| LookupKey {
            query: selected.clone(),
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
        .expect("the entry of a type holds that type")
}
