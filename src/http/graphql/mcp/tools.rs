//! The tools: one for each saved query, the search of the schema, and queries of the assistant's own.

use std::sync::Arc;

use axum::http::StatusCode;
use rmcp::model::{Tool, ToolAnnotations};
use serde_json::{Map, Value, json};

use super::schema_search::{MAX_MATCHES, SchemaSearch};
use crate::{
    engine::Engine,
    export::{DATASET_FIELD, DATASET_KEY, ExportMetadata},
    http::{
        Server,
        error::HttpError,
        graphql::{
            execute::{self, UncacheableResponse},
            persisted_documents::{PersistedDocuments, SavedQuery},
            request::{self, RequestParams},
            saved_query::{OperationVariable, operation_variables},
        },
        request_id::RequestId,
        response_info::ResponseInfo,
    },
    search::MAX_QUERY_CHARS,
    suggestion,
};

/// The maximum size of an answer. Assistants can read little more, and would cut it.
const MAX_ANSWER_BYTES: usize = 128 * 1024;

const FIRST: &str = "first";
/// The default of the variable `first` of tools. Those of the saved queries are for files, which have all rows.
const DEFAULT_FIRST: u64 = 100;

const QUERY: &str = "query";
const SEARCH_SCHEMA: &str = "search_schema";

/// The tools of a server.
pub(in crate::http) struct ToolCatalog {
    pub(super) tools: Vec<Tool>,
    schema: SchemaSearch,
}

impl ToolCatalog {
    /// Creates the tools for the saved queries and, unless only trusted documents are executed, for other documents.
    pub(in crate::http) fn new(
        engine: &Engine,
        documents: &PersistedDocuments,
        only_trusted: bool,
    ) -> Self {
        let mut tools = vec![search_tool()];
        if !only_trusted {
            tools.push(query_tool());
        }
        for query in documents.saved_queries().values() {
            if [QUERY, SEARCH_SCHEMA].contains(&query.name.as_str()) {
                tracing::warn!(
                    operation = query.name,
                    "assistants cannot use this saved query, because another tool has its name"
                );
            } else {
                tools.extend(saved_query_tool(engine, query));
            }
        }
        Self {
            tools,
            schema: SchemaSearch::new(engine.types()),
        }
    }
}

fn tool(
    name: &str,
    description: String,
    arguments: impl Iterator<Item = (String, Value)>,
    required: &[&str],
) -> Tool {
    let input = Map::from_iter([
        ("type".to_owned(), "object".into()),
        ("properties".to_owned(), Value::Object(arguments.collect())),
        ("required".to_owned(), json!(required)),
        ("additionalProperties".to_owned(), false.into()),
    ]);
    let annotations = ToolAnnotations::new().read_only(true).destructive(false);
    let annotations = annotations.idempotent(true).open_world(false);
    Tool::new(name.to_owned(), description, input).with_annotations(annotations)
}

/// Adds the schema of answers to a tool that runs queries.
fn with_answer(tool: Tool) -> Tool {
    let properties = json!({
        "data": { "type": "object", "description": "The data of the GraphQL response." },
        "revision": { "type": "string", "description": "The revision of the data." },
        "citation": { "type": "string", "description": "How to cite the answer." },
    });
    let output = Map::from_iter([
        ("type".to_owned(), "object".into()),
        ("properties".to_owned(), properties),
        (
            "required".to_owned(),
            json!(["data", "revision", "citation"]),
        ),
    ]);
    tool.with_raw_output_schema(Arc::new(output))
}

/// `None` if the query is not valid, which is checked when it is read.
fn saved_query_tool(engine: &Engine, query: &SavedQuery) -> Option<Tool> {
    let document = engine.parse_document(&query.text).ok()?;
    let variables = operation_variables(engine, &document, Some(&query.name)).ok()?;
    let text = query.text.lines();
    let text: Vec<_> = text.skip_while(|line| line.starts_with('#')).collect();
    let description = format!(
        "{}\n\nReturns the answer to the operation {} of this GraphQL document. Its variables are the arguments.\n\n{}",
        query.description,
        query.name,
        text.join("\n")
    );
    let required = variables.iter().filter(|variable| variable.is_required);
    let required: Vec<_> = required.map(|variable| variable.name.as_str()).collect();
    let arguments = variables.iter();
    let arguments = arguments.map(|variable| (variable.name.clone(), argument_schema(variable)));
    Some(with_answer(tool(
        &query.name,
        description,
        arguments,
        &required,
    )))
}

/// The JSON Schema of a variable.
fn argument_schema(variable: &OperationVariable) -> Value {
    let ty = match variable.type_name.as_str() {
        "Int" => "integer",
        "Float" => "number",
        "Boolean" => "boolean",
        _ if variable.is_input_object => "object",
        // An enum, or a scalar that is written as text.
        _ => "string",
    };
    let mut schema = json!({ "type": ty });
    if !variable.enum_values.is_empty() {
        schema["enum"] = json!(variable.enum_values);
    }
    if variable.is_list {
        schema = json!({ "type": "array", "items": schema });
    }
    schema["description"] = format!("The GraphQL type is {}.", variable.ty).into();
    if let Some(default) = &variable.default {
        schema["default"] = match variable.enum_values.contains(default) {
            true => default.as_str().into(),
            // Enums in lists and the names of fields are not JSON.
            false => serde_json::from_str(default).unwrap_or_default(),
        };
        if variable.name == FIRST && schema["default"].as_u64() > Some(DEFAULT_FIRST) {
            schema["default"] = DEFAULT_FIRST.into();
        }
    }
    schema
}

fn query_tool() -> Tool {
    let description = format!(
        "Runs a GraphQL query. Find types and fields with {SEARCH_SCHEMA} first. The limits are those of the GraphQL endpoint, \
         which the field `limits` returns; the answer has at most {MAX_ANSWER_BYTES} bytes."
    );
    let arguments = [
        ("query", "string", "The GraphQL document."),
        ("variables", "object", "The values of its variables."),
        (
            "operationName",
            "string",
            "The operation to execute, if the document has several.",
        ),
    ];
    let arguments = arguments.map(|(name, ty, description)| {
        (
            name.to_owned(),
            json!({ "type": ty, "description": description }),
        )
    });
    with_answer(tool(QUERY, description, arguments.into_iter(), &[QUERY]))
}

fn search_tool() -> Tool {
    let description = format!(
        "Finds types, fields, and enum values of the GraphQL schema by words in their names, descriptions, and arguments. Returns \
         the {MAX_MATCHES} best matches and how many there are. The name of a type returns its definition with all fields."
    );
    let text = "The words, such as: partnership established year.";
    let text = json!({ "type": "string", "description": text, "maxLength": MAX_QUERY_CHARS });
    let arguments = [("text".to_owned(), text)].into_iter();
    tool(SEARCH_SCHEMA, description, arguments, &["text"])
}

/// Runs a tool, and adds to `info` what it did.
///
/// # Errors
/// Those of the arguments and of the query, which the assistant can read.
pub(super) async fn run(
    server: &Server,
    catalog: &ToolCatalog,
    tool: &Tool,
    mut arguments: Map<String, Value>,
    id: &RequestId,
    info: &mut ResponseInfo,
) -> Result<Value, Arc<UncacheableResponse>> {
    // Assistants send null for what they leave out.
    arguments.retain(|_, value| !value.is_null());
    check_names(tool, &arguments)?;
    if tool.name == SEARCH_SCHEMA {
        return Ok(catalog.schema.search(search_text(&arguments)?));
    }
    let prepared = match server.persisted_documents.saved_queries().get(&*tool.name) {
        Some(query) if tool.name != QUERY => {
            let document = server.engine.parse_document(&query.text);
            let first = &tool.input_schema["properties"][FIRST]["default"];
            if !first.is_null() {
                arguments.entry(FIRST).or_insert_with(|| first.clone());
            }
            let request = RequestParams {
                operation_name: Some(query.name.clone()),
                variables: arguments,
                ..RequestParams::default()
            };
            let document = document.map_err(|_| HttpError::internal(id))?;
            execute::prepare_document(document, request, id)?
        }
        _ => execute::prepare(server, request::from_object(arguments.into())?, id)?,
    };
    if prepared.is_subscription() {
        let message = "a subscription cannot be executed by a tool; send a query";
        return Err(HttpError::bad_request(message).into());
    }
    let prepared = prepared.with_root_field(server, DATASET_FIELD, id)?;
    let outcome = execute::execute(server, &prepared, id).await;
    info.operation_name = prepared.operation_name().map(str::to_owned);
    info.cache_hit = outcome.cache_hit;
    info.statement_log = Some(outcome.statement_log.clone());
    let answer = outcome.answer()?;
    if answer.len() > MAX_ANSWER_BYTES {
        let message = format!(
            "the answer has {} bytes, and a tool returns at most {MAX_ANSWER_BYTES}; request fewer rows (`first`), filter them, or \
             select fewer fields",
            answer.len()
        );
        let error = HttpError::new(StatusCode::PAYLOAD_TOO_LARGE, "ANSWER_TOO_LARGE", message);
        return Err(error.into());
    }
    let cited = add_citation(&answer).ok_or_else(|| {
        tracing::error!(
            request.id = id.as_str(),
            "an answer does not name its dataset"
        );
        HttpError::internal(id)
    })?;
    Ok(cited)
}

/// The data of an answer with its revision and citation; `None` if it does not have [`DATASET_FIELD`].
fn add_citation(answer: &[u8]) -> Option<Value> {
    let mut answer: Value = serde_json::from_slice(answer).ok()?;
    let mut data = answer["data"].take();
    let dataset = data.as_object_mut()?.shift_remove(DATASET_KEY)?;
    let metadata = ExportMetadata::from_answer(&dataset).ok()?;
    Some(json!({ "data": data, "revision": metadata.revision, "citation": metadata.citation() }))
}

/// Refuses unknown arguments, which GraphQL would ignore.
///
/// # Errors
/// If the tool does not have an argument.
fn check_names(tool: &Tool, arguments: &Map<String, Value>) -> Result<(), HttpError> {
    let known = tool
        .input_schema
        .get("properties")
        .and_then(Value::as_object);
    let known: Vec<_> = known
        .into_iter()
        .flat_map(Map::keys)
        .map(String::as_str)
        .collect();
    let Some(unknown) = arguments
        .keys()
        .find(|name| !known.contains(&name.as_str()))
    else {
        return Ok(());
    };
    let hint = suggestion::nearest(unknown, known.iter().copied());
    let hint = hint.map(|nearest| format!("did you mean {nearest:?}? "));
    let hint = hint.unwrap_or_default();
    let known = known.join(", ");
    Err(HttpError::bad_request(format!(
        "unknown argument {unknown:?}; {hint}the arguments are {known}"
    )))
}

fn search_text(arguments: &Map<String, Value>) -> Result<&str, HttpError> {
    let text = arguments.get("text").and_then(Value::as_str);
    let text = text.filter(|text| text.chars().count() <= MAX_QUERY_CHARS);
    text.ok_or_else(|| {
        HttpError::bad_request(format!(
            "\"text\" is missing, not a string, or too long; it must be the words to find, with at most {MAX_QUERY_CHARS} characters"
        ))
    })
}
