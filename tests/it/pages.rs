//! The pages that the server renders for places, partnerships, and figures.

use std::collections::{HashMap, HashSet};

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};
use sistergraph::{http::Settings, limits::Limits};

use crate::{
    queries::MAX_STATEMENTS,
    support::graph::{Response, TestGraph},
};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

pub(crate) async fn open(graph: &TestGraph, path: &str) -> Response {
    let request = Request::get(path).header(header::ACCEPT, BROWSER);
    graph.send(request.body(Body::empty()).unwrap()).await
}

/// The visible text of the content, one line for each element with text.
pub(crate) fn text(page: &str) -> String {
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
        countries(first: 100, filter: { or: [{ isPartner: true }, { isPartner: false }] }) { nodes { code provinces { slug } } }
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

/// Replaces what changes with the data.
pub(crate) fn without_revision(text: &str, data: &Value) -> String {
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
async fn pages_say_what_the_data_says() {
    let graph = TestGraph::loaded().await;
    let data = graph
        .query("{ dataset { revision loadedAt } }")
        .await
        .data();
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
        let text = without_revision(&text(&page.text), &data);
        insta::assert_snapshot!(path.trim_matches('/').replace('/', "-"), text);
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
        "/q/Partnership",
        "/q/Partnerships.doc",
        "/export/partnership.csv",
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

/// The JSON-LD of a page, and its tags by name or property.
pub(crate) fn head(page: &str) -> (Option<Value>, HashMap<String, String>) {
    let (head, _) = page.split_once("</head>").unwrap();
    let json = head
        .split_once("<script type=\"application/ld+json\">")
        .map(|(_, rest)| {
            let (json, _) = rest.split_once("</script>").unwrap();
            serde_json::from_str(json).unwrap()
        });
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!("{name}=\""))?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    let tags = head.split('<').filter_map(|tag| {
        let name = attribute(tag, "name")
            .or(attribute(tag, "property"))
            .or(attribute(tag, "rel"))?;
        Some((name, attribute(tag, "content").or(attribute(tag, "href"))?))
    });
    (json, tags.collect())
}

/// The page is built before the data is loaded.
#[tokio::test]
async fn the_description_of_the_dataset_begins_with_the_first_agreement() {
    let graph = TestGraph::loaded().await;
    let query = "{ partnerships(first: 1, orderBy: [{ field: ESTABLISHED_YEAR }]) { nodes { establishedYear } } }";
    let first =
        graph.query(query).await.data()["partnerships"]["nodes"][0]["establishedYear"].clone();
    let (description, _) = head(include_str!("../../web/data.html"));
    assert_eq!(
        description.unwrap()["temporalCoverage"],
        format!("{first}/..")
    );
}

#[tokio::test]
async fn every_view_has_a_title_a_description_and_an_address() {
    let settings = Settings {
        public_url: Some("https://example.org/sister".to_owned()),
        ..Settings::default()
    };
    let graph = TestGraph::watching_revision(Limits::default(), settings).await;
    let state = open(&graph, "/state/OR").await.text;
    let (json, tags) = head(&state);
    assert_eq!(tags["canonical"], "https://example.org/sister/state/OR");
    assert_eq!(tags["og:url"], tags["canonical"]);
    assert_eq!(tags["og:description"], tags["description"]);
    assert!(tags["og:title"].starts_with("Oregon: "), "{tags:?}");
    assert!(
        tags["description"].contains("sister partnerships"),
        "{tags:?}"
    );
    let json = json.unwrap();
    assert_eq!(
        (&json["@type"], &json["name"]),
        (&json!("State"), &json!("Oregon"))
    );
    assert_eq!(json["url"], "https://example.org/sister/state/OR");
    assert!(json["geo"]["latitude"].is_f64(), "{json}");
    // The titles of different pages differ.
    let paths = [
        "/country/JP",
        "/place/us-or-portland",
        "/partnership/or-portland--jp-sapporo",
        "/figure/california",
        "/identity/i01",
    ];
    let mut titles = HashSet::new();
    for path in paths {
        let (_, tags) = head(&open(&graph, path).await.text);
        assert_eq!(
            tags["canonical"],
            format!("https://example.org/sister{path}")
        );
        assert!(!tags["description"].is_empty(), "{path}");
        titles.insert(tags["og:title"].clone());
    }
    assert_eq!(titles.len(), paths.len());
    // Without the option, the address of the server is unknown.
    let graph = TestGraph::loaded().await;
    let (_, tags) = head(&open(&graph, "/state/OR").await.text);
    assert_eq!(tags.get("canonical"), None);
    assert_eq!(
        graph.get("/sitemap.xml").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        graph.get("/robots.txt").await.text,
        "User-agent: *\nAllow: /\n"
    );
}

#[tokio::test]
async fn the_sitemap_has_every_page() {
    let settings = Settings {
        public_url: Some("https://example.org/sister".to_owned()),
        ..Settings::default()
    };
    // Lists of more than a page are read to their end.
    let limits = Limits {
        max_page_size: 500,
        ..Limits::default()
    };
    let graph = TestGraph::watching_revision(limits, settings).await;
    let robots = graph.get("/robots.txt").await.text;
    assert!(
        robots.ends_with("Sitemap: https://example.org/sister/sitemap.xml\n"),
        "{robots}"
    );
    let sitemap = graph.get("/sitemap.xml").await;
    assert_eq!(sitemap.content_type, "application/xml");
    let addresses: HashSet<_> = sitemap
        .text
        .split("<loc>")
        .filter_map(|part| {
            part.strip_prefix("https://example.org/sister")?
                .split_once("</loc>")
                .map(|(path, _)| path.to_owned())
        })
        .collect();
    assert_eq!(sitemap.text.matches("<loc>").count(), addresses.len());
    let graph = TestGraph::loaded().await;
    // `every_entity_has_a_page` opens these.
    for path in entity_paths(&graph).await {
        assert!(addresses.contains(&path), "{path}");
    }
    assert!(addresses.contains("/") && addresses.contains("/figures"));
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
        let parameters: HashMap<_, _> = form_urlencoded::parse(fragment.as_bytes()).collect();
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
    let limits = Limits {
        max_page_size: 100,
        ..Default::default()
    };
    let graph = TestGraph::with_limits(limits).await;
    let page = text(&open(&graph, "/country/JP").await.text);
    assert!(page.contains("The first 100 of 4"), "{page}");
}
