//! With more data, a request reads more rows but sends no more statements.

use std::{collections::BTreeSet, fs};

use sistergraph::{
    generate::generate,
    import::{Files, Tables},
    limits::Limits,
};

use crate::{
    queries::{MAX_STATEMENTS, folder, read},
    support::{
        data_set::DataSet,
        graph::{Response, TestGraph},
    },
};

#[tokio::test(flavor = "multi_thread")]
async fn triple_the_data_takes_the_same_statements() {
    let files = generate(3, 1).unwrap().into_iter().collect();
    let tables = Tables::read(&Files::Memory(files)).unwrap_or_else(|all| panic!("{all}"));
    let real = TestGraph::loaded().await;
    let large = TestGraph::with_tables(Limits::default(), &tables).await;
    for graph in [&real, &large] {
        // The first request for a revision reads the data of matches and plans.
        graph.query("{ matchModel { isCurrent } }").await.data();
    }
    let mut n = 0;
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_none_or(|extension| extension != "graphql")
        {
            continue;
        }
        let (query, variables) = read(&path);
        // The largest page.
        let query = query.replace("first: 40", "first: 2000");
        let small_response = real.query_with(&query, variables.clone()).await;
        let large_response = large.query_with(&query, variables).await;
        large_response.data();
        assert!(
            large_response.statements.len() <= MAX_STATEMENTS,
            "{}",
            path.display()
        );
        // Cities and provinces send the same statement separately, so the types on a page decide
        // whether it is sent once or twice, and for one key or for many. The selected columns are
        // the same.
        let distinct = |response: &Response| -> BTreeSet<String> {
            let statements = response.statements.iter();
            statements
                .map(|statement| statement.split(" FROM ").next().unwrap().to_owned())
                .collect()
        };
        assert_eq!(
            distinct(&large_response),
            distinct(&small_response),
            "{}",
            path.display()
        );
        n += 1;
    }
    assert!(n >= 8, "the folder has queries");
}

/// A page deep in the list takes the same statement as the second one.
#[tokio::test(flavor = "multi_thread")]
async fn deep_pages_share_one_statement() {
    let graph = TestGraph::loaded().await;
    let query = "query($after: String) { partnerships(first: 50, after: $after) { nodes { slug } pageInfo { hasNextPage endCursor } } }";
    let mut after = serde_json::Value::Null;
    let mut statements = Vec::new();
    loop {
        let answer = graph
            .query_with(query, serde_json::json!({ "after": after }))
            .await;
        statements.push(answer.statements.clone());
        let info = answer.data()["partnerships"]["pageInfo"].clone();
        if info["hasNextPage"] == false {
            break;
        }
        after = info["endCursor"].clone();
    }
    let pages = DataSet::real().row_count("partnerships.csv").div_ceil(50);
    assert_eq!(statements.len(), pages);
    assert!(statements[1][0].contains("> ?") || statements[1][0].contains("> $1"));
    assert!(statements[1..].iter().all(|page| *page == statements[1]));
}
