//! The form of responses: field order, fragments, directives, and introspection.

use serde_json::{Value, json};

use crate::support::graph::TestGraph;

/// Each query with the bytes of its `data`.
const RESPONSES: [(&str, &str); 13] = [
    // Fields come in the order of the query, in whatever order they are read.
    (
        r#"{ state(code: "or") { name code region { name } kind } limits { maxDepth } b: state(code: "US-WA") { code name } }"#,
        r#"{"state":{"name":"Oregon","code":"OR","region":{"name":"WEST"},"kind":"STATE"},"limits":{"maxDepth":20},"b":{"code":"WA","name":"Washington"}}"#,
    ),
    // Fields with one response key are merged where it occurs first.
    (
        r#"{ state(code: "OR") { name } limits { maxDepth } state(code: "OR") { code region { name } } ...R }
           fragment R on Query { state(code: "OR") { region { __typename } } }"#,
        r#"{"state":{"name":"Oregon","code":"OR","region":{"name":"WEST","__typename":"Region"}},"limits":{"maxDepth":20}}"#,
    ),
    // Aliases.
    (
        r#"{ west: region(name: WEST) { a: name b: name } south: region(name: SOUTH) { name } }"#,
        r#"{"west":{"a":"WEST","b":"WEST"},"south":{"name":"SOUTH"}}"#,
    ),
    // `__typename` everywhere.
    (
        r#"{ __typename limits { __typename } partnerships(first: 1) { __typename edges { __typename node { __typename us { __typename country { __typename } } } } pageInfo { __typename } } }"#,
        r#"{"__typename":"Query","limits":{"__typename":"Limits"},"partnerships":{"__typename":"PartnershipConnection","edges":[{"__typename":"PartnershipEdge","node":{"__typename":"Partnership","us":{"__typename":"State","country":{"__typename":"Country"}}}}],"pageInfo":{"__typename":"PageInfo"}}}"#,
    ),
    // Nested fragments on interfaces and objects.
    (
        r#"{ partnership(slug: "or--cn-fujian") { us { ...C } partner { ...C ... on Province { kind } ... on City { isCapital } } } }
           fragment C on Community { slug ... on State { code } ... on Node { __typename } }"#,
        r#"{"partnership":{"us":{"slug":"us-or","code":"OR","__typename":"State"},"partner":{"slug":"cn-fujian","__typename":"Province","kind":"PROVINCE"}}}"#,
    ),
    // A fragment on another type adds nothing.
    (
        r#"{ node(id: "UmVnaW9uOldFU1Q") { id ... on Region { name } ... on City { slug } ... on Community { displayName: name } } }"#,
        r#"{"node":{"id":"UmVnaW9uOldFU1Q","name":"WEST"}}"#,
    ),
    // Directives on fields, inline fragments, and fragment spreads.
    (
        r#"{ limits { maxDepth @skip(if: true) maxAliases @include(if: true) ... @include(if: false) { maxPageSize } ...S @skip(if: false) } }
           fragment S on Limits { defaultPageSize }"#,
        r#"{"limits":{"maxAliases":200,"defaultPageSize":20}}"#,
    ),
    // A field that is skipped once and selected once.
    (
        r#"{ limits { maxDepth @skip(if: true) maxAliases maxDepth } }"#,
        r#"{"limits":{"maxAliases":200,"maxDepth":20}}"#,
    ),
    // Lookups that find nothing.
    (
        r#"{ state(code: "XX") { name } country(code: "XXX") { name } city(slug: "") { name } node(id: "Q2l0eTp4") { id } nodes(ids: []) { id } }"#,
        r#"{"state":null,"country":null,"city":null,"node":null,"nodes":[]}"#,
    ),
    // Introspection fields keep their position among the others.
    (
        r#"{ limits { maxDepth } __type(name: "Limits") { name kind } __schema { queryType { name } } region(name: WEST) { name } }"#,
        r#"{"limits":{"maxDepth":20},"__type":{"name":"Limits","kind":"OBJECT"},"__schema":{"queryType":{"name":"Query"}},"region":{"name":"WEST"}}"#,
    ),
    // Introspection fields in several fragments.
    (
        r#"{ ...A __schema { queryType { name } } ... { t: __type(name: "Nothing") { name } } } fragment A on Query { __schema { mutationType { name } } }"#,
        r#"{"__schema":{"mutationType":null,"queryType":{"name":"Query"}},"t":null}"#,
    ),
    // `isOneOf` is null for types other than input objects.
    (
        r#"{ __type(name: "CityFilter") { isOneOf ...K } c: __type(name: "City") { one: isOneOf ...K } } fragment K on __Type { isOneOf kind }"#,
        r#"{"__type":{"isOneOf":false,"kind":"INPUT_OBJECT"},"c":{"one":null,"isOneOf":null,"kind":"OBJECT"}}"#,
    ),
    // Repeated ids, in the order of the argument.
    (
        r#"{ nodes(ids: ["UmVnaW9uOldFU1Q", "Q2l0eTpqcC1uYWdveWE", "UmVnaW9uOldFU1Q"]) { __typename ... on City { slug } } }"#,
        r#"{"nodes":[{"__typename":"Region"},{"__typename":"City","slug":"jp-nagoya"},{"__typename":"Region"}]}"#,
    ),
];

#[tokio::test]
async fn responses_match_byte_for_byte() {
    let graph = TestGraph::loaded().await;
    for (query, data) in RESPONSES {
        let first = graph.query(query).await;
        assert_eq!(first.text, format!("{{\"data\":{data}}}"), "{query}");
        assert_eq!(first.content_type, "application/json; charset=utf-8");
        assert_eq!(graph.query(query).await.text, first.text, "{query}");
    }
}

#[tokio::test]
async fn variables_control_the_selection() {
    let graph = TestGraph::loaded().await;
    let query = "query($code: String!, $n: Int = 2, $with: Boolean!, $without: Boolean! = false) {
        state(code: $code) { name @skip(if: $without) cities(first: $n) @include(if: $with) { nodes { slug } } }
    }";
    for (variables, data) in [
        (
            json!({ "code": "DC", "with": true }),
            json!({ "state": { "name": "District of Columbia", "cities": { "nodes": [{ "slug": "us-dc-washington" }] } } }),
        ),
        (
            json!({ "code": "DC", "with": true, "n": 0, "without": true }),
            json!({ "state": { "cities": { "nodes": [] } } }),
        ),
        (
            json!({ "code": "dc", "with": false }),
            json!({ "state": { "name": "District of Columbia" } }),
        ),
    ] {
        let response = graph.query_with(query, variables.clone()).await;
        assert_eq!(response.data(), data, "{variables}");
    }
    // A single value is coerced to a list, and null is the same as an omitted argument.
    let query = "query($ids: [ID!]!, $n: Int) { nodes(ids: $ids) { id } states(first: $n) { nodes { id } } }";
    let variables = json!({ "ids": "UmVnaW9uOldFU1Q", "n": null });
    let data = graph.query_with(query, variables).await.data();
    assert_eq!(data["nodes"], json!([{ "id": "UmVnaW9uOldFU1Q" }]));
    assert_eq!(data["states"]["nodes"].as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn introspection_and_data_share_variables_and_fragments() {
    let graph = TestGraph::loaded().await;
    let query = r#"query($code: String!, $type: String!, $yes: Boolean = true) {
        state(code: $code) { ...S }
        ...I @include(if: $yes)
        __type(name: $type) { ...T }
    }
    fragment S on State { name }
    fragment I on Query { __schema { queryType { ...T } } }
    fragment T on __Type { name }"#;
    let variables = |yes: bool| json!({ "code": "OR", "type": "State", "yes": yes });
    assert_eq!(
        graph.query_with(query, variables(true)).await.text,
        r#"{"data":{"state":{"name":"Oregon"},"__schema":{"queryType":{"name":"Query"}},"__type":{"name":"State"}}}"#
    );
    assert_eq!(
        graph.query_with(query, variables(false)).await.text,
        r#"{"data":{"state":{"name":"Oregon"},"__type":{"name":"State"}}}"#
    );
}

#[tokio::test]
async fn introspection_does_not_use_the_database() {
    let graph = TestGraph::loaded().await;
    let query = "{ __schema { types { name kind description fields(includeDeprecated: true) { name args { name defaultValue type { ...T } } type { ...T } }
        enumValues { name } interfaces { name } possibleTypes { name } inputFields { name } } directives { name } } }
        fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";
    let response = graph.query(query).await;
    let data = response.data();
    assert_eq!(response.statements, Vec::<String>::new());
    let types = data["__schema"]["types"].as_array().unwrap();
    let named = |name: &str| -> &Value { types.iter().find(|ty| ty["name"] == name).unwrap() };
    let names = |items: &Value| -> Vec<String> {
        items
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let mut possible = names(&named("Community")["possibleTypes"]);
    possible.sort_unstable();
    assert_eq!(possible, ["City", "Province", "State"]);
    assert_eq!(
        names(&named("RegionName")["enumValues"]),
        ["WEST", "MIDWEST", "SOUTH", "NORTHEAST"]
    );
    assert_eq!(named("Query")["kind"], "OBJECT");
}
