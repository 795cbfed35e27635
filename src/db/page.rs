//! Pages of lists, for a whole table or for each of many parents.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use sea_orm::{
    DbBackend,
    sea_query::{Alias, Expr, ExprTrait, SelectStatement, Value},
};

use super::{
    Cell, CellKind, Cells, ColumnRef, DatabaseError, ListQuery, OrderKey, Parent, Record, RowSet,
    Snapshot, Window, dialect,
    keyset::{self, KeysetSide},
    list::partition_parents,
    statement::{ListTemplates, StatementKeys, add_limit, add_value},
};

/// A query for [`Snapshot::pages`].
#[derive(Debug)]
pub struct PageQuery {
    /// The part of the list to return.
    pub window: Window,
    shape: PageShape,
    /// The values of the filter, the limit, and the positions.
    values: Vec<Value>,
    templates: Arc<ListTemplates>,
}

/// What the statements of a page are built from, with placeholders for values.
#[derive(Debug, PartialEq)]
struct PageShape {
    row_set: RowSet,
    order: Vec<OrderKey>,
    columns: Arc<[ColumnRef]>,
    from_end: bool,
    /// The index of the limit in the values, after those of the filter.
    limit: usize,
    /// The list has only the rows on these sides of positions.
    bounds: Vec<(Vec<Value>, KeysetSide)>,
}

/// A page of a list.
#[derive(Clone, Debug, Default)]
pub struct RowPage {
    /// The rows, in order.
    pub rows: Vec<Arc<Record>>,
    /// Whether more rows follow, or precede if the window is read from the end.
    pub has_more: bool,
}

impl PageQuery {
    /// Creates the query. The last sort key is unique; `columns` are selected, and include those of the sort keys.
    pub fn new(
        mut row_set: RowSet,
        order: Vec<OrderKey>,
        window: Window,
        columns: Arc<[ColumnRef]>,
    ) -> Self {
        let values = row_set.take_values();
        Self::build(row_set, values, order, window, columns, None)
    }

    fn build(
        row_set: RowSet,
        mut values: Vec<Value>,
        order: Vec<OrderKey>,
        window: Window,
        columns: Arc<[ColumnRef]>,
        bound: Option<(&[Cell], KeysetSide)>,
    ) -> Self {
        // One more row shows whether more rows follow.
        let limit = add_limit(&mut values, window.limit + 1);
        let after = window.after.as_deref();
        let before = window.before.as_deref();
        let bounds = [
            bound,
            after.map(|position| (position, KeysetSide::After)),
            before.map(|position| (position, KeysetSide::Before)),
        ];
        let bounds = bounds.into_iter().flatten().map(|(position, side)| {
            let position = keyset::sort_values(&order, position);
            let position = position.map(|value| add_value(&mut values, value).into());
            (position.collect(), side)
        });
        let bounds = bounds.collect();
        let shape = PageShape {
            row_set,
            order,
            columns,
            from_end: window.from_end,
            limit,
            bounds,
        };
        Self {
            window,
            shape,
            values,
            templates: Arc::default(),
        }
    }

    /// Uses the statements of another query if the queries differ only in values.
    fn share_statements(mut self, other: &Self) -> Self {
        if self.shape == other.shape {
            self.templates = other.templates.clone();
        }
        self
    }

    /// Returns the query for other rows and another window. It has the same statements if only values differ.
    #[must_use]
    pub fn with_rows(&self, row_set: RowSet, window: Window) -> Self {
        let PageShape { order, columns, .. } = &self.shape;
        Self::new(row_set, order.clone(), window, columns.clone()).share_statements(self)
    }

    /// Returns the query for another window of the same rows, with statements of its own. If `bound` is set, the list has
    /// only the rows on this side of a position.
    fn with_window(
        &self,
        window: Window,
        columns: Arc<[ColumnRef]>,
        bound: Option<(&[Cell], KeysetSide)>,
    ) -> Self {
        let PageShape { row_set, order, .. } = &self.shape;
        let mut values = self.values.clone();
        values.truncate(self.shape.limit);
        Self::build(
            row_set.clone(),
            values,
            order.clone(),
            window,
            columns,
            bound,
        )
    }

    /// Returns the query for the page after a position.
    pub(super) fn page_after(&self, position: Vec<Cell>) -> Self {
        let window = Window {
            after: Some(position),
            ..self.window.clone()
        };
        let query = self.with_window(window, self.shape.columns.clone(), None);
        query.share_statements(self)
    }

    /// The sort keys.
    pub fn order(&self) -> &[OrderKey] {
        &self.shape.order
    }

    fn trim_to_window(&self, mut rows: Vec<Arc<Record>>) -> RowPage {
        let has_more = rows.len() as u64 > self.window.limit;
        if has_more {
            rows.pop();
        }
        if self.window.from_end {
            rows.reverse();
        }
        RowPage { rows, has_more }
    }

    /// Compares rows as the database sorts them. The rows of many parents are returned in no order.
    fn compare_records(&self, a: &Record, b: &Record) -> std::cmp::Ordering {
        let forward = self
            .shape
            .order
            .iter()
            .map(|key| {
                let (a, b) = (a.get(key.column), b.get(key.column));
                match (key.descending, a, b) {
                    (true, Cell::Null, _) | (true, _, Cell::Null) | (false, _, _) => a.compare(b),
                    (true, _, _) => b.compare(a),
                }
            })
            .find(|order| order.is_ne())
            .unwrap_or(std::cmp::Ordering::Equal);
        if self.window.from_end {
            forward.reverse()
        } else {
            forward
        }
    }
}

impl PageShape {
    /// Selects the pages of the lists whose parents have these keys in `column`. Unless there is
    /// exactly one key, the key is selected as the last column.
    fn keyed_statement(
        &self,
        backend: DbBackend,
        column: ColumnRef,
        keys: StatementKeys<'_>,
    ) -> SelectStatement {
        if let StatementKeys::One = keys {
            let condition = dialect::in_keys(backend, column.expr(), keys);
            return self.select_columns(self.select_window(Some(condition)));
        }
        let condition = column.expr().eq(Expr::col((
            Alias::new(dialect::KEYS_ALIAS),
            Alias::new(dialect::KEY_COLUMN),
        )));
        dialect::select_per_key(
            backend,
            keys,
            self.row_set.id.table,
            &self.columns,
            self.select_window(Some(condition)),
        )
    }

    fn select_columns(&self, mut rows: SelectStatement) -> SelectStatement {
        for column in self.columns.iter() {
            rows.expr(column.expr());
        }
        rows
    }

    /// Selects the window of the rows that satisfy `condition`.
    fn select_window(&self, condition: Option<Expr>) -> SelectStatement {
        let mut select = self.row_set.select();
        if let Some(condition) = condition {
            select.and_where(condition);
        }
        for (position, side) in &self.bounds {
            select.cond_where(keyset::keyset_condition(&self.order, position, *side));
        }
        keyset::order_by(&mut select, &self.order, self.from_end);
        select.limit(self.limit as u64);
        select
    }
}

impl Snapshot {
    /// Returns the page of each parent, in one statement for all parents with a key and one for
    /// [`Parent::All`].
    ///
    /// # Errors
    /// If a statement fails.
    pub async fn pages(
        &self,
        query: &PageQuery,
        parents: &[Parent],
    ) -> Result<HashMap<Parent, RowPage>, DatabaseError> {
        let mut pages = HashMap::with_capacity(parents.len());
        let shape = &query.shape;
        let kinds: Vec<CellKind> = shape.columns.iter().map(|column| column.kind).collect();
        // A copy for this request: threads that share a reference count slow each other down.
        let selected: Arc<[ColumnRef]> = shape.columns.as_ref().into();
        let record = |cells: Cells| Arc::new(Record::new(selected.clone(), cells));
        let (includes_all, columns) = partition_parents(parents);
        if includes_all {
            let statement = query.templates.bind_all(self.backend(), &query.values, || {
                shape.select_columns(shape.select_window(None))
            });
            let rows = self.run(statement, &kinds).await?;
            pages.insert(
                Parent::All,
                query.trim_to_window(rows.into_iter().map(record).collect()),
            );
        }
        let statement =
            query
                .templates
                .bind_keys(self.backend(), &columns, &query.values, |column, keys| {
                    shape.keyed_statement(self.backend(), column, keys)
                });
        let Some(statement) = statement else {
            return Ok(pages);
        };
        if let [(column, keys)] = columns.as_slice()
            && let [key] = keys.as_slice()
        {
            let rows = self.run(statement, &kinds).await?;
            let page = query.trim_to_window(rows.into_iter().map(record).collect());
            pages.insert(Parent::Key(*column, key.clone()), page);
            return Ok(pages);
        }
        let kinds: Vec<_> = kinds.into_iter().chain([CellKind::Text]).collect();
        let mut rows: HashMap<Arc<str>, Vec<Arc<Record>>> = HashMap::new();
        for mut cells in self.run(statement, &kinds).await? {
            let Some(Cell::Text(key)) = cells.pop() else {
                continue;
            };
            rows.entry(key).or_default().push(record(cells));
        }
        for (column, keys) in columns {
            for key in keys {
                let mut rows = rows.remove(&key).unwrap_or_default();
                rows.sort_by(|a, b| query.compare_records(a, b));
                pages.insert(Parent::Key(column, key), query.trim_to_window(rows));
            }
        }
        Ok(pages)
    }

    /// Returns whether the list of each parent has rows outside the window, on one side.
    ///
    /// # Errors
    /// If a statement fails.
    pub async fn has_rows_outside(
        &self,
        query: &OutsideWindowQuery,
        parents: &[Parent],
    ) -> Result<HashMap<Parent, bool>, DatabaseError> {
        let Some(probe) = query.probe_query() else {
            // The window is not bounded on this side, so no row is outside it.
            return Ok(parents
                .iter()
                .map(|parent| (parent.clone(), false))
                .collect());
        };
        let pages = self.pages(probe, parents).await?;
        Ok(pages
            .into_iter()
            .map(|(parent, page)| (parent, page.has_more))
            .collect())
    }
}

impl ListQuery for PageQuery {
    type ListResult = Arc<RowPage>;

    async fn fetch(
        &self,
        snapshot: &Snapshot,
        parents: &[Parent],
    ) -> Result<HashMap<Parent, Arc<RowPage>>, DatabaseError> {
        let pages = snapshot.pages(self, parents).await?;
        Ok(pages
            .into_iter()
            .map(|(parent, page)| (parent, Arc::new(page)))
            .collect())
    }
}

/// A query for [`Snapshot::has_rows_outside`].
#[derive(Debug)]
pub struct OutsideWindowQuery {
    page: Arc<PageQuery>,
    side: WindowSide,
    /// See [`Self::probe_query`]; created on the first call.
    probe: OnceLock<Option<PageQuery>>,
}

impl OutsideWindowQuery {
    /// Creates the query.
    pub fn new(page: Arc<PageQuery>, side: WindowSide) -> Self {
        Self {
            page,
            side,
            probe: OnceLock::new(),
        }
    }

    /// Returns the query for another page. It has the same statement if only values differ.
    #[must_use]
    pub fn with_page(&self, page: Arc<PageQuery>) -> Self {
        let query = Self::new(page, self.side);
        if let (Some(previous), Some(probe)) = (self.probe_query(), query.new_probe()) {
            let _ = query.probe.set(Some(probe.share_statements(previous)));
        }
        query
    }

    /// Returns a query for the rows outside the window, with a limit of 0 rows: its page has more
    /// rows if there are any. `None` if the window is not bounded on this side.
    fn probe_query(&self) -> Option<&PageQuery> {
        self.probe.get_or_init(|| self.new_probe()).as_ref()
    }

    fn new_probe(&self) -> Option<PageQuery> {
        let window = &self.page.window;
        let (position, side) = match self.side {
            WindowSide::Before => (window.after.as_deref()?, KeysetSide::AtOrBefore),
            WindowSide::After => (window.before.as_deref()?, KeysetSide::AtOrAfter),
        };
        let columns = self.page.order().iter().map(|key| key.column).collect();
        let bound = Some((position, side));
        Some(self.page.with_window(Window::default(), columns, bound))
    }
}

/// A side of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowSide {
    /// Before its first row.
    Before,
    /// After its last row.
    After,
}

impl ListQuery for OutsideWindowQuery {
    type ListResult = bool;

    async fn fetch(
        &self,
        snapshot: &Snapshot,
        parents: &[Parent],
    ) -> Result<HashMap<Parent, bool>, DatabaseError> {
        snapshot.has_rows_outside(self, parents).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        db::{Comparison, Filter, statement::BoundStatement},
        entity::community::Column,
    };

    fn bind(query: &PageQuery) -> BoundStatement {
        let build = || query.shape.select_columns(query.shape.select_window(None));
        let backend = DbBackend::Sqlite;
        query.templates.bind_all(backend, &query.values, build)
    }

    #[test]
    fn queries_that_differ_only_in_values_have_the_same_statement() {
        let [id, name, sort_name] =
            [Column::Id, Column::Name, Column::SortName].map(ColumnRef::new);
        let rows = |countries: &[&str], text: &str| {
            let countries = countries.iter().map(|code| Cell::from(*code)).collect();
            let country = ColumnRef::new(Column::CountryId);
            let contains = Comparison::Contains(text.to_owned());
            RowSet {
                id,
                filter: Filter::compare(country, Comparison::In(countries))
                    .and(Filter::compare_name(name, sort_name, contains)),
            }
        };
        let window = |limit, after: &str| Window {
            limit,
            after: Some(vec![after.into()]),
            ..Window::default()
        };
        let order = [OrderKey {
            column: id,
            descending: false,
        }];
        let new = |rows, window| PageQuery::new(rows, order.to_vec(), window, [id].into());
        let first = new(rows(&["JP", "KR"], "san"), window(50, "jp-nagoya"));
        let sql = bind(&first).sql;

        let other_values = || (rows(&["CN", "\u{0}0\u{0}"], "100%"), window(9, "us-ca"));
        let (rows_of_other, window_of_other) = other_values();
        let other = bind(&first.with_rows(rows_of_other, window_of_other));
        assert!(Arc::ptr_eq(&other.sql, &sql));
        let (rows_of_other, window_of_other) = other_values();
        let built = bind(&new(rows_of_other, window_of_other));
        assert_eq!((&built.sql, &built.values), (&other.sql, &other.values));
        let expected: [Value; 5] = [
            "CN".into(),
            "\u{0}0\u{0}".into(),
            r"%100\%%".into(),
            "us-ca".into(),
            10_u64.into(),
        ];
        assert_eq!(other.values, expected);

        for other in [
            first.with_rows(rows(&["CN"], "san"), window(50, "jp-nagoya")),
            first.with_rows(rows(&["JP", "KR"], "san"), Window::default()),
        ] {
            let other = bind(&other);
            assert_ne!(other.sql, sql);
            assert_eq!(other.sql.matches('?').count(), other.values.len());
        }
    }
}
