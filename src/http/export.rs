//! `/export`: the data as files. Each file is written once, and then sent from a cache.

use std::{
    fs::File,
    io,
    ops::Range,
    os::unix::fs::FileExt,
    sync::{Arc, LazyLock},
};

use axum::{
    Router,
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    response::Response,
    routing::get,
};
use futures_util::stream;
use headers::{ContentRange, ETag, HeaderMapExt, IfMatch, IfRange};
use http_range_header::{RangeUnsatisfiableError, parse_range_header};
use moka::{future::Cache, policy::EvictionPolicy};
use tokio::{runtime::Handle, sync::Semaphore, task};
use tracing::Instrument;

use super::{
    Server,
    cached_body::{BodyHeaders, CachedBody},
    error::{HttpError, JSON_CONTENT_TYPE},
    pages,
    request_id::RequestId,
    response_info::ResponseInfo,
};
use crate::{
    db::{Snapshot, StatementLog},
    engine::{ExecutionError, InternalError},
    export::{Export, ExportFile, FileContent, FileWriter, catalog},
};

/// Files that are written at the same time. Each holds a database connection meanwhile.
pub const MAX_CONCURRENT_EXPORTS: usize = 2;

/// The maximum memory of the files that are cached, in bytes.
const CACHE_BYTES: u64 = 64 * 1024 * 1024;

/// A byte on disk counts as this fraction of a byte in memory, so the cache has at most 1 GiB on disk.
const DISK_BYTES_PER_MEMORY_BYTE: u64 = 16;

/// How much of a file on disk is read at a time.
const CHUNK_BYTES: u64 = 64 * 1024;

/// The files that were written last, by [`Export::cache_key`].
#[derive(Clone, Debug)]
pub(super) struct ExportCache {
    files: Cache<String, Arc<CachedFile>>,
    write_permits: Arc<Semaphore>,
}

/// A file that has been written.
#[derive(Debug)]
enum CachedFile {
    /// A file that is compressed if the client accepts it.
    Memory(Box<CachedBody>),
    /// A large file.
    Disk {
        file: Arc<File>,
        n_bytes: u64,
        etag: String,
    },
}

/// The routes below `/export`.
pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/export", get(list_files))
        // The paths in the list are relative to `/export`.
        .route("/export/", get(pages::remove_trailing_slash))
        .route("/export/{*name}", get(serve_file))
}

/// The catalog of files, as JSON.
async fn list_files(State(server): State<Arc<Server>>, request: Request) -> Response {
    static CATALOG: LazyLock<CachedBody> = LazyLock::new(|| CachedBody::new(catalog().to_string()));
    let body_headers = body_headers(&server, JSON_CONTENT_TYPE);
    CATALOG.respond(request.headers(), &body_headers).await
}

fn body_headers(server: &Server, content_type: HeaderValue) -> BodyHeaders {
    BodyHeaders {
        content_type,
        etag_suffix: "",
        vary: "accept-encoding",
        max_age: Some(server.settings.max_age),
    }
}

async fn serve_file(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, HttpError> {
    let (request, _) = request.into_parts();
    let Some(file) = ExportFile::from_name(&name) else {
        let names = ExportFile::ALL.map(ExportFile::name).join(", ");
        let message = format!("there is no file {name:?} in /export; the files are {names}");
        return Ok(pages::not_found_response(&request, &message, &name));
    };
    let id = RequestId::from_extensions(&request.extensions);
    let log = server.statement_log();
    let query = request.uri.query().unwrap_or_default();
    if server.is_database_down() {
        return Err(HttpError::database_unavailable());
    }
    let opened = match open_export(&server, file, query, log.clone()).await {
        // Nothing is sent yet, and the read may succeed on a new connection.
        Err(ExecutionError::Internal(error)) if error.is_database_unavailable() => {
            open_export(&server, file, query, log.clone()).await
        }
        opened => opened,
    };
    let export = match opened {
        Ok(export) => export,
        Err(ExecutionError::Rejected(errors)) => {
            let Some(error) = errors.into_iter().next() else {
                return Err(HttpError::internal(&id));
            };
            let (code, message) = (error.code.as_str(), error.message);
            return Err(HttpError::new(StatusCode::BAD_REQUEST, code, message));
        }
        Err(ExecutionError::Internal(error)) => return Err(export_error(&error, file, &id)),
    };
    let disposition = format!("attachment; filename=\"{}\"", export.file_name());
    let cached = server.exports.get_or_write(export, file, id).await?;
    let content_type = HeaderValue::from_static(file.media_type());
    let mut response = cached
        .respond(&request, &body_headers(&server, content_type))
        .await?;
    if response.status() != StatusCode::NOT_MODIFIED {
        let license = file
            .license_url()
            .map(|url| format!("<{url}>; rel=\"license\""));
        for (name, value) in [
            (header::CONTENT_DISPOSITION, Some(disposition)),
            (header::LINK, license),
        ] {
            // Every value is visible ASCII.
            let value = value.and_then(|value| HeaderValue::try_from(value).ok());
            response
                .headers_mut()
                .extend(value.map(|value| (name, value)));
        }
    }
    let info = ResponseInfo {
        statement_log: Some(log),
        ..ResponseInfo::default()
    };
    info.attach(&mut response);
    Ok(response)
}

async fn open_export(
    server: &Server,
    file: ExportFile,
    query: &str,
    log: StatementLog,
) -> Result<Export, ExecutionError> {
    let parameters: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let snapshot = Snapshot::open(server.export_reader(), log).await?;
    Export::new(file, &parameters, snapshot).await
}

fn export_error(error: &InternalError, file: ExportFile, id: &RequestId) -> HttpError {
    match error.is_database_unavailable() {
        true => HttpError::database_unavailable(),
        false => internal_error(error, file, id),
    }
}

fn internal_error(
    error: &(dyn std::error::Error + 'static),
    file: ExportFile,
    id: &RequestId,
) -> HttpError {
    tracing::error!(
        error,
        export.file = file.name(),
        request.id = id.as_str(),
        "cannot write a file for download"
    );
    HttpError::internal(id)
}

impl ExportCache {
    pub(super) fn new() -> Self {
        let weight = |key: &String, file: &Arc<CachedFile>| {
            let bytes = match &**file {
                CachedFile::Memory(body) => body.max_memory_bytes() as u64,
                CachedFile::Disk { n_bytes, .. } => n_bytes / DISK_BYTES_PER_MEMORY_BYTE,
            };
            u32::try_from(bytes + key.len() as u64 + 256).unwrap_or(u32::MAX)
        };
        Self {
            // A client requests the ranges of one file in a row, so the last files are the ones to keep.
            files: Cache::builder()
                .max_capacity(CACHE_BYTES)
                .eviction_policy(EvictionPolicy::lru())
                .weigher(weight)
                .build(),
            write_permits: Arc::new(Semaphore::new(MAX_CONCURRENT_EXPORTS)),
        }
    }

    /// Removes all files. Responses in progress are not affected.
    pub(super) fn clear(&self) {
        self.files.invalidate_all();
    }

    /// Returns the cached file, or writes it. Concurrent calls for the same file share the work. It goes
    /// on if the client disconnects, so that the file is there when the client tries again.
    async fn get_or_write(
        &self,
        export: Export,
        file: ExportFile,
        id: RequestId,
    ) -> Result<Arc<CachedFile>, HttpError> {
        let key = export.cache_key();
        if let Some(cached) = self.files.get(&key).await {
            return Ok(cached);
        }
        let permits = self.write_permits.clone();
        let write_id = id.clone();
        let write = async move {
            let Ok(_permit) = permits.try_acquire() else {
                return Err(HttpError::overloaded(format!(
                    "the server is busy: {MAX_CONCURRENT_EXPORTS} files are being written, which is the limit; try again in a second"
                )));
            };
            // Reading SQLite blocks its thread.
            let runtime = Handle::current();
            let written = task::spawn_blocking(move || runtime.block_on(write_file(&export, file)));
            match written.await {
                Ok(Ok(written)) => Ok(Arc::new(written)),
                Ok(Err(error)) => Err(export_error(&error, file, &write_id)),
                Err(panic) => Err(internal_error(&panic, file, &write_id)),
            }
        };
        let files = self.files.clone();
        let task = async move { files.try_get_with(key, write).await }.in_current_span();
        match tokio::spawn(task).await {
            Ok(Ok(cached)) => Ok(cached),
            Ok(Err(error)) => Err(HttpError::clone(&error)),
            Err(panic) => Err(internal_error(&panic, file, &id)),
        }
    }
}

async fn write_file(export: &Export, file: ExportFile) -> Result<CachedFile, InternalError> {
    let mut output = FileWriter::default();
    export.write(&mut output).await?;
    let written = output.finish()?;
    Ok(match written.content {
        FileContent::Memory(mut bytes) => {
            bytes.shrink_to_fit();
            let body = match file {
                // It is compressed already.
                ExportFile::DatasetZip => CachedBody::incompressible(bytes),
                _ => CachedBody::new(bytes),
            };
            CachedFile::Memory(Box::new(body.with_hash(written.hash)))
        }
        FileContent::Disk(file) => CachedFile::Disk {
            file: Arc::new(file),
            n_bytes: written.n_bytes,
            etag: format!("\"{}\"", written.hash),
        },
    })
}

impl CachedFile {
    /// Responds with the file or a range of it, or with 304 if the client has it already.
    async fn respond(
        &self,
        request: &Parts,
        body_headers: &BodyHeaders,
    ) -> Result<Response, HttpError> {
        match self {
            Self::Memory(body) => {
                let (response, bytes) =
                    body.respond_with_body(&request.headers, body_headers).await;
                let Some(bytes) = bytes else {
                    return Ok(response);
                };
                let n_bytes = bytes.len() as u64;
                respond_with_range(request, response, n_bytes, |range| {
                    // A slice of bytes in memory has a length that fits into `usize`.
                    let slice = bytes.slice(range.start as usize..range.end as usize);
                    slice.into()
                })
            }
            Self::Disk {
                file,
                n_bytes,
                etag,
            } => {
                let response = body_headers.begin_response(&request.headers, Some(etag));
                if response.status() == StatusCode::NOT_MODIFIED {
                    return Ok(response);
                }
                respond_with_range(request, response, *n_bytes, |range| {
                    read_range(file.clone(), range)
                })
            }
        }
    }
}

/// Completes a response with the whole body, or with the range that the request names ([RFC 9110,
/// 14](https://www.rfc-editor.org/rfc/rfc9110#section-14)). Malformed ranges and several ranges at once
/// are ignored.
pub(super) fn respond_with_range(
    request: &Parts,
    mut response: Response,
    n_bytes: u64,
    body: impl FnOnce(Range<u64>) -> Body,
) -> Result<Response, HttpError> {
    let etag = response.headers().typed_get::<ETag>();
    if let Some(if_match) = request.headers.typed_get::<IfMatch>()
        && !etag.is_some_and(|etag| if_match.precondition_passes(&etag))
    {
        return Err(HttpError::new(
            StatusCode::PRECONDITION_FAILED,
            "PRECONDITION_FAILED",
            "the file is not the version that If-Match names; download it from the beginning",
        ));
    }
    let mut range = 0..n_bytes;
    match requested_range(request, &response, n_bytes) {
        Err(RangeUnsatisfiableError::Unsatisfiable) => {
            let message = format!("the file has {n_bytes} bytes; request a range within it");
            let error = HttpError::new(
                StatusCode::RANGE_NOT_SATISFIABLE,
                "RANGE_NOT_SATISFIABLE",
                message,
            );
            let content_range = HeaderValue::try_from(format!("bytes */{n_bytes}"));
            return Err(match content_range {
                Ok(value) => error.with_header(header::CONTENT_RANGE, value),
                Err(_) => error,
            });
        }
        Ok(Some(requested)) => {
            range = requested;
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            if let Ok(content_range) = ContentRange::bytes(range.clone(), n_bytes) {
                response.headers_mut().typed_insert(content_range);
            }
        }
        Ok(None) | Err(_) => {}
    }
    let headers = response.headers_mut();
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(
        header::CONTENT_LENGTH,
        HeaderValue::from(range.end - range.start),
    );
    *response.body_mut() = body(range);
    Ok(response)
}

/// Returns the one range that a GET request names, unless the client has a part of another version.
fn requested_range(
    request: &Parts,
    response: &Response,
    n_bytes: u64,
) -> Result<Option<Range<u64>>, RangeUnsatisfiableError> {
    let Some(range) = request.headers.get(header::RANGE) else {
        return Ok(None);
    };
    let is_same_version = match request.headers.typed_try_get::<IfRange>() {
        Ok(None) => true,
        Ok(Some(if_range)) => {
            let etag = response.headers().typed_get::<ETag>();
            !if_range.is_modified(etag.as_ref(), None)
        }
        Err(_) => false,
    };
    if request.method != Method::GET || !is_same_version {
        return Ok(None);
    }
    let ranges = parse_range_header(range.to_str().unwrap_or_default())?.validate(n_bytes)?;
    Ok(match ranges.as_slice() {
        [range] => Some(*range.start()..range.end() + 1),
        _ => None,
    })
}

/// Reads a range of a file as it is sent.
fn read_range(file: Arc<File>, range: Range<u64>) -> Body {
    Body::from_stream(stream::try_unfold(range, move |range| {
        let file = file.clone();
        async move {
            let n_bytes = CHUNK_BYTES.min(range.end - range.start);
            if n_bytes == 0 {
                return Ok(None);
            }
            let mut bytes = vec![0; n_bytes as usize];
            // The file is usually in the operating system's cache, so this hardly blocks.
            file.read_exact_at(&mut bytes, range.start)?;
            Ok::<_, io::Error>(Some((bytes, range.start + n_bytes..range.end)))
        }
    }))
}

#[cfg(test)]
mod tests {
    use std::{io::Write, time::Duration};

    use http_body_util::BodyExt;

    use super::*;

    async fn request(file: &CachedFile, headers: &[(&str, &str)]) -> Response {
        let request = (headers.iter()).fold(Request::builder(), |request, (name, value)| {
            request.header(*name, *value)
        });
        let (request, ()) = request.body(()).unwrap().into_parts();
        let body_headers = BodyHeaders {
            content_type: HeaderValue::from_static("text/plain"),
            etag_suffix: "",
            vary: "accept-encoding",
            max_age: Some(Duration::from_secs(60)),
        };
        file.respond(&request, &body_headers).await.unwrap()
    }

    #[tokio::test]
    async fn large_files_are_sent_from_disk() {
        let bytes: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        let file = CachedFile::Disk {
            file: Arc::new(file),
            n_bytes: 200_000,
            etag: "\"tag\"".to_owned(),
        };
        let range = ("range", "bytes=100-150000");
        for (headers, status, expected) in [
            (
                vec![("accept-encoding", "gzip")],
                StatusCode::OK,
                0..200_000,
            ),
            (vec![range], StatusCode::PARTIAL_CONTENT, 100..150_001),
            (
                vec![range, ("if-range", "\"tag\"")],
                StatusCode::PARTIAL_CONTENT,
                100..150_001,
            ),
            (
                vec![range, ("if-range", "\"other\"")],
                StatusCode::OK,
                0..200_000,
            ),
            (
                vec![("if-none-match", "\"tag\"")],
                StatusCode::NOT_MODIFIED,
                0..0,
            ),
        ] {
            let response = request(&file, &headers).await;
            assert_eq!(response.status(), status, "{headers:?}");
            assert_eq!(response.headers()[header::ETAG], "\"tag\"");
            if status != StatusCode::NOT_MODIFIED {
                let length = HeaderValue::from(expected.len());
                assert_eq!(response.headers()[header::CONTENT_LENGTH], length);
            }
            let body = response.into_body().collect().await.unwrap().to_bytes();
            assert!(body == bytes[expected], "{headers:?}");
        }
    }
}
