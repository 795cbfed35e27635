//! Rows by a key: what a reference points at, and what points at a row.

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
    ColumnRef, DatabaseError, Record, Snapshot, dialect,
    statement::{KeyedTemplate, StatementKeys},
};

/// The rows of one key.
pub type Records = SmallVec<[Arc<Record>; 1]>;

/// How rows of a table are found by a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Lookup {
    /// The id column of the rows' table.
    pub id: ColumnRef,
    /// The column that holds the key: of the rows' table, or of the junction.
    pub key_column: ColumnRef,
    /// The junction through which the rows belong to the key, if any.
    pub junction: Option<Junction>,
    /// Columns of the rows' table that must hold a value.
    pub constraints: Vec<(ColumnRef, Constant)>,
    /// Order of the rows of one key.
    pub order: Vec<ColumnRef>,
}

/// A junction table between keys and rows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Junction {
    /// The column of the junction that holds the id of the row.
    pub row_id: ColumnRef,
    /// Columns of the junction that must hold a value.
    pub constraints: Vec<(ColumnRef, Constant)>,
}

/// A value that a column must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Constant {
    /// A text.
    Text(&'static str),
    /// True or false.
    Bool(bool),
}

impl From<Constant> for Value {
    fn from(constant: Constant) -> Self {
        match constant {
            Constant::Text(text) => text.into(),
            Constant::Bool(flag) => flag.into(),
        }
    }
}

impl Lookup {
    /// The row with an id.
    pub fn by_id(id: ColumnRef) -> Self {
        Self {
            id,
            key_column: id,
            junction: None,
            constraints: Vec::new(),
            order: Vec::new(),
        }
    }

    /// The rows whose column `by` holds a key, in the order of `order`.
    pub fn by_foreign_key(id: ColumnRef, by: ColumnRef, order: &[ColumnRef]) -> Self {
        Self {
            key_column: by,
            order: order.to_vec(),
            ..Self::by_id(id)
        }
    }

    /// The same, only those that hold these values.
    #[must_use]
    pub fn with_constraints(mut self, only: &[(ColumnRef, Constant)]) -> Self {
        self.constraints.extend_from_slice(only);
        self
    }
}

/// A [`Lookup`] of certain columns, cheap to clone, compare and hash.
#[derive(Clone, Debug)]
pub struct LookupQuery(Arc<LookupQueryInner>);

#[derive(Debug)]
struct LookupQueryInner {
    lookup: Lookup,
    columns: Arc<[ColumnRef]>,
    /// Where the key is among them; behind them where it is not.
    key_index: usize,
    templates: KeyedTemplate,
}

impl LookupQuery {
    /// The lookup, reading these columns of the rows.
    pub fn new(lookup: Lookup, mut columns: Vec<ColumnRef>) -> Self {
        columns.sort_unstable();
        columns.dedup();
        let key = columns
            .iter()
            .position(|column| *column == lookup.key_column);
        Self(Arc::new(LookupQueryInner {
            key_index: key.unwrap_or(columns.len()),
            lookup,
            columns: columns.into(),
            templates: KeyedTemplate::default(),
        }))
    }

    /// The columns that are read.
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
        // Two lookups of the same columns by the same column are rare: hashing more would cost
        // more than the comparison that it saves.
        self.0.lookup.key_column.name.hash(state);
        self.0.columns.len().hash(state);
    }
}

/// The key that the data loader batches by: one lookup, one key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LookupKey {
    /// What is looked up.
    pub query: LookupQuery,
    /// The key.
    pub key: Arc<str>,
}

impl Snapshot {
    /// The rows of each of the keys in one statement; a key without rows has an empty list.
    ///
    /// # Errors
    /// What the database refuses.
    pub async fn look_up(
        &self,
        selected: &LookupQuery,
        keys: &[Arc<str>],
    ) -> Result<HashMap<Arc<str>, Records>, DatabaseError> {
        let mut found: HashMap<_, _> = keys
            .iter()
            .map(|key| (key.clone(), Records::new()))
            .collect();
        for (key, row) in self.rows_by_key(selected, keys, false).await? {
            found.entry(key).or_default().push(row);
        }
        Ok(found)
    }

    /// The rows of the keys in one statement, each with its key; `kept` as counts are, for rows that
    /// are wanted whenever a count is.
    ///
    /// # Errors
    /// What the database refuses.
    pub async fn rows_by_key(
        &self,
        selected: &LookupQuery,
        keys: &[Arc<str>],
        kept: bool,
    ) -> Result<Vec<(Arc<str>, Arc<Record>)>, DatabaseError> {
        let LookupQueryInner {
            lookup,
            columns,
            key_index: key_at,
            templates: statements,
        } = &*selected.0;
        let mut kinds: Vec<_> = columns.iter().map(|column| column.kind).collect();
        if *key_at == columns.len() {
            kinds.push(lookup.key_column.kind);
        }
        let statement = statements.bind(self.backend(), keys, |keys| {
            lookup.statement(self.backend(), columns, *key_at, keys)
        });
        let rows = match kept {
            true => self.run_cached(statement, &kinds).await?.to_vec(),
            false => self.run(statement, &kinds).await?,
        };
        // Of this request alone: threads that count references to one thing wait for each other.
        let columns: Arc<[ColumnRef]> = columns.as_ref().into();
        let rows = rows.into_iter().filter_map(|mut cells| {
            let key = cells[*key_at].text()?.clone();
            cells.truncate(columns.len());
            Some((key, Arc::new(Record::new(columns.clone(), cells))))
        });
        Ok(rows.collect())
    }
}

impl Lookup {
    /// Selects the columns, and the key last where it is not the one at `key_at`.
    fn statement(
        &self,
        backend: DbBackend,
        columns: &[ColumnRef],
        key_at: usize,
        keys: StatementKeys<'_>,
    ) -> SelectStatement {
        let Self {
            id,
            key_column: by,
            junction: through,
            constraints: only,
            order,
        } = self;
        let mut select = Query::select();
        let key = (key_at == columns.len()).then_some(by);
        for column in columns.iter().chain(key) {
            select.expr(column.expr());
        }
        match through {
            Some(through) => {
                select.from(Alias::new(by.table)).join(
                    JoinType::InnerJoin,
                    Alias::new(id.table),
                    id.expr().eq(through.row_id.expr()),
                );
                for (column, value) in &through.constraints {
                    select.and_where(column.expr().eq(Expr::val(Value::from(*value))));
                }
                select.and_where(dialect::in_keys(backend, by.expr(), keys));
            }
            // One row each: they come in no order.
            None if order.is_empty() => {
                dialect::select_by_unique_keys(backend, &mut select, *by, keys)
            }
            None => {
                select
                    .from(Alias::new(id.table))
                    .and_where(dialect::in_keys(backend, by.expr(), keys));
            }
        }
        for (column, value) in only {
            select.and_where(column.expr().eq(Expr::val(Value::from(*value))));
        }
        // The key leads, as in the indexes: for an order by the rest alone, SQLite reads all rows of
        // a type in that order rather than those of the keys.
        let key = (!order.is_empty()).then_some(by);
        for column in key.into_iter().chain(order) {
            select.order_by_expr(column.expr(), Order::Asc);
        }
        select
    }
}

impl Loader<LookupKey> for Snapshot {
    type Value = Records;
    type Error = Arc<DatabaseError>;

    async fn load(
        &self,
        keys: &[LookupKey],
    ) -> Result<HashMap<LookupKey, Records>, Arc<DatabaseError>> {
        let mut by_lookup: HashMap<&LookupQuery, Vec<Arc<str>>> = HashMap::new();
        for LookupKey {
            query: selected,
            key,
        } in keys
        {
            by_lookup.entry(selected).or_default().push(key.clone());
        }
        let mut loaded = HashMap::with_capacity(keys.len());
        for (selected, keys) in by_lookup {
            for (key, rows) in self.look_up(selected, &keys).await? {
                let selected = selected.clone();
                loaded.insert(
                    LookupKey {
                        query: selected,
                        key,
                    },
                    rows,
                );
            }
        }
        Ok(loaded)
    }
}
