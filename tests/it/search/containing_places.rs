//! Places are found with the state, province, or country that they are in.

use std::{collections::HashMap, fmt::Write};

use serde_json::{Map, Value};

use crate::support::{data_set::DataSet, database::n_cases, graph::TestGraph};

/// The number of searches in one request.
const BATCH: usize = 5;

/// Returns the slugs of the first three results of each search.
async fn first_three(graph: &TestGraph, texts: &[String]) -> Vec<Vec<String>> {
    let mut results = Vec::new();
    for batch in texts.chunks(BATCH) {
        let mut document = "query(".to_owned();
        let mut fields = String::new();
        let mut variables = Map::new();
        for (n, text) in batch.iter().enumerate() {
            write!(document, "$t{n}: String! ").unwrap();
            write!(
                fields,
                "s{n}: search(text: $t{n}, first: 3) {{ nodes {{ ... on Community {{ slug }} }} }} "
            )
            .unwrap();
            variables.insert(format!("t{n}"), text.as_str().into());
        }
        write!(document, ") {{ {fields} }}").unwrap();
        let response = graph.query_with(&document, Value::from(variables)).await;
        let data = response.data();
        for n in 0..batch.len() {
            let nodes = data[format!("s{n}")]["nodes"].as_array().unwrap();
            let slugs = nodes.iter().filter_map(|node| node["slug"].as_str());
            results.push(slugs.map(str::to_owned).collect());
        }
    }
    results
}

/// `Portland OR` has the same words as `Portland, OR`.
#[tokio::test]
async fn each_city_is_among_the_first_three_with_its_state_province_or_country() {
    let graph = TestGraph::loaded().await;
    let data = DataSet::real();
    let names = |file, key: &str| -> HashMap<String, String> {
        let rows = data.rows(file);
        let pairs = rows
            .iter()
            .map(|row| (row[key].clone(), row["name"].clone()));
        pairs.collect()
    };
    let states = names("states.csv", "code");
    let provinces = names("provinces.csv", "id");
    let countries = names("countries.csv", "iso2");
    let mut texts = Vec::new();
    let mut slugs = Vec::new();
    let cities = data.rows("cities.csv");
    let n_cities = n_cases(u32::try_from(cities.len()).unwrap());
    // Cities all over the file.
    let step = cities.len() / n_cities as usize;
    for city in cities.iter().step_by(step) {
        let state = &city["us_state_code"];
        let containers = match states.get(state) {
            Some(name) => vec![state, name],
            None => [
                countries.get(&city["country_iso2"]),
                provinces.get(&city["province_id"]),
            ]
            .into_iter()
            .flatten()
            .collect(),
        };
        for container in containers {
            texts.push(format!("{}, {container}", city["name"]));
            slugs.push(city["id"].clone());
        }
    }
    assert!(texts.len() * step > 3_000, "{}", texts.len());
    let results = first_three(&graph, &texts).await;
    let missed: Vec<_> = texts
        .iter()
        .zip(&slugs)
        .zip(&results)
        .filter(|((_, slug), results)| !results.contains(slug))
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[tokio::test]
async fn containing_places_need_a_match_of_the_result_itself() {
    let graph = TestGraph::loaded().await;
    for (text, expected) in [
        ("Washington, D.C.", "City us-dc-washington"),
        ("Mt Vernon, NY", "City us-ny-mount-vernon"),
        ("north g", "Province kr-north-gyeongsang-province"),
        ("saint louis missouri", "City us-mo-st-louis"),
        ("ft. wayne", "City us-in-fort-wayne"),
        ("Charleston, W.Va.", "City us-wv-charleston"),
        ("Charleston WVa", "City us-wv-charleston"),
        ("hokkaido japan", "Province jp-hokkaido"),
        ("sapporo oregon", "Partnership or-portland--jp-sapporo"),
        ("oregon toyama", "Partnership or--jp-toyama-prefecture"),
    ] {
        let names = super::all(&graph, text).await.names;
        assert_eq!(
            names.first().map(String::as_str),
            Some(expected),
            "{text:?}"
        );
    }
    // Both words are of the country, and of no place in it.
    let names = super::all(&graph, "south korea").await.names;
    assert_eq!(names[0], "Country KR");
    assert!(!names.contains(&"City kr-busan".to_owned()), "{names:#?}");
    // A single word does not return all places in a state.
    let names = super::all(&graph, "oregon").await.names;
    assert_eq!(names[0], "State us-or");
    assert!(
        !names.contains(&"City us-or-eugene".to_owned()),
        "{names:#?}"
    );
}
