//! Response bodies with their ETag and compressed forms. Each of these is computed once, on first
//! use, and shared by all responses.

use std::{sync::OnceLock, time::Duration};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use bytes::Bytes;
use headers::{ETag, HeaderMapExt, IfNoneMatch};
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

use super::encoding::{self, Encoding};

/// An immutable body.
#[derive(Debug, Default)]
pub(super) struct CachedBody {
    /// Empty until its first use if the body was made of a compressed form.
    bytes: OnceLock<Bytes>,
    hash: OnceLock<String>,
    /// Headers that are sent with every response of this body.
    headers: HeaderMap,
    /// The encodings that it is sent in.
    encodings: &'static [Encoding],
    /// In the order of [`Encoding::ALL`]; `None` if compression would not make it smaller.
    compressed_bodies: [OnceCell<Option<Bytes>>; 3],
}

/// The headers to send with a body.
#[derive(Clone, Debug)]
pub(super) struct BodyHeaders {
    pub(super) content_type: HeaderValue,
    /// Distinguishes the ETag of equal bytes with different content types at one URL.
    pub(super) etag_suffix: &'static str,
    pub(super) vary: &'static str,
    /// `max-age` of `Cache-Control`; `None` sends `no-store` and no ETag.
    pub(super) max_age: Option<Duration>,
}

impl BodyHeaders {
    /// Returns a response with these headers and without a body: 304 if `If-None-Match` has the ETag,
    /// otherwise 200. Without a `max_age`, there is no ETag.
    pub(super) fn begin_response(&self, headers: &HeaderMap, etag: Option<&str>) -> Response {
        let mut response = Response::new(Body::empty());
        let sent = response.headers_mut();
        let no_store = HeaderValue::from_static("no-store");
        let cache = self.max_age.map_or(no_store, cache_control);
        sent.insert(header::CACHE_CONTROL, cache);
        sent.insert(header::VARY, HeaderValue::from_static(self.vary));
        if let Some(etag) = etag {
            if let Ok(etag) = HeaderValue::try_from(etag) {
                sent.insert(header::ETAG, etag);
            }
            if if_none_match(headers, etag) {
                *response.status_mut() = StatusCode::NOT_MODIFIED;
                return response;
            }
        }
        sent.insert(header::CONTENT_TYPE, self.content_type.clone());
        response
    }
}

impl CachedBody {
    pub(super) fn new(bytes: impl Into<Bytes>) -> Self {
        Self {
            encodings: &Encoding::ALL,
            ..Self::incompressible(bytes)
        }
    }

    /// Creates a body that is compressed already, such as a picture.
    pub(super) fn incompressible(bytes: impl Into<Bytes>) -> Self {
        Self {
            bytes: OnceLock::from(bytes.into()),
            ..Self::default()
        }
    }

    /// Creates a body from its form in Brotli, which is smaller than zstd's at the level of responses.
    pub(super) fn from_brotli(compressed: Bytes) -> Self {
        let mut body = Self {
            encodings: &[Encoding::Brotli, Encoding::Gzip],
            hash: hash(&compressed).into(),
            ..Self::default()
        };
        body.compressed_bodies[Encoding::Brotli as usize] = OnceCell::from(Some(compressed));
        body
    }

    /// Sets the hash of the bytes, if it is known.
    pub(super) fn with_hash(mut self, hash: String) -> Self {
        self.hash = hash.into();
        self
    }

    /// Sets headers that are sent with every response of this body.
    pub(super) fn with_headers(mut self, headers: HeaderMap) -> Self {
        self.headers = headers;
        self
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// An upper bound of its memory, in bytes: the body, and three compressed forms, which together
    /// are no longer than a body that is worth compressing.
    pub(super) fn max_memory_bytes(&self) -> usize {
        self.bytes().len().saturating_mul(2)
    }

    pub(super) fn bytes(&self) -> &Bytes {
        self.bytes.get_or_init(|| {
            let brotli = self.compressed_bodies[Encoding::Brotli as usize].get();
            encoding::decompress_brotli(brotli.and_then(Option::as_deref).unwrap_or_default())
        })
    }

    /// Responds to a request with these headers: 304 if `If-None-Match` has the ETag, otherwise 200 in
    /// the encoding that the client prefers.
    pub(super) async fn respond(
        &self,
        headers: &HeaderMap,
        body_headers: &BodyHeaders,
    ) -> Response {
        self.respond_with_body(headers, body_headers).await.0
    }

    /// Like [`Self::respond`], and returns the body that is sent; `None` with a 304.
    pub(super) async fn respond_with_body(
        &self,
        headers: &HeaderMap,
        body_headers: &BodyHeaders,
    ) -> (Response, Option<Bytes>) {
        let mut encoding = encoding::negotiate(headers, self.encodings);
        if let Some(preferred) = encoding
            && self.get_compressed(preferred).await.is_none()
        {
            encoding = None;
        }
        let has_etag = body_headers.max_age.is_some();
        let etag = has_etag.then(|| self.etag(body_headers.etag_suffix, encoding));
        let mut response = body_headers.begin_response(headers, etag.as_deref());
        if response.status() == StatusCode::NOT_MODIFIED {
            return (response, None);
        }
        response.headers_mut().extend(self.headers.clone());
        let bytes = match encoding {
            Some(encoding) => {
                let value = encoding.header_value();
                response
                    .headers_mut()
                    .insert(header::CONTENT_ENCODING, value);
                self.get_compressed(encoding).await
            }
            None => None,
        };
        let bytes = bytes.unwrap_or_else(|| self.bytes().clone());
        *response.body_mut() = Body::from(bytes.clone());
        (response, Some(bytes))
    }

    async fn get_compressed(&self, encoding: Encoding) -> Option<Bytes> {
        self.compressed_bodies[encoding as usize]
            .get_or_init(|| encoding::compress_if_smaller(self.bytes(), encoding))
            .await
            .clone()
    }

    /// A strong ETag for these bytes in this encoding and with this content type.
    fn etag(&self, variant: &str, encoding: Option<Encoding>) -> String {
        let hash = self.hash.get_or_init(|| hash(self.bytes()));
        match encoding {
            Some(encoding) => format!("\"{hash}{variant}-{}\"", encoding.name()),
            None => format!("\"{hash}{variant}\""),
        }
    }
}

/// 128 bits are enough to rule out collisions.
fn hash(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..16])
}

/// `Cache-Control` that lets every cache store a response for this long.
pub(super) fn cache_control(max_age: Duration) -> HeaderValue {
    HeaderValue::try_from(format!("public, max-age={}", max_age.as_secs()))
        .unwrap_or(HeaderValue::from_static("no-cache"))
}

/// Whether `If-None-Match` matches the ETag.
pub(super) fn if_none_match(headers: &HeaderMap, etag: &str) -> bool {
    let condition = headers.typed_get::<IfNoneMatch>();
    let etag = etag.parse::<ETag>();
    condition.is_some_and(|condition| etag.is_ok_and(|etag| !condition.precondition_passes(&etag)))
}

#[cfg(test)]
mod tests {
    use axum::http::header::{ACCEPT_ENCODING, ETAG, IF_NONE_MATCH};

    use super::*;

    fn body_headers() -> BodyHeaders {
        BodyHeaders {
            content_type: HeaderValue::from_static("text/plain"),
            etag_suffix: "",
            vary: "accept-encoding",
            max_age: Some(Duration::from_secs(60)),
        }
    }

    #[tokio::test]
    async fn etags_differ_by_encoding() {
        let content = CachedBody::new("sister cities ".repeat(1_000));
        let mut headers = HeaderMap::new();
        let plain = content.respond(&headers, &body_headers()).await;
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("br"));
        let smaller = content.respond(&headers, &body_headers()).await;
        assert_ne!(plain.headers()[ETAG], smaller.headers()[ETAG]);
        headers.insert(IF_NONE_MATCH, plain.headers()[ETAG].clone());
        assert_eq!(
            content.respond(&headers, &body_headers()).await.status(),
            200
        );
        let both = format!(
            "W/{}, {}",
            smaller.headers()[ETAG].to_str().unwrap(),
            plain.headers()[ETAG].to_str().unwrap()
        );
        headers.insert(IF_NONE_MATCH, HeaderValue::try_from(both).unwrap());
        let same = content.respond(&headers, &body_headers()).await;
        assert_eq!(same.status(), 304);
        assert_eq!(same.headers()[ETAG], smaller.headers()[ETAG]);
    }

    #[tokio::test]
    async fn responses_without_max_age_have_no_etag() {
        let content = CachedBody::new("an error");
        let body_headers = BodyHeaders {
            max_age: None,
            ..body_headers()
        };
        let response = content.respond(&HeaderMap::new(), &body_headers).await;
        assert_eq!(response.headers().get(ETAG), None);
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    }
}
