//! `/export`: the data as files, streamed.

use std::{io, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::any,
};
use bytes::Bytes;
use futures_util::{Stream, stream};
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    task,
};
use tracing::Instrument;

use super::{
    Server,
    cached_body::{cache_control, if_none_match},
    encoding::{self, Encoding},
    error::{HttpError, JSON_CONTENT_TYPE},
    pages,
    request_id::RequestId,
    response_info::ResponseInfo,
};
use crate::{
    db::{Snapshot, StatementLog},
    engine::ExecutionError,
    export::{ChunkWriter, Export, ExportError, ExportFile, OutputChunk, catalog},
};

/// Concurrent exports. Each holds a database connection until the client has read the whole file. If
/// exports share the pool of queries, slow clients must not take all its connections.
pub const MAX_CONCURRENT_EXPORTS: usize = 2;

/// The routes below `/export`.
pub(super) fn routes() -> Router<Server> {
    let permits = Arc::new(Semaphore::new(MAX_CONCURRENT_EXPORTS));
    let file = move |State(server): State<Server>, Path(name): Path<String>, request: Request| {
        let permits = permits.clone();
        async move {
            let (request, _) = request.into_parts();
            serve_file(&server, &permits, &name, &request)
                .await
                .unwrap_or_else(IntoResponse::into_response)
        }
    };
    Router::new()
        .route("/export", any(list_files))
        // The paths in the list are relative to `/export`.
        .route("/export/", any(pages::remove_trailing_slash))
        .route("/export/{*name}", any(file))
}

fn check_method(method: &Method) -> Result<(), HttpError> {
    if matches!(*method, Method::GET | Method::HEAD) {
        Ok(())
    } else {
        let message = "use GET";
        Err(HttpError::method_not_allowed(method, "GET, HEAD", message))
    }
}

/// The catalog of files, as JSON.
async fn list_files(method: Method) -> Response {
    match check_method(&method) {
        Ok(()) => (
            [(header::CONTENT_TYPE, JSON_CONTENT_TYPE)],
            catalog().to_string(),
        )
            .into_response(),
        Err(error) => error.into_response(),
    }
}

async fn serve_file(
    server: &Server,
    permits: &Arc<Semaphore>,
    name: &str,
    request: &Parts,
) -> Result<Response, HttpError> {
    check_method(&request.method)?;
    let file = ExportFile::from_name(name).ok_or_else(|| {
        let names = ExportFile::ALL.map(ExportFile::name).join(", ");
        let message = format!("there is no file {name:?} in /export; the files are {names}");
        HttpError::new(StatusCode::NOT_FOUND, "NOT_FOUND", message)
    })?;
    let permit = permits.clone().try_acquire_owned().map_err(|_| {
        HttpError::overloaded(format!(
            "the server is busy: {MAX_CONCURRENT_EXPORTS} downloads are in progress, which is the limit; try again in a second"
        ))
    })?;
    let id = RequestId::from_extensions(&request.extensions);
    let log = server.statement_log();
    let query = request.uri.query().unwrap_or_default();
    let export = match open_export(server, file, query, log.clone()).await {
        Ok(export) => export,
        Err(ExecutionError::Rejected(errors)) => {
            let Some(error) = errors.into_iter().next() else {
                return Err(internal_error(&id));
            };
            let (code, message) = (error.code.as_str(), error.message);
            return Err(HttpError::new(StatusCode::BAD_REQUEST, code, message));
        }
        Err(ExecutionError::Internal(error)) => {
            let error: &dyn std::error::Error = &error;
            tracing::error!(
                error,
                export.file = file.name(),
                request.id = id.as_str(),
                "cannot start an export"
            );
            return Err(internal_error(&id));
        }
    };
    let file_headers = FileHeaders::new(server, &export, &request.headers);
    let mut response = if if_none_match(&request.headers, &file_headers.etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let body = if request.method == Method::HEAD {
            // Without a Content-Length, like the response to GET.
            Some(Body::from_stream(stream::empty::<io::Result<Bytes>>()))
        } else {
            let chunks = stream_chunks(export, file, id.clone(), permit).await;
            chunks.map(|chunks| encoding::encoded_body(chunks, file_headers.encoding))
        };
        let mut response = Response::new(body.ok_or_else(|| internal_error(&id))?);
        file_headers.add_content_headers(file, response.headers_mut());
        response
    };
    file_headers.add_cache_headers(response.headers_mut());
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

/// The headers of a file.
struct FileHeaders {
    etag: String,
    file_name: String,
    encoding: Option<Encoding>,
    cache_control: HeaderValue,
}

impl FileHeaders {
    fn new(server: &Server, export: &Export, headers: &HeaderMap) -> Self {
        // The ZIP archive is compressed already.
        let encoding = encoding::negotiate(headers).filter(|_| export.is_compressible());
        Self {
            etag: match encoding {
                Some(encoding) => format!("\"{}-{}\"", export.etag(), encoding.name()),
                None => format!("\"{}\"", export.etag()),
            },
            file_name: export.file_name(),
            encoding,
            cache_control: cache_control(server.settings().max_age),
        }
    }

    /// The headers of both 200 and 304.
    fn add_cache_headers(&self, headers: &mut HeaderMap) {
        insert_header(headers, header::ETAG, &self.etag);
        headers.insert(header::CACHE_CONTROL, self.cache_control.clone());
        insert_header(headers, header::VARY, "accept-encoding");
    }

    fn add_content_headers(&self, file: ExportFile, headers: &mut HeaderMap) {
        insert_header(headers, header::CONTENT_TYPE, file.media_type());
        let disposition = format!("attachment; filename=\"{}\"", self.file_name);
        insert_header(headers, header::CONTENT_DISPOSITION, &disposition);
        if let Some(encoding) = self.encoding {
            headers.insert(header::CONTENT_ENCODING, encoding.header_value());
        }
        if let Some(license) = file.license_url() {
            insert_header(
                headers,
                header::LINK,
                &format!("<{license}>; rel=\"license\""),
            );
        }
    }
}

fn insert_header(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    // Every value is visible ASCII.
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// Writes the file in a background task and returns its chunks; `None` if it fails before the first
/// one, so that this is an error response and not half a file. The task ends and returns its
/// connection to the pool if the client disconnects or stops reading.
async fn stream_chunks(
    export: Export,
    file: ExportFile,
    id: RequestId,
    permit: OwnedSemaphorePermit,
) -> Option<impl Stream<Item = io::Result<Bytes>> + Send + 'static> {
    let (mut output, mut chunks) = ChunkWriter::new();
    let write = async move {
        let written = export.write(&mut output).await;
        // Before the last chunk: a client that has the whole file may request the next one.
        drop((export, permit));
        let delivered = match written {
            Ok(()) => output.finish().await,
            Err(error) => Err(error),
        };
        let (file, id) = (file.name(), id.as_str());
        match delivered {
            Ok(()) => tracing::debug!(export.file = file, request.id = id, "export finished"),
            Err(ExportError::ReaderGone) => {
                tracing::info!(
                    export.file = file,
                    request.id = id,
                    "export ended early: the client stopped reading"
                );
            }
            Err(ExportError::Internal(fault)) => {
                let error: &dyn std::error::Error = &fault;
                tracing::error!(error, export.file = file, request.id = id, "export failed");
            }
        }
    };
    // Reading SQLite blocks its thread. The task belongs to the trace of the request, though it may
    // outlast it.
    let (runtime, write) = (Handle::current(), write.in_current_span());
    task::spawn_blocking(move || runtime.block_on(write));
    let first = chunks.recv().await?;
    let chunks = stream::unfold((Some(first), Some(chunks)), |(first, chunks)| async move {
        let mut chunks: mpsc::Receiver<OutputChunk> = chunks?;
        let next = match first {
            Some(first) => Some(first),
            None => chunks.recv().await,
        };
        match next {
            Some(OutputChunk::Bytes(bytes)) => Some((Ok(bytes.into()), (None, Some(chunks)))),
            Some(OutputChunk::End) => None,
            // This closes the connection before the end of the body, so the client notices.
            None => Some((Err(io::Error::other("the export failed")), (None, None))),
        }
    });
    Some(chunks)
}

fn internal_error(id: &RequestId) -> HttpError {
    HttpError::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "INTERNAL_SERVER_ERROR",
        format!(
            "internal error; the cause is in the server log under the request id {}",
            id.as_str()
        ),
    )
}
