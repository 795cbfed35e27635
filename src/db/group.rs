//! A list's rows in groups: how many, and what years and distances they have.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{
    DbErr,
    sea_query::{
        Alias, Asterisk, Expr, ExprTrait, Func, Query, SelectStatement, SimpleExpr, Value,
    },
};

use super::{
    Cell, CellKind, Column, ListQuery, Listed, Parent, Snapshot, dialect, list::by_column,
    statement::ListTemplates,
};

/// What the rows of a group share.
#[derive(Clone, Copy, Debug)]
pub enum GroupBy {
    /// The value of a column.
    Value(Column),
    /// The decade of a column that holds years, such as 1960.
    Decade(Column),
    /// The value of a column of the row that a column points at.
    Through {
        /// The column that points at the row.
        column: Column,
        /// The id that it points at.
        id: Column,
        /// The column of that row.
        value: Column,
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
            Self::Through { column, id, value } => SimpleExpr::SubQuery(
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
            Self::Through { value, .. } => value.kind,
        }
    }
}

/// Asks for the groups of lists.
#[derive(Debug)]
pub struct GroupQuery {
    /// The list.
    pub listed: Listed,
    /// What parts its rows.
    pub by: Vec<GroupBy>,
    /// The column of years whose least and greatest are wanted, if they are.
    pub year: Option<Column>,
    /// The column of distances whose mean is wanted, if it is.
    pub distance: Option<Column>,
    statements: ListTemplates,
}

/// Rows that share their values.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
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
fn part(index: usize) -> Alias {
    Alias::new(format!("part_{index}"))
}

const LINK: &str = "link";
const YEAR: &str = "year";
const DISTANCE: &str = "distance";
const ROWS: &str = "rows";

impl GroupQuery {
    /// The groups of the rows of a list. Where only rows are counted, without years and distances, an
    /// index alone is read.
    pub fn new(
        listed: Listed,
        by: Vec<GroupBy>,
        year: Option<Column>,
        distance: Option<Column>,
    ) -> Self {
        Self {
            listed,
            by,
            year,
            distance,
            statements: ListTemplates::default(),
        }
    }

    /// The groups of the rows that `link` ties to one of the keys, or of all rows. The parts are
    /// columns of a subquery, so that an expression is written once and grouped by its name.
    fn statement(&self, link: Option<SimpleExpr>, belongs: Option<SimpleExpr>) -> SelectStatement {
        let mut rows = self.listed.rows();
        let mut select = Query::select();
        if let Some(link) = link {
            rows.expr_as(link, Alias::new(LINK));
            select.column(Alias::new(LINK));
            select.add_group_by([Expr::col(Alias::new(LINK))]);
        }
        if let Some(belongs) = belongs {
            rows.and_where(belongs);
        }
        for (index, by) in self.by.iter().enumerate() {
            rows.expr_as(by.expr(), part(index));
            select.column(part(index));
            select.add_group_by([Expr::col(part(index))]);
        }
        select.expr(Func::count(Expr::col(Asterisk)));
        if let Some(year) = self.year {
            rows.expr_as(year.expr(), Alias::new(YEAR));
            let year = || Expr::col(Alias::new(YEAR));
            select.expr(Func::min(year())).expr(Func::max(year()));
        }
        if let Some(distance) = self.distance {
            rows.expr_as(distance.expr(), Alias::new(DISTANCE));
            let distance = || Expr::col(Alias::new(DISTANCE));
            select
                .expr(Func::sum(distance()))
                .expr(Func::count(distance()));
        }
        select.from_subquery(rows, Alias::new(ROWS));
        select
    }

    fn kinds(&self) -> impl Iterator<Item = CellKind> {
        let years = self.year.into_iter().flat_map(|year| [year.kind; 2]);
        let mean = [CellKind::Float, CellKind::Count];
        let mean = self.distance.into_iter().flat_map(move |_| mean);
        self.by
            .iter()
            .map(|by| by.kind())
            .chain([CellKind::Count])
            .chain(years)
            .chain(mean)
    }

    fn group(&self, cells: &[Cell]) -> Group {
        let (values, figures) = cells.split_at(self.by.len());
        let mut figures = figures.iter().cloned();
        let mut next = |is_wanted: bool| match is_wanted {
            true => figures.next().unwrap_or_default(),
            false => Cell::Null,
        };
        Group {
            values: values.into(),
            count: next(true).int().unwrap_or(0),
            earliest: next(self.year.is_some()),
            latest: next(self.year.is_some()),
            mean_distance: mean_to_the_metre(
                &next(self.distance.is_some()),
                &next(self.distance.is_some()),
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
fn mean_to_the_metre(sum: &Cell, n: &Cell) -> Cell {
    match (sum.float(), n.int()) {
        (Some(sum), Some(n)) => {
            let metres = (sum * 1000.0).round();
            Cell::Float((metres / n as f64).round() / 1000.0)
        }
        _ => Cell::Null,
    }
}

impl ListQuery for GroupQuery {
    /// In no order; a list without rows has no groups.
    type Answer = Arc<[Group]>;

    async fn ask(
        &self,
        snapshot: &Snapshot,
        parents: &[Parent],
    ) -> Result<HashMap<Parent, Arc<[Group]>>, DbErr> {
        let mut answers = HashMap::with_capacity(parents.len());
        let (all, columns) = by_column(parents);
        if all {
            let kinds: Vec<_> = self.kinds().collect();
            let statement = self
                .statements
                .all(snapshot.backend(), || self.statement(None, None));
            let rows = snapshot.count(statement, &kinds).await?;
            let groups = rows.iter().map(|cells| self.group(cells)).collect();
            answers.insert(Parent::All, groups);
        }
        let statement = self
            .statements
            .of_keys(snapshot.backend(), &columns, |column, keys| {
                let belongs = dialect::is_one_of(snapshot.backend(), column.expr(), keys);
                self.statement(Some(column.expr()), Some(belongs))
            });
        let Some(statement) = statement else {
            return Ok(answers);
        };
        let kinds: Vec<_> = std::iter::once(CellKind::Text)
            .chain(self.kinds())
            .collect();
        let mut groups: HashMap<Arc<str>, Vec<Group>> = HashMap::new();
        for cells in snapshot.count(statement, &kinds).await?.iter() {
            if let Some(key) = cells[0].text() {
                let of_key = groups.entry(key.clone()).or_default();
                of_key.push(self.group(&cells[1..]));
            }
        }
        for (column, keys) in columns {
            for key in keys {
                let of_key = groups.remove(&key).unwrap_or_default();
                answers.insert(Parent::Of(column, key), of_key.into());
            }
        }
        Ok(answers)
    }
}
