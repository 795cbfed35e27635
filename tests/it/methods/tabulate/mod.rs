//! Weighted percentages of respondents and their suppression. The expected values were computed with R's
//! package `survey`, and with a reference in Python.

mod api;
mod suppression;
mod weighted;

use std::path::Path;

use super::{Row, golden};

/// Returns the rows of a file of the project.
fn read_rows(path: &str) -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let rows = csv::Reader::from_path(path).unwrap();
    rows.into_deserialize().map(Result::unwrap).collect()
}

/// Returns the respondents of `respondents` (the synthetic ones) or `design`.
fn respondents(file: &str) -> Vec<Row> {
    match file {
        "design" => golden("design.csv"),
        _ => read_rows("examples/respondents/respondents.csv"),
    }
}

/// Returns the codes of a column of the synthetic respondents, in the order of the codebook.
fn codes(column: &str) -> Vec<String> {
    read_rows("examples/respondents/codebook.csv")
        .into_iter()
        .filter(|row| row["column"] == column)
        .map(|row| row["code"].clone())
        .collect()
}
