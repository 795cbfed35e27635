//! Invalid arguments: every error message says what is wrong and what would be right.

use std::time::Duration;

use serde_json::{Value as Json, json};
use sistergraph::limits::Limits;

use crate::support::graph::TestGraph;

/// Returns the message and the code of the error for arguments that are part of the query.
async fn error_for_arguments(graph: &TestGraph, arguments: &str) -> (String, String) {
    let query = format!("{{ cities({arguments}) {{ nodes {{ slug }} }} }}");
    graph.query(&query).await.error()
}

/// Returns the message and the code of the error for a filter of cities that is sent as a variable.
async fn error_for_filter(graph: &TestGraph, filter: Json) -> (String, String) {
    let query = "query($filter: CityFilter) { cities(filter: $filter) { nodes { slug } } }";
    let answer = graph.query_with(query, json!({ "filter": filter })).await;
    answer.error()
}

fn bad_user_input(message: &str) -> (String, String) {
    (message.to_owned(), "BAD_USER_INPUT".to_owned())
}

#[tokio::test]
async fn invalid_page_arguments() {
    let graph = TestGraph::loaded().await;
    for (arguments, expected) in [
        ("first: 1, last: 1", bad_user_input("first and last are both given; use first for rows from the start of the list, or last for rows from its end")),
        ("first: -1", bad_user_input("first is -1; it must be between 0 and 2000")),
        ("last: -5", bad_user_input("last is -5; it must be between 0 and 2000")),
        ("first: 2001", ("first is 2001; a page has at most 2000 rows (limits.maxPageSize)".into(), "PAGE_TOO_LARGE".into())),
        ("last: 2147483647", ("last is 2147483647; a page has at most 2000 rows (limits.maxPageSize)".into(), "PAGE_TOO_LARGE".into())),
        ("orderBy: [{ field: SIZE }]", ("Value \"SIZE\" does not exist in \"CityOrderField\" enum. Available values: NAME, POPULATION, PARTNERSHIP_COUNT, KIND, IS_CAPITAL, STATE_CODE, PROVINCE_SLUG, COUNTRY_NAME, SLUG.".into(), "GRAPHQL_VALIDATION_FAILED".into())),
    ] {
        assert_eq!(error_for_arguments(&graph, arguments).await, expected, "{arguments}");
    }
    let nested = "{ states { nodes { cities(first: 2001) { totalCount } } } }";
    assert_eq!(graph.query(nested).await.error().1, "PAGE_TOO_LARGE");
}

#[tokio::test]
async fn invalid_cursors() {
    let graph = TestGraph::loaded().await;
    let cursor = |answer: Json, list: &str| {
        answer[list]["pageInfo"]["endCursor"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let states_cursor = "{ states(first: 1) { pageInfo { endCursor } } }";
    let states_cursor = cursor(graph.query(states_cursor).await.data(), "states");
    let name_cursor = "{ cities(first: 1, orderBy: [{ field: NAME }]) { pageInfo { endCursor } } }";
    let name_cursor = cursor(graph.query(name_cursor).await.data(), "cities");
    let population_cursor =
        "{ cities(first: 1, orderBy: [{ field: POPULATION }]) { pageInfo { endCursor } } }";
    let population_cursor = cursor(graph.query(population_cursor).await.data(), "cities");

    let wrong_list = "is a cursor of a different list or order; use a cursor that this list returned in the same order";
    let bad = |message: String| (message, "BAD_CURSOR".to_owned());
    for (arguments, expected) in [
        (
            format!("after: \"{name_cursor}\""),
            bad(format!("after {wrong_list}")),
        ),
        (
            format!("last: 3, before: \"{name_cursor}\""),
            bad(format!("before {wrong_list}")),
        ),
        (
            format!("orderBy: [{{ field: NAME, direction: DESC }}], after: \"{name_cursor}\""),
            bad(format!("after {wrong_list}")),
        ),
        (
            format!("orderBy: [{{ field: NAME }}], after: \"{population_cursor}\""),
            bad(format!("after {wrong_list}")),
        ),
        (
            format!("orderBy: [{{ field: NAME }}], after: \"{states_cursor}\""),
            bad(format!("after {wrong_list}")),
        ),
        (
            "after: \"jp-nagoya\"".to_owned(),
            bad(
                "after is \"jp-nagoya\", which is not a valid cursor; use a cursor from a response"
                    .into(),
            ),
        ),
        (
            "before: \"\"".to_owned(),
            bad("before is \"\", which is not a valid cursor; use a cursor from a response".into()),
        ),
        (
            format!(
                "orderBy: [{{ field: NAME }}], after: \"{}\"",
                &name_cursor[..name_cursor.len() - 4]
            ),
            bad(format!(
                "after is \"{}\", which is not a valid cursor; use a cursor from a response",
                &name_cursor[..name_cursor.len() - 4]
            )),
        ),
    ] {
        assert_eq!(
            error_for_arguments(&graph, &arguments).await,
            expected,
            "{arguments}"
        );
    }
    // States and cities are rows of one table and have the same default order.
    let cities_cursor = "{ cities(first: 1) { pageInfo { endCursor } } }";
    let cities_cursor = cursor(graph.query(cities_cursor).await.data(), "cities");
    for (list, cursor) in [
        ("partnerships", &states_cursor),
        ("cities", &states_cursor),
        ("states", &cities_cursor),
    ] {
        let query = format!("{{ {list}(after: \"{cursor}\") {{ nodes {{ id }} }} }}");
        assert_eq!(
            graph.query(&query).await.error(),
            bad(format!("after {wrong_list}")),
            "{list}"
        );
    }
    let nested_query = format!(
        "{{ state(code: \"CA\") {{ cities(after: \"{cities_cursor}\") {{ totalCount }} }} }}"
    );
    graph.query(&nested_query).await.data();
}

#[tokio::test]
async fn invalid_coordinates() {
    let graph = TestGraph::loaded().await;
    let near = |latitude: f64, longitude: f64, km: f64| json!({ "near": { "latitude": latitude, "longitude": longitude, "km": km } });
    let within = |south: f64, west: f64, north: f64, east: f64| json!({ "within": { "south": south, "west": west, "north": north, "east": east } });
    for (filter, message) in [
        (
            near(90.5, 0.0, 1.0),
            "near.latitude is 90.5; it must be between -90 and 90",
        ),
        (
            near(0.0, -180.1, 1.0),
            "near.longitude is -180.1; it must be between -180 and 180",
        ),
        (near(0.0, 0.0, -1.0), "near.km is -1; it must be 0 or more"),
        (
            within(-91.0, 0.0, 0.0, 0.0),
            "within.south is -91; it must be between -90 and 90",
        ),
        (
            within(0.0, 181.0, 0.0, 0.0),
            "within.west is 181; it must be between -180 and 180",
        ),
        (
            within(0.0, 0.0, 95.0, 0.0),
            "within.north is 95; it must be between -90 and 90",
        ),
        (
            within(0.0, 0.0, 0.0, 200.0),
            "within.east is 200; it must be between -180 and 180",
        ),
        (
            within(10.0, 0.0, 5.0, 0.0),
            "within.south is 10, which is greater than within.north, 5; swap the two",
        ),
    ] {
        assert_eq!(
            error_for_filter(&graph, filter).await,
            bad_user_input(message)
        );
    }
}

#[tokio::test]
async fn invalid_filter_values() {
    let graph = TestGraph::loaded().await;
    for (filter, expected) in [
        (
            json!({ "kind": ["HAMLET"] }),
            bad_user_input(
                "Variable \"$filter\" got invalid value \"HAMLET\" at \"filter.kind[0]\"; Value \"HAMLET\" does not exist in \"CityKind\" enum. Available values: CITY, TOWN, TOWNSHIP, VILLAGE, BOROUGH, MUNICIPALITY, DISTRICT, COUNTY.",
            ),
        ),
        (
            json!({ "kind": [null] }),
            bad_user_input(
                "Variable \"$filter\" got invalid value null at \"filter.kind[0]\"; Expected non-nullable type \"CityKind!\" not to be null.",
            ),
        ),
        (
            json!({ "size": 1 }),
            bad_user_input(
                "Variable \"$filter\" got invalid value {size: 1}; Field \"size\" is not defined by type \"CityFilter\". Available fields: and, or, not, slug, name, kind, state, country, isCapital, population, partnershipCount, near, within.",
            ),
        ),
        (
            json!({ "name": { "eq": 5 } }),
            bad_user_input(
                "Variable \"$filter\" got invalid value 5 at \"filter.name.eq\"; String cannot represent a non string value: 5",
            ),
        ),
        (
            json!({ "isCapital": "yes" }),
            bad_user_input(
                "Variable \"$filter\" got invalid value \"yes\" at \"filter.isCapital\"; Boolean cannot represent a non boolean value: \"yes\"",
            ),
        ),
        (
            json!({ "population": { "gt": 3_000_000_000_i64 } }),
            bad_user_input(
                "Variable \"$filter\" got invalid value 3000000000 at \"filter.population.gt\"; Int cannot represent non 32-bit signed integer value: 3000000000",
            ),
        ),
        (
            json!({ "name": { "eq": "a\0" } }),
            bad_user_input(
                "Variable \"$filter\" got invalid value \"a\\u0000\" at \"filter.name.eq\"; String cannot represent the character U+0000",
            ),
        ),
    ] {
        assert_eq!(error_for_filter(&graph, filter).await, expected);
    }
}

#[tokio::test]
async fn oversized_filters() {
    let graph = TestGraph::loaded().await;
    let and = |n: usize, one: Json| json!({ "and": vec![one; n] });
    let numbers = |n: usize| json!({ "population": { "in": vec![1; n] } });
    let mut deep = json!({ "isCapital": true });
    for _ in 0..12 {
        deep = json!({ "not": deep });
    }
    let too_many =
        "filter has more than 250 comparisons; use fewer, or replace several with one `in`";
    for (filter, message) in [
        (
            deep,
            "filter is nested more than 12 levels deep; use fewer levels",
        ),
        (and(251, json!({ "isCapital": true })), too_many),
        (and(251, json!({ "not": {} })), too_many),
        (and(251, json!({ "or": [] })), too_many),
        (
            numbers(1001),
            "a list in filter has 1001 values; at most 1000 are allowed",
        ),
        (
            and(6, numbers(1000)),
            "filter has more than 5000 values in its lists; use fewer",
        ),
        (
            json!({ "name": { "contains": "é".repeat(1001) } }),
            "contains has 1001 characters; at most 1000 are allowed",
        ),
        (
            json!({ "slug": { "startsWith": "x".repeat(60_000) } }),
            "startsWith has 60000 characters; at most 1000 are allowed",
        ),
    ] {
        assert_eq!(
            error_for_filter(&graph, filter).await,
            bad_user_input(message)
        );
    }
}

/// The databases accept the statements of the largest allowed filters.
#[tokio::test]
async fn the_largest_filters_are_answered() {
    // Speed does not matter here, and a debug build on a busy machine is slow.
    let limits = Limits {
        request_timeout: Duration::from_secs(120),
        ..Limits::default()
    };
    let graph = TestGraph::with_limits(limits).await;
    let near = json!({ "near": { "latitude": 37.77, "longitude": -122.42, "km": 60.0 } });
    let numbers = json!({ "population": { "in": vec![1; 1000] } });
    let many = |how: &str, n: usize, one: Json| json!({ how: vec![one; n] });
    let in_box =
        json!({ "within": { "south": -90.0, "west": -180.0, "north": 90.0, "east": 180.0 } });
    let largest = [
        many("and", 81, near.clone()),
        many("or", 81, near),
        many("and", 122, in_box),
        many("and", 245, json!({ "population": { "ne": 1 } })),
        many("or", 244, json!({ "population": { "ne": 1 } })),
        many(
            "and",
            60,
            json!({ "or": [{ "not": { "name": { "contains": "a" } } }] }),
        ),
        many("or", 5, numbers),
        json!({ "name": { "contains": "\u{fdfa}".repeat(1000) } }),
    ];
    // The lists of both communities are one statement, which contains the filter twice.
    let query = "query($filter: CommunityFilter) {
      partnerships(first: 4, filter: { partner: $filter }) { totalCount nodes { slug } }
      cities(first: 2, filter: { slug: { in: [\"us-or-portland\", \"jp-nagoya\"] } }) {
        nodes { partnerships(filter: { us: $filter }, first: 3) { totalCount nodes { slug } pageInfo { hasNextPage } } }
      }
    }";
    for filter in largest {
        let answer = graph.query_with(query, json!({ "filter": filter })).await;
        assert!(answer.data()["partnerships"]["totalCount"].is_u64());
    }
    let many_states = many("and", 41, json!({ "state": { "region": ["WEST"] } }));
    let query = "query($filter: CityFilter) { cities(filter: $filter) { totalCount } }";
    let answer = graph
        .query_with(query, json!({ "filter": many_states }))
        .await;
    assert!(answer.data()["cities"]["totalCount"].is_u64());
}

/// Values with U+0000, which databases cannot store, are rejected before the database is used.
#[tokio::test]
async fn null_characters_in_values() {
    let graph = TestGraph::loaded().await;
    let encoded = |text: &str| {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        URL_SAFE_NO_PAD.encode(text)
    };
    for (query, value, code) in [
        (
            "query($value: String!) { city(slug: $value) { slug } }",
            "a\0".to_owned(),
            "BAD_USER_INPUT",
        ),
        (
            "query($value: String!) { state(code: $value) { slug } }",
            "\0".to_owned(),
            "BAD_USER_INPUT",
        ),
        (
            "query($value: ID!) { node(id: $value) { id } }",
            encoded("City:jp-nagoya\0"),
            "BAD_USER_INPUT",
        ),
        (
            "query($value: String!) { cities(after: $value) { totalCount } }",
            encoded("[\"community+id\",\"a\\u0000\"]"),
            "BAD_CURSOR",
        ),
    ] {
        let answer = graph.query_with(query, json!({ "value": value })).await;
        assert_eq!(answer.error().1, code, "{query}");
    }
}
