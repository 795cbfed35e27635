//! What the random questions found, each as a case of its own.

use serde_json::{Value as Json, json};

use super::site::Site;

/// The slugs that a list of cities answers.
fn cities(site: &Site, filter: Json) -> Vec<String> {
    let query =
        "query($filter: CityFilter) { cities(filter: $filter, first: 2000) { nodes { slug } } }";
    let answer = site.ask(query, &json!({ "filter": filter })).unwrap();
    let nodes = answer["cities"]["nodes"].as_array().unwrap();
    nodes
        .iter()
        .map(|node| node["slug"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_antimeridian_is_the_edge_of_a_box_on_both_sides() {
    let site = Site::new();
    let within = |south, west, north, east| json!({ "within": { "south": south, "west": west, "north": north, "east": east } });
    for (west, east) in [
        (179.9, 180.0),
        (-180.0, -179.9),
        (180.0, 180.0),
        (-180.0, -180.0),
        (179.9, -179.9),
        (180.0, -180.0),
    ] {
        let found = cities(&site, within(-50.0, west, 0.0, east));
        assert_eq!(found, ["nz-date-line", "ws-date-line"], "{west} to {east}");
    }
    assert!(cities(&site, within(-50.0, 179.9, 0.0, 179.99)).is_empty());
}

#[test]
fn a_pole_lies_on_every_meridian() {
    let site = Site::new();
    let at = |south, north| json!({ "within": { "south": south, "west": 10.0, "north": north, "east": 11.0 } });
    assert_eq!(cities(&site, at(89.0, 90.0)), ["us-ak-north-pole"]);
    assert_eq!(cities(&site, at(-90.0, -89.0)), ["au-south-pole"]);
    assert!(cities(&site, at(89.0, 89.9)).is_empty());
}

/// PostgreSQL prepares a text once for the types of its values: two conditions that read alike must
/// have values of the same types.
#[test]
fn what_is_never_true_is_one_statement_whatever_asks_for_it() {
    let site = Site::new();
    let never = || json!({ "partnershipCount": { "isNull": true } });
    assert!(cities(&site, never()).is_empty());
    assert!(cities(&site, json!({ "kind": [] })).is_empty());
    assert!(cities(&site, never()).is_empty());
    let always = json!({ "partnershipCount": { "isNull": false } });
    assert_eq!(cities(&site, always), cities(&site, json!({})));
    let not_always = json!({ "not": { "partnershipCount": { "isNull": false } } });
    assert!(cities(&site, not_always).is_empty());
}
