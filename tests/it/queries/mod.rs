//! Typical queries, one in each file, with snapshots of the response and of the SQL.
//!
//! A query can start with a line `# variables: {...}`. Those in the folder `respondents` run with the synthetic
//! respondents, and those in `design` with respondents of a sample with strata and sampling units. Refresh the snapshots with
//! `INSTA_UPDATE=always cargo test --test it queries`, and review the changes before committing.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::support::{data_set::DataSet, graph::TestGraph};

/// The most statements that a query needs, whatever the size of its pages.
pub(crate) const MAX_STATEMENTS: usize = 10;

/// The folder of the queries.
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

/// The servers of the queries by folder.
struct Graphs {
    built_in: TestGraph,
    respondents: TestGraph,
    design: TestGraph,
}

impl Graphs {
    async fn loaded() -> Self {
        let mut data = DataSet::real();
        let respondents = TestGraph::with_data(data.add_respondents()).await;
        let design = include_str!("../methods/golden/design.csv");
        Self {
            built_in: TestGraph::loaded().await,
            respondents,
            design: TestGraph::with_data(data.set_file("respondents.csv", design)).await,
        }
    }

    fn of(&self, query: &Path) -> &TestGraph {
        let folder = query.parent().and_then(Path::file_name);
        match folder.and_then(|folder| folder.to_str()) {
            Some("respondents") => &self.respondents,
            Some("design") => &self.design,
            _ => &self.built_in,
        }
    }
}

/// Replaces the time of loading, which changes with each run.
fn without_load_time(answer: &str) -> String {
    match answer.split_once("\"loadedAt\": \"") {
        Some((before, after)) => {
            let (_, after) = after.split_once('"').unwrap();
            format!("{before}\"loadedAt\": \"[moment]\"{after}")
        }
        None => answer.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_match_their_snapshots() {
    let graphs = Graphs::loaded().await;
    let runtime = tokio::runtime::Handle::current();
    insta::glob!("**/*.graphql", |path| {
        let graph = graphs.of(path);
        let (query, variables) = read(path);
        let send = || {
            let response = graph.query_with(&query, variables.clone());
            tokio::task::block_in_place(|| runtime.block_on(response))
        };
        // The first request may read values that later ones share.
        let first = send().statements;
        assert!(first.len() <= MAX_STATEMENTS, "{first:#?}");
        let response = send();
        let answer = serde_json::to_string_pretty(&response.json()).unwrap();
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!("answer", without_load_time(&answer));
        });
        let statements = &response.statements;
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("sql-{}", graph.backend()), statements.join("\n"));
        });
    });
}

#[tokio::test]
async fn both_executors_return_the_same_data() {
    let graphs = Graphs::loaded().await;
    let folders = ["", "respondents", "design"].map(|name| folder().join(name));
    let entries = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap());
    for entry in entries {
        let path = entry.unwrap().path();
        let graph = graphs.of(&path);
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
        // The first request may read values that later ones share.
        graph.query_with(&query, variables.clone()).await;
        let actual = graph.query_with(&query, variables.clone()).await;
        // The second time, the plan comes from the cache.
        let again = graph.query_with(&query, variables.clone()).await;
        assert_eq!(actual.statements, again.statements, "{}", path.display());
        let actual = actual.json();
        assert_eq!(actual, again.json(), "{}", path.display());
        let expected = graph.query_with_async_graphql(&query, variables).await;
        assert_eq!(actual["data"], expected["data"], "{}", path.display());
    }
}
