//! Timelines of the API, compared with the loaded rows, year by year.

use serde_json::{Value, json};
use sistergraph::{entity::partnership, import::load};

use crate::support::{data_set::DataSet, graph::TestGraph, table_rows::TableRows};

/// The rows of a timeline, each counted on its own over all partnerships.
fn expected(tables: &TableRows, rows: &[&partnership::Model], period_years: i32) -> Vec<Value> {
    let years = |column: fn(&partnership::Model) -> Option<i32>| -> Vec<i32> {
        rows.iter().filter_map(|row| column(row)).collect()
    };
    let Some(first) = years(|row| row.established_year).into_iter().min() else {
        return Vec::new();
    };
    let claims = tables.claim.iter().filter_map(|claim| claim.year);
    let established = tables
        .partnership
        .iter()
        .filter_map(|row| row.established_year);
    let own_ends = years(|row| row.ended_year.filter(|_| row.established_year.is_some()));
    let last = claims.chain(established).chain(own_ends).max().unwrap();
    let mut expected = Vec::new();
    for start in (first / period_years * period_years..=last).step_by(period_years as usize) {
        let period = start..start + period_years;
        let count = |condition: &dyn Fn(&partnership::Model, i32) -> bool| {
            let dated = rows
                .iter()
                .filter_map(|row| Some((row, row.established_year?)));
            dated.filter(|(row, year)| condition(row, *year)).count()
        };
        let has_ended = |row: &partnership::Model| {
            row.status == "ENDED" && row.ended_year.is_none_or(|year| year < period.end)
        };
        let ended_in_it =
            |row: &partnership::Model| row.ended_year.is_some_and(|year| period.contains(&year));
        expected.push(json!({
            "year": start,
            "established": count(&|_, year| period.contains(&year)),
            "ended": count(&|row, _| ended_in_it(row)),
            "existing": count(&|row, year| year < period.end && !has_ended(row)),
            "unknown": rows.iter().filter(|row| row.established_year.is_none()).count(),
        }));
    }
    expected
}

const FIELDS: &str = "{ year established ended existing unknown }";

#[tokio::test]
async fn timelines_count_every_partnership() {
    let mut data = DataSet::real();
    // Established long before all others.
    data.edit_rows("partnerships.csv", |_, rows| {
        rows[0][4] = "1700".to_owned();
    });
    let tables = data.table_rows();
    let graph = TestGraph::with_data(&data).await;
    for (by, period_years) in [("", 1), ("(by: YEAR)", 1), ("(by: DECADE)", 10)] {
        let query = format!("{{ partnerships(first: 1) {{ timeline{by} {FIELDS} }} }}");
        let response = graph.query(&query).await;
        let all: Vec<_> = tables.partnership.iter().collect();
        assert_eq!(
            response.data()["partnerships"]["timeline"],
            Value::from(expected(&tables, &all, period_years)),
            "{by}"
        );
        assert_eq!(response.statements.len(), 1, "{:#?}", response.statements);
    }
}

#[tokio::test]
async fn nested_timelines_use_the_filter_of_their_list() {
    let graph = TestGraph::loaded().await;
    let tables = DataSet::real().table_rows();
    let query = format!(
        "{{ countries(first: 60) {{ nodes {{ code partnerships(first: 0, filter: {{ level: [CITY, COUNTY] }}) {{ timeline {FIELDS} }} }} }} }}"
    );
    let response = graph.query(&query).await;
    let countries = response.data()["countries"]["nodes"].clone();
    for country in countries.as_array().unwrap() {
        let rows: Vec<_> = tables
            .partnership
            .iter()
            .filter(|row| row.country_id == country["code"] && row.level != "STATE")
            .collect();
        let timeline = &country["partnerships"]["timeline"];
        assert_eq!(
            *timeline,
            Value::from(expected(&tables, &rows, 1)),
            "{}",
            country["code"]
        );
    }
    // One statement each for the countries and for all their timelines.
    assert_eq!(response.statements.len(), 2, "{:#?}", response.statements);
}

#[tokio::test]
async fn without_claims_the_latest_year_is_that_of_an_agreement() {
    let mut data = DataSet::real();
    let tables = data.remove("claims.csv").table_rows();
    let graph = TestGraph::loaded().await;
    load(graph.database().connection(), &tables, &())
        .await
        .unwrap();
    let query = format!(
        "{{ country(code: \"JP\") {{ partnerships {{ timeline(by: DECADE) {FIELDS} }} }} }}"
    );
    let data = graph.query(&query).await.data();
    let japanese = tables
        .partnership
        .iter()
        .filter(|row| row.country_id == "JP");
    let expected = expected(&tables, &japanese.collect::<Vec<_>>(), 10);
    assert!(!expected.is_empty());
    assert_eq!(
        data["country"]["partnerships"]["timeline"],
        Value::from(expected)
    );
}
