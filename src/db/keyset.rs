//! Keyset pagination: the start of a page as a condition on the sort keys.
//!
//! A page starts after the sort key values of a row, not after a number of rows. So page 1,000 costs
//! as much as page 1, and a cursor stays valid if its row is deleted.
//!
//! Nulls are last in both directions. So a number is sorted by a generated column that is never null
//! and always ascends: the number or its negative, and a sentinel beyond all numbers for null.
//! Together with the id, the rows after a position are then one range of one index.
//!
//! Nullable text has two generated columns too: in one, the last character of Unicode replaces null, in the other, which is
//! sorted in descending order, the empty text.
//!
//! Descending text with an ascending id has no such column. There, the index range starts at the text
//! of the position, and the rows with the same text that precede the position are skipped.

use sea_orm::sea_query::{Condition, Expr, ExprTrait, Order, SelectStatement, SimpleExpr, Value};

use super::{Cell, CellKind, ColumnRef, NULL_SENTINEL_DOUBLE, NULL_SENTINEL_INTEGER};

/// Replaces null in the generated columns of nullable text that are sorted in ascending order.
const LAST_TEXT: &str = "\u{10FFFF}";

/// A sort key. Nulls are last in both directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OrderKey {
    /// The column. If it is nullable, or a number sorted in descending order, it must have its generated column.
    pub column: ColumnRef,
    /// Whether larger values come first.
    pub descending: bool,
}

/// The part of a sorted list that makes up a page.
#[derive(Clone, Debug, Default)]
pub struct Window {
    /// Include only rows after this position, which has one cell per sort key.
    pub after: Option<Vec<Cell>>,
    /// Include only rows before this position.
    pub before: Option<Vec<Cell>>,
    /// The maximum number of rows.
    pub limit: u64,
    /// Whether the last rows are returned instead of the first.
    pub from_end: bool,
}

/// The rows on one side of a position in a sorted list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeysetSide {
    After,
    AtOrAfter,
    Before,
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
    /// Returns the column that the database sorts by.
    fn sort_expr(self) -> SimpleExpr {
        match null_sentinel(self.column.kind) {
            Some(_) if self.descending => self.column.desc_key(),
            _ if self.column.nullable && self.descending => self.column.desc_key(),
            _ if self.column.nullable => self.column.asc_key(),
            _ => self.column.expr(),
        }
    }

    /// Returns whether the database sorts [`Self::sort_expr`] in descending order.
    fn sorts_descending(self) -> bool {
        self.descending && null_sentinel(self.column.kind).is_none()
    }

    /// Returns the value of [`Self::sort_expr`] in a row with this cell.
    fn sort_value(self, cell: &Cell) -> Value {
        match (cell, null_sentinel(self.column.kind)) {
            (Cell::Null, Some(sentinel)) => sentinel,
            (Cell::Null, None) if self.descending => "".into(),
            (Cell::Null, None) => LAST_TEXT.into(),
            (Cell::Int(number), Some(_)) if self.descending => number.saturating_neg().into(),
            (Cell::Float(number), Some(_)) if self.descending => (0.0 - number).into(),
            _ => Value::from(cell),
        }
    }
}

/// Returns the values by which the row at a position is sorted, one for each key.
pub(super) fn sort_values(order: &[OrderKey], position: &[Cell]) -> impl Iterator<Item = Value> {
    std::iter::zip(order, position).map(|(key, cell)| key.sort_value(cell))
}

/// Returns the value that replaces null in generated columns; `None` if the kind is not a number.
pub(super) fn null_sentinel(kind: CellKind) -> Option<Value> {
    match kind {
        CellKind::Int | CellKind::BigInt => Some(NULL_SENTINEL_INTEGER.into()),
        CellKind::Float => Some(NULL_SENTINEL_DOUBLE.into()),
        CellKind::Text | CellKind::Bool | CellKind::Date | CellKind::DateTime => None,
    }
}

/// Returns the condition that a row is on one side of the position with these [`sort_values`]. The last key of `order` is
/// unique.
pub(super) fn keyset_condition(
    order: &[OrderKey],
    position: &[Value],
    side: KeysetSide,
) -> Condition {
    let keys: Vec<_> = order.iter().copied().zip(position).collect();
    let Some(((first, value), _)) = keys.split_first() else {
        return Condition::all();
    };
    if order
        .iter()
        .all(|key| key.sorts_descending() == first.sorts_descending())
    {
        return Condition::all().add(compare_tuple(&keys, side));
    }
    let mut any = Condition::any();
    for (depth, (key, value)) in keys.iter().enumerate() {
        any = any.add(keys_equal(&keys[..depth]).add(compare_key(
            *key,
            value,
            side.is_forward(),
            false,
        )));
    }
    if side.is_inclusive() {
        any = any.add(keys_equal(&keys));
    }
    // This follows from the alternatives, but only a separate condition makes databases use an index
    // range.
    Condition::all()
        .add(compare_key(*first, value, side.is_forward(), true))
        .add(any)
}

/// Compares keys of the same direction as row values, which an index over the keys supports.
fn compare_tuple(keys: &[(OrderKey, &Value)], side: KeysetSide) -> Expr {
    let (left, right) = match keys {
        [(key, value)] => (key.sort_expr(), Expr::val((*value).clone())),
        _ => (
            Expr::tuple(keys.iter().map(|(key, _)| key.sort_expr())),
            Expr::tuple(keys.iter().map(|(_, value)| Expr::val((*value).clone()))),
        ),
    };
    let is_descending = keys.first().is_some_and(|(key, _)| key.sorts_descending());
    match (side.is_forward() != is_descending, side.is_inclusive()) {
        (true, false) => left.gt(right),
        (true, true) => left.gte(right),
        (false, false) => left.lt(right),
        (false, true) => left.lte(right),
    }
}

/// Returns the condition that all keys have the values of the position.
fn keys_equal(keys: &[(OrderKey, &Value)]) -> Condition {
    keys.iter().fold(Condition::all(), |all, (key, value)| {
        all.add(key.sort_expr().eq(Expr::val((*value).clone())))
    })
}

/// Returns the condition that the key comes after the value, or before it if not `forward`; or equals
/// it, if `inclusive`.
fn compare_key(key: OrderKey, value: &Value, forward: bool, inclusive: bool) -> Expr {
    compare_tuple(
        &[(key, value)],
        match (forward, inclusive) {
            (true, false) => KeysetSide::After,
            (true, true) => KeysetSide::AtOrAfter,
            (false, false) => KeysetSide::Before,
            (false, true) => KeysetSide::AtOrBefore,
        },
    )
}

/// Sorts a statement by the keys, in reverse if `from_end`.
pub(super) fn order_by(statement: &mut SelectStatement, order: &[OrderKey], from_end: bool) {
    for key in order {
        let direction = match key.sorts_descending() != from_end {
            true => Order::Desc,
            false => Order::Asc,
        };
        statement.order_by_expr(key.sort_expr(), direction);
    }
}

#[cfg(test)]
#[path = "keyset_tests.rs"]
mod tests;
