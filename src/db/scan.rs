//! Reading all rows of a list of any length, page by page.

use std::sync::Arc;

use super::{
    Cell, ColumnRef, DatabaseError, OrderKey, PageQuery, Parent, Record, RowSet, Snapshot, Window,
};

/// An iteration over all rows of a list.
#[derive(Debug)]
pub struct Scan {
    query: PageQuery,
    is_done: bool,
}

impl Scan {
    /// Scans a list in the order of a unique key, `page_size` rows at a time. The columns of the key
    /// must not be nullable.
    pub fn new(
        row_set: RowSet,
        key: &[ColumnRef],
        mut columns: Vec<ColumnRef>,
        page_size: u64,
    ) -> Self {
        columns.extend(key);
        columns.sort_unstable();
        columns.dedup();
        let order = key.iter().map(|column| OrderKey {
            column: *column,
            descending: false,
        });
        Self {
            query: PageQuery::new(
                row_set,
                order.collect(),
                Window {
                    limit: page_size,
                    ..Window::default()
                },
                columns.into(),
            ),
            is_done: false,
        }
    }

    /// Reads the next rows, in one statement. Returns `None` after the last row.
    ///
    /// # Errors
    /// If the statement fails.
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
        let position = self.query.order().iter().map(|key| last.get(key.column));
        let position: Vec<Cell> = position.cloned().collect();
        self.query = self.query.page_after(position);
        Ok(Some(page.rows))
    }
}
