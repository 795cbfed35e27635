//! The revision of a dataset depends on its cells, not on the format of its files.

use unicode_normalization::UnicodeNormalization;

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
fn a_spreadsheet_does_not_change_the_revision() {
    let real = revision(&DataSet::real());
    let mut edited = DataSet::real();
    for file in edited.names() {
        // Booleans in capitals, emptied rows, and columns that were emptied or never used.
        edited.edit_text(&file, |text| {
            let text = text
                .replace(",true,", ",TRUE,")
                .replace(",false,", ",False,");
            let text = text.replace('\n', ",,\n");
            format!("{text},,,\n,,,,,,,,,,,,,,,,,,,,\n")
        });
    }
    assert_eq!(revision(&edited), real);
}

#[test]
fn decomposed_characters_do_not_change_the_revision() {
    let real = revision(&DataSet::real());
    let mut edited = DataSet::real();
    for file in ["alternate_names.csv", "cities.csv", "sources.csv"] {
        edited.edit_text(file, |text| text.nfd().collect());
    }
    assert_eq!(revision(&edited), real);
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
