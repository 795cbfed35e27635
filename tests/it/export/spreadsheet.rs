//! CSV files in spreadsheet programs.

use std::collections::{HashMap, HashSet};

use super::{fetch, rows};
use crate::support::{data_set::DataSet, graph::TestGraph};

#[tokio::test(flavor = "multi_thread")]
async fn a_csv_file_has_a_byte_order_mark_unless_a_parameter_omits_it() {
    let graph = TestGraph::loaded().await;
    for file in ["partnerships.csv", "figures.csv"] {
        let with = fetch(&graph, file).await;
        let without = fetch(&graph, &format!("{file}?bom=false")).await;
        assert_eq!(with.text().strip_prefix('\u{feff}'), Some(without.text()));
        let same = fetch(&graph, &format!("{file}?bom=true")).await;
        assert_eq!(same.header("etag"), with.header("etag"));
    }
    for (name, bytes) in fetch(&graph, "dataset.zip").await.files() {
        assert!(!bytes.starts_with("\u{feff}".as_bytes()), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn csv_cells_are_not_executed_as_formulas() {
    let formulas = [
        ("us-or-portland", "=HYPERLINK(\"http://example.org\",\"x\")"),
        ("jp-sapporo", "@SUM(1,2)"),
        ("us-ca-los-angeles", "+1 415"),
        ("jp-nagoya", "-2+3+cmd|' /C calc'!A0"),
        ("us-wa-seattle", "＝1+1"),
    ];
    let mut data = DataSet::real();
    for (city, name) in formulas {
        data.set("cities.csv", city, "name", name);
    }
    data.set("published_statistics.csv", "total", "note", "=1+1, \"so\"");
    let graph = TestGraph::with_data(&data).await;
    let names: HashMap<&str, &str> = formulas.into_iter().collect();

    let json = fetch(&graph, "partnerships.json").await.json();
    let table = fetch(&graph, "partnerships.csv").await;
    let text = table.text();
    assert!(text.starts_with("\u{feff}slug,level,"));
    assert!(text.ends_with("\r\n"));
    assert_eq!(
        text.matches('\n').count(),
        text.matches("\r\n").count(),
        "every line ends with CRLF"
    );
    let mut checked = HashSet::new();
    for (row, object) in table
        .rows()
        .iter()
        .zip(json["partnerships"].as_array().unwrap())
    {
        for side in ["us", "partner"] {
            let (slug, name) = (&row[&format!("{side}_slug")], &row[&format!("{side}_name")]);
            if let Some(formula) = names.get(slug.as_str()) {
                assert_eq!(*name, format!("'{formula}"));
                assert_eq!(
                    object[format!("{side}_name")],
                    *formula,
                    "JSON needs no protective quote"
                );
                checked.insert(slug.clone());
            }
        }
        assert!(row["us_longitude"].is_empty() || row["us_longitude"].parse::<f64>().is_ok());
    }
    assert_eq!(checked.len(), formulas.len());
    assert!(
        table
            .rows()
            .iter()
            .any(|row| row["us_longitude"].starts_with('-'))
    );

    let mut tables = fetch(&graph, "dataset.zip").await.files();
    tables.push(("partnerships.csv".to_owned(), table.bytes.clone()));
    tables.push((
        "figures.csv".to_owned(),
        fetch(&graph, "figures.csv").await.bytes,
    ));
    let mut n = 0;
    for (file, bytes) in tables.iter().filter(|(name, _)| name.ends_with(".csv")) {
        for row in rows(bytes) {
            for (column, cell) in row {
                let is_safe = cell.parse::<f64>().is_ok()
                    || !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝']);
                assert!(is_safe, "{column} of {file}: {cell}");
                n += usize::from(cell.starts_with("'="));
            }
        }
    }
    assert!(n >= 4, "the archive contains the formulas too");
}
