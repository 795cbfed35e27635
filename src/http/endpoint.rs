//! The GraphQL endpoint.

use std::{any::Any, time::Instant};

use async_graphql::ParseRequestError;
use async_graphql_axum::GraphQLRequest;
use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
    response::IntoResponse,
};
use serde_json::{Map, Value as Json, json};

use super::Server;
use crate::{
    db::StatementLog,
    engine::{Answer, Request},
};

const JSON: &str = "application/json; charset=utf-8";
/// What a request looks like.
const EXAMPLE: &str = r#"send {"query": "...", "variables": {}, "operationName": "..."}"#;
const GRAPHQL_RESPONSE: &str = "application/graphql-response+json; charset=utf-8";

/// Answers a request. The response carries the [`StatementLog`] of its reads as an extension, for
/// layers around it.
pub(super) async fn graphql(
    State(server): State<Server>,
    headers: HeaderMap,
    request: GraphQLRequest<Malformed>,
) -> Response<Body> {
    let request = request.into_inner();
    if request.query.trim().is_empty() {
        return refuse(
            StatusCode::BAD_REQUEST,
            "BAD_REQUEST",
            &format!("the request has no query; {EXAMPLE}"),
        );
    }
    let operation = request.operation_name.as_deref();
    let started = Instant::now();
    let log = StatementLog::default();
    let id = server.next_request_id();
    let variables = match serde_json::to_value(&request.variables) {
        Ok(Json::Object(variables)) => variables,
        _ => Map::new(),
    };
    let answer = match server.engine.document(&request.query) {
        Ok(document) => {
            let request = Request {
                document: &document,
                operation_name: operation,
                variables: &variables,
                id: &id,
            };
            server
                .engine
                .execute(&server.database, request, log.clone())
                .await
        }
        Err(refusals) => Answer::refused(&refusals, &id),
    };
    tracing::info!(
        operation.name = operation,
        error.code = answer.codes.first(),
        sql.statements = log.statements().len(),
        duration_ms = started.elapsed().as_millis(),
        "answered"
    );
    let content_type = accepted(&headers);
    // `application/json` answers 200 to whatever is well formed, for the sake of older clients.
    let status = if answer.executed || content_type == JSON {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    let mut response = respond(status, content_type, answer.body);
    response.extensions_mut().insert(log);
    response
}

/// The media type that the client names; `application/json` where it names neither.
fn accepted(headers: &HeaderMap) -> &'static str {
    let named = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("application/graphql-response+json"));
    if named { GRAPHQL_RESPONSE } else { JSON }
}

fn respond(status: StatusCode, content_type: &'static str, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn refuse(status: StatusCode, code: &str, message: &str) -> Response<Body> {
    let error = json!({ "errors": [{ "message": message, "extensions": { "code": code } }] });
    respond(status, JSON, error.to_string())
}

/// A request that is not a GraphQL request at all.
pub(super) struct Malformed(ParseRequestError);

impl From<ParseRequestError> for Malformed {
    fn from(error: ParseRequestError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Malformed {
    fn into_response(self) -> Response<Body> {
        match self.0 {
            ParseRequestError::PayloadTooLarge => too_large(),
            // The body limit shows as a failure to read the body.
            ParseRequestError::Io(error) if error.to_string().contains("length limit") => {
                too_large()
            }
            ParseRequestError::InvalidRequest(error) => {
                // What is JSON, but of another form, is told in words of this program only.
                let reason = match error.downcast_ref::<serde_json::Error>() {
                    Some(error) if error.is_data() => "is not of the right form".to_owned(),
                    _ => format!("is not JSON: {error}"),
                };
                refuse(
                    StatusCode::BAD_REQUEST,
                    "BAD_REQUEST",
                    &format!("the request {reason}; {EXAMPLE}"),
                )
            }
            ParseRequestError::UnsupportedBatch => refuse(
                StatusCode::BAD_REQUEST,
                "BAD_REQUEST",
                "the request is a batch; send one operation at a time",
            ),
            error => refuse(StatusCode::BAD_REQUEST, "BAD_REQUEST", &error.to_string()),
        }
    }
}

fn too_large() -> Response<Body> {
    refuse(
        StatusCode::PAYLOAD_TOO_LARGE,
        "REQUEST_TOO_LARGE",
        "the body of the request is too large (limits.maxRequestBytes)",
    )
}

/// Nothing panics; if something did, the client reads no internals and the server goes on.
pub(super) fn panicked(panic: Box<dyn Any + Send>) -> Response<Body> {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = message, "a request panicked");
    refuse(
        StatusCode::INTERNAL_SERVER_ERROR,
        "INTERNAL_SERVER_ERROR",
        "internal error",
    )
}
