//! `dataset.zip`: every table as CSV, with a data dictionary, a README, and licenses and credits.

use std::{
    fmt::Write as _,
    io::{self, Write},
};

use chrono::{Datelike, Timelike};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions, write::StreamWriter};

use super::{
    Export, PAGE_SIZE,
    metadata::readme_section,
    output::FileWriter,
    spreadsheet,
    tables::{self, ArchiveTable, type_name},
};
use crate::{
    db::{Cell, Filter, RowSet, Scan},
    engine::InternalError,
};

pub(super) async fn write(export: &Export, output: &mut FileWriter) -> Result<(), InternalError> {
    let tables = tables::all_tables();
    let mut archive = Archive::new(output, &export.metadata.loaded_at);
    archive.add_file("README.md", readme(export, &tables).as_bytes())?;
    archive.add_file("LICENCES.md", licenses().as_bytes())?;
    archive.add_file("data_dictionary.csv", &data_dictionary(&tables)?)?;
    archive.add_file("vocabulary.csv", &vocabulary_csv(&tables)?)?;
    for table in &tables {
        write_table(export, table, &mut archive).await?;
    }
    archive.finish()
}

async fn write_table(
    export: &Export,
    table: &ArchiveTable,
    archive: &mut Archive<'_>,
) -> Result<(), InternalError> {
    let Some(id) = table.key.first().copied() else {
        return Ok(());
    };
    archive.start_file(&format!("{}.csv", table.name))?;
    let mut lines = Vec::new();
    let columns: Vec<_> = table.columns.iter().map(|(column, _)| *column).collect();
    spreadsheet::write_header(&mut lines, false, columns.iter().map(|column| column.name))?;
    let filter = if export.filter.is_empty() {
        Filter::default()
    } else {
        (table.condition)(&export.filter)
    };
    let mut scan = Scan::new(
        RowSet { id, filter },
        &table.key,
        columns.clone(),
        PAGE_SIZE,
    );
    while let Some(page) = scan.next_rows(&export.snapshot).await? {
        for record in &page {
            let cells = columns.iter().map(|column| record.get(*column).clone());
            spreadsheet::write_cells(&mut lines, cells)?;
        }
        archive.write_bytes(&lines)?;
        lines.clear();
    }
    Ok(archive.write_bytes(&lines)?)
}

/// An archive that is being written.
pub(super) struct Archive<'a> {
    zip: ZipWriter<StreamWriter<&'a mut FileWriter>>,
    options: SimpleFileOptions,
}

impl<'a> Archive<'a> {
    /// Creates an archive whose files have the time of the load, so that equal data gives equal bytes.
    pub(super) fn new(output: &'a mut FileWriter, loaded_at: &str) -> Self {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(zip_timestamp(loaded_at).unwrap_or_default());
        Self {
            zip: ZipWriter::new_stream(output),
            options,
        }
    }

    fn start_file(&mut self, name: &str) -> Result<(), InternalError> {
        Ok(self.zip.start_file(name, self.options)?)
    }

    fn write_bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.zip.write_all(bytes)
    }

    pub(super) fn add_file(&mut self, name: &str, bytes: &[u8]) -> Result<(), InternalError> {
        self.start_file(name)?;
        Ok(self.write_bytes(bytes)?)
    }

    pub(super) fn finish(self) -> Result<(), InternalError> {
        self.zip.finish()?;
        Ok(())
    }
}

/// Converts the time to the format of archives, in UTC; `None` if it is outside their range.
fn zip_timestamp(loaded_at: &str) -> Option<DateTime> {
    let time = chrono::DateTime::parse_from_rfc3339(loaded_at)
        .ok()?
        .to_utc();
    let small = |number: u32| u8::try_from(number).ok();
    DateTime::from_date_and_time(
        u16::try_from(time.year()).ok()?,
        small(time.month())?,
        small(time.day())?,
        small(time.hour())?,
        small(time.minute())?,
        small(time.second())?,
    )
    .ok()
}

fn readme(export: &Export, tables: &[ArchiveTable]) -> String {
    let metadata = &export.metadata;
    let scope = if export.filter.is_empty() {
        "This archive contains all loaded data except the search index.".to_owned()
    } else {
        format!(
            "This archive is filtered by `{}`: it contains only matching partnerships and figures, with the places and sources that they refer to, and all regions, countries, surveys, and questions.",
            export.filter
        )
    };
    let mut text = format!(
        "# Sister partnerships between the United States and Asia and the Pacific\n\n\
         - Revision of the data: `{}`\n- Loaded: {}\n\n{scope}\n\n\
         ## How to cite\n\n{}\n\n\
         ## How to read the files\n\n\
         The tables are CSV (RFC 4180) in UTF-8 without a byte order mark: in Excel, use *Data > From Text/CSV*. An empty cell means unknown or not applicable, never zero.\n\
         A text that a spreadsheet would run as a formula is prefixed with a single quote.\n\
         `data_dictionary.csv` explains every column, `vocabulary.csv` the words that columns with a fixed set of\n\
         values contain, and `LICENCES.md` the licenses and whom to credit.\n\n\
         | file | content |\n|---|---|\n",
        metadata.revision,
        metadata.loaded_at,
        metadata.citation(),
    );
    for table in tables {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {}.csv | {} |", table.name, table.description);
    }
    for heading in ["How the partnerships were compiled", "How far to trust it"] {
        let _ = write!(text, "\n{}\n", readme_section(heading));
    }
    text
}

fn licenses() -> String {
    format!(
        "{}\n\nThe files named above are those that the tables were loaded from. data_dictionary.csv gives the source\n\
         of each column, and source.csv the license of each source.\n",
        readme_section("Licenses and credits")
    )
}

fn text_cells<'a>(texts: impl IntoIterator<Item = &'a str>) -> impl Iterator<Item = Cell> {
    let texts: Vec<_> = texts
        .into_iter()
        .map(|text| Cell::Text(text.into()))
        .collect();
    texts.into_iter()
}

/// Returns `data_dictionary.csv`, which explains every column of every table.
fn data_dictionary(tables: &[ArchiveTable]) -> Result<Vec<u8>, InternalError> {
    let mut bytes = Vec::new();
    let header = [
        "file",
        "column",
        "type",
        "required",
        "key",
        "refers_to",
        "unit",
        "values",
        "meaning",
        "source",
    ];
    spreadsheet::write_header(&mut bytes, false, header.into_iter())?;
    let boolean = |value: bool| if value { "true" } else { "false" };
    for table in tables {
        for (column, description) in &table.columns {
            spreadsheet::write_cells(
                &mut bytes,
                text_cells([
                    format!("{}.csv", table.name).as_str(),
                    column.name,
                    type_name(*column),
                    boolean(!column.nullable),
                    boolean(table.key.contains(column)),
                    description.references,
                    description.unit,
                    &description.values.join(";"),
                    description.text,
                    description.source.unwrap_or(table.source),
                ]),
            )?;
        }
    }
    Ok(bytes)
}

/// Returns `vocabulary.csv`, which explains the values of columns with a fixed set of values.
fn vocabulary_csv(tables: &[ArchiveTable]) -> Result<Vec<u8>, InternalError> {
    let mut bytes = Vec::new();
    spreadsheet::write_header(
        &mut bytes,
        false,
        ["vocabulary", "word", "meaning"].into_iter(),
    )?;
    let mut written = Vec::new();
    let columns = tables.iter().flat_map(|table| &table.columns);
    for (vocabulary, values) in columns.flat_map(|(_, column)| &column.vocabularies) {
        // Several columns may have the values of one vocabulary.
        if written.contains(vocabulary) {
            continue;
        }
        written.push(*vocabulary);
        for (word, meaning) in values {
            spreadsheet::write_cells(&mut bytes, text_cells([*vocabulary, *word, *meaning]))?;
        }
    }
    Ok(bytes)
}
