//! What is sent, ready to be sent: bytes, their tag and their compressed forms, each made once and
//! shared by all who get them.

use std::{fmt::Write, sync::OnceLock, time::Duration};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

use super::encoding::{self, Encoding};

/// A body that does not change.
#[derive(Debug, Default)]
pub(super) struct CachedBody {
    bytes: Bytes,
    hash: OnceLock<String>,
    /// In the order of [`Encoding::ALL`]; `None` where the form would not be smaller.
    compressed_bodies: [OnceCell<Option<Bytes>>; 3],
}

/// How one answer is to be sent.
#[derive(Clone, Debug)]
pub(super) struct BodyHeaders {
    /// `Content-Type`.
    pub(super) content_type: HeaderValue,
    /// Tells apart tags of equal bytes that are sent under several content types at one address.
    pub(super) etag_suffix: &'static str,
    /// `Vary`.
    pub(super) vary: &'static str,
    /// How long caches may keep it without asking again; `None` where they must not keep it.
    pub(super) max_age: Option<Duration>,
}

impl CachedBody {
    /// Content of these bytes.
    pub(super) fn new(bytes: impl Into<Bytes>) -> Self {
        Self {
            bytes: bytes.into(),
            ..Self::default()
        }
    }

    /// Content of these bytes and of what they are in each of [`Encoding::ALL`]; where there is none,
    /// they are not compressed.
    pub(super) fn with_precompressed(
        bytes: impl Into<Bytes>,
        compressed: [Option<Bytes>; 3],
    ) -> Self {
        Self {
            compressed_bodies: compressed.map(OnceCell::from),
            ..Self::new(bytes)
        }
    }

    /// What it takes in memory at most: its bytes, and compressed forms, of which three are
    /// together no longer than the bytes themselves for what is worth compressing.
    pub(super) fn max_memory_bytes(&self) -> usize {
        self.bytes.len().saturating_mul(2)
    }

    /// The bytes.
    pub(super) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The answer to a request with these headers: 304 where the client has it already, 200
    /// otherwise, compressed as it likes.
    pub(super) async fn respond(&self, headers: &HeaderMap, form: &BodyHeaders) -> Response {
        self.respond_with_body(headers, form).await.0
    }

    /// As [`Self::respond`], and the body that is sent; `None` where the client has it already.
    pub(super) async fn respond_with_body(
        &self,
        headers: &HeaderMap,
        form: &BodyHeaders,
    ) -> (Response, Option<Bytes>) {
        let mut encoding = encoding::negotiate(headers);
        if let Some(wanted) = encoding
            && self.get_compressed(wanted).await.is_none()
        {
            encoding = None;
        }
        let mut response = Response::new(Body::empty());
        let tag = form.max_age.map(|max_age| {
            let tag = self.etag(form.etag_suffix, encoding);
            (tag, cache_control(max_age))
        });
        let sent = response.headers_mut();
        match tag {
            Some((tag, cache)) => {
                sent.insert(header::CACHE_CONTROL, cache);
                let has_it = if_none_match(headers, &tag);
                if let Ok(tag) = HeaderValue::try_from(tag) {
                    sent.insert(header::ETAG, tag);
                }
                sent.insert(header::VARY, HeaderValue::from_static(form.vary));
                if has_it {
                    *response.status_mut() = StatusCode::NOT_MODIFIED;
                    return (response, None);
                }
            }
            None => {
                sent.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
                sent.insert(header::VARY, HeaderValue::from_static(form.vary));
            }
        }
        sent.insert(header::CONTENT_TYPE, form.content_type.clone());
        let bytes = match encoding {
            Some(encoding) => {
                sent.insert(header::CONTENT_ENCODING, encoding.header_value());
                self.get_compressed(encoding).await
            }
            None => None,
        };
        let bytes = bytes.unwrap_or_else(|| self.bytes.clone());
        *response.body_mut() = Body::from(bytes.clone());
        (response, Some(bytes))
    }

    async fn get_compressed(&self, encoding: Encoding) -> Option<Bytes> {
        self.compressed_bodies[encoding as usize]
            .get_or_init(|| encoding::compress_if_smaller(&self.bytes, encoding))
            .await
            .clone()
    }

    /// A strong tag: it names these bytes in this encoding under this content type.
    fn etag(&self, variant: &str, encoding: Option<Encoding>) -> String {
        let hash = self.hash.get_or_init(|| {
            // Half of the hash tells apart more answers than a server can give.
            Sha256::digest(&self.bytes)[..16].iter().fold(
                String::with_capacity(32),
                |mut hex, byte| {
                    // Writing to a string cannot fail.
                    let _ = write!(hex, "{byte:02x}");
                    hex
                },
            )
        });
        match encoding {
            Some(encoding) => format!("\"{hash}{variant}-{}\"", encoding.name()),
            None => format!("\"{hash}{variant}\""),
        }
    }
}

/// Lets every cache keep an answer for so long without asking again.
pub(super) fn cache_control(max_age: Duration) -> HeaderValue {
    HeaderValue::try_from(format!("public, max-age={}", max_age.as_secs()))
        .unwrap_or(HeaderValue::from_static("no-cache"))
}

/// Whether `If-None-Match` names the tag (RFC 9110, 13.1.2; weak comparison).
pub(super) fn if_none_match(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|given| given == "*" || given.strip_prefix("W/").unwrap_or(given) == tag)
}

#[cfg(test)]
mod tests {
    use axum::http::header::{ACCEPT_ENCODING, ETAG, IF_NONE_MATCH};

    use super::*;

    fn form() -> BodyHeaders {
        BodyHeaders {
            content_type: HeaderValue::from_static("text/plain"),
            etag_suffix: "",
            vary: "accept-encoding",
            max_age: Some(Duration::from_secs(60)),
        }
    }

    #[tokio::test]
    async fn a_tag_names_the_bytes_in_their_encoding() {
        let content = CachedBody::new("sister cities ".repeat(1_000));
        let mut headers = HeaderMap::new();
        let plain = content.respond(&headers, &form()).await;
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("br"));
        let smaller = content.respond(&headers, &form()).await;
        assert_ne!(plain.headers()[ETAG], smaller.headers()[ETAG]);
        headers.insert(IF_NONE_MATCH, plain.headers()[ETAG].clone());
        assert_eq!(content.respond(&headers, &form()).await.status(), 200);
        let both = format!(
            "W/{}, {}",
            smaller.headers()[ETAG].to_str().unwrap(),
            plain.headers()[ETAG].to_str().unwrap()
        );
        headers.insert(IF_NONE_MATCH, HeaderValue::try_from(both).unwrap());
        let same = content.respond(&headers, &form()).await;
        assert_eq!(same.status(), 304);
        assert_eq!(same.headers()[ETAG], smaller.headers()[ETAG]);
    }

    #[tokio::test]
    async fn what_must_not_be_kept_has_no_tag() {
        let content = CachedBody::new("an error");
        let form = BodyHeaders {
            max_age: None,
            ..form()
        };
        let response = content.respond(&HeaderMap::new(), &form).await;
        assert_eq!(response.headers().get(ETAG), None);
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    }
}
