//! Awareness gaps, compared with `golden/awareness.csv` and over other data.

use serde_json::{Value, json};

use super::{assert_close, golden};
use crate::support::{data_set::DataSet, graph::TestGraph};

const ROWS: &str = "{ key { value region { name } } aware { slug } recorded recordedPerMillion published { slug } gaps { reading gap { value low high qualifier } marginOfError { points } low high reason assumption figures { slug } } }";

async fn awareness(graph: &TestGraph, by: &str) -> Vec<Value> {
    let response = graph
        .query(&format!("{{ awareness(by: {by}) {ROWS} }}"))
        .await;
    assert!(response.statements.len() <= 5, "{:#?}", response.statements);
    response.data()["awareness"].as_array().unwrap().clone()
}

async fn awareness_of(data: &DataSet, by: &str) -> Vec<Value> {
    let graph = TestGraph::with_data(data).await;
    awareness(&graph, by).await
}

fn slugs(figures: &Value) -> String {
    let figures = figures.as_array().unwrap().iter();
    let slugs: Vec<_> = figures
        .map(|figure| figure["slug"].as_str().unwrap())
        .collect();
    slugs.join(" ")
}

fn gap<'a>(rows: &'a [Value], group: &str, reading: &str) -> &'a Value {
    let row = rows
        .iter()
        .find(|row| row["key"]["value"] == json!(group))
        .unwrap();
    let mut gaps = row["gaps"].as_array().unwrap().iter();
    gaps.find(|gap| gap["reading"] == reading).unwrap()
}

#[tokio::test]
async fn gaps_match_the_golden_values() {
    let graph = TestGraph::loaded().await;
    let golden = golden("awareness.csv");
    for by in ["TOTAL", "REGION", "EMPLOYER"] {
        let rows = awareness(&graph, by).await;
        for expected in golden.iter().filter(|row| row["dimension"] == by) {
            let group = Some(&expected["value"]).filter(|value| !value.is_empty());
            let row = rows
                .iter()
                .find(|row| row["key"]["value"] == json!(group))
                .unwrap();
            let mut gaps = row["gaps"].as_array().unwrap().iter();
            let gap = gaps
                .find(|gap| gap["reading"] == *expected["reading"])
                .unwrap();
            let context = format!("{expected:?}");
            assert_close(&gap["gap"]["value"], &expected["gap"], 4, &context);
            for bound in ["low", "high"] {
                assert_close(&gap[bound], &expected[bound], 4, &context);
                if gap["gap"] != Value::Null {
                    assert_eq!(gap["gap"][bound], gap[bound], "{context}");
                }
            }
            assert_eq!(slugs(&gap["figures"]), expected["figures"], "{context}");
            assert_eq!(
                gap["reason"].as_str().unwrap_or(""),
                expected["reason"],
                "{context}"
            );
            assert_close(&row["recorded"], &expected["recorded"], 0, &context);
            assert_close(
                &row["recordedPerMillion"],
                &expected["recorded_per_million"],
                4,
                &context,
            );
        }
    }
}

#[tokio::test]
async fn groups_and_readings_are_complete_and_in_order() {
    let graph = TestGraph::loaded().await;
    for (by, groups, published) in [
        ("TOTAL", json!([null]), json!(["total"])),
        (
            "REGION",
            json!(["MIDWEST", "NORTHEAST", "SOUTH", "WEST"]),
            json!(["midwest", "northeast", "south", "west"]),
        ),
        (
            "EMPLOYER",
            json!(["GOODS", "PUBLIC", "SERVICES"]),
            json!([null, null, null]),
        ),
    ] {
        let rows = awareness(&graph, by).await;
        let values: Vec<_> = rows.iter().map(|row| &row["key"]["value"]).collect();
        assert_eq!(json!(values), groups);
        let counts: Vec<_> = rows.iter().map(|row| &row["published"]["slug"]).collect();
        assert_eq!(json!(counts), published);
        for row in &rows {
            let gaps = row["gaps"].as_array().unwrap();
            let readings: Vec<_> = gaps.iter().map(|gap| &gap["reading"]).collect();
            let expected = [
                "ANY_RECORDED_IN_STATE",
                "ANY_PUBLISHED_IN_STATE",
                "SAYS_NONE",
                "NOT_SURE",
                "OWN_GOVERNMENT",
            ];
            assert_eq!(readings, expected);
        }
    }
}

#[tokio::test]
async fn margins_and_qualifiers_are_those_of_the_percentages() {
    let graph = TestGraph::loaded().await;
    let total = awareness(&graph, "TOTAL").await;
    let gaps = total[0]["gaps"].as_array().unwrap();
    assert_eq!(gaps[0]["marginOfError"]["points"], 2.38);
    assert_eq!(gaps[0]["gap"]["qualifier"], "ROUNDED");
    let says_none = &gaps[2];
    assert_eq!(
        says_none["gap"],
        json!({ "value": 20.0, "low": 18.0, "high": 22.0, "qualifier": "APPROXIMATE" })
    );
    assert_eq!(
        slugs(&says_none["figures"]),
        "aware-no aware-yes aware-not-sure"
    );
    assert_eq!(gaps[4]["marginOfError"], Value::Null);
    let employers = awareness(&graph, "EMPLOYER").await;
    // 196 * sqrt(0.21 * 0.79 / 740)
    assert_eq!(
        gap(&employers, "PUBLIC", "SAYS_NONE")["marginOfError"]["points"],
        2.93
    );
    assert_eq!(
        gap(&employers, "GOODS", "ANY_RECORDED_IN_STATE")["marginOfError"],
        Value::Null
    );
}

#[tokio::test]
async fn states_without_a_partnership_leave_gaps_unknown() {
    let mut data = DataSet::real();
    let delaware: Vec<_> = data
        .rows("partnerships.csv")
        .into_iter()
        .map(|row| row["id"].clone())
        .filter(|id| id.starts_with("de-") || id.starts_with("de--"))
        .collect();
    assert!(!delaware.is_empty());
    for id in &delaware {
        data.remove_partnership(id);
    }
    let rows = awareness_of(&data, "REGION").await;
    let south = gap(&rows, "SOUTH", "ANY_RECORDED_IN_STATE");
    assert_eq!(south["gap"], Value::Null);
    assert_eq!(
        south["reason"],
        "RESPONDENTS_IN_UNPAIRED_STATES_NOT_PUBLISHED"
    );
    assert_eq!((&south["low"], &south["high"]), (&json!(0.0), &json!(74.5)));
    assert_eq!(
        gap(&rows, "WEST", "ANY_RECORDED_IN_STATE")["gap"]["value"],
        54.0
    );
}

#[tokio::test]
async fn published_counts_are_found_by_what_they_count() {
    // Without "at least one in every other state", nothing is published about most states.
    let mut data = DataSet::real();
    data.remove_row("published_statistics.csv", "every-other-state");
    let rows = awareness_of(&data, "REGION").await;
    let west = gap(&rows, "WEST", "ANY_PUBLISHED_IN_STATE");
    assert_eq!(west["gap"], Value::Null);
    assert_eq!(slugs(&west["figures"]), "aware-yes-west");

    // A count of zero in the West, under any slug.
    let mut data = DataSet::real();
    data.set("published_statistics.csv", "mississippi", "state", "NV");
    data.set("published_statistics.csv", "mississippi", "id", "nevada");
    let rows = awareness_of(&data, "REGION").await;
    assert_eq!(
        gap(&rows, "SOUTH", "ANY_PUBLISHED_IN_STATE")["gap"]["value"],
        74.0
    );
    let west = gap(&rows, "WEST", "ANY_PUBLISHED_IN_STATE");
    assert_eq!(west["gap"], Value::Null);
    assert_eq!(
        slugs(&west["figures"]),
        "aware-yes-west nevada every-other-state"
    );
}

#[tokio::test]
async fn groups_without_a_percentage_have_no_row() {
    let mut data = DataSet::real();
    data.remove_row("respondent_aggregates.csv", "aware-yes-west");
    let rows = awareness_of(&data, "REGION").await;
    let values: Vec<_> = rows.iter().map(|row| &row["key"]["value"]).collect();
    assert_eq!(json!(values), json!(["MIDWEST", "NORTHEAST", "SOUTH"]));
    data.edit_rows("respondent_aggregates.csv", |_, rows| {
        rows.retain(|row| !row[0].starts_with("aware-"));
    });
    let graph = TestGraph::with_data(&data).await;
    for by in ["TOTAL", "REGION", "EMPLOYER"] {
        assert_eq!(awareness(&graph, by).await, Vec::<Value>::new());
    }
}
