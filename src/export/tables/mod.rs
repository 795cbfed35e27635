//! The tables of the archive: their columns with descriptions, and the rows that a filtered archive
//! contains.

mod figures;
mod matches;
mod partnerships;
mod places;

use sea_orm::{ColumnTrait, Iterable, PrimaryKeyToColumn};

use self::{figures::*, matches::*, partnerships::*, places::*};
use super::filter::ExportFilter;
use crate::{
    db::{CellKind, ColumnRef, Filter, FilterRelation},
    entity::{dataset, with_tables},
    vocabulary::Vocabulary,
};

/// The entry of a column in the data dictionary.
#[derive(Debug, Default)]
pub(super) struct ColumnDescription {
    pub(super) text: &'static str,
    /// The unit; empty if there is none.
    pub(super) unit: &'static str,
    /// The allowed values; empty if they are not a fixed set.
    pub(super) values: Vec<&'static str>,
    /// The vocabularies of these values: the name of each, and its values with their meanings.
    pub(super) vocabularies: Vec<(&'static str, Vec<(&'static str, &'static str)>)>,
    /// The column that the values refer to, as `table.column`; empty if they are not references.
    pub(super) references: &'static str,
    /// The origin of the column; `None` if it is that of the table.
    pub(super) source: Option<&'static str>,
}

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
        for (_, spelling, _) in V::VALUES {
            if !self.values.contains(spelling) {
                self.values.push(spelling);
            }
        }
        let meanings = V::VALUES.iter();
        let meanings = meanings.map(|(_, spelling, meaning)| (*spelling, meaning.trim()));
        self.vocabularies.push((V::NAME, meanings.collect()));
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

/// The origin of computed columns.
const COMPUTED: &str = "computed when the data is loaded";

/// A table of the archive.
#[derive(Debug)]
pub(super) struct ArchiveTable {
    /// The name in the database.
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    /// The origin of the columns, unless their description has another one.
    pub(super) source: &'static str,
    /// The primary key, by which the rows are sorted.
    pub(super) key: Vec<ColumnRef>,
    /// All columns, in the order of the table.
    pub(super) columns: Vec<(ColumnRef, ColumnDescription)>,
    /// Selects the rows of a filtered archive.
    pub(super) condition: fn(&ExportFilter) -> Filter,
}

/// Defines the table with the primary key `K`. `describe_column` is a `match` without a wildcard, so a
/// column without a description does not compile.
fn define_table<K>(
    source: &'static str,
    description: &'static str,
    describe_column: fn(K::Column) -> ColumnDescription,
    condition: fn(&ExportFilter) -> Filter,
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
            .map(|column| (ColumnRef::new(column), describe_column(column)))
            .collect(),
        condition,
    }
}

/// Returns all tables of the archive, each after those that it refers to. The search index is left out
/// because it is computed from the other tables.
pub(super) fn all_tables() -> Vec<ArchiveTable> {
    let dataset = define_table::<dataset::PrimaryKey>(
        "this program",
        "The loaded dataset; one row.",
        |column| match column {
            dataset::Column::Id => describe("Always 1."),
            dataset::Column::Revision => {
                describe("The SHA-256 hash of the content of the loaded files, in hexadecimal.")
            }
            dataset::Column::MatchRevision => {
                describe("The SHA-256 hash of the files that the match model is fitted to.")
            }
            dataset::Column::LoadedAt => {
                describe("When a load last changed the database.").with_unit("RFC 3339, UTC")
            }
        },
        all_rows,
    );
    macro_rules! describe_tables {
        ($($table:ident)+) => { vec![dataset, $( $table() ),+] };
    }
    with_tables!(describe_tables)
}

/// Selects all rows, whatever the filter.
fn all_rows(_: &ExportFilter) -> Filter {
    Filter::default()
}

/// Selects the rows that refer to the rows of another table that match a filter; all rows, if every
/// row of the other table does.
fn referencing_rows(from: impl ColumnTrait, to: impl ColumnTrait, filter: Filter) -> Filter {
    match filter.is_empty() {
        true => filter,
        false => Filter::related(FilterRelation::new(from, to), filter),
    }
}

/// Returns the type of a column in the data dictionary.
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
