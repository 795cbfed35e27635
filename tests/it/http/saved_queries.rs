//! Saved queries: the addresses below `/q`, and the conversion of their parameters.

use std::{collections::BTreeMap, fs, io::Read};

use axum::{
    body::Body,
    http::{Request, header},
};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use sistergraph::{http::Settings, limits::Limits};

use crate::support::graph::TestGraph;

/// The queries that come with the program, with parameters that they need.
const BUILT_IN: [(&str, &str); 6] = [
    ("Awareness", ""),
    ("Countries", ""),
    ("Matches", "?for=us-ks-topeka"),
    ("Partnerships", ""),
    ("PublishedStatistics", ""),
    ("States", ""),
];

async fn archive(graph: &TestGraph, path: &str) -> BTreeMap<String, String> {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = graph.send_unread(request).await;
    assert_eq!(response.status(), 200, "{path}");
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/zip");
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let files = (0..archive.len()).map(|index| {
        let mut file = archive.by_index(index).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        (file.name().unwrap().into_owned(), text)
    });
    files.collect()
}

/// A server with trusted documents in files of these names.
async fn with_documents(files: &[(&str, &str)], only_trusted: bool) -> TestGraph {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let settings = Settings {
        trusted_documents: Some(folder.path().to_owned()),
        only_trusted,
        ..Settings::default()
    };
    TestGraph::watching_revision(Limits::default(), settings).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_built_in_queries_have_addresses() {
    let graph = TestGraph::loaded().await;
    for (name, parameters) in BUILT_IN {
        let by_address = graph.get(&format!("/q/{name}.json{parameters}")).await;
        assert_eq!(by_address.content_type, "application/json; charset=utf-8");
        let variables = match parameters.split_once('=') {
            Some((_, place)) => json!({ "for": place }),
            None => json!({}),
        };
        let by_id = json!({ "documentId": name, "variables": variables });
        let by_id = graph.post(by_id.to_string()).await;
        assert_eq!(by_address.data(), by_id.data(), "{name}");
        let csv = graph.get(&format!("/q/{name}.csv{parameters}")).await;
        assert_eq!(csv.status, 200, "{name}");
        assert!(csv.text.lines().count() > 4, "{}", csv.text);
        assert_eq!(csv.headers[header::VARY], "accept-encoding");
        let file_name = format!("attachment; filename=\"{name}.csv\"");
        assert_eq!(csv.headers[header::CONTENT_DISPOSITION], file_name);
        let request = Request::get(format!("/q/{name}.csv{parameters}"))
            .header(header::IF_NONE_MATCH, &csv.headers[header::ETAG]);
        let unchanged = graph.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(unchanged.status, 304);
        let request =
            Request::get(format!("/q/{name}.csv{parameters}")).header(header::RANGE, "bytes=3-40");
        let part = graph.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(part.status, 206);
        assert_eq!(part.text.as_bytes(), &csv.text.as_bytes()[3..41]);
    }
    let names = BUILT_IN.map(|(name, _)| name).join(", ");
    let unknown = graph.get("/q/Partnership.csv").await;
    assert_eq!(unknown.status, 404);
    let message = format!(
        "there is no saved query \"Partnership\"; did you mean \"Partnerships\"? the queries are {names}"
    );
    assert_eq!(unknown.error(), (message, "NOT_FOUND".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_are_converted_to_the_types_of_the_variables() {
    let echo = "query Echo($code: String!, $first: Int = 3, $low: Float, $with: Boolean! = true,
        $level: [PartnershipLevel!], $order: [PartnershipOrder!], $filter: PartnershipFilter! = {}) {
      state(code: $code) {
        name @include(if: $with)
        partnerships(first: $first, filter: { and: [$filter, { level: $level, us: { near: { latitude: 45.5, longitude: -122.7, km: 1000 } } }] }, orderBy: $order) { nodes { slug level } }
      }
      matches(for: \"us-or-portland\", equityWeight: $low, first: 1) { nodes { score } }
    }";
    let echo = echo.replace("$low: Float,", "$low: Float! = 0,");
    let graph = with_documents(&[("echo.graphql", &echo)], false).await;
    for (parameters, variables) in [
        ("code=OR", json!({ "code": "OR" })),
        (
            "code=OR&first=5&low=0.25&with=false",
            json!({ "code": "OR", "first": 5, "low": 0.25, "with": false }),
        ),
        // Enums ignore case; lists are separated by commas or repeated.
        (
            "code=OR&level=city,COUNTY",
            json!({ "code": "OR", "level": ["CITY", "COUNTY"] }),
        ),
        (
            "code=OR&level=city&level=State",
            json!({ "code": "OR", "level": ["CITY", "STATE"] }),
        ),
        // Input objects are JSON.
        (
            "code=OR&order=%7B%22field%22%3A%22ESTABLISHED_YEAR%22%2C%22direction%22%3A%22DESC%22%7D&filter=%7B%22hasNotes%22%3Atrue%7D",
            json!({ "code": "OR", "order": [{ "field": "ESTABLISHED_YEAR", "direction": "DESC" }], "filter": { "hasNotes": true } }),
        ),
        // A form sends empty fields, and links have other parameters.
        (
            "code=+OR+&first=&level=&utm_source=x&fbclid=y&gclid=z",
            json!({ "code": "OR" }),
        ),
    ] {
        let expected = json!({ "documentId": "echo", "variables": variables });
        let expected = graph.post(expected.to_string()).await.data();
        let answer = graph.get(&format!("/q/Echo.json?{parameters}")).await;
        assert_eq!(answer.data(), expected, "{parameters}");
    }
    let parameters = "code, first, low, with, level, order, filter, path, bom";
    for (query, message) in [
        ("", "the parameter \"code\" is missing; it is of the type String!".to_owned()),
        ("code=OR&code=WA", "the URL has more than one parameter \"code\"; send only one".to_owned()),
        ("code=OR&first=1.5", "the parameter \"first\" has the value \"1.5\"; it must be a whole number".to_owned()),
        ("code=OR&low=inf", "the parameter \"low\" has the value \"inf\"; it must be a number".to_owned()),
        ("code=OR&with=yes", "the parameter \"with\" has the value \"yes\"; it must be true or false".to_owned()),
        ("code=OR&level=village", "the parameter \"level\" has the value \"village\"; it must be one of CITY, COUNTY, STATE".to_owned()),
        ("code=OR&filter=x", "the parameter \"filter\" has the value \"x\"; it must be a JSON object".to_owned()),
        ("code=OR&frist=1", format!("unknown parameter \"frist\"; the parameters are {parameters}")),
        ("code=OR&levels=CITY", format!("unknown parameter \"levels\"; did you mean \"level\"? the parameters are {parameters}")),
    ] {
        let answer = graph.get(&format!("/q/Echo.csv?{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(answer.error(), (message, "BAD_REQUEST".to_owned()));
    }
    // The answer has several lists.
    let answer = graph.get("/q/Echo.csv?code=OR").await;
    assert_eq!(answer.status, 400);
    let answer = graph
        .get("/q/Echo.csv?code=OR&path=matches&bom=false")
        .await;
    assert!(answer.text.starts_with("score\r\n"), "{}", answer.text);
    let answer = graph.get("/q/Echo.json?code=OR&first=100000").await;
    assert_eq!(
        (answer.status.as_u16(), answer.error().1),
        (400, "PAGE_TOO_LARGE".to_owned())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_has_rows_query_revision_and_citation() {
    let graph = TestGraph::loaded().await;
    let path = "/q/Partnerships.zip?country=VN&since=1990";
    let files = archive(&graph, path).await;
    let names: Vec<_> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "LICENCES.md",
            "README.md",
            "query.graphql",
            "rows.csv",
            "variables.json"
        ]
    );
    let csv = graph
        .get("/q/Partnerships.csv?country=VN&since=1990&bom=false")
        .await;
    assert_eq!(files["rows.csv"], csv.text);
    let variables: Value = serde_json::from_str(&files["variables.json"]).unwrap();
    assert_eq!(variables, json!({ "country": ["VN"], "since": 1990 }));
    // The query is the one to send, without the field that names the data.
    let body = json!({ "query": files["query.graphql"], "variables": variables });
    let by_query = graph.post(body.to_string()).await.data();
    let by_address = graph
        .get("/q/Partnerships.json?country=VN&since=1990")
        .await
        .data();
    assert_eq!(by_query, by_address);
    let dataset = graph
        .query("{ dataset { revision loadedAt } }")
        .await
        .data()["dataset"]
        .clone();
    let rows = csv.text.lines().count() - 1;
    for text in [
        dataset["revision"].as_str().unwrap(),
        dataset["loadedAt"].as_str().unwrap(),
        "## How to cite",
        "`/q/Partnerships.csv?country=VN&since=1990`",
        &format!("- Rows: {rows}\n"),
    ] {
        assert!(files["README.md"].contains(text), "{text}");
    }
    assert!(files["LICENCES.md"].contains("CC BY-SA 4.0"));
    let refused = graph.get("/q/Partnerships.zip?path=states").await;
    assert_eq!(refused.status, 400);
    let unknown = graph.get("/q/Partnerships.doc").await;
    assert_eq!(
        unknown.error().0,
        "the query Partnerships has no file with the extension \"doc\"; use json, csv, ndjson, xlsx, parquet, geojson, or zip"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn trusted_documents_of_the_operator_have_addresses() {
    let files = [
        (
            "a.graphql",
            "# The regions,\n# by name.\nquery Regions { regions { ...Name } } # }\nquery Slugs { states { nodes { slug } } } fragment Name on Region { name }",
        ),
        (
            "b.graphql",
            "query States { states(first: 1) { nodes { code } } }",
        ),
        ("c.graphql", "query Twice { regions { name } }"),
        (
            "d.json",
            "{\"1\": \"query Twice { states { nodes { name } } }\", \"2\": \"{ regions { name } }\"}",
        ),
        (
            "e.graphql",
            "subscription Changes { datasetChanged { revision } }",
        ),
    ];
    let graph = with_documents(&files, true).await;
    let rows = async |path: &str| {
        let answer = graph.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(rows("/q/Regions.csv?bom=false").await.len(), 5);
    assert_eq!(rows("/q/Slugs.csv?bom=false").await[0], "slug");
    // It replaces the built-in query of this name.
    assert_eq!(rows("/q/States.csv?bom=false").await, ["code", "AK"]);
    for name in ["Twice", "Changes", "a", "1"] {
        assert_eq!(
            graph.get(&format!("/q/{name}.csv")).await.status,
            404,
            "{name}"
        );
    }
    // Even if the server executes only trusted documents, an archive names the revision.
    for name in ["Regions", "Slugs"] {
        let files = archive(&graph, &format!("/q/{name}.zip")).await;
        assert!(
            files["README.md"].contains("The regions, by name."),
            "{name}"
        );
        assert!(
            files["README.md"].contains("- Revision of the data: `"),
            "{name}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn low_limits_exclude_built_in_queries() {
    let limits = Limits {
        max_depth: 3,
        ..Limits::default()
    };
    let graph = TestGraph::with_limits(limits).await;
    assert_eq!(graph.get("/q/Partnerships.csv").await.status, 404);
    graph.query("{ regions { name } }").await.data();
}

/// The addresses of links in a page that begin with `prefix`, from the root.
fn links(page: &str, prefix: &str) -> Vec<String> {
    let addresses = page.split(" href=\"").filter_map(|after| {
        let address = after.split('"').next()?.trim_start_matches("../");
        address
            .starts_with(prefix)
            .then(|| format!("/{}", address.replace("&amp;", "&")))
    });
    addresses.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_link_to_every_file_without_a_script() {
    let graph = TestGraph::loaded().await;
    let list = graph.get("/q").await;
    assert_eq!(list.content_type, "text/html; charset=utf-8");
    let names: Vec<_> = BUILT_IN
        .iter()
        .map(|(name, _)| format!("/q/{name}"))
        .collect();
    assert_eq!(links(&list.text, "q/"), names);
    for (name, parameters) in BUILT_IN {
        let page = graph.get(&format!("/q/{name}{parameters}")).await;
        assert_eq!(page.status, 200);
        let files = links(&page.text, &format!("q/{name}."));
        for file in &files {
            let request = Request::get(file).body(Body::empty()).unwrap();
            assert_eq!(graph.send_unread(request).await.status(), 200, "{file}");
        }
        // Only queries that select locations have GeoJSON.
        let has_locations = ["Matches", "Partnerships"].contains(&name);
        assert_eq!(
            files.len(),
            if has_locations { 7 } else { 6 },
            "{name}: {files:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_has_the_variables_with_the_values_of_the_address() {
    let graph = TestGraph::loaded().await;
    let query = "country=JP&level=city&since=1990&utm_source=x";
    let page = graph.get(&format!("/q/Partnerships?{query}")).await;
    assert_eq!(page.status, 200);
    for part in [
        "<input id=\"country\" name=\"country\" value=\"JP\">",
        "<option selected>CITY</option><option>COUNTY</option>",
        "<input id=\"since\" name=\"since\" value=\"1990\">",
        "country (ISO 3166-1 alpha-2 codes, such as JP; several are separated by commas)",
        "first (the number of rows; whole number; default: 2000)",
        "query Partnerships(",
    ] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    let files = links(&page.text, "q/Partnerships.");
    assert_eq!(files[0], format!("/q/Partnerships.csv?{query}"));
    // A missing variable is no error before the form is sent.
    let empty = graph.get("/q/Matches").await;
    assert_eq!(empty.status, 200);
    let label = "for (the slug of a city or county, such as us-or-portland; required)";
    assert!(empty.text.contains(label), "{}", empty.text);
    assert!(
        empty.text.contains("Fill in the form first."),
        "{}",
        empty.text
    );
    assert_eq!(links(&empty.text, "q/Matches."), Vec::<String>::new());
    let sent = graph.get("/q/Matches?for=&first=%22%3E%3Cscript%3E").await;
    assert_eq!(sent.status, 400);
    assert_eq!(sent.headers[header::CACHE_CONTROL], "no-store");
    assert!(
        sent.text.contains("it must be a whole number"),
        "{}",
        sent.text
    );
    assert!(!sent.text.contains("\"><script>"), "{}", sent.text);
    assert_eq!(graph.get("/q/Nothing").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_the_first_rows_or_says_why_there_are_none() {
    let graph = TestGraph::loaded().await;
    let page = graph.get("/q/Countries?state=OR").await.text;
    let (_, rows) = page.split_once("<tbody>").unwrap();
    let csv = graph.get("/q/Countries.csv?state=OR&bom=false").await.text;
    let count = csv.lines().count() - 1;
    assert!(
        page.contains(&format!("<h2>The first 10 of {count} rows</h2>")),
        "{page}"
    );
    assert_eq!(rows.matches("<tr>").count(), 10, "{page}");
    let first = csv.lines().nth(1).unwrap().split(',').next().unwrap();
    assert!(rows.starts_with(&format!("<tr><td>{first}</td>")), "{rows}");
    // The code is JP.
    let page = graph.get("/q/Partnerships?country=Japan").await;
    assert_eq!(page.status, 200);
    let hint = "<b translate=\"no\">country</b> (ISO 3166-1 alpha-2 codes, such as JP) is <b translate=\"no\">Japan</b>";
    assert!(page.text.contains(hint), "{}", page.text);
    assert_eq!(links(&page.text, "q/Partnerships."), Vec::<String>::new());
    // The engine finds the mistake, rather than the parameters.
    let page = graph.get("/q/Partnerships?first=100000").await;
    assert_eq!(page.status, 400);
    let message = "There are no files yet: first is 100000; a page has at most";
    assert!(page.text.contains(message), "{}", page.text);
}
