//! All files of a dataset, with the report of their problems.

use super::{
    files::{
        CODEBOOK, FILES, Files, OPTIONAL_FILES, RESPONDENT_FILES, RESPONDENTS, RespondentFiles,
    },
    input_hash::InputHash,
    large_map::{LargeMap, MapStorage},
    problem::{Dependency, Problem, ProblemReport, Problems},
    row::CsvRow,
    sheet::Sheet,
};
use crate::changes::DataFiles;
use serde::{Serialize, de::DeserializeOwned};

/// The contents of [`FILES`], in the same order, without missing [`OPTIONAL_FILES`].
#[derive(Debug)]
pub(super) struct Sheets {
    sheets: Vec<Sheet>,
    /// The contents of [`RESPONDENT_FILES`], if there are respondents.
    respondent_sheets: Vec<Sheet>,
    report: ProblemReport,
    map_storage: MapStorage,
    pub(super) input_hash: String,
}

impl Sheets {
    pub(super) fn read(
        files: &Files,
        respondents: Option<&RespondentFiles>,
        map_storage: MapStorage,
    ) -> Self {
        let report = ProblemReport::default();
        let mut hash = InputHash::new(respondents);
        let is_expected =
            |files: &Files, file| !OPTIONAL_FILES.contains(&file) || files.contains(file);
        let sheets = FILES
            .iter()
            .filter(|(file, _)| is_expected(files, file))
            .map(|(file, columns)| Sheet::read(files, file, columns, &report, &mut hash))
            .collect();
        let mut respondent_sheets: Vec<Sheet> = Vec::new();
        for (file, columns) in RESPONDENT_FILES {
            let Some(RespondentFiles { files, .. }) = respondents else {
                break;
            };
            let codebook = respondent_sheets
                .iter()
                .find(|sheet| sheet.file == CODEBOOK);
            let codebook_columns;
            let mut columns = columns.to_vec();
            if *file == RESPONDENTS
                && let Some(codebook) = codebook
            {
                // Without a complete codebook, the columns are unknown.
                if !codebook.is_complete {
                    continue;
                }
                codebook_columns = codebook.distinct_cells("column");
                columns.extend(codebook_columns.iter().map(String::as_str));
            }
            if is_expected(files, file) {
                let sheet = Sheet::read(files, file, &columns, &report, &mut hash);
                respondent_sheets.push(sheet);
            }
        }
        Self {
            sheets,
            respondent_sheets,
            report,
            map_storage,
            input_hash: hash.finish(),
        }
    }

    /// Returns all files, including those with respondent-level data.
    pub(super) fn all(&self) -> impl Iterator<Item = &Sheet> {
        self.sheets.iter().chain(&self.respondent_sheets)
    }

    pub(super) fn contains(&self, file: &str) -> bool {
        self.sheet(file).is_some()
    }

    /// Returns the contents of the files that the history compares: not of those with respondent-level data.
    pub(super) fn data_files(&self) -> DataFiles {
        let files = self.sheets.iter();
        files
            .map(|sheet| (sheet.file.to_owned(), sheet.to_csv()))
            .collect()
    }

    /// Returns the content of a file that the history compares, in parts as [`Sheet::csv_parts`]; none if there is no such file.
    pub(super) fn csv_parts(&self, file: &str, part_bytes: usize) -> impl Iterator<Item = Vec<u8>> {
        let sheet = self.sheets.iter().find(|sheet| sheet.file == file);
        sheet
            .into_iter()
            .flat_map(move |sheet| sheet.csv_parts(part_bytes))
    }

    /// Returns the number of rows of the files that the history compares.
    pub(super) fn row_count(&self) -> usize {
        self.sheets.iter().map(Sheet::len).sum()
    }

    /// Returns the problems that were reported since the last call, if there are any.
    pub(super) fn finish(&self) -> Result<(), Problems> {
        if let Some(error) = self.map_storage.error() {
            // Keys are missing, so the other problems may be wrong.
            self.report.clear();
            let message = format!("cannot use a temporary file: {error}");
            self.report.add(FILES[0].0, 1, None, message);
        }
        for sheet in self.all() {
            if let Some(error) = sheet.read_error() {
                let message = format!("cannot read the temporary file: {error}");
                self.report.add(sheet.file, 1, None, message);
            }
        }
        self.report.finish()
    }

    /// Returns an empty map.
    pub(super) fn large_map<V: Serialize + DeserializeOwned>(&self) -> LargeMap<V> {
        LargeMap::new(&self.map_storage)
    }

    fn sheet(&self, file: &str) -> Option<&Sheet> {
        self.all().find(|sheet| sheet.file == file)
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

    /// Returns whether the file has the column.
    pub(super) fn has_column(&self, file: &str, column: &str) -> bool {
        self.sheet(file)
            .is_some_and(|sheet| sheet.column(column).is_some())
    }

    /// Reports a problem with a row that was read earlier.
    pub(super) fn report_row_problem(
        &self,
        file: &'static str,
        line: u64,
        column: &str,
        message: String,
    ) {
        self.report.add(file, line, Some(column), message);
    }

    /// Reports a problem with a row that was read earlier, unless one of the cells that it depends on has a problem.
    pub(super) fn report_row_follow_up(
        &self,
        file: &'static str,
        line: u64,
        column: &str,
        depends_on: Vec<Dependency>,
        message: String,
    ) {
        let problem = Problem {
            file,
            line,
            column: Some(column.to_owned()),
            message,
        };
        self.report.add_follow_up(problem, depends_on);
    }

    /// Reports a problem with a column of the file as a whole, on line 1.
    pub(super) fn report_problem(&self, file: &'static str, column: &str, message: &str) {
        self.report.add(file, 1, Some(column), message);
    }
}
