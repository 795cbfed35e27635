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

use super::{
    Server,
    content::{cache_control, matches},
    encoding::{self, Encoding},
    refusal::{JSON, Refused},
    request_id::RequestId,
};
use crate::{
    db::{Snapshot, StatementLog},
    engine::Fault,
    export::{Export, File, Output, Piece, Stop, catalogue},
};

/// Files that are written at a time. Each keeps a connection to the database until its reader has
/// it all; there must be fewer than connections, as where files have none of their own, slow readers
/// would leave none for queries.
const AT_A_TIME: usize = 2;

/// The routes below `/export`.
pub(super) fn routes() -> Router<Server> {
    let room = Arc::new(Semaphore::new(AT_A_TIME));
    let file = move |State(server): State<Server>, Path(name): Path<String>, request: Request| {
        let room = room.clone();
        async move {
            let (request, _) = request.into_parts();
            file(&server, &room, &name, &request)
                .await
                .unwrap_or_else(IntoResponse::into_response)
        }
    };
    Router::new()
        .route("/export", any(list))
        .route("/export/", any(list))
        .route("/export/{*name}", any(file))
}

fn check_method(method: &Method) -> Result<(), Refused> {
    if matches!(*method, Method::GET | Method::HEAD) {
        Ok(())
    } else {
        let message = "files are read with GET";
        Err(Refused::method(method, "GET, HEAD", message))
    }
}

/// What files there are.
async fn list(method: Method) -> Response {
    match check_method(&method) {
        Ok(()) => ([(header::CONTENT_TYPE, JSON)], catalogue().to_string()).into_response(),
        Err(refused) => refused.into_response(),
    }
}

async fn file(
    server: &Server,
    room: &Arc<Semaphore>,
    name: &str,
    request: &Parts,
) -> Result<Response, Refused> {
    check_method(&request.method)?;
    let file = File::named(name).ok_or_else(|| {
        let names = File::ALL.map(File::name).join(", ");
        let message = format!("no such file below /export; there are {names}");
        Refused::new(StatusCode::NOT_FOUND, "NOT_FOUND", message)
    })?;
    let permit = room.clone().try_acquire_owned().map_err(|_| {
        Refused::overloaded(format!(
            "{AT_A_TIME} files are being fetched, as many as can be at a time; try again soon"
        ))
    })?;
    let id = RequestId::of(&request.extensions);
    let log = StatementLog::default();
    let query = request.uri.query().unwrap_or_default();
    let export = match open(server, file, query, log.clone()).await {
        Ok(export) => export,
        Err(Fault::Refused(refusal)) => {
            let (code, message) = (refusal.code.as_str(), refusal.message);
            return Err(Refused::new(StatusCode::BAD_REQUEST, code, message));
        }
        Err(fault) => {
            tracing::error!(
                error = ?fault,
                export.file = file.name(),
                request.id = id.as_str(),
                "a file could not be opened"
            );
            return Err(internal_error(&id));
        }
    };
    let form = Form::of(server, &export, &request.headers);
    let mut response = if matches(&request.headers, &form.tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let body = if request.method == Method::HEAD {
            // Of unknown length, as that of GET.
            Some(Body::from_stream(stream::empty::<io::Result<Bytes>>()))
        } else {
            let pieces = pieces_of(export, file, id.clone(), permit).await;
            pieces.map(|pieces| encoding::body(pieces, form.encoding))
        };
        let mut response = Response::new(body.ok_or_else(|| internal_error(&id))?);
        form.describe(file, response.headers_mut());
        response
    };
    form.validate(response.headers_mut());
    response.extensions_mut().insert(log);
    Ok(response)
}

async fn open(
    server: &Server,
    file: File,
    query: &str,
    log: StatementLog,
) -> Result<Export, Fault> {
    let parameters: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let snapshot = Snapshot::open(server.files(), log).await?;
    Export::new(file, &parameters, snapshot).await
}

/// How a file is sent.
struct Form {
    tag: String,
    file_name: String,
    encoding: Option<Encoding>,
    cache_control: HeaderValue,
}

impl Form {
    fn of(server: &Server, export: &Export, headers: &HeaderMap) -> Self {
        // An archive is compressed already.
        let encoding = encoding::accepted(headers).filter(|_| export.is_text());
        Self {
            tag: match encoding {
                Some(encoding) => format!("\"{}-{}\"", export.tag(), encoding.name()),
                None => format!("\"{}\"", export.tag()),
            },
            file_name: export.file_name(),
            encoding,
            cache_control: cache_control(server.settings().max_age),
        }
    }

    /// What caches go by, with the file and without it.
    fn validate(&self, headers: &mut HeaderMap) {
        set(headers, header::ETAG, &self.tag);
        headers.insert(header::CACHE_CONTROL, self.cache_control.clone());
        set(headers, header::VARY, "accept-encoding");
    }

    fn describe(&self, file: File, headers: &mut HeaderMap) {
        set(headers, header::CONTENT_TYPE, file.media_type());
        let disposition = format!("attachment; filename=\"{}\"", self.file_name);
        set(headers, header::CONTENT_DISPOSITION, &disposition);
        if let Some(encoding) = self.encoding {
            headers.insert(header::CONTENT_ENCODING, encoding.header());
        }
        if let Some(licence) = file.licence_url() {
            set(
                headers,
                header::LINK,
                &format!("<{licence}>; rel=\"license\""),
            );
        }
    }
}

fn set(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    // Every value is made of visible ASCII.
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// The file in pieces. It is written by a task of its own, which ends, and gives back its
/// connection, when the reader leaves or stops reading. The first piece is waited for, so that what
/// fails at once is an error and not half a file: then there is none.
async fn pieces_of(
    export: Export,
    file: File,
    id: RequestId,
    permit: OwnedSemaphorePermit,
) -> Option<impl Stream<Item = io::Result<Bytes>> + Send + 'static> {
    let (mut output, mut pieces) = Output::new();
    tokio::spawn(async move {
        let written = export.write(&mut output).await;
        // Whoever has the whole file may ask for the next.
        drop((export, permit));
        let fetched = match written {
            Ok(()) => output.end().await,
            Err(stop) => Err(stop),
        };
        let (file, id) = (file.name(), id.as_str());
        match fetched {
            Ok(()) => tracing::debug!(export.file = file, request.id = id, "a file was fetched"),
            Err(Stop::Gone) => {
                tracing::info!(
                    export.file = file,
                    request.id = id,
                    "a file was not fetched in full"
                );
            }
            Err(Stop::Fault(fault)) => {
                tracing::error!(error = ?fault, export.file = file, request.id = id, "a file broke off");
            }
        }
    });
    let first = pieces.recv().await?;
    let pieces = stream::unfold((Some(first), Some(pieces)), |(first, pieces)| async move {
        let mut pieces: mpsc::Receiver<Piece> = pieces?;
        let next = match first {
            Some(first) => Some(first),
            None => pieces.recv().await,
        };
        match next {
            Some(Piece::Bytes(bytes)) => Some((Ok(bytes.into()), (None, Some(pieces)))),
            Some(Piece::End) => None,
            // The connection is closed before the end of the body, by which clients know.
            None => Some((Err(io::Error::other("the file broke off")), (None, None))),
        }
    });
    Some(pieces)
}

fn internal_error(id: &RequestId) -> Refused {
    Refused::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "INTERNAL_SERVER_ERROR",
        format!("internal error; the log has it under {}", id.as_str()),
    )
}
