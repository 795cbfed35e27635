//! Lists of rows by parent, and queries that fetch the lists of many parents in one statement.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{Hash, Hasher},
    sync::Arc,
};

use async_graphql::dataloader::Loader;
use sea_orm::sea_query::{Alias, Query, SelectStatement, Value};

use super::{ColumnRef, DatabaseError, Filter, Snapshot};

/// The rows of a table that match a filter.
#[derive(Clone, Debug, PartialEq)]
pub struct RowSet {
    /// The id column of the table.
    pub id: ColumnRef,
    /// The filter.
    pub filter: Filter,
}

impl RowSet {
    /// Returns all rows of a table.
    pub fn all(id: ColumnRef) -> Self {
        Self {
            id,
            filter: Filter::default(),
        }
    }

    /// Replaces the values that the filter compares by placeholders, and returns them.
    pub(super) fn take_values(&mut self) -> Vec<Value> {
        let mut values = Vec::new();
        self.filter.take_values(&mut values);
        values
    }

    pub(super) fn select(&self) -> SelectStatement {
        Query::select()
            .from(Alias::new(self.id.table))
            .cond_where(self.filter.condition())
            .to_owned()
    }
}

/// The parent of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parent {
    /// None: the list has all rows of its [`RowSet`].
    All,
    /// The row with a key: the list has the rows whose column holds that key.
    Key(ColumnRef, Arc<str>),
}

impl Hash for Parent {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // The column is rarely different within one level, so hashing it would gain nothing.
        match self {
            Self::All => "".hash(state),
            Self::Key(_, key) => key.hash(state),
        }
    }
}

/// The keys of parents that share a column.
type ParentKeys = Vec<Arc<str>>;

/// Returns whether [`Parent::All`] is among the parents, and the keys of the others by column.
pub(super) fn partition_parents(parents: &[Parent]) -> (bool, Vec<(ColumnRef, ParentKeys)>) {
    let mut includes_all = false;
    let mut columns: BTreeMap<ColumnRef, ParentKeys> = BTreeMap::new();
    for parent in parents {
        match parent {
            Parent::All => includes_all = true,
            Parent::Key(column, key) => columns.entry(*column).or_default().push(key.clone()),
        }
    }
    (includes_all, columns.into_iter().collect())
}

/// The key for loading the result of a query for the list of one parent. Keys that share a query are
/// loaded in one batch.
#[derive(Debug)]
pub struct ListKey<Q> {
    /// The query, compared by address.
    pub query: Arc<Q>,
    /// The parent of the list.
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

/// A query about lists that can be run for many parents in one statement.
pub trait ListQuery: Send + Sync + 'static {
    /// The result for one parent.
    type ListResult: Clone + Send + Sync + 'static;

    /// Returns the result for each of the parents.
    ///
    /// # Errors
    /// If a statement fails.
    fn fetch(
        &self,
        snapshot: &Snapshot,
        parents: &[Parent],
    ) -> impl Future<Output = Result<HashMap<Parent, Self::ListResult>, DatabaseError>> + Send;
}

impl<Q: ListQuery> Loader<ListKey<Q>> for Snapshot {
    type Value = Q::ListResult;
    type Error = Arc<DatabaseError>;

    async fn load(
        &self,
        keys: &[ListKey<Q>],
    ) -> Result<HashMap<ListKey<Q>, Q::ListResult>, Arc<DatabaseError>> {
        let mut by_query: Vec<(Arc<Q>, Vec<Parent>)> = Vec::new();
        for ListKey { query, parent } in keys {
            match by_query
                .iter_mut()
                .find(|(other, _)| Arc::ptr_eq(other, query))
            {
                Some((_, parents)) => parents.push(parent.clone()),
                None => by_query.push((query.clone(), vec![parent.clone()])),
            }
        }
        let mut loaded = HashMap::with_capacity(keys.len());
        for (query, parents) in by_query {
            for (parent, result) in query.fetch(self, &parents).await? {
                let query = query.clone();
                loaded.insert(ListKey { query, parent }, result);
            }
        }
        Ok(loaded)
    }
}
