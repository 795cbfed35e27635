//! `/mcp`: the Model Context Protocol (MCP), with which assistants use the saved queries, search the schema, and send queries
//! of their own. There are no sessions: each request is complete, so any server can answer it and nothing is stored.

mod handler;
mod schema_entry;
mod schema_search;
mod tools;

use std::{panic, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Request as HttpRequest, State},
    http::{Method, StatusCode, header},
    response::Response,
    routing::any,
};
use http_body_util::{BodyExt, Full};
use rmcp::transport::streamable_http_server::{
    StreamableHttpServerConfig, StreamableHttpService, session::never::NeverSessionManager,
};
use serde::de::IgnoredAny;

use self::handler::McpHandler;
pub(in crate::http) use self::tools::ToolCatalog;
use super::negotiation;
use crate::http::{
    Server,
    cached_body::{BodyHeaders, CachedBody},
    error::HttpError,
    request_body::read_body,
    request_id::RequestId,
};

/// The route of the endpoint; none if it is off.
pub(in crate::http) fn routes(server: &Server) -> Router<Arc<Server>> {
    match server.tools {
        Some(_) => Router::new().route("/mcp", any(respond)),
        None => Router::new(),
    }
}

async fn respond(
    State(server): State<Arc<Server>>,
    request: HttpRequest,
) -> Result<Response, HttpError> {
    let (parts, body) = request.into_parts();
    // Pages of other origins must not use a server through a name that they rebind to its address. `Host` is not checked, because
    // proxies replace it, and browsers, from which such attacks come, send the origin with every POST.
    if let Some(origin) = parts.headers.get(header::ORIGIN)
        && !server.settings.allows_origin(origin)
    {
        return Err(HttpError::new(
            StatusCode::FORBIDDEN,
            "CROSS_SITE",
            format!("the origin {origin:?} is not allowed to use this endpoint"),
        ));
    }
    if parts.method != Method::POST {
        let allowed = "POST, OPTIONS";
        let hint = "use POST, with a client of the Model Context Protocol";
        return Err(HttpError::method_not_allowed(&parts.method, allowed, hint));
    }
    negotiation::check_content_type(&parts.headers)?;
    let body = read_body(&parts.headers, body, server.engine.limits()).await?;
    let id = RequestId::from_extensions(&parts.extensions);
    let handler = McpHandler::new(server, id.clone());
    let new_handler = handler.clone();
    let service = StreamableHttpService::new(
        move || Ok(new_handler.clone()),
        Arc::new(NeverSessionManager::default()),
        StreamableHttpServerConfig::default()
            .with_legacy_session_mode(false)
            .with_json_response(true)
            .disable_allowed_hosts()
            .with_max_request_body_bytes(body.len()),
    );
    let message = HttpRequest::from_parts(parts.clone(), Full::new(body.clone()));
    let (head, sent) = service.handle(message).await.into_parts();
    let Ok(sent) = sent.collect().await;
    let sent = sent.to_bytes();
    let info = handler.take_result();
    let info = info.unwrap_or_else(|panic| panic::resume_unwind(panic));
    let content_type = head.headers.get(header::CONTENT_TYPE);
    let mut response = match content_type.filter(|ty| *ty == "application/json") {
        Some(content_type) => {
            let body_headers = BodyHeaders {
                content_type: content_type.clone(),
                etag_suffix: "",
                vary: "accept-encoding",
                max_age: None,
            };
            let message = CachedBody::new(sent);
            let mut response = message.respond(&parts.headers, &body_headers).await;
            *response.status_mut() = head.status;
            response
        }
        None if head.status.is_success() => Response::from_parts(head, Body::from(sent)),
        None => return Err(refusal(head.status, &sent, &body, &id)),
    };
    if let Some(info) = info {
        info.attach(&mut response);
    }
    Ok(response)
}

/// The error for a request that the service refused with a text.
fn refusal(status: StatusCode, reason: &[u8], body: &[u8], id: &RequestId) -> HttpError {
    let reason = String::from_utf8_lossy(reason);
    if status.is_server_error() {
        tracing::error!(%reason, request.id = id.as_str(), "cannot answer a message");
        return HttpError::internal(id);
    }
    if status == StatusCode::NOT_ACCEPTABLE {
        let message = "the Accept header does not allow both media types of the protocol; send \
                       Accept: application/json, text/event-stream";
        return HttpError::new(status, "NOT_ACCEPTABLE", message);
    }
    HttpError::bad_request(match serde_json::from_slice::<IgnoredAny>(body) {
        Err(error) => format!("the request body is not valid JSON: {error}"),
        // The content type has been checked, so this is about the body.
        Ok(_) if status == StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            "the request body is not a message of the Model Context Protocol; send one JSON-RPC 2.0 object".to_owned()
        }
        Ok(_) => format!("the request does not follow the Model Context Protocol: {reason}"),
    })
}
