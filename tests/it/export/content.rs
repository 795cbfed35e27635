//! What stands in the files: what the API says.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{fetch, rows};
use crate::support::{data_set::DataSet, graph::TestGraph};

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
fn printed(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.as_f64().unwrap().to_string(),
        other => other.to_string(),
    }
}

/// Whether two cells are the same; numbers but for what a JSON parser loses in the last place.
#[track_caller]
fn assert_same(cell: &str, expected: &str, of: &str) {
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
async fn the_figures_are_what_the_api_says() {
    let graph = TestGraph::loaded().await;
    let figure = "slug quantity { value unit qualifier low high } flags note source { slug title } identities { slug verdict }";
    let query = format!(
        "{{
            respondentAggregates(first: 100) {{ totalCount nodes {{ {figure} direction base {{ description n }} marginOfError {{ points }} question {{ slug }} given {{ dimension value }} outcome {{ dimension value }} region {{ name }} }} }}
            publishedStatistics(first: 100) {{ totalCount nodes {{ {figure} measure subject level region {{ name }} state {{ slug }} country {{ code }} }} }}
        }}"
    );
    let said = graph.query(&query).await.data();
    let table = fetch(&graph, "figures.csv").await.rows();
    let mut rows = table.iter();
    for kind in ["respondentAggregates", "publishedStatistics"] {
        let nodes = said[kind]["nodes"].as_array().unwrap();
        assert_eq!(said[kind]["totalCount"], nodes.len());
        for node in nodes {
            let row = rows.next().unwrap();
            let pairs = |list: &Value, first: &str, second: &str| {
                let Some(items) = list.as_array() else {
                    return String::new();
                };
                let pairs: Vec<_> = items
                    .iter()
                    .map(|item| format!("{}={}", printed(&item[first]), printed(&item[second])))
                    .collect();
                pairs.join(";")
            };
            let flags: Vec<_> = node["flags"]
                .as_array()
                .unwrap()
                .iter()
                .map(printed)
                .collect();
            let quantity = &node["quantity"];
            for (column, value) in [
                ("slug", printed(&node["slug"])),
                ("value", printed(&quantity["value"])),
                ("unit", printed(&quantity["unit"])),
                ("qualifier", printed(&quantity["qualifier"])),
                ("low", printed(&quantity["low"])),
                ("high", printed(&quantity["high"])),
                ("flags", flags.join(";")),
                ("note", printed(&node["note"])),
                ("source", printed(&node["source"]["slug"])),
                ("source_title", printed(&node["source"]["title"])),
                ("identities", pairs(&node["identities"], "slug", "verdict")),
                ("direction", printed(&node["direction"])),
                ("base", printed(&node["base"]["description"])),
                ("base_n", printed(&node["base"]["n"])),
                ("margin_of_error", printed(&node["marginOfError"]["points"])),
                ("question", printed(&node["question"]["slug"])),
                ("given", pairs(&node["given"], "dimension", "value")),
                ("outcome", pairs(&node["outcome"], "dimension", "value")),
                ("measure", printed(&node["measure"])),
                ("subject", printed(&node["subject"])),
                ("level", printed(&node["level"])),
                ("region", printed(&node["region"]["name"])),
                ("state", printed(&node["state"]["slug"])),
                ("country", printed(&node["country"]["code"])),
            ] {
                assert_same(
                    &row[column],
                    &value,
                    &format!("{column} of {}", node["slug"]),
                );
            }
        }
    }
    assert_eq!(rows.next(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_narrowed_to_what_they_are_about() {
    let graph = TestGraph::loaded().await;
    for (query, aggregates, statistics) in [
        (
            "?region=WEST",
            "{ given: { dimension: REGION, value: \"WEST\" } }",
            "{ region: [WEST] }",
        ),
        (
            "?state=CA",
            "{ question: { in: [] } }",
            "{ state: { eq: \"CA\" } }",
        ),
        (
            "?country=japan,CHN",
            "{ question: { in: [] } }",
            "{ country: { in: [\"JP\", \"CN\"] } }",
        ),
    ] {
        let counted = graph
            .query(&format!(
                "{{ respondentAggregates(filter: {aggregates}) {{ totalCount }} publishedStatistics(filter: {statistics}) {{ totalCount }} }}"
            ))
            .await
            .data();
        let count = |of: &str| counted[of]["totalCount"].as_u64().unwrap();
        assert!(count("publishedStatistics") > 0, "{query}");
        let rows = fetch(&graph, &format!("figures.csv{query}")).await.rows();
        assert_eq!(
            rows.len() as u64,
            count("respondentAggregates") + count("publishedStatistics"),
            "{query}"
        );
    }
    let rows = fetch(&graph, "figures.csv?level=STATE").await.rows();
    assert!(!rows.is_empty());
    assert!(rows.iter().all(|row| row["level"] == "STATE"));
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

#[tokio::test(flavor = "multi_thread")]
async fn csv_opens_in_a_spreadsheet_and_runs_nothing() {
    let formulas = [
        ("us-or-portland", "=HYPERLINK(\"http://example.org\",\"x\")"),
        ("jp-sapporo", "@SUM(1,2)"),
        ("us-ca-los-angeles", "+1 415"),
        ("jp-nagoya", "-2+3+cmd|' /C calc'!A0"),
        ("us-wa-seattle", "＝1+1"),
    ];
    let mut data = DataSet::real();
    for (city, name) in formulas {
        data.set("cities.csv", city, "name", name);
    }
    data.set("published_statistics.csv", "total", "note", "=1+1, \"so\"");
    let graph = TestGraph::with_data(&data).await;
    let names: HashMap<&str, &str> = formulas.into_iter().collect();

    let json = fetch(&graph, "partnerships.json").await.json();
    let table = fetch(&graph, "partnerships.csv").await;
    let text = table.text();
    assert!(text.starts_with("\u{feff}slug,level,"));
    assert!(text.ends_with("\r\n"));
    assert_eq!(
        text.matches('\n').count(),
        text.matches("\r\n").count(),
        "every line ends alike"
    );
    let mut seen = HashSet::new();
    for (row, object) in table
        .rows()
        .iter()
        .zip(json["partnerships"].as_array().unwrap())
    {
        for side in ["us", "partner"] {
            let (slug, name) = (&row[&format!("{side}_slug")], &row[&format!("{side}_name")]);
            if let Some(formula) = names.get(slug.as_str()) {
                assert_eq!(*name, format!("'{formula}"));
                assert_eq!(
                    object[format!("{side}_name")],
                    *formula,
                    "JSON needs no quote"
                );
                seen.insert(slug.clone());
            }
        }
        assert!(row["us_longitude"].is_empty() || row["us_longitude"].parse::<f64>().is_ok());
    }
    assert_eq!(seen.len(), formulas.len());
    assert!(
        table
            .rows()
            .iter()
            .any(|row| row["us_longitude"].starts_with('-'))
    );

    let mut tables = fetch(&graph, "dataset.zip").await.files();
    tables.push(("partnerships.csv".to_owned(), table.bytes.clone()));
    tables.push((
        "figures.csv".to_owned(),
        fetch(&graph, "figures.csv").await.bytes,
    ));
    let mut n = 0;
    for (file, bytes) in tables.iter().filter(|(name, _)| name.ends_with(".csv")) {
        for row in rows(bytes) {
            for (column, cell) in row {
                let is_safe = cell.parse::<f64>().is_ok()
                    || !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝']);
                assert!(is_safe, "{column} of {file}: {cell}");
                n += usize::from(cell.starts_with("'="));
            }
        }
    }
    assert!(n >= 4, "the formulas are in the archive too");
}
