//! Files are written once, page by page from one snapshot of the data.

use std::time::Duration;

use axum::http::StatusCode;
use sea_orm::ConnectionTrait;
use sistergraph::{
    db::{Snapshot, StatementLog, write},
    export::{Export, ExportFile, FileContent, FileWriter},
    generate::generate,
    import::{Files, Tables},
    limits::Limits,
};

use super::{fetch, get, send};
use crate::support::{data_set::DataSet, graph::TestGraph};

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
    let table = fetch(
        &graph,
        "partnerships.csv?region=WEST,MIDWEST,SOUTH,NORTHEAST",
    )
    .await;
    assert!(table.statements.len() > pages * 5);
    for statement in &table.statements {
        assert!(
            statement.contains("LIMIT") || statement.contains("\"parent\".\"value\""),
            "{statement}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_from_one_snapshot() {
    let graph = TestGraph::loaded().await;
    for (file, name) in [
        (ExportFile::PartnershipsGeojson, "partnerships.geojson"),
        (ExportFile::DatasetZip, "dataset.zip"),
    ] {
        let before = fetch(&graph, name).await;
        let snapshot = Snapshot::open(graph.export_reader(), StatementLog::default()).await;
        let export = Export::new(file, &[], snapshot.unwrap()).await.unwrap();
        // Other data is committed before the first row is read.
        let transaction = write::begin(graph.database().connection()).await.unwrap();
        for change in [
            format!("update community set name = 'Not {name}'"),
            format!("update dataset set revision = 'not {name}'"),
        ] {
            transaction.execute_unprepared(&change).await.unwrap();
        }
        transaction.commit().await.unwrap();
        let mut output = FileWriter::default();
        export.write(&mut output).await.unwrap();
        let FileContent::Memory(bytes) = output.finish().unwrap().content else {
            panic!("{name} is not in memory");
        };
        assert!(bytes == before.bytes, "{name}");
        let after = fetch(&graph, name).await;
        assert!(after.bytes != before.bytes, "{name}");
        assert_ne!(after.header("etag"), before.header("etag"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_written_once() {
    let graph = TestGraph::loaded().await;
    let requests = [
        "partnerships.csv?state=OR,CA",
        "partnerships.csv?state=us-ca&state=or",
    ];
    let (one, other) = tokio::join!(fetch(&graph, requests[0]), fetch(&graph, requests[1]));
    assert!(one.bytes == other.bytes);
    // One of the two wrote the file, and the other waited for it.
    let mut n_statements = [one, other].map(|fetched| fetched.statements.len());
    n_statements.sort_unstable();
    let parse_statements = n_statements[0];
    assert!(parse_statements <= 2 && n_statements[1] > parse_statements);
    let again = fetch(&graph, requests[1]).await;
    assert_eq!(again.statements.len(), parse_statements);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_files_are_written_at_a_time() {
    let graph = TestGraph::loaded().await;
    let files = ["partnerships.geojson", "dataset.zip", "partnerships.json"];
    let [one, two, three] = files.map(|file| send(&graph, get(file)));
    let (one, two, three, answer) =
        tokio::join!(one, two, three, graph.query("{ states { totalCount } }"));
    // Queries are answered meanwhile.
    answer.data();
    let rejected: Vec<_> = [one, two, three]
        .into_iter()
        .filter(|fetched| fetched.status == StatusCode::SERVICE_UNAVAILABLE)
        .collect();
    assert_eq!(rejected.len(), 1);
    assert_eq!(rejected[0].error().1, "OVERLOADED");
    assert_eq!(rejected[0].header("retry-after"), "1");
    // Files that have been written are sent to any number of clients.
    for file in files {
        fetch(&graph, file).await;
    }
    let (one, two, three) = tokio::join!(
        fetch(&graph, files[0]),
        fetch(&graph, files[1]),
        fetch(&graph, files[2])
    );
    assert!(
        [one, two, three]
            .iter()
            .all(|fetched| fetched.statements.len() <= 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_written_to_its_end_if_the_client_disconnects() {
    let graph = TestGraph::loaded().await;
    let files = ["partnerships.geojson", "dataset.zip"];
    let [one, other] = files.map(|file| graph.send_unread(get(file)));
    let downloads = async { tokio::join!(one, other) };
    let until_both_are_written = async {
        // Otherwise the third file could be written before one of the two.
        tokio::time::sleep(Duration::from_millis(50)).await;
        for country in ["JP", "CN", "KR", "TW", "PH", "IN", "AU", "NZ", "VN", "TH"] {
            let third = send(&graph, get(&format!("partnerships.csv?country={country}"))).await;
            if third.status == StatusCode::SERVICE_UNAVAILABLE {
                return;
            }
        }
        panic!("the two files were never written at the same time");
    };
    tokio::select! {
        _ = downloads => panic!("the files were written too fast"),
        () = until_both_are_written => {}
    }
    let fetched = fetch(&graph, "partnerships.geojson").await;
    assert!(fetched.statements.len() <= 1, "the file is cached");
    // Every connection of the pool is available again.
    let mut snapshots = Vec::new();
    for _ in 0..4 {
        let snapshot = Snapshot::open(graph.export_reader(), StatementLog::default()).await;
        snapshots.push(snapshot.unwrap());
    }
}
