//! Counts that are kept between requests.

use sistergraph::import::load;

use crate::support::{data_set::DataSet, graph::TestGraph};

const QUERY: &str = "{ partnerships(first: 1) { totalCount groups(by: [LEVEL]) { count } nodes { slug } } concentration(by: STATE) { gini } }";

#[tokio::test(flavor = "multi_thread")]
async fn what_was_counted_is_not_counted_again() {
    let graph = TestGraph::keeping_counts().await;
    let first = graph.query(QUERY).await;
    let again = graph.query(QUERY).await;
    assert_eq!(first.data(), again.data());
    if graph.backend() == "sqlite" {
        assert_eq!((first.statements.len(), again.statements.len()), (4, 1));
        assert!(!again.statements[0].contains("COUNT"));
    } else {
        assert_eq!(first.statements, again.statements);
    }
    // Other values are another question.
    let filtered = |level: &str| {
        format!("{{ partnerships(filter: {{ level: [{level}] }}) {{ totalCount }} }}")
    };
    let of = async |level| {
        graph.query(&filtered(level)).await.data()["partnerships"]["totalCount"].clone()
    };
    assert_ne!(of("CITY").await, of("STATE").await);
    assert_eq!(of("CITY").await, of("CITY").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_are_of_the_data_that_the_request_sees() {
    let graph = TestGraph::keeping_counts().await;
    let count = async || graph.query(QUERY).await.data()["partnerships"]["totalCount"].clone();
    let mut less = DataSet::real();
    less.remove_row("partnerships.csv", "il-chicago--jp-osaka");
    for (data, expected) in [
        (&DataSet::real(), 1252),
        (&less, 1251),
        (&DataSet::real(), 1252),
    ] {
        load(graph.database().connection(), &data.tables(), &())
            .await
            .unwrap();
        // The very next request, and those that find it counted.
        for _ in 0..6 {
            assert_eq!(count().await, expected);
        }
    }
}
