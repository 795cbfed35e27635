//! The parts of SELECT statements that differ between SQLite and PostgreSQL.

use sea_orm::{
    DbBackend,
    sea_query::{
        Alias, Condition, Expr, ExprTrait, Func, FunctionCall, IntoIden, JoinType, Query,
        SelectStatement, SimpleExpr,
    },
};

use super::{ColumnRef, statement::StatementKeys};

/// The alias of the rows of [`keys_table`].
pub(super) const KEYS_ALIAS: &str = "parent";
/// The column of the rows of [`keys_table`] that holds the key.
pub(super) const KEY_COLUMN: &str = "value";

/// The row number that every SQLite table has.
const ROWID: &str = "rowid";

/// Turns a list of keys into rows: a table-valued function over one JSON argument. The text of the
/// statement does not depend on the number of keys, so the database prepares it once, and the limit
/// on bound values does not matter.
fn keys_table(backend: DbBackend, keys: StatementKeys<'_>) -> FunctionCall {
    let json = Expr::val(keys.bound_value());
    match backend {
        DbBackend::Postgres => {
            Func::cust("json_array_elements_text").arg(json.cast_as(Alias::new("json")))
        }
        _ => Func::cust("json_each").arg(json),
    }
}

/// Returns the condition that the column equals one of the keys.
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

/// Selects from the rows whose unique column `by` equals one of the keys.
///
/// For `in`, SQLite would first sort the keys into a temporary index. With a join, it looks up one key
/// after the other; it never reorders the tables of a cross join.
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

/// Selects the rows of `page` for each of the keys, as the columns of `table` followed by the key.
/// `page` selects from `table` with a condition on `parent.value`, an order, and a limit.
///
/// PostgreSQL evaluates `page` once per key with a `LATERAL` join. SQLite has no `LATERAL`; there,
/// `page` is a correlated subquery for the row ids, which every index contains. Both read only the
/// page, however many rows a parent has; `row_number()` would number all of them.
pub(super) fn select_per_key(
    backend: DbBackend,
    keys: StatementKeys<'_>,
    table: &'static str,
    columns: &[ColumnRef],
    mut page: SelectStatement,
) -> SelectStatement {
    let mut select = Query::select();
    select.from_function(keys_table(backend, keys), KEYS_ALIAS);
    if backend == DbBackend::Postgres {
        for column in columns {
            select.column((Alias::new(table), Alias::new(column.name)));
            page.column((Alias::new(table), Alias::new(column.name)));
        }
        select.join_lateral(
            JoinType::InnerJoin,
            page,
            Alias::new(table),
            Condition::all().add(Expr::val(true)),
        );
    } else {
        page.column((Alias::new(table), Alias::new(ROWID)));
        // The outer table needs an alias, because the subquery reads the same table.
        let outer = Alias::new("page").into_iden();
        for column in columns {
            select.column((outer.clone(), Alias::new(column.name).into_iden()));
        }
        select.join_as(
            JoinType::InnerJoin,
            Alias::new(table),
            outer.clone(),
            Expr::col((outer, Alias::new(ROWID).into_iden())).in_subquery(page),
        );
    }
    select.column((Alias::new(KEYS_ALIAS), Alias::new(KEY_COLUMN)));
    select
}
