//! Keyset ("seek") paging: where a page starts, as a condition on the order keys.
//!
//! A page begins after the values of a row, not after a number of rows: page one thousand costs
//! what page one costs, and a row that has gone still marks its place.
//!
//! Rows without a value come last in either direction. So a number is ordered by a generated column
//! that is never null and always ascends: itself or its negative, and beyond all numbers where there
//! is none. With the id behind it, what lies after a place is one range of one index.
//!
//! Falling text before a rising id has no such key. There the range of the index begins at the text
//! of the place, and of the rows with just that text those before the place are passed over.

use sea_orm::sea_query::{Condition, Expr, ExprTrait, Order, SelectStatement, SimpleExpr, Value};

use super::{Cell, CellKind, ColumnRef, NULL_SENTINEL_DOUBLE, NULL_SENTINEL_INTEGER};

/// A key of an order. Rows without a value come last in either direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OrderKey {
    /// The column; text is never null. What may be null or descends has its generated columns, if
    /// it is a number.
    pub column: ColumnRef,
    /// From large to small.
    pub descending: bool,
}

/// Which rows of an ordered list make a page.
#[derive(Clone, Debug, Default)]
pub struct Window {
    /// Only rows after this place: one cell per order key.
    pub after: Option<Vec<Cell>>,
    /// Only rows before this place.
    pub before: Option<Vec<Cell>>,
    /// At most so many rows.
    pub limit: u64,
    /// The last rows instead of the first.
    pub from_end: bool,
}

/// Where rows lie, seen from a place in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeysetSide {
    /// Behind the place.
    After,
    /// At the place or behind it.
    AtOrAfter,
    /// In front of the place.
    Before,
    /// At the place or in front of it.
    AtOrBefore,
}

impl KeysetSide {
    fn is_forward(self) -> bool {
        matches!(self, Self::After | Self::AtOrAfter)
    }

    fn is_inclusive(self) -> bool {
        matches!(self, Self::AtOrAfter | Self::AtOrBefore)
    }
}

impl OrderKey {
    /// The column that the database orders by.
    fn sort_expr(self) -> SimpleExpr {
        match null_sentinel(self.column.kind) {
            Some(_) if self.descending => self.column.desc_key(),
            Some(_) if self.column.nullable => self.column.asc_key(),
            _ => self.column.expr(),
        }
    }

    /// Whether what the database orders by runs from large to small.
    fn sorts_descending(self) -> bool {
        self.descending && null_sentinel(self.column.kind).is_none()
    }

    /// What [`Self::sort_expr`] is in a row with this cell.
    fn sort_value(self, cell: &Cell) -> Expr {
        Expr::val(match (cell, null_sentinel(self.column.kind)) {
            (Cell::Null, Some(beyond_all)) => beyond_all,
            (Cell::Int(number), Some(_)) if self.descending => number.saturating_neg().into(),
            (Cell::Float(number), Some(_)) if self.descending => (0.0 - number).into(),
            _ => Value::from(cell),
        })
    }
}

/// What stands for no value among numbers of a kind; `None` where the kind is not a number.
fn null_sentinel(kind: CellKind) -> Option<Value> {
    match kind {
        CellKind::Int | CellKind::BigInt => Some(NULL_SENTINEL_INTEGER.into()),
        CellKind::Float => Some(NULL_SENTINEL_DOUBLE.into()),
        CellKind::Text | CellKind::Bool | CellKind::Date | CellKind::DateTime => None,
    }
}

/// The condition that a row lies on a side of a place; `order` ends in a unique key.
pub(super) fn keyset_condition(order: &[OrderKey], place: &[Cell], side: KeysetSide) -> Condition {
    let keys: Vec<_> = order.iter().copied().zip(place).collect();
    let Some(((first, cell), _)) = keys.split_first() else {
        return Condition::all();
    };
    if order
        .iter()
        .all(|key| key.sorts_descending() == first.sorts_descending())
    {
        return Condition::all().add(compare_tuple(&keys, side));
    }
    let mut any = Condition::any();
    for (depth, (key, cell)) in keys.iter().enumerate() {
        any = any.add(keys_equal(&keys[..depth]).add(compare_key(
            *key,
            cell,
            side.is_forward(),
            false,
        )));
    }
    if side.is_inclusive() {
        any = any.add(keys_equal(&keys));
    }
    // The alternatives say this too, but no database sees that it bounds a range of an index.
    Condition::all()
        .add(compare_key(*first, cell, side.is_forward(), true))
        .add(any)
}

/// All keys run the same way: one comparison of row values, which an index over the keys answers.
fn compare_tuple(keys: &[(OrderKey, &Cell)], side: KeysetSide) -> Expr {
    let (left, right) = match keys {
        [(key, cell)] => (key.sort_expr(), key.sort_value(cell)),
        _ => (
            Expr::tuple(keys.iter().map(|(key, _)| key.sort_expr())),
            Expr::tuple(keys.iter().map(|(key, cell)| key.sort_value(cell))),
        ),
    };
    let down = keys.first().is_some_and(|(key, _)| key.sorts_descending());
    match (side.is_forward() != down, side.is_inclusive()) {
        (true, false) => left.gt(right),
        (true, true) => left.gte(right),
        (false, false) => left.lt(right),
        (false, true) => left.lte(right),
    }
}

/// The keys are those of the place.
fn keys_equal(keys: &[(OrderKey, &Cell)]) -> Condition {
    keys.iter().fold(Condition::all(), |all, (key, cell)| {
        all.add(key.sort_expr().eq(key.sort_value(cell)))
    })
}

/// The key lies beyond the cell in the direction of reading, or at it where that counts too.
fn compare_key(key: OrderKey, cell: &Cell, forward: bool, inclusive: bool) -> Expr {
    compare_tuple(
        &[(key, cell)],
        match (forward, inclusive) {
            (true, false) => KeysetSide::After,
            (true, true) => KeysetSide::AtOrAfter,
            (false, false) => KeysetSide::Before,
            (false, true) => KeysetSide::AtOrBefore,
        },
    )
}

/// Orders a statement by the keys, or against them when read from the end.
pub(super) fn order_by(statement: &mut SelectStatement, order: &[OrderKey], from_end: bool) {
    for key in order {
        let direction = match key.sorts_descending() != from_end {
            true => Order::Desc,
            false => Order::Asc,
        };
        statement.order_by_expr(key.sort_expr(), direction);
    }
}
