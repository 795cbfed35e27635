//! What the engine says about answers, operations, and the schema, without executing anything.

use std::time::Instant;

use serde_json::{Map, json};

use super::{Resolvers, toy_graph};
use crate::engine::{
    AnswerField, Argument, Engine, ExecutionRequest, Field, Graph, Limits, Object, enum_type,
    input_object_type, no_plan,
};

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

/// A graph with an argument of every kind.
fn graph() -> Graph {
    let arguments = [
        Argument::new("in", "[In!]", "What is counted."),
        Argument::new("kind", "Kind", ""),
    ];
    let count = Field::new("count", "Int!", "How many there are.")
        .once(no_plan::<()>, |_| unreachable!("nothing is executed"))
        .with_arguments(arguments, |_: [_; 2], _| Ok(()));
    let fields = [
        Argument::new("least", "Int!", "At least as many."),
        Argument::new("name", "String", ""),
    ];
    Graph::default()
        .object(Object::new::<()>("Query", "The root.").field(count))
        .add_type(input_object_type("In", "A condition.", fields))
        .add_type(enum_type("Kind", "", [("A", "The first."), ("B", "")]))
}

#[test]
fn variables_are_described_in_their_order() {
    let engine = Engine::new(graph(), Limits::default()).unwrap();
    let query = "query A($in: [In!], $n: Int! = 3, $kind: Kind!) { count(in: $in, kind: $kind) more: count(in: { least: $n }) } query B { count }";
    let document = engine.parse_document(query).unwrap();
    let variables = |name| {
        let variables = engine.operation_variables(&document, Some(name)).unwrap();
        let texts = variables.iter().map(|variable| {
            format!(
                "{}: {} of {} list={} required={} default={:?} values={} object={}",
                variable.name,
                variable.ty,
                variable.type_name,
                variable.is_list,
                variable.is_required,
                variable.default,
                variable.enum_values.join("|"),
                variable.is_input_object
            )
        });
        texts.collect::<Vec<_>>()
    };
    assert_eq!(
        variables("A"),
        [
            "in: [In!] of In list=true required=false default=None values= object=true",
            "n: Int! of Int list=false required=false default=Some(\"3\") values= object=false",
            "kind: Kind! of Kind list=false required=true default=None values=A|B object=false",
        ]
    );
    assert_eq!(variables("B"), Vec::<String>::new());
    let unknown = engine
        .operation_variables(&document, Some("C"))
        .unwrap_err();
    assert!(unknown.message.contains("\"C\""), "{unknown:?}");
}

#[test]
fn the_schema_is_a_list_of_its_types_and_their_members() {
    let entries = |graph| {
        let engine = Engine::new(graph, Limits::default()).unwrap();
        let entries = engine.schema_entries().into_iter();
        let texts = entries.map(|entry| {
            format!(
                "{}: {} ({})",
                entry.name, entry.definition, entry.description
            )
        });
        texts.collect::<Vec<_>>()
    };
    for expected in [
        "Query: type Query { count(in: [In!], kind: Kind): Int! } (The root.)",
        "Query.count: count(in: [In!], kind: Kind): Int! (How many there are.\n- in: What is counted.\n- kind: )",
        "In: input In { least: Int!; name: String } (A condition.)",
        "In.least: least: Int! (At least as many.)",
        "Kind: enum Kind { A; B } ()",
        "Kind.A: A (The first.)",
    ] {
        let entries = entries(graph());
        assert!(
            entries.iter().any(|entry| entry == expected),
            "{expected} in {entries:#?}"
        );
        assert!(
            !entries.iter().any(|entry| entry.contains("__Type")),
            "{entries:#?}"
        );
    }
    let entries = entries(toy_graph(&json!({}), Resolvers::Compute));
    for expected in [
        "Thing: union Thing { Cat; Stone } ()",
        "Named: interface Named { name: String! } ()",
        "Named.name: name: String! ()",
        "Cat.lives: lives: Int! ()",
    ] {
        assert!(
            entries.iter().any(|entry| entry == expected),
            "{expected} in {entries:#?}"
        );
    }
    assert!(
        !entries.iter().any(|entry| entry.starts_with("Thing.")),
        "{entries:#?}"
    );
}
