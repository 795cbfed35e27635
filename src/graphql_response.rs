//! The response to a request.

use std::fmt::Write as _;

use serde_json::Value as Json;

use crate::{db::LoadedDataset, graphql_error::GraphqlError};

/// The [response](https://spec.graphql.org/October2021/#sec-Response-Format) to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutionResponse {
    /// The response as JSON, with fields in the order of the document.
    pub body: String,
    /// Whether execution began. If not, the response has no `data`.
    pub executed: bool,
    /// The codes of the errors in their order.
    pub error_codes: Vec<&'static str>,
    /// The data that the response was computed from, if the snapshot knows it.
    pub seen_dataset: Option<LoadedDataset>,
    /// The cost of the request; `None` if it was not executed.
    pub cost: Option<u64>,
}

impl ExecutionResponse {
    /// Makes the response to a request that is not executed. Internal errors include `request_id`.
    pub fn request_error(errors: &[GraphqlError], request_id: &str) -> Self {
        Self::new(None, errors, request_id)
    }

    /// Makes a response. `data` is JSON, or `None` if the request is not executed.
    pub fn new(data: Option<&str>, errors: &[GraphqlError], request_id: &str) -> Self {
        let mut body = String::with_capacity(data.map_or(0, str::len) + 64);
        body.push('{');
        if !errors.is_empty() {
            let errors = errors.iter().map(|error| error.to_json(request_id));
            let _ = write!(body, "\"errors\":{}", Json::from_iter(errors));
        }
        if let Some(data) = data {
            if body.len() > 1 {
                body.push(',');
            }
            body.push_str("\"data\":");
            body.push_str(data);
        }
        body.push('}');
        Self {
            body,
            executed: data.is_some(),
            error_codes: errors.iter().map(|error| error.code.as_str()).collect(),
            seen_dataset: None,
            cost: None,
        }
    }
}
