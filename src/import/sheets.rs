//! All files of a dataset in memory, with the report of their problems.

use super::{
    files::{FILES, Files, OPTIONAL_FILES},
    problem::ProblemReport,
    row::CsvRow,
    sheet::Sheet,
};
use crate::changes::DataFiles;

/// The contents of [`FILES`], in the same order, without missing [`OPTIONAL_FILES`].
pub(super) struct Sheets {
    sheets: Vec<Sheet>,
    pub(super) report: ProblemReport,
}

impl Sheets {
    pub(super) fn read(files: &Files) -> Self {
        let report = ProblemReport::default();
        let sheets = FILES
            .iter()
            .filter(|(file, _)| !OPTIONAL_FILES.contains(file) || files.contains(file))
            .map(|(file, columns)| Sheet::read(files, file, columns, &report))
            .collect();
        Self { sheets, report }
    }

    pub(super) fn all(&self) -> &[Sheet] {
        &self.sheets
    }

    pub(super) fn contains(&self, file: &str) -> bool {
        self.sheet(file).is_some()
    }

    /// Returns the contents of the files.
    pub(super) fn to_data_files(&self) -> DataFiles {
        let files = self.sheets.iter();
        files
            .map(|sheet| (sheet.file.to_owned(), sheet.to_csv()))
            .collect()
    }

    fn sheet(&self, file: &str) -> Option<&Sheet> {
        self.sheets.iter().find(|sheet| sheet.file == file)
    }

    /// Returns the rows of a file; none if it could not be read.
    pub(super) fn rows<'a>(&'a self, file: &str) -> impl Iterator<Item = CsvRow<'a>> + use<'a> {
        self.sheet(file)
            .into_iter()
            .flat_map(|sheet| CsvRow::sheet_rows(sheet, &self.report))
    }

    /// Returns whether all rows and columns of the file were read.
    pub(super) fn is_complete(&self, file: &str) -> bool {
        self.sheet(file).is_some_and(|sheet| sheet.is_complete)
    }

    /// Reports a problem with a column of the file as a whole, on line 1.
    pub(super) fn report_problem(&self, file: &'static str, column: &str, message: &str) {
        self.report.add(file, 1, Some(column), message);
    }
}
