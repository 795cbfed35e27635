//! `/export/changes.csv`.

use axum::http::StatusCode;

use super::{api::graph_with_history, recorded_changes};

#[tokio::test(flavor = "multi_thread")]
async fn the_file_has_the_lines_of_the_changes() {
    let (graph, [first, second]) = graph_with_history().await;
    let recorded = recorded_changes(graph.database().connection()).await;
    let lines_from = |start: usize| {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer
            .write_record(sistergraph::changes::CSV_COLUMNS)
            .unwrap();
        for (revision, change) in &recorded[start..] {
            for line in change.csv_lines(revision) {
                writer.write_record(line).unwrap();
            }
        }
        String::from_utf8(writer.into_inner().unwrap()).unwrap()
    };
    let position = recorded
        .iter()
        .position(|(name, _)| *name == first.revision);
    let starts = [
        ("".to_owned(), 0),
        (format!("?since={}", second.revision), position.unwrap()),
        (format!("?since={}", first.revision), recorded.len()),
    ];
    let mut etags = Vec::new();
    for (query, start) in starts {
        let file = graph.get(&format!("/export/changes.csv{query}")).await;
        assert_eq!(file.status, StatusCode::OK, "{}", file.text);
        let text = file
            .text
            .trim_start_matches('\u{feff}')
            .replace("\r\n", "\n");
        assert_eq!(text, lines_from(start), "{query}");
        etags.push(file.headers["etag"].clone());
    }
    etags.dedup();
    assert_eq!(etags.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_parameters_are_rejected() {
    let (graph, [first, _]) = graph_with_history().await;
    let revision = &first.revision;
    for (query, message) in [
        (
            "level=CITY".to_owned(),
            "unknown parameter \\\"level\\\"; use one of since, bom",
        ),
        (
            "since=abc".to_owned(),
            "the history has no revision \\\"abc\\\"; use one of dataset.history",
        ),
        ("since=%00".to_owned(), "the history has no revision"),
        (
            format!("since={revision}&since={revision}"),
            "since is given more than once; give it once",
        ),
    ] {
        let response = graph.get(&format!("/export/changes.csv?{query}")).await;
        assert_eq!(response.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(response.text.contains(message), "{}", response.text);
    }
    let other = graph
        .get(&format!("/export/figures.csv?since={revision}"))
        .await;
    assert_eq!(other.status, StatusCode::BAD_REQUEST);
}
