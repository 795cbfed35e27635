//! What SQLite and PostgreSQL say differently in reading; everything else is one statement on both.

use sea_orm::{
    DbBackend,
    sea_query::{
        Alias, Condition, Expr, ExprTrait, Func, FunctionCall, IntoIden, JoinType, Query,
        SelectStatement, SimpleExpr,
    },
};

use super::{Column, statement::Keys};

/// The alias of the rows that [`table_of`] makes of a list of keys; their column is [`KEY_VALUE`].
pub(super) const KEYS: &str = "parent";
/// The column of the rows that [`table_of`] makes.
pub(super) const KEY_VALUE: &str = "value";

/// The column of every table of SQLite by which it keeps the rows.
const ROW_NUMBER: &str = "rowid";

/// A list of keys as a table-valued function over one JSON argument. However many keys there are,
/// the text of the statement is the same, so the database prepares it once and no limit on the
/// number of arguments is near.
fn table_of(backend: DbBackend, keys: Keys<'_>) -> FunctionCall {
    let json = Expr::val(keys.value());
    match backend {
        DbBackend::Postgres => {
            Func::cust("json_array_elements_text").arg(json.cast_as(Alias::new("json")))
        }
        _ => Func::cust("json_each").arg(json),
    }
}

/// Whether the column holds one of the keys.
pub(super) fn is_one_of(backend: DbBackend, column: SimpleExpr, keys: Keys<'_>) -> SimpleExpr {
    if let Keys::One = keys {
        return column.eq(Expr::val(keys.value()));
    }
    column.in_subquery(
        Query::select()
            .column((Alias::new(KEYS), Alias::new(KEY_VALUE)))
            .from_function(table_of(backend, keys), KEYS)
            .to_owned(),
    )
}

/// Selects from the rows whose column `by`, which is unique, holds one of the keys.
///
/// SQLite would sort the keys into an index of its own before it looks for any of them. Joined, it
/// takes one after the other; a cross join is one that it does not turn round.
pub(super) fn from_rows_of(
    backend: DbBackend,
    select: &mut SelectStatement,
    by: Column,
    keys: Keys<'_>,
) {
    if backend == DbBackend::Postgres || matches!(keys, Keys::One) {
        select
            .from(Alias::new(by.table))
            .and_where(is_one_of(backend, by.expr(), keys));
        return;
    }
    let key = Expr::col((Alias::new(KEYS), Alias::new(KEY_VALUE)));
    // sea-query writes no condition with a cross join.
    select
        .from_function(table_of(backend, keys), KEYS)
        .join(JoinType::CrossJoin, Alias::new(by.table), Condition::all())
        .and_where(by.expr().eq(key));
}

/// Selects, for each of the keys, the rows of `table` that `narrow` leaves, as columns of
/// `table`, and the key last: `narrow` holds the condition that ties a row to `parent.value`, order
/// and limit.
///
/// PostgreSQL evaluates `narrow` once per key by `LATERAL`. SQLite has none; there the numbers of the
/// rows of the page, which every index has, are a correlated subquery. Both read only the page,
/// however many rows a parent has; numbering all of them with `row_number()` would not.
pub(super) fn rows_per_key(
    backend: DbBackend,
    parents: Keys<'_>,
    table: &'static str,
    columns: &[Column],
    mut narrow: SelectStatement,
) -> SelectStatement {
    let mut select = Query::select();
    select.from_function(table_of(backend, parents), KEYS);
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
        narrow.column((Alias::new(table), Alias::new(ROW_NUMBER)));
        // The outer row needs a name of its own: the subquery reads the same table.
        let outer = Alias::new("page").into_iden();
        for column in columns {
            select.column((outer.clone(), Alias::new(column.name).into_iden()));
        }
        select.join_as(
            JoinType::InnerJoin,
            Alias::new(table),
            outer.clone(),
            Expr::col((outer, Alias::new(ROW_NUMBER).into_iden())).in_subquery(narrow),
        );
    }
    select.column((Alias::new(KEYS), Alias::new(KEY_VALUE)));
    select
}
