//! The cells of one row, each read as what it should be.
//!
//! A cell that is wrong is reported and read as nothing: the rows are thrown away as soon as
//! anything was reported, so that callers need not care.

use std::{fmt::Display, ops::RangeInclusive, str::FromStr};

use chrono::NaiveDate;
use csv::StringRecord;

use super::{problem::ProblemReport, sheet::Sheet};
use crate::{suggestion::nearest, vocabulary::Vocabulary};

/// One row of a file.
#[derive(Clone, Copy)]
pub(super) struct CsvRow<'a> {
    sheet: &'a Sheet,
    record: &'a StringRecord,
    report: &'a ProblemReport,
    pub(super) line: u64,
}

impl<'a> CsvRow<'a> {
    pub(super) fn sheet_rows(
        sheet: &'a Sheet,
        report: &'a ProblemReport,
    ) -> impl Iterator<Item = Self> {
        (0..sheet.len()).map(move |n| {
            let (line, record) = sheet.record(n);
            Self {
                sheet,
                record,
                report,
                line,
            }
        })
    }

    pub(super) fn file(&self) -> &'static str {
        self.sheet.file
    }

    /// Reports what is wrong with a cell.
    pub(super) fn report_problem(&self, column: &str, message: impl Into<String>) {
        self.report
            .add(self.sheet.file, self.line, Some(column), message);
    }

    /// The cell as it stands; blank where it is.
    pub(super) fn cell(&self, column: &str) -> &'a str {
        let cell = self
            .sheet
            .column(column)
            .and_then(|n| self.record.get(n))
            .unwrap_or_default();
        if cell.chars().any(char::is_control) {
            self.report_problem(
                column,
                "holds a line break or another control character; remove it (is a quote left open?)",
            );
            return "";
        }
        if cell != cell.trim() {
            self.report_problem(
                column,
                format!("{cell:?} begins or ends with a space; remove it"),
            );
        }
        cell.trim()
    }

    /// The cell, unless it is blank.
    pub(super) fn text(&self, column: &str) -> Option<&'a str> {
        Some(self.cell(column)).filter(|cell| !cell.is_empty())
    }

    /// The cell, which must not be blank; what it should hold is for the message.
    pub(super) fn required(&self, column: &str, what: &str) -> &'a str {
        let reported = self.report.len();
        let cell = self.cell(column);
        if cell.is_empty() && reported == self.report.len() {
            self.report_problem(column, format!("blank; give {what}"));
        }
        cell
    }

    /// A key of lower-case letters, digits and hyphens.
    pub(super) fn slug(&self, column: &str) -> &'a str {
        let cell = self.required(column, "an id such as \"jp-nagoya\"");
        let is_slug = cell.split('-').all(|part| {
            part.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        }) && !cell.starts_with('-')
            && !cell.ends_with('-');
        if !is_slug {
            self.report_problem(column, format!(
                "malformed id \"{cell}\"; use lower-case letters, digits and hyphens between them"
            ));
        }
        cell
    }

    /// A code of `n` capital letters.
    pub(super) fn code(&self, column: &str, n: usize, what: &str) -> &'a str {
        let cell = self.required(column, what);
        if !cell.is_empty()
            && (cell.len() != n || !cell.bytes().all(|byte| byte.is_ascii_uppercase()))
        {
            self.report_problem(column, format!("malformed code \"{cell}\"; give {what}"));
        }
        cell
    }

    /// A value of a closed set, which must not be blank. Returns its spelling.
    pub(super) fn enum_value<V: Vocabulary>(&self, column: &str) -> &'static str {
        let allowed = V::spellings().join(", ");
        let cell = self.required(column, &format!("one of {allowed}"));
        self.parse_enum_value::<V>(column, cell).unwrap_or_default()
    }

    /// A value of a closed set, or blank.
    pub(super) fn optional_enum_value<V: Vocabulary>(&self, column: &str) -> Option<&'static str> {
        self.parse_enum_value::<V>(column, self.text(column)?)
    }

    /// The spelling of `text` in a closed set; reported where it is not in it.
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
                    "unknown value \"{text}\"; give one of {}{hint}",
                    V::spellings().join(", ")
                ),
            );
        }
        value
    }

    /// A number within a range, or blank.
    pub(super) fn number<T>(&self, column: &str, range: RangeInclusive<T>, what: &str) -> Option<T>
    where
        T: FromStr + PartialOrd + Display,
    {
        let cell = self.text(column)?;
        // "inf", "nan", "+1" and "1e3" are numbers to Rust, not to readers of the file.
        let plain = cell.strip_prefix('-').unwrap_or(cell);
        let is_plain = plain
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
        match cell.parse::<T>() {
            Ok(number) if is_plain && range.contains(&number) => Some(number),
            parsed => {
                let fault = if !is_plain || cell.parse::<f64>().is_err() {
                    "is not a number"
                } else if parsed.is_err() && cell.contains('.') {
                    "is not a whole number"
                } else {
                    "is out of range"
                };
                self.report_problem(
                    column,
                    format!(
                        "\"{cell}\" {fault}; give {what} from {} to {}",
                        range.start(),
                        range.end()
                    ),
                );
                None
            }
        }
    }

    /// Inhabitants, or blank.
    pub(super) fn population(&self, column: &str) -> Option<i32> {
        self.number(column, 0..=i32::MAX, "a number of inhabitants")
    }

    /// Degrees north and east, or both blank.
    pub(super) fn point(&self) -> Option<(f64, f64)> {
        let latitude = self.number("latitude", -90.0..=90.0, "degrees north");
        let longitude = self.number("longitude", -180.0..=180.0, "degrees east");
        for (column, other) in [("latitude", "longitude"), ("longitude", "latitude")] {
            if self.cell(column).is_empty() && !self.cell(other).is_empty() {
                self.report_problem(
                    column,
                    format!("blank, but {other} is not; give both or neither"),
                );
            }
        }
        latitude.zip(longitude)
    }

    /// A year in which there could be a partnership, or blank.
    pub(super) fn year(&self, column: &str, this_year: i32) -> Option<i32> {
        let year = self.number(column, 0..=9999, "a year")?;
        if year < 1700 || year > this_year {
            let fault = if year > this_year {
                "is in the future"
            } else {
                "is too early"
            };
            self.report_problem(
                column,
                format!("{year} {fault}; give a year from 1700 to {this_year}"),
            );
            return None;
        }
        Some(year)
    }

    /// `true` or `false`.
    pub(super) fn boolean(&self, column: &str) -> bool {
        match self.required(column, "true or false") {
            "true" => true,
            "false" | "" => false,
            other => {
                self.report_problem(
                    column,
                    format!("\"{other}\" is neither; give true or false"),
                );
                false
            }
        }
    }

    /// A day.
    pub(super) fn date(&self, column: &str) -> NaiveDate {
        let cell = self.required(column, "a day such as 2021-09-21");
        let date = NaiveDate::parse_from_str(cell, "%Y-%m-%d").ok();
        if date.is_none() && !cell.is_empty() {
            self.report_problem(
                column,
                format!("\"{cell}\" is not a day; give one such as 2021-09-21"),
            );
        }
        date.unwrap_or_default()
    }

    /// The items of a cell, with `;` between them; none may be blank or stand twice.
    pub(super) fn list(&self, column: &str) -> Vec<&'a str> {
        let Some(cell) = self.text(column) else {
            return Vec::new();
        };
        let mut items = Vec::new();
        for item in cell.split(';') {
            if item.is_empty() || item != item.trim() {
                self.report_problem(column, format!(
                    "\"{cell}\" has a blank or spaces between its items; separate them by a single ;"
                ));
            } else if items.contains(&item) {
                self.report_problem(column, format!("\"{item}\" stands twice; remove one"));
            } else {
                items.push(item);
            }
        }
        items
    }
}

/// ` (did you mean "…"?)`, or nothing.
pub(super) fn did_you_mean<'a>(
    wanted: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> String {
    nearest(wanted, candidates)
        .map(|name| format!(" (did you mean \"{name}\"?)"))
        .unwrap_or_default()
}
