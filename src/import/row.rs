//! Typed access to the cells of one row.
//!
//! An invalid cell is reported and read as blank or as a default value. Callers need no error
//! handling, because all rows are discarded if any problem was reported.

use std::{
    fmt::{self, Display},
    ops::RangeInclusive,
    str::FromStr,
};

use chrono::NaiveDate;

use super::{
    files::BOOLEAN_COLUMNS,
    problem::{Dependency, Problem, ProblemReport},
    sheet::Sheet,
    sheet_rows::SheetRow,
};
use crate::{suggestion::nearest, vocabulary::Vocabulary};

/// One row of a file.
#[derive(Clone)]
pub(super) struct CsvRow<'a> {
    sheet: &'a Sheet,
    cells: SheetRow,
    report: &'a ProblemReport,
    pub(super) line: u64,
}

impl<'a> CsvRow<'a> {
    /// Returns whether all files have been checked, and the row is only read again.
    pub(super) fn is_checked(&self) -> bool {
        self.report.is_checked()
    }

    pub(super) fn sheet_rows(
        sheet: &'a Sheet,
        report: &'a ProblemReport,
    ) -> impl Iterator<Item = Self> {
        sheet.rows().map(move |(line, cells)| Self {
            sheet,
            cells,
            report,
            line,
        })
    }

    pub(super) fn file(&self) -> &'static str {
        self.sheet.file
    }

    pub(super) fn report_problem(&self, column: &str, message: impl Into<String>) {
        self.report
            .add(self.sheet.file, self.line, Some(column), message);
    }

    /// Reports a problem, unless one of the cells that it depends on has a problem.
    pub(super) fn report_follow_up(
        &self,
        column: &str,
        depends_on: Vec<Dependency>,
        message: impl Into<String>,
    ) {
        let problem = Problem {
            file: self.file(),
            line: self.line,
            column: Some(column.to_owned()),
            message: message.into(),
        };
        self.report.add_follow_up(problem, depends_on);
    }

    /// Returns cells of this row.
    pub(super) fn dependencies(&self, columns: &[&str]) -> Vec<Dependency> {
        let mut cells = Dependency::columns(self.file(), columns);
        for cell in &mut cells {
            cell.line = Some(self.line);
        }
        cells
    }

    /// Returns the text of the cell, which may be blank.
    pub(super) fn cell(&self, column: &str) -> &str {
        self.checked_cell(column, |cell| format!("{cell:?}"))
    }

    /// Returns the text of the cell like [`Self::cell`], but without quoting it in a message.
    pub(super) fn private_cell(&self, column: &str) -> &str {
        self.checked_cell(column, |_| "the cell".to_owned())
    }

    /// Returns the text of the cell as it is in the file.
    fn raw_cell(&self, column: &str) -> &str {
        let n = self.sheet.column(column);
        n.and_then(|n| self.cells.get(n)).unwrap_or_default()
    }

    fn checked_cell(&self, column: &str, quote: impl Fn(&str) -> String) -> &str {
        let cell = self.raw_cell(column);
        if is_trimmed_ascii(cell) {
            return cell;
        }
        if cell.chars().any(char::is_control) {
            self.report_problem(
                column,
                "contains a line break or another control character; remove it (is a closing quote missing?)",
            );
            return "";
        }
        let trimmed = cell.trim();
        if cell != trimmed {
            self.report_problem(
                column,
                format!("{} starts or ends with a space; remove it", quote(cell)),
            );
        }
        trimmed
    }

    /// Returns the text of the cell; `None` if it is blank.
    pub(super) fn text(&self, column: &str) -> Option<&str> {
        Some(self.cell(column)).filter(|cell| !cell.is_empty())
    }

    /// Returns the text of the cell, and reports a blank. The message says to enter `what`.
    pub(super) fn required(&self, column: &str, what: impl Display) -> &str {
        // `cell` reports any other cell that it reads as blank.
        if self.raw_cell(column).is_empty() {
            self.report_problem(column, format!("blank; enter {what}"));
        }
        self.cell(column)
    }

    /// Reads a key of lowercase letters, digits, and hyphens.
    pub(super) fn slug(&self, column: &str) -> &str {
        let cell = self.required(column, "an id such as \"jp-nagoya\"");
        let is_slug = cell.split('-').all(|part| {
            part.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        }) && !cell.starts_with('-')
            && !cell.ends_with('-');
        if !is_slug {
            self.report_problem(column, format!(
                "malformed id \"{cell}\"; use lowercase letters, digits, and hyphens between them"
            ));
        }
        cell
    }

    /// Reads a code of `n` capital letters. A message says to enter `what`.
    pub(super) fn code(&self, column: &str, n: usize, what: &str) -> &str {
        let cell = self.required(column, what);
        if !cell.is_empty()
            && (cell.len() != n || !cell.bytes().all(|byte| byte.is_ascii_uppercase()))
        {
            self.report_problem(column, format!("malformed code \"{cell}\"; enter {what}"));
        }
        cell
    }

    /// Reads an enum value, which must not be blank, and returns its spelling.
    pub(super) fn enum_value<V: Vocabulary>(&self, column: &str) -> &'static str {
        let what = fmt::from_fn(|f| write!(f, "one of {}", V::spellings().join(", ")));
        let cell = self.required(column, what);
        self.parse_enum_value::<V>(column, cell).unwrap_or_default()
    }

    /// Reads an enum value; `None` if the cell is blank.
    pub(super) fn optional_enum_value<V: Vocabulary>(&self, column: &str) -> Option<&'static str> {
        self.parse_enum_value::<V>(column, self.text(column)?)
    }

    /// Returns the spelling of the enum value `text`, and reports an unknown one.
    pub(super) fn parse_enum_value<V: Vocabulary>(
        &self,
        column: &str,
        text: &str,
    ) -> Option<&'static str> {
        let value = V::parse(text).map(V::as_str);
        if value.is_none() && !text.is_empty() {
            let hint = did_you_mean(&text.to_uppercase(), V::spellings());
            self.report_problem(
                column,
                format!(
                    "unknown value \"{text}\"; enter one of {}{hint}",
                    V::spellings().join(", ")
                ),
            );
        }
        value
    }

    /// Reads a number within a range; `None` if the cell is blank. A message says to enter `what`.
    pub(super) fn number<T>(&self, column: &str, range: RangeInclusive<T>, what: &str) -> Option<T>
    where
        T: FromStr + PartialOrd + Display,
    {
        let cell = self.text(column)?;
        // Rust also parses "inf", "nan", "+1" and "1e3", which do not belong in a data file.
        let plain = cell.strip_prefix('-').unwrap_or(cell);
        let is_plain = plain
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
        match cell.parse::<T>() {
            Ok(number) if is_plain && range.contains(&number) => Some(number),
            parsed => {
                let reason = if !is_plain || cell.parse::<f64>().is_err() {
                    "is not a number"
                } else if parsed.is_err() && cell.contains('.') {
                    "is not a whole number"
                } else {
                    "is out of range"
                };
                self.report_problem(
                    column,
                    format!(
                        "\"{cell}\" {reason}; enter {what}, from {} to {}",
                        range.start(),
                        range.end()
                    ),
                );
                None
            }
        }
    }

    pub(super) fn population(&self, column: &str) -> Option<i32> {
        self.number(column, 0..=i32::MAX, "the number of inhabitants")
    }

    /// Reads the latitude and longitude in degrees; `None` if both are blank.
    pub(super) fn point(&self) -> Option<(f64, f64)> {
        let latitude = self.number("latitude", -90.0..=90.0, "degrees north");
        let longitude = self.number("longitude", -180.0..=180.0, "degrees east");
        for (column, other) in [("latitude", "longitude"), ("longitude", "latitude")] {
            if self.cell(column).is_empty() && !self.cell(other).is_empty() {
                self.report_problem(
                    column,
                    format!("blank, but {other} is not; enter both or neither"),
                );
            }
        }
        latitude.zip(longitude)
    }

    /// Reads a year from 1700 to `this_year`; `None` if the cell is blank.
    pub(super) fn year(&self, column: &str, this_year: i32) -> Option<i32> {
        let year = self.number(column, 0..=9999, "a year")?;
        if year < 1700 || year > this_year {
            let reason = if year > this_year {
                "is in the future"
            } else {
                "is too early"
            };
            self.report_problem(
                column,
                format!("\"{year}\" {reason}; enter a year from 1700 to {this_year}"),
            );
            return None;
        }
        Some(year)
    }

    pub(super) fn boolean(&self, column: &str) -> bool {
        debug_assert!(BOOLEAN_COLUMNS.contains(&column));
        match self.required(column, "true or false") {
            "true" => true,
            "false" | "" => false,
            other => {
                self.report_problem(
                    column,
                    format!("\"{other}\" is neither true nor false; enter one of them"),
                );
                false
            }
        }
    }

    /// Reads a date; `None` if the cell is blank.
    pub(super) fn date(&self, column: &str) -> Option<NaiveDate> {
        let cell = self.text(column)?;
        let date = NaiveDate::parse_from_str(cell, "%Y-%m-%d").ok();
        if date.is_none() {
            self.report_problem(
                column,
                format!("\"{cell}\" is not a date; enter one such as 2021-09-21"),
            );
        }
        date
    }

    /// Reads a year, a month, or a day; `None` if the cell is blank or malformed.
    pub(super) fn partial_date(&self, column: &str) -> Option<&str> {
        let cell = self.text(column)?;
        if !is_partial_date(cell) {
            self.report_problem(
                column,
                format!("\"{cell}\" is not a date; enter one such as 1967, 1967-12, or 1967-12-18"),
            );
            return None;
        }
        Some(cell)
    }

    /// Reads a web address; `None` if the cell is blank.
    pub(super) fn url(&self, column: &str) -> Option<String> {
        let url = self.text(column)?;
        if !(url.starts_with("https://") || url.starts_with("http://")) {
            self.report_problem(
                column,
                format!("\"{url}\" is not a web address; it must start with https:// or http://"),
            );
        }
        Some(url.to_owned())
    }

    /// Reads the items of a cell, which are separated by `;`. Reports blank items and duplicates.
    pub(super) fn list(&self, column: &str) -> Vec<&str> {
        let Some(cell) = self.text(column) else {
            return Vec::new();
        };
        let mut items = Vec::new();
        for item in cell.split(';') {
            if item.is_empty() || item != item.trim() {
                self.report_problem(column, format!(
                    "\"{cell}\" has a blank item or a space next to a semicolon; separate items with a single semicolon"
                ));
            } else if items.contains(&item) {
                self.report_problem(column, format!("\"{item}\" is listed twice; remove one"));
            } else {
                items.push(item);
            }
        }
        items
    }
}

/// Returns whether a text is printable ASCII that neither starts nor ends with a space. Most cells are, and need no other check.
fn is_trimmed_ascii(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_space_at_end = matches!(bytes, [b' ', ..] | [.., b' ']);
    !is_space_at_end && bytes.iter().all(|byte| (b' '..=b'~').contains(byte))
}

/// Returns ` (did you mean "…"?)`, or an empty string if no candidate is similar.
pub(super) fn did_you_mean<'a>(
    input: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> String {
    nearest(input, candidates)
        .map(|name| format!(" (did you mean \"{name}\"?)"))
        .unwrap_or_default()
}

/// Returns whether a text is a year, a month, or a day, such as `1967`, `1967-12`, or `1967-12-18`.
fn is_partial_date(text: &str) -> bool {
    let day = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        _ => text.to_owned(),
    };
    // The parser also accepts single digits, spaces, and signs.
    let is_plain = day
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'-');
    day.len() == 10 && is_plain && NaiveDate::parse_from_str(&day, "%Y-%m-%d").is_ok()
}
