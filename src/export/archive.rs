//! `dataset.zip`: every table as CSV, what its columns mean, and what to know and to credit.

use std::{
    fmt::Write as _,
    io::{self, Write},
    sync::{Arc, Mutex},
};

use chrono::{Datelike, Timelike};
use sea_orm::sea_query::Condition;
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions, write::StreamWriter};

use super::{
    Export, PAGE, about,
    output::{Output, Stop},
    spreadsheet,
    tables::{self, Table, type_of},
};
use crate::{
    db::{Cell, Listed, Walk},
    vocabulary::{
        CityKind, Direction, FigureFlag, Measure, PartnershipLevel, PartnershipNoteKind,
        PartnershipStatus, ProvinceKind, Qualifier, RegionName, Script, SegmentDimension,
        StateKind, Subregion, Vocabulary,
    },
};

pub(super) async fn write(export: &Export, output: &mut Output) -> Result<(), Stop> {
    let tables = tables::all();
    let mut archive = Archive::new(&export.about.loaded_at);
    archive.file("README.md", readme(export, &tables).as_bytes())?;
    archive.file("LICENCES.md", licences().as_bytes())?;
    archive.file("data_dictionary.csv", &dictionary(&tables)?)?;
    archive.file("vocabulary.csv", &vocabularies()?)?;
    archive.flow(output).await?;
    for table in &tables {
        write_table(export, table, &mut archive, output).await?;
    }
    archive.finish(output).await
}

async fn write_table(
    export: &Export,
    table: &Table,
    archive: &mut Archive,
    output: &mut Output,
) -> Result<(), Stop> {
    let Some(id) = table.key.first().copied() else {
        return Ok(());
    };
    archive.begin(&format!("{}.csv", table.name))?;
    let mut lines = Vec::new();
    let columns: Vec<_> = table.columns.iter().map(|(column, _)| *column).collect();
    spreadsheet::write_header(&mut lines, columns.iter().map(|column| column.name))?;
    let filter = if export.narrowing.is_empty() {
        Condition::all()
    } else {
        (table.rows)(&export.narrowing)
    };
    let mut walk = Walk::new(Listed { id, filter }, &table.key, columns.clone(), PAGE);
    while let Some(page) = walk.next(&export.snapshot).await? {
        for record in &page {
            let cells = columns.iter().map(|column| record.get(*column).clone());
            spreadsheet::write_cells(&mut lines, cells)?;
        }
        archive.add(&lines)?;
        lines.clear();
        archive.flow(output).await?;
    }
    Ok(archive.add(&lines)?)
}

/// An archive under way, whose bytes are taken as they come.
struct Archive {
    zip: ZipWriter<StreamWriter<Shared>>,
    written: Shared,
    options: SimpleFileOptions,
}

/// What the archive has written and nobody has taken.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.lock() {
            Ok(mut written) => written.extend_from_slice(bytes),
            Err(_) => return Err(io::Error::other("a writer panicked")),
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Archive {
    /// Files are dated with the moment of the load, so that equal data give equal bytes.
    fn new(loaded_at: &str) -> Self {
        let written = Shared::default();
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(dated(loaded_at).unwrap_or_default());
        Self {
            zip: ZipWriter::new_stream(written.clone()),
            written,
            options,
        }
    }

    fn begin(&mut self, name: &str) -> Result<(), Stop> {
        Ok(self.zip.start_file(name, self.options)?)
    }

    fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.zip.write_all(bytes)
    }

    fn file(&mut self, name: &str, bytes: &[u8]) -> Result<(), Stop> {
        self.begin(name)?;
        Ok(self.add(bytes)?)
    }

    async fn flow(&mut self, output: &mut Output) -> Result<(), Stop> {
        take(&self.written, output);
        output.flow().await
    }

    async fn finish(self, output: &mut Output) -> Result<(), Stop> {
        self.zip.finish()?;
        take(&self.written, output);
        output.flow().await
    }
}

fn take(written: &Shared, output: &mut Output) {
    if let Ok(mut written) = written.0.lock() {
        output.bytes().append(&mut written);
    }
}

/// The moment as an archive has it, in UTC; `None` where it cannot hold it.
fn dated(loaded_at: &str) -> Option<DateTime> {
    let moment = chrono::DateTime::parse_from_rfc3339(loaded_at)
        .ok()?
        .to_utc();
    let small = |number: u32| u8::try_from(number).ok();
    DateTime::from_date_and_time(
        u16::try_from(moment.year()).ok()?,
        small(moment.month())?,
        small(moment.day())?,
        small(moment.hour())?,
        small(moment.minute())?,
        small(moment.second())?,
    )
    .ok()
}

fn readme(export: &Export, tables: &[Table]) -> String {
    let about = &export.about;
    let narrowed = if export.narrowing.is_empty() {
        "It holds everything that is loaded, but for the index of words by which is searched."
            .to_owned()
    } else {
        format!(
            "It is narrowed by `{}`: partnerships and figures to those, with the places and sources that they refer to; all regions, countries, surveys and questions.",
            export.narrowing
        )
    };
    let mut text = format!(
        "# Sister partnerships between the United States and Asia and the Pacific\n\n\
         - Revision of the data: `{}`\n- Loaded: {}\n\n{narrowed}\n\n\
         ## How to cite\n\n{}\n\n\
         ## How to read the files\n\n\
         CSV by RFC 4180, in UTF-8 with a byte order mark. A blank cell means not known, or does not apply; never zero.\n\
         A text that a spreadsheet would run as a formula has a single quote in front.\n\
         `data_dictionary.csv` says what each column means, `vocabulary.csv` what each word means that a column\n\
         may hold, `LICENCES.md` under which terms the data are passed on and whom to credit.\n\n\
         | file | what |\n|---|---|\n",
        about.revision,
        about.loaded_at,
        about.citation(),
    );
    for table in tables {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {}.csv | {} |", table.name, table.description);
    }
    for heading in ["How the partnerships were compiled", "How far to trust it"] {
        let _ = write!(text, "\n{}\n", about::section(heading));
    }
    text
}

fn licences() -> String {
    format!(
        "{}\n\nThe files that it names are those that the tables were loaded from; data_dictionary.csv says which\n\
         column comes from which, and source.csv the licence of each source.\n",
        about::section("Licences and credits")
    )
}

fn texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> impl Iterator<Item = Cell> {
    let texts: Vec<_> = texts
        .into_iter()
        .map(|text| Cell::Text(text.into()))
        .collect();
    texts.into_iter()
}

/// What each column of each file means.
fn dictionary(tables: &[Table]) -> Result<Vec<u8>, Stop> {
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
    spreadsheet::write_header(&mut bytes, header.into_iter())?;
    let yes = |holds: bool| if holds { "true" } else { "false" };
    for table in tables {
        for (column, meaning) in &table.columns {
            spreadsheet::write_cells(
                &mut bytes,
                texts([
                    format!("{}.csv", table.name).as_str(),
                    column.name,
                    type_of(*column),
                    yes(!column.nullable),
                    yes(table.key.contains(column)),
                    meaning.refers_to,
                    meaning.unit,
                    &meaning.values.join(";"),
                    meaning.text,
                    meaning.source.unwrap_or(table.source),
                ]),
            )?;
        }
    }
    Ok(bytes)
}

/// What each word means that a column may hold.
fn vocabularies() -> Result<Vec<u8>, Stop> {
    fn words<V: Vocabulary>() -> Vec<[&'static str; 3]> {
        let values = V::VALUES.iter();
        values
            .map(|(_, word, meaning)| [V::NAME, word, meaning.trim()])
            .collect()
    }
    let mut bytes = Vec::new();
    spreadsheet::write_header(&mut bytes, ["vocabulary", "word", "meaning"].into_iter())?;
    let all = [
        words::<RegionName>(),
        words::<Subregion>(),
        words::<StateKind>(),
        words::<ProvinceKind>(),
        words::<CityKind>(),
        words::<Script>(),
        words::<PartnershipLevel>(),
        words::<PartnershipStatus>(),
        words::<PartnershipNoteKind>(),
        words::<SegmentDimension>(),
        words::<Direction>(),
        words::<Measure>(),
        words::<Qualifier>(),
        words::<FigureFlag>(),
    ];
    for [vocabulary, word, meaning] in all.into_iter().flatten() {
        spreadsheet::write_cells(&mut bytes, texts([vocabulary, word, meaning]))?;
    }
    Ok(bytes)
}
