//! `/q`: the queries of trusted documents, each with an address, whose parameters are its variables.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Map, Value};

use super::{
    execute,
    negotiation::ResponseFormat,
    persisted_documents::SavedQuery,
    request::RequestParams,
    table::{self, ResponseForm},
};
use crate::{
    engine::OperationVariable,
    export::{ArchivedQuery, DATASET_FIELD, TableFormat, is_tracking_parameter},
    http::{Server, error::HttpError, request_id::RequestId},
    suggestion,
};

/// The routes of saved queries.
pub(in crate::http) fn routes() -> Router<Arc<Server>> {
    Router::new().route("/q/{file}", get(respond))
}

async fn respond(
    State(server): State<Arc<Server>>,
    Path(file): Path<String>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let response = Box::pin(respond_with_file(&server, &parts, &file)).await;
    let mut response = response.unwrap_or_else(IntoResponse::into_response);
    // The name of the file has the format, so `Accept` does not matter.
    let vary = HeaderValue::from_static("accept-encoding");
    response.headers_mut().insert(header::VARY, vary);
    response
}

async fn respond_with_file(
    server: &Arc<Server>,
    parts: &axum::http::request::Parts,
    file: &str,
) -> Result<Response, HttpError> {
    let (name, extension) = file.rsplit_once('.').unwrap_or((file, ""));
    let query = find(server, name)?;
    let format = match extension {
        "zip" => ResponseFormat::Table(TableFormat::Zip),
        _ => table::format_from_name(extension).ok_or_else(|| {
            let names = table::format_names();
            HttpError::not_found(format!(
                "the query {name} has no file with the extension {extension:?}; use {names}, or zip"
            ))
        })?,
    };
    let id = RequestId::from_extensions(&parts.extensions);
    let document = server.engine.parse_document(&query.text);
    let document = document.map_err(|_| HttpError::internal(&id))?;
    let operation = Some(query.name.as_str());
    let variables = server.engine.operation_variables(&document, operation);
    let variables = variables.map_err(|_| HttpError::internal(&id))?;
    let parameters = parts.uri.query().unwrap_or_default();
    let parameters = Parameters::parse(parameters, &variables)?;
    let request = RequestParams {
        operation_name: Some(query.name.clone()),
        variables: parameters.variables.clone(),
        ..RequestParams::default()
    };
    let is_archive = format == ResponseFormat::Table(TableFormat::Zip);
    // The files in an archive have no byte order mark.
    let byte_order_mark = parameters.byte_order_mark && !is_archive;
    let mut form = ResponseForm::of_file(format, parameters.path, byte_order_mark);
    let mut document = document;
    if is_archive {
        form = form.with_archived_query(ArchivedQuery {
            name: query.name.clone(),
            description: query.description.clone(),
            text: query.text.to_string(),
            variables: parameters.variables,
            address: format!("/q/{name}.csv{}", query_suffix(parts.uri.query())),
        });
        let text = document.text_with_root_field(operation, DATASET_FIELD);
        let text = text.ok_or_else(|| HttpError::internal(&id))?;
        let with_dataset = server.engine.parse_document(&text);
        document = with_dataset.map_err(|errors| {
            let message = errors.into_iter().next().map(|error| error.message);
            HttpError::bad_request(message.unwrap_or_default())
        })?;
    }
    let prepared = execute::prepare_document(document, request, &id);
    super::respond_to_prepared(server, parts, &form, prepared).await
}

fn query_suffix(query: Option<&str>) -> String {
    query.map(|query| format!("?{query}")).unwrap_or_default()
}

/// The query with this name.
///
/// # Errors
/// 404 if there is none.
fn find<'a>(server: &'a Server, name: &str) -> Result<&'a SavedQuery, HttpError> {
    let queries = server.persisted_documents.saved_queries();
    queries.get(name).ok_or_else(|| {
        let hint = match suggestion::nearest(name, queries.keys().map(String::as_str)) {
            Some(nearest) => format!("did you mean {nearest:?}? "),
            None => String::new(),
        };
        let names: Vec<_> = queries.keys().map(String::as_str).collect();
        HttpError::not_found(format!(
            "there is no saved query {name:?}; {hint}the queries are {}",
            names.join(", ")
        ))
    })
}

/// The parameters of the address of a saved query.
#[derive(Debug, PartialEq)]
struct Parameters {
    variables: Map<String, Value>,
    path: Option<String>,
    byte_order_mark: bool,
}

impl Parameters {
    /// Converts the parameters to the types of the variables. An empty parameter, as forms send it, does not set the variable.
    ///
    /// # Errors
    /// 400 if a parameter is unknown, or a value does not have the type of its variable.
    fn parse(query: &str, variables: &[OperationVariable]) -> Result<Self, HttpError> {
        let mut parsed = Self {
            variables: Map::new(),
            path: None,
            byte_order_mark: true,
        };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if value.is_empty() || is_tracking_parameter(&name) {
                continue;
            }
            let variable = variables.iter().find(|variable| variable.name == name);
            match (variable, name.as_ref()) {
                (Some(variable), _) => parsed.set(variable, &value)?,
                (None, "path") => parsed.path = Some(value.into_owned()),
                (None, "bom") => {
                    parsed.byte_order_mark = parse_boolean(&name, &value)?;
                }
                (None, _) => return Err(unknown_parameter(&name, variables)),
            }
        }
        match variables
            .iter()
            .find(|variable| variable.is_required && !parsed.variables.contains_key(&variable.name))
        {
            None => Ok(parsed),
            Some(missing) => Err(HttpError::bad_request(format!(
                "the parameter {:?} is missing; it is of the type {}",
                missing.name, missing.ty
            ))),
        }
    }

    fn set(&mut self, variable: &OperationVariable, value: &str) -> Result<(), HttpError> {
        let name = &variable.name;
        if !variable.is_list {
            let value = convert(variable, value.trim())?;
            if self.variables.insert(name.clone(), value).is_some() {
                return Err(HttpError::bad_request(format!(
                    "the URL has more than one parameter {name:?}; send only one"
                )));
            }
            return Ok(());
        }
        // The JSON of input objects has commas of its own.
        let values: Vec<&str> = match variable.is_input_object {
            true => vec![value],
            false => value
                .split(',')
                .map(str::trim)
                .filter(|value| !value.is_empty())
                .collect(),
        };
        let list = self
            .variables
            .entry(name.clone())
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            for value in values {
                list.push(convert(variable, value)?);
            }
        }
        Ok(())
    }
}

/// Converts one value to the type of a variable. The engine checks the other scalars.
fn convert(variable: &OperationVariable, value: &str) -> Result<Value, HttpError> {
    let name = &variable.name;
    let invalid = |expected: &str| {
        HttpError::bad_request(format!(
            "the parameter {name:?} has the value {value:?}; it must be {expected}"
        ))
    };
    match variable.type_name.as_str() {
        "Int" => value
            .parse::<i32>()
            .map(Value::from)
            .map_err(|_| invalid("a whole number")),
        "Float" => match value.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number.into()),
            _ => Err(invalid("a number")),
        },
        "Boolean" => parse_boolean(name, value).map(Value::from),
        _ if variable.is_input_object => match serde_json::from_str(value) {
            Ok(object @ Value::Object(_)) => Ok(object),
            _ => Err(invalid("a JSON object")),
        },
        _ if !variable.enum_values.is_empty() => {
            let mut values = variable.enum_values.iter();
            match values.find(|known| known.eq_ignore_ascii_case(value)) {
                Some(known) => Ok(known.as_str().into()),
                None => Err(invalid(&format!(
                    "one of {}",
                    variable.enum_values.join(", ")
                ))),
            }
        }
        _ => Ok(value.into()),
    }
}

fn parse_boolean(name: &str, value: &str) -> Result<bool, HttpError> {
    value.parse().map_err(|_| {
        HttpError::bad_request(format!(
            "the parameter {name:?} has the value {value:?}; it must be true or false"
        ))
    })
}

fn unknown_parameter(name: &str, variables: &[OperationVariable]) -> HttpError {
    let names = variables.iter().map(|variable| variable.name.as_str());
    let names: Vec<_> = names.chain(["path", "bom"]).collect();
    let hint = match suggestion::nearest(name, names.iter().copied()) {
        Some(nearest) => format!("did you mean {nearest:?}? "),
        None => String::new(),
    };
    HttpError::bad_request(format!(
        "unknown parameter {name:?}; {hint}the parameters are {}",
        names.join(", ")
    ))
}
