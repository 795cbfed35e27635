//! Keyset ("seek") paging: where a page starts, as a condition on the order keys.
//!
//! A page begins after the values of a row, not after a number of rows: page one thousand costs
//! what page one costs, and a row that has gone still marks its place.
//!
//! Not yet where a key may be null: "beyond the value, or null" is no single range of an index, and
//! the rows before the place are read too.

use sea_orm::sea_query::{Condition, Expr, ExprTrait, NullOrdering, Order, SelectStatement, Value};

use super::{Cell, Column};

/// A key of an order. Rows without a value come last in either direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OrderKey {
    /// The column.
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

/// The condition that a row lies on a side of a place; `order` ends in a unique key.
pub(super) fn lies(order: &[OrderKey], place: &[Cell], side: Side) -> Condition {
    let same_direction = order
        .iter()
        .all(|key| !key.column.nullable && key.descending == order[0].descending);
    if same_direction {
        return Condition::all().add(compare_tuple(order, place, side));
    }
    let mut any = Condition::any();
    for (depth, (key, cell)) in order.iter().zip(place).enumerate() {
        let Some(beyond) = beyond(*key, cell, side.forward()) else {
            continue;
        };
        any = any.add(equal_before(order, place, depth).add(beyond));
    }
    if side.inclusive() {
        any = any.add(equal_before(order, place, order.len()));
    }
    any
}

/// All keys run the same way and none is null: one comparison of row values, which an index over
/// the keys answers.
fn compare_tuple(order: &[OrderKey], place: &[Cell], side: Side) -> Expr {
    let (left, right) = match (order, place) {
        ([key], [cell]) => (key.column.expr(), Expr::val(Value::from(cell))),
        _ => (
            Expr::tuple(order.iter().map(|key| key.column.expr())),
            Expr::tuple(place.iter().map(|cell| Expr::val(Value::from(cell)))),
        ),
    };
    match (side.forward() != order[0].descending, side.inclusive()) {
        (true, false) => left.gt(right),
        (true, true) => left.gte(right),
        (false, false) => left.lt(right),
        (false, true) => left.lte(right),
    }
}

/// The first `depth` keys are those of the place.
fn equal_before(order: &[OrderKey], place: &[Cell], depth: usize) -> Condition {
    order
        .iter()
        .zip(place)
        .take(depth)
        .fold(Condition::all(), |all, (key, cell)| {
            all.add(match cell {
                Cell::Null => key.column.expr().is_null(),
                cell => key.column.expr().eq(Expr::val(Value::from(cell))),
            })
        })
}

/// The key lies beyond the cell in the direction of reading; `None` where nothing can.
fn beyond(key: OrderKey, cell: &Cell, forward: bool) -> Option<Condition> {
    let column = || key.column.expr();
    let condition = match (cell, forward) {
        (Cell::Null, true) => return None,
        (Cell::Null, false) => Condition::all().add(column().is_not_null()),
        (cell, _) => {
            let value = Expr::val(Value::from(cell));
            let mut any = Condition::any().add(if forward == key.descending {
                column().lt(value)
            } else {
                column().gt(value)
            });
            if forward && key.column.nullable {
                any = any.add(column().is_null());
            }
            any
        }
    };
    Some(condition)
}

/// Orders a statement by the keys, or against them when read from the end.
pub(super) fn order_by(statement: &mut SelectStatement, order: &[OrderKey], from_end: bool) {
    for key in order {
        let direction = if key.descending == from_end {
            Order::Asc
        } else {
            Order::Desc
        };
        if key.column.nullable {
            let nulls = if from_end {
                NullOrdering::First
            } else {
                NullOrdering::Last
            };
            statement.order_by_expr_with_nulls(key.column.expr(), direction, nulls);
        } else {
            statement.order_by_expr(key.column.expr(), direction);
        }
    }
}
