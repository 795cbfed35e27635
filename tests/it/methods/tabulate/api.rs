//! The field `tabulate`: its arguments, and that its numbers and hidden cells are those of the methods.

use std::collections::HashMap;

use serde_json::{Value, json};
use sistergraph::{limits::Limits, stats::suppression::CellDisclosure};

use super::{Row, golden};
use crate::{
    history::small,
    support::{data_set::DataSet, graph::TestGraph},
};

/// A server with the synthetic respondents, or with those of `design`.
pub(super) async fn graph(file: &str) -> TestGraph {
    let mut data = small();
    data.add_respondents();
    if file == "design" {
        data.set_file("respondents.csv", include_str!("../golden/design.csv"));
    }
    TestGraph::with_data(&data).await
}

/// The table that the arguments select.
async fn table(graph: &TestGraph, arguments: &str) -> Value {
    let query = format!(
        "{{ tabulate(survey: \"states-survey-2021\", {arguments}) {{
            n isSynthetic
            rows {{ group {{ value }} n effectiveN
                cells {{ outcome {{ value }} percent standardError marginOfError low high designEffect flags }} }}
            independence {{ statistic numeratorDegreesOfFreedom denominatorDegreesOfFreedom pValue }}
        }} }}"
    );
    graph.query(&query).await.data()["tabulate"].clone()
}

/// Returns the row of a group; that of all respondents if it is null.
fn row(table: &Value, group: Value) -> &Value {
    let mut rows = table["rows"].as_array().unwrap().iter();
    rows.find(|row| row["group"]["value"] == group).unwrap()
}

fn cell<'a>(row: &'a Value, outcome: &str) -> &'a Value {
    let mut cells = row["cells"].as_array().unwrap().iter();
    cells
        .find(|cell| cell["outcome"]["value"] == outcome)
        .unwrap()
}

fn flags(cell: &Value) -> Vec<&str> {
    let flags = cell["flags"].as_array().unwrap().iter();
    flags.map(|flag| flag.as_str().unwrap()).collect()
}

#[tokio::test]
async fn invalid_arguments_are_rejected() {
    let graph = graph("respondents").await;
    for (arguments, message) in [
        (
            "outcome: REGION, by: REGION",
            "by is the same dimension as outcome, REGION; give another one",
        ),
        (
            r#"outcome: REGION, given: {dimension: REGION, value: "WEST"}"#,
            "given.dimension is the same dimension as outcome, REGION; give another one",
        ),
        (
            r#"outcome: REGION, by: PARTY, given: {dimension: PARTY, value: "OTHER"}"#,
            "given.dimension is the same dimension as by, PARTY; give another one",
        ),
        (
            "outcome: REGION, given: {dimension: PARTY}",
            "given has no value; give the value that respondents have, such as \"YES\"",
        ),
        (
            "outcome: REGION, level: 0.49",
            "level is 0.49; it must be from 0.5 to 0.999",
        ),
        (
            "outcome: REGION, level: 0.9991",
            "level is 0.9991; it must be from 0.5 to 0.999",
        ),
        (
            "outcome: CHINA_JOBS",
            "outcome is CHINA_JOBS, which the respondents' answers do not have; it must be one of REGION, EMPLOYER, PARTY, AWARENESS, BENEFIT, ASIA_MATTERS, STUDY_ABROAD",
        ),
        (
            "outcome: REGION, by: ASIA_JOBS",
            "by is ASIA_JOBS, which the respondents' answers do not have; it must be one of REGION, EMPLOYER, PARTY, AWARENESS, BENEFIT, ASIA_MATTERS, STUDY_ABROAD",
        ),
        (
            r#"outcome: REGION, given: {dimension: ASIA_JOBS, value: "YES"}"#,
            "given.dimension is ASIA_JOBS, which the respondents' answers do not have; it must be one of REGION, EMPLOYER, PARTY, AWARENESS, BENEFIT, ASIA_MATTERS, STUDY_ABROAD",
        ),
        (
            r#"outcome: REGION, given: {dimension: EMPLOYER, value: "FARMS"}"#,
            "given.value is \"FARMS\", which is not a value of EMPLOYER; it must be one of PUBLIC, SERVICES, GOODS, SERVICES_OR_GOODS, BUSINESS",
        ),
    ] {
        let query = format!("{{ tabulate(survey: \"states-survey-2021\", {arguments}) {{ n }} }}");
        let response = graph.query(&query).await;
        let expected = (message.to_owned(), "BAD_USER_INPUT".to_owned());
        assert_eq!(response.error(), expected, "{arguments}");
    }
    for (arguments, expected) in [
        (r#"survey: "none", outcome: CHINA_JOBS"#, Value::Null),
        (
            r#"survey: "public-survey-2024", outcome: REGION"#,
            Value::Null,
        ),
        (
            r#"survey: "states-survey-2021", outcome: REGION, level: 0.5"#,
            json!({ "n": 1446 }),
        ),
        (
            r#"survey: "states-survey-2021", outcome: REGION, level: 0.999"#,
            json!({ "n": 1446 }),
        ),
    ] {
        let data = graph
            .query(&format!("{{ tabulate({arguments}) {{ n }} }}"))
            .await
            .data();
        assert_eq!(data["tabulate"], expected, "{arguments}");
    }
}

/// The dimension of a column of the synthetic respondents.
fn dimension(column: &str) -> String {
    column.to_uppercase().replace("AWARE", "AWARENESS")
}

/// Compares a printed number with one of the API.
fn assert_number(actual: &Value, printed: &str, context: &Row) {
    if printed.is_empty() {
        assert_eq!(*actual, Value::Null, "{context:?}");
        return;
    }
    let (actual, expected) = (actual.as_f64().unwrap(), printed.parse::<f64>().unwrap());
    let tolerance = (1e-6 * expected.abs()).max(0.500_001e-6);
    assert!(
        (actual - expected).abs() <= tolerance,
        "{actual}: {context:?}"
    );
}

#[tokio::test]
async fn percentages_match_r() {
    let mut n_compared = 0;
    for file in ["respondents", "design"] {
        let graph = graph(file).await;
        for expected in golden("tabulate.csv") {
            let conditions: Vec<_> = expected["given"]
                .split(';')
                .filter(|one| !one.is_empty())
                .collect();
            let single_code = |condition: &str| !condition.contains('|');
            if expected["file"] != file
                || conditions.len() > 1
                || !conditions.iter().all(|one| single_code(one))
            {
                continue;
            }
            let given = conditions.first().map_or_else(String::new, |condition| {
                let (column, code) = condition.split_once('=').unwrap();
                format!(
                    ", given: {{dimension: {}, value: \"{code}\"}}",
                    dimension(column)
                )
            });
            let outcome = dimension(&expected["column"]);
            let table = table(&graph, &format!("outcome: {outcome}{given}")).await;
            let row = row(&table, Value::Null);
            assert_eq!(row["n"].to_string(), expected["n"], "{expected:?}");
            assert_number(&row["effectiveN"], &expected["kish_n"], &expected);
            let value = match expected["codes"].as_str() {
                "EXTREMELY;VERY;SOMEWHAT" => "BENEFICIAL",
                "EXTREMELY;VERY" => "VERY_OR_EXTREMELY",
                code => code,
            };
            let cell = cell(row, value);
            let flags = flags(cell);
            if flags.contains(&"SMALL_CELL") || flags.contains(&"COMPLEMENT") {
                assert_eq!(cell["percent"], Value::Null);
                continue;
            }
            assert_eq!(flags.join(" "), expected["not_reliable"], "{expected:?}");
            if flags.contains(&"BASE_TOO_SMALL") {
                assert_eq!(cell["percent"], Value::Null);
                continue;
            }
            n_compared += 1;
            for (field, column) in [
                ("percent", "percent"),
                ("standardError", "standard_error"),
                ("marginOfError", "margin"),
                ("low", "low"),
                ("high", "high"),
                ("designEffect", "design_effect"),
            ] {
                assert_number(&cell[field], &expected[column], &expected);
            }
        }
    }
    assert!(n_compared >= 18, "{n_compared}");
}

#[tokio::test]
async fn tests_of_independence_match_r() {
    for file in ["respondents", "design"] {
        let graph = graph(file).await;
        for expected in golden("independence.csv")
            .into_iter()
            .filter(|row| row["file"] == file)
        {
            let (a, b) = (
                dimension(&expected["rows"]),
                dimension(&expected["columns"]),
            );
            let table = table(&graph, &format!("outcome: {a}, by: {b}")).await;
            let is_suppressed = table["rows"].as_array().unwrap().iter().any(|row| {
                row["cells"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|cell| cell["percent"].is_null())
            });
            let test = &table["independence"];
            assert_eq!(test.is_null(), is_suppressed, "{expected:?}");
            if is_suppressed {
                continue;
            }
            for (field, column) in [
                ("statistic", "f"),
                ("numeratorDegreesOfFreedom", "numerator_df"),
                ("denominatorDegreesOfFreedom", "denominator_df"),
                ("pValue", "p"),
            ] {
                let (actual, printed) = (
                    test[field].as_f64().unwrap(),
                    expected[column].parse::<f64>().unwrap(),
                );
                assert!(
                    (actual / printed - 1.0).abs() < 1e-6,
                    "{field}: {expected:?}"
                );
            }
        }
    }
}

/// Returns the hidden cells of a table by outcome and group.
fn hidden(table: &Value) -> HashMap<(String, String), CellDisclosure> {
    let mut hidden = HashMap::new();
    for row in table["rows"].as_array().unwrap() {
        let Some(group) = row["group"]["value"].as_str() else {
            continue;
        };
        for cell in row["cells"].as_array().unwrap() {
            let disclosure = match flags(cell)[..] {
                ["SMALL_CELL"] => CellDisclosure::Small,
                ["COMPLEMENT"] => CellDisclosure::Complement,
                _ => continue,
            };
            let outcome = cell["outcome"]["value"].as_str().unwrap().to_owned();
            hidden.insert((outcome, group.to_owned()), disclosure);
        }
    }
    hidden
}

#[tokio::test]
async fn hidden_cells_do_not_depend_on_which_dimension_is_the_outcome() {
    let dimensions = [
        "REGION",
        "EMPLOYER",
        "PARTY",
        "AWARENESS",
        "BENEFIT",
        "ASIA_MATTERS",
        "STUDY_ABROAD",
    ];
    let groups = [
        "VERY_OR_EXTREMELY",
        "BENEFICIAL",
        "SERVICES_OR_GOODS",
        "BUSINESS",
    ];
    for file in ["respondents", "design"] {
        let graph = graph(file).await;
        let mut n_hidden = 0;
        for (n, a) in dimensions.iter().enumerate() {
            for b in &dimensions[..n] {
                let one = hidden(&table(&graph, &format!("outcome: {a}, by: {b}")).await);
                let other = hidden(&table(&graph, &format!("outcome: {b}, by: {a}")).await);
                // Groups of codes are outcomes only.
                let codes = |((outcome, group), disclosure): ((String, String), CellDisclosure)| {
                    (!groups.contains(&outcome.as_str())).then_some(((outcome, group), disclosure))
                };
                let one: HashMap<_, _> = one.into_iter().filter_map(codes).collect();
                let other: HashMap<_, _> = other
                    .into_iter()
                    .filter_map(codes)
                    .map(|((outcome, group), disclosure)| ((group, outcome), disclosure))
                    .collect();
                assert_eq!(one, other, "{a} and {b} of {file}");
                n_hidden += one.len();
            }
        }
        assert!(n_hidden > 10, "{n_hidden}");
    }
}

#[tokio::test]
async fn hidden_cells_match_the_reference() {
    for file in ["respondents", "design"] {
        let graph = graph(file).await;
        let mut tables = HashMap::new();
        for expected in golden("suppression.csv")
            .into_iter()
            .filter(|row| row["file"] == file)
        {
            let (a, b) = expected["dimensions"].split_once(' ').unwrap();
            let (by, outcome) = (dimension(a), dimension(b));
            let key = expected["dimensions"].clone();
            if !tables.contains_key(&key) {
                let table = table(&graph, &format!("outcome: {outcome}, by: {by}")).await;
                tables.insert(key.clone(), hidden(&table));
            }
            if [&expected["row"], &expected["column"]]
                .iter()
                .any(|name| *name == "NOT_ANSWERED")
            {
                continue;
            }
            let cell = (expected["column"].clone(), expected["row"].clone());
            let state = match tables[&key].get(&cell) {
                None => "SHOWN",
                Some(CellDisclosure::Small) => "SMALL",
                Some(_) => "COMPLEMENT",
            };
            assert_eq!(state, expected["state"], "{expected:?}");
        }
        assert!(!tables.is_empty());
    }
}

#[tokio::test]
async fn a_condition_hides_the_same_cells_as_groups() {
    let graph = graph("design").await;
    let by = table(&graph, "outcome: BENEFIT, by: PARTY").await;
    for party in ["DEMOCRAT", "REPUBLICAN", "INDEPENDENT", "OTHER"] {
        let given = format!("outcome: BENEFIT, given: {{dimension: PARTY, value: \"{party}\"}}");
        let given = table(&graph, &given).await;
        let (by, given) = (row(&by, json!(party)), row(&given, Value::Null));
        assert_eq!(
            (&by["n"], &by["cells"]),
            (&given["n"], &given["cells"]),
            "{party}"
        );
    }
}

#[tokio::test]
async fn rare_codes_count_as_not_answered() {
    let mut data = small();
    data.add_respondents()
        .edit_rows("respondents.csv", |header, rows| {
            let party = header.iter().position(|name| name == "party").unwrap();
            let mut n = 0;
            for row in rows {
                if row[party] == "OTHER" {
                    n += 1;
                    row[party] = if n <= 4 {
                        "OTHER".to_owned()
                    } else {
                        String::new()
                    };
                }
            }
        });
    let answered = data
        .rows("respondents.csv")
        .iter()
        .filter(|row| !row["party"].is_empty())
        .count();
    let graph = TestGraph::with_data(&data).await;
    let alone = table(&graph, "outcome: PARTY").await;
    assert_eq!(alone["n"], answered - 4);
    let all = row(&alone, Value::Null);
    let total: f64 = all["cells"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|cell| cell["percent"].as_f64())
        .sum();
    assert!(
        (total - 100.0).abs() < 1e-6,
        "the rare code cannot be computed from the others"
    );
    assert_eq!(flags(cell(all, "OTHER")), ["SMALL_CELL"]);
    let groups = table(&graph, "outcome: STUDY_ABROAD, by: PARTY").await;
    let names: Vec<_> = groups["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["group"]["value"])
        .collect();
    assert_eq!(
        names,
        [
            &Value::Null,
            &json!("DEMOCRAT"),
            &json!("REPUBLICAN"),
            &json!("INDEPENDENT")
        ]
    );
    let given = table(
        &graph,
        "outcome: STUDY_ABROAD, given: {dimension: PARTY, value: \"OTHER\"}",
    )
    .await;
    assert_eq!((&given["n"], &given["rows"]), (&json!(0), &json!([])));
}

#[tokio::test]
async fn tables_of_three_dimensions_need_large_cells() {
    let graph = graph("respondents").await;
    let all_hidden = |table: &Value| {
        table["rows"].as_array().unwrap().iter().all(|row| {
            row["cells"]
                .as_array()
                .unwrap()
                .iter()
                .all(|cell| flags(cell) == ["COMPLEMENT"])
        })
    };
    let large = table(
        &graph,
        "outcome: AWARENESS, by: EMPLOYER, given: {dimension: REGION, value: \"WEST\"}",
    )
    .await;
    assert!(!all_hidden(&large));
    let small = table(
        &graph,
        "outcome: PARTY, by: EMPLOYER, given: {dimension: REGION, value: \"WEST\"}",
    )
    .await;
    assert!(all_hidden(&small));
    assert_eq!(small["independence"], Value::Null);
    // Only those who know of a partnership were asked, so the condition is no third dimension.
    let asked = table(
        &graph,
        "outcome: BENEFIT, by: EMPLOYER, given: {dimension: AWARENESS, value: \"YES\"}",
    )
    .await;
    let plain = table(&graph, "outcome: BENEFIT, by: EMPLOYER").await;
    assert_eq!(asked, plain);
}

#[tokio::test]
async fn each_survey_has_respondents_of_its_own() {
    let mut data = DataSet::real();
    let mut text = "id,survey,region\n".to_owned();
    for n in 0..100 {
        let survey = if n < 60 {
            "states-survey-2021"
        } else {
            "public-survey-2024"
        };
        let region = if n % 2 == 0 { "WEST" } else { "SOUTH" };
        text += &format!("r{n},{survey},{region}\n");
    }
    let codebook = "column,role,dimension,question,code,label\nid,ID,,,,\nregion,CATEGORY,REGION,,WEST,\nregion,CATEGORY,REGION,,SOUTH,\n";
    data.set_file("codebook.csv", codebook)
        .set_file("respondents.csv", &text);
    let graph = TestGraph::with_tables(Limits::default(), &data.tables()).await;
    for (survey, n) in [("states-survey-2021", 60), ("public-survey-2024", 40)] {
        let query = format!(
            "{{ tabulate(survey: \"{survey}\", outcome: REGION) {{ n isSynthetic survey {{ slug }} }} }}"
        );
        let data = graph.query(&query).await.data();
        let expected = json!({ "n": n, "isSynthetic": true, "survey": { "slug": survey } });
        assert_eq!(data["tabulate"], expected);
    }
}
