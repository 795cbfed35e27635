//! `GeoJSON` follows RFC 7946.

use serde_json::Value;

use super::fetch;
use crate::support::{data_set::DataSet, graph::TestGraph};

fn position(value: &Value) -> [f64; 2] {
    let axis = |n: usize| {
        let degrees = value[n].as_f64().unwrap();
        let text = value[n].to_string();
        let decimals = text
            .split_once('.')
            .map_or(0, |(_, decimals)| decimals.len());
        assert!(decimals <= 6 && !text.contains('e'), "{text}");
        degrees
    };
    assert_eq!(value.as_array().unwrap().len(), 2);
    let [longitude, latitude] = [axis(0), axis(1)];
    assert!((-180.0..=180.0).contains(&longitude) && (-90.0..=90.0).contains(&latitude));
    [longitude, latitude]
}

fn positions(value: &Value) -> Vec<[f64; 2]> {
    value.as_array().unwrap().iter().map(position).collect()
}

/// The parts of a line, which is cut where it crosses the antimeridian.
fn parts(geometry: &Value) -> Vec<Vec<[f64; 2]>> {
    let coordinates = &geometry["coordinates"];
    assert_eq!(geometry["type"], "MultiLineString");
    let parts = coordinates.as_array().unwrap().iter();
    parts.map(positions).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_connect_both_communities_and_are_cut_at_the_antimeridian() {
    let graph = TestGraph::loaded().await;
    let fetched = fetch(&graph, "partnerships.geojson").await;
    assert_eq!(fetched.header("content-type"), "application/geo+json");
    let map = fetched.json();
    assert_eq!(map["type"], "FeatureCollection");
    let table = fetch(&graph, "partnerships.csv").await.rows();
    let mut table = table.iter();
    let (mut cut, mut whole, mut points, mut unknown) = (0, 0, 0, 0);
    for feature in map["features"].as_array().unwrap() {
        assert_eq!(feature["type"], "Feature");
        let geometry = &feature["geometry"];
        if feature["properties"]["feature"] == "place" {
            if geometry.is_null() {
                unknown += 1;
            } else {
                assert_eq!(geometry["type"], "Point");
                position(&geometry["coordinates"]);
                points += 1;
            }
            continue;
        }
        let row = table.next().unwrap();
        assert_eq!(feature["id"], row["slug"]);
        assert_eq!(feature["properties"]["partner_name"], row["partner_name"]);
        let side = |side: &str| {
            let degrees = |axis: &str| row[&format!("{side}_{axis}")].parse::<f64>().ok();
            Some([degrees("longitude")?, degrees("latitude")?])
        };
        let (Some(us), Some(partner)) = (side("us"), side("partner")) else {
            assert!(geometry.is_null(), "{}", row["slug"]);
            unknown += 1;
            continue;
        };
        let parts = parts(geometry);
        let is_near =
            |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).abs() < 1e-6 && (a[1] - b[1]).abs() < 1e-6;
        assert!(is_near(parts[0][0], us), "{}", row["slug"]);
        let end = parts.last().unwrap().last().unwrap();
        assert!(is_near(*end, partner), "{}", row["slug"]);
        for part in &parts {
            assert!(part.len() >= 2);
            for pair in part.windows(2) {
                assert!((pair[0][0] - pair[1][0]).abs() <= 180.0, "{}", row["slug"]);
            }
        }
        if parts.len() == 1 {
            whole += 1;
        } else {
            cut += 1;
            assert_eq!(parts.len(), 2);
            let (end, start) = (parts[0].last().unwrap(), parts[1][0]);
            assert_eq!((end[0].abs(), end[0], end[1]), (180.0, -start[0], start[1]));
        }
    }
    assert_eq!(table.next(), None);
    // Most lines cross the Pacific.
    assert!(cut > 600 && whole > 20, "{cut} {whole}");
    assert!(points > 1_000 && unknown > 0, "{points} {unknown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_can_have_one_type_of_features() {
    let graph = TestGraph::loaded().await;
    let mut features = Vec::new();
    for feature in ["place", "partnership"] {
        let path = format!("partnerships.geojson?state=OR&feature={feature}");
        let map = fetch(&graph, &path).await.json();
        let list = map["features"].as_array().unwrap();
        assert!(!list.is_empty());
        assert!(
            list.iter()
                .all(|item| item["properties"]["feature"] == feature)
        );
        features.extend_from_slice(list);
    }
    let map = fetch(&graph, "partnerships.geojson?state=OR").await.json();
    assert_eq!(map["features"], Value::from(features));
}

#[tokio::test(flavor = "multi_thread")]
async fn features_without_a_location_have_no_geometry() {
    let mut data = DataSet::real();
    data.set("cities.csv", "jp-sapporo", "latitude", "").set(
        "cities.csv",
        "jp-sapporo",
        "longitude",
        "",
    );
    let graph = TestGraph::with_data(&data).await;
    let map = fetch(&graph, "partnerships.geojson?state=OR").await.json();
    let feature = |id: &str| {
        let features = map["features"].as_array().unwrap();
        features
            .iter()
            .find(|feature| feature["id"] == id)
            .unwrap()
            .clone()
    };
    for id in ["jp-sapporo", "or-portland--jp-sapporo"] {
        assert!(feature(id)["geometry"].is_null(), "{id}");
        assert!(feature(id).as_object().unwrap().contains_key("geometry"));
    }
    assert_eq!(feature("us-or-portland")["geometry"]["type"], "Point");
}
