//! Identities in the API. Unit tests of the audit check how they are computed.

use serde_json::{Value, json};

use crate::support::{data_set::DataSet, graph::TestGraph};

fn slugs(identities: &Value) -> Vec<String> {
    let slug = |identity: &Value| identity["slug"].as_str().unwrap().to_owned();
    identities.as_array().unwrap().iter().map(slug).collect()
}

#[tokio::test]
async fn identities_are_filtered_by_verdict() {
    let graph = TestGraph::loaded().await;
    let response = graph
        .query(
            "{
                all: reconciliation { slug verdict }
                null: reconciliation(verdict: null) { slug }
                empty: reconciliation(verdict: []) { slug }
                one: reconciliation(verdict: CONTRADICTS) { slug verdict }
                two: reconciliation(verdict: [CONTRADICTS, UNDETERMINED]) { slug }
            }",
        )
        .await;
    let data = response.data();
    assert_eq!(response.statements.len(), 1, "{:#?}", response.statements);
    assert_eq!(slugs(&data["all"]).len(), 64);
    assert_eq!(slugs(&data["null"]), slugs(&data["all"]));
    assert!(
        slugs(&data["empty"]).is_empty(),
        "an empty list matches nothing"
    );
    assert_eq!(
        slugs(&data["one"]),
        [
            "i02", "i08", "i11", "i18", "i20", "i26", "i27", "i32", "j11", "m06", "m08", "m09",
            "m12"
        ]
    );
    assert_eq!(slugs(&data["two"]).len(), 13 + 8);
}

#[tokio::test]
async fn verdicts_match_the_expected_file() {
    let graph = TestGraph::loaded().await;
    let data = graph
        .query("{ reconciliation { slug verdict } }")
        .await
        .data();
    let expected: Vec<Value> = csv::Reader::from_path("tests/it/identities_expected.csv")
        .unwrap()
        .records()
        .map(|row| {
            let row = row.unwrap();
            json!({ "slug": &row[0], "verdict": &row[5] })
        })
        .collect();
    assert_eq!(data["reconciliation"], Value::from(expected));
}

#[tokio::test]
async fn figures_and_identities_link_to_each_other() {
    let graph = TestGraph::loaded().await;
    let response = graph
        .query(
            "{
                reconciliation { slug figures { slug identities { slug } } }
                respondentAggregates(first: 100) { nodes { slug identities { slug } } }
                publishedStatistics(first: 100) { nodes { slug identities { slug } } }
            }",
        )
        .await;
    assert_eq!(response.statements.len(), 3, "{:#?}", response.statements);
    let data = response.data();
    let identities = data["reconciliation"].as_array().unwrap();
    for list in ["respondentAggregates", "publishedStatistics"] {
        for figure in data[list]["nodes"].as_array().unwrap() {
            let expected: Vec<_> = identities
                .iter()
                .filter(|identity| {
                    let figures = slugs(&identity["figures"]);
                    figures.contains(&figure["slug"].as_str().unwrap().to_owned())
                })
                .map(|identity| identity["slug"].as_str().unwrap())
                .collect();
            assert_eq!(slugs(&figure["identities"]), expected, "{}", figure["slug"]);
        }
    }
    for identity in identities {
        for figure in identity["figures"].as_array().unwrap() {
            let slug = identity["slug"].as_str().unwrap().to_owned();
            assert!(slugs(&figure["identities"]).contains(&slug), "{figure}");
        }
    }
}

#[tokio::test]
async fn identities_follow_the_loaded_figures() {
    let mut data = DataSet::real();
    data.set(
        "published_statistics.csv",
        "district-of-columbia",
        "value",
        "4",
    )
    .remove_row("published_statistics.csv", "sister-states");
    let graph = TestGraph::with_data(&data).await;
    let data = graph
        .query("{ reconciliation { slug verdict left note } }")
        .await
        .data();
    let identities = data["reconciliation"].as_array().unwrap();
    let find = |slug: &str| identities.iter().find(|identity| identity["slug"] == slug);
    assert_eq!(find("i01"), None, "one of its figures is not loaded");
    assert_eq!(
        find("i03"),
        Some(&json!({
            "slug": "i03", "verdict": "CONTRADICTS", "left": "1050",
            "note": "1 partnership too many"
        }))
    );
}
