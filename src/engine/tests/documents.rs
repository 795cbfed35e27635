//! Documents: their normalized text, their operations, and fields that are added to them.

use serde_json::json;

use super::{Resolvers, toy_graph};
use crate::engine::{Engine, Limits};

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
