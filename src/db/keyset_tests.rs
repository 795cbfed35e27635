//! Compares pages in SQLite with plain sorting: every order, position, and side.

use std::{cmp::Ordering, iter};

use rusqlite::Connection;
use sea_orm::sea_query::{Alias, Expr, Query, SqliteQueryBuilder};

use super::{super::Cell, *};

const ID: ColumnRef = column("id", CellKind::Text, false);
const COLUMNS: [ColumnRef; 5] = [
    column("name", CellKind::Text, false),
    column("level", CellKind::Int, false),
    column("year", CellKind::Int, true),
    column("km", CellKind::Float, true),
    column("label", CellKind::Text, true),
];

const fn column(name: &'static str, kind: CellKind, nullable: bool) -> ColumnRef {
    ColumnRef {
        table: "item",
        name,
        kind,
        nullable,
    }
}

/// A row: the id, and the cells of [`COLUMNS`].
type Row = (String, [Cell; 5]);

/// Returns rows with every combination of values, so that every order has ties and nulls.
fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for name in ["a", "b"] {
        for level in [-1, 0, 2] {
            for year in [Cell::Null, Cell::Int(-5), Cell::Int(1970)] {
                for km in [Cell::Null, Cell::Float(0.0), Cell::Float(12.5)] {
                    for label in [Cell::Null, Cell::Text("é".into())] {
                        let name = Cell::Text(name.into());
                        let cells = [name, Cell::Int(level), year.clone(), km.clone(), label];
                        // Ids in another order than the rows.
                        rows.push((format!("{:03}", (rows.len() * 23) % 108), cells));
                    }
                }
            }
        }
    }
    rows
}

fn database() -> Connection {
    let database = Connection::open_in_memory().expect("opens");
    database
        .execute_batch(&format!(
            "create table item (id text, name text, level integer, year integer, km real, label text, \
             level_desc integer as (-level), \
             year_asc integer as (coalesce(year, {NULL_SENTINEL_INTEGER})), \
             year_desc integer as (coalesce(-year, {NULL_SENTINEL_INTEGER})), \
             km_asc real as (coalesce(km, {NULL_SENTINEL_DOUBLE:e})), \
             km_desc real as (coalesce(0.0 - km, {NULL_SENTINEL_DOUBLE:e})), \
             label_asc text as (coalesce(label, '{LAST_TEXT}')), \
             label_desc text as (coalesce(label, '')))"
        ))
        .expect("creates the table");
    for (id, cells) in rows() {
        let values = iter::once(Cell::Text(id.into()))
            .chain(cells)
            .map(|cell| match cell {
                Cell::Text(text) => rusqlite::types::Value::Text(text.to_string()),
                Cell::Int(number) => number.into(),
                Cell::Float(number) => number.into(),
                Cell::Null | Cell::Bool(_) => rusqlite::types::Value::Null,
            });
        database
            .execute(
                "insert into item (id, name, level, year, km, label) values (?, ?, ?, ?, ?, ?)",
                rusqlite::params_from_iter(values),
            )
            .expect("inserts");
    }
    database
}

/// Sorts null after everything else, in both directions.
fn compare(a: &Cell, b: &Cell, descending: bool) -> Ordering {
    let ordering = match (a, b) {
        (Cell::Null, Cell::Null) => return Ordering::Equal,
        (Cell::Null, _) => return Ordering::Greater,
        (_, Cell::Null) => return Ordering::Less,
        (Cell::Text(a), Cell::Text(b)) => a.cmp(b),
        (Cell::Int(a), Cell::Int(b)) => a.cmp(b),
        (Cell::Float(a), Cell::Float(b)) => a.total_cmp(b),
        other => panic!("{other:?} have different types"),
    };
    if descending {
        ordering.reverse()
    } else {
        ordering
    }
}

#[test]
fn pages_are_those_of_a_sorted_list() {
    let database = database();
    let mut orders = vec![Vec::new()];
    for first in 0..COLUMNS.len() {
        for second in 0..COLUMNS.len() {
            for directions in 0..4 {
                let keys = [(first, directions & 1 == 1), (second, directions & 2 == 2)];
                orders.push(keys[..if first == second { 1 } else { 2 }].to_vec());
            }
        }
    }
    for order in orders {
        let mut sorted = rows();
        sorted.sort_by(|(id, a), (other, b)| {
            let cells = order
                .iter()
                .map(|&(key, descending)| compare(&a[key], &b[key], descending));
            cells
                .fold(Ordering::Equal, Ordering::then)
                .then(id.cmp(other))
        });
        let mut keys: Vec<_> = order
            .iter()
            .map(|&(key, descending)| OrderKey {
                column: COLUMNS[key],
                descending,
            })
            .collect();
        keys.push(OrderKey {
            column: ID,
            descending: false,
        });
        // Every thirteenth row is enough to meet every combination of values in every order.
        for index in (0..sorted.len()).step_by(13) {
            let (id, cells) = &sorted[index];
            let mut position: Vec<_> = order.iter().map(|&(key, _)| cells[key].clone()).collect();
            position.push(Cell::Text(id.as_str().into()));
            let position: Vec<_> = sort_values(&keys, &position).collect();
            for (side, range) in [
                (KeysetSide::After, index + 1..sorted.len()),
                (KeysetSide::AtOrAfter, index..sorted.len()),
                (KeysetSide::Before, 0..index),
                (KeysetSide::AtOrBefore, 0..index + 1),
            ] {
                let mut expected: Vec<_> = sorted[range].iter().map(|(id, _)| id).collect();
                for from_end in [false, true] {
                    let mut statement = Query::select();
                    statement
                        .expr(Expr::col(Alias::new("id")))
                        .from(Alias::new("item"))
                        .cond_where(keyset_condition(&keys, &position, side));
                    order_by(&mut statement, &keys, from_end);
                    let sql = statement.to_string(SqliteQueryBuilder);
                    let mut statement = database.prepare(&sql).expect("is valid");
                    let ids = statement.query_map([], |row| row.get::<_, String>(0));
                    let ids: Vec<_> = ids.expect("runs").map(Result::unwrap).collect();
                    assert_eq!(ids.iter().collect::<Vec<_>>(), expected, "{sql}");
                    expected.reverse();
                }
            }
        }
    }
}
