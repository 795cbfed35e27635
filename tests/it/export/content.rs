//! What stands in the files: what the API says.

use std::collections::HashSet;

use serde_json::Value;

use super::{fetch, rows};
use crate::support::graph::TestGraph;

/// Query strings, and the filters of the API that mean the same.
const NARROWED: [(&str, &str); 8] = [
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
async fn every_file_has_as_many_partnerships_as_the_api_counts() {
    let graph = TestGraph::loaded().await;
    for (query, filter) in NARROWED {
        let counted = graph
            .query(&format!(
                "{{ partnerships(filter: {filter}, first: 2000) {{ totalCount nodes {{ slug us {{ slug }} partner {{ slug }} }} }} }}"
            ))
            .await
            .data();
        let connection = &counted["partnerships"];
        let n = usize::try_from(connection["totalCount"].as_u64().unwrap()).unwrap();
        assert_eq!(n == 1252, query.is_empty());
        let nodes = connection["nodes"].as_array().unwrap();
        let slugs: Vec<&str> = nodes.iter().map(|n| n["slug"].as_str().unwrap()).collect();
        let sides: HashSet<&str> = nodes
            .iter()
            .flat_map(|node| [&node["us"]["slug"], &node["partner"]["slug"]])
            .map(|slug| slug.as_str().unwrap())
            .collect();

        let table = fetch(&graph, &format!("partnerships.csv{query}"))
            .await
            .rows();
        let of_table: Vec<&str> = table.iter().map(|row| row["slug"].as_str()).collect();
        assert_eq!(of_table, slugs, "{query}");

        let json = fetch(&graph, &format!("partnerships.json{query}"))
            .await
            .json();
        assert_eq!(json["partnerships"].as_array().unwrap().len(), n, "{query}");

        let map = fetch(&graph, &format!("partnerships.geojson{query}"))
            .await
            .json();
        let features = map["features"].as_array().unwrap();
        let of = |kind: &str| -> Vec<&str> {
            let features = features
                .iter()
                .filter(|one| one["properties"]["feature"] == kind);
            features.map(|one| one["id"].as_str().unwrap()).collect()
        };
        assert_eq!(of("partnership"), slugs, "{query}");
        assert_eq!(of("place").len(), sides.len(), "{query}");
        assert_eq!(HashSet::from_iter(of("place")), sides, "{query}");

        let archive = fetch(&graph, &format!("dataset.zip{query}")).await.files();
        let (_, partnerships) = archive
            .iter()
            .find(|(name, _)| name == "partnership.csv")
            .unwrap();
        assert_eq!(rows(partnerships).len(), n, "{query}");
    }
}

/// A cell of the API as CSV has it.
pub(super) fn printed(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.as_f64().unwrap().to_string(),
        other => other.to_string(),
    }
}

/// Whether two cells are the same; numbers but for what a JSON parser loses in the last place.
#[track_caller]
pub(super) fn assert_same(cell: &str, expected: &str, of: &str) {
    if let (Ok(cell), Ok(expected)) = (cell.parse::<f64>(), expected.parse::<f64>()) {
        assert!(
            (cell - expected).abs() <= 1e-14 * expected.abs(),
            "{of}: {cell} {expected}"
        );
    } else {
        assert_eq!(cell, expected, "{of}");
    }
}

fn joined(list: &Value, field: &str, between: &str) -> String {
    let items = list.as_array().unwrap().iter();
    let texts: Vec<_> = items
        .map(|item| printed(&item[field]))
        .filter(|text| !text.is_empty())
        .collect();
    texts.join(between)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rows_are_what_the_api_says() {
    let graph = TestGraph::loaded().await;
    let place = "slug name location { latitude longitude }";
    let query = format!(
        "{{ partnerships(first: 2000) {{ nodes {{
            slug level status establishedYear endedYear distanceKm corroborated
            us {{ {place} ... on City {{ usKind: kind }} ... on State {{ stateKind: kind }} }}
            partner {{ {place} }}
            state {{ code name region {{ name }} }} country {{ code name subregion }}
            sources {{ slug url }} statusSources {{ slug }} notes {{ kind text }}
        }} }} }}"
    );
    let said = graph.query(&query).await.data();
    let table = fetch(&graph, "partnerships.csv").await.rows();
    let objects = fetch(&graph, "partnerships.json").await.json();
    assert_eq!(objects["fields"].as_array().unwrap().len(), table[0].len());
    for (n, node) in said["partnerships"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .enumerate()
    {
        let notes: Vec<_> = node["notes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|note| format!("{}: {}", printed(&note["kind"]), printed(&note["text"])))
            .collect();
        let us = &node["us"];
        let expected = [
            ("slug", printed(&node["slug"])),
            ("level", printed(&node["level"])),
            ("status", printed(&node["status"])),
            ("established_year", printed(&node["establishedYear"])),
            ("ended_year", printed(&node["endedYear"])),
            ("distance_km", printed(&node["distanceKm"])),
            ("corroborated", printed(&node["corroborated"])),
            ("us_slug", printed(&us["slug"])),
            ("us_name", printed(&us["name"])),
            (
                "us_kind",
                printed(us.get("usKind").unwrap_or(&us["stateKind"])),
            ),
            ("us_latitude", printed(&us["location"]["latitude"])),
            ("us_longitude", printed(&us["location"]["longitude"])),
            ("partner_slug", printed(&node["partner"]["slug"])),
            ("partner_name", printed(&node["partner"]["name"])),
            (
                "partner_latitude",
                printed(&node["partner"]["location"]["latitude"]),
            ),
            (
                "partner_longitude",
                printed(&node["partner"]["location"]["longitude"]),
            ),
            ("state_code", printed(&node["state"]["code"])),
            ("state", printed(&node["state"]["name"])),
            ("region", printed(&node["state"]["region"]["name"])),
            ("country_code", printed(&node["country"]["code"])),
            ("country", printed(&node["country"]["name"])),
            ("subregion", printed(&node["country"]["subregion"])),
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
            let of = format!("{column} of {}", node["slug"]);
            assert_same(&table[n][column], &value, &of);
            let in_json = match &object[column] {
                Value::Array(items) => {
                    let between = match column {
                        "source_urls" => " ",
                        "notes" => " | ",
                        _ => ";",
                    };
                    let items: Vec<_> = items.iter().map(printed).collect();
                    items.join(between)
                }
                one => printed(one),
            };
            assert_same(&in_json, &value, &of);
        }
    }
    assert!(table.iter().any(|row| !row["province"].is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn json_says_what_it_is() {
    let graph = TestGraph::loaded().await;
    let said = graph
        .query("{ dataset { revision loadedAt } }")
        .await
        .data();
    for file in ["partnerships.json", "partnerships.geojson"] {
        let json = fetch(&graph, &format!("{file}?state=or&level=city"))
            .await
            .json();
        let dataset = &json["dataset"];
        assert_eq!(dataset["revision"], said["dataset"]["revision"]);
        assert_eq!(dataset["loadedAt"], said["dataset"]["loadedAt"]);
        assert_eq!(dataset["licence"]["name"], "CC BY-SA 4.0");
        assert!(!dataset["credits"].as_array().unwrap().is_empty());
        let citation = dataset["citation"].as_str().unwrap();
        assert!(citation.contains(said["dataset"]["revision"].as_str().unwrap()));
        assert_eq!(
            dataset["narrowedBy"],
            serde_json::json!({ "level": ["CITY"], "state": ["us-or"] })
        );
    }
}
