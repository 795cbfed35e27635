//! Measures of concentration, compared with their textbook formulas over counts from the files.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::{Partnership, Partnerships};
use crate::support::{data_set::DataSet, graph::TestGraph};

const MEASURES: &str = "{ groups total hhi gini topShare top5: topShare(n: 5) capitalShare }";

fn is_close(value: &Value, expected: f64) -> bool {
    value
        .as_f64()
        .is_some_and(|value| (value - expected).abs() < 1e-9)
}

/// Half the mean absolute difference of two groups, divided by the mean.
fn gini(counts: &[f64]) -> f64 {
    let n = counts.len() as f64;
    let differences = counts
        .iter()
        .flat_map(|a| counts.iter().map(move |b| (a - b).abs()));
    differences.sum::<f64>() / (2.0 * n * counts.iter().sum::<f64>())
}

fn everything(_: &Partnership) -> bool {
    true
}

#[tokio::test]
async fn measures_match_the_files() {
    let data = DataSet::real();
    let partnerships = Partnerships::of(&data);
    let ids = |file, condition: fn(&HashMap<String, String>) -> bool| -> HashSet<String> {
        let rows = data.rows(file).into_iter().filter(condition);
        rows.map(|row| row["id"].clone()).collect()
    };
    let capitals = ids("cities.csv", |row| row["is_capital"] == "true");
    let us_communities = data
        .rows("cities.csv")
        .iter()
        .filter(|row| row["country_iso2"] == "US")
        .count()
        + data.rows("states.csv").len();
    let partner_communities = data.rows("cities.csv").len() + data.rows("states.csv").len()
        - us_communities
        + data.rows("provinces.csv").len();
    let partner_countries = data.rows("countries.csv").len() - 1;
    let graph = TestGraph::loaded().await;
    for (by, groups, counts) in [
        (
            "REGION",
            4,
            partnerships.count(everything, |row| row.region.clone()),
        ),
        (
            "STATE",
            52,
            partnerships.count(everything, |row| Some(row.state.clone())),
        ),
        (
            "COUNTRY",
            partner_countries,
            partnerships.count(everything, |row| Some(row.country.clone())),
        ),
        (
            "US_COMMUNITY",
            us_communities,
            partnerships.count(everything, |row| Some(row.us.clone())),
        ),
        (
            "PARTNER_COMMUNITY",
            partner_communities,
            partnerships.count(everything, |row| Some(row.partner.clone())),
        ),
    ] {
        let response = graph
            .query(&format!("{{ concentration(by: {by}) {MEASURES} }}"))
            .await;
        assert_eq!(response.statements.len(), 1, "{:#?}", response.statements);
        let measured = &response.data()["concentration"];
        let total: u64 = counts.values().sum();
        assert_eq!(measured["groups"], groups, "{by}");
        assert_eq!(measured["total"], total, "{by}");
        let mut all: Vec<f64> = counts.values().map(|count| *count as f64).collect();
        all.resize(groups, 0.0);
        all.sort_by(|a, b| b.total_cmp(a));
        let total = total as f64;
        let hhi = all.iter().map(|count| (count / total).powi(2)).sum();
        assert!(is_close(&measured["hhi"], hhi), "{by} {measured}");
        assert!(is_close(&measured["gini"], gini(&all)), "{by} {measured}");
        assert!(is_close(&measured["topShare"], all[0] / total), "{by}");
        let top5 = all.iter().take(5).sum::<f64>() / total;
        assert!(is_close(&measured["top5"], top5), "{by}");
        if by.ends_with("COMMUNITY") {
            let in_capitals = counts
                .iter()
                .filter(|(id, _)| capitals.contains(*id))
                .map(|(_, count)| *count as f64)
                .sum::<f64>();
            assert!(in_capitals > 0.0);
            assert!(
                is_close(&measured["capitalShare"], in_capitals / total),
                "{by}"
            );
        } else {
            assert_eq!(measured["capitalShare"], Value::Null, "{by}");
        }
    }
}

#[tokio::test]
async fn a_filter_keeps_the_groups_and_reduces_the_counts() {
    let listed = Partnerships::of(&DataSet::real()).count(
        |row| row.status == "LISTED" && row.level == "COUNTY",
        |row| Some(row.state.clone()),
    );
    let graph = TestGraph::loaded().await;
    let data = graph
        .query(&format!(
            "{{ concentration(by: STATE, filter: {{ level: COUNTY, status: LISTED }}) {MEASURES} }}"
        ))
        .await
        .data();
    let measured = &data["concentration"];
    assert_eq!(measured["groups"], 52);
    assert_eq!(measured["total"], listed.values().sum::<u64>());
    let mut all: Vec<f64> = listed.values().map(|count| *count as f64).collect();
    all.resize(52, 0.0);
    assert!(is_close(&measured["gini"], gini(&all)), "{measured}");
}

#[tokio::test]
async fn without_partnerships_the_measures_are_null() {
    let mut data = DataSet::real();
    for file in [
        "partnerships.csv",
        "partnership_notes.csv",
        "year_conflicts.csv",
        "claims.csv",
    ] {
        data.edit_rows(file, |_, rows| rows.clear());
    }
    let is_in_us = |row: &&HashMap<String, String>| !row["us_state_code"].is_empty();
    let us_communities =
        data.rows("cities.csv").iter().filter(is_in_us).count() + data.row_count("states.csv");
    let graph = TestGraph::with_data(&data).await;
    let response = graph
        .query(&format!("{{ concentration(by: US_COMMUNITY) {MEASURES} }}"))
        .await;
    assert_eq!(
        response.data()["concentration"],
        json!({
            "groups": us_communities, "total": 0, "hhi": null, "gini": null, "topShare": null, "top5": null,
            "capitalShare": null
        })
    );
}

#[tokio::test]
async fn top_share_requires_at_least_one_group() {
    let graph = TestGraph::loaded().await;
    for n in [0, -1] {
        let query = format!("{{ concentration(by: STATE) {{ topShare(n: {n}) }} }}");
        let (message, code) = graph.query(&query).await.error();
        assert_eq!(message, format!("n is {n}; it must be at least 1"));
        assert_eq!(code, "BAD_USER_INPUT");
    }
}
