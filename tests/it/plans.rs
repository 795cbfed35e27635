//! How SQLite finds the rows of lists: by an index that is already in order, never by reading a
//! table through. Snapshots are refreshed by `INSTA_UPDATE=always cargo test --test it plans`.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::support::graph::TestGraph;

/// Lists of many parents; every statement below the first is for all parents at once.
const NESTED: [(&str, &str); 7] = [
    (
        "states-with-groups",
        "{ states { nodes { partnerships(filter: { establishedYear: { gte: 1980 } }) { groups(by: [COUNTRY, DECADE], first: 3) { key { label country { name } } count } } } } }",
    ),
    (
        "states-with-partnerships",
        "{ states(first: 60) { nodes { partnerships(first: 10) { totalCount pageInfo { hasNextPage } nodes { us { name } partner { name country { name } } sources { title } } } } } }",
    ),
    (
        "countries-with-partnerships",
        "{ countries { nodes { partnerships(first: 5) { totalCount nodes { slug notes { text } } } cities(first: 5) { nodes { name alternateNames { name } } } provinces { name } } } }",
    ),
    (
        "regions-with-partnerships",
        "{ regions { states { code } population partnerships(first: 5) { totalCount nodes { slug } } respondentAggregates(first: 5) { nodes { slug flags } } publishedStatistics(first: 5) { nodes { slug flags } } } }",
    ),
    (
        "cities-with-partnerships",
        "{ cities(first: 50) { nodes { partnerships(first: 5) { totalCount nodes { slug } } state { cities(first: 5) { nodes { slug } } } province { cities(first: 5) { nodes { slug } } } } } }",
    ),
    // ["partnership+id","il-chicago--jp-osaka"]
    (
        "states-with-later-partnerships",
        "{ states { nodes { partnerships(first: 5, after: \"WyJwYXJ0bmVyc2hpcCtpZCIsImlsLWNoaWNhZ28tLWpwLW9zYWthIl0\") { pageInfo { hasPreviousPage } nodes { slug } } } } }",
    ),
    (
        "questions-with-percentages",
        "{ surveys { questions { respondentAggregates(first: 5) { totalCount nodes { slug outcome { value } given { value } flags region { name } } } } } }",
    ),
];

/// Lists of the whole table.
const ROOT: [(&str, &str); 2] = [
    (
        "partnerships",
        "{ partnerships(first: 5) { nodes { slug } } }",
    ),
    (
        "later-partnerships",
        "{ partnerships(first: 5, after: \"WyJwYXJ0bmVyc2hpcCtpZCIsImlsLWNoaWNhZ28tLWpwLW9zYWthIl0\") { pageInfo { hasPreviousPage } nodes { slug } } }",
    ),
];

/// Lists that are narrowed, ordered or counted: an index narrows or orders them, and only what it
/// leaves is sorted or counted.
const NARROWED: [(&str, &str); 4] = [
    (
        "filtered-and-ordered-partnerships",
        "{ partnerships(first: 50, filter: { country: { code: { eq: \"JP\" } }, state: { region: [WEST] }, establishedYear: { gte: 1955, lte: 1970 } }, orderBy: [{ field: ESTABLISHED_YEAR }, { field: US_NAME }]) { totalCount nodes { slug } } }",
    ),
    (
        "partnerships-by-name",
        "{ partnerships(first: 50, orderBy: [{ field: PARTNER_NAME }]) { nodes { slug } } }",
    ),
    (
        "cities-near-a-point",
        "{ cities(filter: { near: { latitude: 37.77, longitude: -122.42, km: 60 } }) { totalCount nodes { slug } } }",
    ),
    (
        "groups-of-a-country",
        "{ partnerships(filter: { country: { code: { eq: \"JP\" } } }) { groups(by: [STATE]) { key { label } count } } }",
    ),
];

/// Each statement of a query with its plan below it.
async fn plans(graph: &TestGraph, query: &str) -> Vec<(String, Vec<String>)> {
    let response = graph.query(query).await;
    response.data();
    let database = graph.database().connection();
    let mut plans = Vec::new();
    for sql in response.statements {
        let explain =
            Statement::from_string(DbBackend::Sqlite, format!("EXPLAIN QUERY PLAN {sql}"));
        let rows = database.query_all_raw(explain).await.unwrap();
        let steps = rows
            .iter()
            .map(|row| row.try_get("", "detail").unwrap())
            .collect();
        plans.push((sql, steps));
    }
    plans
}

fn record(name: &str, plans: &[(String, Vec<String>)]) {
    let text: Vec<String> = plans
        .iter()
        .map(|(sql, steps)| format!("{sql}\n    {}", steps.join("\n    ")))
        .collect();
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(format!("plan-{name}"), text.join("\n"));
    });
}

#[tokio::test]
async fn lists_are_read_by_indexes() {
    let graph = TestGraph::loaded().await;
    if graph.backend() != "sqlite" {
        return;
    }
    for (name, query) in ROOT {
        let plans = plans(&graph, query).await;
        record(name, &plans);
        for step in plans.iter().flat_map(|(_, steps)| steps) {
            assert!(
                step.contains(" USING ") && !step.contains("TEMP B-TREE"),
                "{step}"
            );
        }
    }
    for (name, query) in NARROWED {
        let plans = plans(&graph, query).await;
        record(name, &plans);
        for step in plans.iter().flat_map(|(_, steps)| steps) {
            let reads_a_table = ["SCAN partnership", "SCAN community"]
                .iter()
                .any(|scan| step.starts_with(scan) && !step.contains(" USING "));
            assert!(!reads_a_table, "{step}");
        }
    }
    for (name, query) in NESTED {
        let plans = plans(&graph, query).await;
        record(name, &plans);
        // The first statement reads the parents, of which all are wanted.
        for (sql, steps) in &plans[1..] {
            for step in steps {
                let reads_all = step.starts_with("SCAN ")
                    && !step.starts_with("SCAN parent VIRTUAL TABLE INDEX");
                assert!(!reads_all, "{step} in {sql}");
            }
        }
    }
}
