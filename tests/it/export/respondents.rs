//! Respondent-level data is never served: what is in one cell appears in no response.

use std::{fs, path::PathBuf};

use axum::{body::Body, http::Request};
use serde_json::{Value, json};
use sistergraph::import::load;

use super::{Fetched, send};
use crate::{
    history::small,
    queries,
    support::{data_set::DataSet, graph::TestGraph, process::run_sistergraph},
};

/// A text that is in each kind of cell of some respondents, and nowhere else.
const SENTINELS: [&str; 5] = [
    "sentinelid",
    "sentinelstratum",
    "sentinelpsu",
    "SENTINELCODE",
    "73104629",
];

/// A small dataset with respondents, whose ids, weights, strata, and sampling units are sentinels. Three have
/// a code that is one. The other codes are those of the synthetic respondents.
fn data_with_sentinels() -> DataSet {
    let mut data = small();
    data.add_respondents()
        .edit_text("codebook.csv", |text| {
            text.replace("party,OTHER,", "party,SENTINELCODE,sentinellabel")
        })
        .edit_rows("respondents.csv", |header, rows| {
            let column = |name: &str| header.iter().position(|column| column == name).unwrap();
            let party = column("party");
            let mut n_sentinels = 0;
            for (n, row) in rows.iter_mut().enumerate() {
                row[column("respondent_id")] = format!("sentinelid{n}");
                row[column("weight")] = format!("{}.73104629", n % 3);
                row[column("stratum")] = format!("sentinelstratum{}", n % 7);
                row[column("psu")] = format!("sentinelpsu{}", n % 90);
                if row[party] == "OTHER" {
                    n_sentinels += 1;
                    row[party] = match n_sentinels <= 3 {
                        true => "SENTINELCODE".to_owned(),
                        false => String::new(),
                    };
                }
            }
        });
    data
}

fn assert_no_sentinels(context: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for sentinel in SENTINELS {
        assert!(
            !text.contains(sentinel),
            "{context} contains {sentinel}: {text}"
        );
    }
}

async fn get(graph: &TestGraph, path: &str) -> Fetched {
    send(graph, Request::get(path).body(Body::empty()).unwrap()).await
}

/// The documents of all recorded queries with their variables.
fn recorded_queries() -> Vec<(String, Value)> {
    let mut folders = vec![queries::folder()];
    let mut recorded = Vec::new();
    while let Some(folder) = folders.pop() {
        let paths: Vec<PathBuf> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        for path in paths {
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "graphql")
            {
                recorded.push(queries::read(&path));
            }
        }
    }
    recorded
}

/// A query for every table of two dimensions.
fn tabulations() -> Vec<(String, Value)> {
    let dimensions = [
        "REGION",
        "EMPLOYER",
        "PARTY",
        "AWARENESS",
        "BENEFIT",
        "ASIA_MATTERS",
        "STUDY_ABROAD",
        "CHINA_JOBS",
    ];
    let pairs = dimensions
        .iter()
        .flat_map(|a| dimensions.iter().map(move |b| (a, b)));
    pairs
        .map(|(a, b)| {
            let query = format!(
                "{{ tabulate(survey: \"states-survey-2021\", outcome: {a}, by: {b}) {{
                    survey {{ title questions {{ slug responses respondentAggregates {{ totalCount }} }} }}
                    n isSynthetic independence {{ pValue }}
                    rows {{ n effectiveN group {{ dimension value }} cells {{ percent standardError flags }} }}
                }} }}"
            );
            (query, Value::Null)
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_response_contains_respondent_level_data() {
    let before = small().tables();
    let graph = TestGraph::with_tables(Default::default(), &before).await;
    let db = graph.database().connection();
    let summary = load(db, &data_with_sentinels().tables(), &())
        .await
        .unwrap();
    assert!(
        summary
            .tables
            .iter()
            .any(|table| table.table == "respondent" && table.added == 1446)
    );
    assert_no_sentinels("the summary", summary.to_string().as_bytes());

    let list = get(&graph, "/export").await;
    assert_no_sentinels("/export", &list.bytes);
    let list = list.json();
    let mut n_files = 0;
    for file in list["files"].as_array().unwrap() {
        let path = format!("/{}", file["path"].as_str().unwrap());
        let fetched = get(&graph, &path).await;
        assert!(fetched.status.is_success(), "{path}");
        match path.ends_with(".zip") {
            true => {
                for (name, bytes) in fetched.files() {
                    n_files += 1;
                    assert_no_sentinels(&name, &bytes);
                }
            }
            false => assert_no_sentinels(&path, &fetched.bytes),
        }
        n_files += 1;
    }
    assert!(n_files > 25, "{n_files}");
    for path in ["/metrics", "/readyz", "/data", "/export/changes.csv"] {
        assert_no_sentinels(path, &get(&graph, path).await.bytes);
    }

    let introspection = r#"{ __schema { description types { name description fields { name description } inputFields { name } enumValues { name description } } } }"#;
    let mut requests = vec![(introspection.to_owned(), Value::Null)];
    let changes =
        include_str!("../history/queries/changes.graphql").replace("first: 4", "first: 1000");
    requests.push((changes, json!({ "since": before.revision })));
    requests.push((
        "{ dataset { revision latest { added changed removed label } } search(text: \"sentinel\") { totalCount nodes { __typename } } }".to_owned(),
        Value::Null,
    ));
    requests.extend(recorded_queries());
    requests.extend(tabulations());
    let mut n_tables = 0;
    for (query, variables) in requests {
        let response = graph.query_with(&query, variables).await;
        n_tables += usize::from(response.text.contains("effectiveN"));
        // A table lists every code of the codebook; that of few respondents without a percentage.
        let text = response
            .text
            .replace(r#"{"value":"SENTINELCODE"},"percent":null"#, "");
        assert_no_sentinels(&query, text.as_bytes());
    }
    assert!(n_tables > 30, "{n_tables}");

    for format in ["text", "json"] {
        let audit = [
            "audit",
            "--database-url",
            graph.database().url(),
            "--format",
            format,
        ];
        let output = run_sistergraph(&audit);
        assert_no_sentinels("audit", &output.stdout);
        assert_no_sentinels("audit", &output.stderr);
    }
}

#[test]
fn commands_print_no_respondent_level_data() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (old, new, url) = (path("old"), path("new"), format!("sqlite:{}", path("db")));
    for (folder, data) in [(&old, small()), (&new, data_with_sentinels())] {
        fs::create_dir(folder).unwrap();
        data.write_to(folder.as_ref());
    }
    let load = [
        "load",
        "--database-url",
        &url,
        "--data",
        &new,
        "--respondents",
        &new,
    ];
    for arguments in [&load[..], &load[..], &["diff", &old, &new]] {
        let output = run_sistergraph(arguments);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert_no_sentinels("a command", &output.stdout);
        assert_no_sentinels("a command", &output.stderr);
    }
}
