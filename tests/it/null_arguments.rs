//! Nulls in arguments: an error inside a filter, and the same as an absent argument elsewhere.

use std::collections::{BTreeMap, HashSet};

use async_graphql::parser::{
    parse_schema,
    types::{InputObjectType, TypeKind, TypeSystemDefinition},
};
use serde_json::{Map, Value as Json, json};

use crate::support::graph::TestGraph;

/// A field of an input type at every place that its type can occur.
struct NullableField {
    /// Such as `filter.state.code.eq`.
    path: String,
    /// The argument with `VALUE` in the place of the field's value.
    literal: String,
    ty: String,
}

/// Returns the fields of the input type of `filter` and of all input types that it refers to, each
/// reached by one path.
fn nullable_fields(filter: &str) -> Vec<NullableField> {
    let definitions = parse_schema(include_str!("../../schema.graphql")).unwrap();
    let types: BTreeMap<String, InputObjectType> = (definitions.definitions.into_iter())
        .filter_map(|definition| match definition {
            TypeSystemDefinition::Type(ty) => match ty.node.kind {
                TypeKind::InputObject(input) => Some((ty.node.name.node.to_string(), input)),
                _ => None,
            },
            _ => None,
        })
        .collect();
    let mut fields = Vec::new();
    let mut types_to_visit = vec![(filter.to_owned(), "filter".to_owned(), "VALUE".to_owned())];
    let mut visited = HashSet::new();
    while let Some((type_name, path, literal)) = types_to_visit.pop() {
        let Some(input) = types.get(&type_name).filter(|_| visited.insert(type_name)) else {
            continue;
        };
        for field in &input.fields {
            let (name, ty) = (&field.node.name.node, field.node.ty.node.to_string());
            if ty.ends_with('!') {
                continue;
            }
            let dimension = match input.fields[0].node.name.node.as_str() {
                "dimension" => "dimension: AWARENESS, ",
                _ => "",
            };
            let place =
                |value| literal.replace("VALUE", &format!("{{ {dimension}{name}: {value} }}"));
            let mut path = format!("{path}.{name}");
            fields.push(NullableField {
                path: path.clone(),
                literal: place("VALUE"),
                ty: ty.clone(),
            });
            let inner = ty.trim_matches(['[', ']', '!']).to_owned();
            if ty.starts_with('[') {
                path.push_str("[0]");
                types_to_visit.push((inner, path, place("[VALUE]")));
            } else {
                types_to_visit.push((inner, path, place("VALUE")));
            }
        }
    }
    fields
}

#[tokio::test]
async fn a_null_inside_a_filter_is_an_error_and_an_unset_variable_is_no_condition() {
    let graph = TestGraph::loaded().await;
    let lists = [
        ("StateFilter", "states"),
        ("CountryFilter", "countries"),
        ("CityFilter", "cities"),
        ("PartnershipFilter", "partnerships"),
        ("RespondentAggregateFilter", "respondentAggregates"),
        ("PublishedStatisticFilter", "publishedStatistics"),
    ];
    let mut n_fields = 0;
    for (filter, list) in lists {
        for NullableField { path, literal, ty } in nullable_fields(filter) {
            n_fields += 1;
            let expected = (
                format!("{path} is null; give it a value, or omit it for no condition"),
                "BAD_USER_INPUT".to_owned(),
            );
            let with = |value: &str| literal.replace("VALUE", value);
            let query = format!("{{ {list}(filter: {}) {{ totalCount }} }}", with("null"));
            assert_eq!(graph.query(&query).await.error(), expected, "{query}");
            let query = format!(
                "query($it: {ty}) {{ {list}(filter: {}) {{ totalCount }} }}",
                with("$it")
            );
            let null = graph.query_with(&query, json!({ "it": null })).await;
            assert_eq!(null.error(), expected, "{query}");
            graph.query_with(&query, json!({})).await.data();
        }
    }
    assert!(n_fields > 100, "{n_fields}");
}

#[tokio::test]
async fn a_null_inside_a_filter_variable_is_an_error_for_every_field_with_a_filter() {
    let graph = TestGraph::loaded().await;
    for field in [
        "partnerships(filter: $filter) { totalCount }",
        "concentration(by: STATE, filter: $filter) { total }",
        "state(code: \"CA\") { partnerships(filter: $filter) { totalCount } }",
    ] {
        let query = format!("query($filter: PartnershipFilter) {{ {field} }}");
        for (filter, path) in [
            (json!({ "level": null }), "filter.level"),
            (
                json!({ "and": [{}, { "not": { "establishedYear": { "isNull": null } } }] }),
                "filter.and[1].not.establishedYear.isNull",
            ),
        ] {
            let answer = graph.query_with(&query, json!({ "filter": filter })).await;
            let expected = format!("{path} is null; give it a value, or omit it for no condition");
            assert_eq!(answer.error(), (expected, "BAD_USER_INPUT".to_owned()));
        }
    }
}

#[tokio::test]
async fn a_null_in_an_order_is_an_error() {
    let graph = TestGraph::loaded().await;
    let query = "query($order: [CityOrder!]) { cities(orderBy: $order) { totalCount } }";
    for (order, place) in [
        (json!([null]), "order[0]"),
        (json!([{ "field": null }]), "order[0].field"),
        (
            json!([{ "field": "NAME", "direction": null }]),
            "order[0].direction",
        ),
    ] {
        let answer = graph.query_with(query, json!({ "order": order })).await;
        let (message, code) = answer.error();
        assert_eq!(code, "BAD_USER_INPUT");
        assert!(message.contains(&format!("at \"{place}\"")), "{message}");
    }
}

#[tokio::test]
async fn null_for_a_whole_argument_means_that_it_is_absent() {
    let graph = TestGraph::loaded().await;
    let fields = "{ totalCount nodes { id } }";
    let absent = graph.query(&format!("{{ cities {fields} }}")).await.data();
    for argument in ["filter", "orderBy", "first", "after", "last", "before"] {
        let query = format!("{{ cities({argument}: null) {fields} }}");
        assert_eq!(graph.query(&query).await.data(), absent, "{query}");
    }
    let query = format!(
        "query($filter: CityFilter, $orderBy: [CityOrder!], $first: Int, $after: String) {{ cities(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {fields} }}"
    );
    let names = ["filter", "orderBy", "first", "after"];
    let nulls = names.map(|name| (name.to_owned(), Json::Null));
    let nulls = Json::Object(Map::from_iter(nulls));
    assert_eq!(graph.query_with(&query, nulls).await.data(), absent);
}
