//! `schema.graphql` in the root, and the descriptions that API readers find in it.

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
fn the_schema_in_the_root_is_what_the_program_prints() {
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

    fn check_fields(&mut self, of: &str, fields: &[Positioned<FieldDefinition>]) {
        for field in fields {
            let name = format!("{of}.{}", field.node.name.node);
            self.check_inputs(&name, &field.node.arguments);
            self.check(name, &field.node.description);
        }
    }

    fn check_inputs(&mut self, of: &str, inputs: &[Positioned<InputValueDefinition>]) {
        for input in inputs {
            self.check(
                format!("{of}.{}", input.node.name.node),
                &input.node.description,
            );
        }
    }
}

#[test]
fn everything_in_the_schema_is_described() {
    let mut undescribed = Undescribed::default();
    for definition in parse_schema(COMMITTED).unwrap().definitions {
        // Directives are those of GraphQL itself.
        let TypeSystemDefinition::Type(definition) = definition else {
            continue;
        };
        let name = definition.node.name.node.as_str();
        undescribed.check(name.to_owned(), &definition.node.description);
        match &definition.node.kind {
            TypeKind::Object(object) => undescribed.check_fields(name, &object.fields),
            TypeKind::Interface(interface) => undescribed.check_fields(name, &interface.fields),
            TypeKind::InputObject(input) => undescribed.check_inputs(name, &input.fields),
            TypeKind::Enum(of) => {
                for value in &of.values {
                    let item = format!("{name}.{}", value.node.value.node);
                    undescribed.check(item, &value.node.description);
                }
            }
            TypeKind::Scalar | TypeKind::Union(_) => {}
        }
    }
    assert_eq!(undescribed.0, Vec::<String>::new());
}
