//! Counts of a list's rows, part by part, in one statement.

use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
    sync::Arc,
};

use async_graphql::dataloader::Loader;
use sea_orm::{
    DbErr,
    sea_query::{
        Alias, Asterisk, CaseStatement, Condition, Expr, ExprTrait, Func, JoinType,
        SelectStatement, SimpleExpr,
    },
};

use super::{Cell, CellKind, Cells, Column, Listed, Record, Snapshot, statement::Bound};

const COUNTED: &str = "counted";
const GROUP: &str = "group";
const COUNT: &str = "count";

/// How many rows of a list there are, in all or by the value of a column.
#[derive(Clone, Debug)]
pub struct Tally {
    /// The rows that are counted.
    pub rows: Listed,
    /// The column whose values part them.
    pub by: By,
    /// What is counted besides: the rows that each condition also holds for.
    pub of_which: Vec<Condition>,
}

/// What parts the rows of a [`Tally`].
#[derive(Clone, Debug)]
pub enum By {
    /// Nothing: there is one count.
    Nothing,
    /// The values of a column, in their order; only those that occur.
    Value(Column),
    /// Rows of another table, in the order of their ids, those that no row points at too.
    Row {
        /// The column that points at them.
        column: Column,
        /// Which rows.
        groups: Listed,
        /// Their columns to read.
        columns: Arc<[Column]>,
    },
}

/// A count of a [`Tally`].
#[derive(Clone, Debug)]
pub struct Counted {
    /// The value that the rows share; null where there is none.
    pub value: Cell,
    /// The row that the value points at, where the tally is by rows.
    pub row: Option<Arc<Record>>,
    /// The number of rows.
    pub count: i64,
    /// How many of them each condition of the tally holds for.
    pub of_which: Vec<i64>,
}

impl Listed {
    /// That `column` points at a row of this list.
    pub fn holds(&self, column: Column) -> Condition {
        let ids = self.rows().expr(self.id.expr()).to_owned();
        Condition::all().add(column.expr().in_subquery(ids))
    }
}

/// The name of the `n`th count in the statement.
fn count_name(n: usize) -> Alias {
    Alias::new(format!("{COUNT}_{n}"))
}

/// 0 where it is null.
fn or_zero(count: SimpleExpr) -> SimpleExpr {
    Func::coalesce([count, Expr::val(0)]).into()
}

impl Tally {
    /// The rows with their counts, not parted yet.
    fn counts(&self) -> SelectStatement {
        let mut select = self.rows.rows();
        select.expr_as(Func::count(Expr::col(Asterisk)), count_name(0));
        for (n, condition) in (1..).zip(&self.of_which) {
            let one_each = CaseStatement::new().case(condition.clone(), 1).finally(0);
            // Without any rows the sum is null.
            select.expr_as(or_zero(Func::sum(one_each).into()), count_name(n));
        }
        select
    }

    fn statement(&self) -> SelectStatement {
        let mut counts = self.counts();
        match &self.by {
            By::Nothing => counts,
            By::Value(column) => {
                counts
                    .expr_as(column.expr(), Alias::new(GROUP))
                    .add_group_by([column.expr()])
                    .order_by_expr(column.expr(), sea_orm::Order::Asc);
                counts
            }
            By::Row {
                column,
                groups,
                columns,
            } => {
                counts
                    .expr_as(column.expr(), Alias::new(GROUP))
                    .add_group_by([column.expr()]);
                let mut select = groups.rows();
                for n in 0..=self.of_which.len() {
                    let count = Expr::col((Alias::new(COUNTED), count_name(n)));
                    select.expr(or_zero(count));
                }
                select.expr(groups.id.expr());
                for column in columns.iter() {
                    select.expr(column.expr());
                }
                select.join_subquery(
                    JoinType::LeftJoin,
                    counts,
                    Alias::new(COUNTED),
                    groups
                        .id
                        .expr()
                        .eq(Expr::col((Alias::new(COUNTED), Alias::new(GROUP)))),
                );
                select.order_by_expr(groups.id.expr(), sea_orm::Order::Asc);
                select
            }
        }
    }

    /// How the cells of the statement are read, after the counts.
    fn kinds(&self) -> Vec<CellKind> {
        let counts = std::iter::repeat_n(CellKind::Count, 1 + self.of_which.len());
        let value = match &self.by {
            By::Nothing => None,
            By::Value(column) => Some(column.kind),
            By::Row { groups, .. } => Some(groups.id.kind),
        };
        let columns = match &self.by {
            By::Row { columns, .. } => columns.as_ref(),
            _ => &[],
        };
        let columns = columns.iter().map(|column| column.kind);
        counts.chain(value).chain(columns).collect()
    }

    fn counted(&self, cells: Cells) -> Counted {
        let mut cells = cells.into_iter();
        let mut counts = cells
            .by_ref()
            .take(1 + self.of_which.len())
            .map(|cell| cell.int().unwrap_or(0));
        let count = counts.next().unwrap_or(0);
        let of_which = counts.collect();
        let value = cells.next().unwrap_or_default();
        let row = match &self.by {
            By::Row { columns, .. } => {
                Some(Arc::new(Record::new(columns.clone(), cells.collect())))
            }
            _ => None,
        };
        Counted {
            value,
            row,
            count,
            of_which,
        }
    }
}

impl Snapshot {
    /// Counts, in one statement.
    ///
    /// # Errors
    /// What the database refuses.
    pub async fn tally(&self, tally: &Tally) -> Result<Vec<Counted>, DbErr> {
        let statement = Bound::new(self.backend(), &tally.statement());
        let rows = self.count(statement, &tally.kinds()).await?;
        let rows = rows.iter().cloned();
        Ok(rows.map(|cells| tally.counted(cells)).collect())
    }
}

/// Asks for [`Snapshot::tally`]; two keys are of one tally when they share it.
#[derive(Clone, Debug)]
pub struct TallyKey(pub Arc<Tally>);

impl PartialEq for TallyKey {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for TallyKey {}

impl Hash for TallyKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).hash(state);
    }
}

impl Loader<TallyKey> for Snapshot {
    type Value = Arc<[Counted]>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[TallyKey],
    ) -> Result<HashMap<TallyKey, Arc<[Counted]>>, Arc<DbErr>> {
        let mut loaded = HashMap::with_capacity(keys.len());
        for key in keys {
            loaded.insert(key.clone(), self.tally(&key.0).await?.into());
        }
        Ok(loaded)
    }
}
