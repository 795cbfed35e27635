//! Unit tests of the engine on toy graphs, whose rows are constants.

mod coercion;
mod definition;
mod descriptions;
mod documents;
mod inputs;
mod lexing;
mod limits;
mod loading;
mod nulls;
mod plans;
mod resolvers;
mod selections;

use std::{
    io::Write,
    sync::{Arc, LazyLock, Mutex},
    time::Instant,
};

use async_graphql::dynamic::Union;
use futures_util::{FutureExt, future};
use sea_orm::Database;
use serde_json::{Map, Value as Json, json};

use super::{
    Engine, ExecutionRequest, Field, Graph, Limits, Object, ResolvedValue, interface_type, no_plan,
};
use crate::db::{DatabaseReader, StatementLog};

/// The object types of the toy graph, with the names and types of their fields.
const TYPES: [(&str, &[(&str, &str)]); 4] = [
    (
        "Item",
        &[
            ("name", "String!"),
            ("size", "Int"),
            ("next", "Item"),
            ("owner", "Item!"),
            ("tags", "[String!]"),
            ("parts", "[Item!]!"),
            ("maybeParts", "[Item]"),
            ("grid", "[[Int!]!]"),
            ("cube", "[[[Int!]]!]"),
            ("named", "Named"),
            ("namedList", "[Named!]!"),
            ("thing", "Thing!"),
        ],
    ),
    ("Cat", &[("name", "String!"), ("lives", "Int!")]),
    ("Dog", &[("name", "String!"), ("tricks", "[String!]!")]),
    ("Stone", &[("weight", "Float!")]),
];

const ROOT_FIELDS: [(&str, &str); 4] = [
    ("item", "Item"),
    ("always", "Item!"),
    ("items", "[Item!]"),
    ("thing", "Thing"),
];

/// Converts JSON; `type` is the type of an object.
fn resolved(value: &Json) -> ResolvedValue {
    match value {
        Json::Null => ResolvedValue::NULL,
        Json::Bool(value) => (*value).into(),
        Json::Number(number) => match number.as_i64() {
            Some(int) => int.into(),
            None => number.as_f64().unwrap().into(),
        },
        Json::String(text) => text.as_str().into(),
        Json::Array(items) => ResolvedValue::List(items.iter().map(resolved).collect()),
        Json::Object(fields) => {
            let type_name = fields.get("type").and_then(Json::as_str).unwrap_or("Item");
            let (type_name, _) = TYPES.iter().find(|(name, _)| *name == type_name).unwrap();
            ResolvedValue::object(type_name, value.clone())
        }
    }
}

/// Which resolvers the fields of the toy graph have.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Resolvers {
    Compute,
    Batch,
}

/// A graph whose root fields return the values of `data`.
fn toy_graph(data: &Json, resolvers: Resolvers) -> Graph {
    let root = |name: &'static str, ty| {
        let value = resolved(&data[name]);
        Field::new(name, ty, "").once(no_plan::<()>, move |_| {
            future::ready(Ok(value.clone())).boxed()
        })
    };
    let field = |name: &'static str, ty| match resolvers {
        Resolvers::Compute => {
            Field::new(name, ty, "").compute(move |row: &Json| resolved(&row[name]))
        }
        Resolvers::Batch => {
            Field::new(name, ty, "").batch::<Json, _, _>(no_plan::<()>, move |call| {
                let values = call.rows.iter().map(|row| resolved(&row[name])).collect();
                future::ready(Ok(values)).boxed()
            })
        }
    };
    let query = Object::new::<()>("Query", "").fields(ROOT_FIELDS.map(|(name, ty)| root(name, ty)));
    let graph = TYPES
        .iter()
        .fold(Graph::default().object(query), |graph, (name, fields)| {
            let object = Object::new::<Json>(name, "");
            let object = match *name {
                "Cat" | "Dog" => object.implements("Named"),
                _ => object,
            };
            graph.object(object.fields(fields.iter().map(|(name, ty)| field(name, ty))))
        });
    graph
        .add_type(interface_type(
            "Named",
            "",
            [Field::new("name", "String!", "")],
        ))
        .add_type(
            Union::new("Thing")
                .possible_type("Cat")
                .possible_type("Stone"),
        )
}

/// The log entries of all tests. A subscriber for each test would miss some, because whether an entry is
/// logged is cached for all threads.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

static LOG: LazyLock<Log> = LazyLock::new(|| {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone());
    tracing::subscriber::set_global_default(subscriber.finish()).unwrap();
    log
});

impl Log {
    /// The entries about a request.
    fn of_request(&self, id: &str) -> Vec<String> {
        let log = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let entries = log.lines().filter(|entry| entry.contains(id));
        entries.map(str::to_owned).collect()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Executes a query, and returns the response as text.
async fn execute(graph: Graph, query: &str, variables: &Map<String, Json>) -> String {
    execute_with_id(graph, query, variables, "r1").await
}

async fn execute_with_id(
    graph: Graph,
    query: &str,
    variables: &Map<String, Json>,
    id: &str,
) -> String {
    LazyLock::force(&LOG);
    let engine = Engine::new(graph, Limits::default()).unwrap();
    let document = engine.parse_document(query).unwrap();
    let request = ExecutionRequest {
        document: &document,
        operation_name: None,
        variables,
        id,
        deadline: Instant::now() + Limits::default().request_timeout,
    };
    // Nothing is read from it.
    let database = Database::connect("sqlite::memory:").await.unwrap();
    let reader = DatabaseReader::from(database);
    let log = StatementLog::default;
    let response = engine.execute(&reader, request, log()).await;
    // The second time, the plan comes from the cache.
    assert_eq!(response, engine.execute(&reader, request, log()).await);
    response.body
}

/// Checks the value of `data`, byte for byte, and the paths of the field errors.
async fn check(data: Json, query: &str, expected_data: &str, expected_paths: &[Json]) {
    for resolvers in [Resolvers::Compute, Resolvers::Batch] {
        let body = execute(toy_graph(&data, resolvers), query, &Map::new()).await;
        let mut response: Json = serde_json::from_str(&body).unwrap();
        let errors = response["errors"].take();
        let errors = errors.as_array().cloned().unwrap_or_default();
        let paths: Vec<_> = errors.iter().map(|error| error["path"].clone()).collect();
        assert_eq!(paths, expected_paths, "{query}: {body}");
        for error in &errors {
            assert_eq!(error["message"], "internal error");
            assert_eq!(
                error["extensions"],
                json!({ "code": "INTERNAL_SERVER_ERROR", "requestId": "r1" })
            );
            assert!(error["locations"][0]["line"].is_u64(), "{error}");
        }
        let (_, data) = body.split_once("\"data\":").unwrap();
        assert_eq!(data, format!("{expected_data}}}"), "{query}");
    }
}
