//! Columns of the flat files, each defined once for CSV, JSON and `GeoJSON`.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::db::Cell;

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileColumnType {
    Text,
    Integer,
    Number,
    Boolean,
    /// A list of texts; in CSV with this between them.
    List(&'static str),
}

impl FileColumnType {
    /// As a dictionary names it.
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

/// A cell of a flat file.
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
    /// Nothing is null, a list at its emptiest is empty.
    pub(super) fn to_json(&self) -> Json {
        match self {
            Self::Scalar(cell) => cell_to_json(cell),
            Self::List(texts) => texts.iter().map(AsRef::<str>::as_ref).collect(),
        }
    }

    /// The cell as CSV has it.
    pub(super) fn into_csv_cell(self, kind: FileColumnType) -> Cell {
        match (self, kind) {
            (Self::Scalar(cell), _) => cell,
            (Self::List(texts), _) if texts.is_empty() => Cell::Null,
            (Self::List(texts), FileColumnType::List(between)) => {
                Cell::Text(texts.join(between).into())
            }
            (Self::List(texts), _) => Cell::Text(texts.join(";").into()),
        }
    }
}

/// A cell as JSON.
pub(super) fn cell_to_json(cell: &Cell) -> Json {
    match cell {
        Cell::Null => Json::Null,
        Cell::Bool(value) => (*value).into(),
        Cell::Int(number) => (*number).into(),
        Cell::Float(number) => (*number).into(),
        Cell::Text(text) => text.as_ref().into(),
    }
}

/// A column of rows of a kind.
#[derive(Debug)]
pub(super) struct FileColumn<Row: 'static> {
    /// Its name in every format.
    pub(super) name: &'static str,
    pub(super) column_type: FileColumnType,
    /// What it means, for those who use the file.
    pub(super) description: &'static str,
    /// What a row has in it.
    pub(super) value: fn(&Row) -> FileValue,
}

/// What the columns of a file are, for the list of files.
pub(super) fn describe_columns<Row>(columns: &[FileColumn<Row>]) -> Json {
    let described = columns.iter().map(|column| {
        let mut entry = json!({
            "name": column.name,
            "type": column.column_type.name(),
            "description": column.description,
        });
        if let FileColumnType::List(between) = column.column_type {
            entry["separatorInCsv"] = between.into();
        }
        entry
    });
    described.collect()
}
