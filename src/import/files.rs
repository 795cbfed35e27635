//! The files of a dataset: their names, columns, and contents.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use include_dir::{Dir, include_dir};

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/data");

/// The name and the columns of every file that is read. The order of the columns is that of the
/// project's own files.
///
/// `excluded.csv` lists rows that were left out of the data; it is not read.
pub const FILES: &[(&str, &[&str])] = &[
    (
        "countries.csv",
        &[
            "iso2",
            "iso3",
            "name",
            "subregion",
            "latitude",
            "longitude",
            "population",
        ],
    ),
    (
        "states.csv",
        &[
            "id",
            "code",
            "name",
            "kind",
            "fips",
            "census_region",
            "census_division",
            "capital",
            "population_2020",
            "latitude",
            "longitude",
        ],
    ),
    (
        "provinces.csv",
        &[
            "id",
            "name",
            "kind",
            "country_iso2",
            "latitude",
            "longitude",
            "population",
            "wikidata_qid",
            "geonames_id",
        ],
    ),
    (
        "cities.csv",
        &[
            "id",
            "name",
            "kind",
            "country_iso2",
            "us_state_code",
            "province_id",
            "latitude",
            "longitude",
            "population",
            "is_capital",
            "wikidata_qid",
            "geonames_id",
            "coast_km",
        ],
    ),
    ("alternate_names.csv", &["community_id", "name", "script"]),
    ("common_names.csv", &["name", "place", "note"]),
    (
        "sources.csv",
        &[
            "id",
            "title",
            "publisher",
            "kind",
            "url",
            "licence",
            "as_of",
            "independent",
        ],
    ),
    (
        "figure_sources.csv",
        &["id", "title", "publisher", "url", "as_of", "note"],
    ),
    (
        "partnerships.csv",
        &[
            "id",
            "us_community_id",
            "partner_community_id",
            "level",
            "established_year",
            "status",
            "ended_year",
            "status_sources",
            "sources",
        ],
    ),
    ("partnership_notes.csv", &["partnership_id", "kind", "note"]),
    (
        "claims.csv",
        &[
            "partnership_id",
            "source_id",
            "kind",
            "year",
            "date",
            "reckoned",
            "side",
            "note",
        ],
    ),
    (
        "year_conflicts.csv",
        &["partnership_id", "year_used", "years_by_source"],
    ),
    (
        "match_model.csv",
        &[
            "feature",
            "coefficient",
            "standard_error",
            "z",
            "partnerships",
            "revision",
        ],
    ),
    (
        "match_metrics.csv",
        &["split", "method", "measure", "value", "low", "high"],
    ),
    (
        "restrictions.csv",
        &[
            "id",
            "state",
            "country",
            "levels",
            "effect",
            "from",
            "until",
            "law",
            "text",
            "source_url",
            "certainty",
        ],
    ),
    (
        "surveys.csv",
        &[
            "id",
            "title",
            "year",
            "fielded_from",
            "fielded_to",
            "population",
            "sample_size",
            "source",
        ],
    ),
    ("survey_disclosure.csv", &["survey", "item", "value"]),
    (
        "questions.csv",
        &[
            "id",
            "survey",
            "topic",
            "country",
            "wording",
            "responses",
            "asked_of",
        ],
    ),
    (
        "respondent_aggregates.csv",
        &[
            "id",
            "question",
            "given",
            "outcome",
            "percent",
            "qualifier",
            "direction",
            "base",
            "n",
            "flags",
            "claim",
            "note",
            "source",
        ],
    ),
    (
        "published_statistics.csv",
        &[
            "id",
            "measure",
            "subject",
            "value",
            "unit",
            "qualifier",
            "digits",
            "region",
            "state",
            "country",
            "level",
            "year",
            "flags",
            "claim",
            "note",
            "source",
        ],
    ),
];

/// The names and the columns of the files with respondent-level data. The columns of [`RESPONDENTS`] are those
/// that [`CODEBOOK`] lists, and [`SURVEY_COLUMN`].
pub(super) const RESPONDENT_FILES: &[(&str, &[&str])] = &[
    (
        CODEBOOK,
        &["column", "role", "dimension", "question", "code", "label"],
    ),
    (CODE_GROUPS, &["dimension", "group", "codes"]),
    (RESPONDENTS, &[SURVEY_COLUMN]),
];

pub(super) const RESPONDENTS: &str = "respondents.csv";
pub(super) const CODEBOOK: &str = "codebook.csv";
pub(super) const CODE_GROUPS: &str = "code_groups.csv";

/// The column of [`RESPONDENTS`] with the id of the survey.
pub(super) const SURVEY_COLUMN: &str = "survey";

/// The survey of respondents in a file without [`SURVEY_COLUMN`].
pub(super) const DEFAULT_SURVEY: &str = "states-survey-2021";

/// The columns with `true` and `false`, which spreadsheets write in capitals.
pub(super) const BOOLEAN_COLUMNS: [&str; 3] = ["independent", "is_capital", "reckoned"];

/// The files that may be missing; the modules that read them say what that means.
pub(super) const OPTIONAL_FILES: &[&str] = &[
    "claims.csv",
    "common_names.csv",
    "match_model.csv",
    "match_metrics.csv",
    "restrictions.csv",
    CODE_GROUPS,
];

/// The columns that may be missing, each with its file. A missing column is read as blank.
pub(super) const OPTIONAL_COLUMNS: &[(&str, &str)] = &[
    ("cities.csv", "coast_km"),
    ("figure_sources.csv", "url"),
    ("match_model.csv", "partnerships"),
    ("surveys.csv", "year"),
    ("questions.csv", "country"),
    ("published_statistics.csv", "year"),
    (RESPONDENTS, SURVEY_COLUMN),
];

/// How respondents are loaded.
#[derive(Clone, Copy, Debug)]
pub struct RespondentOptions {
    /// Whether nobody gave the answers.
    pub is_synthetic: bool,
    /// The smallest number of respondents in a cell that is shown.
    pub min_cell: i32,
}

/// The smallest number of respondents that an operator can set for [`RespondentOptions::min_cell`].
pub const LOWEST_MIN_CELL: i32 = 3;

/// The default of [`RespondentOptions::min_cell`].
pub const DEFAULT_MIN_CELL: i32 = 5;

impl Default for RespondentOptions {
    fn default() -> Self {
        Self {
            is_synthetic: false,
            min_cell: DEFAULT_MIN_CELL,
        }
    }
}

/// Files with respondent-level data, and how they are loaded.
#[derive(Clone, Debug)]
pub struct RespondentFiles {
    /// The source of the files.
    pub files: Files,
    /// How they are loaded.
    pub options: RespondentOptions,
}

/// The source of the files of a dataset.
#[derive(Clone, Debug)]
pub enum Files {
    /// The project's own files, embedded when the program was built.
    Embedded,
    /// A folder with files of the same names and columns.
    Folder(PathBuf),
    /// File contents by name, such as files that a test has changed.
    Memory(HashMap<String, Vec<u8>>),
}

impl Files {
    /// Returns the contents of the project's own files by name, for use in [`Files::Memory`].
    pub fn embedded_in_memory() -> HashMap<String, Vec<u8>> {
        FILES
            .iter()
            .filter_map(|(name, _)| {
                let file = EMBEDDED.get_file(name)?;
                Some(((*name).to_owned(), file.contents().to_vec()))
            })
            .collect()
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        match self {
            Self::Embedded => EMBEDDED.contains(name),
            // If the existence is unknown, reading the file reports the reason.
            Self::Folder(folder) => folder.join(name).try_exists().unwrap_or(true),
            Self::Memory(files) => files.contains_key(name),
        }
    }

    pub(super) fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        let bytes = match self {
            Self::Embedded => EMBEDDED.get_file(name).map(|file| file.contents()),
            Self::Folder(folder) => return Ok(Box::new(File::open(folder.join(name))?)),
            Self::Memory(files) => files.get(name).map(Vec::as_slice),
        };
        let bytes = bytes.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        Ok(Box::new(bytes))
    }
}

impl From<Option<&Path>> for Files {
    /// Uses the folder, or the embedded files if it is `None`.
    fn from(folder: Option<&Path>) -> Self {
        folder.map_or(Self::Embedded, |folder| Self::Folder(folder.to_owned()))
    }
}
