//! The schema that is served, held to the public contract (`contract/schema.graphql`).
//!
//! What the contract has and the server has not yet is listed in `contract/waiting.txt`, a line
//! each. The list can only shrink: a line that is served fails the test, as does anything of the
//! contract that is missing without a line.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::{
    Positioned,
    parser::{
        parse_schema,
        types::{
            FieldDefinition, InputValueDefinition, TypeDefinition, TypeKind, TypeSystemDefinition,
        },
    },
};
use sistergraph::{engine::Limits, schema};

/// Everything that a schema defines: what it is called, and what is said of it.
type Items = BTreeMap<String, String>;

fn items(sdl: &str) -> Items {
    let mut items = Items::new();
    for definition in parse_schema(sdl).unwrap().definitions {
        if let TypeSystemDefinition::Type(definition) = definition {
            add_type(&mut items, &definition.node);
        }
    }
    items
}

fn add_type(items: &mut Items, definition: &TypeDefinition) {
    let name = definition.name.node.as_str();
    let (kind, interfaces) = match &definition.kind {
        TypeKind::Scalar => ("scalar", &[][..]),
        TypeKind::Object(object) => {
            add_fields(items, name, &object.fields);
            ("type", &object.implements[..])
        }
        TypeKind::Interface(interface) => {
            add_fields(items, name, &interface.fields);
            ("interface", &interface.implements[..])
        }
        TypeKind::Union(union) => {
            for member in &union.members {
                items.insert(format!("{name} = {}", member.node), "member".to_owned());
            }
            ("union", &[][..])
        }
        TypeKind::Enum(of) => {
            for value in &of.values {
                let value = &value.node.value.node;
                items.insert(format!("{name}.{value}"), "value".to_owned());
            }
            ("enum", &[][..])
        }
        TypeKind::InputObject(input) => {
            for field in &input.fields {
                let item = format!("{name}.{}", field.node.name.node);
                items.insert(item, input_value(&field.node));
            }
            ("input", &[][..])
        }
    };
    for interface in interfaces {
        let item = format!("{name} implements {}", interface.node);
        items.insert(item, "interface".to_owned());
    }
    items.insert(name.to_owned(), kind.to_owned());
}

fn add_fields(items: &mut Items, of: &str, fields: &[Positioned<FieldDefinition>]) {
    for field in fields {
        let name = format!("{of}.{}", field.node.name.node);
        for argument in &field.node.arguments {
            let item = format!("{name}({})", argument.node.name.node);
            items.insert(item, input_value(&argument.node));
        }
        items.insert(name, field.node.ty.node.to_string());
    }
}

fn input_value(value: &InputValueDefinition) -> String {
    match &value.default_value {
        Some(default) => format!("{} = {}", value.ty.node, default.node),
        None => value.ty.node.to_string(),
    }
}

fn served() -> Items {
    items(&schema::build_engine(Limits::default()).unwrap().sdl())
}

fn contract() -> Items {
    items(include_str!("contract/schema.graphql"))
}

/// What is not served yet, without what lies within something else that is not.
fn missing(contract: &Items, served: &Items) -> BTreeSet<String> {
    let is_missing = |item: &str| !served.contains_key(item);
    contract
        .keys()
        .filter(|item| is_missing(item))
        .filter(|item| {
            let ends = item
                .char_indices()
                .filter(|(_, letter)| ".( ".contains(*letter));
            ends.map(|(end, _)| &item[..end])
                .all(|within| !contract.contains_key(within) || !is_missing(within))
        })
        .cloned()
        .collect()
}

/// What is served besides: a contract may be added to.
const ADDED: [&str; 17] = [
    "CoverageRow.note",
    "Limits.bodyTimeoutMs",
    "Limits.headerTimeoutMs",
    "Limits.maxBatch",
    "Limits.maxConcurrentRequests",
    "Limits.maxConnections",
    "Limits.maxDirectives",
    "Limits.maxListSize",
    "Limits.maxQueryBytes",
    "Limits.maxRootFields",
    "Limits.maxSelections",
    "Limits.maxSubscribers",
    "Limits.maxTokens",
    "Limits.maxVariables",
    "Limits.maxWaitingRequests",
    "Subscription",
    "Subscription.datasetChanged",
];

#[test]
fn what_is_served_is_as_the_contract_says() {
    let (contract, served) = (contract(), served());
    let different: Vec<_> = contract
        .iter()
        .filter_map(|(item, wanted)| match served.get(item) {
            Some(given) if given != wanted => Some(format!("{item}: {given}, not {wanted}")),
            _ => None,
        })
        .collect();
    assert_eq!(different, Vec::<String>::new());
}

#[test]
fn nothing_else_is_served_than_the_contract_and_what_was_added() {
    let contract = contract();
    let more: Vec<_> = served()
        .into_keys()
        .filter(|item| !contract.contains_key(item))
        .collect();
    assert_eq!(more, ADDED);
}

#[test]
fn what_is_not_served_yet_waits_for_a_feature() {
    let waiting: BTreeSet<String> = include_str!("contract/waiting.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect();
    let missing = missing(&contract(), &served());
    let listed_but_served: Vec<_> = waiting.difference(&missing).collect();
    assert!(
        listed_but_served.is_empty(),
        "served now: remove these lines from tests/it/contract/waiting.txt: {listed_but_served:#?}"
    );
    let gone: Vec<_> = missing.difference(&waiting).collect();
    assert!(
        gone.is_empty(),
        "in the contract, but not served: {gone:#?}"
    );
}
