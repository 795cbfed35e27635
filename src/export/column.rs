//! Columns of the flat files, each defined once for CSV, JSON, and `GeoJSON`.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::db::Cell;

/// The type of the values in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileColumnType {
    Text,
    Integer,
    Number,
    Boolean,
    /// A list of texts; in CSV, the texts are separated by this separator.
    List(&'static str),
}

impl FileColumnType {
    /// Returns the name in the list of columns.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::List(_) => "list of texts",
        }
    }
}

/// A value in a flat file.
#[derive(Clone, Debug)]
pub(super) enum FileValue {
    Scalar(Cell),
    List(Vec<Arc<str>>),
}

impl From<Cell> for FileValue {
    fn from(cell: Cell) -> Self {
        Self::Scalar(cell)
    }
}

impl From<&Cell> for FileValue {
    fn from(cell: &Cell) -> Self {
        Self::Scalar(cell.clone())
    }
}

impl From<Option<f64>> for FileValue {
    fn from(number: Option<f64>) -> Self {
        Self::Scalar(number.map_or(Cell::Null, Cell::Float))
    }
}

impl From<&str> for FileValue {
    fn from(text: &str) -> Self {
        Self::Scalar(Cell::Text(text.into()))
    }
}

impl FileValue {
    /// Converts the value to JSON; lists are never null.
    pub(super) fn to_json(&self) -> Json {
        match self {
            Self::Scalar(cell) => cell_to_json(cell),
            Self::List(texts) => texts.iter().map(AsRef::<str>::as_ref).collect(),
        }
    }

    /// Converts the value to a CSV cell; an empty list becomes an empty cell.
    pub(super) fn into_csv_cell(self, kind: FileColumnType) -> Cell {
        match (self, kind) {
            (Self::Scalar(cell), _) => cell,
            (Self::List(texts), _) if texts.is_empty() => Cell::Null,
            (Self::List(texts), FileColumnType::List(separator)) => {
                Cell::Text(texts.join(separator).into())
            }
            (Self::List(texts), _) => Cell::Text(texts.join(";").into()),
        }
    }
}

/// Converts a cell to JSON.
pub(super) fn cell_to_json(cell: &Cell) -> Json {
    match cell {
        Cell::Null => Json::Null,
        Cell::Bool(value) => (*value).into(),
        Cell::Int(number) => (*number).into(),
        Cell::Float(number) => (*number).into(),
        Cell::Text(text) => text.as_ref().into(),
    }
}

/// A column of a flat file with rows of the type `Row`.
#[derive(Debug)]
pub(super) struct FileColumn<Row: 'static> {
    /// The name in every format.
    pub(super) name: &'static str,
    pub(super) column_type: FileColumnType,
    /// The explanation for users of the file.
    pub(super) description: &'static str,
    /// Returns the value of a row.
    pub(super) value: fn(&Row) -> FileValue,
}

/// Describes the columns of a file, for the list of files.
pub(super) fn describe_columns<Row>(columns: &[FileColumn<Row>]) -> Json {
    let described = columns.iter().map(|column| {
        let mut entry = json!({
            "name": column.name,
            "type": column.column_type.name(),
            "description": column.description,
        });
        if let FileColumnType::List(separator) = column.column_type {
            entry["separatorInCsv"] = separator.into();
        }
        entry
    });
    described.collect()
}
