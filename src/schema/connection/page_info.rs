//! `PageInfo`, which all connections share.

use std::sync::Arc;

use futures_util::{FutureExt, future::BoxFuture};

use super::{RelayConnection, downcast_parents, load_lists};
use crate::{
    db::{ListKey, Record, RowPage, WindowSide},
    engine::{BatchCall, ExecutionError, Field, Object, ResolvedValue},
};

/// Where a page lies in its list.
#[derive(Clone, Debug)]
pub(in crate::schema) enum PageInfo {
    /// A page of a connection: what lies outside of its window is asked where it is selected.
    Lazy {
        connection: RelayConnection,
        page: Arc<RowPage>,
    },
    /// A page of a list that knows it all.
    Precomputed {
        has_next: bool,
        has_previous: bool,
        start_cursor: Option<String>,
        end_cursor: Option<String>,
    },
}

/// The question whether rows lie outside of a page.
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
            Self::Precomputed {
                start_cursor: start,
                ..
            } => ResolvedValue::from_option(start.clone()),
        }
    }

    fn end_cursor(&self) -> ResolvedValue {
        match self {
            Self::Lazy { connection, page } => connection.cursor_output(page.rows.last()),
            Self::Precomputed {
                end_cursor: end, ..
            } => ResolvedValue::from_option(end.clone()),
        }
    }

    /// Whether rows come after the page, or before it: more of its window, or rows outside of it.
    fn check_adjacent_page(&self, outside: WindowSide) -> AdjacentPageCheck {
        match self {
            Self::Precomputed {
                has_next,
                has_previous,
                ..
            } => AdjacentPageCheck::Resolved(match outside {
                WindowSide::Before => *has_previous,
                WindowSide::After => *has_next,
            }),
            Self::Lazy { connection, page } => {
                let queries = &connection.queries;
                let read_to_this_side =
                    queries.page.window.from_end == (outside == WindowSide::Before);
                if read_to_this_side && page.has_more {
                    return AdjacentPageCheck::Resolved(true);
                }
                AdjacentPageCheck::Pending(ListKey {
                    query: match outside {
                        WindowSide::Before => queries.exists_before.clone(),
                        WindowSide::After => queries.exists_after.clone(),
                    },
                    parent: connection.parent.clone(),
                })
            }
        }
    }

    fn resolve_has_page(
        call: BatchCall<'_>,
        outside: WindowSide,
    ) -> BoxFuture<'_, Result<Vec<ResolvedValue>, ExecutionError>> {
        async move {
            let asked: Vec<AdjacentPageCheck> = downcast_parents::<Self>(&call)?
                .into_iter()
                .map(|info| info.check_adjacent_page(outside))
                .collect();
            let keys: Vec<_> = asked
                .iter()
                .filter_map(|asked| match asked {
                    AdjacentPageCheck::Pending(key) => Some(key.clone()),
                    AdjacentPageCheck::Resolved(_) => None,
                })
                .collect();
            let answers = load_lists(call.context, &keys).await?;
            Ok(asked
                .iter()
                .map(|asked| {
                    ResolvedValue::Bool(match asked {
                        AdjacentPageCheck::Resolved(has) => *has,
                        AdjacentPageCheck::Pending(key) => {
                            answers.get(key).copied().unwrap_or(false)
                        }
                    })
                })
                .collect())
        }
        .boxed()
    }
}

/// The type.
pub(super) fn page_info_type() -> Object {
    Object::new("PageInfo", "Where a page lies in its list.")
        .field(Field::batch(
            "hasNextPage",
            "Boolean!",
            "Whether rows come after the page.",
            &[],
            |call| PageInfo::resolve_has_page(call, WindowSide::After),
        ))
        .field(Field::batch(
            "hasPreviousPage",
            "Boolean!",
            "Whether rows come before the page.",
            &[],
            |call| PageInfo::resolve_has_page(call, WindowSide::Before),
        ))
        .field(Field::compute(
            "startCursor",
            "String",
            "The cursor of the first row of the page; null where the page is empty.",
            PageInfo::start_cursor,
        ))
        .field(Field::compute(
            "endCursor",
            "String",
            "The cursor of the last row of the page; null where the page is empty. Give it as `after` for the next page.",
            PageInfo::end_cursor,
        ))
}
