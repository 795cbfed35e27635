//! Lists of many parents, and questions about them that one statement answers for all.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{Hash, Hasher},
    sync::Arc,
};

use async_graphql::dataloader::Loader;
use sea_orm::sea_query::{Alias, Condition, Query, SelectStatement};

use super::{ColumnRef, DatabaseError, Snapshot};

/// The rows of a table that a list is made of.
#[derive(Clone, Debug)]
pub struct RowSet {
    /// The id column of the table.
    pub id: ColumnRef,
    /// Which rows are listed.
    pub filter: Condition,
}

impl RowSet {
    pub(super) fn select(&self) -> SelectStatement {
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
    Key(ColumnRef, Arc<str>),
}

impl Hash for Parent {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // The parents of a level mostly share the column.
        match self {
            Self::All => "".hash(state),
            Self::Key(_, key) => key.hash(state),
        }
    }
}

/// Keys that one column holds.
type ParentKeys = Vec<Arc<str>>;

/// Whether the whole table is among the parents, and the others by the column that points at them.
pub(super) fn partition_parents(parents: &[Parent]) -> (bool, Vec<(ColumnRef, ParentKeys)>) {
    let mut all = false;
    let mut columns: BTreeMap<ColumnRef, ParentKeys> = BTreeMap::new();
    for parent in parents {
        match parent {
            Parent::All => all = true,
            Parent::Key(column, key) => columns.entry(*column).or_default().push(key.clone()),
        }
    }
    (all, columns.into_iter().collect())
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
    type ListResult: Clone + Send + Sync + 'static;

    /// The answers for all of the parents.
    ///
    /// # Errors
    /// What the database refuses.
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
                .find(|(known, _)| Arc::ptr_eq(known, query))
            {
                Some((_, parents)) => parents.push(parent.clone()),
                None => by_query.push((query.clone(), vec![parent.clone()])),
            }
        }
        let mut loaded = HashMap::with_capacity(keys.len());
        for (query, parents) in by_query {
            for (parent, answer) in query.fetch(self, &parents).await? {
                let query = query.clone();
                loaded.insert(ListKey { query, parent }, answer);
            }
        }
        Ok(loaded)
    }
}
