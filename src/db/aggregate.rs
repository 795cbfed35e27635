//! Counts and sums over the rows of lists.

use std::{collections::HashMap, sync::Arc};

use sea_orm::sea_query::{Asterisk, Expr, Func, Value};

use super::{
    Cell, CellKind, Cells, ColumnRef, DatabaseError, ListQuery, Parent, RowSet, Snapshot, dialect,
    list::partition_parents, statement::ListTemplates,
};

/// A query for [`Snapshot::aggregates`].
#[derive(Debug)]
pub struct AggregateQuery {
    /// The rows of the list.
    pub row_set: RowSet,
    kind: AggregateKind,
    /// The rows with placeholders for `values`.
    shape: RowSet,
    values: Vec<Value>,
    templates: Arc<ListTemplates>,
}

impl AggregateQuery {
    /// Creates the query.
    pub fn new(row_set: RowSet, kind: AggregateKind) -> Self {
        let mut shape = row_set.clone();
        Self {
            row_set,
            kind,
            values: shape.take_values(),
            shape,
            templates: Arc::default(),
        }
    }

    /// Returns the query for other rows. It has the same statements if only values of the filter differ.
    #[must_use]
    pub fn with_rows(&self, row_set: RowSet) -> Self {
        let mut query = Self::new(row_set, self.kind);
        if query.shape == self.shape {
            query.templates = self.templates.clone();
        }
        query
    }

    fn aggregate_expr(&self) -> Expr {
        match self.kind {
            AggregateKind::Count => Func::count(Expr::col(Asterisk)).into(),
            AggregateKind::Sum(column) => Func::sum(column.expr()).into(),
        }
    }
}

/// An aggregate function over the rows of a list.
#[derive(Clone, Copy, Debug)]
pub enum AggregateKind {
    /// The number of rows.
    Count,
    /// The sum of an integer column; nulls add nothing.
    Sum(ColumnRef),
}

/// Returns the aggregate, which is the last cell of a row.
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
    /// Computes the aggregate of the list of each parent; 0 if the list is empty.
    ///
    /// # Errors
    /// If a statement fails.
    pub async fn aggregates(
        &self,
        query: &AggregateQuery,
        parents: &[Parent],
    ) -> Result<HashMap<Parent, i64>, DatabaseError> {
        let mut totals = HashMap::with_capacity(parents.len());
        let backend = self.backend();
        let (includes_all, columns) = partition_parents(parents);
        if includes_all {
            let statement = query.templates.bind_all(backend, &query.values, || {
                query.shape.select().expr(query.aggregate_expr()).to_owned()
            });
            let rows = self.run_cached(statement, &[CellKind::BigInt]).await?;
            totals.insert(Parent::All, rows.first().map_or(0, aggregate_value));
        }
        let statement =
            query
                .templates
                .bind_keys(backend, &columns, &query.values, |column, keys| {
                    query
                        .shape
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
