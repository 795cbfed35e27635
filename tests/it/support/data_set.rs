//! The built-in data files, which tests can edit.

use std::{
    collections::{HashMap, HashSet},
    fmt::Write,
    fs,
    path::Path,
    sync::LazyLock,
};

use sistergraph::{
    changes::DataFiles,
    import::{Files, Problems, RespondentFiles, RespondentOptions, Tables, read_files},
};

use super::table_rows::TableRows;

/// A set of files in memory.
pub(crate) struct DataSet(HashMap<String, Vec<u8>>);

impl DataSet {
    /// The built-in data, which is read once.
    pub(crate) fn real_tables() -> &'static Tables {
        static TABLES: LazyLock<Tables> = LazyLock::new(|| DataSet::real().tables());
        &TABLES
    }

    /// The built-in data files.
    pub(crate) fn real() -> Self {
        Self(Files::embedded_in_memory())
    }

    /// The rows of a file, each as a map from column names to cells.
    pub(crate) fn rows(&self, file: &str) -> Vec<HashMap<String, String>> {
        csv::Reader::from_reader(self.0[file].as_slice())
            .deserialize()
            .map(Result::unwrap)
            .collect()
    }

    /// Sets one cell of the row whose first cell is `key`.
    pub(crate) fn set(&mut self, file: &str, key: &str, column: &str, value: &str) -> &mut Self {
        self.edit_rows(file, |header, rows| {
            let n = header.iter().position(|name| name == column).unwrap();
            let row = rows.iter_mut().find(|row| row[0] == key).unwrap();
            row[n] = value.to_owned();
        })
    }

    /// Appends a row.
    pub(crate) fn add(&mut self, file: &str, row: &str) -> &mut Self {
        self.edit_text(file, |text| format!("{}\n{row}\n", text.trim_end()))
    }

    /// Removes the row whose first cell is `key`.
    pub(crate) fn remove_row(&mut self, file: &str, key: &str) -> &mut Self {
        self.edit_rows(file, |_, rows| rows.retain(|row| row[0] != key))
    }

    /// The number of rows of a file.
    pub(crate) fn row_count(&self, file: &str) -> usize {
        self.rows(file).len()
    }

    /// Removes a partnership and the rows about it.
    pub(crate) fn remove_partnership(&mut self, id: &str) -> &mut Self {
        for file in [
            "partnership_notes.csv",
            "year_conflicts.csv",
            "claims.csv",
            "partnerships.csv",
        ] {
            self.remove_row(file, id);
        }
        self
    }

    /// Replaces `claims.csv` by these rows, followed by the claims that the sources of all partnerships make
    /// without the file.
    pub(crate) fn add_claims(&mut self, rows: &[&str]) -> &mut Self {
        let sources = self.rows("sources.csv");
        let independent = sources.iter().filter(|row| row["independent"] == "true");
        let independent: HashSet<_> = independent.map(|row| row["id"].as_str()).collect();
        let mut text = "partnership_id,source_id,kind,year,date,reckoned,side,note\n".to_owned();
        for row in rows {
            writeln!(text, "{row}").unwrap();
        }
        for row in self.rows("partnerships.csv") {
            for source in row["sources"].split(';') {
                let side = match independent.contains(source) {
                    true => "THIRD",
                    false => "DERIVED",
                };
                writeln!(text, "{},{source},RECORDED,,,false,{side},", row["id"]).unwrap();
            }
        }
        self.0.insert("claims.csv".to_owned(), text.into_bytes());
        self
    }

    /// Removes a file.
    pub(crate) fn remove(&mut self, file: &str) -> &mut Self {
        self.0.remove(file).unwrap();
        self
    }

    /// Changes the text of a file.
    pub(crate) fn edit_text(&mut self, file: &str, edit: impl FnOnce(&str) -> String) -> &mut Self {
        let text = String::from_utf8(self.0[file].clone()).unwrap();
        let edited = edit(&text);
        assert_ne!(text, edited, "the edit must change the file");
        self.0.insert(file.to_owned(), edited.into_bytes());
        self
    }

    /// Changes the bytes of a file.
    pub(crate) fn edit_bytes(&mut self, file: &str, edit: impl FnOnce(&mut Vec<u8>)) -> &mut Self {
        edit(self.0.get_mut(file).unwrap());
        self
    }

    /// Changes the header and the rows of a file, cell by cell.
    pub(crate) fn edit_rows(
        &mut self,
        file: &str,
        edit: impl FnOnce(&mut Vec<String>, &mut Vec<Vec<String>>),
    ) -> &mut Self {
        let mut rows: Vec<Vec<String>> = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(self.0[file].as_slice())
            .records()
            .map(|row| row.unwrap().iter().map(str::to_owned).collect())
            .collect();
        let mut header = rows.remove(0);
        edit(&mut header, &mut rows);
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&header).unwrap();
        for row in rows {
            writer.write_record(&row).unwrap();
        }
        self.0.insert(file.to_owned(), writer.into_inner().unwrap());
        self
    }

    pub(crate) fn files(&self) -> Files {
        Files::Memory(self.0.clone())
    }

    /// The files as the history compares them.
    pub(crate) fn data_files(&self) -> DataFiles {
        let read = read_files(&self.files());
        read.unwrap_or_else(|problems| panic!("{problems}")).1
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    /// Adds the synthetic respondents in the repository.
    pub(crate) fn add_respondents(&mut self) -> &mut Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/respondents");
        for file in ["respondents.csv", "codebook.csv", "code_groups.csv"] {
            let bytes = fs::read(folder.join(file)).unwrap();
            self.0.insert(file.to_owned(), bytes);
        }
        self
    }

    /// Adds a file, or replaces it.
    pub(crate) fn set_file(&mut self, file: &str, text: &str) -> &mut Self {
        self.0.insert(file.to_owned(), text.as_bytes().to_vec());
        self
    }

    /// Reads the files; the respondents, if there are any, as synthetic ones.
    pub(crate) fn read(&self) -> Result<Tables, Problems> {
        let files = self.files();
        let respondents = RespondentFiles {
            files: files.clone(),
            options: RespondentOptions {
                is_synthetic: true,
                ..RespondentOptions::default()
            },
        };
        let has_respondents = self.0.contains_key("codebook.csv");
        Tables::read_with_respondents(&files, has_respondents.then_some(&respondents))
    }

    /// The tables of a valid dataset; panics if it has problems.
    pub(crate) fn tables(&self) -> Tables {
        self.read().unwrap_or_else(|problems| panic!("{problems}"))
    }

    /// The rows of a valid dataset.
    pub(crate) fn table_rows(&self) -> TableRows {
        self.tables().into()
    }

    /// The problems of the dataset, one message each.
    pub(crate) fn problems(&self) -> Vec<String> {
        match self.read() {
            Ok(_) => Vec::new(),
            Err(problems) => problems
                .as_slice()
                .iter()
                .map(ToString::to_string)
                .collect(),
        }
    }

    pub(crate) fn write_to(&self, folder: &Path) {
        for (name, bytes) in &self.0 {
            fs::write(folder.join(name), bytes).unwrap();
        }
    }
}
