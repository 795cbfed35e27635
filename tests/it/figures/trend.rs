//! Trends, compared with the years of the files.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{data_set::DataSet, graph::TestGraph};

const SERIES: &str = "{ label reason points { year figure { slug __typename } } }";

async fn trend(graph: &TestGraph, arguments: &str) -> Vec<Value> {
    let query = format!("{{ trend({arguments}) {SERIES} }}");
    let response = graph.query(&query).await;
    assert!(response.statements.len() <= 4, "{:#?}", response.statements);
    response.data()["trend"].as_array().unwrap().clone()
}

/// The year and the slug of each point, series by series.
fn points(series: &[Value]) -> Vec<Vec<(u64, &str)>> {
    let point = |point: &'_ Value| point["year"].as_u64().unwrap();
    let points = series
        .iter()
        .map(|series| series["points"].as_array().unwrap());
    points
        .map(|points| {
            let points = points.iter();
            points
                .map(|row| (point(row), row["figure"]["slug"].as_str().unwrap()))
                .collect()
        })
        .collect()
}

#[tokio::test]
async fn counts_of_a_country_are_kept_apart_by_level_and_base() {
    let graph = TestGraph::loaded().await;
    let series = trend(&graph, r#"measure: PARTNERSHIP_COUNT, country: "jp""#).await;
    assert_eq!(
        points(&series),
        [
            vec![(2018, "japan-cities-2018"), (2024, "japan-cities-2024")],
            vec![(2018, "japan-states-2018")],
            vec![(2022, "japan")],
        ]
    );
    let reasons: Vec<_> = series.iter().map(|series| &series["reason"]).collect();
    assert_eq!(
        reasons,
        [
            "It counts the level CITY only. Its source says what is counted.",
            "It counts the level STATE only. Its source says what is counted.",
            "It is not about one level, or its source does not say which. Its source, asia-matters-2022, does not say what exactly is counted.",
        ]
    );
    // What China's count of 2022 covers is not stated, so it does not continue that of 2019.
    let china = trend(&graph, r#"measure: PARTNERSHIP_COUNT, country: "CN""#).await;
    assert_eq!(
        points(&china),
        [
            vec![(2019, "china-all-levels-2019")],
            vec![(2019, "china-cities-2019")],
            vec![(2022, "china")],
        ]
    );
}

#[tokio::test]
async fn comparable_figures_are_one_series_without_a_reason() {
    let graph = TestGraph::loaded().await;
    let series = trend(&graph, r#"measure: STUDENT_COUNT, country: "IN""#).await;
    assert_eq!(
        points(&series),
        [[(2020, "students-india-2020"), (2021, "students-india-2021")]]
    );
    assert_eq!(series[0]["reason"], Value::Null);
    assert_eq!(
        series[0]["label"],
        "Students from India in the United States"
    );
}

#[tokio::test]
async fn percentages_are_kept_apart_by_population_and_question() {
    let mut data = DataSet::real();
    let graph = TestGraph::with_data(&data).await;
    let outcome = r#"dimension: CHINA_JOBS, value: "SOME_OR_A_LOT""#;
    let series = trend(&graph, outcome).await;
    assert_eq!(
        points(&series),
        [
            vec![(2021, "elite-china-jobs")],
            vec![(2021, "public-china-jobs")],
            vec![(2024, "public-2024-china-jobs")],
        ]
    );
    assert!(series.iter().all(|series| !series["reason"].is_null()));
    let is_percentage =
        |series: &Value| series["points"][0]["figure"]["__typename"] == "RespondentAggregate";
    assert!(series.iter().all(is_percentage));

    // With the same population and question, the general public of both years is one series.
    let population = "General public";
    for survey in ["public-survey-2021", "public-survey-2024"] {
        data.set("surveys.csv", survey, "population", population);
    }
    for question in ["public-china-jobs", "public-2024-china-jobs"] {
        data.set("questions.csv", question, "topic", "Jobs from China");
    }
    let graph = TestGraph::with_data(&data).await;
    let series = trend(&graph, outcome).await;
    assert_eq!(
        points(&series)[1],
        [
            (2021, "public-china-jobs"),
            (2024, "public-2024-china-jobs")
        ]
    );
    // A published wording that changes parts them again.
    data.set(
        "questions.csv",
        "public-2024-china-jobs",
        "wording",
        "How many jobs?",
    );
    let graph = TestGraph::with_data(&data).await;
    let series = trend(&graph, outcome).await;
    assert_eq!(series.len(), 3);
    let reason = series[2]["reason"].as_str().unwrap();
    assert!(
        reason.ends_with("The question was “How many jobs?”."),
        "{reason}"
    );
}

#[tokio::test]
async fn places_select_the_figures_about_them() {
    let graph = TestGraph::loaded().await;
    for (arguments, expected) in [
        (r#"measure: PARTNERSHIP_COUNT, state: "us-wa""#, vec![]),
        (
            r#"measure: PARTNERSHIP_COUNT, state: "wa""#,
            vec![vec![(2016, "washington-state-level")]],
        ),
        (r#"measure: PARTNERSHIP_COUNT, state: "XX""#, vec![]),
        (r#"measure: PARTNERSHIP_COUNT, country: "XX""#, vec![]),
        (
            "measure: PARTNERSHIP_COUNT, region: WEST",
            vec![vec![(2022, "west")]],
        ),
        (
            r#"dimension: AWARENESS, value: "YES", region: WEST"#,
            vec![vec![(2021, "aware-yes-west")]],
        ),
        (
            r#"dimension: AWARENESS, value: "YES", country: "CN""#,
            vec![],
        ),
        (r#"dimension: AWARENESS, value: "YES", state: "CA""#, vec![]),
        (
            r#"dimension: CHINA_TRADE_BENEFIT, value: "VERY_OR_EXTREMELY", country: "CN""#,
            vec![
                vec![(2021, "elite-china-trade-benefit")],
                vec![(2021, "public-china-trade-benefit")],
            ],
        ),
    ] {
        assert_eq!(
            points(&trend(&graph, arguments).await),
            expected,
            "{arguments}"
        );
    }
}

#[tokio::test]
async fn every_dated_number_is_in_one_series() {
    let graph = TestGraph::loaded().await;
    let rows = DataSet::real().rows("published_statistics.csv");
    let measures: BTreeSet<_> = rows.iter().map(|row| row["measure"].as_str()).collect();
    for measure in measures {
        let of_measure = rows.iter().filter(|row| row["measure"] == measure);
        let places: BTreeSet<_> = of_measure
            .clone()
            .map(|row| ["country", "state", "region"].map(|place| row[place].as_str()))
            .collect();
        for place in places {
            let [country, state, region] = place;
            let mut arguments = format!("measure: {measure}");
            for (name, value) in [("country", country), ("state", state)] {
                if !value.is_empty() {
                    arguments += &format!(", {name}: {value:?}");
                }
            }
            if !region.is_empty() {
                arguments += &format!(", region: {region}");
            }
            let series = trend(&graph, &arguments).await;
            let mut actual: Vec<_> = points(&series).into_iter().flatten().collect();
            actual.sort_unstable();
            let here = of_measure.clone().filter(|row| {
                ["country", "state", "region"].map(|column| row[column].as_str()) == place
            });
            let mut expected: Vec<(u64, &str)> = here
                .filter_map(|row| Some((row["year"].parse().ok()?, row["id"].as_str())))
                .collect();
            expected.sort_unstable();
            assert_eq!(actual, expected, "{arguments}");
            let years = points(&series);
            assert!(
                years
                    .iter()
                    .all(|points| points.is_sorted_by_key(|point| point.0))
            );
        }
    }
}

#[tokio::test]
async fn exactly_one_of_measure_and_dimension_is_required() {
    let graph = TestGraph::loaded().await;
    for (arguments, problem) in [
        ("measure: null", "neither measure nor dimension is given"),
        (r#"country: "JP""#, "neither measure nor dimension is given"),
        ("dimension: CHINA_JOBS", "dimension is given without value"),
        (r#"value: "YES""#, "value is given without dimension"),
        (
            r#"measure: RANK, dimension: CHINA_JOBS, value: "YES""#,
            "measure is given together with dimension or value",
        ),
        (
            r#"measure: RANK, value: "YES""#,
            "measure is given together with dimension or value",
        ),
    ] {
        let error = graph
            .query(&format!("{{ trend({arguments}) {SERIES} }}"))
            .await
            .error();
        let message = format!("{problem}; give either measure, or dimension and value");
        assert_eq!(error, (message, "BAD_USER_INPUT".to_owned()), "{arguments}");
    }
}
