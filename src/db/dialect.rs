//! What SQLite and PostgreSQL say differently in reading; everything else is one statement on both.

use sea_orm::{
    DbBackend,
    sea_query::{
        Alias, Condition, Expr, ExprTrait, Func, FunctionCall, IntoIden, JoinType, Query,
        SelectStatement, SimpleExpr,
    },
};

use super::{ColumnRef, statement::StatementKeys};

/// The alias of the rows that [`keys_table`] makes of a list of keys; their column is [`KEY_COLUMN`].
pub(super) const KEYS_ALIAS: &str = "parent";
/// The column of the rows that [`keys_table`] makes.
pub(super) const KEY_COLUMN: &str = "value";

/// The column of every table of SQLite by which it keeps the rows.
const ROWID: &str = "rowid";

/// A list of keys as a table-valued function over one JSON argument. However many keys there are,
/// the text of the statement is the same, so the database prepares it once and no limit on the
/// number of arguments is near.
fn keys_table(backend: DbBackend, keys: StatementKeys<'_>) -> FunctionCall {
    let json = Expr::val(keys.bound_value());
    match backend {
        DbBackend::Postgres => {
            Func::cust("json_array_elements_text").arg(json.cast_as(Alias::new("json")))
        }
        _ => Func::cust("json_each").arg(json),
    }
}

/// Whether the column holds one of the keys.
pub(super) fn in_keys(
    backend: DbBackend,
    column: SimpleExpr,
    keys: StatementKeys<'_>,
) -> SimpleExpr {
    if let StatementKeys::One = keys {
        return column.eq(Expr::val(keys.bound_value()));
    }
    column.in_subquery(
        Query::select()
            .column((Alias::new(KEYS_ALIAS), Alias::new(KEY_COLUMN)))
            .from_function(keys_table(backend, keys), KEYS_ALIAS)
            .to_owned(),
    )
}

/// Selects from the rows whose column `by`, which is unique, holds one of the keys.
///
/// SQLite would sort the keys into an index of its own before it looks for any of them. Joined, it
/// takes one after the other; a cross join is one that it does not turn round.
pub(super) fn select_by_unique_keys(
    backend: DbBackend,
    select: &mut SelectStatement,
    by: ColumnRef,
    keys: StatementKeys<'_>,
) {
    if backend == DbBackend::Postgres || matches!(keys, StatementKeys::One) {
        select
            .from(Alias::new(by.table))
            .and_where(in_keys(backend, by.expr(), keys));
        return;
    }
    let key = Expr::col((Alias::new(KEYS_ALIAS), Alias::new(KEY_COLUMN)));
    // sea-query writes no condition with a cross join.
    select
        .from_function(keys_table(backend, keys), KEYS_ALIAS)
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
pub(super) fn select_per_key(
    backend: DbBackend,
    parents: StatementKeys<'_>,
    table: &'static str,
    columns: &[ColumnRef],
    mut narrow: SelectStatement,
) -> SelectStatement {
    let mut select = Query::select();
    select.from_function(keys_table(backend, parents), KEYS_ALIAS);
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
        narrow.column((Alias::new(table), Alias::new(ROWID)));
        // The outer row needs a name of its own: the subquery reads the same table.
        let outer = Alias::new("page").into_iden();
        for column in columns {
            select.column((outer.clone(), Alias::new(column.name).into_iden()));
        }
        select.join_as(
            JoinType::InnerJoin,
            Alias::new(table),
            outer.clone(),
            Expr::col((outer, Alias::new(ROWID).into_iden())).in_subquery(narrow),
        );
    }
    select.column((Alias::new(KEYS_ALIAS), Alias::new(KEY_COLUMN)));
    select
}
