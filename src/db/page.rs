//! Pages of lists, for a whole table or for each of many parents.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use sea_orm::{
    DbBackend,
    sea_query::{Alias, Expr, ExprTrait, SelectStatement},
};

use super::{
    Cell, CellKind, Cells, ColumnRef, DatabaseError, ListQuery, OrderKey, Parent, Record, RowSet,
    Snapshot, Window, dialect,
    keyset::{self, KeysetSide},
    list::partition_parents,
    statement::{ListTemplates, StatementKeys},
};

/// A query for [`Snapshot::pages`].
#[derive(Debug)]
pub struct PageQuery {
    /// The rows of the list.
    pub row_set: RowSet,
    /// The sort keys, the last of which is unique.
    pub order: Vec<OrderKey>,
    /// The part of the list to return.
    pub window: Window,
    /// The columns to select, including those of the sort keys.
    pub columns: Arc<[ColumnRef]>,
    /// If set, only the rows on this side of a position are in the list.
    bound: Option<(Vec<Cell>, KeysetSide)>,
    templates: ListTemplates,
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
    /// Creates the query.
    pub fn new(
        row_set: RowSet,
        order: Vec<OrderKey>,
        window: Window,
        columns: Arc<[ColumnRef]>,
    ) -> Self {
        Self {
            row_set,
            order,
            window,
            columns,
            bound: None,
            templates: ListTemplates::default(),
        }
    }

    /// Returns the query for the page after a position.
    pub(super) fn page_after(&self, position: Vec<Cell>) -> Self {
        let window = Window {
            after: Some(position),
            ..self.window.clone()
        };
        let (row_set, order) = (self.row_set.clone(), self.order.clone());
        Self::new(row_set, order, window, self.columns.clone())
    }

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

    /// Selects the window of the rows that satisfy `condition`, and one more row, which shows whether
    /// more rows follow.
    fn select_window(&self, condition: Option<Expr>) -> SelectStatement {
        let mut select = self.row_set.select();
        if let Some((position, side)) = &self.bound {
            select.cond_where(keyset::keyset_condition(&self.order, position, *side));
        }
        if let Some(condition) = condition {
            select.and_where(condition);
        }
        for (position, side) in [
            (&self.window.after, KeysetSide::After),
            (&self.window.before, KeysetSide::Before),
        ] {
            if let Some(position) = position {
                select.cond_where(keyset::keyset_condition(&self.order, position, side));
            }
        }
        keyset::order_by(&mut select, &self.order, self.window.from_end);
        select.limit(self.window.limit + 1);
        select
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
        let kinds: Vec<CellKind> = query.columns.iter().map(|column| column.kind).collect();
        // A copy for this request: threads that share a reference count slow each other down.
        let selected: Arc<[ColumnRef]> = query.columns.as_ref().into();
        let record = |cells: Cells| Arc::new(Record::new(selected.clone(), cells));
        let (includes_all, columns) = partition_parents(parents);
        if includes_all {
            let statement = query.templates.bind_all(self.backend(), || {
                query.select_columns(query.select_window(None))
            });
            let rows = self.run(statement, &kinds).await?;
            pages.insert(
                Parent::All,
                query.trim_to_window(rows.into_iter().map(record).collect()),
            );
        }
        let statement = query
            .templates
            .bind_keys(self.backend(), &columns, |column, keys| {
                query.keyed_statement(self.backend(), column, keys)
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

    /// Returns a query for the rows outside the window, with a limit of 0 rows: its page has more
    /// rows if there are any. `None` if the window is not bounded on this side.
    fn probe_query(&self) -> Option<&PageQuery> {
        let make = || {
            let page = &self.page;
            let (position, side) = match self.side {
                WindowSide::Before => (page.window.after.as_ref()?, KeysetSide::AtOrBefore),
                WindowSide::After => (page.window.before.as_ref()?, KeysetSide::AtOrAfter),
            };
            let columns = page.order.iter().map(|key| key.column).collect();
            let (row_set, order) = (page.row_set.clone(), page.order.clone());
            Some(PageQuery {
                bound: Some((position.clone(), side)),
                ..PageQuery::new(row_set, order, Window::default(), columns)
            })
        };
        self.probe.get_or_init(make).as_ref()
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
