//! Files are written as they are read: in bounded memory, from one moment, and no longer than
//! somebody reads.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Response, StatusCode},
};
use http_body_util::BodyExt;
use sea_orm::ConnectionTrait;
use sistergraph::{
    db::{Snapshot, StatementLog, write},
    engine::Limits,
    generate::generate,
    import::{Files, Tables},
};

use super::{fetch, get, send};
use crate::support::graph::TestGraph;

/// Three times the real data: many pages.
async fn large() -> TestGraph {
    let files = generate(3, 1).unwrap().into_iter().collect();
    let tables = Tables::read(&Files::Memory(files)).unwrap_or_else(|all| panic!("{all}"));
    TestGraph::over(Limits::default(), &tables).await
}

async fn piece(response: &mut Response<Body>) -> Vec<u8> {
    let frame = response.body_mut().frame().await.unwrap().unwrap();
    frame.into_data().unwrap().to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_read_page_by_page() {
    let graph = large().await;
    for (file, statements) in [
        // The revision; then, for each page of 500 of the 3,756, the partnerships, their places,
        // countries, sources, sources of the status, and notes.
        ("partnerships.csv", 1 + 8 * 6),
        ("partnerships.json", 1 + 8 * 6),
        // The revision; all figures, for the identities; a page of each kind with its sources and
        // flags, and outcomes and conditions of the percentages.
        ("figures.csv", 1 + 1 + 5 + 3),
    ] {
        let fetched = fetch(&graph, file).await;
        assert_eq!(fetched.statements.len(), statements, "{file}");
    }
    let narrowed = fetch(&graph, "partnerships.csv?state=OR&country=JP").await;
    // The names of states and of countries, and one page.
    assert_eq!(narrowed.statements.len(), 1 + 2 + 6);
    let table = fetch(&graph, "partnerships.csv").await;
    assert_eq!(table.rows().len(), 3 * 1252);
    for statement in &table.statements {
        assert!(
            statement.contains("LIMIT") || statement.contains("\"parent\".\"value\""),
            "{statement}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_of_one_moment_and_no_further_than_it_is_read() {
    let graph = large().await;
    let mut readings = Vec::new();
    for file in ["partnerships.geojson", "dataset.zip"] {
        let before = fetch(&graph, file).await;
        let mut response = graph.open(get(file)).await;
        let log = response.extensions().get::<StatementLog>().unwrap().clone();
        let bytes = piece(&mut response).await;
        readings.push((file, before, response, log, bytes));
    }
    // Other data are committed meanwhile, as a load does: at once here, because readers who take
    // nothing for long are left.
    let writing = write::begin(graph.database().connection()).await.unwrap();
    for change in [
        "update community set name = 'Elsewhere'",
        "update dataset set revision = 'another'",
    ] {
        writing.execute_unprepared(change).await.unwrap();
    }
    writing.commit().await.unwrap();
    for (file, before, response, log, mut bytes) in readings {
        let (made, all) = (log.statements().len(), before.statements.len());
        assert!(
            made < all / 2,
            "{file}: {made} of {all} statements were made for the first piece"
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
async fn whoever_leaves_keeps_nothing() {
    let graph = large().await;
    let mut first = graph.open(get("partnerships.geojson")).await;
    let mut second = graph.open(get("dataset.zip")).await;
    piece(&mut first).await;
    piece(&mut second).await;

    // There is room for two; queries are answered all the same.
    let third = send(&graph, get("partnerships.csv")).await;
    assert_eq!(third.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(third.error().1, "OVERLOADED");
    assert_eq!(third.header("retry-after"), "1");
    let answer = graph.query("{ partnerships { totalCount } }").await;
    assert_eq!(answer.data()["partnerships"]["totalCount"], 3 * 1252);

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
    assert_eq!(fetched.await.unwrap().rows().len(), 3 * 1252);
    // Every connection of the pool is there again.
    let mut snapshots = Vec::new();
    for _ in 0..4 {
        let reader = graph.database().connection().clone().into();
        let snapshot = Snapshot::open(&reader, StatementLog::default()).await;
        snapshots.push(snapshot.unwrap());
    }
}
