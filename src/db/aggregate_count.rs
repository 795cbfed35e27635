//! Counts of a list's rows, part by part, in one statement.

use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
    sync::Arc,
};

use async_graphql::dataloader::Loader;
use sea_orm::sea_query::{
    Alias, Asterisk, CaseStatement, Condition, Expr, ExprTrait, Func, JoinType, SelectStatement,
    SimpleExpr,
};

use super::{
    Cell, CellKind, Cells, ColumnRef, DatabaseError, Record, RowSet, Snapshot,
    statement::BoundStatement,
};

const COUNTS_ALIAS: &str = "counted";
const GROUP_COLUMN: &str = "group";
const COUNT_COLUMN: &str = "count";

/// How many rows of a list there are, in all or by the value of a column.
#[derive(Clone, Debug)]
pub struct AggregateCountQuery {
    /// The rows that are counted.
    pub row_set: RowSet,
    /// The column whose values part them.
    pub by: CountBy,
    /// What is counted besides: the rows that each condition also holds for.
    pub conditions: Vec<Condition>,
}

/// What parts the rows of a [`AggregateCountQuery`].
#[derive(Clone, Debug)]
pub enum CountBy {
    /// Nothing: there is one count.
    Nothing,
    /// The values of a column, in their order; only those that occur.
    Value(ColumnRef),
    /// Rows of another table, in the order of their ids, those that no row points at too.
    Row {
        /// The column that points at them.
        foreign_key: ColumnRef,
        /// Which rows.
        groups: RowSet,
        /// Their columns to read.
        columns: Arc<[ColumnRef]>,
    },
}

/// A count of a [`AggregateCountQuery`].
#[derive(Clone, Debug)]
pub struct AggregateCount {
    /// The value that the rows share; null where there is none.
    pub value: Cell,
    /// The row that the value points at, where the tally is by rows.
    pub row: Option<Arc<Record>>,
    /// The number of rows.
    pub count: i64,
    /// How many of them each condition of the tally holds for.
    pub condition_counts: Vec<i64>,
}

impl RowSet {
    /// That `column` points at a row of this list.
    pub fn membership_condition(&self, column: ColumnRef) -> Condition {
        let ids = self.select().expr(self.id.expr()).to_owned();
        Condition::all().add(column.expr().in_subquery(ids))
    }
}

/// The name of the `n`th count in the statement.
fn count_alias(n: usize) -> Alias {
    Alias::new(format!("{COUNT_COLUMN}_{n}"))
}

/// 0 where it is null.
fn coalesce_zero(count: SimpleExpr) -> SimpleExpr {
    Func::coalesce([count, Expr::val(0)]).into()
}

impl AggregateCountQuery {
    /// The rows with their counts, not parted yet.
    fn select_counts(&self) -> SelectStatement {
        let mut select = self.row_set.select();
        select.expr_as(Func::count(Expr::col(Asterisk)), count_alias(0));
        for (n, condition) in (1..).zip(&self.conditions) {
            let one_each = CaseStatement::new().case(condition.clone(), 1).finally(0);
            // Without any rows the sum is null.
            select.expr_as(coalesce_zero(Func::sum(one_each).into()), count_alias(n));
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
                foreign_key: column,
                groups,
                columns,
            } => {
                counts
                    .expr_as(column.expr(), Alias::new(GROUP_COLUMN))
                    .add_group_by([column.expr()]);
                let mut select = groups.select();
                for n in 0..=self.conditions.len() {
                    let count = Expr::col((Alias::new(COUNTS_ALIAS), count_alias(n)));
                    select.expr(coalesce_zero(count));
                }
                select.expr(groups.id.expr());
                for column in columns.iter() {
                    select.expr(column.expr());
                }
                select.join_subquery(
                    JoinType::LeftJoin,
                    counts,
                    Alias::new(COUNTS_ALIAS),
                    groups.id.expr().eq(Expr::col((
                        Alias::new(COUNTS_ALIAS),
                        Alias::new(GROUP_COLUMN),
                    ))),
                );
                select.order_by_expr(groups.id.expr(), sea_orm::Order::Asc);
                select
            }
        }
    }

    /// How the cells of the statement are read, after the counts.
    fn cell_kinds(&self) -> Vec<CellKind> {
        let counts = std::iter::repeat_n(CellKind::BigInt, 1 + self.conditions.len());
        let value = match &self.by {
            CountBy::Nothing => None,
            CountBy::Value(column) => Some(column.kind),
            CountBy::Row { groups, .. } => Some(groups.id.kind),
        };
        let columns = match &self.by {
            CountBy::Row { columns, .. } => columns.as_ref(),
            _ => &[],
        };
        let columns = columns.iter().map(|column| column.kind);
        counts.chain(value).chain(columns).collect()
    }

    fn read_count(&self, cells: Cells) -> AggregateCount {
        let mut cells = cells.into_iter();
        let mut counts = cells
            .by_ref()
            .take(1 + self.conditions.len())
            .map(|cell| cell.int().unwrap_or(0));
        let count = counts.next().unwrap_or(0);
        let of_which = counts.collect();
        let value = cells.next().unwrap_or_default();
        let row = match &self.by {
            CountBy::Row { columns, .. } => {
                Some(Arc::new(Record::new(columns.clone(), cells.collect())))
            }
            _ => None,
        };
        AggregateCount {
            value,
            row,
            count,
            condition_counts: of_which,
        }
    }
}

impl Snapshot {
    /// Counts, in one statement.
    ///
    /// # Errors
    /// What the database refuses.
    pub async fn aggregate_counts(
        &self,
        tally: &AggregateCountQuery,
    ) -> Result<Vec<AggregateCount>, DatabaseError> {
        let statement = BoundStatement::new(self.backend(), &tally.statement());
        let rows = self.run_cached(statement, &tally.cell_kinds()).await?;
        let rows = rows.iter().cloned();
        Ok(rows.map(|cells| tally.read_count(cells)).collect())
    }
}

/// Asks for [`Snapshot::aggregate_counts`]; two keys are of one tally when they share it.
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
