//! What an answer looks like: the order of its fields, fragments, directives, introspection.

use serde_json::{Value, json};

use crate::support::graph::TestGraph;

/// Each query with the very bytes of its answer.
const ANSWERS: [(&str, &str); 13] = [
    // In the order asked for, whatever is read when.
    (
        r#"{ state(code: "or") { name code region { name } kind } limits { maxDepth } b: state(code: "US-WA") { code name } }"#,
        r#"{"state":{"name":"Oregon","code":"OR","region":{"name":"WEST"},"kind":"STATE"},"limits":{"maxDepth":20},"b":{"code":"WA","name":"Washington"}}"#,
    ),
    // Fields of one response key are merged at its first place.
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
    // Fragments on interfaces and on objects, within each other.
    (
        r#"{ partnership(slug: "or--cn-fujian") { us { ...C } partner { ...C ... on Province { kind } ... on City { isCapital } } } }
           fragment C on Community { slug ... on State { code } ... on Node { __typename } }"#,
        r#"{"partnership":{"us":{"slug":"us-or","code":"OR","__typename":"State"},"partner":{"slug":"cn-fujian","__typename":"Province","kind":"PROVINCE"}}}"#,
    ),
    // A fragment that cannot apply adds nothing.
    (
        r#"{ node(id: "UmVnaW9uOldFU1Q") { id ... on Region { name } ... on City { slug } ... on Community { called: name } } }"#,
        r#"{"node":{"id":"UmVnaW9uOldFU1Q","name":"WEST"}}"#,
    ),
    // Directives on fields, fragments and spreads.
    (
        r#"{ limits { maxDepth @skip(if: true) maxAliases @include(if: true) ... @include(if: false) { maxPageSize } ...S @skip(if: false) } }
           fragment S on Limits { defaultPageSize }"#,
        r#"{"limits":{"maxAliases":200,"defaultPageSize":20}}"#,
    ),
    // Skipped in one place, asked for in another.
    (
        r#"{ limits { maxDepth @skip(if: true) maxAliases maxDepth } }"#,
        r#"{"limits":{"maxAliases":200,"maxDepth":20}}"#,
    ),
    // Nothing found.
    (
        r#"{ state(code: "XX") { name } country(code: "XXX") { name } city(slug: "") { name } node(id: "Q2l0eTp4") { id } nodes(ids: []) { id } }"#,
        r#"{"state":null,"country":null,"city":null,"node":null,"nodes":[]}"#,
    ),
    // Introspection among the rest, in its place.
    (
        r#"{ limits { maxDepth } __type(name: "Limits") { name kind } __schema { queryType { name } } region(name: WEST) { name } }"#,
        r#"{"limits":{"maxDepth":20},"__type":{"name":"Limits","kind":"OBJECT"},"__schema":{"queryType":{"name":"Query"}},"region":{"name":"WEST"}}"#,
    ),
    // Introspection that several places ask for.
    (
        r#"{ ...A __schema { queryType { name } } ... { t: __type(name: "Nothing") { name } } } fragment A on Query { __schema { mutationType { name } } }"#,
        r#"{"__schema":{"mutationType":null,"queryType":{"name":"Query"}},"t":null}"#,
    ),
    // Whether an input object takes one of its fields; nothing else can.
    (
        r#"{ __type(name: "CityFilter") { isOneOf ...K } c: __type(name: "City") { one: isOneOf ...K } } fragment K on __Type { isOneOf kind }"#,
        r#"{"__type":{"isOneOf":false,"kind":"INPUT_OBJECT"},"c":{"one":null,"isOneOf":null,"kind":"OBJECT"}}"#,
    ),
    // The same ids twice, and an order of their own.
    (
        r#"{ nodes(ids: ["UmVnaW9uOldFU1Q", "Q2l0eTpqcC1uYWdveWE", "UmVnaW9uOldFU1Q"]) { __typename ... on City { slug } } }"#,
        r#"{"nodes":[{"__typename":"Region"},{"__typename":"City","slug":"jp-nagoya"},{"__typename":"Region"}]}"#,
    ),
];

#[tokio::test]
async fn answers_are_as_asked_for_byte_for_byte() {
    let graph = TestGraph::loaded().await;
    for (query, data) in ANSWERS {
        let first = graph.query(query).await;
        assert_eq!(first.text, format!("{{\"data\":{data}}}"), "{query}");
        assert_eq!(first.content_type, "application/json; charset=utf-8");
        assert_eq!(graph.query(query).await.text, first.text, "{query}");
    }
}

#[tokio::test]
async fn variables_decide_what_is_asked_for() {
    let graph = TestGraph::loaded().await;
    let query = "query($code: String!, $n: Int = 2, $with: Boolean!, $without: Boolean! = false) {
        state(code: $code) { name @skip(if: $without) cities(first: $n) @include(if: $with) { nodes { slug } } }
    }";
    for (variables, data) in [
        (
            json!({ "code": "GU", "with": true }),
            json!({ "state": { "name": "Guam", "cities": { "nodes": [{ "slug": "us-gu-hagatna" }] } } }),
        ),
        (
            json!({ "code": "GU", "with": true, "n": 0, "without": true }),
            json!({ "state": { "cities": { "nodes": [] } } }),
        ),
        (
            json!({ "code": "gu", "with": false }),
            json!({ "state": { "name": "Guam" } }),
        ),
    ] {
        let response = graph.query_with(query, variables.clone()).await;
        assert_eq!(response.data(), data, "{variables}");
    }
    // A single value stands for a list of one, and null for an argument that is not given.
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
async fn the_schema_is_introspected_without_the_database() {
    let graph = TestGraph::loaded().await;
    let query = "{ __schema { types { name kind description fields(includeDeprecated: true) { name args { name defaultValue type { ...T } } type { ...T } }
        enumValues { name } interfaces { name } possibleTypes { name } inputFields { name } } directives { name } } }
        fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";
    let response = graph.query(query).await;
    let data = response.data();
    assert_eq!(response.statements, Vec::<String>::new());
    let types = data["__schema"]["types"].as_array().unwrap();
    let named = |name: &str| -> &Value { types.iter().find(|of| of["name"] == name).unwrap() };
    let names = |of: &Value| -> Vec<String> {
        of.as_array()
            .unwrap()
            .iter()
            .map(|one| one["name"].as_str().unwrap().to_owned())
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
