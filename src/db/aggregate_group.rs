//! A list's rows in groups: how many, and what years and distances they have.

use std::{collections::HashMap, sync::Arc};

use sea_orm::sea_query::{
    Alias, Asterisk, Expr, ExprTrait, Func, Query, SelectStatement, SimpleExpr, Value,
};

use super::{
    Cell, CellKind, ColumnRef, DatabaseError, ListQuery, Parent, RowSet, Snapshot, dialect,
    list::partition_parents, statement::ListTemplates,
};

/// What the rows of a group share.
#[derive(Clone, Copy, Debug)]
pub enum GroupBy {
    /// The value of a column.
    Value(ColumnRef),
    /// The decade of a column that holds years, such as 1960.
    Decade(ColumnRef),
    /// The value of a column of the row that a column points at.
    Referenced {
        /// The column that points at the row.
        foreign_key: ColumnRef,
        /// The id that it points at.
        id: ColumnRef,
        /// The column of that row.
        value: ColumnRef,
    },
}

impl GroupBy {
    fn expr(self) -> SimpleExpr {
        match self {
            Self::Value(column) => column.expr(),
            Self::Decade(column) => {
                // Constants rather than arguments: the expression is one thing to the database.
                let ten = || SimpleExpr::Constant(Value::Int(Some(10)));
                column.expr().div(ten()).mul(ten())
            }
            Self::Referenced {
                foreign_key: column,
                id,
                value,
            } => SimpleExpr::SubQuery(
                None,
                Box::new(
                    Query::select()
                        .expr(value.expr())
                        .from(Alias::new(id.table))
                        .and_where(id.expr().eq(column.expr()))
                        .to_owned()
                        .into(),
                ),
            ),
        }
    }

    fn kind(self) -> CellKind {
        match self {
            Self::Value(column) => column.kind,
            Self::Decade(_) => CellKind::Int,
            Self::Referenced { value, .. } => value.kind,
        }
    }
}

/// Asks for the groups of lists.
#[derive(Debug)]
pub struct AggregateGroupQuery {
    /// The list.
    pub row_set: RowSet,
    /// What parts its rows.
    pub group_by: Vec<GroupBy>,
    /// The column of years whose least and greatest are wanted, if they are.
    pub year_column: Option<ColumnRef>,
    /// The column of distances whose mean is wanted, if it is.
    pub distance_column: Option<ColumnRef>,
    templates: ListTemplates,
}

/// Rows that share their values.
#[derive(Clone, Debug, PartialEq)]
pub struct AggregateGroup {
    /// One value for each of what parts them; null for the rows that have none.
    pub values: Box<[Cell]>,
    /// How many rows.
    pub count: i64,
    /// The least year that is known; null where it was not wanted, as with the others below.
    pub earliest: Cell,
    /// The greatest year that is known.
    pub latest: Cell,
    /// The mean of the distances that are known.
    pub mean_distance: Cell,
}

/// The name of a column of the rows that are grouped.
fn group_column(index: usize) -> Alias {
    Alias::new(format!("part_{index}"))
}

const PARENT_KEY: &str = "link";
const YEAR: &str = "year";
const DISTANCE: &str = "distance";
const ROWS: &str = "rows";

impl AggregateGroupQuery {
    /// The groups of the rows of a list. Where only rows are counted, without years and distances, an
    /// index alone is read.
    pub fn new(
        listed: RowSet,
        by: Vec<GroupBy>,
        year: Option<ColumnRef>,
        distance: Option<ColumnRef>,
    ) -> Self {
        Self {
            row_set: listed,
            group_by: by,
            year_column: year,
            distance_column: distance,
            templates: ListTemplates::default(),
        }
    }

    /// The groups of the rows that `link` ties to one of the keys, or of all rows. The parts are
    /// columns of a subquery, so that an expression is written once and grouped by its name.
    fn statement(&self, link: Option<SimpleExpr>, belongs: Option<SimpleExpr>) -> SelectStatement {
        let mut rows = self.row_set.select();
        let mut select = Query::select();
        if let Some(link) = link {
            rows.expr_as(link, Alias::new(PARENT_KEY));
            select.column(Alias::new(PARENT_KEY));
            select.add_group_by([Expr::col(Alias::new(PARENT_KEY))]);
        }
        if let Some(belongs) = belongs {
            rows.and_where(belongs);
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
        let (values, figures) = cells.split_at(self.group_by.len());
        let mut figures = figures.iter().cloned();
        let mut next = |is_wanted: bool| match is_wanted {
            true => figures.next().unwrap_or_default(),
            false => Cell::Null,
        };
        AggregateGroup {
            values: values.into(),
            count: next(true).int().unwrap_or(0),
            earliest: next(self.year_column.is_some()),
            latest: next(self.year_column.is_some()),
            mean_distance: mean_to_the_meter(
                &next(self.distance_column.is_some()),
                &next(self.distance_column.is_some()),
            ),
        }
    }
}

/// The mean of `n` distances in kilometres, each stored to the metre, from their sum.
///
/// Databases add up in different orders, which changes the last bits of the sum. So it is taken back
/// to whole metres first: half of all means of two lie halfway between metres, where those bits
/// would decide.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn mean_to_the_meter(sum: &Cell, n: &Cell) -> Cell {
    match (sum.float(), n.int()) {
        (Some(sum), Some(n)) => {
            let metres = (sum * 1000.0).round();
            Cell::Float((metres / n as f64).round() / 1000.0)
        }
        _ => Cell::Null,
    }
}

impl ListQuery for AggregateGroupQuery {
    /// In no order; a list without rows has no groups.
    type ListResult = Arc<[AggregateGroup]>;

    async fn fetch(
        &self,
        snapshot: &Snapshot,
        parents: &[Parent],
    ) -> Result<HashMap<Parent, Arc<[AggregateGroup]>>, DatabaseError> {
        let mut answers = HashMap::with_capacity(parents.len());
        let (all, columns) = partition_parents(parents);
        if all {
            let kinds: Vec<_> = self.cell_kinds().collect();
            let statement = self
                .templates
                .bind_all(snapshot.backend(), || self.statement(None, None));
            let rows = snapshot.run_cached(statement, &kinds).await?;
            let groups = rows.iter().map(|cells| self.read_group(cells)).collect();
            answers.insert(Parent::All, groups);
        }
        let statement = self
            .templates
            .bind_keys(snapshot.backend(), &columns, |column, keys| {
                let belongs = dialect::in_keys(snapshot.backend(), column.expr(), keys);
                self.statement(Some(column.expr()), Some(belongs))
            });
        let Some(statement) = statement else {
            return Ok(answers);
        };
        let kinds: Vec<_> = std::iter::once(CellKind::Text)
            .chain(self.cell_kinds())
            .collect();
        let mut groups: HashMap<Arc<str>, Vec<AggregateGroup>> = HashMap::new();
        for cells in snapshot.run_cached(statement, &kinds).await?.iter() {
            if let Some(key) = cells[0].text() {
                let of_key = groups.entry(key.clone()).or_default();
                of_key.push(self.read_group(&cells[1..]));
            }
        }
        for (column, keys) in columns {
            for key in keys {
                let of_key = groups.remove(&key).unwrap_or_default();
                answers.insert(Parent::Key(column, key), of_key.into());
            }
        }
        Ok(answers)
    }
}
