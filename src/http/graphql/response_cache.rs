//! A cache of answers, keyed by normalized document, operation name, variables, generation of the
//! data, and format.

use std::{
    fmt::Write,
    hash::BuildHasher,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
};

use foldhash::fast::RandomState;
use moka::future::Cache;
use serde_json::{Map, Value};

use crate::http::cached_body::CachedBody;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ResponseKey {
    /// See [`crate::http::revision_watch`].
    pub(super) generation: u64,
    /// The normalized text of the document.
    pub(super) document: Arc<str>,
    pub(super) operation_name: Option<String>,
    /// The variables, written by [`canonical_json`].
    pub(super) variables: String,
    /// What the answer was converted to; empty for JSON.
    pub(super) representation: String,
}

/// Answers without errors, bounded by their bytes. Entries that are rarely used are evicted first.
///
/// When the cache is full, an answer is stored only if its key was requested recently before. Storing
/// an answer that nobody requests again costs more than it ever saves: it occupies fresh memory, and
/// another entry is evicted for it.
#[derive(Clone)]
pub(in crate::http) struct ResponseCache {
    responses: Cache<ResponseKey, Arc<CachedBody>, RandomState>,
    /// The cache counts as full from this size in bytes.
    full_bytes: u64,
    recent_keys: Arc<RecentKeys>,
}

impl ResponseCache {
    /// Creates a cache of at most this many bytes.
    pub(in crate::http) fn new(max_bytes: u64) -> Self {
        Self {
            responses: Cache::builder()
                .max_capacity(max_bytes)
                .weigher(weight)
                .build_with_hasher(RandomState::default()),
            full_bytes: max_bytes - max_bytes / 8,
            recent_keys: Arc::new(RecentKeys::new(max_bytes)),
        }
    }

    /// Returns the cached answer for the key, or computes it and usually caches it. Concurrent calls
    /// with the same key share one computation, or two if the cache is full. The flag is `true` if this
    /// call computed the answer.
    ///
    /// # Errors
    /// The error of `compute`, which is not cached.
    pub(super) async fn get_or_compute<E: Send + Sync + 'static>(
        &self,
        key: ResponseKey,
        compute: impl Future<Output = Result<CachedBody, E>>,
    ) -> Result<(Arc<CachedBody>, bool), Arc<E>> {
        if let Some(content) = self.responses.get(&key).await {
            return Ok((content, false));
        }
        let is_full = self.responses.weighted_size() >= self.full_bytes;
        if is_full && !self.recent_keys.replace(&key) {
            let content = Arc::new(compute.await?);
            self.recent_keys.advance(weight(&key, &content));
            return Ok((content, true));
        }
        let compute = async { compute.await.map(Arc::new) };
        let entry = self
            .responses
            .entry(key)
            .or_try_insert_with(compute)
            .await?;
        let is_fresh = entry.is_fresh();
        Ok((entry.into_value(), is_fresh))
    }

    /// Removes all entries.
    pub(in crate::http) fn clear(&self) {
        self.responses.invalidate_all();
    }

    /// The memory of the cached answers, in bytes.
    pub(in crate::http) fn memory_bytes(&self) -> u64 {
        self.responses.weighted_size()
    }
}

/// The memory of an entry, in bytes.
fn weight(key: &ResponseKey, content: &Arc<CachedBody>) -> u32 {
    let bytes = content.max_memory_bytes() + key.document.len() + key.variables.len() + 256;
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// The number of keys that [`RecentKeys`] can hold. More small answers than this do not fit into a cache
/// of the default size.
const RECENT_KEYS: usize = 16_384;

/// The keys that were requested last, in a fixed amount of memory. The age of a key is the number of
/// bytes of other answers since then: a key is recent if a cache of least recently used answers of
/// the same size would still have its answer.
struct RecentKeys {
    hasher: RandomState,
    /// In each slot, the upper half of the hash of the last key, and the time in the lower half.
    slots: Box<[AtomicU64]>,
    /// The time: the size of all answers that were computed and not stored, in KiB.
    now: AtomicU32,
    max_age: u32,
}

impl RecentKeys {
    fn new(max_bytes: u64) -> Self {
        Self {
            hasher: RandomState::default(),
            slots: (0..RECENT_KEYS).map(|_| AtomicU64::new(0)).collect(),
            now: AtomicU32::new(0),
            max_age: u32::try_from(max_bytes / 1024).unwrap_or(u32::MAX),
        }
    }

    /// Records that a key is requested now. Returns whether it was requested recently before.
    fn replace(&self, key: &ResponseKey) -> bool {
        let hash = self.hasher.hash_one(key);
        let now = self.now.load(Ordering::Relaxed);
        let slot = &self.slots[hash as usize % RECENT_KEYS];
        let last = slot.swap(hash >> 32 << 32 | u64::from(now), Ordering::Relaxed);
        last >> 32 == hash >> 32 && now.wrapping_sub(last as u32) <= self.max_age
    }

    /// Advances the time by the size of an answer.
    fn advance(&self, bytes: u32) {
        self.now.fetch_add(bytes / 1024 + 1, Ordering::Relaxed);
    }
}

/// Writes variables as JSON with sorted keys, so that equal variables give equal texts.
pub(super) fn canonical_json(variables: &Map<String, Value>) -> String {
    let mut out = String::new();
    write_map(variables, &mut out);
    out
}

fn write_map(map: &Map<String, Value>, out: &mut String) {
    let mut entries: Vec<_> = map.iter().collect();
    entries.sort_unstable_by_key(|(name, _)| *name);
    out.push('{');
    for (name, value) in entries {
        // Writing to a string cannot fail.
        let _ = write!(out, "{}:", Value::from(name.as_str()));
        write_value(value, out);
        out.push(',');
    }
    out.push('}');
}

fn write_value(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => write_map(map, out),
        Value::Array(items) => {
            out.push('[');
            for item in items {
                write_value(item, out);
                out.push(',');
            }
            out.push(']');
        }
        scalar => {
            let _ = write!(out, "{scalar}");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use serde_json::json;

    use super::*;

    fn key(generation: u64) -> ResponseKey {
        ResponseKey {
            generation,
            document: "{a}".into(),
            operation_name: None,
            variables: String::new(),
            representation: String::new(),
        }
    }

    #[test]
    fn equal_variables_have_equal_texts() {
        let text = |value: Value| canonical_json(value.as_object().unwrap());
        assert_eq!(
            text(json!({ "b": [1, { "y": null, "x": "\"" }], "a": 1.5 })),
            text(json!({ "a": 1.5, "b": [1, { "x": "\"", "y": null }] })),
        );
        assert_ne!(text(json!({ "a": 1 })), text(json!({ "a": "1" })));
        assert_ne!(
            text(json!({ "a": [[1], 2] })),
            text(json!({ "a": [[1, 2]] }))
        );
    }

    #[tokio::test]
    async fn concurrent_equal_requests_are_computed_once() {
        let cache = ResponseCache::new(1 << 20);
        let computed = AtomicUsize::new(0);
        let get = || {
            cache.get_or_compute::<()>(key(1), async {
                computed.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
                Ok(CachedBody::new("answer"))
            })
        };
        let (first, second) = tokio::join!(get(), get());
        assert_eq!(first.unwrap().0.bytes(), second.unwrap().0.bytes());
        assert_eq!(computed.load(Ordering::Relaxed), 1);
        // Another generation has another answer.
        let other = cache.get_or_compute::<()>(key(2), async { Ok(CachedBody::new("new")) });
        assert_eq!(other.await.unwrap().0.bytes(), "new");
    }

    #[tokio::test]
    async fn a_full_cache_stores_only_answers_that_are_requested_again_soon() {
        const MAX_BYTES: u64 = 1 << 20;
        let cache = ResponseCache::new(MAX_BYTES);
        let get = async |generation| {
            let answer = async { Ok::<_, ()>(CachedBody::new(vec![b' '; 50_000])) };
            let (_, fresh) = cache.get_or_compute(key(generation), answer).await.unwrap();
            cache.responses.run_pending_tasks().await;
            fresh
        };
        // With space left, the first request stores the answer.
        assert!(get(0).await);
        assert!(!get(0).await);
        for other in 1..100 {
            assert!(get(other).await);
        }
        assert!(cache.memory_bytes() <= MAX_BYTES);
        // When the cache is full, the second request does.
        assert!(get(1_000).await);
        assert!(get(1_000).await);
        assert!(!get(1_000).await);
        // More other answers than the cache can hold came in between.
        assert!(get(2_000).await);
        for other in 3_000..3_020 {
            assert!(get(other).await);
        }
        assert!(get(2_000).await);
        // This request is soon enough after the previous one, so it is stored.
        assert!(get(2_000).await);
        assert!(!get(2_000).await);
    }

    #[tokio::test]
    async fn failed_answers_are_not_cached() {
        let cache = ResponseCache::new(1 << 20);
        let failed = cache.get_or_compute(key(1), async { Err("no") }).await;
        assert_eq!(*failed.unwrap_err(), "no");
        let (content, fresh) = cache
            .get_or_compute::<()>(key(1), async { Ok(CachedBody::new("yes")) })
            .await
            .unwrap();
        assert_eq!((content.bytes().as_ref(), fresh), (b"yes".as_slice(), true));
    }
}
