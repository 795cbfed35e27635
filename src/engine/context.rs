//! What the fields of one request share: the snapshot, and what was already loaded from it.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use sea_orm::DbErr;

use super::{Fault, Graph, Limits};
use crate::db::Snapshot;

/// What the fields of one request share.
pub struct Context {
    /// The definition of the graph.
    pub graph: Arc<Graph>,
    /// The limits of the server.
    pub limits: Limits,
    reads: Reads,
}

/// Who batches. Both go through the same [`Loader`]s.
enum Reads {
    /// The engine hands over all keys of a level at once: they are loaded as they come.
    Level {
        snapshot: Snapshot,
        loaded: Mutex<HashMap<TypeId, Box<dyn Any + Send>>>,
    },
    /// async-graphql's executor asks object by object: its data loader collects the keys.
    Collected(DataLoader<Snapshot, HashMapCache>),
}

impl Context {
    /// For the engine.
    pub fn of_levels(graph: Arc<Graph>, limits: Limits, snapshot: Snapshot) -> Self {
        Self {
            graph,
            limits,
            reads: Reads::Level {
                snapshot,
                loaded: Mutex::default(),
            },
        }
    }

    /// For async-graphql's executor.
    pub fn collecting(graph: Arc<Graph>, limits: Limits, snapshot: Snapshot) -> Self {
        Self {
            graph,
            limits,
            reads: Reads::Collected(DataLoader::with_cache(
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
    pub async fn load<K, V>(&self, keys: &[K]) -> Result<HashMap<K, V>, Fault>
    where
        K: Hash + Eq + Clone + Send + Sync + 'static,
        V: Clone + Send + Sync + 'static,
        Snapshot: Loader<K, Value = V, Error = Arc<DbErr>>,
    {
        match &self.reads {
            Reads::Collected(loader) => Ok(loader.load_many(keys.iter().cloned()).await?),
            Reads::Level { snapshot, loaded } => {
                let mut values: HashMap<K, V> = HashMap::with_capacity(keys.len());
                let mut missing = Vec::new();
                {
                    let mut loaded = loaded.lock().unwrap_or_else(PoisonError::into_inner);
                    let known = known::<K, V>(&mut loaded);
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
                    let mut loaded = loaded.lock().unwrap_or_else(PoisonError::into_inner);
                    known::<K, V>(&mut loaded).extend(
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
}

fn known<K: 'static + Send, V: 'static + Send>(
    loaded: &mut HashMap<TypeId, Box<dyn Any + Send>>,
) -> &mut HashMap<K, V> {
    loaded
        .entry(TypeId::of::<(K, V)>())
        .or_insert_with(|| Box::new(HashMap::<K, V>::new()))
        .downcast_mut()
        .expect("the entry of a type holds that type")
}
