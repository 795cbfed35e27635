//! The committed `schema.graphql`, and the descriptions in it.

use std::process::Command;

use async_graphql::{
    Positioned,
    parser::{
        parse_schema,
        types::{FieldDefinition, InputValueDefinition, TypeKind, TypeSystemDefinition},
    },
};

const COMMITTED: &str = include_str!("../../schema.graphql");

#[test]
fn schema_graphql_is_up_to_date() {
    let output = Command::new(env!("CARGO_BIN_EXE_sistergraph"))
        .arg("schema")
        .env(
            "SISTERGRAPH_DATABASE_URL",
            "none: a schema needs no database",
        )
        .output()
        .unwrap();
    assert!(output.status.success());
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(
        printed == COMMITTED,
        "schema.graphql is out of date; refresh it with: cargo run -- schema > schema.graphql"
    );
}

type Description = Option<Positioned<String>>;

#[derive(Default)]
struct Undescribed(Vec<String>);

impl Undescribed {
    fn check(&mut self, item: String, description: &Description) {
        let text = description.as_ref().map(|text| text.node.trim());
        if text.is_none_or(str::is_empty) {
            self.0.push(item);
        }
    }

    fn check_fields(&mut self, parent: &str, fields: &[Positioned<FieldDefinition>]) {
        for field in fields {
            let name = format!("{parent}.{}", field.node.name.node);
            self.check_inputs(&name, &field.node.arguments);
            self.check(name, &field.node.description);
        }
    }

    fn check_inputs(&mut self, parent: &str, inputs: &[Positioned<InputValueDefinition>]) {
        for input in inputs {
            self.check(
                format!("{parent}.{}", input.node.name.node),
                &input.node.description,
            );
        }
    }
}

#[test]
fn every_schema_item_has_a_description() {
    let mut undescribed = Undescribed::default();
    for definition in parse_schema(COMMITTED).unwrap().definitions {
        // All directives are GraphQL's own.
        let TypeSystemDefinition::Type(definition) = definition else {
            continue;
        };
        let name = definition.node.name.node.as_str();
        undescribed.check(name.to_owned(), &definition.node.description);
        match &definition.node.kind {
            TypeKind::Object(object) => undescribed.check_fields(name, &object.fields),
            TypeKind::Interface(interface) => undescribed.check_fields(name, &interface.fields),
            TypeKind::InputObject(input) => undescribed.check_inputs(name, &input.fields),
            TypeKind::Enum(definition) => {
                for value in &definition.values {
                    let item = format!("{name}.{}", value.node.value.node);
                    undescribed.check(item, &value.node.description);
                }
            }
            TypeKind::Scalar | TypeKind::Union(_) => {}
        }
    }
    assert_eq!(undescribed.0, Vec::<String>::new());
}
