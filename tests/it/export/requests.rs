//! Requests for files: headers, an ETag, and errors.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use sistergraph::import::load;
use tokio::io::AsyncReadExt;

use super::{Fetched, fetch, get, send};
use crate::support::{data_set::DataSet, graph::TestGraph};

const FILES: [(&str, &str); 6] = [
    (
        "partnerships.csv",
        "text/csv; charset=utf-8; header=present",
    ),
    ("partnerships.json", "application/json; charset=utf-8"),
    ("partnerships.geojson", "application/geo+json"),
    ("figures.csv", "text/csv; charset=utf-8; header=present"),
    ("dataset.zip", "application/zip"),
    ("changes.csv", "text/csv; charset=utf-8; header=present"),
];

async fn conditional(graph: &TestGraph, path: &str, if_none_match: &str) -> Fetched {
    let request = Request::get(format!("/export/{path}"))
        .header("if-none-match", if_none_match)
        .body(Body::empty())
        .unwrap();
    send(graph, request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_index_lists_every_file_and_its_columns() {
    let graph = TestGraph::loaded().await;
    let request = Request::get("/export").body(Body::empty()).unwrap();
    let list = send(&graph, request).await;
    assert_eq!(list.status, StatusCode::OK);
    let list = list.json();
    let files = list["files"].as_array().unwrap();
    let names: Vec<_> = files
        .iter()
        .map(|file| file["path"].as_str().unwrap())
        .collect();
    // Relative to the address of the list, which may be below a path of a proxy.
    assert_eq!(names, FILES.map(|(name, _)| format!("export/{name}")));
    assert!(files.iter().all(|file| file["description"].is_string()));
    assert_eq!(list["parameters"].as_array().unwrap().len(), 7);
    for (file, name) in [
        (0, "partnerships.csv"),
        (3, "figures.csv"),
        (5, "changes.csv"),
    ] {
        let columns = files[file]["columns"].as_array().unwrap();
        let listed: Vec<_> = columns
            .iter()
            .map(|column| column["name"].as_str().unwrap())
            .collect();
        let fetched = fetch(&graph, name).await;
        let header = fetched.text().trim_start_matches('\u{feff}').lines().next();
        assert_eq!(Some(listed.join(",").as_str()), header);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trailing_slash_after_export_is_removed_by_a_relative_redirect() {
    let graph = TestGraph::loaded().await;
    let request = Request::get("/export/").body(Body::empty()).unwrap();
    let response = send(&graph, request).await;
    assert_eq!(response.status, StatusCode::PERMANENT_REDIRECT);
    assert_eq!(response.header("location"), "../export");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_have_etags_and_support_conditional_requests() {
    let graph = TestGraph::loaded().await;
    for (name, media_type) in FILES {
        let fetched = fetch(&graph, name).await;
        assert_eq!(fetched.header("content-type"), media_type);
        let disposition = fetched.header("content-disposition");
        let (stem, extension) = name.split_once('.').unwrap();
        assert!(
            disposition.starts_with(&format!("attachment; filename=\"sistergraph-{stem}-"))
                && disposition.ends_with(&format!(".{extension}\"")),
            "{disposition}"
        );
        assert_eq!(fetched.header("cache-control"), "public, max-age=60");
        assert_eq!(fetched.header("x-content-type-options"), "nosniff");
        assert_eq!(fetched.headers.contains_key("link"), name != "figures.csv");
        let etag = fetched.header("etag").to_owned();
        assert!(etag.starts_with('"') && etag.len() == 34, "{etag}");
        assert_eq!(fetched.header("accept-ranges"), "bytes");
        assert_eq!(
            fetched.header("content-length"),
            fetched.bytes.len().to_string()
        );

        let head = Request::head(format!("/export/{name}"))
            .body(Body::empty())
            .unwrap();
        let head = send(&graph, head).await;
        assert_eq!(head.status, StatusCode::OK);
        assert!(head.bytes.is_empty());
        let headers_without_id = |fetched: &Fetched| {
            let mut headers = fetched.headers.clone();
            headers.remove("x-request-id").unwrap();
            headers
        };
        assert_eq!(headers_without_id(&head), headers_without_id(&fetched));

        for if_none_match in [
            etag.clone(),
            format!("W/{etag}"),
            format!("\"other\", {etag}"),
            "*".to_owned(),
        ] {
            let again = conditional(&graph, name, &if_none_match).await;
            assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{if_none_match}");
            assert!(again.bytes.is_empty());
            assert_eq!(again.header("etag"), etag);
            assert_eq!(again.header("cache-control"), "public, max-age=60");
        }
        let other = conditional(&graph, name, "\"other\"").await;
        assert_eq!(other.status, StatusCode::OK);
        assert!(other.bytes == fetched.bytes);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_compressed_on_request() {
    let graph = TestGraph::loaded().await;
    // Without changes, that file is too short to become half as long.
    let files = FILES.into_iter().filter(|(name, _)| *name != "changes.csv");
    for (name, _) in files {
        let plain = fetch(&graph, name).await;
        assert_eq!(plain.header("vary"), "accept-encoding");
        assert!(!plain.headers.contains_key("content-encoding"));
        for encoding in ["gzip", "br", "zstd"] {
            let request = |method: &str| {
                Request::builder()
                    .method(method)
                    .uri(format!("/export/{name}"))
                    .header("accept-encoding", encoding)
                    .body(Body::empty())
                    .unwrap()
            };
            let compressed = send(&graph, request("GET")).await;
            let head = send(&graph, request("HEAD")).await;
            for header in ["content-encoding", "content-length", "etag"] {
                assert_eq!(head.header(header), compressed.header(header));
            }
            if name == "dataset.zip" {
                assert!(!compressed.headers.contains_key("content-encoding"));
                assert!(compressed.bytes == plain.bytes);
                continue;
            }
            assert_eq!(compressed.header("content-encoding"), encoding);
            assert_ne!(compressed.header("etag"), plain.header("etag"));
            assert!(compressed.bytes.len() < plain.bytes.len() / 2);
            assert!(
                decompressed(&compressed.bytes, encoding).await == plain.bytes,
                "{name}"
            );
        }
    }
}

async fn decompressed(bytes: &[u8], encoding: &str) -> Vec<u8> {
    use async_compression::tokio::bufread::{BrotliDecoder, GzipDecoder, ZstdDecoder};
    let mut read = Vec::new();
    match encoding {
        "gzip" => GzipDecoder::new(bytes).read_to_end(&mut read).await,
        "br" => BrotliDecoder::new(bytes).read_to_end(&mut read).await,
        _ => ZstdDecoder::new(bytes).read_to_end(&mut read).await,
    }
    .unwrap();
    read
}

#[tokio::test(flavor = "multi_thread")]
async fn etags_depend_on_the_data_the_file_and_the_filter() {
    let graph = TestGraph::loaded().await;
    let mut etags = Vec::new();
    let same = [
        "partnerships.csv?state=OR,CA&level=CITY",
        "partnerships.csv?level=city&state=us-ca&state=or&state=CA",
    ];
    let others = [
        "partnerships.csv",
        "partnerships.json",
        "partnerships.csv?state=OR",
        "partnerships.csv?country=JP",
    ];
    let etag = async |path: &str| fetch(&graph, path).await.header("etag").to_owned();
    etags.push(etag(same[0]).await);
    assert_eq!(etag(same[1]).await, etags[0]);
    for other in others {
        etags.push(etag(other).await);
    }
    // Loading the same data keeps the ETag; loading other data changes it.
    let connection = graph.database().connection();
    let mut data = DataSet::real();
    load(connection, &data.tables(), &()).await.unwrap();
    assert_eq!(etag(same[0]).await, etags[0]);
    data.set("cities.csv", "us-or-portland", "name", "Portlandia");
    load(connection, &data.tables(), &()).await.unwrap();
    etags.push(etag("partnerships.csv").await);
    let mut distinct = etags.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), etags.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_parameters_and_values_are_rejected() {
    let graph = TestGraph::loaded().await;
    for (query, message) in [
        (
            "status=ENDED",
            "unknown parameter \"status\"; use one of level, state, country, region",
        ),
        (
            "level=village",
            "unknown level \"village\"; use one of CITY, COUNTY, STATE",
        ),
        (
            "region=WEST,East",
            "unknown region \"East\"; use one of WEST, MIDWEST, SOUTH, NORTHEAST",
        ),
        ("level=", "unknown level \"\"; use one of"),
        (
            "state=OR,ZZ",
            "unknown state \"ZZ\"; use a USPS code (AK, AL, ",
        ),
        (
            "country=atlantis",
            "unknown country \"atlantis\"; use an ISO 3166-1 code (AF, AU, ",
        ),
        ("state=us-or-portland", "unknown state \"us-or-portland\""),
        ("level=%ff", "unknown level \"\u{fffd}\""),
    ] {
        // The changes have no filters.
        let files = FILES.into_iter().filter(|(name, _)| *name != "changes.csv");
        for (file, _) in files {
            let rejected = send(&graph, get(&format!("{file}?{query}"))).await;
            assert_eq!(rejected.status, StatusCode::BAD_REQUEST, "{query}");
            assert_eq!(
                rejected.header("content-type"),
                "application/json; charset=utf-8"
            );
            assert!(!rejected.headers.contains_key("etag"));
            let (actual, code) = rejected.error();
            assert_eq!(code, "BAD_USER_INPUT");
            assert!(actual.starts_with(message), "{actual}");
        }
    }
    for (query, message) in [
        (
            "partnerships.csv?feature=place",
            "unknown parameter \"feature\"; use one of level, state, country, region, bom",
        ),
        (
            "dataset.zip?bom=false",
            "unknown parameter \"bom\"; use one of level, state, country, region",
        ),
        (
            "figures.csv?bom=no",
            "unknown value \"no\" of the parameter bom; use true or false",
        ),
        (
            "partnerships.geojson?feature=place&feature=partnership",
            "the parameter feature has the values \"place\" and \"partnership\"; give one",
        ),
        (
            "partnerships.geojson?feature=line",
            "unknown value \"line\" of the parameter feature; use place or partnership",
        ),
    ] {
        let rejected = send(&graph, get(query)).await;
        assert_eq!(
            rejected.error(),
            (message.to_owned(), "BAD_USER_INPUT".to_owned())
        );
    }
    let long = "x".repeat(5_000);
    let rejected = send(&graph, get(&format!("figures.csv?country={long}"))).await;
    assert!(rejected.error().0.len() < 500);
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_for_tracking_are_ignored() {
    let graph = TestGraph::loaded().await;
    let plain = fetch(&graph, "partnerships.csv?state=OR").await;
    let tracked = "partnerships.csv?utm_source=news&state=OR&fbclid=x&utm_campaign=%ff&gclid=";
    assert_eq!(
        fetch(&graph, tracked).await.header("etag"),
        plain.header("etag")
    );
    let answer = graph
        .send(
            Request::get("/graphql?query=%7Bstates%7BtotalCount%7D%7D&utm_source=news&fbclid=x")
                .body(Body::empty())
                .unwrap(),
        )
        .await;
    answer.data();
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_files_and_methods_are_rejected() {
    let graph = TestGraph::loaded().await;
    for path in [
        "cities.csv",
        "partnerships",
        "partnerships.csv/more",
        "../graphql",
    ] {
        let missing = send(&graph, get(path)).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND, "{path}");
        let (message, code) = missing.error();
        assert_eq!(code, "NOT_FOUND");
        for (name, _) in FILES {
            assert!(message.contains(name), "{message}");
        }
    }
    for path in ["/export", "/export/partnerships.csv"] {
        let request = Request::post(path).body(Body::empty()).unwrap();
        let rejected = send(&graph, request).await;
        assert_eq!(rejected.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(rejected.header("allow"), "GET, HEAD");
        assert_eq!(rejected.error().1, "METHOD_NOT_ALLOWED");
    }
}
