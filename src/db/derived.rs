//! Values that are computed from the whole data, of which the last one of each type is kept.
//!
//! A value that takes many rows to compute, and that many requests need, implements [`Derived`]. Fields get it
//! with `context.load_one(DerivedKey::<T>::default())`, which takes one statement, for the revision, if the
//! value of that revision is cached. The revision is the one that the request's own transaction sees, so a value
//! always belongs to the same data as the rows next to it.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    hash::{Hash, Hasher},
    marker::PhantomData,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::dataloader::Loader;

use super::{DatabaseError, Snapshot};

/// A value that is computed from the whole data.
pub trait Derived: Send + Sync + Sized + 'static {
    /// Computes the value from the data that the snapshot sees.
    ///
    /// # Errors
    /// If a statement fails.
    fn read(snapshot: &Snapshot) -> impl Future<Output = Result<Self, DatabaseError>> + Send;
}

/// The last value of a type, with the revision that it was computed from. The lock is held while the value is
/// computed, so that requests that arrive together compute it once.
type Slot<T> = Arc<tokio::sync::Mutex<Option<(Arc<str>, Arc<T>)>>>;

/// The last value of each type.
#[derive(Debug, Default)]
pub(super) struct DerivedCache(Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl DerivedCache {
    fn slot<T: Derived>(&self) -> Slot<T> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = slots
            .entry(TypeId::of::<T>())
            .or_insert_with(|| Arc::new(Slot::<T>::default()));
        slot.downcast_ref::<Slot<T>>().cloned().unwrap_or_default()
    }
}

impl Snapshot {
    /// Returns the value of the data that this snapshot sees.
    ///
    /// # Errors
    /// If a statement fails.
    pub async fn derived<T: Derived>(&self) -> Result<Arc<T>, DatabaseError> {
        let Some(dataset) = self.loaded_dataset().await? else {
            return Ok(Arc::new(T::read(self).await?));
        };
        let slot = self.derived_cache().slot::<T>();
        let mut cached = slot.lock().await;
        if let Some((revision, value)) = &*cached
            && *revision == dataset.revision
        {
            return Ok(value.clone());
        }
        let value = Arc::new(T::read(self).await?);
        *cached = Some((dataset.revision, value.clone()));
        Ok(value)
    }
}

/// The key for loading the [`Derived`] value of type `T`.
pub struct DerivedKey<T>(PhantomData<fn() -> T>);

impl<T> Default for DerivedKey<T> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T> Clone for DerivedKey<T> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<T> std::fmt::Debug for DerivedKey<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DerivedKey")
    }
}

impl<T> PartialEq for DerivedKey<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for DerivedKey<T> {}

impl<T> Hash for DerivedKey<T> {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl<T: Derived> Loader<DerivedKey<T>> for Snapshot {
    type Value = Arc<T>;
    type Error = Arc<DatabaseError>;

    async fn load(
        &self,
        keys: &[DerivedKey<T>],
    ) -> Result<HashMap<DerivedKey<T>, Arc<T>>, Arc<DatabaseError>> {
        let value = self.derived::<T>().await?;
        Ok(keys
            .iter()
            .map(|key| (key.clone(), value.clone()))
            .collect())
    }
}
