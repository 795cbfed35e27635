//! Cursors of lists.
//!
//! A cursor consists of the signature of its list and order, and the values of the order keys of
//! its row. It therefore keeps its position when the data is reloaded, even if the row is gone.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value as Json;

use crate::{
    db::{Cell, CellKind, OrderKey, Record},
    graphql_error::{ErrorCode, GraphqlError},
};

/// Returns what a cursor is bound to: the listed type, and the columns and directions of the order.
fn list_signature(type_name: &str, order: &[OrderKey]) -> String {
    let mut signature = type_name.to_owned();
    for key in order {
        signature.push(if key.descending { '-' } else { '+' });
        signature.push_str(key.column.name);
    }
    signature
}

/// Returns the cursor of a row in a list of objects of a type.
pub fn encode(type_name: &str, order: &[OrderKey], record: &Record) -> String {
    let values = order.iter().map(|key| match record.get(key.column) {
        Cell::Null => Json::Null,
        Cell::Bool(value) => (*value).into(),
        Cell::Int(value) => (*value).into(),
        Cell::Float(value) => (*value).into(),
        Cell::Text(value) => value.as_ref().into(),
    });
    encode_values(list_signature(type_name, order), values)
}

/// Returns the values of the order keys at a cursor's position.
///
/// # Errors
/// `BAD_CURSOR` if the cursor is malformed, or comes from another list or order.
pub fn decode(
    argument: &str,
    cursor: &str,
    type_name: &str,
    order: &[OrderKey],
) -> Result<Vec<Cell>, GraphqlError> {
    let malformed = || invalid_cursor(argument, cursor);
    let values = decode_values(argument, cursor, &list_signature(type_name, order))?;
    if values.len() != order.len() {
        return Err(malformed());
    }
    values
        .iter()
        .zip(order)
        .map(|(value, key)| parse_cell(value, *key).ok_or_else(malformed))
        .collect()
}

/// Returns a cursor with a signature, and the values that define its position.
pub(super) fn encode_values(signature: String, values: impl IntoIterator<Item = Json>) -> String {
    let parts: Vec<Json> = std::iter::once(Json::from(signature))
        .chain(values)
        .collect();
    URL_SAFE_NO_PAD.encode(Json::from(parts).to_string())
}

/// Returns the values of a cursor with this signature.
///
/// # Errors
/// `BAD_CURSOR` if the cursor is malformed or has another signature.
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
        Some((Json::String(actual), values)) if actual == signature => Ok(values.to_vec()),
        Some((Json::String(_), _)) => Err(GraphqlError::new(
            ErrorCode::BadCursor,
            format!(
                "{argument} is a cursor of a different list or order; use a cursor that this list \
                 returned in the same order"
            ),
        )),
        _ => Err(invalid_cursor(argument, cursor)),
    }
}

pub(super) fn invalid_cursor(argument: &str, cursor: &str) -> GraphqlError {
    GraphqlError::new(
        ErrorCode::BadCursor,
        format!(
            "{argument} is {cursor:?}, which is not a valid cursor; use a cursor from a response"
        ),
    )
}

fn parse_cell(value: &Json, key: OrderKey) -> Option<Cell> {
    Some(match (key.column.kind, value) {
        (_, Json::Null) if key.column.nullable => Cell::Null,
        // PostgreSQL rejects texts that contain U+0000, and no row contains it.
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
    fn cursors_are_decoded_to_the_values_of_their_row() {
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
    fn cursors_of_another_list_or_order_are_rejected() {
        let columns = order(true).iter().map(|key| key.column).collect();
        let cells = vec![Cell::Null, Cell::Text("x".into())];
        let record = Record::new(columns, cells.into());
        let cursor = encode("Partnership", &order(true), &record);
        for (type_name, order) in [("Partnership", order(false)), ("City", order(true))] {
            let error = decode("after", &cursor, type_name, &order).expect_err("another list");
            assert_eq!(error.code, ErrorCode::BadCursor);
            assert!(error.message.contains("a different list or order"));
        }
    }

    #[test]
    fn errors_quote_the_malformed_cursor() {
        for wrong in ["", "x", "W10", "bnVsbA"] {
            let error = decode("after", wrong, "City", &order(true)).expect_err(wrong);
            assert_eq!(error.code, ErrorCode::BadCursor);
            assert!(error.message.contains(&format!("{wrong:?}")));
        }
    }
}
