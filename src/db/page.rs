//! Pages of lists: of a whole table, or of the rows that belong to each of many parents.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{Hash, Hasher},
    sync::Arc,
};

use async_graphql::dataloader::Loader;
use sea_orm::{
    DbErr,
    sea_query::{
        Alias, Asterisk, Condition, Expr, ExprTrait, Func, Query, SelectStatement, UnionType,
    },
};

use super::{
    Cell, CellKind, Cells, Column, OrderKey, Record, Snapshot, Window, dialect,
    seek::{self, Side},
};

/// The rows of a table that a list is made of.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The id column of the table.
    pub id: Column,
    /// Which rows are listed.
    pub filter: Condition,
}

impl Listed {
    pub(super) fn rows(&self) -> SelectStatement {
        Query::select()
            .from(Alias::new(self.id.table))
            .cond_where(self.filter.clone())
            .to_owned()
    }
}

/// Whose rows a list holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parent {
    /// All rows of the table.
    All,
    /// The rows whose column holds a key.
    Of(Column, Arc<str>),
}

impl Hash for Parent {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // The parents of a level mostly share the column.
        match self {
            Self::All => "".hash(state),
            Self::Of(_, key) => key.hash(state),
        }
    }
}

/// A list in an order, cut to a window.
#[derive(Clone, Debug)]
pub struct PageQuery {
    /// Which rows are listed.
    pub listed: Listed,
    /// The order; its last key is unique.
    pub order: Vec<OrderKey>,
    /// Which part of the list.
    pub window: Window,
    /// The columns that are read; those of the order among them.
    pub columns: Arc<[Column]>,
}

/// A part of a list.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The rows, in order.
    pub rows: Vec<Arc<Record>>,
    /// Whether the list goes on beyond the rows, in the direction of reading.
    pub has_more: bool,
}

impl PageQuery {
    /// The part of the list that belongs to one parent; one row more than the window tells
    /// whether the list goes on.
    fn rows_of(&self, belongs: Option<Expr>) -> SelectStatement {
        let mut select = self.listed.rows();
        if let Some(belongs) = belongs {
            select.and_where(belongs);
        }
        for (place, side) in [
            (&self.window.after, Side::After),
            (&self.window.before, Side::Before),
        ] {
            if let Some(place) = place {
                select.cond_where(seek::lies(&self.order, place, side));
            }
        }
        seek::order_by(&mut select, &self.order, self.window.from_end);
        select.limit(self.window.limit + 1);
        select
    }

    fn cut(&self, mut rows: Vec<Arc<Record>>) -> Page {
        let has_more = rows.len() as u64 > self.window.limit;
        if has_more {
            rows.pop();
        }
        if self.window.from_end {
            rows.reverse();
        }
        Page { rows, has_more }
    }

    /// As the database orders the rows: nested pages come back in no order.
    fn compare(&self, a: &Record, b: &Record) -> std::cmp::Ordering {
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

/// Whether the whole table is among the parents, and the others by the column that points at them.
pub(super) fn by_column(parents: &[Parent]) -> (bool, BTreeMap<Column, Vec<Arc<str>>>) {
    let mut all = false;
    let mut columns: BTreeMap<Column, Vec<Arc<str>>> = BTreeMap::new();
    for parent in parents {
        match parent {
            Parent::All => all = true,
            Parent::Of(column, key) => columns.entry(*column).or_default().push(key.clone()),
        }
    }
    (all, columns)
}

/// Several statements of the same columns as one.
fn union(statements: Vec<SelectStatement>) -> Option<SelectStatement> {
    let mut statements = statements.into_iter();
    let mut first = statements.next()?;
    for next in statements {
        first.union(UnionType::All, next);
    }
    Some(first)
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
    ) -> Result<HashMap<Parent, Page>, DbErr> {
        let mut pages = HashMap::with_capacity(parents.len());
        let kinds: Vec<CellKind> = query.columns.iter().map(|column| column.kind).collect();
        let record = |cells: Cells| Arc::new(Record::new(query.columns.clone(), cells));
        let (all, columns) = by_column(parents);
        if all {
            let mut select = query.rows_of(None);
            for column in query.columns.iter() {
                select.expr(column.expr());
            }
            let rows = self.select(&select, &kinds).await?;
            pages.insert(
                Parent::All,
                query.cut(rows.into_iter().map(record).collect()),
            );
        }
        let links: HashMap<Arc<str>, Column> = columns
            .iter()
            .flat_map(|(column, keys)| keys.iter().map(|key| (key.clone(), *column)))
            .collect();
        let statements = columns
            .iter()
            .map(|(column, keys)| {
                let belongs = column.expr().eq(Expr::col((
                    Alias::new(dialect::KEYS),
                    Alias::new(dialect::KEY_VALUE),
                )));
                dialect::rows_per_key(
                    self.backend(),
                    keys,
                    query.listed.id.table,
                    query.listed.id,
                    &query.columns,
                    query.rows_of(Some(belongs)),
                )
            })
            .collect();
        if let Some(select) = union(statements) {
            let kinds: Vec<_> = kinds.into_iter().chain([CellKind::Text]).collect();
            let mut rows: HashMap<Arc<str>, Vec<Arc<Record>>> = HashMap::new();
            for mut cells in self.select(&select, &kinds).await? {
                let Some(Cell::Text(key)) = cells.pop() else {
                    continue;
                };
                rows.entry(key).or_default().push(record(cells));
            }
            for (key, column) in links {
                let mut rows = rows.remove(&key).unwrap_or_default();
                rows.sort_by(|a, b| query.compare(a, b));
                pages.insert(Parent::Of(column, key), query.cut(rows));
            }
        }
        Ok(pages)
    }

    /// A total of the list of each of the parents; 0 where it has no rows.
    ///
    /// # Errors
    /// What the database refuses.
    pub async fn totals(
        &self,
        TotalQuery { listed, total }: &TotalQuery,
        parents: &[Parent],
    ) -> Result<HashMap<Parent, i64>, DbErr> {
        let mut totals = HashMap::with_capacity(parents.len());
        let count = || match total {
            Total::Rows => Func::count(Expr::col(Asterisk)),
            Total::Sum(column) => Func::sum(column.expr()),
        };
        let (all, columns) = by_column(parents);
        if all {
            let mut select = listed.rows();
            select.expr(count());
            let rows = self.select_counts(&select, false).await?;
            totals.insert(Parent::All, rows.first().map_or(0, |(_, count)| *count));
        }
        let statements = columns
            .iter()
            .map(|(column, keys)| {
                let mut select = listed.rows();
                select
                    .expr(column.expr())
                    .expr(count())
                    .and_where(dialect::is_one_of(self.backend(), column.expr(), keys))
                    .add_group_by([column.expr()]);
                select
            })
            .collect();
        if let Some(select) = union(statements) {
            let mut counts: HashMap<_, _> = self
                .select_counts(&select, true)
                .await?
                .into_iter()
                .collect();
            for (column, keys) in columns {
                for key in keys {
                    let count = counts.remove(&Some(key.clone())).unwrap_or(0);
                    totals.insert(Parent::Of(column, key), count);
                }
            }
        }
        Ok(totals)
    }

    async fn select_counts(
        &self,
        select: &SelectStatement,
        keyed: bool,
    ) -> Result<Vec<(Option<Arc<str>>, i64)>, DbErr> {
        let kinds: &[CellKind] = if keyed {
            &[CellKind::Text, CellKind::Count]
        } else {
            &[CellKind::Count]
        };
        Ok(self
            .count(select, kinds)
            .await?
            .iter()
            .map(|cells| {
                let count = cells.last().and_then(Cell::int).unwrap_or(0);
                (cells[0].text().cloned(), count)
            })
            .collect())
    }

    /// Whether the list of each of the parents has rows outside of the page's window, on one side.
    ///
    /// # Errors
    /// What the database refuses.
    pub async fn rows_outside(
        &self,
        OutsideQuery { page, outside }: &OutsideQuery,
        parents: &[Parent],
    ) -> Result<HashMap<Parent, bool>, DbErr> {
        let (place, side) = match outside {
            Outside::Before => (&page.window.after, Side::AtOrBefore),
            Outside::After => (&page.window.before, Side::AtOrAfter),
        };
        let Some(place) = place else {
            // Where the window has no bound, nothing lies beyond it.
            return Ok(parents
                .iter()
                .map(|parent| (parent.clone(), false))
                .collect());
        };
        let mut listed = page.listed.clone();
        listed.filter =
            Condition::all()
                .add(listed.filter)
                .add(seek::lies(&page.order, place, side));
        let one = PageQuery {
            listed,
            order: page.order.clone(),
            window: Window::default(),
            columns: page.order.iter().map(|key| key.column).collect(),
        };
        let pages = self.pages(&one, parents).await?;
        Ok(pages
            .into_iter()
            .map(|(parent, page)| (parent, page.has_more))
            .collect())
    }
}

/// What is asked of a list: the data loader batches the parents of one query.
#[derive(Debug)]
pub struct ListKey<Q> {
    /// The query; two keys are of one query when they share it.
    pub query: Arc<Q>,
    /// Whose list.
    pub parent: Parent,
}

impl<Q> Clone for ListKey<Q> {
    fn clone(&self) -> Self {
        Self {
            query: self.query.clone(),
            parent: self.parent.clone(),
        }
    }
}

impl<Q> PartialEq for ListKey<Q> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.query, &other.query) && self.parent == other.parent
    }
}

impl<Q> Eq for ListKey<Q> {}

impl<Q> Hash for ListKey<Q> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parent.hash(state);
    }
}

/// A question about lists that one statement answers for many parents.
pub trait ListQuery: Send + Sync + 'static {
    /// The answer for one parent.
    type Answer: Clone + Send + Sync + 'static;

    /// The answers for all of the parents.
    ///
    /// # Errors
    /// What the database refuses.
    fn ask(
        &self,
        snapshot: &Snapshot,
        parents: &[Parent],
    ) -> impl Future<Output = Result<HashMap<Parent, Self::Answer>, DbErr>> + Send;
}

impl ListQuery for PageQuery {
    type Answer = Arc<Page>;

    async fn ask(
        &self,
        snapshot: &Snapshot,
        parents: &[Parent],
    ) -> Result<HashMap<Parent, Arc<Page>>, DbErr> {
        let pages = snapshot.pages(self, parents).await?;
        Ok(pages
            .into_iter()
            .map(|(parent, page)| (parent, Arc::new(page)))
            .collect())
    }
}

/// Asks for [`Snapshot::totals`].
#[derive(Clone, Debug)]
pub struct TotalQuery {
    /// The list.
    pub listed: Listed,
    /// What is totalled.
    pub total: Total,
}

/// A total over the rows of a list.
#[derive(Clone, Copy, Debug)]
pub enum Total {
    /// Their number.
    Rows,
    /// The sum of a column of whole numbers; rows without a value add nothing.
    Sum(Column),
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

/// Asks for [`Snapshot::rows_outside`].
#[derive(Clone, Debug)]
pub struct OutsideQuery {
    /// The page whose window it is.
    pub page: Arc<PageQuery>,
    /// On which side.
    pub outside: Outside,
}

/// A side of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outside {
    /// Before its first row.
    Before,
    /// After its last row.
    After,
}

impl ListQuery for OutsideQuery {
    type Answer = bool;

    async fn ask(
        &self,
        snapshot: &Snapshot,
        parents: &[Parent],
    ) -> Result<HashMap<Parent, bool>, DbErr> {
        snapshot.rows_outside(self, parents).await
    }
}

impl<Q: ListQuery> Loader<ListKey<Q>> for Snapshot {
    type Value = Q::Answer;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[ListKey<Q>],
    ) -> Result<HashMap<ListKey<Q>, Q::Answer>, Arc<DbErr>> {
        let mut by_query: Vec<(Arc<Q>, Vec<Parent>)> = Vec::new();
        for ListKey { query, parent } in keys {
            match by_query
                .iter_mut()
                .find(|(known, _)| Arc::ptr_eq(known, query))
            {
                Some((_, parents)) => parents.push(parent.clone()),
                None => by_query.push((query.clone(), vec![parent.clone()])),
            }
        }
        let mut loaded = HashMap::with_capacity(keys.len());
        for (query, parents) in by_query {
            for (parent, answer) in query.ask(self, &parents).await? {
                let query = query.clone();
                loaded.insert(ListKey { query, parent }, answer);
            }
        }
        Ok(loaded)
    }
}
