//! With more data a request reads more, and asks no oftener.

use std::{collections::BTreeSet, fs};

use sistergraph::{
    engine::Limits,
    generate::generate,
    import::{Files, Tables},
};

use crate::{
    queries::{MAX_STATEMENTS, folder, read},
    support::graph::{Response, TestGraph},
};

#[tokio::test(flavor = "multi_thread")]
async fn three_times_the_data_take_the_same_statements() {
    let files = generate(3, 1).unwrap().into_iter().collect();
    let tables = Tables::read(&Files::Memory(files)).unwrap_or_else(|all| panic!("{all}"));
    let real = TestGraph::loaded().await;
    let large = TestGraph::over(Limits::default(), &tables).await;
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
        // The page as large as pages get.
        let query = query.replace("first: 40", "first: 2000");
        let of_real = real.query_with(&query, variables.clone()).await;
        let of_large = large.query_with(&query, variables).await;
        of_large.data();
        assert!(
            of_large.statements.len() <= MAX_STATEMENTS,
            "{}",
            path.display()
        );
        // Cities and provinces ask the same in turn, so which of them a page holds decides how
        // often a statement is made, up to twice, and whether for one key or for many; what the
        // statements read is the same.
        let distinct = |response: &Response| -> BTreeSet<String> {
            let statements = response.statements.iter();
            statements
                .map(|statement| statement.split(" FROM ").next().unwrap().to_owned())
                .collect()
        };
        assert_eq!(
            distinct(&of_large),
            distinct(&of_real),
            "{}",
            path.display()
        );
        n += 1;
    }
    assert!(n >= 8, "the queries are found");
}

/// A page deep in the list costs the same statement as the first.
#[tokio::test(flavor = "multi_thread")]
async fn a_deep_page_is_the_same_statement_but_for_its_place() {
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
    assert_eq!(statements.len(), 26);
    assert!(statements[1][0].contains("> ?") || statements[1][0].contains("> $1"));
    assert!(statements[1..].iter().all(|page| *page == statements[1]));
}
