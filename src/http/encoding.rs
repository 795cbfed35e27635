//! Compression of what is sent: which encoding a client accepts, and bytes in that encoding.

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

/// Smaller bodies fit into a packet or two as they are.
const MIN_BYTES: usize = 1024;

/// A content encoding that this server writes, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Encoding {
    Zstd,
    Brotli,
    Gzip,
}

impl Encoding {
    /// In the order in which they are preferred where a client likes several alike.
    pub(super) const ALL: [Self; 3] = [Self::Zstd, Self::Brotli, Self::Gzip];

    /// The name in `Accept-Encoding` and `Content-Encoding`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// The value of `Content-Encoding`.
    pub(super) fn header_value(self) -> HeaderValue {
        HeaderValue::from_static(self.name())
    }

    /// How hard is tried: what a server can afford for each answer.
    fn level(self) -> Level {
        Level::Precise(match self {
            Self::Zstd => 3,
            Self::Brotli => 4,
            Self::Gzip => 5,
        })
    }

    /// The bytes in this encoding.
    ///
    /// # Errors
    /// What the compressor says; it writes to memory, so nothing but a fault of its own.
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

/// A compressor to memory, which never waits.
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

    /// Adds bytes, or the end where there are none, and takes what is ready.
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

/// A body that comes in pieces, in an encoding or as it is. Equal bytes are compressed to equal
/// bytes however long the pieces are in coming, so that a tag can name them: the compressors of a
/// reader flush whenever it waits, these do not.
pub(super) fn encoded_body(
    pieces: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    encoding: Option<Encoding>,
) -> Body {
    let Some(encoding) = encoding else {
        return Body::from_stream(pieces);
    };
    let start = (Box::pin(pieces), Some(StreamEncoder::new(encoding)));
    Body::from_stream(stream::unfold(start, |(mut pieces, encoder)| async move {
        let mut encoder = encoder?;
        loop {
            match pieces.next().await {
                Some(Ok(piece)) => match encoder.push(Some(&piece)).await {
                    Ok(ready) if ready.is_empty() => {}
                    Ok(ready) => return Some((Ok(ready), (pieces, Some(encoder)))),
                    Err(error) => return Some((Err(error), (pieces, None))),
                },
                Some(Err(error)) => return Some((Err(error), (pieces, None))),
                None => return Some((encoder.push(None).await, (pieces, None))),
            }
        }
    }))
}

/// Compressors at a time: each takes some megabytes while it works, and no more than there are cores
/// get on faster.
static COMPRESSION_PERMITS: Semaphore = Semaphore::const_new(2);

/// The bytes in an encoding; `None` where that would not make them smaller.
pub(super) async fn compress_if_smaller(bytes: &Bytes, encoding: Encoding) -> Option<Bytes> {
    if bytes.len() < MIN_BYTES {
        return None;
    }
    let _turn = COMPRESSION_PERMITS.acquire().await.ok()?;
    let source = bytes.clone();
    // A worker of the runtime has other requests to see to. Writing to memory never waits, so
    // blocking on it does not either.
    let work = tokio::task::spawn_blocking(move || {
        futures_util::FutureExt::now_or_never(encoding.compress(&source))
    });
    match work.await {
        Ok(Some(Ok(smaller))) if smaller.len() < bytes.len() => Some(smaller.into()),
        Ok(Some(Ok(_))) => None,
        failed => {
            tracing::error!(encoding = encoding.name(), ?failed, "cannot compress");
            None
        }
    }
}

/// The encoding that the client likes best among those that this server writes (RFC 9110, 12.5.3);
/// `None` for the bytes as they are.
pub(super) fn negotiate(headers: &HeaderMap) -> Option<Encoding> {
    let mut best: Option<(u16, Encoding)> = None;
    let mut of_identity = 0;
    let mut of_others = None;
    let mut named = Vec::new();
    let values = headers.get_all(header::ACCEPT_ENCODING).iter();
    for item in values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
    {
        let mut parts = item.split(';');
        let name = parts.next().unwrap_or_default().trim();
        let quality = parse_quality(parts);
        let found = Encoding::ALL
            .into_iter()
            .find(|encoding| name.eq_ignore_ascii_case(encoding.name()));
        match found {
            Some(encoding) => named.push((quality, encoding)),
            None if name == "*" => of_others = Some(quality),
            None if name.eq_ignore_ascii_case("identity") => of_identity = quality,
            None => {}
        }
    }
    for encoding in Encoding::ALL {
        let of_this = named
            .iter()
            .find(|(_, named)| *named == encoding)
            .map(|(quality, _)| *quality)
            .or(of_others)
            .unwrap_or(0);
        if of_this > 0 && of_this >= of_identity && best.is_none_or(|(best, _)| of_this > best) {
            best = Some((of_this, encoding));
        }
    }
    best.map(|(_, encoding)| encoding)
}

/// The weight `q` in thousandths; 1,000 where it is not given.
fn parse_quality<'a>(parameters: impl Iterator<Item = &'a str>) -> u16 {
    let mut quality = 1_000;
    for parameter in parameters {
        let Some((name, value)) = parameter.split_once('=') else {
            continue;
        };
        if name.trim().eq_ignore_ascii_case("q") {
            let value: f32 = value.trim().parse().unwrap_or(0.0);
            // A weight has three decimals at most, so nothing is lost.
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
    fn the_encoding_that_the_client_likes_best() {
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
    async fn small_bodies_stay_as_they_are() {
        let small = Bytes::from_static(b"{}");
        assert_eq!(compress_if_smaller(&small, Encoding::Gzip).await, None);
        let large = Bytes::from("{\"name\":\"Oregon\"}".repeat(1_000));
        for encoding in Encoding::ALL {
            let smaller = compress_if_smaller(&large, encoding).await.unwrap();
            assert!(smaller.len() < large.len() / 10, "{encoding:?}");
        }
    }
}
