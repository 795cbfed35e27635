//! One file as rows of named cells. Checks the encoding, the header, and the number of fields.

use std::io;

use csv::{ByteRecord, ReaderBuilder, StringRecord};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::{
    files::{BOOLEAN_COLUMNS, Files, OPTIONAL_COLUMNS, RESPONDENTS},
    input_hash::InputHash,
    problem::ProblemReport,
};

/// A CSV file in memory. Columns may be in any order. A byte order mark is ignored, and lines may
/// end in LF or CRLF.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) file: &'static str,
    header: StringRecord,
    rows: SheetRows,
    /// False if a row or a column could not be read. Then references to this file are not reported
    /// as unknown, because their target may be among the missing rows.
    pub(super) is_complete: bool,
}

/// Rows with the same number of cells. A million [`StringRecord`]s would take several times the memory.
#[derive(Debug, Default)]
struct SheetRows {
    /// The lines on which rows start.
    lines: Vec<u64>,
    text: String,
    /// The end of the text of each row.
    ends: Vec<usize>,
    /// The end of each cell in the text of its row.
    cell_ends: Vec<u32>,
}

impl SheetRows {
    fn push(&mut self, line: u64, cells: &StringRecord) {
        self.lines.push(line);
        let start = self.text.len();
        for cell in cells {
            self.text.push_str(cell);
            // No row has 4 GiB.
            let end = u32::try_from(self.text.len() - start).unwrap_or(u32::MAX);
            self.cell_ends.push(end);
        }
        self.ends.push(self.text.len());
    }
}

/// The cells of a row.
#[derive(Clone, Copy)]
pub(super) struct SheetRow<'a> {
    text: &'a str,
    ends: &'a [u32],
}

impl<'a> SheetRow<'a> {
    pub(super) fn get(self, n: usize) -> Option<&'a str> {
        let start = match n {
            0 => 0,
            _ => *self.ends.get(n - 1)?,
        };
        self.text.get(start as usize..*self.ends.get(n)? as usize)
    }

    fn iter(self) -> impl Iterator<Item = &'a str> {
        (0..self.ends.len()).filter_map(move |n| self.get(n))
    }
}

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
            header: StringRecord::new(),
            rows: SheetRows::default(),
            is_complete: false,
        };
        match files.read(file) {
            Ok(bytes) => {
                hash.add(file, &bytes);
                sheet.parse(&bytes, columns, report);
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

    fn parse(&mut self, bytes: &[u8], columns: &[&str], report: &ProblemReport) {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if let Some(message) = format_problem(bytes, columns) {
            report.add(self.file, 1, None, message);
            return;
        }
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(bytes);
        let mut record = ByteRecord::new();
        let mut records = Vec::new();
        self.is_complete = true;
        loop {
            match reader.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    report.add(self.file, 1, None, format!("cannot read the file: {error}"));
                    self.is_complete = false;
                    return;
                }
            }
            let line = first_line(&record, bytes);
            let cells = self.decode(&record, line, report);
            if self.header.is_empty() {
                self.header = cells;
            } else if !cells.iter().all(str::is_empty) {
                records.push((line, cells));
            }
        }
        self.remove_blank_columns(&mut records);
        if !self.check_header(columns, report) {
            return;
        }
        let n_columns = self.header.len();
        self.normalize_booleans(&mut records);
        for (line, cells) in records {
            if cells.len() == n_columns {
                self.rows.push(line, &cells);
                continue;
            }
            self.is_complete = false;
            report.add(self.file, line, None, format!(
                "the row has {} fields; it must have {n_columns}, one for each column (put quotes around a cell that contains a comma)",
                cells.len()
            ));
        }
    }

    /// Removes columns without a name and without content, which spreadsheets leave behind.
    fn remove_blank_columns(&mut self, records: &mut [(u64, StringRecord)]) {
        let is_blank = |cells: &StringRecord, n: usize| cells.get(n).is_none_or(str::is_empty);
        let n_cells = records.iter().map(|(_, cells)| cells.len()).max();
        let n_cells = n_cells.unwrap_or_default().max(self.header.len());
        let blank: Vec<usize> = (0..n_cells)
            .filter(|n| is_blank(&self.header, *n))
            .filter(|n| records.iter().all(|(_, cells)| is_blank(cells, *n)))
            .collect();
        if blank.is_empty() {
            return;
        }
        let remove = |cells: &StringRecord| -> StringRecord {
            let cells = cells.iter().enumerate();
            cells
                .filter(|(n, _)| !blank.contains(n))
                .map(|(_, cell)| cell)
                .collect()
        };
        self.header = remove(&self.header);
        for (_, cells) in records {
            *cells = remove(cells);
        }
    }

    /// Writes the booleans in lower case, in which the files are compared and hashed.
    fn normalize_booleans(&self, records: &mut [(u64, StringRecord)]) {
        let columns: Vec<usize> = BOOLEAN_COLUMNS
            .iter()
            .filter_map(|name| self.column(name))
            .collect();
        let is_boolean =
            |cell: &str| cell.eq_ignore_ascii_case("true") || cell.eq_ignore_ascii_case("false");
        for (_, cells) in records {
            let mut booleans = columns.iter().filter_map(|n| cells.get(*n));
            if booleans.any(is_boolean) {
                let normalized = cells.iter().enumerate().map(|(n, cell)| {
                    match columns.contains(&n) && is_boolean(cell) {
                        true => cell.to_ascii_lowercase(),
                        false => cell.to_owned(),
                    }
                });
                *cells = normalized.collect();
            }
        }
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
                self.header.get(n),
                format!("field {} is not valid UTF-8; save the file as UTF-8", n + 1),
            );
            StringRecord::from_byte_record_lossy(record.clone())
        });
        match cells.iter().all(is_nfc) {
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
            if !self.header.iter().any(|name| name == *column)
                && !OPTIONAL_COLUMNS.contains(&(self.file, column))
            {
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
            if !columns.contains(&name) {
                self.is_complete = false;
                let message = match self.file {
                    RESPONDENTS => {
                        "the column is missing from codebook.csv; add it there, or remove it here"
                            .to_owned()
                    }
                    _ => format!("unknown column; the columns must be {all}"),
                };
                report.add(self.file, 1, Some(name), message);
            } else if self.header.iter().take(n).any(|before| before == name) {
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

    pub(super) fn header(&self) -> &StringRecord {
        &self.header
    }

    /// Returns the rows; the cells of each are in the order of the header.
    pub(super) fn records(&self) -> impl Iterator<Item = SheetRow<'_>> {
        (0..self.len()).map(|n| self.record(n).1)
    }

    /// Returns the distinct texts of a column that are not blank, in the order of the rows.
    pub(super) fn distinct_cells(&self, column: &str) -> Vec<&str> {
        let mut cells = Vec::new();
        let Some(n) = self.column(column) else {
            return cells;
        };
        for cell in self.records().filter_map(|record| record.get(n)) {
            let cell = cell.trim();
            if !cell.is_empty() && !cells.contains(&cell) {
                cells.push(cell);
            }
        }
        cells
    }

    pub(super) fn len(&self) -> usize {
        self.rows.lines.len()
    }

    /// Returns the file as CSV in the form of the project's own files.
    pub(super) fn to_csv(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        // Memory takes every row, and all rows have as many cells as the header.
        let _ = writer.write_record(&self.header);
        for record in self.records() {
            let _ = writer.write_record(record.iter());
        }
        writer.into_inner().unwrap_or_default()
    }

    /// Returns the line and the cells of a row.
    pub(super) fn record(&self, n: usize) -> (u64, SheetRow<'_>) {
        let rows = &self.rows;
        let start = n.checked_sub(1).map_or(0, |before| rows.ends[before]);
        let n_columns = self.header.len();
        let cells = SheetRow {
            text: &rows.text[start..rows.ends[n]],
            ends: &rows.cell_ends[n * n_columns..(n + 1) * n_columns],
        };
        (rows.lines[n], cells)
    }

    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }
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

/// Returns the line on which a record starts. The csv reader ends a record at the carriage return,
/// so its line number does not yet count the line feeds and blank lines that it skips next.
fn first_line(record: &ByteRecord, bytes: &[u8]) -> u64 {
    let Some(position) = record.position() else {
        return 1;
    };
    let start = usize::try_from(position.byte()).unwrap_or(bytes.len());
    let skipped = bytes[start.min(bytes.len())..]
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'))
        .filter(|byte| **byte == b'\n')
        .count();
    position.line() + skipped as u64
}
