//! Queries as users send them: a file each, with a snapshot of the answer and one of the SQL.
//!
//! A query may begin with a line `# variables: {...}`. Snapshots are refreshed by
//! `INSTA_UPDATE=always cargo test --test it queries`; read the difference before committing it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::support::graph::TestGraph;

/// No query of a user needs more, whatever the size of its pages.
pub(crate) const MAX_STATEMENTS: usize = 10;

/// Where the queries are.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/queries")
}

/// A query and its variables.
pub(crate) fn read(path: &Path) -> (String, Value) {
    let query = fs::read_to_string(path).unwrap();
    let variables = query
        .lines()
        .find_map(|line| line.strip_prefix("# variables: "))
        .map_or(Value::Null, |json| serde_json::from_str(json).unwrap());
    (query, variables)
}

/// The moment of loading is another in each run.
fn without_moment(answer: &str) -> String {
    match answer.split_once("\"loadedAt\": \"") {
        Some((before, after)) => {
            let (_, after) = after.split_once('"').unwrap();
            format!("{before}\"loadedAt\": \"[moment]\"{after}")
        }
        None => answer.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_answer_and_read_as_recorded() {
    let graph = TestGraph::loaded().await;
    let runtime = tokio::runtime::Handle::current();
    insta::glob!("**/*.graphql", |path| {
        let (query, variables) = read(path);
        let response =
            tokio::task::block_in_place(|| runtime.block_on(graph.query_with(&query, variables)));
        let answer = serde_json::to_string_pretty(&response.json()).unwrap();
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!("answer", without_moment(&answer));
        });
        let statements = &response.statements;
        assert!(statements.len() <= MAX_STATEMENTS, "{statements:#?}");
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("sql-{}", graph.backend()), statements.join("\n"));
        });
    });
}

#[tokio::test]
async fn the_engine_and_async_graphql_agree() {
    let graph = TestGraph::loaded().await;
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_none_or(|extension| extension != "graphql")
        {
            continue;
        }
        // async-graphql's executor cannot answer null in a list of an interface.
        if path.ends_with("refetch.graphql") {
            continue;
        }
        let (query, variables) = read(&path);
        let ours = graph.query_with(&query, variables.clone()).await;
        // By the plan that was kept.
        let again = graph.query_with(&query, variables.clone()).await;
        assert_eq!(ours.statements, again.statements, "{}", path.display());
        let ours = ours.json();
        assert_eq!(ours, again.json(), "{}", path.display());
        let theirs = graph.reference(&query, variables).await;
        assert_eq!(ours["data"], theirs["data"], "{}", path.display());
    }
}
