//! The GraphQL endpoint, which follows GraphQL over HTTP (specification, draft of 2025).
//!
//! A request is negotiated, parsed, and resolved to a document; its answer comes from the response
//! cache or else from the engine.

mod execute;
mod mcp;
mod negotiation;
mod persisted_documents;
mod request;
mod response_cache;
mod saved_query;
mod subscription;
mod table;
mod websocket;

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request as HttpRequest, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};

pub use self::persisted_documents::{MAX_PERSISTED_QUERY_BYTES, TrustedDocumentsError};
pub(super) use self::{
    execute::{ANSWER_HEADERS, DocumentAnswer, execute_document, get_or_compute_file},
    mcp::{ToolCatalog, routes as mcp_routes},
    persisted_documents::PersistedDocuments,
    response_cache::ResponseCache,
    saved_query::routes as saved_query_routes,
};
use self::{
    execute::{PreparedOperation, QueryOutcome, UncacheableResponse},
    negotiation::ResponseFormat,
    request::{RequestParams, RequestPayload},
    table::ResponseForm,
};
use super::{
    Server,
    cached_body::BodyHeaders,
    error::HttpError,
    export::respond_with_range,
    request_body::{BufferedBody, read_body},
    request_id::RequestId,
    response_info::{CacheableBody, ResponseInfo},
};

/// The headers that a response depends on, in addition to its URL.
const VARY: &str = "accept, accept-encoding";

/// Handles a request to `/graphql`. The response carries a [`ResponseInfo`] for the layers around the handler.
pub(super) async fn graphql(State(server): State<Arc<Server>>, request: HttpRequest) -> Response {
    let (mut parts, body) = request.into_parts();
    // These futures are long and boxed, because the layers around a handler move its future a dozen
    // times.
    if websocket::is_websocket_upgrade(&parts.headers) {
        return Box::pin(websocket::upgrade_connection(&server, &mut parts))
            .await
            .unwrap_or_else(IntoResponse::into_response);
    }
    let mut response = Box::pin(handle(&server, &parts, body))
        .await
        .unwrap_or_else(IntoResponse::into_response);
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static(VARY));
    response
}

async fn handle(server: &Arc<Server>, parts: &Parts, body: Body) -> Result<Response, HttpError> {
    let form = ResponseForm::from_request(&parts.headers, parts.uri.query())?;
    let requests = match parts.method {
        Method::GET | Method::HEAD => {
            check_fetch_metadata(&parts.headers)?;
            let query = parts.uri.query().unwrap_or_default();
            RequestPayload::Single(Box::new(request::from_query_string(query)?))
        }
        Method::POST => {
            negotiation::check_content_type(&parts.headers)?;
            let limits = server.engine.limits();
            let bytes = match parts.extensions.get::<BufferedBody>() {
                Some(BufferedBody(received)) => received.clone()?,
                None => read_body(&parts.headers, body, limits).await?,
            };
            request::from_json(&bytes, limits.max_batch)?
        }
        ref other => {
            return Err(HttpError::method_not_allowed(
                other,
                "GET, HEAD, POST, OPTIONS",
                "use GET or POST",
            ));
        }
    };
    match requests {
        RequestPayload::Single(request) => respond_to_single(server, parts, &form, *request).await,
        RequestPayload::Batch(_) if matches!(form.format, ResponseFormat::Table(_)) => Err(form
            .refuse(
                "the answer to a batch cannot be a table; send one request at a time".to_owned(),
            )),
        RequestPayload::Batch(requests) => {
            respond_to_batch(server, parts, form.format, requests).await
        }
    }
}

/// Rejects requests that a page of another site makes by embedding this URL, for instance as an image.
/// Browsers send these without a preflight. Requests with CORS are allowed.
///
/// # Errors
/// 403 if the `Sec-Fetch-*` headers report such a request.
fn check_fetch_metadata(headers: &HeaderMap) -> Result<(), HttpError> {
    let is = |name: &str, value: &str| headers.get(name).is_some_and(|header| header == value);
    if is("sec-fetch-site", "cross-site") && is("sec-fetch-mode", "no-cors") {
        return Err(HttpError::new(
            StatusCode::FORBIDDEN,
            "CROSS_SITE",
            "a page on another site cannot embed this URL; use fetch() instead",
        ));
    }
    Ok(())
}

async fn respond_to_single(
    server: &Arc<Server>,
    parts: &Parts,
    form: &ResponseForm,
    request: RequestParams,
) -> Result<Response, HttpError> {
    let id = RequestId::from_extensions(&parts.extensions);
    let prepared = execute::prepare(server, request, &id);
    respond_to_prepared(server, parts, form, prepared).await
}

async fn respond_to_prepared(
    server: &Arc<Server>,
    parts: &Parts,
    form: &ResponseForm,
    prepared: Result<PreparedOperation, UncacheableResponse>,
) -> Result<Response, HttpError> {
    let format = form.format;
    let id = RequestId::from_extensions(&parts.extensions);
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(error) => {
            let (mut response, info) = error_response(form, &error)?;
            info.attach(&mut response);
            return Ok(response);
        }
    };
    match (prepared.is_subscription(), format) {
        (_, ResponseFormat::EventStream) => {
            Ok(subscription::event_stream_response(server, prepared, id))
        }
        (true, _) => Err(HttpError::new(
            StatusCode::NOT_ACCEPTABLE,
            "NOT_ACCEPTABLE",
            "a subscription needs a streaming response; send the header Accept: text/event-stream, \
             or use a WebSocket with the graphql-transport-ws protocol",
        )),
        (false, _) => {
            let outcome = match format {
                ResponseFormat::Table(table) => {
                    // Boxed, because this future is larger than that of a usual response, and the futures that contain it are moved.
                    Box::pin(form.execute(server, &prepared, table, &id)).await
                }
                _ => execute::execute(server, &prepared, &id).await,
            };
            let (mut response, info) = match &outcome.result {
                Ok(content) => {
                    // Browsers and CDNs cache only responses to GET.
                    let is_get = parts.method != Method::POST;
                    let has_max_age = is_get && outcome.is_storable;
                    let body_headers = BodyHeaders {
                        content_type: format.content_type(),
                        etag_suffix: match format {
                            ResponseFormat::GraphqlResponse => "-g",
                            _ => "",
                        },
                        vary: VARY,
                        max_age: has_max_age.then_some(server.settings.max_age),
                    };
                    let (mut response, sent) = content
                        .respond_with_body(&parts.headers, &body_headers)
                        .await;
                    if let ResponseFormat::Table(table) = format {
                        let name = prepared.operation_name().unwrap_or("answer");
                        let file_name = format!("{name:.64}.{}", table.name());
                        attach_file_name(&mut response, &file_name);
                        // Programs read parts of files by their address.
                        if let Some(bytes) = sent.as_ref().filter(|_| is_get) {
                            let n_bytes = bytes.len() as u64;
                            response = respond_with_range(parts, response, n_bytes, |range| {
                                bytes.slice(range.start as usize..range.end as usize).into()
                            })?;
                        }
                    }
                    let cacheable_body = sent
                        .zip(outcome.generation)
                        .map(|(body, generation)| CacheableBody { body, generation });
                    let info = ResponseInfo {
                        cacheable_body,
                        ..ResponseInfo::default()
                    };
                    (response, info)
                }
                Err(error) => error_response(form, error)?,
            };
            let info = ResponseInfo {
                operation_name: prepared.operation_name().map(str::to_owned),
                cache_hit: outcome.cache_hit,
                statement_log: Some(outcome.statement_log),
                ..info
            };
            info.attach(&mut response);
            Ok(response)
        }
    }
}

/// Names the file that browsers save the response as. The name of an operation has only ASCII letters, digits, and underscores.
fn attach_file_name(response: &mut Response, name: &str) {
    if let Ok(value) = HeaderValue::try_from(format!("attachment; filename=\"{name}\"")) {
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, value);
    }
}

/// A response with GraphQL errors, which no cache may store, and the codes of its errors.
///
/// # Errors
/// The HTTP error, if that is what the request failed with.
fn error_response(
    form: &ResponseForm,
    error: &UncacheableResponse,
) -> Result<(Response, ResponseInfo), HttpError> {
    let format = form.format;
    let answer = match error {
        UncacheableResponse::Http(error) => return Err(error.clone()),
        UncacheableResponse::Graphql(answer) => answer,
    };
    let status = match format {
        // With `application/json`, every well-formed request gets 200, as older clients expect.
        ResponseFormat::Json if !form.is_from_url => StatusCode::OK,
        // A program that saves the response must not take it for a table.
        ResponseFormat::Table(_) if answer.executed => StatusCode::INTERNAL_SERVER_ERROR,
        _ if answer.executed => StatusCode::OK,
        _ => StatusCode::BAD_REQUEST,
    };
    let content_type = match format {
        ResponseFormat::EventStream => ResponseFormat::Json.content_type(),
        ResponseFormat::Table(_) => ResponseFormat::GraphqlResponse.content_type(),
        format => format.content_type(),
    };
    let mut response = Response::new(Body::from(answer.body.clone()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let info = ResponseInfo::from_error_codes(answer.error_codes.clone());
    Ok((response, info))
}

/// Executes the requests of a batch one after the other, and responds with a list in the same order.
async fn respond_to_batch(
    server: &Server,
    parts: &Parts,
    format: ResponseFormat,
    requests: Vec<RequestParams>,
) -> Result<Response, HttpError> {
    let id = RequestId::from_extensions(&parts.extensions);
    let mut body = Vec::from(*b"[");
    let mut codes = Vec::new();
    let client = parts.extensions.get().copied();
    for request in requests {
        // The rate limit has counted the HTTP request, and with it the first of these.
        let mut admitted = Ok(());
        if body.len() > 1 {
            body.push(b',');
            admitted = server.check_rate_limit(client);
        }
        let prepared = match admitted {
            Ok(()) => execute::prepare(server, request, &id),
            Err(error) => Err(UncacheableResponse::Http(error)),
        };
        let outcome = match prepared {
            Ok(prepared) if !prepared.is_subscription() => {
                execute::execute(server, &prepared, &id).await
            }
            Ok(_) => QueryOutcome::from_error(UncacheableResponse::Http(HttpError::bad_request(
                "a subscription cannot be part of a batch",
            ))),
            Err(error) => QueryOutcome::from_error(error),
        };
        match outcome.result {
            Ok(content) => body.extend_from_slice(content.bytes()),
            Err(error) => {
                let (text, error_codes) = error.body();
                codes.extend(error_codes);
                body.extend_from_slice(text.as_bytes());
            }
        }
    }
    body.push(b']');
    let content = super::cached_body::CachedBody::new(body);
    let body_headers = BodyHeaders {
        content_type: format.content_type(),
        etag_suffix: "",
        vary: VARY,
        max_age: None,
    };
    let mut response = content.respond(&parts.headers, &body_headers).await;
    ResponseInfo::from_error_codes(codes).attach(&mut response);
    Ok(response)
}
