//! The content of the files is the same as in the API.

use std::collections::HashSet;

use serde_json::Value;

use super::{fetch, rows};
use crate::support::{data_set::DataSet, graph::TestGraph};

/// Query strings with the equivalent filters of the API.
const FILTERED: [(&str, &str); 8] = [
    ("", "{}"),
    ("?level=CITY", "{ level: [CITY] }"),
    (
        "?level=state,County&country=JP",
        "{ level: [STATE, COUNTY], country: { code: { eq: \"JP\" } } }",
    ),
    (
        "?region=WEST&region=south",
        "{ state: { region: [WEST, SOUTH] } }",
    ),
    (
        "?state=or,us-ca&state=GU",
        "{ state: { code: { in: [\"OR\", \"CA\", \"GU\"] } } }",
    ),
    (
        "?country=KOR,taiwan,south-korea",
        "{ country: { code: { in: [\"KR\", \"TW\"] } } }",
    ),
    (
        "?state=CA&region=NORTHEAST",
        "{ state: { code: { eq: \"CA\" }, region: [NORTHEAST] } }",
    ),
    ("?country=US", "{ country: { code: { eq: \"US\" } } }"),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_file_contains_the_partnerships_that_the_api_returns() {
    let graph = TestGraph::loaded().await;
    let n_partnerships = DataSet::real().row_count("partnerships.csv");
    for (query, filter) in FILTERED {
        let data = graph
            .query(&format!(
                "{{ partnerships(filter: {filter}, first: 2000) {{ totalCount nodes {{ slug us {{ slug }} partner {{ slug }} }} }} }}"
            ))
            .await
            .data();
        let connection = &data["partnerships"];
        let n = usize::try_from(connection["totalCount"].as_u64().unwrap()).unwrap();
        assert_eq!(n == n_partnerships, query.is_empty());
        let nodes = connection["nodes"].as_array().unwrap();
        let slugs: Vec<&str> = nodes.iter().map(|n| n["slug"].as_str().unwrap()).collect();
        let communities: HashSet<&str> = nodes
            .iter()
            .flat_map(|node| [&node["us"]["slug"], &node["partner"]["slug"]])
            .map(|slug| slug.as_str().unwrap())
            .collect();

        let table = fetch(&graph, &format!("partnerships.csv{query}"))
            .await
            .rows();
        let table_slugs: Vec<&str> = table.iter().map(|row| row["slug"].as_str()).collect();
        assert_eq!(table_slugs, slugs, "{query}");

        let json = fetch(&graph, &format!("partnerships.json{query}"))
            .await
            .json();
        assert_eq!(json["partnerships"].as_array().unwrap().len(), n, "{query}");

        let map = fetch(&graph, &format!("partnerships.geojson{query}"))
            .await
            .json();
        let features = map["features"].as_array().unwrap();
        let ids = |kind: &str| -> Vec<&str> {
            let features = features
                .iter()
                .filter(|feature| feature["properties"]["feature"] == kind);
            features
                .map(|feature| feature["id"].as_str().unwrap())
                .collect()
        };
        assert_eq!(ids("partnership"), slugs, "{query}");
        assert_eq!(ids("place").len(), communities.len(), "{query}");
        assert_eq!(HashSet::from_iter(ids("place")), communities, "{query}");

        let archive = fetch(&graph, &format!("dataset.zip{query}")).await.files();
        let (_, partnerships) = archive
            .iter()
            .find(|(name, _)| name == "partnership.csv")
            .unwrap();
        assert_eq!(rows(partnerships).len(), n, "{query}");
    }
}

/// A value of the API as it is written in CSV.
pub(super) fn csv_cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.as_f64().unwrap().to_string(),
        other => other.to_string(),
    }
}

/// Checks that two cells are equal. Numbers may differ in the last digit, which JSON parsers can lose.
#[track_caller]
pub(super) fn assert_same(cell: &str, expected: &str, context: &str) {
    if let (Ok(cell), Ok(expected)) = (cell.parse::<f64>(), expected.parse::<f64>()) {
        assert!(
            (cell - expected).abs() <= 1e-14 * expected.abs(),
            "{context}: {cell} {expected}"
        );
    } else {
        assert_eq!(cell, expected, "{context}");
    }
}

fn joined(list: &Value, field: &str, separator: &str) -> String {
    let items = list.as_array().unwrap().iter();
    let texts: Vec<_> = items
        .map(|item| csv_cell(&item[field]))
        .filter(|text| !text.is_empty())
        .collect();
    texts.join(separator)
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_match_the_api() {
    let graph = TestGraph::loaded().await;
    let community = "slug name location { latitude longitude }";
    let query = format!(
        "{{ partnerships(first: 2000) {{ nodes {{
            slug level status establishedYear endedYear distanceKm corroborated
            us {{ {community} ... on City {{ usKind: kind }} ... on State {{ stateKind: kind }} }}
            partner {{ {community} }}
            state {{ code name region {{ name }} }} country {{ code name subregion }}
            sources {{ slug url }} statusSources {{ slug }} notes {{ kind text }}
        }} }} }}"
    );
    let data = graph.query(&query).await.data();
    let table = fetch(&graph, "partnerships.csv").await.rows();
    let objects = fetch(&graph, "partnerships.json").await.json();
    assert_eq!(objects["fields"].as_array().unwrap().len(), table[0].len());
    for (n, node) in data["partnerships"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .enumerate()
    {
        let notes: Vec<_> = node["notes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|note| format!("{}: {}", csv_cell(&note["kind"]), csv_cell(&note["text"])))
            .collect();
        let us = &node["us"];
        let expected = [
            ("slug", csv_cell(&node["slug"])),
            ("level", csv_cell(&node["level"])),
            ("status", csv_cell(&node["status"])),
            ("established_year", csv_cell(&node["establishedYear"])),
            ("ended_year", csv_cell(&node["endedYear"])),
            ("distance_km", csv_cell(&node["distanceKm"])),
            ("corroborated", csv_cell(&node["corroborated"])),
            ("us_slug", csv_cell(&us["slug"])),
            ("us_name", csv_cell(&us["name"])),
            (
                "us_kind",
                csv_cell(us.get("usKind").unwrap_or(&us["stateKind"])),
            ),
            ("us_latitude", csv_cell(&us["location"]["latitude"])),
            ("us_longitude", csv_cell(&us["location"]["longitude"])),
            ("partner_slug", csv_cell(&node["partner"]["slug"])),
            ("partner_name", csv_cell(&node["partner"]["name"])),
            (
                "partner_latitude",
                csv_cell(&node["partner"]["location"]["latitude"]),
            ),
            (
                "partner_longitude",
                csv_cell(&node["partner"]["location"]["longitude"]),
            ),
            ("state_code", csv_cell(&node["state"]["code"])),
            ("state", csv_cell(&node["state"]["name"])),
            ("region", csv_cell(&node["state"]["region"]["name"])),
            ("country_code", csv_cell(&node["country"]["code"])),
            ("country", csv_cell(&node["country"]["name"])),
            ("subregion", csv_cell(&node["country"]["subregion"])),
            ("sources", joined(&node["sources"], "slug", ";")),
            ("source_urls", joined(&node["sources"], "url", " ")),
            (
                "status_sources",
                joined(&node["statusSources"], "slug", ";"),
            ),
            ("notes", notes.join(" | ")),
        ];
        let object = &objects["partnerships"][n];
        for (column, value) in expected {
            let context = format!("{column} of {}", node["slug"]);
            assert_same(&table[n][column], &value, &context);
            let in_json = match &object[column] {
                Value::Array(items) => {
                    let separator = match column {
                        "source_urls" => " ",
                        "notes" => " | ",
                        _ => ";",
                    };
                    let items: Vec<_> = items.iter().map(csv_cell).collect();
                    items.join(separator)
                }
                value => csv_cell(value),
            };
            assert_same(&in_json, &value, &context);
        }
    }
    assert!(table.iter().any(|row| !row["province"].is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn json_files_describe_themselves() {
    let graph = TestGraph::loaded().await;
    let data = graph
        .query("{ dataset { revision loadedAt } }")
        .await
        .data();
    for file in ["partnerships.json", "partnerships.geojson"] {
        let json = fetch(&graph, &format!("{file}?state=or&level=city"))
            .await
            .json();
        let dataset = &json["dataset"];
        assert_eq!(dataset["revision"], data["dataset"]["revision"]);
        assert_eq!(dataset["loadedAt"], data["dataset"]["loadedAt"]);
        assert_eq!(dataset["licence"]["name"], "CC BY-SA 4.0");
        assert!(!dataset["credits"].as_array().unwrap().is_empty());
        let citation = dataset["citation"].as_str().unwrap();
        assert!(citation.contains(data["dataset"]["revision"].as_str().unwrap()));
        assert_eq!(
            dataset["narrowedBy"],
            serde_json::json!({ "level": ["CITY"], "state": ["us-or"] })
        );
    }
}
