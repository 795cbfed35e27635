//! Small documents, each valid or invalid. `tests/clients/validation.mjs` checks that graphql-js
//! agrees.
//!
//! A case starts with `### valid: title` or `### invalid: title`, then optionally
//! `# variables: {...}` and `# operation: name`, then the document.

use std::{fmt::Write as _, fs, path::Path};

use serde_json::{Map, Value as Json};

use crate::support::graph::TestGraph;

struct Case {
    is_valid: bool,
    name: String,
    variables: Map<String, Json>,
    operation: Option<String>,
    document: String,
}

fn cases(text: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    for part in text.split("### ").skip(1) {
        let (title, mut document) = part.split_once('\n').unwrap();
        let (verdict, name) = title.split_once(": ").unwrap();
        let mut case = Case {
            is_valid: match verdict {
                "valid" => true,
                "invalid" => false,
                _ => panic!("{title}"),
            },
            name: name.to_owned(),
            variables: Map::new(),
            operation: None,
            document: String::new(),
        };
        if let Some(rest) = document.strip_prefix("# variables: ") {
            let (variables, rest) = rest.split_once('\n').unwrap();
            case.variables = serde_json::from_str(variables).unwrap();
            document = rest;
        }
        if let Some(rest) = document.strip_prefix("# operation: ") {
            let (name, rest) = rest.split_once('\n').unwrap();
            case.operation = Some(name.to_owned());
            document = rest;
        }
        case.document = document.strip_suffix('\n').unwrap_or(document).to_owned();
        cases.push(case);
    }
    cases
}

/// The codes of errors in a document or in the value of a variable.
const CODES: [&str; 3] = [
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "BAD_USER_INPUT",
];

#[tokio::test]
async fn verdicts_match_graphql_js() {
    let graph = TestGraph::loaded().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/validation");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "graphql")
        })
        .collect();
    files.sort();
    let (mut n, mut deviations, mut messages) = (0, String::new(), String::new());
    for file in files {
        let topic = file.file_stem().unwrap().to_str().unwrap();
        writeln!(messages, "# {topic}\n").unwrap();
        for case in cases(&fs::read_to_string(&file).unwrap()) {
            n += 1;
            let answer = graph
                .execute(&case.document, case.operation.as_deref(), &case.variables)
                .await;
            let json: Json = serde_json::from_str(&answer.body).unwrap();
            let errors = json["errors"].as_array().cloned().unwrap_or_default();
            // A valid case is executed without errors.
            if errors.is_empty() != case.is_valid || answer.executed != case.is_valid {
                writeln!(deviations, "{topic}, {}: {}", case.name, answer.body).unwrap();
            }
            if case.is_valid {
                continue;
            }
            writeln!(messages, "{}", case.name).unwrap();
            for error in errors {
                let code = error["extensions"]["code"].as_str().unwrap();
                assert!(CODES.contains(&code), "{}: {error}", case.name);
                let message = error["message"].as_str().unwrap();
                if message.len() > 300 || message.contains(['\n', '`']) {
                    writeln!(deviations, "{topic}, {}: {message}", case.name).unwrap();
                }
                let location = &error["locations"][0];
                writeln!(
                    messages,
                    "  {}:{} {code}: {message}",
                    location["line"], location["column"]
                )
                .unwrap();
            }
        }
        messages.push('\n');
    }
    assert!(n > 300, "{n}");
    assert!(deviations.is_empty(), "{deviations}");
    insta::assert_snapshot!("messages", messages);
}
