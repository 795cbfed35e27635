//! Every row of a list, however long, in pages that are read one after the other.

use std::sync::Arc;

use super::{
    Cell, ColumnRef, DatabaseError, OrderKey, PageQuery, Parent, Record, RowSet, Snapshot, Window,
};

/// A way through the rows of a table from the first to the last.
#[derive(Debug)]
pub struct Scan {
    query: PageQuery,
    is_done: bool,
}

impl Scan {
    /// The rows of a list in the order of a unique key, read so many at a time; no column of the
    /// key may be null.
    pub fn new(listed: RowSet, key: &[ColumnRef], mut columns: Vec<ColumnRef>, page: u64) -> Self {
        columns.extend(key);
        columns.sort_unstable();
        columns.dedup();
        let order = key.iter().map(|column| OrderKey {
            column: *column,
            descending: false,
        });
        Self {
            query: PageQuery::new(
                listed,
                order.collect(),
                Window {
                    limit: page,
                    ..Window::default()
                },
                columns.into(),
            ),
            is_done: false,
        }
    }

    /// The next rows, in one statement; `None` after the last.
    ///
    /// # Errors
    /// What the database refuses.
    pub async fn next_rows(
        &mut self,
        snapshot: &Snapshot,
    ) -> Result<Option<Vec<Arc<Record>>>, DatabaseError> {
        if self.is_done {
            return Ok(None);
        }
        let mut pages = snapshot.pages(&self.query, &[Parent::All]).await?;
        let page = pages.remove(&Parent::All).unwrap_or_default();
        self.is_done = !page.has_more;
        let Some(last) = page.rows.last() else {
            return Ok(None);
        };
        let place = self.query.order.iter().map(|key| last.get(key.column));
        let place: Vec<Cell> = place.cloned().collect();
        self.query = self.query.page_after(place);
        Ok(Some(page.rows))
    }
}
