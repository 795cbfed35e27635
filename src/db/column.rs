//! Columns and cells that do not depend on the type of their entity, so that the same code can read
//! every table.

use std::{cmp::Ordering, sync::Arc};

use smallvec::SmallVec;

use sea_orm::{
    ColumnTrait, ColumnType, DbErr, EntityName, QueryResult,
    sea_query::{Alias, Expr, IntoIden, SimpleExpr, Value},
};

/// A column of a SeaORM entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ColumnRef {
    /// The name of its table.
    pub table: &'static str,
    /// The name of the column in the database.
    pub name: &'static str,
    /// The type of its cells.
    pub kind: CellKind,
    /// Whether a cell may be null.
    pub nullable: bool,
}

/// The value that replaces null in the generated columns of integers, as defined by the migrations.
pub const NULL_SENTINEL_INTEGER: i64 = i64::MAX;
/// The value that replaces null in the generated columns of doubles.
pub const NULL_SENTINEL_DOUBLE: f64 = 1e300;

/// The type of the cells of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CellKind {
    /// Text.
    Text,
    /// A 32-bit integer.
    Int,
    /// A 64-bit integer, as counts are.
    BigInt,
    /// A double.
    Float,
    /// A boolean.
    Bool,
    /// A date, read as text such as `2021-09-21`.
    Date,
    /// A date and time, read as RFC 3339 text in UTC.
    DateTime,
}

impl ColumnRef {
    /// Returns the reference to a column of an entity.
    ///
    /// # Panics
    /// If no [`CellKind`] fits the type of the column. Building the graph visits every column of
    /// every entity, so this cannot happen in a running server.
    pub fn new<C: ColumnTrait>(column: C) -> Self {
        let def = column.def();
        let kind = match def.get_column_type() {
            ColumnType::String(_) | ColumnType::Text | ColumnType::Char(_) => CellKind::Text,
            ColumnType::Integer | ColumnType::BigInteger | ColumnType::SmallInteger => {
                CellKind::Int
            }
            ColumnType::Double | ColumnType::Float => CellKind::Float,
            ColumnType::Boolean => CellKind::Bool,
            ColumnType::Date => CellKind::Date,
            ColumnType::TimestampWithTimeZone => CellKind::DateTime,
            other => panic!("unsupported column type {other:?}"),
        };
        Self {
            table: C::EntityName::default().table_name(),
            name: column.as_str(),
            kind,
            nullable: def.is_null(),
        }
    }

    /// Compares the addresses of the names, which is faster than comparing texts. True implies that
    /// the columns are equal; equal columns usually, but not always, give true.
    fn ptr_eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.name, other.name) && std::ptr::eq(self.table, other.table)
    }

    /// Returns the column as an expression, `"table"."name"`.
    pub fn expr(self) -> SimpleExpr {
        self.expr_with_table_alias(self.table)
    }

    /// Returns the generated column that holds the value, or one after all others if it is null: for numbers
    /// [`NULL_SENTINEL_INTEGER`] or [`NULL_SENTINEL_DOUBLE`]. Every nullable column that lists are sorted by has one, and
    /// every nullable number that they are filtered by.
    pub fn asc_key(self) -> SimpleExpr {
        self.generated_column("asc")
    }

    /// Returns the generated column for descending order: the negated number, or the sentinel if it is null; for nullable
    /// text, the text, or the empty text. Every number and every nullable text that lists are sorted by has one.
    pub fn desc_key(self) -> SimpleExpr {
        self.generated_column("desc")
    }

    fn generated_column(self, direction: &str) -> SimpleExpr {
        let name = format!("{}_{direction}", self.name);
        Expr::col((Alias::new(self.table), Alias::new(name)))
    }

    /// Returns the column with an alias of its table, `"alias"."name"`.
    pub fn expr_with_table_alias(self, alias: &'static str) -> SimpleExpr {
        Expr::col((
            Alias::new(alias).into_iden(),
            Alias::new(self.name).into_iden(),
        ))
    }
}

/// A value of a row.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Cell {
    /// No value.
    #[default]
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A double.
    Float(f64),
    /// Text, a date, or a date and time.
    Text(Arc<str>),
}

impl Cell {
    /// Reads the cell at `index` of a row.
    ///
    /// # Errors
    /// If the value in the database does not have the type of `kind`.
    pub fn read(row: &QueryResult, index: usize, kind: CellKind) -> Result<Self, DbErr> {
        Ok(match kind {
            CellKind::Text => row
                .try_get_by_index::<Option<String>>(index)?
                .map_or(Self::Null, |text| Self::Text(text.into())),
            CellKind::Int => row
                .try_get_by_index::<Option<i32>>(index)?
                .map_or(Self::Null, |number| Self::Int(number.into())),
            CellKind::BigInt => row
                .try_get_by_index::<Option<i64>>(index)?
                .map_or(Self::Null, Self::Int),
            CellKind::Float => row
                .try_get_by_index::<Option<f64>>(index)?
                .map_or(Self::Null, Self::Float),
            CellKind::Bool => row
                .try_get_by_index::<Option<bool>>(index)?
                .map_or(Self::Null, Self::Bool),
            CellKind::Date => row
                .try_get_by_index::<Option<chrono::NaiveDate>>(index)?
                .map_or(Self::Null, |day| Self::Text(day.to_string().into())),
            CellKind::DateTime => row
                .try_get_by_index::<Option<chrono::DateTime<chrono::Utc>>>(index)?
                .map_or(Self::Null, Self::from_datetime),
        })
    }

    pub(super) fn from_datetime(time: chrono::DateTime<chrono::Utc>) -> Self {
        Self::Text(Self::format_datetime(time).into())
    }

    /// Formats a date and time as RFC 3339, with milliseconds.
    pub(super) fn format_datetime(time: chrono::DateTime<chrono::Utc>) -> String {
        time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
    }

    /// Returns the text; `None` if the cell is null or has another type.
    pub fn text(&self) -> Option<&Arc<str>> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the integer; `None` if the cell is null or has another type.
    pub fn int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// Returns the number as a double; `None` if the cell is null or not a number.
    pub fn float(&self) -> Option<f64> {
        match self {
            Self::Float(number) => Some(*number),
            #[expect(clippy::cast_precision_loss, reason = "columns hold 32-bit integers")]
            Self::Int(number) => Some(*number as f64),
            _ => None,
        }
    }

    /// Returns the boolean; `None` if the cell is null or has another type.
    pub fn bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Compares two cells of the same column as the database does; nulls are last.
    pub fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Null, Self::Null) => Ordering::Equal,
            (Self::Null, _) => Ordering::Greater,
            (_, Self::Null) => Ordering::Less,
            (Self::Text(a), Self::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            (a, b) => a
                .float()
                .unwrap_or_default()
                .total_cmp(&b.float().unwrap_or_default()),
        }
    }
}

macro_rules! convert_to_cells {
    ($($ty:ty => $variant:ident),*) => {
        $(impl From<$ty> for Cell {
            fn from(value: $ty) -> Self {
                Self::$variant(value.into())
            }
        })*
    };
}

convert_to_cells!(
    bool => Bool, i64 => Int, f64 => Float, &str => Text, String => Text, Arc<str> => Text
);

impl From<&Cell> for Cell {
    fn from(cell: &Cell) -> Self {
        cell.clone()
    }
}

impl From<&Cell> for Value {
    fn from(cell: &Cell) -> Self {
        match cell {
            Cell::Null => Self::String(None),
            Cell::Bool(value) => (*value).into(),
            Cell::Int(value) => (*value).into(),
            Cell::Float(value) => (*value).into(),
            Cell::Text(value) => value.as_ref().into(),
        }
    }
}

/// The cells of a row. Most rows have at most six, which need no heap allocation.
pub type Cells = SmallVec<[Cell; 6]>;

/// A row of a table, with the columns that were selected.
#[derive(Clone, Debug)]
pub struct Record {
    columns: Arc<[ColumnRef]>,
    cells: Cells,
}

impl Record {
    /// Creates a row from its columns and cells, which are in the same order.
    pub fn new(columns: Arc<[ColumnRef]>, cells: Cells) -> Self {
        debug_assert_eq!(columns.len(), cells.len());
        Self { columns, cells }
    }

    /// Returns the cell of a column. If the column was not selected, a release build returns null and
    /// a debug build panics.
    pub fn get(&self, column: ColumnRef) -> &Cell {
        match index_of(&self.columns, column) {
            Some(index) => &self.cells[index],
            None => {
                debug_assert!(false, "{column:?} was not selected");
                &Cell::Null
            }
        }
    }

    /// Returns the text of a column; `None` if it is null.
    pub fn text(&self, column: ColumnRef) -> Option<&Arc<str>> {
        self.get(column).text()
    }

    /// Returns the cell of a column; `None` if the column was not selected. `hint` makes this faster for
    /// many rows in a row: it is the index of the column in the previous row, which is the same in this
    /// one if one query read both.
    pub fn find(&self, column: ColumnRef, hint: &mut usize) -> Option<&Cell> {
        if self
            .columns
            .get(*hint)
            .is_none_or(|hinted| !column.ptr_eq(hinted))
        {
            *hint = index_of(&self.columns, column)?;
        }
        Some(&self.cells[*hint])
    }
}

fn index_of(columns: &[ColumnRef], column: ColumnRef) -> Option<usize> {
    columns
        .iter()
        .position(|other| column.ptr_eq(other))
        .or_else(|| columns.iter().position(|other| *other == column))
}
