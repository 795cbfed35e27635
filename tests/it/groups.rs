//! Groups of the API, compared with counts over the loaded rows.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;
use sistergraph::entity::partnership;

use crate::support::{data_set::DataSet, graph::TestGraph, table_rows::TableRows};

const DIMENSIONS: [&str; 11] = [
    "REGION",
    "STATE",
    "COUNTRY",
    "SUBREGION",
    "LEVEL",
    "STATUS",
    "DECADE",
    "YEAR",
    "CORROBORATION",
    "US_COMMUNITY",
    "PARTNER_COMMUNITY",
];

/// The value of a partnership in a dimension, as the API returns it.
fn value(tables: &TableRows, row: &partnership::Model, dimension: &str) -> Option<String> {
    match dimension {
        "REGION" => row.region_id.clone(),
        "STATE" => Some(row.state_id.trim_start_matches("us-").to_uppercase()),
        "COUNTRY" => Some(row.country_id.clone()),
        "SUBREGION" => tables
            .country
            .iter()
            .find(|country| country.id == row.country_id)
            .map(|country| country.subregion.clone()),
        "LEVEL" => Some(row.level.clone()),
        "STATUS" => Some(row.status.clone()),
        "DECADE" => row
            .established_year
            .map(|year| (year / 10 * 10).to_string()),
        "YEAR" => row.established_year.map(|year| year.to_string()),
        "CORROBORATION" => Some(row.corroboration.clone()),
        "US_COMMUNITY" => Some(row.us_id.clone()),
        "PARTNER_COMMUNITY" => Some(row.partner_id.clone()),
        _ => unreachable!(),
    }
}

fn expected_counts<'a>(
    tables: &TableRows,
    rows: impl Iterator<Item = &'a partnership::Model>,
    by: &[&str],
) -> BTreeMap<Vec<Option<String>>, i64> {
    let mut counts = BTreeMap::new();
    for row in rows {
        let key = by.iter().map(|by| value(tables, row, by)).collect();
        *counts.entry(key).or_default() += 1;
    }
    counts
}

fn key(group: &Value) -> Vec<Option<String>> {
    let keys = group["key"].as_array().unwrap().iter();
    keys.map(|key| key["value"].as_str().map(str::to_owned))
        .collect()
}

fn counts_by_key(groups: &Value) -> BTreeMap<Vec<Option<String>>, i64> {
    let groups = groups.as_array().unwrap();
    let counts: BTreeMap<_, _> = groups
        .iter()
        .map(|group| (key(group), group["count"].as_i64().unwrap()))
        .collect();
    assert_eq!(counts.len(), groups.len(), "a key occurs twice");
    counts
}

#[tokio::test]
async fn groups_count_every_row_once() {
    let graph = TestGraph::loaded().await;
    let tables = DataSet::real().table_rows();
    let pairs = [["STATE", "DECADE"], ["SUBREGION", "STATUS"]];
    let triple = ["REGION", "COUNTRY", "LEVEL"];
    let mut sets: Vec<Vec<&str>> = DIMENSIONS.iter().map(|one| vec![*one]).collect();
    sets.extend(pairs.iter().map(|pair| pair.to_vec()));
    sets.push(triple.to_vec());
    for by in sets {
        let query = format!(
            "{{ partnerships {{ groups(by: [{}]) {{ key {{ dimension value }} count share }} }} }}",
            by.join(", ")
        );
        let data = graph.query(&query).await.data();
        let groups = &data["partnerships"]["groups"];
        assert_eq!(
            counts_by_key(groups),
            expected_counts(&tables, tables.partnership.iter(), &by),
            "{by:?}"
        );
        let shares = groups.as_array().unwrap().iter();
        let sum: f64 = shares.map(|group| group["share"].as_f64().unwrap()).sum();
        assert!((sum - 1.0).abs() < 1e-9, "{by:?}: {sum}");
    }
}

/// Many means lie halfway between two meters, where summing doubles would round either way.
#[tokio::test]
async fn means_are_rounded_from_whole_meters() {
    let graph = TestGraph::loaded().await;
    let tables = DataSet::real().table_rows();
    let by = ["STATE", "DECADE", "STATUS"];
    let mut meters: BTreeMap<_, (i64, i64)> = BTreeMap::new();
    for row in &tables.partnership {
        let Some(km) = row.distance_km else { continue };
        let key: Vec<_> = by.iter().map(|by| value(&tables, row, by)).collect();
        let (sum, n) = meters.entry(key).or_default();
        *sum += (km * 1000.0).round() as i64;
        *n += 1;
    }
    assert!(meters.values().any(|(sum, n)| sum % n * 2 == *n));
    let query = format!(
        "{{ partnerships {{ groups(by: [{}]) {{ key {{ value }} meanDistanceKm }} }} }}",
        by.join(", ")
    );
    let data = graph.query(&query).await.data();
    for group in data["partnerships"]["groups"].as_array().unwrap() {
        let mean = meters
            .get(&key(group))
            .map(|(sum, n)| (2 * sum + n).div_euclid(2 * n) as f64 / 1000.0);
        assert_eq!(group["meanDistanceKm"].as_f64(), mean, "{group}");
    }
}

#[tokio::test]
async fn nested_groups_use_the_filter_of_their_list() {
    let graph = TestGraph::loaded().await;
    let tables = DataSet::real().table_rows();
    let response = graph
        .query(
            "{ states(first: 60) { nodes { slug partnerships(filter: { establishedYear: { gte: \
             1980 } }) { totalCount groups(by: [COUNTRY, DECADE]) { key { value } count } } } } }",
        )
        .await;
    let states = response.data()["states"]["nodes"].clone();
    assert_eq!(states.as_array().unwrap().len(), 52);
    for state in states.as_array().unwrap() {
        let rows = || {
            tables.partnership.iter().filter(|row| {
                row.state_id == state["slug"]
                    && row.established_year.is_some_and(|year| year >= 1980)
            })
        };
        let expected = expected_counts(&tables, rows(), &["COUNTRY", "DECADE"]);
        assert_eq!(counts_by_key(&state["partnerships"]["groups"]), expected);
        assert_eq!(state["partnerships"]["totalCount"], rows().count());
    }
    // One statement each for the states, totals, groups, and names of the countries.
    assert_eq!(response.statements.len(), 4, "{:#?}", response.statements);
}

#[tokio::test]
async fn groups_are_ordered_and_limited() {
    let graph = TestGraph::loaded().await;
    let groups = async |arguments: &str| {
        let query =
            format!("{{ partnerships {{ groups({arguments}) {{ key {{ value }} count }} }} }}");
        let data = graph.query(&query).await.data();
        let groups = data["partnerships"]["groups"].as_array().unwrap().clone();
        let key_and_count =
            |group: &Value| (key(group)[0].clone(), group["count"].as_i64().unwrap());
        groups.iter().map(key_and_count).collect::<Vec<_>>()
    };
    let by_count = groups("by: [COUNTRY]").await;
    assert!(by_count.is_sorted_by(|a, b| a.1 > b.1 || (a.1 == b.1 && a.0 < b.0)));
    assert_eq!(groups("by: [COUNTRY], first: 3").await, by_count[..3]);
    let large = groups("by: [COUNTRY], minCount: 50").await;
    let expected: Vec<_> = by_count.iter().filter(|(_, n)| *n >= 50).cloned().collect();
    assert_eq!(large, expected);
    let mut ascending = by_count.clone();
    ascending.sort_by(|a, b| a.1.cmp(&b.1).then(a.0.cmp(&b.0)));
    assert_eq!(groups("by: [COUNTRY], orderBy: COUNT_ASC").await, ascending);
    let by_key = groups("by: [DECADE], orderBy: KEY_ASC").await;
    let (last, others) = by_key.split_last().unwrap();
    assert_eq!(last.0, None, "the group without a value comes last");
    assert!(others.is_sorted());
}

#[tokio::test]
async fn keys_link_to_their_objects() {
    let graph = TestGraph::loaded().await;
    let response = graph
        .query(
            "{ partnerships { groups(by: [REGION, STATE, PARTNER_COMMUNITY]) { key { dimension value \
             label region { name } state { code } country { code } community { __typename slug } } } } }",
        )
        .await;
    let mut types: HashMap<String, usize> = HashMap::new();
    for group in response.data()["partnerships"]["groups"]
        .as_array()
        .unwrap()
    {
        let [region, state, community] = &group["key"].as_array().unwrap()[..] else {
            panic!("{group}");
        };
        assert_eq!(region["value"], region["region"]["name"]);
        assert_eq!(state["value"], state["state"]["code"]);
        assert_eq!(community["value"], community["community"]["slug"]);
        assert_eq!(community["state"], Value::Null);
        let type_name = community["community"]["__typename"].as_str().unwrap();
        *types.entry(type_name.to_owned()).or_default() += 1;
    }
    assert!(types["City"] > 500 && types["Province"] > 50, "{types:?}");
}

#[tokio::test]
async fn invalid_group_arguments_are_rejected() {
    let graph = TestGraph::loaded().await;
    for (arguments, code, message) in [
        (
            "by: []",
            "BAD_USER_INPUT",
            "by has 0 dimensions; it must have 1 to 3",
        ),
        (
            "by: [STATE, COUNTRY, LEVEL, STATUS]",
            "BAD_USER_INPUT",
            "by has 4 dimensions; it must have 1 to 3",
        ),
        (
            "by: [STATE], first: -1",
            "BAD_USER_INPUT",
            "first is -1; it must be between 0 and 2000",
        ),
        (
            "by: [STATE], first: 2001",
            "PAGE_TOO_LARGE",
            "first is 2001; a page has at most 2000 rows (limits.maxPageSize)",
        ),
    ] {
        let query = format!("{{ partnerships {{ groups({arguments}) {{ count }} }} }}");
        let expected = (message.to_owned(), code.to_owned());
        assert_eq!(graph.query(&query).await.error(), expected);
    }
}
