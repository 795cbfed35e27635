//! SQLite's query plans for lists: rows come from an index that is already in order, never from a
//! scan of a whole table. Refresh the snapshots with `INSTA_UPDATE=always cargo test --test it plans`.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::support::graph::TestGraph;

/// Lists of many parents. Every statement after the first one is for all parents at once.
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
        "{ states { nodes { partnerships(first: 5, after: \"WyJQYXJ0bmVyc2hpcCtpZCIsImlsLWNoaWNhZ28tLWpwLW9zYWthIl0\") { pageInfo { hasPreviousPage } nodes { slug } } } } }",
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
        "{ partnerships(first: 5, after: \"WyJQYXJ0bmVyc2hpcCtpZCIsImlsLWNoaWNhZ28tLWpwLW9zYWthIl0\") { pageInfo { hasPreviousPage } nodes { slug } } }",
    ),
];

/// Filtered, ordered, or grouped lists: an index filters or orders them, and only the remaining rows
/// are sorted or counted.
const FILTERED: [(&str, &str); 4] = [
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

/// The statements of a query, each with the steps of its plan.
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
async fn lists_are_read_through_indexes() {
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
    for (name, query) in FILTERED {
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
        // The first statement reads all parents.
        for (sql, steps) in &plans[1..] {
            for step in steps {
                let reads_all = step.starts_with("SCAN ")
                    && !step.starts_with("SCAN parent VIRTUAL TABLE INDEX");
                assert!(!reads_all, "{step} in {sql}");
            }
        }
    }
}

/// Sort orders, and whether a descending page sorts the rows that share a value. That is the case for names, because few rows
/// share one, and for texts with few values of cities, of which there are thousands at most.
const ORDERS: [(&str, &str, bool); 21] = [
    ("partnerships", "ESTABLISHED_YEAR", false),
    ("partnerships", "DISTANCE", false),
    ("partnerships", "US_NAME", true),
    ("partnerships", "PARTNER_NAME", true),
    ("partnerships", "STATE_CODE", false),
    ("partnerships", "COUNTRY_NAME", false),
    ("partnerships", "REGION", false),
    ("partnerships", "US_POPULATION", false),
    ("partnerships", "PARTNER_POPULATION", false),
    ("cities", "KIND", true),
    ("cities", "IS_CAPITAL", true),
    ("cities", "STATE_CODE", false),
    ("cities", "PROVINCE_SLUG", false),
    ("cities", "COUNTRY_NAME", true),
    ("cities", "SLUG", false),
    ("cities", "NAME", true),
    ("cities", "POPULATION", false),
    ("cities", "PARTNERSHIP_COUNT", false),
    ("states", "NAME", true),
    ("states", "POPULATION", false),
    ("states", "PARTNERSHIP_COUNT", false),
];

/// Pages deep in a list, in every order and both directions, seek their start in an index.
#[tokio::test]
async fn deep_pages_seek_in_an_index() {
    let graph = TestGraph::loaded().await;
    if graph.backend() != "sqlite" {
        return;
    }
    for (list, field, sorts_equal_values) in ORDERS {
        for direction in ["ASC", "DESC"] {
            let order = format!("orderBy: [{{ field: {field}, direction: {direction} }}]");
            let first = format!("{{ {list}(first: 9, {order}) {{ pageInfo {{ endCursor }} }} }}");
            let cursor = graph.query(&first).await.data()[list]["pageInfo"]["endCursor"].clone();
            let deep = [
                format!(
                    "{{ {list}(first: 5, after: {cursor}, {order}) {{ nodes {{ slug }} pageInfo {{ hasPreviousPage }} }} }}"
                ),
                format!(
                    "{{ {list}(last: 5, before: {cursor}, {order}) {{ nodes {{ slug }} pageInfo {{ hasNextPage }} }} }}"
                ),
            ];
            for query in deep {
                let plans = plans(&graph, &query).await;
                for (sql, steps) in &plans {
                    for step in steps {
                        let sorts = step == "USE TEMP B-TREE FOR LAST TERM OF ORDER BY";
                        let seeks = step.starts_with("SEARCH ")
                            && (step.contains(">") || step.contains("<"));
                        assert!(
                            seeks || (sorts && sorts_equal_values && direction == "DESC"),
                            "{field} {direction}: {step} in {sql}"
                        );
                    }
                }
                if list == "partnerships"
                    && ["ESTABLISHED_YEAR", "US_NAME", "STATE_CODE"].contains(&field)
                {
                    let paging = if query.contains("last:") {
                        "backwards"
                    } else {
                        "forwards"
                    };
                    let name = format!("deep-{list}-by-{field}-{direction}-{paging}");
                    record(&name.to_lowercase(), &plans);
                }
            }
        }
    }
    // The same for the lists of each parent.
    for parent in ["states", "regions", "countries"] {
        for direction in ["ASC", "DESC"] {
            let order = format!("orderBy: [{{ field: ESTABLISHED_YEAR, direction: {direction} }}]");
            let list = |list: &str| match parent {
                "regions" => format!("{{ regions {{ {list} }} }}"),
                parent => format!("{{ {parent} {{ nodes {{ {list} }} }} }}"),
            };
            let cursor = graph
                .query(&format!(
                    "{{ partnerships(first: 9, {order}) {{ pageInfo {{ endCursor }} }} }}"
                ))
                .await
                .data()["partnerships"]["pageInfo"]["endCursor"]
                .clone();
            let query = list(&format!(
                "partnerships(first: 5, after: {cursor}, {order}) {{ nodes {{ slug }} }}"
            ));
            let plans = plans(&graph, &query).await;
            let steps = &plans[1].1;
            let seeks = steps.iter().any(|step| {
                step.starts_with("SEARCH partnership ")
                    && step.contains("=? AND")
                    && step.contains('>')
            });
            assert!(
                seeks && !steps.iter().any(|step| step.contains("TEMP B-TREE")),
                "{parent} {direction}: {plans:?}"
            );
        }
    }
}
