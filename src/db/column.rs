//! Columns and cells without their entity's type, so that one piece of code reads every table.

use std::{cmp::Ordering, sync::Arc};

use smallvec::SmallVec;

use sea_orm::{
    ColumnTrait, ColumnType, DbErr, EntityName, QueryResult,
    sea_query::{Alias, Condition, Expr, ExprTrait, Func, IntoIden, Query, SimpleExpr, Value},
};

/// A column of a SeaORM entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ColumnRef {
    /// The table that it belongs to.
    pub table: &'static str,
    /// Its name in the database.
    pub name: &'static str,
    /// How its cells are read.
    pub kind: CellKind,
    /// Whether a cell may be null.
    pub nullable: bool,
}

/// What stands for no value in the generated columns of whole numbers, as the migrations say.
pub const NULL_SENTINEL_INTEGER: i64 = i64::MAX;
/// As [`NULL_SENTINEL_INTEGER`], for doubles.
pub const NULL_SENTINEL_DOUBLE: f64 = 1e300;

/// How the cells of a column are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CellKind {
    /// Text.
    Text,
    /// A whole number of 32 bits.
    Int,
    /// A whole number of 64 bits, as counts are.
    BigInt,
    /// A double.
    Float,
    /// True or false.
    Bool,
    /// A calendar day, read as `2021-09-21`.
    Date,
    /// A moment, read as RFC 3339 in UTC.
    DateTime,
}

impl ColumnRef {
    /// The column of an entity.
    ///
    /// # Panics
    /// Where the entity has a column of a type that no cell can hold; every entity's columns are
    /// visited when the graph is built, so a running server cannot meet it.
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
            other => panic!("no cell holds a column of type {other:?}"),
        };
        Self {
            table: C::EntityName::default().table_name(),
            name: column.as_str(),
            kind,
            nullable: def.is_null(),
        }
    }

    /// Whether the names are the same literals: then the columns are equal, and mostly the other way
    /// round too.
    fn ptr_eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.name, other.name) && std::ptr::eq(self.table, other.table)
    }

    /// The column as an expression, `"table"."name"`.
    pub fn expr(self) -> SimpleExpr {
        self.expr_with_table_alias(self.table)
    }

    /// The number, or [`NULL_SENTINEL_INTEGER`] or [`NULL_SENTINEL_DOUBLE`] where there is none: a
    /// generated column, of each number that may be null and that lists are ordered or filtered by.
    pub fn asc_key(self) -> SimpleExpr {
        self.generated_column("asc")
    }

    /// The negative of the number, or what is beyond all where there is none: a generated column, of
    /// each number that lists are ordered by.
    pub fn desc_key(self) -> SimpleExpr {
        self.generated_column("desc")
    }

    fn generated_column(self, direction: &str) -> SimpleExpr {
        let name = format!("{}_{direction}", self.name);
        Expr::col((Alias::new(self.table), Alias::new(name)))
    }

    /// That the column holds a value which another column has in a row that satisfies a condition;
    /// not where it is null.
    pub fn in_subquery(self, other: Self, condition: Condition) -> SimpleExpr {
        let rows = Query::select()
            .expr(other.expr())
            .from(Alias::new(other.table))
            .cond_where(condition)
            .to_owned();
        let among = self.expr().in_subquery(rows);
        if self.nullable {
            among.and(self.expr().is_not_null())
        } else {
            among
        }
    }

    /// That the column holds the value which another column has in the one row that satisfies a
    /// condition; not where there is no such row, or the column is null. Unlike
    /// [`Self::in_subquery`] it leaves the rows in the order of an index.
    pub fn eq_subquery(self, other: Self, condition: Condition) -> SimpleExpr {
        let row = Query::select()
            .expr(other.expr())
            .from(Alias::new(other.table))
            .cond_where(condition)
            .to_owned();
        // No id is empty. Without this, the comparison would be unknown where there is no such row.
        let value = Func::coalesce([row.into(), Expr::val("")]);
        let is = self.expr().eq(value);
        if self.nullable {
            is.and(self.expr().is_not_null())
        } else {
            is
        }
    }

    /// The column of its table under another name, `"alias"."name"`.
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
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A double.
    Float(f64),
    /// Text, a day or a moment.
    Text(Arc<str>),
}

impl Cell {
    /// Reads the cell at `index` of a row.
    ///
    /// # Errors
    /// Where the database holds something else than the column says.
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

    /// A moment.
    pub(super) fn from_datetime(moment: chrono::DateTime<chrono::Utc>) -> Self {
        let text = moment.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        Self::Text(text.into())
    }

    /// The text; `None` where the cell holds none.
    pub fn text(&self) -> Option<&Arc<str>> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number; `None` where the cell holds none.
    pub fn int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The number as a double; `None` where the cell holds none.
    pub fn float(&self) -> Option<f64> {
        match self {
            Self::Float(number) => Some(*number),
            #[expect(clippy::cast_precision_loss, reason = "columns hold 32-bit integers")]
            Self::Int(number) => Some(*number as f64),
            _ => None,
        }
    }

    /// True or false; `None` where the cell holds neither.
    pub fn bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Orders two cells of one column as the database does, nulls last.
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

/// The cells of a row; most have no more than these, and take no memory of their own.
pub type Cells = SmallVec<[Cell; 6]>;

/// A row of a table, with the columns that were asked for.
#[derive(Clone, Debug)]
pub struct Record {
    columns: Arc<[ColumnRef]>,
    cells: Cells,
}

impl Record {
    /// A row from its columns and cells, in the same order.
    pub fn new(columns: Arc<[ColumnRef]>, cells: Cells) -> Self {
        debug_assert_eq!(columns.len(), cells.len());
        Self { columns, cells }
    }

    /// The cell of a column; null where the column was not asked for, which a debug build refuses.
    pub fn get(&self, column: ColumnRef) -> &Cell {
        match index_of(&self.columns, column) {
            Some(index) => &self.cells[index],
            None => {
                debug_assert!(false, "{column:?} is read but was not asked for");
                &Cell::Null
            }
        }
    }

    /// The text of a column; `None` where it is null.
    pub fn text(&self, column: ColumnRef) -> Option<&Arc<str>> {
        self.get(column).text()
    }

    /// As [`Self::text`], for many rows in turn, as [`Self::get_with_hint`] is.
    pub fn text_with_hint(&self, column: ColumnRef, hint: &mut usize) -> Option<&Arc<str>> {
        self.get_with_hint(column, hint).text()
    }

    /// As [`Self::get`], for many rows in turn: `hint` is where the column was in the row before,
    /// which is where it is in this one if both were read together.
    pub fn get_with_hint(&self, column: ColumnRef, hint: &mut usize) -> &Cell {
        if self
            .columns
            .get(*hint)
            .is_none_or(|known| !column.ptr_eq(known))
        {
            match index_of(&self.columns, column) {
                Some(index) => *hint = index,
                None => return self.get(column),
            }
        }
        &self.cells[*hint]
    }
}

fn index_of(columns: &[ColumnRef], column: ColumnRef) -> Option<usize> {
    columns
        .iter()
        .position(|known| column.ptr_eq(known))
        .or_else(|| columns.iter().position(|known| *known == column))
}
