//! The answer of a GraphQL query as a table: one of its lists, with a column for each leaf of its items.

mod archive;
mod columns;
mod geometry;
mod list;
#[cfg(feature = "parquet")]
mod parquet;
mod xlsx;

use serde_json::{Map, Value as Json};

pub use self::archive::{ArchivedQuery, DATASET_FIELD, DATASET_KEY};
use self::columns::TableColumn;
use super::{json::write_feature_collection, spreadsheet};
use crate::engine::{AnswerField, ExecutionError, InternalError};
use crate::graphql_error::GraphqlError;

/// A format of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TableFormat {
    /// CSV for spreadsheets.
    Csv,
    /// A JSON object on each line.
    Ndjson,
    /// A workbook of Excel.
    Xlsx,
    /// Apache Parquet.
    #[cfg(feature = "parquet")]
    Parquet,
    /// `GeoJSON`.
    Geojson,
    /// A ZIP archive with CSV, of a saved query.
    Zip,
}

impl TableFormat {
    /// All formats that every query can have.
    pub const ALL: &[Self] = &[
        Self::Csv,
        Self::Ndjson,
        Self::Xlsx,
        #[cfg(feature = "parquet")]
        Self::Parquet,
        Self::Geojson,
    ];

    /// Returns the name, which is also the extension of files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
            Self::Xlsx => "xlsx",
            #[cfg(feature = "parquet")]
            Self::Parquet => "parquet",
            Self::Geojson => "geojson",
            Self::Zip => "zip",
        }
    }

    /// Returns the value of the `Content-Type` header.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Ndjson => "application/x-ndjson",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            #[cfg(feature = "parquet")]
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Geojson => "application/geo+json",
            Self::Zip => "application/zip",
        }
    }

    /// Whether the files are compressed already.
    pub fn is_compressed(self) -> bool {
        !matches!(self, Self::Csv | Self::Ndjson | Self::Geojson)
    }
}

/// How to write the answers of a query as tables.
#[derive(Clone, Debug)]
pub struct AnswerTable {
    format: TableFormat,
    byte_order_mark: bool,
    /// The response keys from the root to the list.
    list: Vec<String>,
    columns: Vec<TableColumn>,
    /// The saved query, for an archive.
    query: Option<ArchivedQuery>,
}

impl AnswerTable {
    /// Selects the list at `path`, or the only list, of an answer with these fields. CSV starts with a byte order mark if
    /// `byte_order_mark` is true.
    ///
    /// # Errors
    /// If the answer cannot be a table: it has no list, several lists without a path, or no list at the path, or the rows of
    /// a `GeoJSON` file have no location.
    pub fn new(
        format: TableFormat,
        fields: &[AnswerField],
        path: Option<&str>,
        byte_order_mark: bool,
    ) -> Result<Self, GraphqlError> {
        let list = list::select(fields, path)?;
        let columns = columns::columns_of(list.field);
        if columns.is_empty() {
            let message = format!("the items of the list {} have no fields", list.name());
            return Err(GraphqlError::bad_user_input(message));
        }
        if format == TableFormat::Geojson {
            geometry::locations(&columns)?;
        }
        Ok(Self {
            format,
            byte_order_mark,
            list: list.keys,
            columns,
            query: None,
        })
    }

    /// Sets the saved query, which the answer of an archive belongs to. It has [`DATASET_FIELD`] in addition.
    #[must_use]
    pub fn with_query(mut self, query: ArchivedQuery) -> Self {
        self.query = Some(query);
        self
    }

    /// Returns a text that differs for tables that are written differently from the same answer.
    pub fn cache_key(&self) -> String {
        let mark = if self.byte_order_mark { "bom" } else { "" };
        let query = self.query.as_ref().map_or("", |query| &query.address);
        let list = self.list.join(".");
        format!("{} {mark} {list} {query}", self.format.name())
    }

    /// Writes the table. `answer` is a GraphQL response without errors.
    ///
    /// # Errors
    /// [`ExecutionError::Rejected`] if the format cannot hold a value, and [`ExecutionError::Internal`] if writing fails.
    pub fn write(&self, answer: &[u8]) -> Result<Vec<u8>, ExecutionError> {
        let answer: Json = serde_json::from_slice(answer)?;
        let data = &answer["data"];
        let list = self
            .list
            .iter()
            .fold(data, |value, key| &value[key.as_str()]);
        // If the list or an object around it is null, there are no rows.
        let rows = list.as_array().map_or(&[][..], Vec::as_slice);
        match self.format {
            TableFormat::Csv => Ok(self.write_csv(rows)?),
            TableFormat::Ndjson => Ok(self.write_ndjson(rows)),
            TableFormat::Xlsx => xlsx::write(&self.columns, rows),
            #[cfg(feature = "parquet")]
            TableFormat::Parquet => Ok(parquet::write(&self.columns, rows)?),
            TableFormat::Geojson => self.write_geojson(rows),
            TableFormat::Zip => match &self.query {
                Some(query) => archive::write(self, query, data, rows),
                None => Err(InternalError::Data("an archive without a query".to_owned()).into()),
            },
        }
    }

    fn write_csv(&self, rows: &[Json]) -> Result<Vec<u8>, InternalError> {
        let mut bytes = Vec::new();
        let names = self.columns.iter().map(|column| column.name.as_str());
        spreadsheet::write_header(&mut bytes, self.byte_order_mark, names)?;
        for row in rows {
            let cells = self.columns.iter().map(|column| column.cell(row));
            spreadsheet::write_cells(&mut bytes, cells)?;
        }
        Ok(bytes)
    }

    fn write_ndjson(&self, rows: &[Json]) -> Vec<u8> {
        let lines = rows.iter().map(|row| {
            let members = self.columns.iter().map(|column| column.member(row));
            format!("{}\n", Json::Object(members.collect()))
        });
        lines.collect::<String>().into_bytes()
    }

    fn write_geojson(&self, rows: &[Json]) -> Result<Vec<u8>, ExecutionError> {
        let locations = geometry::locations(&self.columns)?;
        let properties: Vec<_> = self
            .columns
            .iter()
            .filter(|column| !locations.iter().any(|location| location.has(column)))
            .collect();
        let features = rows.iter().map(|row| {
            let members: Map<String, Json> =
                properties.iter().map(|column| column.member(row)).collect();
            geometry::feature(&locations, row, members)
        });
        Ok(write_feature_collection(features))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_its_own_name_and_media_type() {
        for (index, format) in TableFormat::ALL.iter().enumerate() {
            for other in &TableFormat::ALL[..index] {
                assert_ne!(format.name(), other.name());
                assert_ne!(format.media_type(), other.media_type());
            }
        }
    }
}
