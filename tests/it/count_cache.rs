//! The cache of counts, which outlives a request.

use serde_json::{Value, json};
use sistergraph::import::load;

use crate::support::{data_set::DataSet, graph::TestGraph};

const QUERY: &str = "{ partnerships(first: 1) { totalCount groups(by: [LEVEL]) { count } nodes { slug } } concentration(by: STATE) { gini } }";

#[tokio::test(flavor = "multi_thread")]
async fn repeated_counts_come_from_the_cache() {
    let graph = TestGraph::with_count_cache().await;
    let first = graph.query(QUERY).await;
    let again = graph.query(QUERY).await;
    assert_eq!(first.data(), again.data());
    assert_eq!((first.statements.len(), again.statements.len()), (4, 1));
    assert!(!again.statements[0].contains("COUNT"));
    // Other filter values have their own count.
    let filtered = |level: &str| {
        format!("{{ partnerships(filter: {{ level: [{level}] }}) {{ totalCount }} }}")
    };
    let count_for = async |level| {
        graph.query(&filtered(level)).await.data()["partnerships"]["totalCount"].clone()
    };
    assert_ne!(count_for("CITY").await, count_for("STATE").await);
    assert_eq!(count_for("CITY").await, count_for("CITY").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn cached_counts_follow_a_load() {
    let graph = TestGraph::with_count_cache().await;
    let count = async || graph.query(QUERY).await.data()["partnerships"]["totalCount"].clone();
    let mut reduced = DataSet::real();
    reduced.remove_partnership("il-chicago--jp-osaka");
    let n = DataSet::real().row_count("partnerships.csv");
    for (data, expected) in [
        (&DataSet::real(), n),
        (&reduced, n - 1),
        (&DataSet::real(), n),
    ] {
        load(graph.database().connection(), &data.tables(), &())
            .await
            .unwrap();
        // The first request after the load, and those that find its count in the cache.
        for _ in 0..6 {
            assert_eq!(count().await, expected);
        }
    }
}

/// Queries that read more if there is more data, and what may differ in a later one that reads no more than its page.
const GROWING: [(&str, &str, &str); 9] = [
    (
        "{ partnerships(PAGE) { totalCount nodes { slug } } }",
        "first: 3",
        "first: 9, orderBy: [{ field: US_NAME }]",
    ),
    (
        "{ partnerships(filter: { establishedYear: { gte: 1980 } }, PAGE) { totalCount } }",
        "first: 3",
        "first: 9",
    ),
    (
        "{ regions { population partnerships(PAGE) { totalCount nodes { slug } } } }",
        "first: 3",
        "first: 9, orderBy: [{ field: ESTABLISHED_YEAR }]",
    ),
    (
        "{ states { nodes { partnerships { totalCount groups(by: [COUNTRY], PAGE) { count } } } } }",
        "first: 3",
        "first: 9",
    ),
    (
        "{ cities(filter: { name: { contains: \"san\" } }, PAGE) { totalCount nodes { slug } } }",
        "first: 3",
        "first: 9",
    ),
    (
        "{ coverage(PAGE) { recorded key { label } } }",
        "by: STATE",
        "by: STATE",
    ),
    (
        "{ concentration(PAGE) { hhi topShare capitalShare } }",
        "by: US_COMMUNITY",
        "by: US_COMMUNITY",
    ),
    (
        "{ search(text: \"san\", PAGE) { totalCount nodes { __typename } } }",
        "first: 3",
        "first: 90",
    ),
    (
        "{ search(text: \"new york\", PAGE) { totalCount edges { cursor } } }",
        "first: 3",
        "first: 9",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn later_requests_read_no_more_than_their_page() {
    let graph = TestGraph::with_count_cache().await;
    let reads_all = |statement: &String| {
        ["COUNT(", "SUM(", "search_"]
            .iter()
            .any(|part| statement.contains(part))
    };
    for (query, first, later) in GROWING {
        let first = graph.query(&query.replace("PAGE", first)).await;
        first.data();
        assert!(first.statements.iter().any(reads_all), "{query}");
        let later = graph.query(&query.replace("PAGE", later)).await;
        later.data();
        assert!(
            !later.statements.iter().any(reads_all),
            "{query}: {:#?}",
            later.statements
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_a_search_are_cut_from_the_cached_results() {
    let graph = TestGraph::with_count_cache().await;
    let uncached = TestGraph::loaded().await;
    let query = "query($first: Int, $after: String) { search(text: \"s\", first: $first, after: $after) { totalCount pageInfo { hasNextPage hasPreviousPage endCursor } edges { cursor score } } }";
    let mut after = Value::Null;
    // Ends within the cached results, at their end, and after it; then a page that begins before their end.
    for (first, runs_a_search) in [(50, true), (149, false), (1, true), (50, true)] {
        let variables = json!({ "first": first, "after": after });
        let response = graph.query_with(query, variables.clone()).await;
        assert_eq!(
            response.data(),
            uncached.query_with(query, variables).await.data()
        );
        let searches = response
            .statements
            .iter()
            .filter(|sql| sql.contains("search_"));
        assert_eq!(searches.count() > 0, runs_a_search, "{first}");
        after = response.data()["search"]["pageInfo"]["endCursor"].clone();
    }
    let total = graph.query_with(query, json!({ "first": 0 })).await.data();
    assert!(total["search"]["totalCount"].as_i64() > Some(400));
}
