//! The command `sistergraph audit`, run as a process.

use std::process::{Command, Output};

use serde_json::Value;

use crate::support::{data_set::DataSet, database::TestDatabase};

const SUMMARY: &str =
    "64 identities: 41 satisfied, 2 satisfied within rounding, 13 contradicted, 8 undetermined";

fn audit(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sistergraph"))
        .arg("audit")
        .args(arguments)
        .env_remove("SISTERGRAPH_DATA")
        .env_remove("SISTERGRAPH_DATABASE_URL")
        .env("SISTERGRAPH_LOG", "info")
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// A database file that does not exist, so that the built-in data is audited.
struct MissingDatabase(tempfile::TempDir);

impl MissingDatabase {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn url(&self) -> String {
        format!("sqlite:{}", self.0.path().join("none.db").display())
    }
}

#[test]
fn the_report_has_three_formats() {
    let database = MissingDatabase::new();
    let url = database.url();
    let plain = audit(&["--database-url", &url]);
    assert_eq!(plain.status.code(), Some(0));
    let report = text(&plain.stdout);
    assert!(report.ends_with(&format!("{SUMMARY}\n")), "{report}");
    assert!(report.contains("i02  CONTRADICTED: The four regions add up to the total."));
    assert_eq!(
        audit(&["--format", "text", "--database-url", &url]).stdout,
        plain.stdout
    );

    let markdown = audit(&["--format", "markdown", "--database-url", &url]);
    let report = text(&markdown.stdout);
    assert!(
        report.starts_with(&format!("{SUMMARY}\n\n| Identity |")),
        "{report}"
    );
    assert_eq!(
        report
            .lines()
            .filter(|line| line.starts_with("| ") && !line.starts_with("| Identity"))
            .count(),
        64
    );

    let json = audit(&["--format", "json", "--database-url", &url]);
    let report: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(report["summary"]["contradict"], 13);
    assert_eq!(report["identities"].as_array().unwrap().len(), 64);

    assert!(text(&plain.stderr).contains("auditing the built-in data"));
    let n_files = database.0.path().read_dir().unwrap().count();
    assert_eq!(n_files, 0, "no database is created");
}

#[test]
fn strict_fails_if_an_identity_contradicts() {
    let url = MissingDatabase::new().url();
    let output = audit(&["--strict", "--database-url", &url]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).ends_with(&format!("{SUMMARY}\n")));
    assert!(text(&output.stderr).ends_with("error: 13 of 64 identities contradict\n"));
}

#[test]
fn a_folder_is_audited_without_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let mut data = DataSet::real();
    data.edit_rows("respondent_aggregates.csv", |_, rows| rows.clear());
    data.edit_rows("published_statistics.csv", |_, rows| {
        rows.retain(|row| ["total", "sister-cities", "sister-states"].contains(&row[0].as_str()));
    });
    data.write_to(folder.path());
    let folder = folder.path().to_str().unwrap();
    let output = audit(&["--strict", "--data", folder]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).ends_with(
        "1 identity: 1 satisfied, 0 satisfied within rounding, 0 contradicted, 0 undetermined\n"
    ));

    data.set("published_statistics.csv", "total", "digits", "none")
        .write_to(folder.as_ref());
    let output = audit(&["--data", folder]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("published_statistics.csv:2: digits:"));
    assert!(output.stdout.is_empty());
}

#[tokio::test]
async fn loaded_data_takes_precedence_over_built_in_data() {
    let mut data = DataSet::real();
    data.set("published_statistics.csv", "total", "value", "1050");
    let database = TestDatabase::migrated().await;
    let url = database.url();
    let before = audit(&["--database-url", url]);
    assert!(text(&before.stdout).ends_with(&format!("{SUMMARY}\n")));
    assert!(text(&before.stderr).contains("because the database is empty"));

    sistergraph::import::load(database.connection(), &data.tables(), &())
        .await
        .unwrap();
    let after = audit(&["--database-url", url]);
    assert!(
        text(&after.stdout).contains("i01  CONTRADICTED:"),
        "{}",
        text(&after.stdout)
    );
    let revision = format!("revision {}", data.tables().revision);
    assert!(
        text(&after.stderr).contains(&revision),
        "{}",
        text(&after.stderr)
    );
}
