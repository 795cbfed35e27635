//! Columns of the flat files, each defined once for CSV, JSON and `GeoJSON`.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::db::Cell;

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Number,
    Boolean,
    /// A list of texts; in CSV with this between them.
    List(&'static str),
}

impl Kind {
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
pub(super) enum Value {
    One(Cell),
    Many(Vec<Arc<str>>),
}

impl From<Cell> for Value {
    fn from(cell: Cell) -> Self {
        Self::One(cell)
    }
}

impl From<&Cell> for Value {
    fn from(cell: &Cell) -> Self {
        Self::One(cell.clone())
    }
}

impl From<Option<f64>> for Value {
    fn from(number: Option<f64>) -> Self {
        Self::One(number.map_or(Cell::Null, Cell::Float))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::One(Cell::Text(text.into()))
    }
}

impl Value {
    /// Nothing is null, a list at its emptiest is empty.
    pub(super) fn json(&self) -> Json {
        match self {
            Self::One(cell) => json_of(cell),
            Self::Many(texts) => texts.iter().map(AsRef::<str>::as_ref).collect(),
        }
    }

    /// The cell as CSV has it.
    pub(super) fn cell(self, kind: Kind) -> Cell {
        match (self, kind) {
            (Self::One(cell), _) => cell,
            (Self::Many(texts), _) if texts.is_empty() => Cell::Null,
            (Self::Many(texts), Kind::List(between)) => Cell::Text(texts.join(between).into()),
            (Self::Many(texts), _) => Cell::Text(texts.join(";").into()),
        }
    }
}

/// A cell as JSON.
pub(super) fn json_of(cell: &Cell) -> Json {
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
pub(super) struct Column<Row: 'static> {
    /// Its name in every format.
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// What it means, for those who use the file.
    pub(super) meaning: &'static str,
    /// What a row has in it.
    pub(super) value: fn(&Row) -> Value,
}

/// What the columns of a file are, for the list of files.
pub(super) fn described<Row>(columns: &[Column<Row>]) -> Json {
    let described = columns.iter().map(|column| {
        let mut entry = json!({
            "name": column.name,
            "type": column.kind.name(),
            "description": column.meaning,
        });
        if let Kind::List(between) = column.kind {
            entry["separatorInCsv"] = between.into();
        }
        entry
    });
    described.collect()
}
