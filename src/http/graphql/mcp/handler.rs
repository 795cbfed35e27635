//! Answers one message of the protocol.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use futures_util::FutureExt;
use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation,
        ListResourcesResult, ListToolsResult, PaginatedRequestParams, ReadResourceRequestParams,
        ReadResourceResponse, ReadResourceResult, Resource, ResourceContents, ServerCapabilities,
        ServerConfig,
    },
    service::RequestContext,
};
use serde_json::{Value, json};

use super::tools::{self, ToolCatalog};
use crate::{
    http::{Server, request_id::RequestId, response_info::ResponseInfo},
    suggestion,
};

const INSTRUCTIONS: &str = "\
Sister partnerships between communities of the United States and of Asia and the Pacific, and what survey respondents know about \
them. Most tools run a saved query, which their description shows. If no saved query fits and there is a tool `query`, find types \
and fields with `search_schema`, and send a GraphQL query of your own. Lists have pages: set `first`, and select `totalCount` and \
`pageInfo { hasNextPage endCursor }`. An answer that is too large is an error; it is never cut. Null means that a value is unknown, \
was not published, or does not exist; it never means zero. Every answer has the revision of the data and a citation, which belongs in every text that uses \
the answer.";

/// The address of the schema as a resource.
const SCHEMA_URI: &str = "sistergraph://schema.graphql";
const SCHEMA_TYPE: &str = "application/graphql";

/// The handler of one request.
#[derive(Clone)]
pub(super) struct McpHandler {
    server: Arc<Server>,
    id: RequestId,
    /// What the tool call reports for the response, or its panic. The service calls tools in a task of its own.
    result: Arc<Mutex<thread::Result<Option<ResponseInfo>>>>,
}

impl McpHandler {
    pub(super) fn new(server: Arc<Server>, id: RequestId) -> Self {
        Self {
            server,
            id,
            result: Arc::new(Mutex::new(Ok(None))),
        }
    }

    /// Returns what the tool call has reported; `None` if none was called.
    ///
    /// # Errors
    /// The panic of the call.
    pub(super) fn take_result(&self) -> thread::Result<Option<ResponseInfo>> {
        let mut result = self.result.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *result, Ok(None))
    }

    fn catalog(&self) -> Result<&ToolCatalog, ErrorData> {
        let tools = self.server.tools.as_ref();
        tools.ok_or_else(|| ErrorData::internal_error("there are no tools", None))
    }
}

impl ServerHandler for McpHandler {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_resources()
            .build();
        let mut program = Implementation::new("sistergraph", env!("CARGO_PKG_VERSION"));
        program
            .website_url
            .clone_from(&self.server.settings.public_url);
        ServerConfig::new(capabilities)
            .with_server_info(program)
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(
            self.catalog()?.tools.clone(),
        ))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let catalog = self.catalog()?;
        let name = &*request.name;
        let Some(tool) = catalog.tools.iter().find(|tool| tool.name == name) else {
            let nearest = suggestion::nearest(name, catalog.tools.iter().map(|tool| &*tool.name));
            let hint = nearest.map(|nearest| format!("; did you mean {nearest:?}?"));
            let message = format!("there is no tool {name:?}{}", hint.unwrap_or_default());
            return Err(ErrorData::invalid_params(message, None));
        };
        let arguments = request.arguments.unwrap_or_default();
        let mut info = ResponseInfo::default();
        let call = tools::run(&self.server, catalog, tool, arguments, &self.id, &mut info);
        let result = tokio::select! {
            result = AssertUnwindSafe(call).catch_unwind() => result,
            // The client has disconnected.
            () = context.ct.cancelled() => return Err(ErrorData::internal_error("cancelled", None)),
        };
        let (reported, result) = match result {
            Ok(Ok(answer)) => (Ok(Some(info)), Ok(CallToolResult::structured(answer))),
            Ok(Err(error)) => {
                let (body, codes) = error.body();
                info.error_codes = codes;
                let mut body: Value = serde_json::from_str(&body).unwrap_or_default();
                let errors = json!({ "errors": body["errors"].take() }).to_string();
                let result = CallToolResult::error(vec![ContentBlock::text(errors)]);
                (Ok(Some(info)), Ok(result))
            }
            Err(panic) => (
                Err(panic),
                Err(ErrorData::internal_error("internal error", None)),
            ),
        };
        *self.result.lock().unwrap_or_else(PoisonError::into_inner) = reported;
        result.map(CallToolResponse::from)
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let schema = Resource::new(SCHEMA_URI, "schema.graphql")
            .with_description("The GraphQL schema, with the description of every type and field.")
            .with_mime_type(SCHEMA_TYPE)
            .with_size(self.server.sdl.bytes().len() as u64);
        Ok(ListResourcesResult::with_all_items(vec![schema]))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        if request.uri != SCHEMA_URI {
            let message = format!(
                "there is no resource {:?}; there is {SCHEMA_URI}",
                request.uri
            );
            let data = json!({ "uri": request.uri });
            return Err(ErrorData::resource_not_found(message, Some(data)));
        }
        let schema = ResourceContents::text(self.server.engine.sdl(), SCHEMA_URI);
        let contents = vec![schema.with_mime_type(SCHEMA_TYPE)];
        Ok(ReadResourceResult::new(contents).into())
    }
}
