//! The cache of counts, which outlives a request.

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
