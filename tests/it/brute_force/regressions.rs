//! Bugs that the random requests have found, one test for each.

use serde_json::{Value as Json, json};

use super::harness::Harness;

/// The slugs of the cities that match a filter.
fn cities(harness: &Harness, filter: Json) -> Vec<String> {
    let query =
        "query($filter: CityFilter) { cities(filter: $filter, first: 2000) { nodes { slug } } }";
    let data = harness.query(query, &json!({ "filter": filter })).unwrap();
    let nodes = data["cities"]["nodes"].as_array().unwrap();
    nodes
        .iter()
        .map(|node| node["slug"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_antimeridian_is_the_edge_of_a_box_on_both_sides() {
    let harness = Harness::new();
    let within = |south, west, north, east| json!({ "within": { "south": south, "west": west, "north": north, "east": east } });
    for (west, east) in [
        (179.9, 180.0),
        (-180.0, -179.9),
        (180.0, 180.0),
        (-180.0, -180.0),
        (179.9, -179.9),
        (180.0, -180.0),
    ] {
        let slugs = cities(&harness, within(-50.0, west, 0.0, east));
        assert_eq!(slugs, ["nz-date-line", "ws-date-line"], "{west} to {east}");
    }
    assert!(cities(&harness, within(-50.0, 179.9, 0.0, 179.99)).is_empty());
}

#[test]
fn a_pole_is_on_every_meridian() {
    let harness = Harness::new();
    let between = |south, north| json!({ "within": { "south": south, "west": 10.0, "north": north, "east": 11.0 } });
    assert_eq!(cities(&harness, between(89.0, 90.0)), ["us-ak-north-pole"]);
    assert_eq!(cities(&harness, between(-90.0, -89.0)), ["au-south-pole"]);
    assert!(cities(&harness, between(89.0, 89.9)).is_empty());
}

/// PostgreSQL prepares a statement for the types of its first values, so conditions with the same SQL
/// text must bind values of the same types.
#[test]
fn conditions_that_are_never_true_share_one_statement() {
    let harness = Harness::new();
    let never = || json!({ "partnershipCount": { "isNull": true } });
    assert!(cities(&harness, never()).is_empty());
    assert!(cities(&harness, json!({ "kind": [] })).is_empty());
    assert!(cities(&harness, never()).is_empty());
    let always = json!({ "partnershipCount": { "isNull": false } });
    assert_eq!(cities(&harness, always), cities(&harness, json!({})));
    let not_always = json!({ "not": { "partnershipCount": { "isNull": false } } });
    assert!(cities(&harness, not_always).is_empty());
}
