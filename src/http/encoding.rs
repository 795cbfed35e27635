//! Compression: negotiation of the content encoding, and encoders for bodies and streams.

use std::io;

use async_compression::{
    Level,
    tokio::write::{BrotliEncoder, GzipEncoder, ZstdEncoder},
};
use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, header},
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use tokio::{
    io::{AsyncWrite, AsyncWriteExt},
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
    /// If the encoder fails. It writes to memory, so there are no errors of a device.
    async fn compress(self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        let out = Vec::with_capacity(bytes.len() / 4);
        match self {
            Self::Zstd => {
                let mut encoder = ZstdEncoder::with_quality(out, self.level());
                encoder.write_all(bytes).await?;
                encoder.shutdown().await?;
                Ok(encoder.into_inner())
            }
            Self::Brotli => {
                let mut encoder = BrotliEncoder::with_quality(out, self.level());
                encoder.write_all(bytes).await?;
                encoder.shutdown().await?;
                Ok(encoder.into_inner())
            }
            Self::Gzip => {
                let mut encoder = GzipEncoder::with_quality(out, self.level());
                encoder.write_all(bytes).await?;
                encoder.shutdown().await?;
                Ok(encoder.into_inner())
            }
        }
    }
}

/// An encoder into memory, whose futures never wait.
enum StreamEncoder {
    Zstd(ZstdEncoder<Vec<u8>>),
    Brotli(Box<BrotliEncoder<Vec<u8>>>),
    Gzip(GzipEncoder<Vec<u8>>),
}

impl StreamEncoder {
    fn new(encoding: Encoding) -> Self {
        let (out, level) = (Vec::new(), encoding.level());
        match encoding {
            Encoding::Zstd => Self::Zstd(ZstdEncoder::with_quality(out, level)),
            Encoding::Brotli => Self::Brotli(Box::new(BrotliEncoder::with_quality(out, level))),
            Encoding::Gzip => Self::Gzip(GzipEncoder::with_quality(out, level)),
        }
    }

    /// Adds bytes, or ends the stream if `None`, and returns the output that is ready.
    async fn push(&mut self, bytes: Option<&[u8]>) -> io::Result<Vec<u8>> {
        async fn write_or_finish(
            encoder: &mut (impl AsyncWrite + Unpin),
            bytes: Option<&[u8]>,
        ) -> io::Result<()> {
            match bytes {
                Some(bytes) => encoder.write_all(bytes).await,
                None => encoder.shutdown().await,
            }
        }
        let ready = match self {
            Self::Zstd(encoder) => {
                write_or_finish(encoder, bytes).await?;
                encoder.get_mut()
            }
            Self::Brotli(encoder) => {
                write_or_finish(encoder, bytes).await?;
                encoder.get_mut()
            }
            Self::Gzip(encoder) => {
                write_or_finish(encoder, bytes).await?;
                encoder.get_mut()
            }
        };
        Ok(std::mem::take(ready))
    }
}

/// Streams a body in an encoding, or unchanged if `None`. The encoded bytes do not depend on the timing
/// of the chunks, so a strong ETag is possible: encoders that wrap a reader flush whenever it waits,
/// these do not.
pub(super) fn encoded_body(
    chunks: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    encoding: Option<Encoding>,
) -> Body {
    let Some(encoding) = encoding else {
        return Body::from_stream(chunks);
    };
    let start = (Box::pin(chunks), Some(StreamEncoder::new(encoding)));
    Body::from_stream(stream::unfold(start, |(mut chunks, encoder)| async move {
        let mut encoder = encoder?;
        loop {
            match chunks.next().await {
                Some(Ok(chunk)) => match encoder.push(Some(&chunk)).await {
                    Ok(ready) if ready.is_empty() => {}
                    Ok(ready) => return Some((Ok(ready), (chunks, Some(encoder)))),
                    Err(error) => return Some((Err(error), (chunks, None))),
                },
                Some(Err(error)) => return Some((Err(error), (chunks, None))),
                None => return Some((encoder.push(None).await, (chunks, None))),
            }
        }
    }))
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
    let task = tokio::task::spawn_blocking(move || {
        futures_util::FutureExt::now_or_never(encoding.compress(&source))
    });
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

/// The supported encoding that the client prefers (RFC 9110, 12.5.3); `None` for no encoding.
pub(super) fn negotiate(headers: &HeaderMap) -> Option<Encoding> {
    let mut best: Option<(u16, Encoding)> = None;
    let mut identity_quality = 0;
    let mut wildcard_quality = None;
    let mut named = Vec::new();
    let values = headers.get_all(header::ACCEPT_ENCODING).iter();
    for item in values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
    {
        let mut parts = item.split(';');
        let name = parts.next().unwrap_or_default().trim();
        let quality = parse_quality(parts);
        let supported = Encoding::ALL
            .into_iter()
            .find(|encoding| name.eq_ignore_ascii_case(encoding.name()));
        match supported {
            Some(encoding) => named.push((quality, encoding)),
            None if name == "*" => wildcard_quality = Some(quality),
            None if name.eq_ignore_ascii_case("identity") => identity_quality = quality,
            None => {}
        }
    }
    for encoding in Encoding::ALL {
        let weight = named
            .iter()
            .find(|(_, named)| *named == encoding)
            .map(|(quality, _)| *quality)
            .or(wildcard_quality)
            .unwrap_or(0);
        if weight > 0 && weight >= identity_quality && best.is_none_or(|(best, _)| weight > best) {
            best = Some((weight, encoding));
        }
    }
    best.map(|(_, encoding)| encoding)
}

/// The weight `q` in thousandths; 1,000 if it is missing, 0 if it is not a number.
fn parse_quality<'a>(parameters: impl Iterator<Item = &'a str>) -> u16 {
    let mut quality = 1_000;
    for parameter in parameters {
        let Some((name, value)) = parameter.split_once('=') else {
            continue;
        };
        if name.trim().eq_ignore_ascii_case("q") {
            let value: f32 = value.trim().parse().unwrap_or(0.0);
            // A weight has at most three decimals, so nothing is lost.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let thousandths = (value.clamp(0.0, 1.0) * 1_000.0).round() as u16;
            quality = thousandths;
        }
    }
    quality
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_encoding_is_negotiated() {
        use Encoding::{Brotli, Gzip, Zstd};
        assert_eq!(negotiate(&HeaderMap::new()), None);
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
            assert_eq!(negotiate(&headers), expected, "{header:?}");
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
