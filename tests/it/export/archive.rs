//! The archive: complete, described by a data dictionary, and with its licenses and citation.

use std::collections::{BTreeMap, HashMap, HashSet};

use sistergraph::import::load;

use super::{fetch, rows};
use crate::support::{data_set::DataSet, database::TestDatabase, graph::TestGraph};

type Rows = Vec<HashMap<String, String>>;

async fn archive(graph: &TestGraph, query: &str) -> BTreeMap<String, Vec<u8>> {
    let fetched = fetch(graph, &format!("dataset.zip{query}")).await;
    assert_eq!(fetched.header("content-type"), "application/zip");
    fetched.files().into_iter().collect()
}

/// The tables with respondent-level data.
const NEVER_SERVED: [&str; 5] = [
    "respondent_data",
    "answer_code",
    "answer_code_group",
    "respondent",
    "respondent_answer",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_archive_contains_every_row() {
    let tables = DataSet::real().add_respondents().tables();
    let graph = TestGraph::with_tables(sistergraph::limits::Limits::default(), &tables).await;
    let files = archive(&graph, "").await;
    let database = TestDatabase::migrated().await;
    let loaded = load(database.connection(), &tables, &()).await.unwrap();
    let mut names: HashSet<&str> = files.keys().map(String::as_str).collect();
    for table in &loaded.tables {
        let name = format!("{}.csv", table.table);
        let is_served = !NEVER_SERVED.contains(&table.table.as_str());
        assert_eq!(names.remove(name.as_str()), is_served, "{name}");
        if !is_served {
            assert!(table.added > 0, "{name}");
            continue;
        }
        assert_eq!(rows(&files[&name]).len(), table.added, "{name}");
    }
    for name in [
        "README.md",
        "LICENCES.md",
        "data_dictionary.csv",
        "vocabulary.csv",
        "dataset.csv",
    ] {
        assert!(names.remove(name), "{name}");
    }
    assert!(names.is_empty(), "{names:?}");
    assert_eq!(rows(&files["dataset.csv"])[0]["revision"], tables.revision);

    let community = rows(&files["community.csv"]);
    let portland = community.iter().find(|row| row["id"] == "us-or-portland");
    let row_of_table = tables.community().find(|row| row.id == "us-or-portland");
    let (portland, row_of_table) = (portland.unwrap(), row_of_table.unwrap());
    assert_eq!(
        portland["latitude"],
        row_of_table.latitude.unwrap().to_string()
    );
    assert_eq!(portland["unit_x"].parse(), Ok(row_of_table.unit_x.unwrap()));
    assert_eq!(portland["state_id"], "us-or");
    assert_eq!(portland["region_id"], "");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dictionary_describes_every_column() {
    let graph = TestGraph::loaded().await;
    let files = archive(&graph, "").await;
    let dictionary = rows(&files["data_dictionary.csv"]);
    let vocabulary = rows(&files["vocabulary.csv"]);
    let words: HashSet<&str> = vocabulary.iter().map(|row| row["word"].as_str()).collect();
    assert!(vocabulary.iter().all(|row| !row["vocabulary"].is_empty()));
    let mut n = 0;
    for (name, bytes) in &files {
        let described: Vec<_> = dictionary
            .iter()
            .filter(|row| row["file"] == *name)
            .collect();
        if !name.ends_with(".csv") || name == "data_dictionary.csv" || name == "vocabulary.csv" {
            assert!(described.is_empty());
            continue;
        }
        let text = std::str::from_utf8(bytes).unwrap();
        let header = text.trim_start_matches('\u{feff}').lines().next().unwrap();
        let columns: Vec<_> = described.iter().map(|row| row["column"].as_str()).collect();
        assert_eq!(columns.join(","), header, "{name}");
        let cells = rows(bytes);
        assert!(described.iter().any(|row| row["key"] == "true"), "{name}");
        for row in described {
            n += 1;
            let column = &row["column"];
            assert!(!row["meaning"].is_empty() && !row["source"].is_empty());
            for cell in cells.iter().map(|cells| &cells[column]) {
                let context = format!("{cell:?} in {column} of {name}");
                if cell.is_empty() {
                    assert_eq!(row["required"], "false", "{context}");
                    continue;
                }
                match row["type"].as_str() {
                    "integer" => assert!(cell.parse::<i64>().is_ok(), "{context}"),
                    "number" => assert!(cell.parse::<f64>().is_ok(), "{context}"),
                    "boolean" => assert!(cell.parse::<bool>().is_ok(), "{context}"),
                    "date" => assert!(cell.parse::<chrono::NaiveDate>().is_ok(), "{context}"),
                    "date and time" => {
                        assert!(
                            chrono::DateTime::parse_from_rfc3339(cell).is_ok(),
                            "{context}"
                        );
                    }
                    other => assert_eq!(other, "text", "{context}"),
                }
                if !row["values"].is_empty() {
                    assert!(
                        row["values"].split(';').any(|value| value == cell),
                        "{context}"
                    );
                }
                // The vocabulary explains every kind of community.
                if column == "kind" && name == "community.csv" {
                    assert!(!row["values"].is_empty());
                    assert!(words.contains(cell.as_str()), "{context}");
                }
            }
        }
    }
    assert_eq!(n, dictionary.len(), "every described column exists");
}

/// Checks that every foreign key refers to a row of the archive.
fn assert_references_resolve(files: &BTreeMap<String, Vec<u8>>, query: &str) {
    let tables: BTreeMap<&str, Rows> = files
        .iter()
        .filter(|(name, _)| name.ends_with(".csv"))
        .map(|(name, bytes)| (name.as_str(), rows(bytes)))
        .collect();
    let mut n = 0;
    for row in &tables["data_dictionary.csv"] {
        let Some((table, target)) = row["refers_to"].split_once('.') else {
            continue;
        };
        let targets = &tables[format!("{table}.csv").as_str()];
        let ids: HashSet<&str> = targets.iter().map(|row| row[target].as_str()).collect();
        for cells in &tables[row["file"].as_str()] {
            let cell = cells[&row["column"]].as_str();
            assert!(
                cell.is_empty() || ids.contains(cell),
                "{query}: {cell} in {} of {}",
                row["column"],
                row["file"]
            );
            n += 1;
        }
    }
    assert!(n > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn references_in_a_filtered_archive_resolve() {
    let graph = TestGraph::loaded().await;
    let all_files = archive(&graph, "").await;
    assert_references_resolve(&all_files, "unfiltered");
    for query in [
        "?state=OR",
        "?country=JP&level=CITY",
        "?region=WEST",
        "?state=CA,GU",
        "?level=STATE",
        "?country=US",
    ] {
        let files = archive(&graph, query).await;
        assert_references_resolve(&files, query);
        assert_eq!(
            files.keys().collect::<Vec<_>>(),
            all_files.keys().collect::<Vec<_>>()
        );
        for table in [
            "partnership.csv",
            "partnership_note.csv",
            "claim.csv",
            "community.csv",
            "source.csv",
        ] {
            let (n, all) = (rows(&files[table]).len(), rows(&all_files[table]).len());
            assert!(n < all, "{query} {table}");
            assert!(n > 0 || query == "?country=US", "{query} {table}");
        }
        let readme = std::str::from_utf8(&files["README.md"]).unwrap();
        assert!(readme.contains("This archive is filtered by `"), "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_archive_states_its_revision_licenses_and_citation() {
    let graph = TestGraph::loaded().await;
    let data = graph.query("{ dataset { revision } }").await.data();
    let revision = data["dataset"]["revision"].as_str().unwrap().to_owned();
    let files = archive(&graph, "").await;
    let text = |name: &str| String::from_utf8(files[name].clone()).unwrap();
    let readme = text("README.md");
    for part in [
        revision.as_str(),
        "## How to cite",
        "## How far to trust it",
        "| partnership.csv |",
    ] {
        assert!(readme.contains(part), "{part}");
    }
    let licenses = text("LICENCES.md");
    for part in ["CC BY-SA 4.0", "Wikipedia contributors", "GeoNames", "CC0"] {
        assert!(licenses.contains(part), "{part}");
    }
    let fetched = fetch(&graph, "dataset.zip").await;
    assert!(fetched.bytes == fetch(&graph, "dataset.zip").await.bytes);
}
