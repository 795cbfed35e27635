//! Totals over the rows of lists.

use std::collections::HashMap;

use sea_orm::{
    DbErr,
    sea_query::{Asterisk, Expr, Func},
};

use super::{
    Cell, CellKind, Cells, Column, ListQuery, Listed, Parent, Snapshot, dialect, list::by_column,
    statement::ListTemplates,
};

/// Asks for [`Snapshot::totals`].
#[derive(Debug)]
pub struct TotalQuery {
    /// The list.
    pub listed: Listed,
    total: Total,
    statements: ListTemplates,
}

impl TotalQuery {
    /// A total over the rows of a list.
    pub fn new(listed: Listed, total: Total) -> Self {
        Self {
            listed,
            total,
            statements: ListTemplates::default(),
        }
    }

    fn total(&self) -> Expr {
        match self.total {
            Total::Rows => Func::count(Expr::col(Asterisk)).into(),
            Total::Sum(column) => Func::sum(column.expr()).into(),
        }
    }
}

/// A total over the rows of a list.
#[derive(Clone, Copy, Debug)]
pub enum Total {
    /// Their number.
    Rows,
    /// The sum of a column of whole numbers; rows without a value add nothing.
    Sum(Column),
}

/// The count that a row ends in.
fn count(cells: &Cells) -> i64 {
    cells.last().and_then(Cell::int).unwrap_or(0)
}

impl ListQuery for TotalQuery {
    type Answer = i64;

    async fn ask(
        &self,
        snapshot: &Snapshot,
        parents: &[Parent],
    ) -> Result<HashMap<Parent, i64>, DbErr> {
        snapshot.totals(self, parents).await
    }
}

impl Snapshot {
    /// A total of the list of each of the parents; 0 where it has no rows.
    ///
    /// # Errors
    /// What the database refuses.
    pub async fn totals(
        &self,
        query: &TotalQuery,
        parents: &[Parent],
    ) -> Result<HashMap<Parent, i64>, DbErr> {
        let mut totals = HashMap::with_capacity(parents.len());
        let backend = self.backend();
        let (all, columns) = by_column(parents);
        if all {
            let statement = query.statements.all(backend, || {
                query.listed.rows().expr(query.total()).to_owned()
            });
            let rows = self.count(statement, &[CellKind::Count]).await?;
            totals.insert(Parent::All, rows.first().map_or(0, count));
        }
        let statement = query.statements.of_keys(backend, &columns, |column, keys| {
            query
                .listed
                .rows()
                .expr(column.expr())
                .expr(query.total())
                .and_where(dialect::is_one_of(backend, column.expr(), keys))
                .add_group_by([column.expr()])
                .to_owned()
        });
        if let Some(statement) = statement {
            let kinds = [CellKind::Text, CellKind::Count];
            let rows = self.count(statement, &kinds).await?;
            let counts: HashMap<&str, i64> = rows
                .iter()
                .filter_map(|cells| Some((cells[0].text()?.as_ref(), count(cells))))
                .collect();
            for (column, keys) in columns {
                for key in keys {
                    let count = counts.get(key.as_ref()).copied().unwrap_or(0);
                    totals.insert(Parent::Of(column, key), count);
                }
            }
        }
        Ok(totals)
    }
}
