//! Files for people who do not use GraphQL: the partnerships as CSV, JSON, and `GeoJSON`, the published
//! figures and the changes of the data as CSV, and all tables as a ZIP archive.
//!
//! A file is read page by page from one snapshot and written to a [`FileWriter`]. All rows are
//! therefore from the same moment, and memory is bounded, whatever the size of the file. A column
//! means the same as the API field of the same name.

mod answer;
mod archive;
mod changes;
mod column;
mod figures;
mod filter;
mod geojson;
mod json;
mod metadata;
mod options;
mod output;
mod partnerships;
mod references;
mod spreadsheet;
mod tables;

pub use answer::{AnswerTable, ArchivedQuery, DATASET_FIELD, DATASET_KEY, TableFormat};
pub use metadata::ExportMetadata;
pub use options::is_tracking_parameter;
pub use output::{FileContent, FileWriter, WrittenFile};

use serde_json::{Value, json};

use crate::{
    db::Snapshot,
    engine::{ExecutionError, InternalError},
};
use changes::ChangesSince;
use filter::ExportFilter;
use options::ExportOptions;

/// The number of rows read at a time.
const PAGE_SIZE: u64 = 500;

/// A file that clients can download.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFile {
    /// The partnerships as CSV.
    PartnershipsCsv,
    /// The partnerships as JSON.
    PartnershipsJson,
    /// The partnerships and their places as `GeoJSON`.
    PartnershipsGeojson,
    /// The published figures as CSV.
    FiguresCsv,
    /// All tables as CSV files in a ZIP archive.
    DatasetZip,
    /// The changes of the data since a revision as CSV.
    ChangesCsv,
}

impl ExportFile {
    /// All files, in the order of the catalog.
    pub const ALL: [Self; 6] = [
        Self::PartnershipsCsv,
        Self::PartnershipsJson,
        Self::PartnershipsGeojson,
        Self::FiguresCsv,
        Self::DatasetZip,
        Self::ChangesCsv,
    ];

    /// Returns the file with this name; `None` if there is none.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|file| file.name() == name)
    }

    /// Returns the name in the URL, such as `partnerships.csv`.
    pub fn name(self) -> &'static str {
        match self {
            Self::PartnershipsCsv => "partnerships.csv",
            Self::PartnershipsJson => "partnerships.json",
            Self::PartnershipsGeojson => "partnerships.geojson",
            Self::FiguresCsv => "figures.csv",
            Self::DatasetZip => "dataset.zip",
            Self::ChangesCsv => "changes.csv",
        }
    }

    /// Returns the value of the `Content-Type` header.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::PartnershipsCsv | Self::FiguresCsv | Self::ChangesCsv => {
                "text/csv; charset=utf-8; header=present"
            }
            Self::PartnershipsJson => "application/json; charset=utf-8",
            Self::PartnershipsGeojson => "application/geo+json",
            Self::DatasetZip => "application/zip",
        }
    }

    /// Returns the URL of the license; `None` for the published figures, which are facts.
    pub fn license_url(self) -> Option<&'static str> {
        (self != Self::FiguresCsv).then_some(metadata::LICENSE_URL)
    }

    fn description(self) -> &'static str {
        match self {
            Self::PartnershipsCsv => {
                "One row per partnership, for spreadsheets: UTF-8 with a byte order mark (unless bom=false). A text that a spreadsheet would run as a formula is prefixed with a single quote."
            }
            Self::PartnershipsJson => {
                "One object per partnership, with the revision, the license, how to cite the data, and the meaning of every field."
            }
            Self::PartnershipsGeojson => {
                "For maps (RFC 7946): a point for each place that has a partnership, and for each partnership the great circle between its sides, cut at the antimeridian, as a MultiLineString. The geometry is null if a location is unknown."
            }
            Self::FiguresCsv => {
                "Every published figure, both percentages of respondents and other numbers, with the range that its rounding or wording allows, its caveats, and its source."
            }
            Self::DatasetZip => {
                "Every table of the loaded data as CSV, with a data dictionary, licenses and credits, the revision, and how to cite the data."
            }
            Self::ChangesCsv => {
                "The rows of the data files that were added, changed, or removed since a revision of the history (since=REVISION), with a line for each changed field. It has no filters."
            }
        }
    }

    fn columns(self) -> Option<Value> {
        match self {
            Self::PartnershipsCsv | Self::PartnershipsJson => {
                Some(column::describe_columns(partnerships::COLUMNS))
            }
            Self::FiguresCsv => Some(column::describe_columns(figures::COLUMNS)),
            Self::ChangesCsv => Some(column::describe_columns(changes::COLUMNS)),
            Self::PartnershipsGeojson | Self::DatasetZip => None,
        }
    }
}

/// Returns the list of files with their columns, and the parameters that filter them. Paths are relative to the address of
/// the list, `/export`, which may be below a path of a proxy.
pub fn catalog() -> Value {
    let files = ExportFile::ALL.into_iter().map(|file| {
        let mut entry = json!({
            "path": format!("export/{}", file.name()),
            "mediaType": file.media_type(),
            "description": file.description(),
        });
        if let Some(columns) = file.columns() {
            entry["columns"] = columns;
        }
        entry
    });
    json!({
        "files": files.collect::<Vec<_>>(),
        "parameters": filter::describe_parameters()
            .chain(options::describe())
            .chain([changes::describe_since()])
            .collect::<Value>(),
    })
}

/// A file to be written from one snapshot of the data.
#[derive(Debug)]
pub struct Export {
    file: ExportFile,
    snapshot: Snapshot,
    metadata: ExportMetadata,
    options: ExportOptions,
    filter: ExportFilter,
    since: ChangesSince,
}

impl Export {
    /// Creates the file, with the form and the filter that the parameters of a query string name.
    ///
    /// # Errors
    /// Returns [`ExecutionError::Rejected`] if a parameter or a value is unknown, and
    /// [`ExecutionError::Internal`] if the database fails or holds no data.
    pub async fn new(
        file: ExportFile,
        parameters: &[(String, String)],
        snapshot: Snapshot,
    ) -> Result<Self, ExecutionError> {
        let metadata = ExportMetadata::read(&snapshot).await?;
        let (options, parameters) = ExportOptions::parse(file, parameters)?;
        let (mut filter, mut since) = (ExportFilter::default(), ChangesSince::default());
        match file {
            ExportFile::ChangesCsv => since = ChangesSince::parse(&parameters, &snapshot).await?,
            _ => filter = ExportFilter::parse(file, &parameters, &snapshot).await?,
        }
        Ok(Self {
            file,
            snapshot,
            metadata,
            options,
            filter,
            since,
        })
    }

    /// Returns a text that is the same for two files only if they are identical byte for byte. It
    /// includes the time of the load, because files contain it.
    pub fn cache_key(&self) -> String {
        format!(
            "{} {} {}?{}{}{}",
            self.metadata.revision,
            self.metadata.loaded_at,
            self.file.name(),
            self.filter,
            self.since.revision,
            self.options
        )
    }

    /// Returns the file name for `Content-Disposition`, with the start of the revision.
    pub fn file_name(&self) -> String {
        let (stem, extension) = self.file.name().split_once('.').unwrap_or_default();
        let revision: String = self.metadata.revision.chars().take(8).collect();
        format!("sistergraph-{stem}-{revision}.{extension}")
    }

    /// Writes the file; the caller then calls [`FileWriter::finish`].
    ///
    /// # Errors
    /// If the database, the encoding, or the temporary file fails.
    pub async fn write(&self, output: &mut FileWriter) -> Result<(), InternalError> {
        match self.file {
            ExportFile::PartnershipsCsv => partnerships::write_csv(self, output).await,
            ExportFile::PartnershipsJson => partnerships::write_json(self, output).await,
            ExportFile::PartnershipsGeojson => geojson::write(self, output).await,
            ExportFile::FiguresCsv => figures::write(self, output).await,
            ExportFile::DatasetZip => archive::write(self, output).await,
            ExportFile::ChangesCsv => changes::write(self, output).await,
        }
    }
}
