//! Lookups of rows by key: the row that a reference points to, and the rows that refer to a row.

use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
    sync::Arc,
};

use async_graphql::dataloader::Loader;
use sea_orm::{
    DbBackend,
    sea_query::{Alias, Expr, ExprTrait, JoinType, Order, Query, SelectStatement, Value},
};
use smallvec::SmallVec;

use super::{
    Cell, ColumnRef, Comparison, DatabaseError, Filter, Record, Snapshot, dialect,
    statement::{KeyedTemplate, StatementKeys},
};
use crate::entity::{partnership_source, source};

/// The rows of one key.
pub type Records = SmallVec<[Arc<Record>; 1]>;

/// How to look up rows of a table by key.
#[derive(Clone, Debug, PartialEq)]
pub struct Lookup {
    /// The id column of the table.
    pub id: ColumnRef,
    /// The column that holds the key, of the table or of the junction table.
    pub key_column: ColumnRef,
    /// The junction table between keys and rows, if any.
    pub junction: Option<Junction>,
    /// A filter on the rows.
    pub filter: Filter,
    /// The columns that the rows of one key are sorted by. If empty, the key is unique.
    pub order: Vec<ColumnRef>,
}

/// A junction table between keys and rows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Junction {
    /// The column of the junction table that holds the id of the row.
    pub row_id: ColumnRef,
    /// Columns of the junction table, and the value that each must have.
    pub constraints: Vec<(ColumnRef, Constant)>,
}

/// A value that a column must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Constant {
    /// Text.
    Text(&'static str),
    /// A boolean.
    Bool(bool),
}

impl From<Constant> for Cell {
    fn from(constant: Constant) -> Self {
        match constant {
            Constant::Text(text) => text.into(),
            Constant::Bool(flag) => flag.into(),
        }
    }
}

impl From<Constant> for Value {
    fn from(constant: Constant) -> Self {
        Self::from(&Cell::from(constant))
    }
}

impl Lookup {
    /// Looks up the row with an id.
    pub fn by_id(id: ColumnRef) -> Self {
        Self {
            id,
            key_column: id,
            junction: None,
            filter: Filter::default(),
            order: Vec::new(),
        }
    }

    /// Looks up the rows whose column `key_column` holds a key, sorted by `order`.
    pub fn by_foreign_key(id: ColumnRef, key_column: ColumnRef, order: &[ColumnRef]) -> Self {
        Self {
            key_column,
            order: order.to_vec(),
            ..Self::by_id(id)
        }
    }

    /// Looks up the sources of a partnership in a role: `RECORD` for the sources that record the
    /// partnership, `STATUS` for those of its status.
    pub fn partnership_sources(role: &'static str) -> Self {
        let id = ColumnRef::new(source::Column::Id);
        let key = ColumnRef::new(partnership_source::Column::PartnershipId);
        Self {
            junction: Some(Junction {
                row_id: ColumnRef::new(partnership_source::Column::SourceId),
                constraints: vec![(
                    ColumnRef::new(partnership_source::Column::Role),
                    Constant::Text(role),
                )],
            }),
            ..Self::by_foreign_key(id, key, &[id])
        }
    }

    /// Restricts the lookup to rows that have these values.
    #[must_use]
    pub fn with_constraints(self, constraints: &[(ColumnRef, Constant)]) -> Self {
        let constraints = constraints.iter().map(|(column, value)| {
            let value = Comparison::Eq(Cell::from(*value));
            Filter::compare(*column, value)
        });
        constraints.fold(self, Self::with_filter)
    }

    /// Restricts the lookup to rows that match a filter.
    #[must_use]
    pub fn with_filter(mut self, filter: Filter) -> Self {
        self.filter = self.filter.and(filter);
        self
    }
}

/// A [`Lookup`] with the columns to select. Cheap to clone, compare, and hash.
#[derive(Clone, Debug)]
pub struct LookupQuery(Arc<LookupQueryInner>);

#[derive(Debug)]
struct LookupQueryInner {
    lookup: Lookup,
    columns: Arc<[ColumnRef]>,
    /// The index of the key in `columns`, or their number if the key is selected after them.
    key_index: usize,
    /// Whether the rows are cached like aggregates are.
    use_cache: bool,
    templates: KeyedTemplate,
}

impl LookupQuery {
    /// Creates a query that selects these columns.
    pub fn new(lookup: Lookup, columns: Vec<ColumnRef>) -> Self {
        Self::with_cache(lookup, columns, false)
    }

    /// Creates a query whose rows are cached like aggregates are; this is for rows that are selected
    /// together with them.
    pub fn cached(lookup: Lookup, columns: Vec<ColumnRef>) -> Self {
        Self::with_cache(lookup, columns, true)
    }

    fn with_cache(lookup: Lookup, mut columns: Vec<ColumnRef>, use_cache: bool) -> Self {
        columns.sort_unstable();
        columns.dedup();
        let key = columns
            .iter()
            .position(|column| *column == lookup.key_column);
        Self(Arc::new(LookupQueryInner {
            key_index: key.unwrap_or(columns.len()),
            lookup,
            columns: columns.into(),
            use_cache,
            templates: KeyedTemplate::default(),
        }))
    }

    /// Returns the selected columns.
    pub fn columns(&self) -> &Arc<[ColumnRef]> {
        &self.0.columns
    }
}

impl PartialEq for LookupQuery {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
            || (self.0.lookup == other.0.lookup && self.0.columns == other.0.columns)
    }
}

impl Eq for LookupQuery {}

impl Hash for LookupQuery {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Different lookups with the same key column and number of columns are rare. Hashing more
        // would cost more than the comparisons it saves.
        self.0.lookup.key_column.name.hash(state);
        self.0.columns.len().hash(state);
    }
}

/// Keys to look up in one statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookupBatch {
    /// The lookup.
    pub query: LookupQuery,
    /// The distinct keys.
    pub keys: Arc<[Arc<str>]>,
}

impl Hash for LookupBatch {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // A map of batches has few entries, and hashing every key would take long.
        self.query.hash(state);
        self.keys.len().hash(state);
    }
}

impl Snapshot {
    /// Returns the rows of each key, which may be none, in one statement.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn look_up(
        &self,
        query: &LookupQuery,
        keys: &[Arc<str>],
    ) -> Result<HashMap<Arc<str>, Records>, DatabaseError> {
        let mut rows_by_key: HashMap<_, _> = keys
            .iter()
            .map(|key| (key.clone(), Records::new()))
            .collect();
        for (key, row) in self.rows_by_key(query, keys).await? {
            rows_by_key.entry(key).or_default().push(row);
        }
        Ok(rows_by_key)
    }

    /// Returns the rows of the keys, each with its key, in one statement.
    ///
    /// # Errors
    /// If the statement fails.
    pub async fn rows_by_key(
        &self,
        query: &LookupQuery,
        keys: &[Arc<str>],
    ) -> Result<Vec<(Arc<str>, Arc<Record>)>, DatabaseError> {
        let LookupQueryInner {
            lookup,
            columns,
            key_index,
            use_cache,
            templates,
        } = &*query.0;
        let mut kinds: Vec<_> = columns.iter().map(|column| column.kind).collect();
        if *key_index == columns.len() {
            kinds.push(lookup.key_column.kind);
        }
        let statement = templates.bind(self.backend(), keys, &[], |keys| {
            lookup.statement(self.backend(), columns, *key_index, keys)
        });
        let rows = match *use_cache {
            true => self.run_cached(statement, &kinds).await?.to_vec(),
            false => self.run(statement, &kinds).await?,
        };
        // A copy for this request: threads that share a reference count slow each other down.
        let columns: Arc<[ColumnRef]> = columns.as_ref().into();
        let rows = rows.into_iter().filter_map(|mut cells| {
            let key = cells[*key_index].text()?.clone();
            cells.truncate(columns.len());
            Some((key, Arc::new(Record::new(columns.clone(), cells))))
        });
        Ok(rows.collect())
    }
}

impl Lookup {
    /// Selects the columns, followed by the key if `key_index` is their number.
    fn statement(
        &self,
        backend: DbBackend,
        columns: &[ColumnRef],
        key_index: usize,
        keys: StatementKeys<'_>,
    ) -> SelectStatement {
        let Self {
            id,
            key_column,
            junction,
            filter,
            order,
        } = self;
        let mut select = Query::select();
        let key = (key_index == columns.len()).then_some(key_column);
        for column in columns.iter().chain(key) {
            select.expr(column.expr());
        }
        match junction {
            Some(junction) => {
                select.from(Alias::new(key_column.table)).join(
                    JoinType::InnerJoin,
                    Alias::new(id.table),
                    id.expr().eq(junction.row_id.expr()),
                );
                for (column, value) in &junction.constraints {
                    select.and_where(column.expr().eq(Expr::val(Value::from(*value))));
                }
                select.and_where(dialect::in_keys(backend, key_column.expr(), keys));
            }
            // At most one row per key, so they need no order.
            None if order.is_empty() => {
                dialect::select_by_unique_keys(backend, &mut select, *key_column, keys)
            }
            None => {
                select
                    .from(Alias::new(id.table))
                    .and_where(dialect::in_keys(backend, key_column.expr(), keys));
            }
        }
        select.cond_where(filter.condition());
        // The key is the first sort column, as in the indexes. Without it, SQLite reads all rows of a
        // type in the order of the other columns, not only those of the keys.
        let key = (!order.is_empty()).then_some(key_column);
        for column in key.into_iter().chain(order) {
            select.order_by_expr(column.expr(), Order::Asc);
        }
        select
    }
}

impl Loader<LookupBatch> for Snapshot {
    /// The rows, each with its key.
    type Value = Vec<(Arc<str>, Arc<Record>)>;
    type Error = Arc<DatabaseError>;

    async fn load(
        &self,
        batches: &[LookupBatch],
    ) -> Result<HashMap<LookupBatch, Self::Value>, Arc<DatabaseError>> {
        let mut loaded = HashMap::with_capacity(batches.len());
        for batch in batches {
            let rows = self.rows_by_key(&batch.query, &batch.keys).await?;
            loaded.insert(batch.clone(), rows);
        }
        Ok(loaded)
    }
}
