//! Comparisons, compared with `golden/compare.csv` and `golden/holds_from.csv` and over other data.

use serde_json::{Value, json};

use super::{assert_close, golden};
use crate::support::{data_set::DataSet, graph::TestGraph};

const COMPARISON: &str = "{ comparable reasons difference { value unit qualifier low high } tests { kind assumption holds zLow zHigh baseA { low high } baseB { low high } holdsFrom designEffectLimit } }";

async fn compare(graph: &TestGraph, a: &str, b: &str) -> Value {
    let query = format!("{{ compare(a: \"{a}\", b: \"{b}\") {COMPARISON} }}");
    let response = graph.query(&query).await;
    assert!(response.statements.len() <= 5, "{:#?}", response.statements);
    response.data()["compare"].clone()
}

async fn compare_in(data: &DataSet, a: &str, b: &str) -> Value {
    compare(&TestGraph::with_data(data).await, a, b).await
}

/// The test under an assumption.
fn test_assuming<'a>(comparison: &'a Value, assumption: &str) -> &'a Value {
    let mut tests = comparison["tests"].as_array().unwrap().iter();
    tests
        .find(|test| test["assumption"].as_str().unwrap_or("") == assumption)
        .unwrap_or_else(|| panic!("{assumption}: {comparison}"))
}

fn reasons(comparison: &Value) -> String {
    let reasons = comparison["reasons"].as_array().unwrap().iter();
    let reasons: Vec<_> = reasons.map(|reason| reason.as_str().unwrap()).collect();
    reasons.join(" ")
}

#[tokio::test]
async fn comparisons_match_the_golden_values() {
    let graph = TestGraph::loaded().await;
    for expected in golden("compare.csv") {
        let actual = compare(&graph, &expected["a"], &expected["b"]).await;
        let context = format!("{expected:?} {actual}");
        let comparable = expected["comparable"] == "true";
        assert_eq!(actual["comparable"], comparable, "{context}");
        assert_eq!(reasons(&actual), expected["reasons"], "{context}");
        assert_eq!(actual["difference"].is_object(), comparable, "{context}");
        if expected["test"].is_empty() {
            assert_eq!(actual["tests"], json!([]), "{context}");
            continue;
        }
        let test = test_assuming(&actual, &expected["assumption"]);
        assert_eq!(test["kind"], expected["test"].as_str(), "{context}");
        assert_eq!(test["holds"], expected["holds"].as_str(), "{context}");
        assert_close(&test["zLow"], &expected["z_low"], 4, &context);
        assert_close(&test["zHigh"], &expected["z_high"], 4, &context);
        assert_close(
            &test["designEffectLimit"],
            &expected["design_effect_limit"],
            4,
            &context,
        );
    }
}

#[tokio::test]
async fn differences_hold_from_the_golden_sizes() {
    let graph = TestGraph::loaded().await;
    for expected in golden("holds_from.csv") {
        let assumption = match expected["assumption"].as_str() {
            "four regions" => "every respondent is in one of the four regions",
            "three sectors" => {
                "every respondent works in the public sector, in services or in goods"
            }
            _ => "",
        };
        let actual = compare(&graph, &expected["a"], &expected["b"]).await;
        let test = test_assuming(&actual, assumption);
        assert_close(
            &test["holdsFrom"],
            &expected["holds_from"],
            0,
            &format!("{expected:?}"),
        );
    }
}

#[tokio::test]
async fn invalid_and_unknown_figures() {
    let graph = TestGraph::loaded().await;
    let query = "{ compare(a: \"aware-yes\", b: \"aware-yes\") { comparable } }";
    let message = "a and b are both \"aware-yes\"; a figure cannot be compared with itself";
    let expected = (message.to_owned(), "BAD_USER_INPUT".to_owned());
    assert_eq!(graph.query(query).await.error(), expected);
    for (a, b) in [("aware-yes", "none"), ("none", "aware-yes"), ("none", "")] {
        assert_eq!(compare(&graph, a, b).await, Value::Null, "{a} {b}");
    }
}

#[tokio::test]
async fn figures_of_other_kinds_and_surveys() {
    let graph = TestGraph::loaded().await;
    for (a, b, expected) in [
        ("west", "south", "COUNTS"),
        ("japan", "china", "COUNTS BASE_NOT_STATED"),
        ("west", "west-share", "DIFFERENT_MEASURE"),
        ("japan-rank", "northeast-rank", "DIFFERENT_MEASURE"),
        ("west", "aware-yes-west", "DIFFERENT_MEASURE"),
        (
            "west",
            "republican-among-extremely-beneficial",
            "DIFFERENT_MEASURE DIRECTION_NOT_SETTLED",
        ),
        (
            "elite-china-jobs",
            "public-china-jobs",
            "DIFFERENT_SURVEY DIFFERENT_QUESTION",
        ),
        (
            "public-2024-china-jobs",
            "public-2024-china-jobs-dont-know",
            "SAME_RESPONDENTS BASE_NOT_PUBLISHED WORDING_NOT_PUBLISHED",
        ),
    ] {
        for (a, b) in [(a, b), (b, a)] {
            let comparison = compare(&graph, a, b).await;
            assert_eq!(reasons(&comparison), expected, "{a} {b}");
            // Neither counts nor surveys without a published size have tests.
            assert_eq!(comparison["tests"], json!([]), "{a} {b}");
        }
    }
    let counts = compare(&graph, "south", "west").await;
    let difference = json!({ "value": -305.0, "unit": "partnerships", "qualifier": "EXACT", "low": -305.0, "high": -305.0 });
    assert_eq!(counts["difference"], difference);
    let words = compare(
        &graph,
        "public-2024-china-jobs",
        "public-2024-china-jobs-dont-know",
    )
    .await;
    let difference = json!({ "value": -25.0, "unit": "percentage points", "qualifier": "APPROXIMATE", "low": -70.5, "high": -24.5 });
    assert_eq!(words["difference"], difference);
}

#[tokio::test]
async fn all_regions_are_compared_in_one_request() {
    let graph = TestGraph::loaded().await;
    let regions = ["west", "midwest", "south", "northeast"];
    let mut query = String::from("{");
    for (n, a) in regions.iter().enumerate() {
        for b in &regions[n + 1..] {
            let arguments = format!("a: \"aware-yes-{a}\", b: \"aware-yes-{b}\"");
            query += &format!(" {a}_{b}: compare({arguments}) {COMPARISON}");
        }
    }
    let response = graph.query(&(query + " }")).await;
    assert!(response.statements.len() <= 5, "{:#?}", response.statements);
    let data = response.data();
    let holds = |pair: &str| data[pair]["tests"][0]["holds"].as_str().unwrap().to_owned();
    for other in &regions[1..] {
        assert_eq!(holds(&format!("west_{other}")), "DEPENDS_ON_THE_BASE");
    }
    for pair in ["midwest_south", "midwest_northeast", "south_northeast"] {
        assert_eq!(holds(pair), "FOR_NO_FEASIBLE_BASE");
    }
    assert_eq!(
        data["west_midwest"]["difference"],
        json!({ "value": 21.0, "unit": "percentage points", "qualifier": "ROUNDED", "low": 20.0, "high": 22.0 })
    );
}

#[tokio::test]
async fn tests_begin_with_the_weakest_assumption() {
    let graph = TestGraph::loaded().await;
    let comparison = compare(&graph, "aware-yes-goods", "aware-yes-public").await;
    let tests = comparison["tests"].as_array().unwrap();
    let assumptions: Vec<_> = tests.iter().map(|test| &test["assumption"]).collect();
    let sectors = "every respondent works in the public sector, in services or in goods";
    assert_eq!(json!(assumptions), json!([null, sectors]));
    // Swapped and negated.
    assert_close(&tests[0]["zLow"], "1.2982", 4, "");
    assert_close(&tests[0]["zHigh"], "6.9993", 4, "");
    assert_eq!(tests[0]["holdsFrom"], 29);
    assert_eq!(tests[0]["baseB"], json!({ "low": 740, "high": 740 }));
}

#[tokio::test]
async fn other_data_have_the_tests_that_they_allow() {
    let file = "respondent_aggregates.csv";
    // No sizes of regions add up if all of them are far below the total.
    let mut data = DataSet::real();
    data.set(file, "aware-yes", "percent", "60");
    let comparison = compare_in(&data, "aware-yes-west", "aware-yes-south").await;
    let test = test_assuming(
        &comparison,
        "every respondent is in one of the four regions",
    );
    assert_eq!(test["holds"], "NOT_FEASIBLE");
    assert_eq!((&test["zLow"], &test["zHigh"]), (&json!(0.0), &json!(0.0)));
    assert_eq!(test["baseA"], json!({ "low": 0, "high": 0 }));

    // With three regions, there may be respondents elsewhere.
    let mut data = DataSet::real();
    data.remove_row(file, "aware-yes-midwest");
    let comparison = compare_in(&data, "aware-yes-west", "aware-yes-south").await;
    assert_eq!(comparison["tests"].as_array().unwrap().len(), 1);
    test_assuming(&comparison, "");

    // Without the number of all respondents, only published sizes count.
    let mut data = DataSet::real();
    data.set("surveys.csv", "states-survey-2021", "sample_size", "");
    for (figure, n) in [
        ("aware-yes", ""),
        ("aware-yes-west", "400"),
        ("aware-yes-south", "500"),
    ] {
        data.set(file, figure, "n", n);
    }
    let graph = TestGraph::with_data(&data).await;
    let comparison = compare(&graph, "aware-yes-west", "aware-yes-south").await;
    let test = test_assuming(&comparison, "");
    assert_eq!(test["baseA"], json!({ "low": 400, "high": 400 }));
    assert_eq!(test["holds"], "FOR_EVERY_FEASIBLE_BASE");
    let comparison = compare(&graph, "aware-yes-west", "aware-yes-midwest").await;
    assert_eq!(comparison["tests"], json!([]));
}
