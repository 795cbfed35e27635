//! Tests of the routes of built pages.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::*;

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

fn pages() -> Router {
    let files = [
        ("index.html", "<title>Atlas</title>"),
        ("playground.html", "<title>Playground</title>"),
        ("figures.html", "<title>Figures</title>"),
        ("planner.html", "<title>Planner</title>"),
        ("data.html", "<title>Data</title>"),
        ("assets/sans-a1.woff2", "font"),
    ];
    let bytes =
        |(name, text): (&'static str, &'static str)| (name, Bytes::from_static(text.as_bytes()));
    // `draw()` in Brotli.
    let script = ("assets/atlas-Bq3_x-1.js.br", Bytes::from_static(SCRIPT));
    let files = files.map(bytes).into_iter().chain([script]);
    build_routes(files.collect(), |_, _| None)
}

const SCRIPT: &[u8] = b"\x8b\x02\x80draw()\x03";

async fn send_for_bytes(
    router: Router,
    path: &str,
    headers: &[(&str, &str)],
) -> (StatusCode, HeaderMap, Bytes) {
    let request = headers
        .iter()
        .fold(Request::get(path), |request, (name, value)| {
            request.header(*name, *value)
        });
    let response = router
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (parts.status, parts.headers, body)
}

async fn send(
    router: Router,
    path: &str,
    headers: &[(&str, &str)],
) -> (StatusCode, HeaderMap, String) {
    let (status, headers, body) = send_for_bytes(router, path, headers).await;
    (status, headers, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn pages_have_their_own_paths_and_accept_a_query_string() {
    for (path, title) in [
        ("/?state=OR", "Atlas"),
        ("/playground?query=%7Bregions%7Bname%7D%7D", "Playground"),
        ("/figures", "Figures"),
        ("/planner?size=5", "Planner"),
        ("/data", "Data"),
    ] {
        let (status, headers, body) = send(pages(), path, &[("accept", BROWSER)]).await;
        assert_eq!(status, 200, "{path}");
        assert_eq!(body, format!("<title>{title}</title>"));
        assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
        assert_eq!(headers[header::CACHE_CONTROL], "no-cache");
    }
}

/// Google's [rules](https://developers.google.com/search/docs/appearance/structured-data/dataset) for datasets.
#[tokio::test]
async fn search_engines_find_the_addresses_of_pages_and_files() {
    let files = vec![
        ("index.html", Bytes::from_static(b"<title>Atlas</title>")),
        ("figures.html", Bytes::from_static(b"<head></head>")),
        (
            "data.html",
            Bytes::from_static(include_bytes!("../../../web/data.html")),
        ),
    ];
    let router = || {
        build_routes::<()>(
            add_addresses(files.clone(), "https://example.org/sister"),
            |_, _| None,
        )
    };
    let (_, _, figures) = send(router(), "/figures", &[]).await;
    let address = "<head><link rel=\"canonical\" href=\"https://example.org/sister/figures\">\
                   <meta property=\"og:url\" content=\"https://example.org/sister/figures\">";
    // A picture follows if the fonts are built.
    assert!(figures.starts_with(address), "{figures}");
    assert!(figures.ends_with("\n  </head>"), "{figures}");
    let compressed = Request::get("/data").header(header::ACCEPT_ENCODING, "br");
    let compressed = router()
        .oneshot(compressed.body(Body::empty()).unwrap())
        .await;
    assert_eq!(
        compressed.unwrap().headers()[header::CONTENT_ENCODING],
        "br"
    );
    let (_, _, data) = send(router(), "/data", &[]).await;
    assert!(data.contains("<link rel=\"canonical\" href=\"https://example.org/sister/data\">"));
    let (_, json) = data
        .split_once("<script type=\"application/ld+json\">")
        .unwrap();
    let (json, _) = json.split_once("</script>").unwrap();
    let dataset: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(dataset["@context"], "https://schema.org");
    assert_eq!(dataset["@type"], "Dataset");
    assert!(dataset["name"].as_str().unwrap().len() < 110);
    let description = dataset["description"].as_str().unwrap().chars().count();
    assert!(
        (50..=5000).contains(&description),
        "{description} characters"
    );
    assert!(dataset["license"].as_str().unwrap().starts_with("https://"));
    assert_eq!(dataset["creator"]["@type"], "Organization");
    let files = dataset["distribution"].as_array().unwrap();
    assert_eq!(files.len(), 3);
    for file in files {
        let address = file["contentUrl"].as_str().unwrap();
        assert!(
            address.starts_with("https://example.org/sister/export/"),
            "{address}"
        );
        assert_eq!(file["@type"], "DataDownload");
        assert!(file["encodingFormat"].as_str().unwrap().contains('/'));
    }
}

#[tokio::test]
async fn a_trailing_slash_is_removed_by_a_relative_redirect() {
    for (path, location) in [
        ("/figures/", "../figures"),
        (
            "/playground/?query=%7Blimits%7D",
            "../playground?query=%7Blimits%7D",
        ),
    ] {
        let (status, headers, _) = send(pages(), path, &[]).await;
        assert_eq!(status, StatusCode::PERMANENT_REDIRECT, "{path}");
        assert_eq!(headers[header::LOCATION], location);
    }
}

#[tokio::test]
async fn unchanged_pages_get_304() {
    let (_, first, _) = send(pages(), "/figures", &[]).await;
    let etag = first[header::ETAG].to_str().unwrap();
    let (status, headers, body) = send(pages(), "/figures", &[("if-none-match", etag)]).await;
    assert_eq!((status, body.as_str()), (StatusCode::NOT_MODIFIED, ""));
    assert_eq!(headers[header::CACHE_CONTROL], "no-cache");
}

#[tokio::test]
async fn clients_that_do_not_prefer_html_get_text() {
    for accept in ["*/*", "text/plain", "application/json"] {
        let (_, headers, body) = send(pages(), "/", &[("accept", accept)]).await;
        assert_eq!(body, WELCOME, "{accept}");
        assert_eq!(headers[header::VARY], "accept, accept-encoding");
    }
    assert_eq!(send(pages(), "/", &[]).await.2, WELCOME);
}

#[tokio::test]
async fn assets_are_immutable_and_precompressed() {
    let path = "/assets/atlas-Bq3_x-1.js";
    let (_, headers, body) = send(pages(), path, &[]).await;
    assert_eq!(body, "draw()");
    assert_eq!(
        headers[header::CONTENT_TYPE],
        "text/javascript; charset=utf-8"
    );
    assert_eq!(
        headers[header::CACHE_CONTROL],
        "public, max-age=31536000, immutable"
    );
    assert_eq!(headers.get(header::CONTENT_ENCODING), None);

    let all = [("accept-encoding", "gzip, deflate, br, zstd")];
    let (_, headers, body) = send_for_bytes(pages(), path, &all).await;
    assert_eq!(body, SCRIPT);
    assert_eq!(headers[header::CONTENT_ENCODING], "br");
    assert_eq!(headers[header::VARY], "accept-encoding");

    let (_, headers, body) = send(pages(), "/assets/sans-a1.woff2", &all).await;
    assert_eq!(body, "font");
    assert_eq!(headers.get(header::CONTENT_ENCODING), None);
    // Compressed forms have no path of their own.
    let (status, _, _) = send(pages(), "/assets/atlas-Bq3_x-1.js.br", &[]).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn pages_allow_no_inline_scripts_and_no_other_hosts() {
    for path in ["/", "/playground", "/figures", "/planner", "/data"] {
        let (_, headers, _) = send(pages(), path, &[("accept", BROWSER)]).await;
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        let directive = |name: &str| {
            policy
                .split("; ")
                .find_map(|directive| directive.strip_prefix(name))
                .unwrap_or_else(|| panic!("{path} has no {name}"))
        };
        assert_eq!(directive("default-src "), "'none'", "{path}");
        assert_eq!(directive("script-src "), "'self'", "{path}");
        assert_eq!(directive("connect-src "), "'self'", "{path}");
        assert!(
            !policy.contains("http") && !policy.contains('*'),
            "{policy}"
        );
    }
}

#[tokio::test]
async fn a_build_without_pages_explains_how_to_build_them() {
    let router = || build_routes::<()>(Vec::new(), |_, _| None);
    let (status, _, body) = send(router(), "/", &[("accept", BROWSER)]).await;
    assert_eq!(status, 200);
    assert!(
        body.starts_with(WELCOME) && body.contains("`make pages`"),
        "{body}"
    );
    let (status, _, body) = send(router(), "/playground", &[]).await;
    assert_eq!(status, 404);
    assert!(body.contains("`make pages`"), "{body}");
}
