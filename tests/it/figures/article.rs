//! Every number of the article is in the API and equals its row in the files.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Row;
use crate::support::{data_set::DataSet, graph::TestGraph};

const AGGREGATES: &str = "respondentAggregates";
const STATISTICS: &str = "publishedStatistics";

/// A claim of the article, the object that a reader would query (empty for the root), the list, and
/// the slug, value, and qualifier of the figure.
type Claim = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Option<f64>,
    &'static str,
);

/// The numbers, in the order of the article.
#[rustfmt::skip]
const ARTICLE: &[Claim] = &[
    ("partnerships with Asia, in round numbers", "", STATISTICS, "total-over-1000", Some(1000.0), "MORE_THAN"),
    ("partnerships between cities", "", STATISTICS, "sister-cities", Some(959.0), "EXACT"),
    ("partnerships between states", "", STATISTICS, "sister-states", Some(90.0), "EXACT"),
    ("the only state without one", r#"state(code: "MS")"#, STATISTICS, "mississippi", Some(0.0), "EXACT"),
    ("every other state has some", "", STATISTICS, "every-other-state", Some(1.0), "AT_LEAST"),
    ("the capital district, not surveyed", r#"state(code: "DC")"#, STATISTICS, "district-of-columbia", Some(3.0), "EXACT"),
    ("Asia is first in the world", "", STATISTICS, "asia-rank-worldwide", Some(1.0), "EXACT"),
    ("Asia's share of the world", "", STATISTICS, "asia-share-worldwide", Some(33.8), "ROUNDED"),
    ("Europe is narrowly behind", "", STATISTICS, "europe-share-worldwide", Some(33.8), "LESS_THAN"),
    ("Japan leads", r#"country(code: "JP")"#, STATISTICS, "japan-rank", Some(1.0), "EXACT"),
    ("Japan's partnerships", r#"country(code: "JP")"#, STATISTICS, "japan", Some(444.0), "EXACT"),
    ("second of the top six", r#"country(code: "CN")"#, STATISTICS, "china", Some(202.0), "EXACT"),
    ("third of the top six", r#"country(code: "KR")"#, STATISTICS, "south-korea", Some(110.0), "EXACT"),
    ("fourth of the top six", r#"country(code: "TW")"#, STATISTICS, "taiwan", Some(98.0), "EXACT"),
    ("fifth of the top six", r#"country(code: "PH")"#, STATISTICS, "philippines", Some(67.0), "EXACT"),
    ("last of the top six", r#"country(code: "AU")"#, STATISTICS, "australia", Some(44.0), "EXACT"),
    ("elites who know of one", "", AGGREGATES, "aware-yes", Some(31.0), "ROUNDED"),
    ("size of the sample, in every caption", "", STATISTICS, "respondents", Some(1446.0), "EXACT"),
    ("yes in the West", "region(name: WEST)", AGGREGATES, "aware-yes-west", Some(46.0), "ROUNDED"),
    ("yes in the Northeast, a distant second", "region(name: NORTHEAST)", AGGREGATES, "aware-yes-northeast", Some(28.0), "ROUNDED"),
    ("yes in the South", "region(name: SOUTH)", AGGREGATES, "aware-yes-south", Some(26.0), "ROUNDED"),
    ("yes in the Midwest", "region(name: MIDWEST)", AGGREGATES, "aware-yes-midwest", Some(25.0), "ROUNDED"),
    ("the West's share", "region(name: WEST)", STATISTICS, "west-share", Some(50.0), "MORE_THAN"),
    ("the West's count", "region(name: WEST)", STATISTICS, "west", Some(528.0), "EXACT"),
    ("the total", "", STATISTICS, "total", Some(1049.0), "EXACT"),
    ("California's share", r#"state(code: "CA")"#, STATISTICS, "california-share", Some(23.0), "ROUNDED"),
    ("California's count", r#"state(code: "CA")"#, STATISTICS, "california", Some(246.0), "EXACT"),
    ("the South's share", "region(name: SOUTH)", STATISTICS, "south-share", Some(21.0), "ROUNDED"),
    ("the South's count", "region(name: SOUTH)", STATISTICS, "south", Some(223.0), "EXACT"),
    ("the Midwest's share", "region(name: MIDWEST)", STATISTICS, "midwest-share", Some(20.0), "ROUNDED"),
    ("the Midwest's count", "region(name: MIDWEST)", STATISTICS, "midwest", Some(207.0), "EXACT"),
    ("the Northeast's share", "region(name: NORTHEAST)", STATISTICS, "northeast-share", Some(8.0), "ROUNDED"),
    ("the Northeast's count", "region(name: NORTHEAST)", STATISTICS, "northeast", Some(88.0), "EXACT"),
    ("the Northeast has the fewest", "region(name: NORTHEAST)", STATISTICS, "northeast-rank", Some(4.0), "EXACT"),
    ("most work in the public sector", "", AGGREGATES, "employer-public-majority", None, "MAJORITY"),
    ("how many work in the public sector", "", STATISTICS, "respondents-public", Some(740.0), "EXACT"),
    ("yes in the public sector", "", AGGREGATES, "aware-yes-public", Some(20.0), "ROUNDED"),
    ("most who answered yes", "", AGGREGATES, "employer-services-or-goods-among-aware", None, "MAJORITY"),
    ("yes in services", "", AGGREGATES, "aware-yes-services", Some(46.0), "ROUNDED"),
    ("yes in goods", "", AGGREGATES, "aware-yes-goods", Some(36.0), "ROUNDED"),
    ("exports that go to the Indo-Pacific", "", STATISTICS, "exports-share-indo-pacific", Some(30.0), "APPROXIMATE"),
    ("their value in 2021", "", STATISTICS, "exports-indo-pacific", Some(735.0), "MORE_THAN"),
    ("services among exports to Asia", "", STATISTICS, "services-share-of-exports-to-asia", Some(33.0), "APPROXIMATE"),
    ("beneficial, of the aware", "", AGGREGATES, "beneficial", Some(85.0), "ROUNDED"),
    ("very or extremely beneficial, of the aware", "", AGGREGATES, "very-or-extremely-beneficial", Some(66.0), "ROUNDED"),
    ("businesspeople see benefit", "", AGGREGATES, "employer-business-among-beneficial", None, "MAJORITY"),
    ("extremely beneficial: services", "", AGGREGATES, "extremely-beneficial-services", Some(42.0), "ROUNDED"),
    ("extremely beneficial: goods", "", AGGREGATES, "extremely-beneficial-goods", Some(34.0), "ROUNDED"),
    ("extremely beneficial: public", "", AGGREGATES, "extremely-beneficial-public", Some(26.0), "ROUNDED"),
    ("extremely beneficial: Democrats", "", AGGREGATES, "democrat-among-extremely-beneficial", Some(41.0), "ROUNDED"),
    ("extremely beneficial: Republicans", "", AGGREGATES, "republican-among-extremely-beneficial", Some(27.0), "ROUNDED"),
    ("extremely beneficial: Independents", "", AGGREGATES, "independent-among-extremely-beneficial", Some(24.0), "ROUNDED"),
    ("Asia matters to their state", "", AGGREGATES, "asia-matters-among-extremely-beneficial", Some(41.0), "ROUNDED"),
    ("the aware support study abroad", "", AGGREGATES, "study-abroad-among-aware", Some(75.0), "ROUNDED"),
    ("half are not sure", "", AGGREGATES, "aware-not-sure", Some(50.0), "APPROXIMATE"),
    ("not sure in the public sector", "", AGGREGATES, "aware-not-sure-public", Some(59.0), "ROUNDED"),
    ("elites who say there is none", "", AGGREGATES, "aware-no", Some(20.0), "APPROXIMATE"),
    ("big cities and capitals have most", "", STATISTICS, "big-cities-and-capitals", None, "MAJORITY"),
];

#[tokio::test]
async fn every_number_is_in_the_api() {
    let graph = TestGraph::loaded().await;
    let mut slugs = BTreeSet::new();
    for (claim, parent, list, slug, value, qualifier) in ARTICLE {
        let list =
            format!("{list}(first: 100) {{ nodes {{ slug quantity {{ value qualifier }} }} }}");
        let (query, path) = match *parent {
            "" => (format!("{{ all: {list} }}"), "/all/nodes"),
            parent => (
                format!("{{ parent: {parent} {{ all: {list} }} }}"),
                "/parent/all/nodes",
            ),
        };
        let data = graph.query(&query).await.data();
        let figures = data.pointer(path).unwrap().as_array().unwrap();
        let expected = json!({
            "slug": slug, "quantity": { "value": value, "qualifier": qualifier }
        });
        assert!(figures.contains(&expected), "{claim}: {query}");
        slugs.insert((*slug).to_owned());
    }
    let data = DataSet::real();
    let rows = ["respondent_aggregates.csv", "published_statistics.csv"]
        .into_iter()
        .flat_map(|file| data.rows(file))
        .filter(|row| {
            ["asia-matters-2022", "states-survey-2021"].contains(&row["source"].as_str())
        });
    let rows: BTreeSet<_> = rows.map(|row| row["id"].clone()).collect();
    assert_eq!(slugs, rows);
    assert_eq!(ARTICLE.len(), 58);
}

/// A cell as JSON; null if it is blank.
fn text(row: &Row, column: &str) -> Value {
    match row[column].as_str() {
        "" => Value::Null,
        text => text.into(),
    }
}

fn number(row: &Row, column: &str) -> Value {
    row[column].parse::<f64>().map_or(Value::Null, Value::from)
}

fn integer(row: &Row, column: &str) -> Value {
    row[column].parse::<i64>().map_or(Value::Null, Value::from)
}

fn items(row: &Row, column: &str) -> Vec<String> {
    let items = row[column].split(';').filter(|item| !item.is_empty());
    items.map(str::to_owned).collect()
}

fn object_with(row: &Row, column: &str, field: &str) -> Value {
    match text(row, column) {
        Value::Null => Value::Null,
        value => json!({ field: value }),
    }
}

fn categories(row: &Row, column: &str) -> Value {
    let category = |text: String| {
        let (dimension, value) = text.split_once('=').unwrap();
        json!({ "dimension": dimension, "value": value })
    };
    items(row, column).into_iter().map(category).collect()
}

#[tokio::test]
async fn percentages_match_their_rows() {
    let graph = TestGraph::loaded().await;
    let data = graph
        .query(
            "{ respondentAggregates(first: 100) { nodes {
                slug question { slug } given { dimension value } outcome { dimension value }
                percent quantity { value unit qualifier } direction base { description n }
                region { name } flags note source { slug }
            } } }",
        )
        .await
        .data();
    let rows = DataSet::real().rows("respondent_aggregates.csv");
    let expected = rows.iter().map(|row| {
        let region = row["given"].strip_prefix("REGION=");
        json!({
            "slug": row["id"],
            "question": { "slug": row["question"] },
            "given": categories(row, "given"),
            "outcome": categories(row, "outcome"),
            "percent": number(row, "percent"),
            "quantity": {
                "value": number(row, "percent"), "unit": "percent",
                "qualifier": row["qualifier"],
            },
            "direction": row["direction"],
            "base": { "description": row["base"], "n": integer(row, "n") },
            "region": region.map(|name| json!({ "name": name })),
            "flags": items(row, "flags"),
            "note": text(row, "note"),
            "source": { "slug": row["source"] },
        })
    });
    assert_eq!(
        data["respondentAggregates"]["nodes"],
        expected.collect::<Value>()
    );
}

#[tokio::test]
async fn statistics_match_their_rows() {
    let graph = TestGraph::loaded().await;
    let data = graph
        .query(
            "{ publishedStatistics(first: 100) { nodes {
                slug measure subject quantity { value unit qualifier }
                region { name } state { code } country { code } level year flags note source { slug }
            } } }",
        )
        .await
        .data();
    let rows = DataSet::real().rows("published_statistics.csv");
    let expected = rows.iter().map(|row| {
        json!({
            "slug": row["id"],
            "measure": row["measure"],
            "subject": row["subject"],
            "quantity": {
                "value": number(row, "value"), "unit": row["unit"],
                "qualifier": row["qualifier"],
            },
            "region": object_with(row, "region", "name"),
            "state": object_with(row, "state", "code"),
            "country": object_with(row, "country", "code"),
            "level": text(row, "level"),
            "year": integer(row, "year"),
            "flags": items(row, "flags"),
            "note": text(row, "note"),
            "source": { "slug": row["source"] },
        })
    });
    assert_eq!(
        data["publishedStatistics"]["nodes"],
        expected.collect::<Value>()
    );
}
