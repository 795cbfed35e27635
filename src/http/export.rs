//! `/export`: the data as files, streamed.

use std::{io, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Path, Request, State},
    http::{
        Extensions, HeaderMap, HeaderValue, Method, StatusCode, Version, header, request::Parts,
    },
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    task,
};
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tracing::Instrument;

use super::{
    Server,
    cached_body::{cache_control, if_none_match},
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
pub(super) fn routes() -> Router<Arc<Server>> {
    let permits = Arc::new(Semaphore::new(MAX_CONCURRENT_EXPORTS));
    let file =
        move |State(server): State<Arc<Server>>, Path(name): Path<String>, request: Request| {
            let permits = permits.clone();
            async move {
                let (request, _) = request.into_parts();
                serve_file(&server, &permits, &name, &request)
                    .await
                    .unwrap_or_else(IntoResponse::into_response)
            }
        };
    // The ZIP archive is compressed already.
    let is_compressible = |status: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions| {
        status == StatusCode::OK
            && headers
                .get(header::CONTENT_TYPE)
                .is_some_and(|media| media != "application/zip")
    };
    // Level 4 is what a server can afford for each response.
    let compression = CompressionLayer::new()
        .quality(CompressionLevel::Precise(4))
        .compress_when(is_compressible);
    Router::new()
        .route("/export", get(list_files))
        // The paths in the list are relative to `/export`.
        .route("/export/", get(pages::remove_trailing_slash))
        .route("/export/{*name}", get(file))
        .layer(compression)
}

/// The catalog of files, as JSON.
async fn list_files() -> impl IntoResponse {
    let content_type = [(header::CONTENT_TYPE, JSON_CONTENT_TYPE)];
    (content_type, catalog().to_string())
}

async fn serve_file(
    server: &Server,
    permits: &Arc<Semaphore>,
    name: &str,
    request: &Parts,
) -> Result<Response, HttpError> {
    let file = ExportFile::from_name(name).ok_or_else(|| {
        let names = ExportFile::ALL.map(ExportFile::name).join(", ");
        let message = format!("there is no file {name:?} in /export; the files are {names}");
        HttpError::not_found(message)
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
                return Err(HttpError::internal(&id));
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
            return Err(HttpError::internal(&id));
        }
    };
    // Weak, because the compressed bytes depend on when chunks arrive.
    let etag = format!("W/\"{}\"", export.etag());
    let mut headers = vec![
        (header::ETAG, etag.clone()),
        (header::VARY, "accept-encoding".to_owned()),
    ];
    let mut response = if if_none_match(&request.headers, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let disposition = format!("attachment; filename=\"{}\"", export.file_name());
        headers.push((header::CONTENT_TYPE, file.media_type().to_owned()));
        headers.push((header::CONTENT_DISPOSITION, disposition));
        if let Some(license) = file.license_url() {
            headers.push((header::LINK, format!("<{license}>; rel=\"license\"")));
        }
        let body = if request.method == Method::HEAD {
            // Without a Content-Length, like the response to GET.
            Some(Body::from_stream(stream::empty::<io::Result<Bytes>>()))
        } else {
            let chunks = stream_chunks(export, file, id.clone(), permit).await;
            // The compression polls the stream once more after its end.
            chunks.map(|chunks| Body::from_stream(chunks.fuse()))
        };
        body.ok_or_else(|| HttpError::internal(&id))?
            .into_response()
    };
    for (name, value) in headers {
        // Every value is visible ASCII.
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    }
    let max_age = cache_control(server.settings.max_age);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, max_age);
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
