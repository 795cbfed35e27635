//! The endpoint for assistants, `/mcp`. `tests/clients` uses it with the official client.

use std::{fs, time::Duration};

use axum::{
    body::Body,
    http::{Request, header, request::Builder},
};
use serde_json::{Value, json};
use sistergraph::{
    db::{Snapshot, StatementLog},
    http::Settings,
    limits::Limits,
};
use tokio::time::timeout;

use crate::support::graph::{Response, TestGraph};

fn request() -> Builder {
    Request::post("/mcp")
        .header(header::HOST, "example.org")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "application/json, text/event-stream")
}

async fn send(graph: &TestGraph, method: &str, parameters: Value) -> Response {
    let message = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": parameters });
    let request = request().body(Body::from(message.to_string())).unwrap();
    let response = graph.send(request).await;
    assert_eq!(response.status, 200, "{}", response.text);
    assert_eq!(response.content_type, "application/json");
    assert_eq!(response.headers.get("mcp-session-id"), None);
    response
}

async fn tools(graph: &TestGraph) -> Vec<Value> {
    let response = send(graph, "tools/list", json!({})).await.json();
    response["result"]["tools"].as_array().unwrap().clone()
}

fn names(tools: &[Value]) -> Vec<&str> {
    let names = tools.iter().map(|tool| tool["name"].as_str());
    names.map(Option::unwrap).collect()
}

async fn call(graph: &TestGraph, tool: &str, arguments: Value) -> Response {
    let parameters = json!({ "name": tool, "arguments": arguments });
    send(graph, "tools/call", parameters).await
}

/// The structured content of a result without errors, which its text repeats.
fn answer(response: &Response) -> Value {
    let result = &response.json()["result"];
    assert_eq!(result["isError"], false, "{}", response.text);
    let text = result["content"][0]["text"].as_str().unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(text).unwrap(),
        result["structuredContent"]
    );
    result["structuredContent"].clone()
}

/// The message and the code of the only error of a result.
fn error(response: &Response) -> (String, String) {
    let result = &response.json()["result"];
    assert_eq!(result["isError"], true, "{}", response.text);
    assert_eq!(result.get("structuredContent"), None);
    let text = result["content"][0]["text"].as_str().unwrap();
    let errors: Value = serde_json::from_str(text).unwrap();
    let errors = errors["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{text}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (
        text(&errors[0]["message"]),
        text(&errors[0]["extensions"]["code"]),
    )
}

/// A server with trusted documents in files of these names.
async fn with_documents(files: &[(&str, &str)], only_trusted: bool) -> TestGraph {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let settings = Settings {
        trusted_documents: Some(folder.path().to_owned()),
        only_trusted,
        ..Settings::default()
    };
    TestGraph::watching_revision(Limits::default(), settings).await
}

#[tokio::test(flavor = "multi_thread")]
async fn saved_queries_are_tools() {
    let graph = TestGraph::watching_revision(Limits::default(), Settings::default()).await;
    let tools = tools(&graph).await;
    assert_eq!(
        names(&tools),
        [
            "search_schema",
            "query",
            "Awareness",
            "Countries",
            "Matches",
            "Partnerships",
            "PublishedStatistics",
            "States"
        ]
    );
    for tool in &tools {
        let hints = json!({
            "readOnlyHint": true, "destructiveHint": false, "idempotentHint": true, "openWorldHint": false
        });
        assert_eq!(tool["annotations"], hints);
        assert_eq!(tool["inputSchema"]["additionalProperties"], false);
        let is_search = tool["name"] == "search_schema";
        assert_eq!(tool["outputSchema"].is_null(), is_search);
    }
    let saved = graph.get("/q/States.json?region=WEST&country=JP").await;
    let arguments = json!({ "region": ["WEST"], "country": ["JP"] });
    let response = call(&graph, "States", arguments.clone()).await;
    let states = answer(&response);
    assert_eq!(states["data"], saved.data());
    let dataset = graph.query("{ dataset { revision } }").await.data();
    let revision = dataset["dataset"]["revision"].as_str().unwrap();
    assert_eq!(states["revision"], revision);
    let citation = states["citation"].as_str().unwrap();
    assert!(citation.contains(revision) && citation.contains("CC BY-SA 4.0"));
    // What is left out may be null.
    let all = call(&graph, "States", json!({ "region": null })).await;
    assert_eq!(
        answer(&all)["data"],
        graph.get("/q/States.json").await.data()
    );
    // The answer comes from the response cache the second time.
    assert!(!response.statements.is_empty());
    let again = call(&graph, "States", arguments).await;
    assert_eq!((again.text, again.statements.len()), (response.text, 0));
    let metrics = graph.get("/metrics").await.text;
    let requests = metrics.lines().find(|line| {
        line.starts_with("sistergraph_http_requests_total") && line.contains("\"/mcp\"")
    });
    assert!(requests.is_some(), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn arguments_have_the_types_of_the_variables() {
    let query = "query Echo($code: String! = \"OR\", $n: Int!, $with: Boolean = true, $km: Float! = 1.5, $id: ID!,
          $level: [PartnershipLevel!]!, $by: AwarenessDimension! = REGION, $filter: PartnershipFilter! = {}) {
          state(code: $code) { name @include(if: $with) }
          node(id: $id) { id }
          awareness(by: $by) { recorded }
          partnerships(first: $n, filter: { and: [$filter, { level: $level, us: { near: { latitude: 45, longitude: -122, km: $km } } }] }) {
            nodes { slug }
          }
        }";
    let graph = with_documents(&[("echo.graphql", query)], false).await;
    let tools = tools(&graph).await;
    let echo = tools.iter().find(|tool| tool["name"] == "Echo").unwrap();
    let mut input = echo["inputSchema"].clone();
    let arguments = input["properties"].as_object_mut().unwrap();
    let filter = arguments["filter"]["description"].take();
    assert_eq!(filter, "The GraphQL type is PartnershipFilter!.");
    for (_, argument) in &mut *arguments {
        argument.as_object_mut().unwrap().remove("description");
    }
    assert_eq!(
        input["properties"],
        json!({
            "code": { "type": "string", "default": "OR" },
            "n": { "type": "integer" },
            "with": { "type": "boolean", "default": true },
            "km": { "type": "number", "default": 1.5 },
            "id": { "type": "string" },
            "level": { "type": "array", "items": { "type": "string", "enum": ["CITY", "COUNTY", "STATE"] } },
            "by": { "type": "string", "enum": ["TOTAL", "REGION", "EMPLOYER"], "default": "REGION" },
            "filter": { "type": "object", "default": {} },
        })
    );
    assert_eq!(input["required"], json!(["n", "id", "level"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_have_the_limits_of_the_endpoint() {
    let limits = Limits {
        max_complexity: 60_000,
        ..Limits::default()
    };
    let graph = TestGraph::with_limits(limits).await;
    let query = async |text: &str, variables: Value| {
        let arguments = json!({ "query": text, "variables": variables });
        call(&graph, "query", arguments).await
    };
    let text = "query Name($code: String!) { state(code: $code) { name } }";
    let oregon = query(text, json!({ "code": "OR" })).await;
    assert_eq!(
        answer(&oregon)["data"],
        json!({ "state": { "name": "Oregon" } })
    );
    // Errors are those of the endpoint.
    for (text, variables) in [
        ("{ stat(code: \"OR\") { name } }", json!({})),
        ("{ states {", json!({})),
        (text, json!({})),
        ("{ partnerships(first: 5000) { totalCount } }", json!({})),
    ] {
        let by_endpoint = graph.query_with(text, variables.clone()).await;
        assert_eq!(error(&query(text, variables).await), by_endpoint.error());
    }
    let large = "{ partnerships(first: 2000) { nodes { us { partnerships(first: 2000) { nodes { slug } } } } } }";
    assert_eq!(error(&query(large, json!({})).await).1, "COMPLEXITY_LIMIT");
    let (message, code) =
        error(&query("subscription { datasetChanged { revision } }", json!({})).await);
    assert_eq!(code, "BAD_REQUEST");
    assert_eq!(
        message,
        "a subscription cannot be executed by a tool; send a query"
    );
    let wrong = call(
        &graph,
        "query",
        json!({ "query": "{ a }", "variables": "{}" }),
    )
    .await;
    assert_eq!(
        error(&wrong).0,
        "\"variables\" is a string; it must be an object"
    );
    // An answer is never cut.
    let all = call(&graph, "Partnerships", json!({ "first": 2000 })).await;
    let (message, code) = error(&all);
    assert_eq!(code, "ANSWER_TOO_LARGE");
    assert!(message.contains("at most 131072"), "{message}");
    for (arguments, rows) in [(json!({ "first": 2 }), 2), (json!({}), 100)] {
        let page = answer(&call(&graph, "Partnerships", arguments).await);
        let page = &page["data"]["partnerships"];
        assert_eq!(page["nodes"].as_array().unwrap().len(), rows);
        assert_eq!(page["pageInfo"]["hasNextPage"], true);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_tools_and_arguments_are_errors() {
    let graph = TestGraph::loaded().await;
    let misspelled = call(&graph, "States", json!({ "regio": ["WEST"] })).await;
    assert_eq!(
        error(&misspelled),
        (
            "unknown argument \"regio\"; did you mean \"region\"? the arguments are region, country"
                .to_owned(),
            "BAD_REQUEST".to_owned()
        )
    );
    let unknown = call(&graph, "Stats", json!({})).await.json();
    assert_eq!(unknown["error"]["code"], -32602);
    assert_eq!(
        unknown["error"]["message"],
        "there is no tool \"Stats\"; did you mean \"States\"?"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schema_is_searched_by_words() {
    let graph = TestGraph::loaded().await;
    let search = async |text: &str| {
        let response = call(&graph, "search_schema", json!({ "text": text })).await;
        answer(&response)
    };
    let first = async |text: &str| {
        let found = search(text).await;
        found["matches"][0].clone()
    };
    let field = first("partnership established year").await;
    assert_eq!(field["name"], "Partnership.establishedYear");
    assert_eq!(field["definition"], "establishedYear: Int");
    assert!(
        field["description"]
            .as_str()
            .unwrap()
            .starts_with("The year")
    );
    let root = first("matches query").await;
    assert_eq!(root["name"], "Query.matches");
    let description = root["description"].as_str().unwrap();
    assert!(description.contains("\n- equityWeight: "), "{description}");
    assert_eq!(
        first("EMPLOYER awareness dimension").await["name"],
        "AwarenessDimension.EMPLOYER"
    );
    // Words of the arguments count too.
    let by_argument = search("equity weight").await;
    assert!(by_argument.to_string().contains("Query.matches"));
    let location = first("coordinates").await;
    assert_eq!(location["name"], "Coordinates");
    assert_eq!(
        location["definition"],
        "type Coordinates { latitude: Float!; longitude: Float! }"
    );
    let many = search("partnership").await;
    assert_eq!(many["matches"].as_array().unwrap().len(), 20);
    assert!(many["totalCount"].as_u64().unwrap() > 20);
    assert_eq!(
        search("qqqq").await,
        json!({ "totalCount": 0, "matches": [] })
    );
    for arguments in [
        json!({}),
        json!({ "text": 1 }),
        json!({ "text": "a".repeat(201) }),
    ] {
        let response = call(&graph, "search_schema", arguments).await;
        assert_eq!(error(&response).1, "BAD_REQUEST");
    }
    // The whole schema is a resource.
    let listed = send(&graph, "resources/list", json!({})).await.json();
    let uri = &listed["result"]["resources"][0]["uri"];
    let read = send(&graph, "resources/read", json!({ "uri": uri }))
        .await
        .json();
    let sdl = graph.get("/schema.graphql").await.text;
    assert_eq!(read["result"]["contents"][0]["text"], sdl);
    let unknown = send(&graph, "resources/read", json!({ "uri": "file:///etc" })).await;
    assert!(
        unknown.text.contains("there is no resource"),
        "{}",
        unknown.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_trusted_documents_are_executed() {
    let files = [
        (
            "name.graphql",
            "# The name of Oregon.\nquery Oregon { state(code: \"OR\") { name } }",
        ),
        ("query.graphql", "query query { states { totalCount } }"),
    ];
    let graph = with_documents(&files, true).await;
    let tools = tools(&graph).await;
    let names = names(&tools);
    assert!(names.contains(&"Oregon") && names.contains(&"search_schema"));
    // A saved query with the name of a tool is not taken for it.
    assert!(!names.contains(&"query"), "{names:?}");
    let oregon = tools.iter().find(|tool| tool["name"] == "Oregon").unwrap();
    let description = oregon["description"].as_str().unwrap();
    assert!(
        description.starts_with("The name of Oregon.\n"),
        "{description}"
    );
    let name = answer(&call(&graph, "Oregon", json!({})).await);
    assert_eq!(name["data"], json!({ "state": { "name": "Oregon" } }));
    let refused = call(&graph, "query", json!({ "query": "{ __typename }" })).await;
    assert_eq!(
        refused.json()["error"]["message"],
        "there is no tool \"query\""
    );
    let graph = with_documents(&files, false).await;
    let own = call(
        &graph,
        "query",
        json!({ "query": "{ countries { totalCount } }" }),
    )
    .await;
    assert!(answer(&own)["data"]["countries"]["totalCount"].is_number());
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_wait_for_admission() {
    let limits = Limits {
        max_concurrent_requests: 1,
        max_waiting_requests: 0,
        ..Limits::default()
    };
    let graph = TestGraph::with_limits(limits).await;
    // All connections to the database are in use.
    let mut busy = Vec::new();
    for _ in 0..4 {
        let snapshot = Snapshot::open(graph.reader(), StatementLog::default()).await;
        busy.push(snapshot.unwrap());
    }
    let states = json!({ "query": "{ states { totalCount } }" });
    let countries = json!({ "query": "{ countries { totalCount } }" });
    let first = call(&graph, "query", states);
    let second = async {
        let is_running = async || {
            let metrics = graph.get("/metrics").await.text;
            metrics.contains("\nsistergraph_operations_running 1\n")
        };
        let wait = async {
            while !is_running().await {
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_secs(60), wait).await.unwrap();
        let refused = call(&graph, "query", countries).await;
        drop(busy);
        refused
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!(error(&second).1, "OVERLOADED");
    let states = answer(&first);
    assert!(states["data"]["states"]["totalCount"].is_number());
}

#[tokio::test]
async fn requests_that_are_no_messages_are_refused() {
    let limits = Limits {
        max_request_bytes: 1_000,
        ..Limits::default()
    };
    let settings = Settings {
        allowed_origins: vec!["https://example.org".to_owned()],
        ..Settings::default()
    };
    let graph = TestGraph::watching_revision(limits, settings).await;
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    let without = |name: header::HeaderName| {
        let mut request = request().body(Body::from(ping)).unwrap();
        request.headers_mut().remove(name);
        request
    };
    let with_body = |body: String| request().body(Body::from(body)).unwrap();
    let from = |origin: &str| {
        request()
            .header(header::ORIGIN, origin)
            .body(Body::from(ping))
            .unwrap()
    };
    for method in ["GET", "HEAD", "DELETE", "PUT"] {
        let request = request().method(method).body(Body::empty()).unwrap();
        let response = graph.send(request).await;
        assert_eq!(response.status, 405, "{method}");
        assert_eq!(response.headers[header::ALLOW], "POST, OPTIONS");
    }
    for (request, status, code, message) in [
        (
            from("https://example.com"),
            403,
            "CROSS_SITE",
            "the origin \"https://example.com\" is not",
        ),
        // With DNS rebinding, the page has the origin that the request names as its host.
        (
            from("http://example.org"),
            403,
            "CROSS_SITE",
            "the origin \"http://example.org\" is not",
        ),
        (
            without(header::CONTENT_TYPE),
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            "the request has no Content-Type",
        ),
        (
            without(header::ACCEPT),
            406,
            "NOT_ACCEPTABLE",
            "the Accept header does not allow",
        ),
        (
            without(header::HOST),
            400,
            "BAD_REQUEST",
            "the request does not follow the Model Context Protocol",
        ),
        (
            with_body("{".to_owned()),
            400,
            "BAD_REQUEST",
            "the request body is not valid JSON",
        ),
        (
            with_body(format!("[{ping}]")),
            400,
            "BAD_REQUEST",
            "the request body is not a message",
        ),
        (
            with_body(" ".repeat(1_001)),
            413,
            "REQUEST_TOO_LARGE",
            "the request body is larger than 1000 bytes",
        ),
    ] {
        let response = graph.send(request).await;
        assert_eq!(response.status, status, "{}", response.text);
        response.assert_rejected(message);
        let (text, actual) = response.error();
        assert!(text.starts_with(message), "{text}");
        assert_eq!(actual, code);
    }
    let allowed = graph.send(from("https://example.org")).await;
    assert_eq!(
        allowed.json(),
        json!({ "jsonrpc": "2.0", "id": 1, "result": {} })
    );
    let cors = &allowed.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN];
    assert_eq!(cors, "https://example.org");
    let notification = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    let accepted = graph.send(with_body(notification.to_owned())).await;
    assert_eq!(
        (accepted.status.as_u16(), accepted.text.as_str()),
        (202, "")
    );
}

#[tokio::test]
async fn the_endpoint_can_be_turned_off() {
    let settings = Settings {
        mcp: false,
        ..Settings::default()
    };
    let graph = TestGraph::watching_revision(Limits::default(), settings).await;
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    let response = graph.send(request().body(Body::from(ping)).unwrap()).await;
    assert_eq!(
        (response.status.as_u16(), response.error().1.as_str()),
        (404, "NOT_FOUND")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_count_against_the_rate_limit() {
    let settings = Settings {
        rate_limit: 1,
        rate_burst: 2,
        ..Settings::default()
    };
    let graph = TestGraph::watching_revision(Limits::default(), settings).await;
    let ping = || request().body(Body::from(r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#));
    let mut statuses = Vec::new();
    for _ in 0..100 {
        statuses.push(graph.send(ping().unwrap()).await.status.as_u16());
    }
    assert_eq!(statuses[..2], [200, 200]);
    assert!(statuses.contains(&429), "{statuses:?}");
}

#[tokio::test]
async fn messages_are_compressed() {
    let graph = TestGraph::loaded().await;
    let list = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
    let request = request().header(header::ACCEPT_ENCODING, "gzip");
    let response = graph
        .send_unread(request.body(Body::from(list)).unwrap())
        .await;
    assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
}
