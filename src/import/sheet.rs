//! One file as rows of named cells. Checks the encoding, the header, and the number of fields.

use std::io;

use csv::{ByteRecord, ReaderBuilder, StringRecord};

use super::{files::Files, problem::ProblemReport};

/// A CSV file in memory. Columns may be in any order. A byte order mark is ignored, and lines may
/// end in LF or CRLF.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) file: &'static str,
    header: StringRecord,
    /// Rows, each with the line on which it starts.
    records: Vec<(u64, StringRecord)>,
    /// False if a row or a column could not be read. Then references to this file are not reported
    /// as unknown, because their target may be among the missing rows.
    pub(super) is_complete: bool,
}

impl Sheet {
    pub(super) fn read(
        files: &Files,
        file: &'static str,
        columns: &'static [&'static str],
        report: &ProblemReport,
    ) -> Self {
        let mut sheet = Self {
            file,
            header: StringRecord::new(),
            records: Vec::new(),
            is_complete: false,
        };
        match files.read(file) {
            Ok(bytes) => sheet.parse(&bytes, columns, report),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                report.add(file, 1, None, format!(
                    "the file is missing; add it with the columns {}, or omit --data to load the built-in data",
                    columns.join(", ")
                ));
            }
            Err(error) => report.add(file, 1, None, format!("cannot read the file: {error}")),
        }
        sheet
    }

    fn parse(&mut self, bytes: &[u8], columns: &[&str], report: &ProblemReport) {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(bytes);
        let mut record = ByteRecord::new();
        let mut is_header = true;
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
            if is_header {
                is_header = false;
                self.header = cells;
                if !self.check_header(columns, report) {
                    return;
                }
            } else if cells.len() == self.header.len() {
                self.records.push((line, cells));
            } else {
                self.is_complete = false;
                report.add(self.file, line, None, format!(
                    "the row has {} fields; it must have {}, one for each column (put quotes around a cell that contains a comma)",
                    cells.len(),
                    self.header.len()
                ));
            }
        }
        if is_header {
            self.is_complete = false;
            report.add(
                self.file,
                1,
                None,
                format!(
                    "the file is empty; add a header with the columns {}",
                    columns.join(", ")
                ),
            );
        }
    }

    fn decode(&mut self, record: &ByteRecord, line: u64, report: &ProblemReport) -> StringRecord {
        StringRecord::from_byte_record(record.clone()).unwrap_or_else(|error| {
            self.is_complete = false;
            let n = error.utf8_error().field();
            report.add(
                self.file,
                line,
                self.header.get(n),
                format!("field {} is not valid UTF-8; save the file as UTF-8", n + 1),
            );
            StringRecord::from_byte_record_lossy(record.clone())
        })
    }

    /// Reports missing, unknown, and duplicate columns. Returns false if there are any.
    fn check_header(&mut self, columns: &[&str], report: &ProblemReport) -> bool {
        let all = columns.join(", ");
        for column in columns {
            if !self.header.iter().any(|name| name == *column) {
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
                report.add(
                    self.file,
                    1,
                    Some(name),
                    format!("unknown column; the columns must be {all}"),
                );
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
    pub(super) fn records(&self) -> impl Iterator<Item = &StringRecord> {
        self.records.iter().map(|(_, record)| record)
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// Returns the line and the cells of a row.
    pub(super) fn record(&self, n: usize) -> (u64, &StringRecord) {
        let (line, record) = &self.records[n];
        (*line, record)
    }

    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }
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
