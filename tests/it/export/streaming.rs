//! Files are streamed: from one snapshot of the data, in bounded memory, and only while the client
//! reads.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Response, StatusCode},
};
use http_body_util::BodyExt;
use sea_orm::ConnectionTrait;
use sistergraph::{
    db::{Snapshot, StatementLog, write},
    generate::generate,
    import::{Files, Tables},
    limits::Limits,
};

use super::{fetch, get, send};
use crate::support::{
    data_set::DataSet,
    graph::{TestGraph, statement_log},
};

/// The number of partnerships of [`large`].
fn n_partnerships() -> usize {
    3 * DataSet::real().row_count("partnerships.csv")
}

/// A server with three times the real data, so that files take several pages.
async fn large() -> TestGraph {
    let files = generate(3, 1).unwrap().into_iter().collect();
    let tables = Tables::read(&Files::Memory(files)).unwrap_or_else(|all| panic!("{all}"));
    TestGraph::with_tables(Limits::default(), &tables).await
}

async fn next_chunk(response: &mut Response<Body>) -> Vec<u8> {
    let frame = response.body_mut().frame().await.unwrap().unwrap();
    frame.into_data().unwrap().to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_read_page_by_page() {
    let graph = large().await;
    let pages = n_partnerships().div_ceil(500);
    for (file, statements) in [
        // The revision; then, for each page of 500 partnerships, one statement each for
        // the partnerships, their communities, countries, sources, status sources, and notes.
        ("partnerships.csv", 1 + pages * 6),
        ("partnerships.json", 1 + pages * 6),
        // The revision; all figures, for the identities; a page of percentages with their sources,
        // flags, outcomes, and conditions; and a page of statistics with their sources and flags.
        ("figures.csv", 1 + 1 + 5 + 3),
    ] {
        let fetched = fetch(&graph, file).await;
        assert_eq!(fetched.statements.len(), statements, "{file}");
    }
    let narrowed = fetch(&graph, "partnerships.csv?state=OR&country=JP").await;
    // The revision, the names of states and of countries, and one page.
    assert_eq!(narrowed.statements.len(), 1 + 2 + 6);
    let table = fetch(&graph, "partnerships.csv").await;
    assert_eq!(table.rows().len(), n_partnerships());
    for statement in &table.statements {
        assert!(
            statement.contains("LIMIT") || statement.contains("\"parent\".\"value\""),
            "{statement}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_from_one_snapshot_and_is_read_on_demand() {
    let graph = large().await;
    let mut downloads = Vec::new();
    for file in ["partnerships.geojson", "dataset.zip"] {
        let before = fetch(&graph, file).await;
        let mut response = graph.send_unread(get(file)).await;
        let log = statement_log(&response).unwrap();
        let bytes = next_chunk(&mut response).await;
        downloads.push((file, before, response, log, bytes));
    }
    // Other data is committed meanwhile. A whole load would take longer than a client may stop
    // reading.
    let transaction = write::begin(graph.database().connection()).await.unwrap();
    for change in [
        "update community set name = 'Elsewhere'",
        "update dataset set revision = 'another'",
    ] {
        transaction.execute_unprepared(change).await.unwrap();
    }
    transaction.commit().await.unwrap();
    for (file, before, response, log, mut bytes) in downloads {
        let (n_sent, n_all) = (log.statements().len(), before.statements.len());
        assert!(
            n_sent < n_all / 2,
            "{file}: {n_sent} of {n_all} statements were sent for the first chunk"
        );
        let rest = response.into_body().collect().await.unwrap().to_bytes();
        bytes.extend_from_slice(&rest);
        assert!(bytes == before.bytes, "{file}");
        let after = fetch(&graph, file).await;
        assert!(after.bytes != before.bytes, "{file}");
        assert_ne!(after.header("etag"), before.header("etag"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn disconnected_clients_release_their_resources() {
    let graph = large().await;
    let mut first = graph.send_unread(get("partnerships.geojson")).await;
    let mut second = graph.send_unread(get("dataset.zip")).await;
    next_chunk(&mut first).await;
    next_chunk(&mut second).await;

    // Two files can be sent at a time; queries are still answered.
    let third = send(&graph, get("partnerships.csv")).await;
    assert_eq!(third.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(third.error().1, "OVERLOADED");
    assert_eq!(third.header("retry-after"), "1");
    let answer = graph.query("{ partnerships { totalCount } }").await;
    assert_eq!(
        answer.data()["partnerships"]["totalCount"],
        n_partnerships()
    );

    drop((first, second));
    let fetched = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            let fetched = send(&graph, get("partnerships.csv")).await;
            if fetched.status == StatusCode::OK {
                break fetched;
            }
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(fetched.await.unwrap().rows().len(), n_partnerships());
    // Every connection of the pool is available again.
    let mut snapshots = Vec::new();
    for _ in 0..4 {
        let snapshot = Snapshot::open(graph.export_reader(), StatementLog::default()).await;
        snapshots.push(snapshot.unwrap());
    }
}
