//! Limits count what a document has after fragment expansion, and the cost counts lists and pages.

use std::time::Instant;

use serde_json::{Map, json};

use super::{Resolvers, resolved, toy_graph};
use crate::engine::{
    Argument, Engine, ExecutionError, ExecutionRequest, Field, Graph, Limits, Object, ResolvedValue,
};
use crate::graphql_error::ErrorCode;

/// The code of the only error of a document.
fn code_of(limits: Limits, document: &str) -> Option<ErrorCode> {
    let engine = Engine::new(toy_graph(&json!({}), Resolvers::Compute), limits).unwrap();
    let errors = engine.parse_document(document).err()?;
    assert_eq!(errors.len(), 1, "{document}: {errors:?}");
    let named = match errors[0].code {
        ErrorCode::SelectionLimit => "fields and fragments after fragment expansion; at most 7",
        ErrorCode::RootFieldLimit => "3 root fields; at most 2 are allowed (limits.maxRootFields)",
        ErrorCode::AliasLimit => "3 aliases; at most 2 are allowed (limits.maxAliases)",
        ErrorCode::DirectiveLimit => "3 directives; at most 2 are allowed (limits.maxDirectives)",
        ErrorCode::VariableLimit => "2 variables; at most 1 are allowed (limits.maxVariables)",
        _ => "",
    };
    assert!(errors[0].message.contains(named), "{document}: {errors:?}");
    Some(errors[0].code)
}

#[test]
fn each_limit_allows_its_own_value() {
    let limits = Limits {
        max_depth: 3,
        max_aliases: 2,
        max_selections: 7,
        max_root_fields: 2,
        max_directives: 2,
        max_variables: 1,
        ..Limits::default()
    };
    let deep = "{ item { next { name } } }";
    let fragments = "{ ...F ...F } fragment F on Query { item { name } }";
    for (document, code) in [
        (deep, None),
        (
            "{ item { next { next { name } } } }",
            Some(ErrorCode::DepthLimit),
        ),
        // Inline fragments and fragments are not fields.
        (
            "{ ... { item { ... { next { ...N } } } } } fragment N on Item { name }",
            None,
        ),
        (
            "{ ...Q } fragment Q on Query { item { next { ...N } } } fragment N on Item { a: name }",
            None,
        ),
        (
            "{ ...Q } fragment Q on Query { item { next { ...N } } } fragment N on Item { next { name } }",
            Some(ErrorCode::DepthLimit),
        ),
        ("{ item { a: name b: name } }", None),
        (
            "{ item { a: name b: name c: name } }",
            Some(ErrorCode::AliasLimit),
        ),
        (
            "{ item { ...F ...F ...F } } fragment F on Item { a: name }",
            Some(ErrorCode::AliasLimit),
        ),
        // Two spreads of a field with one subfield: six selections.
        (fragments, None),
        (
            "{ ...F ...F ...F } fragment F on Query { item { name } }",
            Some(ErrorCode::SelectionLimit),
        ),
        (
            "query A { item { name size } } query B { item { name size tags } } query C { __typename }",
            Some(ErrorCode::SelectionLimit),
        ),
        ("{ item { name } always { name } }", None),
        (
            "{ item { name } always { name } __typename }",
            Some(ErrorCode::RootFieldLimit),
        ),
        (
            "{ item { name @skip(if: false) size @include(if: true) } }",
            None,
        ),
        (
            "{ item @skip(if: false) { ...N @skip(if: true) name @include(if: true) } } fragment N on Item { size }",
            Some(ErrorCode::DirectiveLimit),
        ),
        (
            "query @skip(if: false) @a @b { __typename }",
            Some(ErrorCode::DirectiveLimit),
        ),
        ("query ($a: Boolean!) { item { name @skip(if: $a) } }", None),
        (
            "query ($a: Boolean!, $b: Boolean!) { item { name @skip(if: $a) @skip(if: $b) } }",
            Some(ErrorCode::VariableLimit),
        ),
        (
            "query A ($a: Boolean!) { item { name @skip(if: $a) } } query B ($a: Boolean!) { item { name @skip(if: $a) } }",
            Some(ErrorCode::VariableLimit),
        ),
        (
            "{ ...F } fragment F on Query { ...F }",
            Some(ErrorCode::ValidationFailed),
        ),
    ] {
        assert_eq!(code_of(limits, document), code, "{document}");
    }
}

/// A chain of fragments has no depth in fields, but later steps are recursive.
#[test]
fn fragments_nest_at_most_a_hundred_levels() {
    let chain = |n: usize| {
        let fragments = (0..n).map(|i| format!("fragment F{i} on Query {{ ...F{} }} ", i + 1));
        let fragments: String = fragments.collect();
        format!("{{ ...F0 }} {fragments} fragment F{n} on Query {{ __typename }}")
    };
    assert_eq!(code_of(Limits::default(), &chain(98)), None);
    assert_eq!(
        code_of(Limits::default(), &chain(99)),
        Some(ErrorCode::DepthLimit)
    );
    // A fragment is counted once, and its levels are added wherever it is spread.
    let (first, second) = chain(60)
        .split_once('}')
        .map(|(_, fragments)| {
            let others = fragments
                .replace('F', "G")
                .replace("{ __typename }", "{ ...F0 }");
            (fragments.to_owned(), others)
        })
        .unwrap();
    assert_eq!(
        code_of(
            Limits::default(),
            &format!("{{ ...F0 ...G0 }} {first} {second}")
        ),
        Some(ErrorCode::DepthLimit)
    );
}

/// A graph with lists of 10 items, or of as many as an argument says.
fn graph_of_lists() -> Graph {
    let items =
        |name| Field::new(name, "[Item!]!", "").compute(|(): &()| ResolvedValue::List(Vec::new()));
    let first = Argument::new("first", "Int!", "").with_default(3.into());
    let query = Object::new::<()>("Query", "")
        .field(items("items").assumed_list_size(10))
        .field(
            items("page")
                .with_arguments([first], |[first], _| Ok(first.int().unwrap_or(0)))
                .list_size_from(|first: &i64| first.unsigned_abs()),
        );
    let name = |name| Field::new(name, "String", "").compute(|(): &()| resolved(&json!("a")));
    let item = Object::new::<()>("Item", "")
        .field(name("name"))
        .field(name("total").page_level());
    Graph::default().object(query).object(item)
}

#[test]
fn the_cost_counts_fields_for_every_row_and_page_level_fields_once() {
    let cost_in = |graph, document: &str, max_complexity| {
        let limits = Limits {
            max_complexity,
            ..Limits::default()
        };
        let engine = Engine::new(graph, limits).unwrap();
        let document = engine.parse_document(document).unwrap();
        let plan = engine.get_or_create_plan(ExecutionRequest {
            document: &document,
            operation_name: None,
            variables: &Map::new(),
            id: "",
            deadline: Instant::now(),
        });
        match plan {
            Ok(plan) => Ok(plan.cost),
            Err(ExecutionError::Rejected(errors)) => Err(errors[0].code),
            Err(ExecutionError::Internal(error)) => panic!("{error}"),
        }
    };
    let cost = |document: &str, max_complexity| cost_in(graph_of_lists(), document, max_complexity);
    for (document, expected) in [
        ("{ __typename }", 1),
        ("{ items { name } }", 11),
        ("{ items { name a: name total } }", 22),
        ("{ page { name total } }", 5),
        ("{ page(first: 100) { name total } items { name } }", 113),
        // A list without rows costs as much as one row.
        ("{ page(first: 0) { name } }", 2),
    ] {
        assert_eq!(cost(document, expected), Ok(expected), "{document}");
        let complexity = Err(ErrorCode::ComplexityLimit);
        assert_eq!(cost(document, expected - 1), complexity, "{document}");
    }
    // The most expensive of the possible types counts.
    let union = "{ thing { ... on Cat { name lives } ... on Stone { weight } } }";
    let graph = toy_graph(&json!({}), Resolvers::Compute);
    assert_eq!(cost_in(graph, union, 100), Ok(3));
    // The cost of introspection assumes the lengths of its lists.
    let types = "{ __schema { types { name } } }";
    assert_eq!(cost(types, 50), Err(ErrorCode::ComplexityLimit));
    assert!(cost(types, 112).is_ok());
    let fields =
        "{ __type(name: \"Item\") { ...F ... { kind } } } fragment F on __Type { fields { name } }";
    assert_eq!(cost(fields, 8), Err(ErrorCode::ComplexityLimit));
    assert!(cost(fields, 9).is_ok());
}
