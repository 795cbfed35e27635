//! Groups of the rows of a list, each with its count, range of years, and mean distance.

use std::{collections::HashMap, sync::Arc};

use sea_orm::sea_query::{
    Alias, Asterisk, Expr, ExprTrait, Func, Query, SelectStatement, SimpleExpr, Value,
};

use super::{
    Cell, CellKind, ColumnRef, DatabaseError, ListQuery, Parent, RowSet, Snapshot, dialect,
    list::partition_parents, statement::ListTemplates,
};

/// An expression that rows are grouped by.
#[derive(Clone, Copy, Debug)]
pub enum GroupBy {
    /// The value of a column.
    Value(ColumnRef),
    /// The decade of a column of years, as its first year, such as 1960.
    Decade(ColumnRef),
    /// The greatest value of a column in its whole table, which is the same for all rows.
    Maximum(ColumnRef),
    /// The value of a column of a referenced row.
    Referenced {
        /// The column that refers to the other table.
        foreign_key: ColumnRef,
        /// The id column of the other table.
        id: ColumnRef,
        /// The column of the other table to group by.
        value: ColumnRef,
    },
}

impl GroupBy {
    fn expr(self) -> SimpleExpr {
        match self {
            Self::Value(column) => column.expr(),
            Self::Decade(column) => {
                // Constants, not bound values, so that the database sees equal expressions.
                let ten = || SimpleExpr::Constant(Value::Int(Some(10)));
                column.expr().div(ten()).mul(ten())
            }
            Self::Maximum(column) => scalar_subquery(
                Query::select()
                    .expr(Func::max(column.expr()))
                    .from(Alias::new(column.table)),
            ),
            Self::Referenced {
                foreign_key: column,
                id,
                value,
            } => scalar_subquery(
                Query::select()
                    .expr(value.expr())
                    .from(Alias::new(id.table))
                    .and_where(id.expr().eq(column.expr())),
            ),
        }
    }

    fn kind(self) -> CellKind {
        match self {
            Self::Value(column) | Self::Maximum(column) => column.kind,
            Self::Decade(_) => CellKind::Int,
            Self::Referenced { value, .. } => value.kind,
        }
    }
}

fn scalar_subquery(select: &SelectStatement) -> SimpleExpr {
    SimpleExpr::SubQuery(None, Box::new(select.clone().into()))
}

/// A query for the groups of lists.
#[derive(Debug)]
pub struct AggregateGroupQuery {
    /// The rows of the list, with placeholders for `values`.
    shape: RowSet,
    values: Vec<Value>,
    /// The expressions that rows are grouped by.
    pub group_by: Vec<GroupBy>,
    /// The column of years whose minimum and maximum are selected, if any.
    pub year_column: Option<ColumnRef>,
    /// The column of distances in kilometers whose mean is selected, if any.
    pub distance_column: Option<ColumnRef>,
    templates: Arc<ListTemplates>,
}

/// A group of rows with equal values.
#[derive(Clone, Debug, PartialEq)]
pub struct AggregateGroup {
    /// One value for each [`GroupBy`]; null for rows without a value.
    pub values: Box<[Cell]>,
    /// The number of rows.
    pub count: i64,
    /// The minimum year. This and the cells below are null if no row has a value, and `None` if they
    /// were not selected.
    pub earliest: Option<Cell>,
    /// The maximum year.
    pub latest: Option<Cell>,
    /// The mean distance in kilometers, over the rows that have one.
    pub mean_distance: Option<Cell>,
}

/// Returns the alias of a grouping expression.
fn group_column(index: usize) -> Alias {
    Alias::new(format!("part_{index}"))
}

const PARENT_KEY: &str = "link";
const YEAR: &str = "year";
const DISTANCE: &str = "distance";
const ROWS: &str = "rows";

impl AggregateGroupQuery {
    /// Creates the query. Without years and distances, the database may read only an index.
    pub fn new(
        mut row_set: RowSet,
        group_by: Vec<GroupBy>,
        year_column: Option<ColumnRef>,
        distance_column: Option<ColumnRef>,
    ) -> Self {
        Self {
            values: row_set.take_values(),
            shape: row_set,
            group_by,
            year_column,
            distance_column,
            templates: Arc::default(),
        }
    }

    /// Returns the query for other rows. It has the same statements if only values of the filter differ.
    #[must_use]
    pub fn with_rows(&self, row_set: RowSet) -> Self {
        let group_by = self.group_by.clone();
        let mut query = Self::new(row_set, group_by, self.year_column, self.distance_column);
        if query.shape == self.shape {
            query.templates = self.templates.clone();
        }
        query
    }

    /// Selects the groups of the rows that satisfy `condition`, per value of `parent_key` if there
    /// is one. Grouping expressions are columns of a subquery, so that each is evaluated once and
    /// grouped by its alias.
    fn statement(
        &self,
        parent_key: Option<SimpleExpr>,
        condition: Option<SimpleExpr>,
    ) -> SelectStatement {
        let mut rows = self.shape.select();
        let mut select = Query::select();
        if let Some(parent_key) = parent_key {
            rows.expr_as(parent_key, Alias::new(PARENT_KEY));
            select.column(Alias::new(PARENT_KEY));
            select.add_group_by([Expr::col(Alias::new(PARENT_KEY))]);
        }
        if let Some(condition) = condition {
            rows.and_where(condition);
        }
        for (index, by) in self.group_by.iter().enumerate() {
            rows.expr_as(by.expr(), group_column(index));
            select.column(group_column(index));
            select.add_group_by([Expr::col(group_column(index))]);
        }
        select.expr(Func::count(Expr::col(Asterisk)));
        if let Some(year) = self.year_column {
            rows.expr_as(year.expr(), Alias::new(YEAR));
            let year = || Expr::col(Alias::new(YEAR));
            select.expr(Func::min(year())).expr(Func::max(year()));
        }
        if let Some(distance) = self.distance_column {
            rows.expr_as(distance.expr(), Alias::new(DISTANCE));
            let distance = || Expr::col(Alias::new(DISTANCE));
            select
                .expr(Func::sum(distance()))
                .expr(Func::count(distance()));
        }
        select.from_subquery(rows, Alias::new(ROWS));
        select
    }

    fn cell_kinds(&self) -> impl Iterator<Item = CellKind> {
        let years = self.year_column.into_iter().flat_map(|year| [year.kind; 2]);
        let mean = [CellKind::Float, CellKind::BigInt];
        let mean = self.distance_column.into_iter().flat_map(move |_| mean);
        self.group_by
            .iter()
            .map(|by| by.kind())
            .chain([CellKind::BigInt])
            .chain(years)
            .chain(mean)
    }

    fn read_group(&self, cells: &[Cell]) -> AggregateGroup {
        let (values, aggregates) = cells.split_at(self.group_by.len());
        let mut aggregates = aggregates.iter().cloned();
        let mut next = || aggregates.next().unwrap_or_default();
        AggregateGroup {
            values: values.into(),
            count: next().int().unwrap_or(0),
            earliest: self.year_column.map(|_| next()),
            latest: self.year_column.map(|_| next()),
            mean_distance: self
                .distance_column
                .map(|_| mean_to_the_meter(&next(), &next())),
        }
    }
}

/// Returns the mean of `n` distances from their sum, in kilometers rounded to the meter.
///
/// Databases add in different orders, which changes the last bits of the sum. Each distance is stored
/// to the meter, so the sum is rounded to whole meters first. Otherwise those bits would decide the
/// rounding of means halfway between two meters, as every second mean of two distances is.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn mean_to_the_meter(sum: &Cell, n: &Cell) -> Cell {
    match (sum.float(), n.int()) {
        (Some(sum), Some(n)) => {
            let meters = (sum * 1000.0).round();
            Cell::Float((meters / n as f64).round() / 1000.0)
        }
        _ => Cell::Null,
    }
}

impl ListQuery for AggregateGroupQuery {
    /// The groups, in no particular order; an empty list has none.
    type ListResult = Arc<[AggregateGroup]>;

    async fn fetch(
        &self,
        snapshot: &Snapshot,
        parents: &[Parent],
    ) -> Result<HashMap<Parent, Arc<[AggregateGroup]>>, DatabaseError> {
        let mut results = HashMap::with_capacity(parents.len());
        let (includes_all, columns) = partition_parents(parents);
        if includes_all {
            let kinds: Vec<_> = self.cell_kinds().collect();
            let statement = self
                .templates
                .bind_all(snapshot.backend(), &self.values, || {
                    self.statement(None, None)
                });
            let rows = snapshot.run_cached(statement, &kinds).await?;
            let groups = rows.iter().map(|cells| self.read_group(cells)).collect();
            results.insert(Parent::All, groups);
        }
        let statement = self.templates.bind_keys(
            snapshot.backend(),
            &columns,
            &self.values,
            |column, keys| {
                let condition = dialect::in_keys(snapshot.backend(), column.expr(), keys);
                self.statement(Some(column.expr()), Some(condition))
            },
        );
        let Some(statement) = statement else {
            return Ok(results);
        };
        let kinds: Vec<_> = std::iter::once(CellKind::Text)
            .chain(self.cell_kinds())
            .collect();
        let mut groups: HashMap<Arc<str>, Vec<AggregateGroup>> = HashMap::new();
        for cells in snapshot.run_cached(statement, &kinds).await?.iter() {
            if let Some(key) = cells[0].text() {
                let key_groups = groups.entry(key.clone()).or_default();
                key_groups.push(self.read_group(&cells[1..]));
            }
        }
        for (column, keys) in columns {
            for key in keys {
                let key_groups = groups.remove(&key).unwrap_or_default();
                results.insert(Parent::Key(column, key), key_groups.into());
            }
        }
        Ok(results)
    }
}
