//! Ranges of files: `Range`, `If-Range`, and their responses.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};

use super::{Fetched, fetch, send};
use crate::support::graph::TestGraph;

async fn request(graph: &TestGraph, method: &str, headers: &[(&str, &str)]) -> Fetched {
    let request = Request::builder().method(method);
    let request = (headers.iter()).fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    let request = request.uri("/export/partnerships.geojson?state=OR");
    send(graph, request.body(Body::empty()).unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_of_a_file_can_be_requested() {
    let graph = TestGraph::loaded().await;
    let whole = fetch(&graph, "partnerships.geojson?state=OR").await;
    let n = whole.bytes.len();
    for (range, start, end) in [
        ("bytes=0-16383", 0, 16_384),
        ("bytes=16384-32767", 16_384, 32_768),
        ("bytes=1000-", 1000, n),
        ("bytes=-22", n - 22, n),
        ("bytes=5-5", 5, 6),
        (&format!("bytes=0-{}", n + 10), 0, n),
        (&format!("bytes=-{}", n + 10), 0, n),
    ] {
        let part = request(&graph, "GET", &[("range", range)]).await;
        assert_eq!(part.status, StatusCode::PARTIAL_CONTENT, "{range}");
        assert!(part.bytes == whole.bytes[start..end], "{range}");
        let content_range = format!("bytes {start}-{}/{n}", end - 1);
        assert_eq!(part.header("content-range"), content_range, "{range}");
        assert_eq!(part.header("content-length"), (end - start).to_string());
        for header in [
            "accept-ranges",
            "content-type",
            "content-disposition",
            "etag",
        ] {
            assert_eq!(part.header(header), whole.header(header));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_and_multiple_ranges_are_ignored() {
    let graph = TestGraph::loaded().await;
    let whole = fetch(&graph, "partnerships.geojson?state=OR").await;
    for range in [
        "bytes=",
        "bytes=9-5",
        "lines=1-2",
        "bytes=a-b",
        "bytes=0-1,5-6",
    ] {
        let all = request(&graph, "GET", &[("range", range)]).await;
        assert_eq!(all.status, StatusCode::OK, "{range}");
        assert!(all.bytes == whole.bytes);
    }
    let head = request(&graph, "HEAD", &[("range", "bytes=0-9")]).await;
    assert_eq!(head.status, StatusCode::OK);
    assert_eq!(head.header("content-length"), whole.bytes.len().to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_outside_the_file_is_an_error() {
    let graph = TestGraph::loaded().await;
    let n = fetch(&graph, "partnerships.geojson?state=OR")
        .await
        .bytes
        .len();
    for range in [format!("bytes={n}-"), "bytes=-0".to_owned()] {
        let rejected = request(&graph, "GET", &[("range", &range)]).await;
        assert_eq!(rejected.status, StatusCode::RANGE_NOT_SATISFIABLE);
        assert_eq!(rejected.header("content-range"), format!("bytes */{n}"));
        let (message, code) = rejected.error();
        assert_eq!(code, "RANGE_NOT_SATISFIABLE");
        assert_eq!(
            message,
            format!("the file has {n} bytes; request a range within it")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_is_only_sent_of_the_version_that_the_client_has() {
    let graph = TestGraph::loaded().await;
    let whole = fetch(&graph, "partnerships.geojson?state=OR").await;
    let etag = whole.header("etag").to_owned();
    for (if_range, status) in [
        (etag.clone(), StatusCode::PARTIAL_CONTENT),
        (format!("W/{etag}"), StatusCode::OK),
        ("\"other\"".to_owned(), StatusCode::OK),
        ("Wed, 21 Oct 2026 07:28:00 GMT".to_owned(), StatusCode::OK),
        ("nonsense".to_owned(), StatusCode::OK),
    ] {
        let headers = [("range", "bytes=10-19"), ("if-range", &if_range)];
        let fetched = request(&graph, "GET", &headers).await;
        assert_eq!(fetched.status, status, "{if_range}");
    }
    for (if_match, status) in [
        (etag.as_str(), StatusCode::PARTIAL_CONTENT),
        ("*", StatusCode::PARTIAL_CONTENT),
        ("\"other\"", StatusCode::PRECONDITION_FAILED),
    ] {
        let headers = [("range", "bytes=10-19"), ("if-match", if_match)];
        let fetched = request(&graph, "GET", &headers).await;
        assert_eq!(fetched.status, status, "{if_match}");
    }
    let headers = [("range", "bytes=10-19"), ("if-none-match", &etag)];
    let unchanged = request(&graph, "GET", &headers).await;
    assert_eq!(unchanged.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test(flavor = "multi_thread")]
async fn ranges_of_compressed_files_are_parts_of_the_compressed_bytes() {
    let graph = TestGraph::loaded().await;
    let gzip = ("accept-encoding", "gzip");
    let whole = request(&graph, "GET", &[gzip]).await;
    let etag = whole.header("etag").to_owned();
    let headers = [gzip, ("range", "bytes=100-"), ("if-range", &etag)];
    let part = request(&graph, "GET", &headers).await;
    assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.header("content-encoding"), "gzip");
    assert!(part.bytes == whole.bytes[100..]);
    // The ETag of the compressed file is not that of the file.
    let headers = [("range", "bytes=100-"), ("if-range", &etag)];
    assert_eq!(
        request(&graph, "GET", &headers).await.status,
        StatusCode::OK
    );
}
