//! The type `PageInfo` of all connections.

use std::sync::Arc;

use futures_util::FutureExt;

use super::RelayConnection;
use crate::{
    db::{ListKey, Record, RowPage, WindowSide},
    engine::{Call, Field, Object, ResolvedValue, ResolverFuture, no_plan},
};

/// The source of the fields of `PageInfo`.
#[derive(Clone, Debug)]
pub(in crate::schema) enum PageInfo {
    /// The database is queried for rows outside the window, if that is selected.
    Lazy {
        connection: RelayConnection,
        page: Arc<RowPage>,
    },
    /// Every field was computed together with the page.
    Precomputed {
        has_next: bool,
        has_previous: bool,
        start_cursor: Option<String>,
        end_cursor: Option<String>,
    },
}

/// Whether there are rows on one side of a page: a result, or the query that returns it.
enum AdjacentPageCheck {
    Resolved(bool),
    Pending(ListKey<crate::db::OutsideWindowQuery>),
}

impl RelayConnection {
    fn cursor_output(&self, record: Option<&Arc<Record>>) -> ResolvedValue {
        ResolvedValue::from_option(record.map(|record| self.queries.encode_cursor(record)))
    }
}

impl PageInfo {
    fn start_cursor(&self) -> ResolvedValue {
        match self {
            Self::Lazy { connection, page } => connection.cursor_output(page.rows.first()),
            Self::Precomputed { start_cursor, .. } => {
                ResolvedValue::from_option(start_cursor.clone())
            }
        }
    }

    fn end_cursor(&self) -> ResolvedValue {
        match self {
            Self::Lazy { connection, page } => connection.cursor_output(page.rows.last()),
            Self::Precomputed { end_cursor, .. } => ResolvedValue::from_option(end_cursor.clone()),
        }
    }

    /// Checks for rows on one side of the page: more rows of its window, or rows outside of it.
    fn check_adjacent_page(&self, side: WindowSide) -> AdjacentPageCheck {
        match self {
            Self::Precomputed {
                has_next,
                has_previous,
                ..
            } => AdjacentPageCheck::Resolved(match side {
                WindowSide::Before => *has_previous,
                WindowSide::After => *has_next,
            }),
            Self::Lazy { connection, page } => {
                let queries = &connection.queries;
                // `has_more` is about the side to which the rows were read.
                let is_read_direction =
                    queries.page.window.from_end == (side == WindowSide::Before);
                if is_read_direction && page.has_more {
                    return AdjacentPageCheck::Resolved(true);
                }
                AdjacentPageCheck::Pending(ListKey {
                    query: match side {
                        WindowSide::Before => queries.exists_before.clone(),
                        WindowSide::After => queries.exists_after.clone(),
                    },
                    parent: connection.parent.clone(),
                })
            }
        }
    }

    fn resolve_has_page<'a>(call: Call<'a, Vec<&'a Self>>, side: WindowSide) -> ResolverFuture<'a> {
        async move {
            let infos = call.rows.iter();
            let checks: Vec<_> = infos.map(|info| info.check_adjacent_page(side)).collect();
            let keys: Vec<_> = checks
                .iter()
                .filter_map(|check| match check {
                    AdjacentPageCheck::Pending(key) => Some(key.clone()),
                    AdjacentPageCheck::Resolved(_) => None,
                })
                .collect();
            let mut results = call.context.load(&keys).await?.into_iter();
            Ok(checks
                .iter()
                .map(|check| match check {
                    AdjacentPageCheck::Resolved(has_rows) => (*has_rows).into(),
                    AdjacentPageCheck::Pending(_) => ResolvedValue::from_option(results.next()),
                })
                .collect())
        }
        .boxed()
    }
}

pub(super) fn page_info_type() -> Object {
    Object::new::<PageInfo>("PageInfo", "The position of a page in its list.")
        .field(Field::new(
            "hasNextPage",
            "Boolean!",
            "Whether there are rows after this page.",
        )
        .batch(no_plan::<()>, |call| PageInfo::resolve_has_page(call, WindowSide::After)))
        .field(Field::new(
            "hasPreviousPage",
            "Boolean!",
            "Whether there are rows before this page.",
        )
        .batch(no_plan::<()>, |call| PageInfo::resolve_has_page(call, WindowSide::Before)))
        .field(Field::new(
            "startCursor",
            "String",
            "The cursor of the first row of this page; null if the page is empty. Pass it as `before` to get the previous page.",
        )
        .compute(PageInfo::start_cursor))
        .field(Field::new(
            "endCursor",
            "String",
            "The cursor of the last row of this page; null if the page is empty. Pass it as `after` to get the next page.",
        )
        .compute(PageInfo::end_cursor))
}
