//! Plans, compared with `golden/plan.csv`, and their edge cases.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};

use super::{assert_close, golden};
use crate::support::{data_set::DataSet, graph::TestGraph};

const PLAN: &str = "{ before { gini groups total capitalShare } after { gini groups total capitalShare } improves pairs { us { slug } partner { slug } giniChange score restrictions { slug effect } } }";

const DIMENSIONS: [&str; 5] = [
    "REGION",
    "STATE",
    "COUNTRY",
    "US_COMMUNITY",
    "PARTNER_COMMUNITY",
];

async fn plan(graph: &TestGraph, arguments: &str) -> Value {
    let query = format!("{{ plan({arguments}) {PLAN} }}");
    // The first request for a revision reads all places and partnerships.
    graph.query(&query).await.data();
    let response = graph.query(&query).await;
    assert!(response.statements.len() <= 5, "{:#?}", response.statements);
    response.data()["plan"].clone()
}

fn pairs(plan: &Value) -> &Vec<Value> {
    plan["pairs"].as_array().unwrap()
}

fn gini(concentration: &Value) -> f64 {
    concentration["gini"].as_f64().unwrap()
}

#[tokio::test]
async fn plans_match_the_golden_values() {
    let graph = TestGraph::loaded().await;
    let mut expected = BTreeMap::<_, Vec<_>>::new();
    for row in golden("plan.csv") {
        expected
            .entry((row["by"].clone(), row["size"].clone()))
            .or_default()
            .push(row);
    }
    for ((by, size), rows) in expected {
        let actual = plan(&graph, &format!("size: {size}, by: {by}")).await;
        assert_eq!(pairs(&actual).len(), rows.len(), "{by} {size}");
        assert_close(&actual["after"]["gini"], &rows[0]["gini_of_plan"], 8, &by);
        assert_close(&actual["before"]["gini"], &rows[0]["gini_before"], 8, &by);
        let mut before = gini(&actual["before"]);
        for (pair, row) in pairs(&actual).iter().zip(&rows) {
            let context = format!("{row:?} {pair}");
            assert_eq!(pair["us"]["slug"], row["us"].as_str(), "{context}");
            assert_eq!(
                pair["partner"]["slug"],
                row["partner"].as_str(),
                "{context}"
            );
            assert_close(&pair["score"], &row["score"], 4, &context);
            let after = before + pair["giniChange"].as_f64().unwrap();
            assert_close(&json!(before), &row["gini_before"], 8, &context);
            assert_close(&json!(after), &row["gini_after"], 8, &context);
            before = after;
        }
        let improves = gini(&actual["after"]) < gini(&actual["before"]);
        assert_eq!(actual["improves"], improves, "{by} {size}");
    }
}

#[tokio::test]
async fn plans_agree_with_concentration_and_matches() {
    let graph = TestGraph::loaded().await;
    for by in DIMENSIONS {
        let plan = plan(&graph, &format!("size: 100, by: {by}")).await;
        let query = format!("{{ concentration(by: {by}) {{ gini groups total capitalShare }} }}");
        let concentration = graph.query(&query).await.data()["concentration"].clone();
        assert_eq!(plan["before"], concentration, "{by}");
        let total = concentration["total"].as_u64().unwrap() + pairs(&plan).len() as u64;
        assert_eq!(plan["after"]["total"], total, "{by}");
        let places: HashSet<_> = pairs(&plan)
            .iter()
            .flat_map(|pair| ["us", "partner"].map(|side| pair[side]["slug"].to_string()))
            .collect();
        assert_eq!(
            places.len(),
            2 * pairs(&plan).len(),
            "{by}: one new pair for each place"
        );
        for pair in pairs(&plan) {
            let restrictions = pair["restrictions"].as_array().unwrap();
            assert!(
                restrictions.iter().all(|law| law["effect"] != "BARRED"),
                "{pair}"
            );
        }
        let pair = &pairs(&plan)[0];
        let (us, partner) = (&pair["us"]["slug"], &pair["partner"]["slug"]);
        let query = format!(
            "{{ matches(for: {us}, first: 2000) {{ nodes {{ city {{ slug }} score }} }} }}"
        );
        let matches = graph.query(&query).await.data();
        let mut nodes = matches["matches"]["nodes"].as_array().unwrap().iter();
        let same = nodes.find(|node| node["city"]["slug"] == *partner).unwrap();
        assert_eq!(same["score"], pair["score"], "{by}");
    }
}

#[tokio::test]
async fn filters_limit_both_sides() {
    let graph = TestGraph::loaded().await;
    let filters = r#"us: { state: { code: { eq: "TX" } } }, partner: { country: { code: { in: ["CN", "JP"] } } }"#;
    for by in DIMENSIONS {
        let plan = plan(&graph, &format!("size: 20, by: {by}, {filters}")).await;
        assert!(!pairs(&plan).is_empty(), "{by}");
        for pair in pairs(&plan) {
            assert!(
                pair["us"]["slug"].as_str().unwrap().starts_with("us-tx-"),
                "{pair}"
            );
            // A law of Texas rules out partnerships with China.
            assert!(
                pair["partner"]["slug"].as_str().unwrap().starts_with("jp-"),
                "{pair}"
            );
        }
    }
    let nothing = plan(
        &graph,
        r#"size: 5, us: { country: { code: { eq: "JP" } } }"#,
    )
    .await;
    assert_eq!(nothing["pairs"], json!([]));
    assert_eq!(nothing["after"], nothing["before"]);
    assert_eq!(nothing["improves"], false);
}

#[tokio::test]
async fn sizes_are_between_1_and_100() {
    let graph = TestGraph::loaded().await;
    for size in [0, -1, 101, i32::MAX] {
        let query = format!("{{ plan(size: {size}) {{ improves }} }}");
        let message = format!("size is {size}; it must be between 1 and 100");
        let expected = (message, "BAD_USER_INPUT".to_owned());
        assert_eq!(graph.query(&query).await.error(), expected);
    }
}

#[tokio::test]
async fn without_a_model_all_scores_are_0() {
    let mut data = DataSet::real();
    data.remove("match_model.csv");
    let graph = TestGraph::with_data(&data).await;
    let plan = plan(&graph, "size: 5").await;
    assert_eq!(pairs(&plan).len(), 5);
    assert!(pairs(&plan).iter().all(|pair| pair["score"] == 0.0));
    assert_eq!(plan["improves"], true);
}
