//! Totals over the rows of lists.

use std::collections::HashMap;

use sea_orm::sea_query::{Asterisk, Expr, Func};

use super::{
    Cell, CellKind, Cells, ColumnRef, DatabaseError, ListQuery, Parent, RowSet, Snapshot, dialect,
    list::partition_parents, statement::ListTemplates,
};

/// Asks for [`Snapshot::aggregates`].
#[derive(Debug)]
pub struct AggregateQuery {
    /// The list.
    pub row_set: RowSet,
    kind: AggregateKind,
    templates: ListTemplates,
}

impl AggregateQuery {
    /// A total over the rows of a list.
    pub fn new(listed: RowSet, total: AggregateKind) -> Self {
        Self {
            row_set: listed,
            kind: total,
            templates: ListTemplates::default(),
        }
    }

    fn aggregate_expr(&self) -> Expr {
        match self.kind {
            AggregateKind::Count => Func::count(Expr::col(Asterisk)).into(),
            AggregateKind::Sum(column) => Func::sum(column.expr()).into(),
        }
    }
}

/// A total over the rows of a list.
#[derive(Clone, Copy, Debug)]
pub enum AggregateKind {
    /// Their number.
    Count,
    /// The sum of a column of whole numbers; rows without a value add nothing.
    Sum(ColumnRef),
}

/// The count that a row ends in.
fn aggregate_value(cells: &Cells) -> i64 {
    cells.last().and_then(Cell::int).unwrap_or(0)
}

impl ListQuery for AggregateQuery {
    type ListResult = i64;

    async fn fetch(
        &self,
        snapshot: &Snapshot,
        parents: &[Parent],
    ) -> Result<HashMap<Parent, i64>, DatabaseError> {
        snapshot.aggregates(self, parents).await
    }
}

impl Snapshot {
    /// A total of the list of each of the parents; 0 where it has no rows.
    ///
    /// # Errors
    /// What the database refuses.
    pub async fn aggregates(
        &self,
        query: &AggregateQuery,
        parents: &[Parent],
    ) -> Result<HashMap<Parent, i64>, DatabaseError> {
        let mut totals = HashMap::with_capacity(parents.len());
        let backend = self.backend();
        let (all, columns) = partition_parents(parents);
        if all {
            let statement = query.templates.bind_all(backend, || {
                query
                    .row_set
                    .select()
                    .expr(query.aggregate_expr())
                    .to_owned()
            });
            let rows = self.run_cached(statement, &[CellKind::BigInt]).await?;
            totals.insert(Parent::All, rows.first().map_or(0, aggregate_value));
        }
        let statement = query
            .templates
            .bind_keys(backend, &columns, |column, keys| {
                query
                    .row_set
                    .select()
                    .expr(column.expr())
                    .expr(query.aggregate_expr())
                    .and_where(dialect::in_keys(backend, column.expr(), keys))
                    .add_group_by([column.expr()])
                    .to_owned()
            });
        if let Some(statement) = statement {
            let kinds = [CellKind::Text, CellKind::BigInt];
            let rows = self.run_cached(statement, &kinds).await?;
            let counts: HashMap<&str, i64> = rows
                .iter()
                .filter_map(|cells| Some((cells[0].text()?.as_ref(), aggregate_value(cells))))
                .collect();
            for (column, keys) in columns {
                for key in keys {
                    let count = counts.get(key.as_ref()).copied().unwrap_or(0);
                    totals.insert(Parent::Key(column, key), count);
                }
            }
        }
        Ok(totals)
    }
}
