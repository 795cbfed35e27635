//! Cursors: opaque, bound to the list and the order they were made under, and made of the values
//! of the order keys, so that they keep their place when the data is loaded anew.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value as Json;

use crate::{
    db::{Cell, CellKind, OrderKey, Record},
    engine::{ErrorCode, GraphqlError},
};

/// What a cursor is bound to: what is listed, keys and directions.
fn list_signature(of: &str, order: &[OrderKey]) -> String {
    let mut signature = of.to_owned();
    for key in order {
        signature.push(if key.descending { '-' } else { '+' });
        signature.push_str(key.column.name);
    }
    signature
}

/// The cursor of a row in a list of objects of a type.
pub fn encode(of: &str, order: &[OrderKey], record: &Record) -> String {
    let place = order.iter().map(|key| match record.get(key.column) {
        Cell::Null => Json::Null,
        Cell::Bool(value) => (*value).into(),
        Cell::Int(value) => (*value).into(),
        Cell::Float(value) => (*value).into(),
        Cell::Text(value) => value.as_ref().into(),
    });
    encode_values(list_signature(of, order), place)
}

/// The place that a cursor marks, one cell for each order key.
///
/// # Errors
/// `BAD_CURSOR` where it is broken, or was made by another list or under another order.
pub fn decode(
    argument: &str,
    cursor: &str,
    of: &str,
    order: &[OrderKey],
) -> Result<Vec<Cell>, GraphqlError> {
    let broken = || invalid_cursor(argument, cursor);
    let cells = decode_values(argument, cursor, &list_signature(of, order))?;
    if cells.len() != order.len() {
        return Err(broken());
    }
    cells
        .iter()
        .zip(order)
        .map(|(cell, key)| parse_cell(cell, *key).ok_or_else(broken))
        .collect()
}

/// A cursor of what the signature names, with the values that mark the place.
pub(super) fn encode_values(signature: String, place: impl IntoIterator<Item = Json>) -> String {
    let parts: Vec<Json> = std::iter::once(Json::from(signature))
        .chain(place)
        .collect();
    URL_SAFE_NO_PAD.encode(Json::from(parts).to_string())
}

/// The values of a cursor that was sealed with the signature.
///
/// # Errors
/// `BAD_CURSOR` where it is broken, or has another signature.
pub(super) fn decode_values(
    argument: &str,
    cursor: &str,
    signature: &str,
) -> Result<Vec<Json>, GraphqlError> {
    let parts = URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .and_then(|bytes| serde_json::from_slice::<Vec<Json>>(&bytes).ok())
        .ok_or_else(|| invalid_cursor(argument, cursor))?;
    match parts.split_first() {
        Some((Json::String(made_under), cells)) if made_under == signature => Ok(cells.to_vec()),
        Some((Json::String(_), _)) => Err(GraphqlError::new(
            ErrorCode::BadCursor,
            format!(
                "{argument}: the cursor was made by another list or under another order; use one \
                 that this list gave under the same order"
            ),
        )),
        _ => Err(invalid_cursor(argument, cursor)),
    }
}

/// Says that a cursor is none of ours.
pub(super) fn invalid_cursor(argument: &str, cursor: &str) -> GraphqlError {
    GraphqlError::new(
        ErrorCode::BadCursor,
        format!(
            "{argument}: {cursor:?} is not a cursor of this server; use one that an answer gave"
        ),
    )
}

fn parse_cell(cell: &Json, key: OrderKey) -> Option<Cell> {
    Some(match (key.column.kind, cell) {
        (_, Json::Null) if key.column.nullable => Cell::Null,
        // PostgreSQL refuses a text with U+0000; no row has one.
        (CellKind::Text | CellKind::Date | CellKind::DateTime, Json::String(text))
            if !text.contains('\0') =>
        {
            Cell::Text(text.as_str().into())
        }
        (CellKind::Int, Json::Number(number)) => {
            Cell::Int(i32::try_from(number.as_i64()?).ok()?.into())
        }
        (CellKind::BigInt, Json::Number(number)) => Cell::Int(number.as_i64()?),
        (CellKind::Float, Json::Number(number)) => Cell::Float(number.as_f64()?),
        (CellKind::Bool, Json::Bool(value)) => Cell::Bool(*value),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{db::ColumnRef, entity::partnership};

    fn order(descending: bool) -> Vec<OrderKey> {
        let year = ColumnRef::new(partnership::Column::EstablishedYear);
        let id = ColumnRef::new(partnership::Column::Id);
        vec![
            OrderKey {
                column: year,
                descending,
            },
            OrderKey {
                column: id,
                descending: false,
            },
        ]
    }

    #[test]
    fn a_cursor_leads_back_to_its_place() {
        let order = order(true);
        let columns: std::sync::Arc<[ColumnRef]> = order.iter().map(|key| key.column).collect();
        for year in [Cell::Null, Cell::Int(1957)] {
            let cells = vec![year, Cell::Text("or-portland--jp-sapporo".into())];
            let record = Record::new(columns.clone(), cells.clone().into());
            let cursor = encode("Partnership", &order, &record);
            assert_eq!(decode("after", &cursor, "Partnership", &order), Ok(cells));
        }
    }

    #[test]
    fn a_cursor_of_another_order_or_list_is_refused() {
        let columns = order(true).iter().map(|key| key.column).collect();
        let cells = vec![Cell::Null, Cell::Text("x".into())];
        let record = Record::new(columns, cells.into());
        let cursor = encode("Partnership", &order(true), &record);
        for (of, order) in [("Partnership", order(false)), ("City", order(true))] {
            let refusal = decode("after", &cursor, of, &order).expect_err("another one");
            assert_eq!(refusal.code, ErrorCode::BadCursor);
            assert!(
                refusal
                    .message
                    .contains("another list or under another order")
            );
        }
    }

    #[test]
    fn a_broken_cursor_is_refused_by_name() {
        for wrong in ["", "x", "W10", "bnVsbA"] {
            let refusal = decode("after", wrong, "City", &order(true)).expect_err(wrong);
            assert_eq!(refusal.code, ErrorCode::BadCursor);
            assert!(refusal.message.contains(&format!("{wrong:?}")));
        }
    }
}
