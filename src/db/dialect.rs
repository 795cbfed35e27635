//! What SQLite and PostgreSQL say differently in reading; everything else is one statement on both.

use std::sync::Arc;

use sea_orm::{
    DbBackend,
    sea_query::{
        Alias, Condition, Expr, ExprTrait, Func, FunctionCall, IntoIden, JoinType, Query,
        SelectStatement, SimpleExpr,
    },
};

use super::Column;

/// The alias of the rows that [`keys`] makes of a list of keys; their column is [`KEY_VALUE`].
pub(super) const KEYS: &str = "parent";
/// The column of the rows that [`keys`] makes.
pub(super) const KEY_VALUE: &str = "value";

/// A list of keys as a table-valued function over one JSON argument. However many keys there are,
/// the text of the statement is the same, so the database prepares it once and no limit on the
/// number of arguments is near.
pub(super) fn keys(backend: DbBackend, keys: &[Arc<str>]) -> FunctionCall {
    let keys: Vec<&str> = keys.iter().map(AsRef::as_ref).collect();
    // Texts always can be written as JSON.
    let json = Expr::val(serde_json::to_string(&keys).unwrap_or_default());
    match backend {
        DbBackend::Postgres => {
            Func::cust("json_array_elements_text").arg(json.cast_as(Alias::new("json")))
        }
        _ => Func::cust("json_each").arg(json),
    }
}

/// Whether the column holds one of the keys.
pub(super) fn is_one_of(backend: DbBackend, column: SimpleExpr, list: &[Arc<str>]) -> SimpleExpr {
    column.in_subquery(
        Query::select()
            .column((Alias::new(KEYS), Alias::new(KEY_VALUE)))
            .from_function(keys(backend, list), KEYS)
            .to_owned(),
    )
}

/// Selects, for each of the keys, the rows of `table` that `narrow` leaves, as columns of
/// `table`, and the key last: `narrow` holds the condition that ties a row to `parent.value`, order
/// and limit.
///
/// PostgreSQL evaluates `narrow` once per key by `LATERAL`. SQLite has none; there the ids of the
/// page are a correlated subquery, and the rows are then found by id. Both read only the page,
/// however many rows a parent has; numbering all of them with `row_number()` would not.
pub(super) fn rows_per_key(
    backend: DbBackend,
    parents: &[Arc<str>],
    table: &'static str,
    id: Column,
    columns: &[Column],
    mut narrow: SelectStatement,
) -> SelectStatement {
    let mut select = Query::select();
    select.from_function(keys(backend, parents), KEYS);
    if backend == DbBackend::Postgres {
        for column in columns {
            select.column((Alias::new(table), Alias::new(column.name)));
            narrow.column((Alias::new(table), Alias::new(column.name)));
        }
        select.join_lateral(
            JoinType::InnerJoin,
            narrow,
            Alias::new(table),
            Condition::all().add(Expr::val(true)),
        );
    } else {
        narrow.column((Alias::new(table), Alias::new(id.name)));
        // The outer row needs a name of its own: the subquery reads the same table.
        let outer = Alias::new("page").into_iden();
        for column in columns {
            select.column((outer.clone(), Alias::new(column.name).into_iden()));
        }
        select.join_as(
            JoinType::InnerJoin,
            Alias::new(table),
            outer.clone(),
            Expr::col((outer, Alias::new(id.name).into_iden())).in_subquery(narrow),
        );
    }
    select.column((Alias::new(KEYS), Alias::new(KEY_VALUE)));
    select
}
