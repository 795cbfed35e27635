//! The pages of charts and their files.

use std::time::Duration;

use axum::http::{StatusCode, header};
use serde_json::{Value, json};
use sistergraph::{http::Settings, limits::Limits};

use crate::{
    pages::{head, open, text, without_revision},
    queries::MAX_STATEMENTS,
    support::graph::TestGraph,
};

const CHARTS: [&str; 9] = [
    "regions",
    "countries",
    "awareness",
    "usefulness",
    "decades",
    "concentration",
    "gap-by-region",
    "gap-by-sector",
    "gap-overall",
];

async fn with_address() -> TestGraph {
    let settings = Settings {
        public_url: Some("https://example.org/sister".to_owned()),
        ..Settings::default()
    };
    TestGraph::watching_revision(patient(), settings).await
}

/// Comparing figures takes long in a debug build on a busy machine.
fn patient() -> Limits {
    Limits {
        request_timeout: Duration::from_secs(120),
        ..Limits::default()
    }
}

#[tokio::test]
async fn charts_say_what_the_data_says() {
    let graph = with_address().await;
    let data = graph
        .query("{ dataset { revision loadedAt } }")
        .await
        .data();
    for id in CHARTS {
        let page = open(&graph, &format!("/chart/{id}")).await;
        assert_eq!(page.status, StatusCode::OK, "{id}: {}", page.text);
        assert!(
            page.statements.len() <= 4 * MAX_STATEMENTS,
            "{id}: {:#?}",
            page.statements
        );
        assert!(
            !page.text.contains(" style=\"") && !page.text.contains("<style"),
            "{id}"
        );
        let text = text(&page.text);
        for wrong in ["NaN", "null", "Some(", "_SIDE", "  "] {
            assert!(!text.contains(wrong), "{id} has {wrong:?}: {text}");
        }
        if ["regions", "gap-overall"].contains(&id) {
            // There are pictures only if the pages are built.
            let lines = text.lines().filter(|line| !line.starts_with("PNG: "));
            let text = lines.collect::<Vec<_>>().join("\n");
            insta::assert_snapshot!(format!("chart-{id}"), without_revision(&text, &data));
        }
    }
}

/// The finding is a conclusion from the numbers of the API.
#[tokio::test]
async fn findings_follow_from_the_api() {
    let graph = TestGraph::with_limits(patient()).await;
    let query = "{ partnerships { totalCount groups(by: DECADE) { key { value } count } } }";
    let data = graph.query(query).await.data();
    let groups = data["partnerships"]["groups"].as_array().unwrap();
    let decade = |group: &Value| group["key"][0]["value"].as_str().map(str::to_owned);
    let dated = groups.iter().filter(|group| decade(group).is_some());
    let peak = dated.max_by_key(|group| group["count"].as_u64()).unwrap();
    let page = text(&open(&graph, "/chart/decades").await.text);
    let finding = format!(
        "the {}s have the most ({}).",
        decade(peak).unwrap(),
        peak["count"]
    );
    assert!(page.contains(&finding), "{finding} is not in {page}");
}

#[tokio::test]
async fn a_file_has_what_is_needed_to_cite_the_chart() {
    let graph = with_address().await;
    let data = graph
        .query("{ dataset { revision loadedAt } }")
        .await
        .data();
    for id in CHARTS {
        let file = graph.get(&format!("/chart/{id}.svg")).await;
        assert_eq!(
            (file.status, file.content_type.as_str()),
            (StatusCode::OK, "image/svg+xml"),
            "{id}"
        );
        let policy = file.headers[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap();
        assert!(policy.ends_with("frame-ancestors 'none'"), "{policy}");
        let text = without_revision(&file.text, &data);
        for part in [
            format!("https://example.org/sister/chart/{id} · revision REVISION · data of DATE"),
            "CC BY-SA 4.0".to_owned(),
            "Base: ".to_owned(),
            "Source: ".to_owned(),
            "<desc>".to_owned(),
        ] {
            assert!(text.contains(&part), "{id} has no {part:?}: {text}");
        }
        if id == "decades" {
            // The typeface is there only if the pages are built.
            let (before, styles) = text.split_once("<style>").unwrap();
            let (_, after) = styles.split_once("</style>").unwrap();
            let lines = format!("{before}{after}").replace("><", ">\n<");
            insta::assert_snapshot!("chart-decades-svg", lines);
        }
    }
}

/// The links to the data behind a chart.
#[tokio::test]
async fn the_data_of_a_chart_is_a_table() {
    let graph = TestGraph::with_limits(patient()).await;
    for id in CHARTS {
        let page = open(&graph, &format!("/chart/{id}")).await.text;
        for (format, media_type) in [("csv", "text/csv"), ("json", "application/json")] {
            let (_, link) = page
                .split_once(&format!("href=\"../graphql?format={format}&amp;"))
                .unwrap();
            let (query, _) = link.split_once('"').unwrap();
            let address = format!("/graphql?format={format}&{}", query.replace("&amp;", "&"));
            // Proxies refuse longer lines.
            assert!(address.len() < 8_000, "{id}: {}", address.len());
            let file = graph.get(&address).await;
            assert_eq!(file.status, StatusCode::OK, "{id}: {}", file.text);
            assert!(
                file.content_type.starts_with(media_type),
                "{id}: {}",
                file.content_type
            );
            assert!(file.text.len() > 100, "{id}: {}", file.text);
        }
    }
}

#[tokio::test]
async fn unknown_charts_are_not_found() {
    let graph = TestGraph::with_limits(patient()).await;
    for path in ["/chart/none", "/chart/none.svg", "/chart/regions.gif"] {
        let response = graph.get(path).await;
        assert_eq!(response.status, StatusCode::NOT_FOUND, "{path}");
        let (message, code) = response.error();
        assert_eq!(code, "NOT_FOUND");
        assert!(
            message.contains("the charts are regions, countries"),
            "{message}"
        );
        assert_eq!(
            open(&graph, path).await.content_type,
            "text/html; charset=utf-8"
        );
    }
}

#[tokio::test]
async fn every_chart_is_in_the_list_and_in_the_sitemap() {
    let graph = with_address().await;
    let list = open(&graph, "/chart").await.text;
    let sitemap = graph.get("/sitemap.xml").await.text;
    for id in CHARTS {
        assert!(list.contains(&format!("href=\"chart/{id}\"")), "{id}");
        assert!(
            sitemap.contains(&format!("<loc>https://example.org/sister/chart/{id}</loc>")),
            "{id}"
        );
    }
    let (_, tags) = head(&open(&graph, "/chart/regions").await.text);
    assert_eq!(
        tags["canonical"],
        "https://example.org/sister/chart/regions"
    );
    assert_eq!(json!(tags["og:description"]), json!(tags["description"]));
}

/// The size of a PNG, which its header has; `None` if the pages are not built, because pictures need their typeface.
async fn picture_size(graph: &TestGraph, path: &str) -> Option<(u32, u32)> {
    let file = graph.get(path).await;
    if file.status == StatusCode::NOT_FOUND {
        let (message, _) = file.error();
        assert!(message.contains("make pages"), "{path}: {message}");
        return None;
    }
    assert_eq!(
        (file.status, file.content_type.as_str()),
        (StatusCode::OK, "image/png"),
        "{path}"
    );
    assert_eq!(&file.bytes[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(file.bytes[at..at + 4].try_into().unwrap());
    Some((number(16), number(20)))
}

#[tokio::test]
async fn charts_are_pictures_too() {
    let graph = with_address().await;
    let Some((width, height)) = picture_size(&graph, "/chart/decades.png").await else {
        return;
    };
    let svg = graph.get("/chart/decades.svg").await.text;
    let size = format!("width=\"{}\" height=\"{}\"", width / 2, height / 2);
    assert!(svg.contains(&size), "{size} is not in {svg}");
    // The picture is cached as long as the data does not change.
    let again = graph.get("/chart/decades.png").await;
    assert_eq!(again.statements, Vec::<String>::new());
    assert_eq!(again.headers[header::CONTENT_TYPE], "image/png");
}

#[tokio::test]
async fn links_have_a_picture() {
    let graph = with_address().await;
    for path in ["state/OR", "figure/california", "chart/decades"] {
        let (_, tags) = head(&open(&graph, &format!("/{path}")).await.text);
        let Some(size) = picture_size(&graph, &format!("/preview/{path}.png")).await else {
            assert_eq!(tags.get("og:image"), None, "{path}");
            assert_eq!(tags["twitter:card"], "summary");
            continue;
        };
        assert_eq!(size, (1200, 630), "{path}");
        assert_eq!(
            tags["og:image"],
            format!("https://example.org/sister/preview/{path}.png")
        );
        assert_eq!(
            (
                tags["og:image:width"].as_str(),
                tags["og:image:height"].as_str()
            ),
            ("1200", "630")
        );
        assert_eq!(
            tags["og:title"],
            format!("{} · Sistergraph", tags["og:image:alt"])
        );
        assert_eq!(tags["twitter:card"], "summary_large_image");
    }
    // A page about neither one place nor one chart has the picture of the atlas.
    let (_, tags) = head(&open(&graph, "/chart").await.text);
    if picture_size(&graph, "/preview/page/atlas.png")
        .await
        .is_some()
    {
        assert_eq!(
            tags["og:image"],
            "https://example.org/sister/preview/page/atlas.png"
        );
    }
    for path in [
        "/preview/state/XX.png",
        "/preview/state/or.png",
        "/preview/none/OR.png",
        "/preview/state/OR",
    ] {
        assert_eq!(
            graph.get(path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    // An address that only the operator knows is needed for the picture.
    let graph = TestGraph::with_limits(patient()).await;
    let (_, tags) = head(&open(&graph, "/state/OR").await.text);
    assert_eq!(tags.get("og:image"), None);
}

#[tokio::test]
async fn only_embedded_pages_may_be_framed() {
    let graph = with_address().await;
    let policy = async |path: &str| {
        let page = open(&graph, path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        page.headers[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap()
            .to_owned()
    };
    for id in CHARTS {
        let policy = policy(&format!("/embed/chart/{id}")).await;
        assert!(policy.ends_with("frame-ancestors *"), "{policy}");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self'; font-src 'self'"),
            "{policy}"
        );
        let page = open(&graph, &format!("/embed/chart/{id}")).await.text;
        assert!(
            !page.contains("<script") && !page.contains("<form"),
            "{page}"
        );
        assert!(
            page.contains(&format!(
                "<link rel=\"canonical\" href=\"https://example.org/sister/chart/{id}\">"
            )),
            "{page}"
        );
        assert!(
            page.contains(&format!("href=\"../../chart/{id}\" target=\"_blank\"")),
            "{page}"
        );
    }
    for path in [
        "/chart/regions",
        "/chart/regions.svg",
        "/chart",
        "/state/OR",
        "/search",
        "/q",
        "/export",
        "/graphql?query={limits{maxPageSize}}",
    ] {
        let policy = policy(path).await;
        assert!(
            policy.ends_with("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
    }
    let missing = graph.get("/embed/chart/none").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_map_for_other_sites_has_the_filters_of_the_atlas() {
    let graph = with_address().await;
    let page = open(
        &graph,
        "/embed/map?state=or&country=JP,KR&decade=1980&status=listed&utm_source=x",
    )
    .await;
    assert_eq!(page.status, StatusCode::OK);
    let policy = page.headers[header::CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap();
    assert!(policy.ends_with("frame-ancestors *"), "{policy}");
    let answer = graph
        .query(
            "{ partnerships(filter: { state: { code: { eq: \"OR\" } }, country: { code: { in: [\"JP\", \"KR\"] } }, establishedYear: { gte: 1980, lt: 1990 }, status: [LISTED] }) { totalCount } }",
        )
        .await;
    let total = answer.data()["partnerships"]["totalCount"]
        .as_u64()
        .unwrap();
    assert!(total > 0);
    let heading = format!(
        "<h1>{total} sister partnerships: Oregon, Japan or South Korea, founded in the 1980s, listed</h1>"
    );
    assert!(page.text.contains(&heading), "{}", text(&page.text));
    assert!(page.text.contains("<svg") && !page.text.contains("<script"));
    assert!(
        page.text
            .contains("<link rel=\"canonical\" href=\"https://example.org/sister/\">")
    );

    assert!(page.text.contains("</svg>one partnership</li>"));

    let all = open(&graph, "/embed/map").await.text;
    for part in [
        "sister partnerships of the United States with Asia and the Pacific</h1>",
        "Partnerships between a state and a country:",
        ">United States</text>",
        ">Japan</text>",
        ">South Korea</text>",
        "stroke-width=\"5.6\"",
    ] {
        assert!(all.contains(part), "{part} is not in {}", text(&all));
    }
    for (parameters, problem) in [
        (
            "contry=JP",
            "there is no filter \"contry\"; did you mean \"country\"?",
        ),
        (
            "level=village",
            "level is \"VILLAGE\"; it has to be one of CITY",
        ),
        ("decade=1985", "decade is \"1985\"; it has to be a decade"),
        (
            "state=Oregon%20State",
            "state is \"OREGON STATE\"; it has to be a code",
        ),
        ("country=XX", "country is \"XX\"; no country has this code"),
    ] {
        let refused = graph.get(&format!("/embed/map?{parameters}")).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{parameters}");
        assert!(
            refused.text.contains(&problem.replace('"', "\\\"")),
            "{}",
            refused.text
        );
    }
}

#[tokio::test]
async fn editors_learn_how_to_embed_a_chart() {
    let graph = with_address().await;
    let (_, tags) = head(&open(&graph, "/chart/decades").await.text);
    let address = tags["alternate"].replace("&amp;", "&");
    let path = address.strip_prefix("https://example.org/sister").unwrap();
    let answer = graph.get(path).await;
    assert_eq!(
        (answer.status, answer.content_type.as_str()),
        (StatusCode::OK, "application/json; charset=utf-8")
    );
    let answer = answer.json();
    assert_eq!(
        (&answer["version"], &answer["type"]),
        (&json!("1.0"), &json!("rich"))
    );
    assert_eq!(answer["width"], 800);
    let html = answer["html"].as_str().unwrap();
    let frame =
        "<iframe src=\"https://example.org/sister/embed/chart/decades\" width=\"800\" height=\"";
    assert!(html.starts_with(frame), "{html}");
    // The page shows the same code.
    let page = text(&open(&graph, "/chart/decades").await.text);
    assert!(
        page.contains(html.split(" title=").next().unwrap()),
        "{html} is not in {page}"
    );

    let small = graph
        .get(&format!("{path}&maxwidth=400&maxheight=300&other=1"))
        .await
        .json();
    assert_eq!(
        (&small["width"], &small["height"]),
        (&json!(400), &json!(300))
    );
    assert_eq!(small.get("thumbnail_url"), None);

    for (path, status) in [
        (
            "/oembed?url=https://example.org/sister/chart/decades&format=xml",
            StatusCode::NOT_IMPLEMENTED,
        ),
        (
            "/oembed?url=https://example.org/sister/chart/none",
            StatusCode::NOT_FOUND,
        ),
        (
            "/oembed?url=https://example.org/sister/state/OR",
            StatusCode::NOT_FOUND,
        ),
        (
            "/oembed?url=https://example.com/sister/chart/decades",
            StatusCode::NOT_FOUND,
        ),
        ("/oembed", StatusCode::NOT_FOUND),
        (
            "/oembed?url=https://example.org/sister/chart/decades&maxwidth=wide",
            StatusCode::BAD_REQUEST,
        ),
    ] {
        assert_eq!(graph.get(path).await.status, status, "{path}");
    }
    for path in [
        "chart/decades/",
        "chart/decades?utm_source=x",
        "embed/chart/decades",
    ] {
        let url: String = form_urlencoded::byte_serialize(
            format!("https://example.org/sister/{path}").as_bytes(),
        )
        .collect();
        let answer = graph.get(&format!("/oembed?url={url}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
    }
    // Addresses in answers have to be absolute.
    let graph = TestGraph::with_limits(patient()).await;
    let answer = graph
        .get("/oembed?url=http://localhost/chart/decades")
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.error().0.contains("--public-url"), "{}", answer.text);
}
