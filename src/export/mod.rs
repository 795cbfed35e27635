//! Files for people who do not speak GraphQL: the partnerships as CSV, JSON and `GeoJSON`, the
//! published figures as CSV, and everything as an archive.
//!
//! A file is written from one snapshot, in pages, to an [`ChunkWriter`] that waits for whoever reads it:
//! its rows are of one moment, and however many they are, a few pages of them are in memory. What
//! an API field means, a column of the same name means too.

mod archive;
mod column;
mod figures;
mod filter;
mod geojson;
mod json;
mod metadata;
mod output;
mod partnerships;
mod references;
mod spreadsheet;
mod tables;

pub use output::{ChunkWriter, ExportError, OutputChunk};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{db::Snapshot, engine::ExecutionError};
use filter::ExportFilter;
use metadata::ExportMetadata;

/// Goes into the tags: raised whenever the same data make other bytes.
const FORMAT_VERSION: u32 = 1;

/// Rows that are read at a time.
const PAGE_SIZE: u64 = 500;

/// A file that is written from what is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFile {
    /// The partnerships as a table.
    PartnershipsCsv,
    /// The partnerships as JSON.
    PartnershipsJson,
    /// The places and the partnerships as geometries.
    PartnershipsGeojson,
    /// The published figures as a table.
    FiguresCsv,
    /// All tables.
    DatasetZip,
}

impl ExportFile {
    /// Every file, in the order in which they are listed.
    pub const ALL: [Self; 5] = [
        Self::PartnershipsCsv,
        Self::PartnershipsJson,
        Self::PartnershipsGeojson,
        Self::FiguresCsv,
        Self::DatasetZip,
    ];

    /// The file with a name; `None` where there is none.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|file| file.name() == name)
    }

    /// Its name, such as `partnerships.csv`.
    pub fn name(self) -> &'static str {
        match self {
            Self::PartnershipsCsv => "partnerships.csv",
            Self::PartnershipsJson => "partnerships.json",
            Self::PartnershipsGeojson => "partnerships.geojson",
            Self::FiguresCsv => "figures.csv",
            Self::DatasetZip => "dataset.zip",
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::PartnershipsCsv | Self::FiguresCsv => "text/csv; charset=utf-8; header=present",
            Self::PartnershipsJson => "application/json; charset=utf-8",
            Self::PartnershipsGeojson => "application/geo+json",
            Self::DatasetZip => "application/zip",
        }
    }

    /// The address of the licence of its content; `None` for published figures, which are facts.
    pub fn license_url(self) -> Option<&'static str> {
        (self != Self::FiguresCsv).then_some(metadata::LICENSE_URL)
    }

    fn description(self) -> &'static str {
        match self {
            Self::PartnershipsCsv => {
                "The partnerships, a row each, for spreadsheets: UTF-8 with a byte order mark. A text that a spreadsheet would run as a formula has a single quote in front."
            }
            Self::PartnershipsJson => {
                "The partnerships, an object each, with what the data are, how to cite them, and what the fields mean."
            }
            Self::PartnershipsGeojson => {
                "For maps, by RFC 7946: a point for each place that holds a partnership, and for each partnership the great circle between its sides, cut at the antimeridian. The geometry is null where a place has no known location."
            }
            Self::FiguresCsv => {
                "Every published figure, percentages of respondents and other numbers, with the interval that its rounding or wording allows, its caveats and its source."
            }
            Self::DatasetZip => {
                "A CSV for each table of the data as loaded, a data dictionary, the licences and credits, the revision, and how to cite."
            }
        }
    }

    fn columns(self) -> Option<Value> {
        match self {
            Self::PartnershipsCsv | Self::PartnershipsJson => {
                Some(column::describe_columns(partnerships::COLUMNS))
            }
            Self::FiguresCsv => Some(column::describe_columns(figures::COLUMNS)),
            Self::PartnershipsGeojson | Self::DatasetZip => None,
        }
    }
}

/// What files there are, and by what they can be narrowed.
pub fn catalog() -> Value {
    let files = ExportFile::ALL.into_iter().map(|file| {
        let mut entry = json!({
            "path": format!("/export/{}", file.name()),
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
        "parameters": filter::describe_parameters(),
    })
}

/// A file of the data of one moment, ready to be written.
#[derive(Debug)]
pub struct Export {
    file: ExportFile,
    snapshot: Snapshot,
    metadata: ExportMetadata,
    filter: ExportFilter,
}

impl Export {
    /// The file, narrowed by the parameters of a query string.
    ///
    /// # Errors
    /// [`ExecutionError::Rejected`] where a parameter or its value is not known; what the database refuses.
    pub async fn new(
        file: ExportFile,
        parameters: &[(String, String)],
        snapshot: Snapshot,
    ) -> Result<Self, ExecutionError> {
        let about = ExportMetadata::read(&snapshot).await?;
        let narrowing = ExportFilter::parse(parameters, &snapshot).await?;
        Ok(Self {
            file,
            snapshot,
            metadata: about,
            filter: narrowing,
        })
    }

    /// Names the bytes of the file: two files with the same tag are the same, byte by byte. When
    /// the data were loaded counts too, because files say it, and because another version of the
    /// program may make other rows of the same files.
    pub fn etag(&self) -> String {
        let mut hash = Sha256::new();
        for part in [
            env!("CARGO_PKG_VERSION"),
            &FORMAT_VERSION.to_string(),
            &self.metadata.revision,
            &self.metadata.loaded_at,
            self.file.name(),
            &self.filter.to_string(),
        ] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let hash = hash.finalize();
        hash.iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// Whether compression makes it smaller.
    pub fn is_compressible(&self) -> bool {
        self.file != ExportFile::DatasetZip
    }

    /// The name under which the file is stored by those who fetch it.
    pub fn file_name(&self) -> String {
        let (stem, extension) = self.file.name().split_once('.').unwrap_or_default();
        let revision: String = self.metadata.revision.chars().take(8).collect();
        format!("sistergraph-{stem}-{revision}.{extension}")
    }

    /// Writes the file, but for its end.
    ///
    /// # Errors
    /// Where nobody reads on, or the database fails.
    pub async fn write(&self, output: &mut ChunkWriter) -> Result<(), ExportError> {
        match self.file {
            ExportFile::PartnershipsCsv => partnerships::write_csv(self, output).await,
            ExportFile::PartnershipsJson => partnerships::write_json(self, output).await,
            ExportFile::PartnershipsGeojson => geojson::write(self, output).await,
            ExportFile::FiguresCsv => figures::write(self, output).await,
            ExportFile::DatasetZip => archive::write(self, output).await,
        }
    }
}
