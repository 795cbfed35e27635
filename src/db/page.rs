//! Pages of lists: of a whole table, or of the rows that belong to each of many parents.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use sea_orm::{
    DbBackend,
    sea_query::{Alias, Condition, Expr, ExprTrait, SelectStatement},
};

use super::{
    Cell, CellKind, Cells, ColumnRef, DatabaseError, ListQuery, OrderKey, Parent, Record, RowSet,
    Snapshot, Window, dialect,
    keyset::{self, KeysetSide},
    list::partition_parents,
    statement::{ListTemplates, StatementKeys},
};

/// A list in an order, cut to a window.
#[derive(Debug)]
pub struct PageQuery {
    /// Which rows are listed.
    pub row_set: RowSet,
    /// The order; its last key is unique.
    pub order: Vec<OrderKey>,
    /// Which part of the list.
    pub window: Window,
    /// The columns that are read; those of the order among them.
    pub columns: Arc<[ColumnRef]>,
    templates: ListTemplates,
}

/// A part of a list.
#[derive(Clone, Debug, Default)]
pub struct RowPage {
    /// The rows, in order.
    pub rows: Vec<Arc<Record>>,
    /// Whether the list goes on beyond the rows, in the direction of reading.
    pub has_more: bool,
}

impl PageQuery {
    /// The rows of a list, in an order, cut to a window.
    pub fn new(
        listed: RowSet,
        order: Vec<OrderKey>,
        window: Window,
        columns: Arc<[ColumnRef]>,
    ) -> Self {
        Self {
            row_set: listed,
            order,
            window,
            columns,
            templates: ListTemplates::default(),
        }
    }

    /// The page after a place.
    pub(super) fn page_after(&self, place: Vec<Cell>) -> Self {
        let window = Window {
            after: Some(place),
            ..self.window.clone()
        };
        let (listed, order) = (self.row_set.clone(), self.order.clone());
        Self::new(listed, order, window, self.columns.clone())
    }

    /// The statement for the lists of keys that a column holds; where there is more than one, the key
    /// is read too, as the last column.
    fn keyed_statement(
        &self,
        backend: DbBackend,
        column: ColumnRef,
        keys: StatementKeys<'_>,
    ) -> SelectStatement {
        if let StatementKeys::One = keys {
            let belongs = dialect::in_keys(backend, column.expr(), keys);
            return self.select_columns(self.select_window(Some(belongs)));
        }
        let belongs = column.expr().eq(Expr::col((
            Alias::new(dialect::KEYS_ALIAS),
            Alias::new(dialect::KEY_COLUMN),
        )));
        dialect::select_per_key(
            backend,
            keys,
            self.row_set.id.table,
            &self.columns,
            self.select_window(Some(belongs)),
        )
    }

    /// Reads the columns of the rows.
    fn select_columns(&self, mut rows: SelectStatement) -> SelectStatement {
        for column in self.columns.iter() {
            rows.expr(column.expr());
        }
        rows
    }

    /// The part of the list that belongs to one parent; one row more than the window tells
    /// whether the list goes on.
    fn select_window(&self, belongs: Option<Expr>) -> SelectStatement {
        let mut select = self.row_set.select();
        if let Some(belongs) = belongs {
            select.and_where(belongs);
        }
        for (place, side) in [
            (&self.window.after, KeysetSide::After),
            (&self.window.before, KeysetSide::Before),
        ] {
            if let Some(place) = place {
                select.cond_where(keyset::keyset_condition(&self.order, place, side));
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

    /// As the database orders the rows: nested pages come back in no order.
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
    /// The page of each of the parents, in one statement for all of them (and one for the whole
    /// table where it is asked for too).
    ///
    /// # Errors
    /// What the database refuses.
    pub async fn pages(
        &self,
        query: &PageQuery,
        parents: &[Parent],
    ) -> Result<HashMap<Parent, RowPage>, DatabaseError> {
        let mut pages = HashMap::with_capacity(parents.len());
        let kinds: Vec<CellKind> = query.columns.iter().map(|column| column.kind).collect();
        // Of this request alone: threads that count references to one thing wait for each other.
        let read: Arc<[ColumnRef]> = query.columns.as_ref().into();
        let record = |cells: Cells| Arc::new(Record::new(read.clone(), cells));
        let (all, columns) = partition_parents(parents);
        if all {
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

    /// Whether the list of each of the parents has rows outside of the page's window, on one side.
    ///
    /// # Errors
    /// What the database refuses.
    pub async fn has_rows_outside(
        &self,
        query: &OutsideWindowQuery,
        parents: &[Parent],
    ) -> Result<HashMap<Parent, bool>, DatabaseError> {
        let Some(one) = query.probe_query() else {
            // Where the window has no bound, nothing lies beyond it.
            return Ok(parents
                .iter()
                .map(|parent| (parent.clone(), false))
                .collect());
        };
        let pages = self.pages(one, parents).await?;
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

/// Asks for [`Snapshot::has_rows_outside`].
#[derive(Debug)]
pub struct OutsideWindowQuery {
    page: Arc<PageQuery>,
    side: WindowSide,
    /// The page of no rows that tells; once it was asked for.
    probe: OnceLock<Option<PageQuery>>,
}

impl OutsideWindowQuery {
    /// Whether rows lie outside of the window of a page, on one side.
    pub fn new(page: Arc<PageQuery>, outside: WindowSide) -> Self {
        Self {
            page,
            side: outside,
            probe: OnceLock::new(),
        }
    }

    /// The rows beyond the window as a list, cut to no rows; `None` where the window has no bound.
    fn probe_query(&self) -> Option<&PageQuery> {
        let make = || {
            let page = &self.page;
            let (place, side) = match self.side {
                WindowSide::Before => (page.window.after.as_ref()?, KeysetSide::AtOrBefore),
                WindowSide::After => (page.window.before.as_ref()?, KeysetSide::AtOrAfter),
            };
            let listed = RowSet {
                id: page.row_set.id,
                filter: Condition::all()
                    .add(page.row_set.filter.clone())
                    .add(keyset::keyset_condition(&page.order, place, side)),
            };
            let columns = page.order.iter().map(|key| key.column).collect();
            let order = page.order.clone();
            Some(PageQuery::new(listed, order, Window::default(), columns))
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
