//! The pages that the server renders for places, partnerships, and figures.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::Value;

use crate::{
    queries::MAX_STATEMENTS,
    support::graph::{Response, TestGraph},
};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

async fn open(graph: &TestGraph, path: &str) -> Response {
    let request = Request::get(path).header(header::ACCEPT, BROWSER);
    graph.send(request.body(Body::empty()).unwrap()).await
}

/// The visible text of the content, one line for each element with text.
fn text(page: &str) -> String {
    let (_, content) = page.split_once("<main").unwrap();
    let (content, _) = content.split_once("</main>").unwrap();
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in content.split('<') {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        let name = tag.trim_start_matches('/').split_whitespace().next();
        if !matches!(name, Some("a" | "span" | "b" | "code")) {
            lines.push(std::mem::take(&mut line));
        }
        line.push_str(text);
    }
    lines.push(line);
    lines.retain(|line| !line.trim().is_empty());
    let text = lines.join("\n");
    [
        ("&quot;", "\""),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ]
    .into_iter()
    .fold(text, |text, (entity, letter)| text.replace(entity, letter))
}

/// The paths of the pages of all entities.
async fn entity_paths(graph: &TestGraph) -> Vec<String> {
    let query = "{
        states(first: 100) { nodes { code } }
        countries(first: 100, filter: { code: { ne: \"\" } }) { nodes { code provinces { slug } } }
        cities(first: 2000) { nodes { slug } }
        partnerships(first: 2000) { nodes { slug } }
        respondentAggregates(first: 200) { nodes { slug } }
        publishedStatistics(first: 200) { nodes { slug } }
        reconciliation { slug }
    }";
    let data = graph.query(query).await.data();
    let mut paths = Vec::new();
    let mut add = |kind: &str, key: &str, objects: &Value| {
        for object in objects.as_array().unwrap() {
            paths.push(format!("/{kind}/{}", object[key].as_str().unwrap()));
        }
    };
    add("state", "code", &data["states"]["nodes"]);
    add("country", "code", &data["countries"]["nodes"]);
    for country in data["countries"]["nodes"].as_array().unwrap() {
        add("place", "slug", &country["provinces"]);
    }
    add("place", "slug", &data["cities"]["nodes"]);
    add("partnership", "slug", &data["partnerships"]["nodes"]);
    add("figure", "slug", &data["respondentAggregates"]["nodes"]);
    add("figure", "slug", &data["publishedStatistics"]["nodes"]);
    add("identity", "slug", &data["reconciliation"]);
    paths
}

#[tokio::test]
async fn pages_say_what_the_data_says() {
    let graph = TestGraph::loaded().await;
    for path in [
        "/state/WY",
        "/country/MN",
        "/place/us-or-portland",
        "/place/us-ks-topeka",
        "/place/jp-gifu-prefecture",
        "/partnership/or-portland--jp-sapporo",
        "/figure/aware-yes-west",
        "/figure/california",
        "/identity/i01",
    ] {
        let page = open(&graph, path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert_eq!(page.content_type, "text/html; charset=utf-8");
        let text = text(&page.text);
        // The revision changes with the data.
        let stable = text
            .lines()
            .filter(|line| !line.starts_with("To cite this page"));
        let stable = stable.collect::<Vec<_>>().join("\n");
        insta::assert_snapshot!(path.trim_matches('/').replace('/', "-"), stable);
    }
}

/// Two of the questions that readers have: which sister cities a state has in a country, and what there is about a city.
#[tokio::test]
async fn questions_are_answered_without_a_script() {
    let graph = TestGraph::loaded().await;
    let query = "{ state(code: \"OR\") { partnerships(filter: { country: { code: { eq: \"JP\" } } }, first: 100) {
        totalCount nodes { us { name } partner { name } }
    } } }";
    let data = graph.query(query).await.data();
    let partnerships = &data["state"]["partnerships"];
    let page = text(&open(&graph, "/state/OR").await.text);
    let count = format!("Japan \n{} partnerships", partnerships["totalCount"]);
    assert!(page.contains(&count), "{count} is not in {page}");
    for node in partnerships["nodes"].as_array().unwrap() {
        let name = |side: &str| node[side]["name"].as_str().unwrap();
        let row = format!("\n{}\n{}\n", name("us"), name("partner"));
        assert!(page.contains(&row), "{row} is not in {page}");
    }
    let page = text(&open(&graph, "/place/us-ks-topeka").await.text);
    assert!(page.contains("no record of a sister partnership"), "{page}");
    assert!(page.contains("Lawrence, Kansas: "), "{page}");
}

#[tokio::test]
async fn every_entity_has_a_page() {
    let graph = TestGraph::loaded().await;
    let paths = entity_paths(&graph).await;
    assert!(paths.len() > 3_000, "{}", paths.len());
    // Each kind has pages of every sort among those of a prime step.
    let kinds = ["/state/", "/country/", "/figure/", "/identity/"];
    let sample = paths
        .iter()
        .enumerate()
        .filter(|(index, path)| index % 13 == 0 || kinds.iter().any(|kind| path.starts_with(kind)));
    for (_, path) in sample {
        let page = open(&graph, path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
        assert!(
            page.statements.len() <= 4 * MAX_STATEMENTS,
            "{path}: {:#?}",
            page.statements
        );
        for wrong in ["NaN", "null", "Some(", "_SIDE", "  "] {
            assert!(
                !text(&page.text).contains(wrong),
                "{path} has {wrong:?}: {}",
                text(&page.text)
            );
        }
    }
}

#[tokio::test]
async fn other_spellings_of_an_address_redirect_to_the_canonical_one() {
    let graph = TestGraph::loaded().await;
    for (path, location) in [
        ("/state/or", "../state/OR"),
        ("/state/US-OR?utm_source=x", "../state/OR?utm_source=x"),
        ("/country/jpn", "../country/JP"),
        ("/place/us-or", "../state/OR"),
        ("/place/jp", "../country/JP"),
        ("/place/US-OR-Portland", "../place/us-or-portland"),
        ("/state/OR/", "../OR"),
        (
            "/partnership/OR-Portland--JP-Sapporo",
            "../partnership/or-portland--jp-sapporo",
        ),
    ] {
        let response = open(&graph, path).await;
        assert_eq!(response.status, StatusCode::PERMANENT_REDIRECT, "{path}");
        assert_eq!(response.headers[header::LOCATION], location, "{path}");
    }
}

#[tokio::test]
async fn unknown_addresses_are_pages_for_browsers_and_json_for_programs() {
    let graph = TestGraph::loaded().await;
    for path in [
        "/state/XX",
        "/place/us-or-nowhere",
        "/figure/none",
        "/identity/i99",
        "/no/such/page",
    ] {
        let page = open(&graph, path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(page.content_type, "text/html; charset=utf-8");
        assert_eq!(page.headers[header::VARY], "accept");
        let root = "../".repeat(path.matches('/').count() - 1);
        assert!(
            page.text.contains(&format!("action=\"{root}search\"")),
            "{}",
            page.text
        );
        let json = graph.get(path).await;
        assert_eq!(json.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(json.error().1, "NOT_FOUND");
    }
    let page = open(&graph, "/place/us-or-portland-x").await;
    assert!(
        page.text.contains("value=\"us or portland x\""),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn the_search_works_without_a_script() {
    let graph = TestGraph::loaded().await;
    let page = open(&graph, "/search?q=portland+sapporo").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text
            .contains("href=\"partnership/or-portland--jp-sapporo\""),
        "{}",
        page.text
    );
    let page = open(&graph, "/search?q=%3Cscript%3E").await;
    assert!(
        page.text.contains("value=\"&lt;script&gt;\""),
        "{}",
        page.text
    );
    for path in [
        "/search",
        "/search?q=",
        "/search?q=xyzzy",
        "/search?q=japan",
        "/search?q=portland",
    ] {
        assert_eq!(open(&graph, path).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn unchanged_pages_get_304_and_have_a_strict_policy() {
    let graph = TestGraph::loaded().await;
    let page = open(&graph, "/state/OR").await;
    let policy = page.headers[header::CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap();
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"),
        "{policy}"
    );
    assert!(
        !page.text.contains(" style=\"") && !page.text.contains("<style"),
        "{}",
        page.text
    );
    let etag = page.headers[header::ETAG].clone();
    let request = Request::get("/state/OR").header(header::IF_NONE_MATCH, etag);
    let again = graph.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
}

/// The query of a page, opened in the playground, returns what the page is made of.
#[tokio::test]
async fn the_query_of_a_page_can_be_executed() {
    let graph = TestGraph::loaded().await;
    for path in [
        "/state/OR",
        "/country/JP",
        "/place/us-or-portland",
        "/partnership/or-portland--jp-sapporo",
        "/figure/california",
        "/identity/i01",
    ] {
        let page = open(&graph, path).await.text;
        let (_, link) = page.split_once("href=\"../playground#").unwrap();
        let (fragment, _) = link.split_once('"').unwrap();
        let fragment = fragment.replace("&amp;", "&");
        let parameters: std::collections::HashMap<_, _> =
            form_urlencoded::parse(fragment.as_bytes()).collect();
        let variables: Value = serde_json::from_str(&parameters["variables"]).unwrap();
        let data = graph
            .query_with(&parameters["query"], variables)
            .await
            .data();
        let objects = data.as_object().unwrap().iter();
        let found = objects.filter(|(name, value)| *name != "dataset" && value.is_object());
        assert_ne!(found.count(), 0, "{path}: {data}");
    }
}

/// A page lists as many partnerships as the server allows, and says so.
#[tokio::test]
async fn pages_respect_the_limit_on_rows() {
    let limits = sistergraph::limits::Limits {
        max_page_size: 100,
        ..Default::default()
    };
    let graph = TestGraph::with_limits(limits).await;
    let page = text(&open(&graph, "/country/JP").await.text);
    assert!(page.contains("The first 100 of 4"), "{page}");
}
