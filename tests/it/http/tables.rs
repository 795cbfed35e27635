//! Answers as tables, read back with a standard parser of each format.

use std::{collections::BTreeMap, io::Cursor};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use calamine::{Data, Reader, Xlsx};
use http_body_util::BodyExt;
use parquet::{
    file::reader::{FileReader, SerializedFileReader},
    record::Field,
};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use sistergraph::limits::Limits;

use super::{get, post};
use crate::support::{data_set::DataSet, graph::TestGraph};

const PARTNERSHIPS: &str =
    "{ partnerships(first: 60, filter: { country: { code: { eq: \"JP\" } } }) { nodes {
    slug establishedYear distanceKm corroborated
    us { name location { latitude longitude } } partner { country { name } }
    claims { kind year } } } }";

const COLUMNS: [&str; 9] = [
    "slug",
    "establishedYear",
    "distanceKm",
    "corroborated",
    "us.name",
    "us.location.latitude",
    "us.location.longitude",
    "partner.country.name",
    "claims",
];

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Bytes,
}

impl Answer {
    fn header(&self, name: header::HeaderName) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    fn message(&self) -> String {
        self.json()["errors"][0]["message"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    fn code(&self) -> String {
        self.json()["errors"][0]["extensions"]["code"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// The header and the rows of a CSV file without a byte order mark.
    fn csv(&self) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(self.bytes.as_ref());
        reader.deserialize().map(Result::unwrap).collect()
    }
}

async fn send(graph: &TestGraph, request: Request<Body>) -> Answer {
    let response = graph.send_unread(request).await;
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    Answer {
        status,
        headers,
        bytes,
    }
}

/// Requests a format with `?format=`, and other parameters.
async fn by_url(graph: &TestGraph, query: &str, format: &str, others: &[(&str, &str)]) -> Answer {
    let mut parameters = vec![("query", query), ("format", format)];
    parameters.extend(others);
    send(graph, get(&parameters).body(Body::empty()).unwrap()).await
}

/// Requests a media type with `Accept`.
async fn by_accept(graph: &TestGraph, query: &str, media_type: &str) -> Answer {
    let mut request = post(json!({ "query": query }).to_string());
    request
        .headers_mut()
        .insert(header::ACCEPT, media_type.parse().unwrap());
    send(graph, request).await
}

/// The values of the columns in each row of the JSON answer; lists are JSON text.
async fn expected_rows(graph: &TestGraph) -> Vec<Vec<Value>> {
    let data = graph.query(PARTNERSHIPS).await.data();
    let rows = data["partnerships"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let values = COLUMNS.iter().map(|column| {
                let value = column.split('.').fold(row, |value, key| &value[key]);
                if value.is_array() {
                    value.to_string().into()
                } else {
                    value.clone()
                }
            });
            values.collect()
        });
    rows.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_format_has_the_rows_of_the_answer() {
    let graph = TestGraph::loaded().await;
    let expected = expected_rows(&graph).await;
    assert!(
        expected.iter().any(|row| row.contains(&Value::Null)),
        "some values are unknown"
    );
    let texts: Vec<Vec<String>> = expected
        .iter()
        .map(|row| row.iter().map(as_text).collect())
        .collect();

    let csv = by_url(&graph, PARTNERSHIPS, "csv", &[("bom", "false")])
        .await
        .csv();
    assert_eq!(csv[0], COLUMNS);
    assert_eq!(csv[1..], texts);

    let ndjson = by_accept(&graph, PARTNERSHIPS, "application/x-ndjson").await;
    let lines = std::str::from_utf8(&ndjson.bytes).unwrap().lines();
    let rows: Vec<Vec<String>> = lines
        .map(|line| {
            let row: Value = serde_json::from_str(line).unwrap();
            // Lists stay lists.
            assert!(row["claims"].is_array());
            let keys: Vec<_> = row.as_object().unwrap().keys().collect();
            assert_eq!(keys, COLUMNS);
            row.as_object().unwrap().values().map(as_text).collect()
        })
        .collect();
    assert_eq!(rows, texts);

    let xlsx = by_url(&graph, PARTNERSHIPS, "xlsx", &[]).await;
    let mut book = Xlsx::new(Cursor::new(xlsx.bytes)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let cells: Vec<Vec<Value>> = sheet
        .rows()
        .map(|row| {
            let cells = row.iter().map(|cell| match cell {
                Data::Empty => Value::Null,
                Data::Float(number) => (*number).into(),
                Data::Bool(value) => (*value).into(),
                Data::String(text) => text.as_str().into(),
                other => panic!("{other:?}"),
            });
            cells.collect()
        })
        .collect();
    assert_eq!(cells[0], COLUMNS);
    for (row, expected) in cells[1..].iter().zip(&expected) {
        for (cell, expected) in row.iter().zip(expected) {
            assert_eq!(cell.as_f64(), expected.as_f64());
            assert_eq!(as_text(cell), as_text(expected));
        }
    }
    assert_eq!(cells.len(), expected.len() + 1);
}

fn as_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        // A number without a fraction is written without one.
        Value::Number(number) => number.as_f64().unwrap().to_string(),
        other => other.to_string(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parquet_columns_have_the_types_of_the_schema() {
    let graph = TestGraph::loaded().await;
    let expected = expected_rows(&graph).await;
    let answer = by_accept(&graph, PARTNERSHIPS, "application/vnd.apache.parquet").await;
    let reader = SerializedFileReader::new(answer.bytes).unwrap();
    let mut rows = 0;
    for (row, expected) in reader.get_row_iter(None).unwrap().zip(&expected) {
        let row = row.unwrap();
        for ((name, field), (column, expected)) in
            row.get_column_iter().zip(COLUMNS.iter().zip(expected))
        {
            assert_eq!(name, column);
            let value: Value = match field {
                Field::Null => Value::Null,
                Field::Str(text) => text.as_str().into(),
                Field::Int(number) => (*number).into(),
                Field::Double(number) => (*number).into(),
                Field::Bool(value) => (*value).into(),
                other => panic!("{other:?}"),
            };
            assert_eq!(&value, expected, "{column}");
        }
        rows += 1;
    }
    assert_eq!(rows, expected.len());
    let types = |answer: Answer| -> BTreeMap<String, String> {
        let reader = SerializedFileReader::new(answer.bytes).unwrap();
        let schema = reader.metadata().file_metadata().schema_descr_ptr();
        let columns = schema.columns().iter().map(|column| {
            let logical = column
                .logical_type_ref()
                .map(|logical| format!(" {logical:?}"));
            let kind = format!("{}{}", column.physical_type(), logical.unwrap_or_default());
            (column.name().to_owned(), kind)
        });
        columns.collect()
    };
    let surveys = "{ surveys { title fieldedFrom sampleSize } dataset { loadedAt } }";
    let surveys = types(by_url(&graph, surveys, "parquet", &[]).await);
    let history = "{ dataset { history { nodes { loadedAt added } } } }";
    let history = types(by_url(&graph, history, "parquet", &[]).await);
    assert_eq!(surveys["title"], "BYTE_ARRAY String");
    assert_eq!(surveys["fieldedFrom"], "INT32 Date");
    assert_eq!(surveys["sampleSize"], "INT32");
    assert!(
        history["loadedAt"].starts_with("INT64 Timestamp"),
        "{history:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn geojson_has_points_and_great_circles() {
    let graph = TestGraph::loaded().await;
    let cities = "{ cities(first: 200) { nodes { slug location { latitude longitude } } } }";
    let rows = graph.query(cities).await.data()["cities"]["nodes"].clone();
    let answer = by_accept(&graph, cities, "application/geo+json").await;
    let features = answer.json()["features"].clone();
    for (feature, row) in features
        .as_array()
        .unwrap()
        .iter()
        .zip(rows.as_array().unwrap())
    {
        let location = &row["location"];
        let expected = match location {
            Value::Null => Value::Null,
            _ => {
                json!({ "type": "Point", "coordinates": [location["longitude"], location["latitude"]] })
            }
        };
        assert_eq!(feature["geometry"], expected);
        assert_eq!(feature["properties"], json!({ "slug": row["slug"] }));
    }
    assert_eq!(features.as_array().unwrap().len(), 200);

    let both =
        "{ partnerships(filter: { state: { code: { eq: \"OR\" } } }, first: 100) { nodes { slug
        us { location { latitude longitude } } partner { location { latitude longitude } } } } }";
    let features = by_url(&graph, both, "geojson", &[]).await.json()["features"].clone();
    let path = "/export/partnerships.geojson?feature=partnership&state=OR";
    let exported = graph.get(path).await.json()["features"].clone();
    for (feature, exported) in features
        .as_array()
        .unwrap()
        .iter()
        .zip(exported.as_array().unwrap())
    {
        assert_eq!(feature["geometry"], exported["geometry"]);
    }
    assert_eq!(
        features.as_array().unwrap().len(),
        exported.as_array().unwrap().len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_selected_by_their_path() {
    let graph = TestGraph::loaded().await;
    let query = "{ country(code: \"VN\") { partnerships(first: 2) { totalCount nodes { slug } groups(by: [STATE], first: 3) { count } } }
        regions { name } }";
    for (path, header, rows) in [
        ("regions", "name", 4),
        ("country.partnerships", "slug", 2),
        ("country.partnerships.nodes", "slug", 2),
        ("country.partnerships.groups", "count", 3),
    ] {
        let parameters = [("path", path), ("bom", "false")];
        let csv = by_url(&graph, query, "csv", &parameters).await.csv();
        assert_eq!(csv[0], [header], "{path}");
        assert_eq!(csv.len(), rows + 1, "{path}");
    }
    // The node of an edge has no prefix, except for a name that the edge has too.
    let edges = "{ search(text: \"portland\", first: 3) { edges { score node { __typename ... on City { slug score: population } } } } }";
    let csv = by_url(&graph, edges, "csv", &[("bom", "false")])
        .await
        .csv();
    assert_eq!(csv[0], ["score", "__typename", "slug", "node.score"]);
    // A list of scalars, and a list below a null.
    let names = "{ city(slug: \"us-or-portland\") { commonNames } }";
    let answer = by_url(&graph, names, "ndjson", &[]).await;
    let names = graph.query(names).await.data()["city"]["commonNames"].clone();
    let lines = std::str::from_utf8(&answer.bytes).unwrap().lines();
    let lines: Value = lines
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["commonNames"].clone())
        .collect();
    assert_eq!(lines, names);
    let unknown = "{ country(code: \"XX\") { partnerships { nodes { slug } } } }";
    let csv = by_url(&graph, unknown, "csv", &[("bom", "false")])
        .await
        .csv();
    assert_eq!(csv, [["slug"]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_cannot_be_a_table_are_refused_with_the_reason() {
    let graph = TestGraph::loaded().await;
    for (query, path, media_type, format, message) in [
        (
            "{ state(code: \"OR\") { name } }",
            None,
            "text/csv",
            "csv",
            "the answer cannot be a table, because the query selects no list; select one, such as partnerships { nodes { slug } }, or request JSON",
        ),
        (
            "{ regions { name } states { edges { node { name } } nodes { slug } } }",
            None,
            "application/x-ndjson",
            "ndjson",
            "the answer cannot be a table, because the query selects several lists; name one of them with the URL parameter \"path\": regions, states.edges, states.nodes",
        ),
        (
            "{ regions { name states { name } } }",
            Some("regions.states"),
            "",
            "xlsx",
            "there is no list \"regions.states\" in the answer; the URL parameter \"path\" may be regions",
        ),
        (
            "{ regions { name } }",
            None,
            "application/geo+json",
            "geojson",
            "the rows have 0 locations, but GeoJSON needs one for a point or two for a line; select location { latitude longitude }",
        ),
        (
            "{ states(filter: { code: { eq: \"CA\" } }) { nodes { partnerships(first: 500) { nodes { slug us { name slug } partner { name slug } } } } } }",
            None,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "xlsx",
            "a text or a list is longer than the 32,767 characters that a cell of an XLSX file may have; request another format",
        ),
    ] {
        let parameters: Vec<_> = path.iter().map(|path| ("path", *path)).collect();
        let answer = by_url(&graph, query, format, &parameters).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (400, "BAD_REQUEST".to_owned()),
            "{query}"
        );
        assert_eq!(answer.message(), message);
        if path.is_none() {
            let answer = by_accept(&graph, query, media_type).await;
            assert_eq!(
                (answer.status.as_u16(), answer.code()),
                (406, "NOT_ACCEPTABLE".to_owned()),
                "{query}"
            );
            assert_eq!(answer.message(), message);
        }
    }
    for (format, others, message) in [
        (
            "CSV",
            &[][..],
            "unknown value \"CSV\" of the URL parameter \"format\"; use json, csv, ndjson, xlsx, parquet, geojson",
        ),
        (
            "csv",
            &[("format", "csv")],
            "the URL has more than one parameter \"format\"; send only one",
        ),
        (
            "csv",
            &[("bom", "no")],
            "unknown value \"no\" of the URL parameter \"bom\"; use true or false",
        ),
    ] {
        let answer = by_url(&graph, "{ regions { name } }", format, others).await;
        assert_eq!(
            (answer.status.as_u16(), answer.message()),
            (400, message.to_owned())
        );
    }
    let json = by_url(&graph, "{ regions { name } }", "json", &[]).await;
    assert_eq!(json.json()["data"]["regions"].as_array().unwrap().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_with_errors_is_json_and_no_table() {
    let limits = Limits {
        max_batch: 2,
        ..Limits::default()
    };
    let graph = TestGraph::with_limits(limits).await;
    for query in [
        "{",
        "{ regions { nothing } }",
        "{ states(first: 100000) { nodes { name } } }",
    ] {
        let answer = by_accept(&graph, query, "text/csv").await;
        let expected = graph.query(query).await.json();
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(
            answer.header(header::CONTENT_TYPE),
            "application/graphql-response+json; charset=utf-8"
        );
        assert_eq!(answer.header(header::CACHE_CONTROL), "no-store");
        assert_eq!(answer.json(), expected);
    }
    let batch = json!([{ "query": "{ regions { name } }" }]).to_string();
    let mut request = post(batch);
    request
        .headers_mut()
        .insert(header::ACCEPT, "text/csv".parse().unwrap());
    let answer = send(&graph, request).await;
    assert_eq!(
        (answer.status.as_u16(), answer.message().as_str()),
        (
            406,
            "the answer to a batch cannot be a table; send one request at a time"
        )
    );
    // This answer has errors, and null as data.
    let database = graph.database().connection();
    let rename = "alter table partnership_note rename to elsewhere";
    database.execute_unprepared(rename).await.unwrap();
    let query = "{ partnerships(first: 1) { nodes { notes { text } } } }";
    let answer = by_url(&graph, query, "csv", &[]).await;
    assert_eq!(answer.status, 500);
    assert_eq!(answer.code(), "INTERNAL_SERVER_ERROR");
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_are_cached_and_compressed_like_answers() {
    let graph = TestGraph::watching_revision(Limits::default(), Default::default()).await;
    let without_cache = TestGraph::loaded().await;
    let mut etags = Vec::new();
    for format in ["json", "csv", "ndjson", "xlsx", "parquet", "geojson"] {
        let query = "query Cities { cities(first: 500) { nodes { slug name location { latitude longitude } } } }";
        let first = by_url(&graph, query, format, &[]).await;
        assert_eq!(first.status, 200, "{format}");
        assert!(
            first
                .header(header::CACHE_CONTROL)
                .starts_with("public, max-age="),
            "{format}"
        );
        assert_eq!(first.header(header::VARY), "accept, accept-encoding");
        if format != "json" {
            let expected = format!("attachment; filename=\"Cities.{format}\"");
            assert_eq!(first.header(header::CONTENT_DISPOSITION), expected);
        }
        let etag = first.header(header::ETAG).to_owned();
        assert!(!etag.is_empty() && !etags.contains(&etag), "{format}");
        let parameters = [("query", query), ("format", format)];
        let revalidation = get(&parameters)
            .header(header::IF_NONE_MATCH, &etag)
            .body(Body::empty());
        assert_eq!(
            send(&graph, revalidation.unwrap()).await.status,
            304,
            "{format}"
        );
        let gzip = get(&parameters)
            .header(header::ACCEPT_ENCODING, "gzip")
            .body(Body::empty());
        let gzip = send(&graph, gzip.unwrap()).await;
        let is_compressed = !["xlsx", "parquet"].contains(&format);
        assert_eq!(
            gzip.header(header::CONTENT_ENCODING) == "gzip",
            is_compressed,
            "{format}"
        );
        // A server without a cache writes the same bytes.
        etags.push(etag);
        assert!(
            by_url(&without_cache, query, format, &[]).await.bytes == first.bytes,
            "{format}"
        );
    }
    // Different lists of one answer, and files with and without a byte order mark, are different entries.
    let query = "{ regions { name } states { nodes { name } } }";
    let mut bodies = Vec::new();
    for parameters in [
        [("path", "regions"), ("bom", "true")],
        [("path", "regions"), ("bom", "false")],
        [("path", "states"), ("bom", "false")],
    ] {
        let answer = by_url(&graph, query, "csv", &parameters).await;
        assert!(!bodies.contains(&answer.bytes));
        bodies.push(answer.bytes);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_are_not_executed_as_formulas() {
    let formula = "=HYPERLINK(\"http://example.org\",\"x\")";
    let mut data = DataSet::real();
    data.set("cities.csv", "us-or-portland", "name", formula);
    let graph = TestGraph::with_data(&data).await;
    let query =
        "{ cities(filter: { name: { startsWith: \"=HYPER\" } }) { nodes { name population } } }";
    let csv = by_url(&graph, query, "csv", &[("bom", "false")])
        .await
        .csv();
    assert_eq!(csv[1][0], format!("'{formula}"));
    let xlsx = by_url(&graph, query, "xlsx", &[]).await;
    let mut book = Xlsx::new(Cursor::new(xlsx.bytes)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    assert_eq!(
        sheet.get_value((1, 0)),
        Some(&Data::String(formula.to_owned()))
    );
    let formulas = book.worksheet_formula("Sheet1").unwrap();
    assert_eq!(formulas.used_cells().count(), 0);
}
