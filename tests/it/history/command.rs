//! The command `sistergraph diff`, and the options of `sistergraph load`, run as processes.

use std::{
    fs,
    process::{Command, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{revisions, small};
use crate::support::{data_set::DataSet, database::TestDatabase, process::run_sistergraph};

fn folder(data: &DataSet) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    data.write_to(folder.path());
    folder
}

/// Two folders that differ in three rows.
fn folders() -> [TempDir; 2] {
    let mut new = small();
    new.remove_row("common_names.csv", "Bharat")
        .add("alternate_names.csv", "us-ak-juneau,Ju|neau,LATIN")
        .set("figure_sources.csv", "asia-matters-2022", "note", "");
    [folder(&small()), folder(&new)]
}

fn diff(folders: &[TempDir; 2], format: &str) -> String {
    let [old, new] = folders
        .each_ref()
        .map(|folder| folder.path().to_str().unwrap());
    let output = run_sistergraph(&["diff", old, new, "--format", format]);
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn diff_has_four_formats() {
    let folders = folders();
    assert_eq!(
        diff(&folders, "text"),
        "REMOVED ALTERNATE_NAME Bharat
    name: Bharat
    place: IN
    note: Hindi name in Latin letters
ADDED ALTERNATE_NAME us-ak-juneau|Ju|neau
    community_id: us-ak-juneau
    name: Ju|neau
    script: LATIN
CHANGED SOURCE asia-matters-2022
    note: Date of the partnership counts not stated; trade figures for 2021. -> (blank)

3 rows differ: 1 added, 1 changed, 1 removed
"
    );
    let markdown = diff(&folders, "markdown");
    assert!(
        markdown.starts_with("3 rows differ: 1 added, 1 changed, 1 removed\n\n| Change |"),
        "{markdown}"
    );
    assert!(
        markdown.contains(
            "\n| ADDED | ALTERNATE_NAME | us-ak-juneau\\|Ju\\|neau | name |  | Ju\\|neau |\n"
        ),
        "{markdown}"
    );
    let report: Value = serde_json::from_str(&diff(&folders, "json")).unwrap();
    assert_eq!(report["removed"], 1);
    assert_eq!(
        report["changes"][2],
        json!({
            "kind": "CHANGED",
            "entity": "SOURCE",
            "slug": "asia-matters-2022",
            "fields": [{
                "name": "note",
                "before": "Date of the partnership counts not stated; trade figures for 2021.",
                "after": null,
            }],
        })
    );
    let csv = diff(&folders, "csv");
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 1 + 3 + 3 + 1);
    assert_eq!(lines[0], "revision,kind,entity,slug,field,before,after");
    let revision = report["newRevision"].as_str().unwrap();
    assert_eq!(
        lines[5],
        format!("{revision},ADDED,ALTERNATE_NAME,us-ak-juneau|Ju|neau,name,,Ju|neau")
    );
}

#[test]
fn equal_folders_do_not_differ() {
    let folders = [folder(&small()), folder(&small())];
    assert_eq!(
        diff(&folders, "text"),
        "0 rows differ: 0 added, 0 changed, 0 removed\n"
    );
}

#[test]
fn folders_that_cannot_be_read_are_reported() {
    let [old, new] = folders();
    fs::write(new.path().join("sources.csv"), "id,tit\n").unwrap();
    let [old, new] = [old.path(), new.path()].map(|path| path.to_str().unwrap());
    let missing = run_sistergraph(&["diff", old, "no/such/folder"]);
    let stderr = String::from_utf8(missing.stderr).unwrap();
    assert!(
        stderr.contains("'no/such/folder' for '<NEW>': No such file or directory"),
        "{stderr}"
    );
    let invalid = run_sistergraph(&["diff", old, new]);
    assert!(!invalid.status.success());
    let stderr = String::from_utf8(invalid.stderr).unwrap();
    assert!(
        stderr.contains(&format!("cannot read the data files in {new}")),
        "{stderr}"
    );
    assert!(
        stderr.contains("sources.csv:1: tit: unknown column"),
        "{stderr}"
    );
    assert!(!stderr.contains("loaded"), "diff loads nothing: {stderr}");
}

#[test]
fn a_reader_may_stop_early() {
    let [old, new] = folders();
    let mut diff = Command::new(env!("CARGO_BIN_EXE_sistergraph"))
        .arg("diff")
        .args([old.path(), new.path()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(diff.stdout.take());
    let output = diff.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
}

#[tokio::test]
async fn load_has_a_label_and_a_number_of_revisions() {
    let database = TestDatabase::empty().await;
    let [old, new] = folders();
    let [old, new] = [&old, &new].map(|folder| folder.path().to_str().unwrap());
    let load = |data: &str, options: &[&str]| {
        let load = ["load", "--database-url", database.url(), "--data", data];
        run_sistergraph(&[&load, options].concat())
    };
    assert!(load(old, &["--label", " first round "]).status.success());
    assert!(load(new, &[]).status.success());
    let labels: Vec<_> = revisions(database.connection())
        .await
        .into_iter()
        .map(|revision| revision.label)
        .collect();
    assert_eq!(labels, [Some("first round".to_owned()), None]);
    assert!(load(old, &["--keep-revisions", "1"]).status.success());
    assert_eq!(revisions(database.connection()).await.len(), 1);

    for (options, message) in [
        (["--label", " "], "it is blank; enter a text"),
        (["--label", "a\nb"], "it contains a control character"),
        (
            ["--label", &"x".repeat(201)],
            "it has 201 characters; enter at most 200",
        ),
        (["--keep-revisions", "0"], "0 is not in 1.."),
    ] {
        let output = load(new, &options);
        assert!(!output.status.success());
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains(message), "{stderr}");
    }
}
