//! What the engine says about answers, without executing anything.

use std::time::Instant;

use serde_json::{Map, json};

use super::{Resolvers, toy_graph};
use crate::engine::{AnswerField, Engine, ExecutionRequest, Limits};

/// The fields as text, such as `items[]: Item { name: String }`.
fn text_of(fields: &[AnswerField]) -> String {
    let texts = fields.iter().map(|field| {
        let lists = "[]".repeat(field.list_depth);
        let alias = match field.response_key == field.name {
            true => String::new(),
            false => format!("={}", field.name),
        };
        let inner = match field.fields.is_empty() {
            true => String::new(),
            false => format!(" {{ {} }}", text_of(&field.fields)),
        };
        format!(
            "{}{alias}{lists}: {}{inner}",
            field.response_key, field.type_name
        )
    });
    texts.collect::<Vec<_>>().join(", ")
}

#[test]
fn the_fields_of_an_answer_have_their_types() {
    let graph = toy_graph(&json!({}), Resolvers::Compute);
    let engine = Engine::new(graph, Limits::default()).unwrap();
    let query = "{ items { key: name cube grid size } item { thing { ... on Cat { lives } ... on Stone { weight } } } item { size } }";
    let document = engine.parse_document(query).unwrap();
    let request = ExecutionRequest {
        document: &document,
        operation_name: None,
        variables: &Map::new(),
        id: "r1",
        deadline: Instant::now() + Limits::default().request_timeout,
    };
    assert_eq!(
        text_of(&engine.answer_fields(request).unwrap()),
        "items[]: Item { key=name: String, cube[][][]: Int, grid[][]: Int, size: Int }, \
         item: Item { thing: Thing { lives: Int, weight: Float }, size: Int }"
    );
}
