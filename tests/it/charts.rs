//! The pages of charts and their files.

use axum::http::{StatusCode, header};
use serde_json::{Value, json};
use sistergraph::{http::Settings, limits::Limits};

use crate::{
    pages::{head, open, text},
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
    TestGraph::watching_revision(Limits::default(), settings).await
}

/// Replaces what changes with the data.
fn without_revision(text: &str, data: &Value) -> String {
    let revision = data["dataset"]["revision"].as_str().unwrap();
    let loaded_at = data["dataset"]["loadedAt"].as_str().unwrap();
    let day = chrono::NaiveDate::parse_from_str(&loaded_at[..10], "%Y-%m-%d").unwrap();
    let date_parts = day.format("[%Y,%-m,%-d]").to_string();
    text.replace(revision, "REVISION")
        .replace(&revision[..12], "REVISION")
        .replace(&day.format("%B %-d, %Y").to_string(), "DATE")
        .replace(&date_parts, "[DATE]")
        .replace(&format!("({})", &loaded_at[..4]), "(YEAR)")
        .replace(&format!("{{{}}}", &loaded_at[..4]), "{YEAR}")
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
            let (before_citation, _) = text.split_once("Cite this").unwrap();
            assert!(
                !before_citation.contains(wrong),
                "{id} has {wrong:?}: {text}"
            );
        }
        if ["regions", "gap-overall"].contains(&id) {
            insta::assert_snapshot!(format!("chart-{id}"), without_revision(&text, &data));
        }
    }
}

/// The finding is a conclusion from the numbers of the API.
#[tokio::test]
async fn findings_follow_from_the_api() {
    let graph = TestGraph::loaded().await;
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
    let graph = TestGraph::loaded().await;
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
    let graph = TestGraph::loaded().await;
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
