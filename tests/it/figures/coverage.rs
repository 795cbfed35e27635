//! Coverage, compared with counts from the files.

use std::collections::HashMap;

use serde_json::Value;

use super::{Partnership, Partnerships};
use crate::support::{data_set::DataSet, graph::TestGraph};

const ROWS: &str =
    "{ key { dimension value label } recorded published { slug quantity { value } } ratio note }";

/// The rows of a dimension, by its values.
async fn coverage(graph: &TestGraph, by: &str) -> HashMap<String, Value> {
    coverage_of(graph, &format!("by: {by}")).await
}

async fn coverage_of(graph: &TestGraph, arguments: &str) -> HashMap<String, Value> {
    let response = graph
        .query(&format!("{{ coverage({arguments}) {ROWS} }}"))
        .await;
    let rows = response.data()["coverage"].as_array().unwrap().clone();
    let n = rows.len();
    let by_value: HashMap<_, _> = rows
        .into_iter()
        .map(|row| {
            let value = row["key"]["value"].as_str().unwrap_or("all").to_owned();
            (value, row)
        })
        .collect();
    assert_eq!(by_value.len(), n, "one row for each group");
    assert_eq!(response.statements.len(), 2, "{:#?}", response.statements);
    by_value
}

/// The recorded count, the published count, and their ratio to nine decimals.
fn counts_and_ratio(row: &Value) -> (u64, Option<f64>, Option<f64>) {
    (
        row["recorded"].as_u64().unwrap(),
        row["published"]["quantity"]["value"].as_f64(),
        row["ratio"].as_f64().map(round_ratio),
    )
}

fn note(rows: &HashMap<String, Value>, value: &str) -> String {
    rows[value]["note"].as_str().unwrap_or_default().to_owned()
}

fn round_ratio(ratio: f64) -> f64 {
    (ratio * 1e9).round() / 1e9
}

fn has_not_ended(partnership: &Partnership) -> bool {
    partnership.status != "ENDED"
}

#[tokio::test]
async fn recorded_counts_match_the_files() {
    let graph = TestGraph::loaded().await;
    let partnerships = Partnerships::of(&DataSet::real());
    for (by, expected) in [
        (
            "TOTAL",
            partnerships.count(has_not_ended, |_| Some("all".into())),
        ),
        (
            "LEVEL",
            partnerships.count(has_not_ended, |row| Some(row.level.clone())),
        ),
        (
            "REGION",
            partnerships.count(has_not_ended, |row| row.region.clone()),
        ),
        (
            "STATE",
            partnerships.count(has_not_ended, |row| Some(row.state.clone())),
        ),
        (
            "COUNTRY",
            partnerships.count(has_not_ended, |row| Some(row.country.clone())),
        ),
    ] {
        let recorded: HashMap<_, _> = coverage(&graph, by)
            .await
            .into_iter()
            .map(|(value, row)| (value, row["recorded"].as_u64().unwrap()))
            .collect();
        assert_eq!(recorded, expected, "{by}");
    }
}

#[tokio::test]
async fn recorded_and_published_counts_are_compared() {
    let graph = TestGraph::loaded().await;
    for (by, value, published) in [
        ("TOTAL", "all", Some(1049)),
        ("LEVEL", "CITY", Some(959)),
        ("LEVEL", "COUNTY", None),
        ("LEVEL", "STATE", Some(90)),
        ("REGION", "WEST", Some(528)),
        ("REGION", "SOUTH", Some(223)),
        ("REGION", "MIDWEST", Some(207)),
        ("REGION", "NORTHEAST", Some(88)),
        ("STATE", "CA", Some(246)),
        ("STATE", "DC", Some(3)),
        ("STATE", "GU", None),
        ("STATE", "MS", Some(0)),
        ("COUNTRY", "JP", Some(444)),
        ("COUNTRY", "CN", Some(202)),
        ("COUNTRY", "KR", Some(110)),
        ("COUNTRY", "TW", Some(98)),
        ("COUNTRY", "PH", Some(67)),
        ("COUNTRY", "AU", Some(44)),
        ("COUNTRY", "IN", None),
    ] {
        let rows = coverage(&graph, by).await;
        let (recorded, actual, ratio) = counts_and_ratio(&rows[value]);
        let published = published.map(f64::from);
        let expected = published
            .filter(|published| *published > 0.0)
            .map(|published| round_ratio(recorded as f64 / published));
        assert_eq!((actual, ratio), (published, expected), "{by} {value}");
    }
}

#[tokio::test]
async fn notes_name_what_the_published_counts_leave_out() {
    let graph = TestGraph::loaded().await;
    let partnerships = Partnerships::of(&DataSet::real());
    let territories = |country: &str| {
        let counts = partnerships.count(
            |row| has_not_ended(row) && row.state == "GU",
            |row| Some(row.country.clone()),
        );
        match country {
            "" => counts.values().sum(),
            country => counts[country],
        }
    };
    let all = coverage(&graph, "TOTAL").await;
    let expected = format!(
        "{} of these belong to territories, such as Guam",
        territories("")
    );
    assert!(
        note(&all, "all").starts_with(&expected),
        "{}",
        note(&all, "all")
    );
    let levels = coverage(&graph, "LEVEL").await;
    let by_level = partnerships.count(has_not_ended, |row| Some(row.level.clone()));
    let together = by_level["CITY"] + by_level["COUNTY"];
    assert!(note(&levels, "CITY").contains(&format!(
        "{together} partnerships of cities and counties together"
    )));
    assert!(note(&levels, "COUNTY").starts_with("No count for counties is published"));
    let states = coverage(&graph, "STATE").await;
    assert!(note(&states, "GU").starts_with("A territory: not included in the published total"));
    assert_eq!(note(&states, "CA"), "");
    let countries = coverage(&graph, "COUNTRY").await;
    for country in ["JP", "PH"] {
        let n = territories(country);
        let expected = match n {
            1 => "1 of these belongs to a territory".to_owned(),
            n => format!("{n} of these belong to territories"),
        };
        assert!(
            note(&countries, country).starts_with(&expected),
            "{country}: {}",
            note(&countries, country)
        );
    }
    assert_eq!(note(&countries, "IN"), "");
}

#[tokio::test]
async fn groups_with_only_one_count_are_listed() {
    let mut data = DataSet::real();
    for row in data.rows("partnerships.csv") {
        if row["us_community_id"].starts_with("us-ms") {
            let source = row["sources"].split(';').next().unwrap();
            data.set("partnerships.csv", &row["id"], "status", "ENDED")
                .set("partnerships.csv", &row["id"], "status_sources", source);
        }
    }
    // Bhutan has no partnership. Japan has a count of 2022, so one without a year is not used.
    data.add(
        "published_statistics.csv",
        "bhutan,PARTNERSHIP_COUNT,Bhutan,3,partnerships,EXACT,0,,,BT,,,,,,asia-matters-2022",
    )
    .add(
        "published_statistics.csv",
        "japan-later,PARTNERSHIP_COUNT,Japan,450,partnerships,EXACT,0,,,JP,,,,,,asia-matters-2022",
    )
    .add(
        "published_statistics.csv",
        "counties,PARTNERSHIP_COUNT,Counties,80,partnerships,EXACT,0,,,,COUNTY,,,,,asia-matters-2022",
    )
    .add(
        "published_statistics.csv",
        "western-states,PARTNERSHIP_COUNT,West,30,partnerships,EXACT,0,WEST,,,STATE,,,,,asia-matters-2022",
    );
    let graph = TestGraph::with_data(&data).await;
    let countries = coverage(&graph, "COUNTRY").await;
    assert_eq!(
        counts_and_ratio(&countries["BT"]),
        (0, Some(3.0), Some(0.0))
    );
    assert_eq!(countries["JP"]["published"]["slug"], "japan");
    assert!(
        !countries.contains_key("TM"),
        "neither recorded nor published"
    );
    let states = coverage(&graph, "STATE").await;
    assert_eq!(counts_and_ratio(&states["MS"]), (0, Some(0.0), None));
    let levels = coverage(&graph, "LEVEL").await;
    let counties =
        Partnerships::of(&data).count(has_not_ended, |row| Some(row.level.clone()))["COUNTY"];
    assert_eq!(
        counts_and_ratio(&levels["COUNTY"]),
        (
            counties,
            Some(80.0),
            Some(round_ratio(counties as f64 / 80.0))
        )
    );
    assert!(
        !note(&levels, "CITY").contains("together"),
        "counties have a published count"
    );
    assert_eq!(levels["STATE"]["published"]["slug"], "sister-states");
    let regions = coverage(&graph, "REGION").await;
    assert_eq!(regions["WEST"]["published"]["slug"], "west");
}

/// The newest exact count of each group of a dimension until a year, from the rows of the files.
fn expected_counts(data: &DataSet, by: &str, as_of: u32) -> HashMap<String, (u32, String)> {
    let columns = [
        ("LEVEL", "level"),
        ("REGION", "region"),
        ("STATE", "state"),
        ("COUNTRY", "country"),
    ];
    let mut newest: HashMap<String, (u32, String)> = HashMap::new();
    for row in data.rows("published_statistics.csv") {
        let of_group = columns
            .iter()
            .all(|(dimension, column)| row[*column].is_empty() != (*dimension == by));
        let is_count = row["measure"] == "PARTNERSHIP_COUNT" && row["qualifier"] == "EXACT";
        let Some(year) = row["year"]
            .parse()
            .ok()
            .filter(|year| of_group && is_count && *year <= as_of)
        else {
            continue;
        };
        let column = columns.iter().find(|(dimension, _)| *dimension == by);
        let group = column
            .map_or("all", |(_, column)| row[*column].as_str())
            .to_owned();
        let count = newest
            .entry(group)
            .or_insert_with(|| (year, row["id"].clone()));
        if count.0 < year {
            *count = (year, row["id"].clone());
        }
    }
    newest
}

#[tokio::test]
async fn as_of_selects_the_newest_dated_count_of_exactly_the_group() {
    let graph = TestGraph::loaded().await;
    let data = DataSet::real();
    for by in ["TOTAL", "LEVEL", "REGION", "STATE", "COUNTRY"] {
        for as_of in [1900, 2012, 2013, 2018, 2019, 2022, 2030] {
            let rows = coverage_of(&graph, &format!("by: {by}, asOf: {as_of}")).await;
            let actual: HashMap<_, _> = rows
                .iter()
                .filter_map(|(value, row)| {
                    Some((value.clone(), row["published"]["slug"].as_str()?.to_owned()))
                })
                .collect();
            let expected = expected_counts(&data, by, as_of).into_iter();
            let expected: HashMap<_, _> =
                expected.map(|(group, (_, slug))| (group, slug)).collect();
            assert_eq!(actual, expected, "{by} {as_of}");
        }
        // Without `asOf`, the newest of all.
        let (all, latest) = (
            coverage(&graph, by).await,
            coverage_of(&graph, &format!("by: {by}, asOf: 9999")).await,
        );
        assert_eq!(all, latest);
    }
    let states = coverage_of(&graph, "by: LEVEL, asOf: 2013").await;
    assert_eq!(states["STATE"]["published"]["slug"], "state-ties-2013");
    // ASEAN and one province of South Korea have exact counts without a year, but are only parts.
    let total = coverage_of(&graph, "by: TOTAL, asOf: 2021").await;
    assert_eq!(total["all"]["published"], Value::Null);
}

#[tokio::test]
async fn without_any_year_the_first_count_is_used() {
    let mut data = DataSet::real();
    data.edit_rows("published_statistics.csv", |header, rows| {
        let year = header.iter().position(|name| name == "year").unwrap();
        rows.iter_mut().for_each(|row| row[year].clear());
    });
    let graph = TestGraph::with_data(&data).await;
    for arguments in ["by: COUNTRY", "by: COUNTRY, asOf: 2019"] {
        let rows = coverage_of(&graph, arguments).await;
        assert_eq!(rows["CN"]["published"]["slug"], "china");
    }
}
