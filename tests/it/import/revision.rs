//! The revision of a dataset depends on its cells, not on the format of its files.

use crate::support::data_set::DataSet;

fn revision(data: &DataSet) -> String {
    data.tables().revision
}

#[test]
fn the_file_format_does_not_change_the_revision() {
    let real = revision(&DataSet::real());
    let mut edited = DataSet::real();
    for file in edited.names() {
        edited.edit_rows(&file, |header, rows| {
            header.reverse();
            rows.iter_mut().for_each(|row| row.reverse());
        });
        edited.edit_text(&file, |text| {
            format!("\u{feff}{}", text.replace('\n', "\r\n"))
        });
    }
    assert_eq!(revision(&edited), real);
    assert_eq!(real.len(), 64, "SHA-256 in hexadecimal");
}

#[test]
fn every_cell_changes_the_revision() {
    let real = revision(&DataSet::real());
    for (file, key, column, value) in [
        ("cities.csv", "af-asadabad", "population", "48401"),
        // The program does not use this column.
        ("respondent_aggregates.csv", "aware-yes", "claim", "c20"),
        ("sources.csv", "census-regions", "as_of", "2020"),
    ] {
        let mut edited = DataSet::real();
        edited.set(file, key, column, value);
        assert_ne!(revision(&edited), real, "{file} {column}");
    }
}

#[test]
fn cell_boundaries_change_the_revision() {
    let with = |publisher: &str, kind: &str| {
        let mut data = DataSet::real();
        data.set("sources.csv", "census-regions", "publisher", publisher)
            .set("sources.csv", "census-regions", "kind", kind);
        revision(&data)
    };
    assert_ne!(with("ab", "c"), with("a", "bc"));
    assert_ne!(with("ab", ""), with("", "ab"));
}

#[test]
fn the_order_of_rows_changes_the_revision() {
    let mut edited = DataSet::real();
    edited.edit_rows("partnership_notes.csv", |_, rows| rows.reverse());
    assert_ne!(revision(&edited), revision(&DataSet::real()));
}
