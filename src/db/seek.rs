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

use super::{BEYOND_ALL_DOUBLES, BEYOND_ALL_INTEGERS, Cell, CellKind, Column};

/// A key of an order. Rows without a value come last in either direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OrderKey {
    /// The column; text is never null. What may be null or descends has its generated columns, if
    /// it is a number.
    pub column: Column,
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
pub(super) enum Side {
    /// Behind the place.
    After,
    /// At the place or behind it.
    AtOrAfter,
    /// In front of the place.
    Before,
    /// At the place or in front of it.
    AtOrBefore,
}

impl Side {
    fn forward(self) -> bool {
        matches!(self, Self::After | Self::AtOrAfter)
    }

    fn inclusive(self) -> bool {
        matches!(self, Self::AtOrAfter | Self::AtOrBefore)
    }
}

impl OrderKey {
    /// The column that the database orders by.
    fn expr(self) -> SimpleExpr {
        match beyond_all(self.column.kind) {
            Some(_) if self.descending => self.column.falling(),
            Some(_) if self.column.nullable => self.column.rising(),
            _ => self.column.expr(),
        }
    }

    /// Whether what the database orders by runs from large to small.
    fn runs_down(self) -> bool {
        self.descending && beyond_all(self.column.kind).is_none()
    }

    /// What [`Self::expr`] is in a row with this cell.
    fn value(self, cell: &Cell) -> Expr {
        Expr::val(match (cell, beyond_all(self.column.kind)) {
            (Cell::Null, Some(beyond_all)) => beyond_all,
            (Cell::Int(number), Some(_)) if self.descending => number.saturating_neg().into(),
            (Cell::Float(number), Some(_)) if self.descending => (0.0 - number).into(),
            _ => Value::from(cell),
        })
    }
}

/// What stands for no value among numbers of a kind; `None` where the kind is not a number.
fn beyond_all(kind: CellKind) -> Option<Value> {
    match kind {
        CellKind::Int | CellKind::Count => Some(BEYOND_ALL_INTEGERS.into()),
        CellKind::Float => Some(BEYOND_ALL_DOUBLES.into()),
        CellKind::Text | CellKind::Bool | CellKind::Date | CellKind::DateTime => None,
    }
}

/// The condition that a row lies on a side of a place; `order` ends in a unique key.
pub(super) fn lies(order: &[OrderKey], place: &[Cell], side: Side) -> Condition {
    let keys: Vec<_> = order.iter().copied().zip(place).collect();
    let Some(((first, cell), _)) = keys.split_first() else {
        return Condition::all();
    };
    if order.iter().all(|key| key.runs_down() == first.runs_down()) {
        return Condition::all().add(compare_tuple(&keys, side));
    }
    let mut any = Condition::any();
    for (depth, (key, cell)) in keys.iter().enumerate() {
        any = any.add(equal(&keys[..depth]).add(compare(*key, cell, side.forward(), false)));
    }
    if side.inclusive() {
        any = any.add(equal(&keys));
    }
    // The alternatives say this too, but no database sees that it bounds a range of an index.
    Condition::all()
        .add(compare(*first, cell, side.forward(), true))
        .add(any)
}

/// All keys run the same way: one comparison of row values, which an index over the keys answers.
fn compare_tuple(keys: &[(OrderKey, &Cell)], side: Side) -> Expr {
    let (left, right) = match keys {
        [(key, cell)] => (key.expr(), key.value(cell)),
        _ => (
            Expr::tuple(keys.iter().map(|(key, _)| key.expr())),
            Expr::tuple(keys.iter().map(|(key, cell)| key.value(cell))),
        ),
    };
    let down = keys.first().is_some_and(|(key, _)| key.runs_down());
    match (side.forward() != down, side.inclusive()) {
        (true, false) => left.gt(right),
        (true, true) => left.gte(right),
        (false, false) => left.lt(right),
        (false, true) => left.lte(right),
    }
}

/// The keys are those of the place.
fn equal(keys: &[(OrderKey, &Cell)]) -> Condition {
    keys.iter().fold(Condition::all(), |all, (key, cell)| {
        all.add(key.expr().eq(key.value(cell)))
    })
}

/// The key lies beyond the cell in the direction of reading, or at it where that counts too.
fn compare(key: OrderKey, cell: &Cell, forward: bool, inclusive: bool) -> Expr {
    compare_tuple(
        &[(key, cell)],
        match (forward, inclusive) {
            (true, false) => Side::After,
            (true, true) => Side::AtOrAfter,
            (false, false) => Side::Before,
            (false, true) => Side::AtOrBefore,
        },
    )
}

/// Orders a statement by the keys, or against them when read from the end.
pub(super) fn order_by(statement: &mut SelectStatement, order: &[OrderKey], from_end: bool) {
    for key in order {
        let direction = match key.runs_down() != from_end {
            true => Order::Desc,
            false => Order::Asc,
        };
        statement.order_by_expr(key.expr(), direction);
    }
}
