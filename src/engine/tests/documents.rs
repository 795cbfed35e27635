//! Documents: their normalized text, their operations, and fields that are added to them.

use std::time::Instant;

use sea_orm::Database;
use serde_json::{Value as Json, json};

use super::{Resolvers, toy_graph};
use crate::{
    db::{DatabaseReader, StatementLog},
    engine::{Engine, ExecutionRequest, Limits},
};

fn engine() -> Engine {
    let graph = toy_graph(&json!({}), Resolvers::Compute);
    Engine::new(graph, Limits::default()).unwrap()
}

#[test]
fn documents_that_mean_the_same_have_one_normalized_text() {
    let engine = engine();
    let normalized = |text| engine.parse_document(text).unwrap().normalized().to_owned();
    let text = normalized("query A { item { name, size } } # comment\n");
    assert_eq!(normalized("query A{\n  item{name size}\n}"), text);
    assert_ne!(normalized("query A { item { size name } }"), text);
    assert_ne!(normalized("query B { item { name size } }"), text);
}

#[test]
fn operations_are_found_by_name() {
    let engine = engine();
    let names = |text| {
        let document = engine.parse_document(text).unwrap();
        document
            .operation_names()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        names("query A { item { name } } query B { item { name } }"),
        ["A", "B"]
    );
    assert_eq!(names("{ item { name } }"), Vec::<String>::new());
}

#[test]
fn a_field_is_added_at_the_end_of_an_operation() {
    let engine = engine();
    let text = "query A { item { name } } query B { item { size } }";
    let document = engine.parse_document(text).unwrap();
    let with_field = |operation| document.text_with_root_field(operation, "always { name }");
    assert_eq!(
        with_field(Some("A")).unwrap(),
        "query A { item { name }  always { name } } query B { item { size } }"
    );
    assert_eq!(
        with_field(Some("B")).unwrap(),
        "query A { item { name } } query B { item { size }  always { name } }"
    );
    assert_eq!(with_field(Some("C")), None);
}

/// Plans are kept by document, operation, and variables.
#[tokio::test]
async fn each_request_gets_its_own_plan() {
    let data = json!({ "item": { "name": "a", "size": 1 } });
    let engine = Engine::new(toy_graph(&data, Resolvers::Compute), Limits::default()).unwrap();
    let reader = DatabaseReader::from(Database::connect("sqlite::memory:").await.unwrap());
    let two =
        "query A { item { name } } query B($n: Boolean!) { item { size name @include(if: $n) } }";
    for _ in 0..2 {
        for (document, operation_name, variables, item) in [
            ("{ item { name } }", None, json!({}), json!({ "name": "a" })),
            ("{ item { size } }", None, json!({}), json!({ "size": 1 })),
            (two, Some("A"), json!({}), json!({ "name": "a" })),
            (two, Some("B"), json!({ "n": false }), json!({ "size": 1 })),
            (
                two,
                Some("B"),
                json!({ "n": true }),
                json!({ "size": 1, "name": "a" }),
            ),
        ] {
            let request = ExecutionRequest {
                document: &engine.parse_document(document).unwrap(),
                operation_name,
                variables: variables.as_object().unwrap(),
                id: "r1",
                deadline: Instant::now() + Limits::default().request_timeout,
            };
            let response = engine
                .execute(&reader, request, StatementLog::default())
                .await;
            let body: Json = serde_json::from_str(&response.body).unwrap();
            assert_eq!(body["data"]["item"], item, "{document} {variables}");
        }
    }
}
