//! Counts of the rows of a list, in total or by group, in one statement.

use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
    sync::Arc,
};

use async_graphql::dataloader::Loader;
use sea_orm::sea_query::{
    Alias, Asterisk, CaseStatement, Expr, ExprTrait, Func, JoinType, SelectStatement, SimpleExpr,
};

use super::{
    Cell, CellKind, Cells, ColumnRef, DatabaseError, Filter, Record, RowSet, Snapshot,
    statement::BoundStatement,
};

const COUNTS_ALIAS: &str = "counted";
const GROUP_COLUMN: &str = "group";
const COUNT_COLUMN: &str = "count";

/// Counts the rows of a list, in total or by group.
#[derive(Clone, Debug)]
pub struct AggregateCountQuery {
    /// The rows that are counted.
    pub row_set: RowSet,
    /// How the rows are grouped.
    pub by: CountBy,
    /// Filters; for each, the rows that match it are counted too.
    pub filters: Vec<Filter>,
}

/// How an [`AggregateCountQuery`] groups rows.
#[derive(Clone, Debug)]
pub enum CountBy {
    /// Not at all: there is one count.
    Nothing,
    /// By the values of a column, in ascending order. Values that do not occur have no count.
    Value(ColumnRef),
    /// By the rows of another table, in the order of their ids. Rows that are not referred to have
    /// the count 0.
    Row {
        /// The column of the counted rows that refers to the other table.
        foreign_key: ColumnRef,
        /// The rows of the other table.
        groups: RowSet,
        /// The columns of the other table to read.
        columns: Arc<[ColumnRef]>,
    },
    /// The rows of another table by the number of counted rows that refer to them, and by the values of `columns`.
    /// [`AggregateCount::count`] counts the rows of the other table, and [`AggregateCount::value`] is the number
    /// of counted rows that refers to each of them. There are no filter counts.
    Distribution {
        /// The column of the counted rows that refers to the other table.
        foreign_key: ColumnRef,
        /// The rows of the other table.
        groups: RowSet,
        /// The columns of the other table to group by.
        columns: Arc<[ColumnRef]>,
    },
}

/// One group of the result of an [`AggregateCountQuery`].
#[derive(Clone, Debug)]
pub struct AggregateCount {
    /// The value or the id that the rows share; null if they are not grouped or have no value.
    pub value: Cell,
    /// The columns of the other table, for [`CountBy::Row`] and [`CountBy::Distribution`].
    pub row: Option<Arc<Record>>,
    /// The number of rows.
    pub count: i64,
    /// The number of rows that match each filter, in the order of the filters.
    pub filter_counts: Vec<i64>,
}

/// Returns the alias of the `n`th count.
fn count_alias(n: usize) -> Alias {
    Alias::new(format!("{COUNT_COLUMN}_{n}"))
}

/// Replaces null with 0.
fn coalesce_zero(count: SimpleExpr) -> SimpleExpr {
    Func::coalesce([count, Expr::val(0)]).into()
}

/// Returns the `n`th count in [`join_counts`], which is null for rows that are not referred to.
fn joined_count(n: usize) -> SimpleExpr {
    Expr::col((Alias::new(COUNTS_ALIAS), count_alias(n)))
}

/// Joins the rows of a table with the counts of the rows that refer to them.
fn join_counts(
    groups: &RowSet,
    mut counts: SelectStatement,
    foreign_key: ColumnRef,
) -> SelectStatement {
    counts
        .expr_as(foreign_key.expr(), Alias::new(GROUP_COLUMN))
        .add_group_by([foreign_key.expr()]);
    let group = Expr::col((Alias::new(COUNTS_ALIAS), Alias::new(GROUP_COLUMN)));
    let mut select = groups.select();
    select.join_subquery(
        JoinType::LeftJoin,
        counts,
        Alias::new(COUNTS_ALIAS),
        groups.id.expr().eq(group),
    );
    select
}

impl AggregateCountQuery {
    /// Selects the counts over all rows, without groups.
    fn select_counts(&self) -> SelectStatement {
        let mut select = self.row_set.select();
        select.expr_as(Func::count(Expr::col(Asterisk)), count_alias(0));
        for (n, filter) in (1..).zip(&self.filters) {
            let is_match = CaseStatement::new().case(filter.condition(), 1).finally(0);
            // The sum over no rows is null.
            select.expr_as(coalesce_zero(Func::sum(is_match).into()), count_alias(n));
        }
        select
    }

    fn statement(&self) -> SelectStatement {
        let mut counts = self.select_counts();
        match &self.by {
            CountBy::Nothing => counts,
            CountBy::Value(column) => {
                counts
                    .expr_as(column.expr(), Alias::new(GROUP_COLUMN))
                    .add_group_by([column.expr()])
                    .order_by_expr(column.expr(), sea_orm::Order::Asc);
                counts
            }
            CountBy::Row {
                foreign_key,
                groups,
                columns,
            } => {
                let mut select = join_counts(groups, counts, *foreign_key);
                for n in 0..=self.filters.len() {
                    select.expr(coalesce_zero(joined_count(n)));
                }
                select.expr(groups.id.expr());
                for column in columns.iter() {
                    select.expr(column.expr());
                }
                select.order_by_expr(groups.id.expr(), sea_orm::Order::Asc);
                select
            }
            CountBy::Distribution {
                foreign_key,
                groups,
                columns,
            } => {
                let mut select = join_counts(groups, counts, *foreign_key);
                // The group of the rows that nothing refers to is null, which stands for zero.
                select
                    .expr(Func::count(Expr::col(Asterisk)))
                    .expr(joined_count(0))
                    .add_group_by([joined_count(0)]);
                for column in columns.iter() {
                    select.expr(column.expr()).add_group_by([column.expr()]);
                }
                select
            }
        }
    }

    /// Returns the kinds of the cells that [`Self::statement`] selects: the counts, the value or id
    /// of the group, and the columns of its row.
    fn cell_kinds(&self) -> Vec<CellKind> {
        let counts = std::iter::repeat_n(CellKind::BigInt, 1 + self.filters.len());
        let value = match &self.by {
            CountBy::Nothing => None,
            CountBy::Value(column) => Some(column.kind),
            CountBy::Row { groups, .. } => Some(groups.id.kind),
            CountBy::Distribution { .. } => Some(CellKind::BigInt),
        };
        let columns = match &self.by {
            CountBy::Row { columns, .. } | CountBy::Distribution { columns, .. } => {
                columns.as_ref()
            }
            _ => &[],
        };
        let columns = columns.iter().map(|column| column.kind);
        counts.chain(value).chain(columns).collect()
    }

    fn read_count(&self, cells: Cells) -> AggregateCount {
        let mut cells = cells.into_iter();
        let mut counts = cells
            .by_ref()
            .take(1 + self.filters.len())
            .map(|cell| cell.int().unwrap_or(0));
        let count = counts.next().unwrap_or(0);
        let filter_counts = counts.collect();
        let value = cells.next().unwrap_or_default();
        let row = match &self.by {
            CountBy::Row { columns, .. } | CountBy::Distribution { columns, .. } => {
                Some(Arc::new(Record::new(columns.clone(), cells.collect())))
            }
            _ => None,
        };
        AggregateCount {
            value,
            row,
            count,
            filter_counts,
        }
    }
}

impl Snapshot {
    /// Counts the rows of each group, in one statement.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn aggregate_counts(
        &self,
        query: &AggregateCountQuery,
    ) -> Result<Vec<AggregateCount>, DatabaseError> {
        let statement = BoundStatement::new(self.backend(), &query.statement());
        let rows = self.run_cached(statement, &query.cell_kinds()).await?;
        let rows = rows.iter().cloned();
        Ok(rows.map(|cells| query.read_count(cells)).collect())
    }
}

/// The key for loading [`Snapshot::aggregate_counts`]. Keys are equal if they share the same query.
#[derive(Clone, Debug)]
pub struct AggregateCountKey(pub Arc<AggregateCountQuery>);

impl PartialEq for AggregateCountKey {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for AggregateCountKey {}

impl Hash for AggregateCountKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).hash(state);
    }
}

impl Loader<AggregateCountKey> for Snapshot {
    type Value = Arc<[AggregateCount]>;
    type Error = Arc<DatabaseError>;

    async fn load(
        &self,
        keys: &[AggregateCountKey],
    ) -> Result<HashMap<AggregateCountKey, Arc<[AggregateCount]>>, Arc<DatabaseError>> {
        let mut loaded = HashMap::with_capacity(keys.len());
        for key in keys {
            loaded.insert(key.clone(), self.aggregate_counts(&key.0).await?.into());
        }
        Ok(loaded)
    }
}
