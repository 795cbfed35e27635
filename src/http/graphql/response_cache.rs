//! A cache of answers, keyed by normalized document, operation name, variables, and generation of the
//! data.

use std::{fmt::Write, sync::Arc};

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
}

/// Answers without errors, bounded by their bytes. Entries that are rarely used are evicted first.
#[derive(Clone)]
pub(in crate::http) struct ResponseCache {
    responses: Cache<ResponseKey, Arc<CachedBody>>,
}

impl ResponseCache {
    /// Creates a cache of at most this many bytes.
    pub(in crate::http) fn new(max_bytes: u64) -> Self {
        let weight = |key: &ResponseKey, content: &Arc<CachedBody>| {
            let bytes = content.max_memory_bytes() + key.document.len() + key.variables.len() + 256;
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        Self {
            responses: Cache::builder()
                .max_capacity(max_bytes)
                .weigher(weight)
                .build(),
        }
    }

    /// Returns the cached answer for the key, or computes and caches it. Concurrent calls with the same
    /// key share one computation. The flag is `true` if this call computed the answer.
    ///
    /// # Errors
    /// The error of `compute`, which is not cached.
    pub(super) async fn get_or_compute<E: Send + Sync + 'static>(
        &self,
        key: ResponseKey,
        compute: impl Future<Output = Result<CachedBody, E>>,
    ) -> Result<(Arc<CachedBody>, bool), Arc<E>> {
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
