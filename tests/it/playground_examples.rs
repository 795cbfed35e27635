//! Every example of the playground is sent to the server.

use std::{fs, path::Path};

use serde_json::Value;

use crate::support::graph::TestGraph;

#[tokio::test]
async fn every_example_returns_data() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/src/playground/tour");
    let mut examples: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "graphql")
        })
        .collect();
    examples.sort();
    let graph = TestGraph::loaded().await;
    let mut n_checked = 0;
    for path in examples {
        let query = fs::read_to_string(&path).unwrap();
        // A subscription does not end; the browser tests open it.
        if query.contains("\nsubscription ") {
            continue;
        }
        let variables = fs::read_to_string(path.with_extension("json"))
            .map_or(Value::Null, |json| serde_json::from_str(&json).unwrap());
        let data = graph.query_with(&query, variables).await.data();
        for (name, value) in data.as_object().unwrap() {
            assert!(
                !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()),
                "{}: {name} is empty",
                path.display()
            );
        }
        n_checked += 1;
    }
    assert!(n_checked >= 8);
}
