//! Search over the built-in data.

mod brute_force;
mod common_names;
mod containing_places;
mod paging;
mod reindexing;
mod results;

use serde_json::{Value, json};

use crate::support::graph::TestGraph;

const QUERY: &str = "query Search($text: String!, $types: [SearchType!], $first: Int, $after: String) {
  search(text: $text, types: $types, first: $first, after: $after) {
    totalCount
    pageInfo { hasPreviousPage hasNextPage startCursor endCursor }
    edges {
      cursor
      score
      node { __typename ... on Community { slug } ... on Country { code } ... on Partnership { slug } }
    }
  }
}";

/// A page of results.
struct Results {
    /// Type and slug, such as `City jp-kobe`.
    names: Vec<String>,
    scores: Vec<f64>,
    cursors: Vec<String>,
    total: usize,
    has_previous: bool,
    has_next: bool,
    start: Option<String>,
    end: Option<String>,
}

impl Results {
    fn read(search: &Value) -> Self {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let edges = search["edges"].as_array().unwrap();
        let name = |edge: &Value| {
            let node = &edge["node"];
            let key = text(&node["slug"]).or(text(&node["code"])).unwrap();
            format!("{} {key}", text(&node["__typename"]).unwrap())
        };
        let info = &search["pageInfo"];
        Self {
            names: edges.iter().map(name).collect(),
            scores: edges
                .iter()
                .map(|edge| edge["score"].as_f64().unwrap())
                .collect(),
            cursors: edges
                .iter()
                .map(|edge| text(&edge["cursor"]).unwrap())
                .collect(),
            total: usize::try_from(search["totalCount"].as_u64().unwrap()).unwrap(),
            has_previous: info["hasPreviousPage"].as_bool().unwrap(),
            has_next: info["hasNextPage"].as_bool().unwrap(),
            start: text(&info["startCursor"]),
            end: text(&info["endCursor"]),
        }
    }
}

/// The results of a valid search.
async fn search(graph: &TestGraph, variables: Value) -> Results {
    let response = graph.query_with(QUERY, variables).await;
    Results::read(&response.data()["search"])
}

/// All results for a text, up to the largest page.
async fn all(graph: &TestGraph, text: &str) -> Results {
    search(graph, json!({ "text": text, "first": 2000 })).await
}

/// The message and the code of the error of an invalid search.
async fn search_error(graph: &TestGraph, variables: Value) -> (String, String) {
    graph.query_with(QUERY, variables).await.error()
}
