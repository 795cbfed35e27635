//! The tables of the archive: which there are, what each column means, and which rows a narrowed
//! archive holds.

mod figures;
mod partnerships;
mod places;

use sea_orm::{ColumnTrait, Iterable, PrimaryKeyToColumn, sea_query::Condition};

use super::filter::ExportFilter;
use crate::{
    db::{CellKind, ColumnRef},
    entity::dataset,
    vocabulary::Vocabulary,
};

/// What a column is, for the data dictionary.
#[derive(Debug, Default)]
pub(super) struct ColumnDescription {
    pub(super) text: &'static str,
    /// In what it is measured; empty where it is not.
    pub(super) unit: &'static str,
    /// The values that it may have; empty where they are not listed.
    pub(super) values: Vec<&'static str>,
    /// The column that its values are keys of, `table.column`; empty where they are not.
    pub(super) references: &'static str,
    /// From where it comes, where that differs from the rest of the table.
    pub(super) source: Option<&'static str>,
}

/// A meaning in words.
fn describe(text: &'static str) -> ColumnDescription {
    ColumnDescription {
        text,
        ..ColumnDescription::default()
    }
}

impl ColumnDescription {
    fn with_unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    fn with_vocabulary<V: Vocabulary>(mut self) -> Self {
        self.values = V::spellings();
        self
    }

    fn with_values(mut self, values: &[&'static str]) -> Self {
        self.values = values.to_vec();
        self
    }

    fn with_reference(mut self, column: &'static str) -> Self {
        self.references = column;
        self
    }

    fn with_source(mut self, source: &'static str) -> Self {
        self.source = Some(source);
        self
    }
}

/// From where computed columns come.
const COMPUTED: &str = "computed at loading";

/// A table of the archive.
#[derive(Debug)]
pub(super) struct ArchiveTable {
    /// Its name in the database.
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    /// From where its columns come, unless they say otherwise.
    pub(super) source: &'static str,
    /// The primary key, by which its rows are in order.
    pub(super) key: Vec<ColumnRef>,
    /// Every column, in the order of the table.
    pub(super) columns: Vec<(ColumnRef, ColumnDescription)>,
    /// Which rows a narrowed archive holds.
    pub(super) condition: fn(&ExportFilter) -> Condition,
}

/// The table with the primary key `K`. What each of its columns means is a `match` without a
/// wildcard: a column that nobody described does not compile.
fn define_table<K>(
    source: &'static str,
    description: &'static str,
    meaning: fn(K::Column) -> ColumnDescription,
    rows: fn(&ExportFilter) -> Condition,
) -> ArchiveTable
where
    K: PrimaryKeyToColumn + Iterable,
    K::Column: ColumnTrait + Iterable,
{
    let key: Vec<ColumnRef> = K::iter()
        .map(|key| ColumnRef::new(key.into_column()))
        .collect();
    ArchiveTable {
        name: key.first().map_or("", |column| column.table),
        description,
        source,
        key,
        columns: K::Column::iter()
            .map(|column| (ColumnRef::new(column), meaning(column)))
            .collect(),
        condition: rows,
    }
}

/// Every table of the archive, each after those that it refers to. The words of the search index
/// are not among them: they are made of what is.
pub(super) fn all_tables() -> Vec<ArchiveTable> {
    let dataset = define_table::<dataset::PrimaryKey>(
        "this program",
        "What is loaded; one row.",
        |column| match column {
            dataset::Column::Id => describe("Always 1."),
            dataset::Column::Revision => {
                describe("SHA-256 over the content of the files that were loaded, in hexadecimal.")
            }
            dataset::Column::LoadedAt => {
                describe("When the database was last changed by a load.").with_unit("RFC 3339, UTC")
            }
        },
        all_rows,
    );
    std::iter::once(dataset)
        .chain(places::tables())
        .chain(partnerships::tables())
        .chain(figures::tables())
        .collect()
}

/// However the archive is narrowed.
fn all_rows(_: &ExportFilter) -> Condition {
    Condition::all()
}

/// The rows that refer to a row of another table, which a condition selects.
fn referencing_rows(by: impl ColumnTrait, to: impl ColumnTrait, condition: Condition) -> Condition {
    if condition.is_empty() {
        return condition;
    }
    Condition::all().add(ColumnRef::new(by).in_subquery(ColumnRef::new(to), condition))
}

/// How the dictionary names what a column holds.
pub(super) fn type_name(column: ColumnRef) -> &'static str {
    match column.kind {
        CellKind::Text => "text",
        CellKind::Int | CellKind::BigInt => "integer",
        CellKind::Float => "number",
        CellKind::Bool => "boolean",
        CellKind::Date => "date",
        CellKind::DateTime => "date and time",
    }
}
