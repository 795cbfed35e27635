//! `/export`: files of the data, streamed.

use std::{io, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header},
    routing::any,
};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::Server;
use crate::{
    db::{Snapshot, StatementLog},
    engine::Fault,
    export::{Export, File, Output, Piece, Stop, catalogue},
};

/// Files that are written at a time. Each keeps a connection to the database until its reader has
/// it all, so that there must be fewer than connections, or slow readers would leave none for
/// queries.
const AT_A_TIME: usize = 2;

/// What caches may do with a file: keep it, and ask by its `ETag` whether it is still the one.
const CACHE_CONTROL: &str = "public, no-cache";

/// The routes below `/export`.
pub(super) fn routes() -> Router<Server> {
    let room = Arc::new(Semaphore::new(AT_A_TIME));
    let file = move |State(server): State<Server>,
                     Path(name): Path<String>,
                     method: Method,
                     uri: Uri,
                     headers: HeaderMap| {
        let room = room.clone();
        async move {
            match refused_method(&method) {
                None => file(&server, &room, &name, &method, &uri, &headers).await,
                Some(refusal) => refusal,
            }
        }
    };
    Router::new()
        .route("/export", any(list))
        .route("/export/", any(list))
        .route("/export/{*name}", any(file))
}

/// The answer to a method that reads no file.
fn refused_method(method: &Method) -> Option<Response<Body>> {
    if matches!(*method, Method::GET | Method::HEAD) {
        return None;
    }
    let mut response = refuse(
        StatusCode::METHOD_NOT_ALLOWED,
        "METHOD_NOT_ALLOWED",
        &format!("{method} is not possible here; files are read with GET"),
    );
    let allowed = HeaderValue::from_static("GET, HEAD");
    response.headers_mut().insert(header::ALLOW, allowed);
    Some(response)
}

/// What files there are.
async fn list(method: Method) -> Response<Body> {
    match refused_method(&method) {
        None => respond(StatusCode::OK, &catalogue()),
        Some(refusal) => refusal,
    }
}

async fn file(
    server: &Server,
    room: &Arc<Semaphore>,
    name: &str,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
) -> Response<Body> {
    let Some(file) = File::named(name) else {
        let names = File::ALL.map(File::name).join(", ");
        return refuse(
            StatusCode::NOT_FOUND,
            "NOT_FOUND",
            &format!("no such file below /export; there are {names}"),
        );
    };
    let Ok(Query(parameters)) = Query::<Vec<(String, String)>>::try_from_uri(uri) else {
        return refuse(
            StatusCode::BAD_REQUEST,
            "BAD_USER_INPUT",
            "the query string cannot be read; give it as in ?state=OR&level=CITY",
        );
    };
    let Ok(permit) = room.clone().try_acquire_owned() else {
        let mut response = refuse(
            StatusCode::SERVICE_UNAVAILABLE,
            "TOO_MANY_EXPORTS",
            "as many files are being fetched as can be at a time; try again in some seconds",
        );
        let wait = HeaderValue::from_static("5");
        response.headers_mut().insert(header::RETRY_AFTER, wait);
        return response;
    };
    let log = StatementLog::default();
    let export = match open(server, file, &parameters, log.clone()).await {
        Ok(export) => export,
        Err(Fault::Refused(refusal)) => {
            let status = StatusCode::BAD_REQUEST;
            return refuse(status, refusal.code.as_str(), &refusal.message);
        }
        Err(fault) => return failed(file, &fault),
    };
    let tag = format!("\"{}\"", export.tag());
    let mut response = if is_known(headers, &tag) {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        let name = format!("attachment; filename=\"{}\"", export.file_name());
        let body = if *method == Method::HEAD {
            // Of unknown length, as that of GET.
            Some(Body::from_stream(stream::empty::<io::Result<Vec<u8>>>()))
        } else {
            stream_of(export, file, permit).await
        };
        let Some(body) = body else {
            return internal_error();
        };
        let mut response = Response::new(body);
        set(&mut response, header::CONTENT_TYPE, file.media_type());
        set(&mut response, header::CONTENT_DISPOSITION, &name);
        set(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        if let Some(licence) = file.licence_url() {
            let link = format!("<{licence}>; rel=\"license\"");
            set(&mut response, header::LINK, &link);
        }
        response
    };
    set(&mut response, header::ETAG, &tag);
    set(&mut response, header::CACHE_CONTROL, CACHE_CONTROL);
    response.extensions_mut().insert(log);
    response
}

async fn open(
    server: &Server,
    file: File,
    parameters: &[(String, String)],
    log: StatementLog,
) -> Result<Export, Fault> {
    let snapshot = Snapshot::open(&server.database, log).await?;
    Export::new(file, parameters, snapshot).await
}

/// Whether the client has what the tag names. Weak tags compare equal too (RFC 9110, 13.1.2).
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

/// The file as a body. It is written by a task of its own, which ends, and gives back its
/// connection, when the reader leaves or stops reading. The first piece is waited for, so that what
/// fails at once is an error and not half a file; then there is no body.
async fn stream_of(export: Export, file: File, permit: OwnedSemaphorePermit) -> Option<Body> {
    let (mut output, mut pieces) = Output::new();
    tokio::spawn(async move {
        let written = export.write(&mut output).await;
        // Whoever has the whole file may ask for the next.
        drop((export, permit));
        let fetched = match written {
            Ok(()) => output.end().await,
            Err(stop) => Err(stop),
        };
        match fetched {
            Ok(()) => tracing::info!(file = file.name(), "a file was fetched"),
            Err(Stop::Gone) => tracing::info!(file = file.name(), "a file was not fetched in full"),
            Err(Stop::Fault(fault)) => {
                tracing::error!(error = ?fault, file = file.name(), "a file broke off");
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
            Some(Piece::Bytes(bytes)) => Some((Ok(bytes), (None, Some(pieces)))),
            Some(Piece::End) => None,
            // The connection is closed before the end of the body, by which clients know.
            None => Some((Err(io::Error::other("the file broke off")), (None, None))),
        }
    });
    Some(Body::from_stream(pieces))
}

fn failed(file: File, fault: &Fault) -> Response<Body> {
    tracing::error!(error = ?fault, file = file.name(), "a file could not be opened");
    internal_error()
}

fn internal_error() -> Response<Body> {
    refuse(
        StatusCode::INTERNAL_SERVER_ERROR,
        "INTERNAL_SERVER_ERROR",
        "internal error",
    )
}

fn set(response: &mut Response<Body>, name: header::HeaderName, value: &str) {
    // Every value is made of visible ASCII.
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn respond(status: StatusCode, json: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(json.to_string()));
    *response.status_mut() = status;
    set(&mut response, header::CONTENT_TYPE, super::endpoint::JSON);
    response
}

fn refuse(status: StatusCode, code: &str, message: &str) -> Response<Body> {
    let error = json!({ "errors": [{ "message": message, "extensions": { "code": code } }] });
    respond(status, &error)
}
