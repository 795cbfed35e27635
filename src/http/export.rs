//! `/export`: files of the data, streamed.

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
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tracing::Instrument;

use super::{
    Server,
    cached_body::{cache_control, if_none_match},
    encoding::{self, Encoding},
    error::{HttpError, JSON_CONTENT_TYPE},
    request_id::RequestId,
    response_info::ResponseInfo,
};
use crate::{
    db::{Snapshot, StatementLog},
    engine::ExecutionError,
    export::{ChunkWriter, Export, ExportError, ExportFile, OutputChunk, catalog},
};

/// Files that are written at a time. Each keeps a connection to the database until its reader has
/// it all; there must be fewer than connections, as where files have none of their own, slow readers
/// would leave none for queries.
const MAX_CONCURRENT_EXPORTS: usize = 2;

/// The routes below `/export`.
pub(super) fn routes() -> Router<Server> {
    let room = Arc::new(Semaphore::new(MAX_CONCURRENT_EXPORTS));
    let file = move |State(server): State<Server>, Path(name): Path<String>, request: Request| {
        let room = room.clone();
        async move {
            let (request, _) = request.into_parts();
            serve_file(&server, &room, &name, &request)
                .await
                .unwrap_or_else(IntoResponse::into_response)
        }
    };
    Router::new()
        .route("/export", any(list_files))
        .route("/export/", any(list_files))
        .route("/export/{*name}", any(file))
}

fn check_method(method: &Method) -> Result<(), HttpError> {
    if matches!(*method, Method::GET | Method::HEAD) {
        Ok(())
    } else {
        let message = "files are read with GET";
        Err(HttpError::method_not_allowed(method, "GET, HEAD", message))
    }
}

/// What files there are.
async fn list_files(method: Method) -> Response {
    match check_method(&method) {
        Ok(()) => (
            [(header::CONTENT_TYPE, JSON_CONTENT_TYPE)],
            catalog().to_string(),
        )
            .into_response(),
        Err(refused) => refused.into_response(),
    }
}

async fn serve_file(
    server: &Server,
    room: &Arc<Semaphore>,
    name: &str,
    request: &Parts,
) -> Result<Response, HttpError> {
    check_method(&request.method)?;
    let file = ExportFile::from_name(name).ok_or_else(|| {
        let names = ExportFile::ALL.map(ExportFile::name).join(", ");
        let message = format!("no such file below /export; there are {names}");
        HttpError::new(StatusCode::NOT_FOUND, "NOT_FOUND", message)
    })?;
    let permit = room.clone().try_acquire_owned().map_err(|_| {
        HttpError::overloaded(format!(
            "{MAX_CONCURRENT_EXPORTS} files are being fetched, as many as can be at a time; try again soon"
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
                "a file could not be opened"
            );
            return Err(internal_error(&id));
        }
    };
    let form = FileHeaders::new(server, &export, &request.headers);
    let mut response = if if_none_match(&request.headers, &form.etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let body = if request.method == Method::HEAD {
            // Of unknown length, as that of GET.
            Some(Body::from_stream(stream::empty::<io::Result<Bytes>>()))
        } else {
            let pieces = stream_chunks(export, file, id.clone(), permit).await;
            pieces.map(|pieces| encoding::encoded_body(pieces, form.encoding))
        };
        let mut response = Response::new(body.ok_or_else(|| internal_error(&id))?);
        form.add_content_headers(file, response.headers_mut());
        response
    };
    form.add_cache_headers(response.headers_mut());
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

/// How a file is sent.
struct FileHeaders {
    etag: String,
    file_name: String,
    encoding: Option<Encoding>,
    cache_control: HeaderValue,
}

impl FileHeaders {
    fn new(server: &Server, export: &Export, headers: &HeaderMap) -> Self {
        // An archive is compressed already.
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

    /// What caches go by, with the file and without it.
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
        if let Some(licence) = file.license_url() {
            insert_header(
                headers,
                header::LINK,
                &format!("<{licence}>; rel=\"license\""),
            );
        }
    }
}

fn insert_header(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    // Every value is made of visible ASCII.
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// The file in pieces. It is written by a task of its own, which ends, and gives back its
/// connection, when the reader leaves or stops reading. The first piece is waited for, so that what
/// fails at once is an error and not half a file: then there is none.
async fn stream_chunks(
    export: Export,
    file: ExportFile,
    id: RequestId,
    permit: OwnedSemaphorePermit,
) -> Option<impl Stream<Item = io::Result<Bytes>> + Send + 'static> {
    let (mut output, mut pieces) = ChunkWriter::new();
    let write = async move {
        let written = export.write(&mut output).await;
        // Whoever has the whole file may ask for the next.
        drop((export, permit));
        let fetched = match written {
            Ok(()) => output.finish().await,
            Err(stop) => Err(stop),
        };
        let (file, id) = (file.name(), id.as_str());
        match fetched {
            Ok(()) => tracing::debug!(export.file = file, request.id = id, "a file was fetched"),
            Err(ExportError::ReaderGone) => {
                tracing::info!(
                    export.file = file,
                    request.id = id,
                    "a file was not fetched in full"
                );
            }
            Err(ExportError::Internal(fault)) => {
                let error: &dyn std::error::Error = &fault;
                tracing::error!(
                    error,
                    export.file = file,
                    request.id = id,
                    "a file broke off"
                );
            }
        }
    };
    // Part of the trace of the request, though it may outlast it.
    tokio::spawn(write.in_current_span());
    let first = pieces.recv().await?;
    let pieces = stream::unfold((Some(first), Some(pieces)), |(first, pieces)| async move {
        let mut pieces: mpsc::Receiver<OutputChunk> = pieces?;
        let next = match first {
            Some(first) => Some(first),
            None => pieces.recv().await,
        };
        match next {
            Some(OutputChunk::Bytes(bytes)) => Some((Ok(bytes.into()), (None, Some(pieces)))),
            Some(OutputChunk::End) => None,
            // The connection is closed before the end of the body, by which clients know.
            None => Some((Err(io::Error::other("the file broke off")), (None, None))),
        }
    });
    Some(pieces)
}

fn internal_error(id: &RequestId) -> HttpError {
    HttpError::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "INTERNAL_SERVER_ERROR",
        format!("internal error; the log has it under {}", id.as_str()),
    )
}
