//! The tables of the archive: which there are, what each column means, and which rows a narrowed
//! archive holds.

mod figures;
mod partnerships;
mod places;

use sea_orm::{ColumnTrait, Iterable, PrimaryKeyToColumn, sea_query::Condition};

use super::narrowing::Narrowing;
use crate::{
    db::{CellKind, Column},
    entity::dataset,
    vocabulary::Vocabulary,
};

/// What a column is, for the data dictionary.
#[derive(Debug, Default)]
pub(super) struct Meaning {
    pub(super) text: &'static str,
    /// In what it is measured; empty where it is not.
    pub(super) unit: &'static str,
    /// The values that it may have; empty where they are not listed.
    pub(super) values: Vec<&'static str>,
    /// The column that its values are keys of, `table.column`; empty where they are not.
    pub(super) refers_to: &'static str,
    /// From where it comes, where that differs from the rest of the table.
    pub(super) source: Option<&'static str>,
}

/// A meaning in words.
fn says(text: &'static str) -> Meaning {
    Meaning {
        text,
        ..Meaning::default()
    }
}

impl Meaning {
    fn in_unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    fn one_of<V: Vocabulary>(mut self) -> Self {
        self.values = V::spellings();
        self
    }

    fn lists(mut self, values: &[&'static str]) -> Self {
        self.values = values.to_vec();
        self
    }

    fn refers_to(mut self, column: &'static str) -> Self {
        self.refers_to = column;
        self
    }

    fn from(mut self, source: &'static str) -> Self {
        self.source = Some(source);
        self
    }
}

/// From where computed columns come.
const COMPUTED: &str = "computed at loading";

/// A table of the archive.
#[derive(Debug)]
pub(super) struct Table {
    /// Its name in the database.
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    /// From where its columns come, unless they say otherwise.
    pub(super) source: &'static str,
    /// The primary key, by which its rows are in order.
    pub(super) key: Vec<Column>,
    /// Every column, in the order of the table.
    pub(super) columns: Vec<(Column, Meaning)>,
    /// Which rows a narrowed archive holds.
    pub(super) rows: fn(&Narrowing) -> Condition,
}

/// The table with the primary key `K`. What each of its columns means is a `match` without a
/// wildcard: a column that nobody described does not compile.
fn table<K>(
    source: &'static str,
    description: &'static str,
    meaning: fn(K::Column) -> Meaning,
    rows: fn(&Narrowing) -> Condition,
) -> Table
where
    K: PrimaryKeyToColumn + Iterable,
    K::Column: ColumnTrait + Iterable,
{
    let key: Vec<Column> = K::iter().map(|key| Column::of(key.into_column())).collect();
    Table {
        name: key.first().map_or("", |column| column.table),
        description,
        source,
        key,
        columns: K::Column::iter()
            .map(|column| (Column::of(column), meaning(column)))
            .collect(),
        rows,
    }
}

/// Every table of the archive, each after those that it refers to. The words of the search index
/// are not among them: they are made of what is.
pub(super) fn all() -> Vec<Table> {
    let dataset = table::<dataset::PrimaryKey>(
        "this program",
        "What is loaded; one row.",
        |column| match column {
            dataset::Column::Id => says("Always 1."),
            dataset::Column::Revision => {
                says("SHA-256 over the content of the files that were loaded, in hexadecimal.")
            }
            dataset::Column::LoadedAt => {
                says("When the database was last changed by a load.").in_unit("RFC 3339, UTC")
            }
        },
        every_row,
    );
    std::iter::once(dataset)
        .chain(places::tables())
        .chain(partnerships::tables())
        .chain(figures::tables())
        .collect()
}

/// However the archive is narrowed.
fn every_row(_: &Narrowing) -> Condition {
    Condition::all()
}

/// The rows that refer to a row of another table, which a condition selects.
fn referring(by: impl ColumnTrait, to: impl ColumnTrait, condition: Condition) -> Condition {
    if condition.is_empty() {
        return condition;
    }
    Condition::all().add(Column::of(by).is_among(Column::of(to), condition))
}

/// How the dictionary names what a column holds.
pub(super) fn type_of(column: Column) -> &'static str {
    match column.kind {
        CellKind::Text => "text",
        CellKind::Int | CellKind::Count => "integer",
        CellKind::Float => "number",
        CellKind::Bool => "boolean",
        CellKind::Date => "date",
        CellKind::DateTime => "date and time",
    }
}
