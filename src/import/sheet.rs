//! One file as rows of named cells. Checks the encoding, the header, and the number of fields.

use std::{
    io::{self, Read},
    iter,
};

use csv::{ByteRecord, ReaderBuilder, StringRecord};
use indexmap::IndexSet;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::{
    files::{BOOLEAN_COLUMNS, Files, OPTIONAL_COLUMNS, RESPONDENTS},
    input_hash::InputHash,
    problem::ProblemReport,
    sheet_rows::{SheetRow, SheetRows},
};

/// A CSV file. Columns may be in any order. A byte order mark is ignored, and lines may
/// end in LF or CRLF.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) file: &'static str,
    header: Vec<String>,
    rows: SheetRows,
    /// False if a row or a column could not be read. Then references to this file are not reported
    /// as unknown, because their target may be among the missing rows.
    pub(super) is_complete: bool,
}

/// How many bytes at the start of a file are checked for mistakes in its format.
const HEAD_BYTES: u64 = 64 * 1024;

impl Sheet {
    pub(super) fn read(
        files: &Files,
        file: &'static str,
        columns: &[&str],
        report: &ProblemReport,
        hash: &mut InputHash,
    ) -> Self {
        let mut sheet = Self {
            file,
            header: Vec::new(),
            rows: SheetRows::default(),
            is_complete: false,
        };
        match files.open(file) {
            Ok(source) => {
                if let Err(error) = sheet.parse(hash.add(file, source), columns, report) {
                    sheet.is_complete = false;
                    report.add(file, 1, None, format!("cannot read the file: {error}"));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                report.add(
                    file,
                    1,
                    None,
                    format!(
                        "the file is missing; add it with the columns {}",
                        columns.join(", ")
                    ),
                );
            }
            Err(error) => report.add(file, 1, None, format!("cannot read the file: {error}")),
        }
        sheet
    }

    fn parse(
        &mut self,
        mut source: impl Read,
        columns: &[&str],
        report: &ProblemReport,
    ) -> csv::Result<()> {
        let mut head = Vec::new();
        source.by_ref().take(HEAD_BYTES).read_to_end(&mut head)?;
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
        if let Some(message) = format_problem(head, columns) {
            report.add(self.file, 1, None, message);
            return Ok(());
        }
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(RecordSource::new(head.chain(source)));
        let mut record = ByteRecord::new();
        let mut rows = SheetRows::default();
        let mut is_boolean = Vec::new();
        // The columns with content.
        let mut used = Vec::new();
        let mut is_even = true;
        self.is_complete = true;
        while reader.read_byte_record(&mut record)? {
            let line = reader.get_mut().first_line(&record);
            let cells = self.decode(&record, line, report);
            if self.header.is_empty() {
                is_boolean.extend(cells.iter().map(|name| BOOLEAN_COLUMNS.contains(&name)));
                self.header = cells.iter().map(str::to_owned).collect();
            } else if !cells.iter().all(str::is_empty) {
                is_even &= cells.len() == self.header.len();
                used.resize(used.len().max(cells.len()), false);
                for (cell, used) in cells.iter().zip(&mut used) {
                    *used |= !cell.is_empty();
                }
                let is_boolean = is_boolean.iter().chain(iter::repeat(&false));
                let cells = cells.iter().zip(is_boolean);
                rows.push(
                    line,
                    cells.map(|(cell, is_boolean)| match is_boolean {
                        true => normalize_boolean(cell),
                        false => cell,
                    }),
                )?;
            }
        }
        rows.finish()?;
        // Spreadsheets leave columns without a name and without content behind.
        used.resize(used.len().max(self.header.len()), false);
        let names = self.header.iter().map(String::as_str);
        let is_kept: Vec<bool> = iter::zip(&used, names.chain(iter::repeat("")))
            .map(|(used, name)| *used || !name.is_empty())
            .collect();
        let names = self.header.iter().map(String::as_str);
        self.header = kept_cells(names, &is_kept).map(str::to_owned).collect();
        if !self.check_header(columns, report) {
            return Ok(());
        }
        if is_even && self.header.len() == is_kept.len() {
            self.rows = rows;
            return Ok(());
        }
        let n_columns = self.header.len();
        for (line, row) in rows.iter() {
            let n_cells = kept_cells(row.iter(), &is_kept).count();
            if n_cells == n_columns {
                self.rows.push(line, kept_cells(row.iter(), &is_kept))?;
                continue;
            }
            self.is_complete = false;
            report.add(self.file, line, None, format!(
                "the row has {n_cells} fields; it must have {n_columns}, one for each column (put quotes around a cell that contains a comma)"
            ));
        }
        self.rows.finish()?;
        Ok(())
    }

    /// Decodes a row, and composes its characters (NFC): macOS, for one, writes names decomposed. Only the
    /// first row that is not UTF-8 is reported.
    fn decode(&mut self, record: &ByteRecord, line: u64, report: &ProblemReport) -> StringRecord {
        let cells = StringRecord::from_byte_record(record.clone()).unwrap_or_else(|error| {
            if !std::mem::take(&mut self.is_complete) {
                return StringRecord::from_byte_record_lossy(record.clone());
            }
            let n = error.utf8_error().field();
            report.add(
                self.file,
                line,
                self.header.get(n).map(String::as_str),
                format!("field {} is not valid UTF-8; save the file as UTF-8", n + 1),
            );
            StringRecord::from_byte_record_lossy(record.clone())
        });
        match record.as_slice().is_ascii() || cells.iter().all(is_nfc) {
            true => cells,
            false => cells
                .iter()
                .map(|cell| cell.nfc().collect::<String>())
                .collect(),
        }
    }

    /// Reports missing, unknown, and duplicate columns. Returns false if there are any.
    fn check_header(&mut self, columns: &[&str], report: &ProblemReport) -> bool {
        let all = columns.join(", ");
        for column in columns {
            if self.column(column).is_none() && !OPTIONAL_COLUMNS.contains(&(self.file, column)) {
                self.is_complete = false;
                report.add(
                    self.file,
                    1,
                    Some(column),
                    format!("the column is missing; the columns must be {all}"),
                );
            }
        }
        for (n, name) in self.header.iter().enumerate() {
            if !columns.contains(&name.as_str()) {
                self.is_complete = false;
                let message = match self.file {
                    RESPONDENTS => {
                        "the column is missing from codebook.csv; add it there, or remove it here"
                            .to_owned()
                    }
                    _ => format!("unknown column; the columns must be {all}"),
                };
                report.add(self.file, 1, Some(name), message);
            } else if self.header[..n].contains(name) {
                self.is_complete = false;
                report.add(
                    self.file,
                    1,
                    Some(name),
                    "the column appears twice; remove one",
                );
            }
        }
        self.is_complete
    }

    pub(super) fn header(&self) -> &[String] {
        &self.header
    }

    /// Returns each row, with the line on which it starts. The cells are in the order of the header.
    pub(super) fn rows(&self) -> impl Iterator<Item = (u64, SheetRow)> {
        self.rows.iter()
    }

    /// Returns the distinct texts of a column that are not blank, in the order of the rows.
    pub(super) fn distinct_cells(&self, column: &str) -> IndexSet<String> {
        let column = self.column(column);
        let cells = self.rows().filter_map(|(_, row)| {
            let cell = row.get(column?)?.trim();
            (!cell.is_empty()).then(|| cell.to_owned())
        });
        cells.collect()
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns why rows could not be read back, if that happened.
    pub(super) fn read_error(&self) -> Option<&io::Error> {
        self.rows.read_error()
    }

    /// Returns the file as CSV in the form of the project's own files, in parts of at least this many bytes, except the last.
    /// Each part has the header; there is always one.
    pub(super) fn csv_parts(&self, part_bytes: usize) -> impl Iterator<Item = Vec<u8>> {
        let mut rows = self.rows().map(|(_, row)| row).peekable();
        let mut is_first = true;
        iter::from_fn(move || {
            if !std::mem::take(&mut is_first) && rows.peek().is_none() {
                return None;
            }
            // Some cells are quoted.
            let n_bytes = self.rows.n_bytes() + self.rows.n_bytes() / 8;
            let bytes = Vec::with_capacity(n_bytes.min(part_bytes.saturating_mul(2)));
            let mut writer = csv::WriterBuilder::new()
                .buffer_capacity(8 * 1024)
                .from_writer(bytes);
            // Memory takes every row, and all rows have as many cells as the header.
            let _ = writer.write_record(&self.header);
            while writer.get_ref().len() < part_bytes
                && let Some(row) = rows.next()
            {
                let _ = writer.write_record(row.iter());
            }
            Some(writer.into_inner().unwrap_or_default())
        })
    }

    /// Returns the file as CSV in the form of the project's own files.
    pub(super) fn to_csv(&self) -> Vec<u8> {
        self.csv_parts(usize::MAX).next().unwrap_or_default()
    }

    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }
}

/// Returns the cells of the columns that are kept.
fn kept_cells<'a>(
    cells: impl Iterator<Item = &'a str>,
    is_kept: &[bool],
) -> impl Iterator<Item = &'a str> {
    let cells = iter::zip(cells, is_kept);
    cells.filter_map(|(cell, is_kept)| is_kept.then_some(cell))
}

/// Returns a boolean in lower case, in which the files are compared and hashed.
fn normalize_boolean(cell: &str) -> &str {
    let booleans = ["true", "false"].into_iter();
    let mut equal = booleans.filter(|boolean| cell.eq_ignore_ascii_case(boolean));
    equal.next().unwrap_or(cell)
}

/// Returns a problem with the format of the file as a whole.
fn format_problem(bytes: &[u8], columns: &[&str]) -> Option<String> {
    let header = bytes
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    if header.contains(&0) {
        return Some("the file is UTF-16; save it as CSV in UTF-8".to_owned());
    }
    if bytes.trim_ascii().is_empty() {
        let columns = columns.join(", ");
        return Some(format!(
            "the file is empty; add a header with the columns {columns}"
        ));
    }
    let other = [
        (b';', "semicolons"),
        (b'\t', "tabs"),
        (b'|', "vertical bars"),
    ];
    let (_, name) = other.iter().find(|(separator, _)| {
        columns.len() > 1 && !header.contains(&b',') && header.contains(separator)
    })?;
    Some(format!(
        "the columns are separated by {name}; save the file with commas"
    ))
}

/// A source of records that finds the lines on which they start.
struct RecordSource<R> {
    source: R,
    /// The last bytes that were read, and the position of the first of them.
    bytes: Vec<u8>,
    start: u64,
}

impl<R> RecordSource<R> {
    fn new(source: R) -> Self {
        Self {
            source,
            bytes: Vec::new(),
            start: 0,
        }
    }

    /// Returns the line on which the last record starts. The csv reader ends a record at the carriage return,
    /// so its line number does not yet count the line feeds and blank lines that it skips next.
    fn first_line(&mut self, record: &ByteRecord) -> u64 {
        let Some(position) = record.position() else {
            return 1;
        };
        let start = usize::try_from(position.byte() - self.start).unwrap_or(self.bytes.len());
        let skipped = self.bytes[start.min(self.bytes.len())..]
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'))
            .filter(|byte| **byte == b'\n')
            .count();
        // The bytes before the record are not needed any more.
        if start > self.bytes.len() / 2 {
            self.bytes.drain(..start.min(self.bytes.len()));
            self.start = position.byte();
        }
        position.line() + skipped as u64
    }
}

impl<R: Read> Read for RecordSource<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.source.read(buffer)?;
        self.bytes.extend_from_slice(&buffer[..n]);
        Ok(n)
    }
}
