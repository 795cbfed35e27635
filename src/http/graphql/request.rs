//! Parsing of GraphQL requests from a JSON body or a query string.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::http::error::HttpError;

const EXAMPLE: &str = r#"send {"query": "...", "variables": {}, "operationName": "..."}"#;

/// The parameters of a request. They have the right JSON types, but are not validated.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct RequestParams {
    pub(super) query: Option<String>,
    /// The id of a trusted document.
    pub(super) document_id: Option<String>,
    pub(super) operation_name: Option<String>,
    pub(super) variables: Map<String, Value>,
    pub(super) extensions: Map<String, Value>,
}

/// The content of a request body.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum RequestPayload {
    Single(Box<RequestParams>),
    /// Requests whose responses are sent as a list.
    Batch(Vec<RequestParams>),
}

/// Parses a JSON body.
///
/// # Errors
/// 400 if it is not JSON, not a request, or a batch that is not allowed.
pub(super) fn from_json(body: &[u8], max_batch: u64) -> Result<RequestPayload, HttpError> {
    let text = std::str::from_utf8(body).map_err(|error| {
        HttpError::bad_request(format!(
            "the request body is not valid UTF-8 at byte {}; send UTF-8",
            error.valid_up_to()
        ))
    })?;
    // RFC 8259 allows ignoring a byte order mark, which PowerShell writes.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(HttpError::bad_request(format!(
            "the request body is empty; {EXAMPLE}"
        )));
    }
    let value: Value = serde_json::from_str(text).map_err(|error| {
        HttpError::bad_request(format!(
            "the request body is not valid JSON: {error}; {EXAMPLE}"
        ))
    })?;
    let requests = match value {
        Value::Array(requests) => requests,
        one => return from_object(one).map(|request| RequestPayload::Single(Box::new(request))),
    };
    let count = requests.len();
    if max_batch == 0 {
        return Err(HttpError::bad_request(
            "the request is a batch, but batching is off (limits.maxBatch is 0); send one request at a time",
        ));
    }
    if count == 0 {
        return Err(HttpError::bad_request(
            "the batch is empty; send at least one request",
        ));
    }
    if u64::try_from(count).is_ok_and(|count| count > max_batch) {
        return Err(HttpError::bad_request(format!(
            "the batch has {count} requests; at most {max_batch} are allowed (limits.maxBatch)"
        )));
    }
    requests
        .into_iter()
        .map(from_object)
        .collect::<Result<_, _>>()
        .map(RequestPayload::Batch)
}

/// Reads the members of a request.
///
/// # Errors
/// 400 if it is not an object, or a member has the wrong type.
pub(super) fn from_object(value: Value) -> Result<RequestParams, HttpError> {
    let mut object = match value {
        Value::Object(object) => object,
        other => {
            return Err(HttpError::bad_request(format!(
                "the request is {}, not a JSON object; {EXAMPLE}",
                json_type_name(&other)
            )));
        }
    };
    Ok(RequestParams {
        query: take_string(&mut object, "query")?,
        document_id: take_string(&mut object, "documentId")?,
        operation_name: parse_operation_name(take_string(&mut object, "operationName")?),
        variables: take_object(&mut object, "variables")?,
        extensions: take_object(&mut object, "extensions")?,
    })
}

/// Forms, links, and some clients send an empty name if there is none.
pub(super) fn parse_operation_name(name: Option<String>) -> Option<String> {
    name.filter(|name| !name.is_empty())
}

fn take_string(object: &mut Map<String, Value>, key: &str) -> Result<Option<String>, HttpError> {
    match object.remove(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(HttpError::bad_request(format!(
            "{key:?} is {}; it must be a string",
            json_type_name(&other)
        ))),
    }
}

fn take_object(
    object: &mut Map<String, Value>,
    key: &str,
) -> Result<Map<String, Value>, HttpError> {
    match object.remove(key) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(map)) => Ok(map),
        Some(other) => Err(HttpError::bad_request(format!(
            "{key:?} is {}; it must be an object",
            json_type_name(&other)
        ))),
    }
}

fn json_type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Parses the query string of a URL, which is encoded like a form.
///
/// # Errors
/// 400 if it is not UTF-8, has a parameter twice, or has a parameter of the wrong type.
pub(super) fn from_query_string(query: &str) -> Result<RequestParams, HttpError> {
    if percent_decode_str(query).decode_utf8().is_err() {
        return Err(HttpError::bad_request(
            "the query string of the URL is not valid UTF-8; send UTF-8, percent-encoded",
        ));
    }
    let mut request = RequestParams::default();
    let mut seen = Vec::new();
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        let name = match key.as_ref() {
            "query" => "query",
            "documentId" => "documentId",
            "operationName" => "operationName",
            "variables" => "variables",
            "extensions" => "extensions",
            // Links may have other parameters.
            _ => continue,
        };
        if seen.contains(&name) {
            return Err(HttpError::bad_request(format!(
                "the URL has more than one parameter {name:?}; send only one"
            )));
        }
        seen.push(name);
        match name {
            "query" => request.query = Some(value.into_owned()),
            "documentId" => request.document_id = Some(value.into_owned()),
            "operationName" => {
                request.operation_name = parse_operation_name(Some(value.into_owned()));
            }
            "variables" => request.variables = parse_json_parameter(name, &value)?,
            _ => request.extensions = parse_json_parameter(name, &value)?,
        }
    }
    Ok(request)
}

fn parse_json_parameter(name: &str, text: &str) -> Result<Map<String, Value>, HttpError> {
    if text.is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(Value::Null) => Ok(Map::new()),
        Ok(other) => Err(HttpError::bad_request(format!(
            "the URL parameter {name:?} is {}; it must be a JSON object",
            json_type_name(&other)
        ))),
        Err(error) => Err(HttpError::bad_request(format!(
            "the URL parameter {name:?} is not valid JSON: {error}"
        ))),
    }
}

/// The error of a request without a document.
pub(super) fn missing_query() -> HttpError {
    HttpError::bad_request(
        "the request has no query; send {\"query\": \"...\"} as JSON with POST, or the URL parameter \
         \"query\" with GET",
    )
}
