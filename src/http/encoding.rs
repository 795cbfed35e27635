//! Compression of bodies that are cached with their compressed forms: negotiation of the content
//! encoding, and encoders.

use std::{io, pin::Pin};

use async_compression::{
    Level,
    tokio::bufread::{BrotliDecoder, BrotliEncoder, GzipEncoder, ZstdEncoder},
};
use axum::http::{HeaderMap, HeaderValue, header};
use bytes::Bytes;
use futures_util::FutureExt;
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    sync::Semaphore,
};

/// Shorter bodies are not compressed: they fit into a packet or two.
const MIN_BYTES: usize = 1024;

/// A supported content encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Encoding {
    Zstd,
    Brotli,
    Gzip,
}

impl Encoding {
    /// In order of preference among those that a client weights equally.
    pub(super) const ALL: [Self; 3] = [Self::Zstd, Self::Brotli, Self::Gzip];

    /// The name in `Accept-Encoding` and `Content-Encoding`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    pub(super) fn header_value(self) -> HeaderValue {
        HeaderValue::from_static(self.name())
    }

    /// The compression level: what a server can afford for each response.
    fn level(self) -> Level {
        Level::Precise(match self {
            Self::Zstd => 3,
            Self::Brotli => 4,
            Self::Gzip => 5,
        })
    }

    /// Compresses the bytes.
    ///
    /// # Errors
    /// If the encoder fails. It reads and writes memory, so there are no errors of a device.
    async fn compress(self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        let level = self.level();
        let mut encoder: Pin<Box<dyn AsyncRead + Send + '_>> = match self {
            Self::Zstd => Box::pin(ZstdEncoder::with_quality(bytes, level)),
            Self::Brotli => Box::pin(BrotliEncoder::with_quality(bytes, level)),
            Self::Gzip => Box::pin(GzipEncoder::with_quality(bytes, level)),
        };
        let mut out = Vec::with_capacity(bytes.len() / 4);
        encoder.read_to_end(&mut out).await?;
        Ok(out)
    }
}

/// Concurrent compressions of whole bodies: each needs some megabytes, and more than there are cores
/// would not be faster.
static COMPRESSION_PERMITS: Semaphore = Semaphore::const_new(2);

/// Compresses the bytes; `None` if they are shorter than 1 KiB or would not become smaller.
pub(super) async fn compress_if_smaller(bytes: &Bytes, encoding: Encoding) -> Option<Bytes> {
    if bytes.len() < MIN_BYTES {
        return None;
    }
    let _permit = COMPRESSION_PERMITS.acquire().await.ok()?;
    let source = bytes.clone();
    // Compression would block a worker of the runtime. Writing to memory never waits, so the future is
    // ready when it is first polled.
    let task = tokio::task::spawn_blocking(move || encoding.compress(&source).now_or_never());
    match task.await {
        Ok(Some(Ok(smaller))) if smaller.len() < bytes.len() => Some(smaller.into()),
        Ok(Some(Ok(_))) => None,
        failed => {
            tracing::error!(
                encoding = encoding.name(),
                ?failed,
                "cannot compress a response"
            );
            None
        }
    }
}

/// Decompresses a file that was compressed when the pages were built.
pub(super) fn decompress_brotli(compressed: &[u8]) -> Bytes {
    let mut bytes = Vec::new();
    let mut decoder = BrotliDecoder::new(compressed);
    // Reading from memory never waits.
    let result = decoder.read_to_end(&mut bytes).now_or_never();
    if !matches!(result, Some(Ok(_))) {
        tracing::error!(?result, "cannot decompress a file of the pages");
    }
    bytes.into()
}

/// The encoding that the client prefers (RFC 9110, 12.5.3), of these in the server's order of preference; `None` for no
/// encoding.
///
/// The crate `headers` has no type for `Accept-Encoding`, and tower-http does not export its own.
pub(super) fn negotiate(headers: &HeaderMap, encodings: &[Encoding]) -> Option<Encoding> {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter();
    let accepted: Vec<(&str, f32)> = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(parse_weight)
        .collect();
    let weight = |name: &str| {
        let mut named = accepted
            .iter()
            .filter(|(n, _)| n.eq_ignore_ascii_case(name));
        named.next().map(|(_, weight)| *weight)
    };
    let wildcard = weight("*").unwrap_or(0.0);
    let identity = weight("identity").unwrap_or(0.0);
    // The last of several maxima wins.
    let weights = encodings
        .iter()
        .rev()
        .map(|encoding| (weight(encoding.name()).unwrap_or(wildcard), *encoding));
    let acceptable = weights.filter(|(weight, _)| *weight > 0.0 && *weight >= identity);
    let (_, best) = acceptable.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    Some(best)
}

/// The name and the weight `q` of a list element; the weight is 1 if it is missing, and 0 if it is
/// not a number.
fn parse_weight(item: &str) -> (&str, f32) {
    let (name, parameters) = item.split_once(';').unwrap_or((item, ""));
    let mut parameters = parameters.split(';').filter_map(|p| p.split_once('='));
    let weight = parameters
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
        .map_or(1.0, |(_, value)| value.trim().parse().unwrap_or(0.0));
    (name.trim(), weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_encoding_is_negotiated() {
        use Encoding::{Brotli, Gzip, Zstd};
        assert_eq!(negotiate(&HeaderMap::new(), &Encoding::ALL), None);
        for (header, expected) in [
            ("", None),
            ("identity", None),
            ("gzip, deflate, br, zstd", Some(Zstd)),
            ("gzip, deflate, br", Some(Brotli)),
            ("GZIP", Some(Gzip)),
            ("deflate", None),
            ("*", Some(Zstd)),
            ("*;q=0", None),
            ("zstd;q=0, *", Some(Brotli)),
            ("br;q=0.5, gzip;q=0.8", Some(Gzip)),
            ("gzip;q=0", None),
            ("gzip;q=0.5, identity", None),
            ("gzip;q=nonsense", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(
                header::ACCEPT_ENCODING,
                HeaderValue::from_str(header).unwrap(),
            );
            assert_eq!(negotiate(&headers, &Encoding::ALL), expected, "{header:?}");
        }
    }

    #[tokio::test]
    async fn small_bodies_are_not_compressed() {
        let small = Bytes::from_static(b"{}");
        assert_eq!(compress_if_smaller(&small, Encoding::Gzip).await, None);
        let large = Bytes::from("{\"name\":\"Oregon\"}".repeat(1_000));
        for encoding in Encoding::ALL {
            let smaller = compress_if_smaller(&large, encoding).await.unwrap();
            assert!(smaller.len() < large.len() / 10, "{encoding:?}");
        }
    }
}
