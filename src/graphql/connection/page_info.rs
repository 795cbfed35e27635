//! `PageInfo`, which all connections share.

use std::sync::Arc;

use futures_util::{FutureExt, future::BoxFuture};

use super::{Connection, load, rows_as};
use crate::{
    db::{ListKey, Outside, Page, Record},
    engine::{Call, Fault, Field, Object, Output},
};

/// Where a page lies in its list.
#[derive(Clone, Debug)]
pub(in crate::graphql) enum PageInfo {
    /// A page of a connection: what lies outside of its window is asked where it is selected.
    Read {
        connection: Connection,
        page: Arc<Page>,
    },
    /// A page of a list that knows it all.
    Known {
        has_next: bool,
        has_previous: bool,
        start: Option<String>,
        end: Option<String>,
    },
}

/// The question whether rows lie outside of a page.
enum Asked {
    Answered(bool),
    Outside(ListKey<crate::db::OutsideQuery>),
}

impl Connection {
    fn cursor(&self, record: Option<&Arc<Record>>) -> Output {
        Output::maybe(record.map(|record| self.queries.cursor(record)))
    }
}

impl PageInfo {
    fn start(&self) -> Output {
        match self {
            Self::Read { connection, page } => connection.cursor(page.rows.first()),
            Self::Known { start, .. } => Output::maybe(start.clone()),
        }
    }

    fn end(&self) -> Output {
        match self {
            Self::Read { connection, page } => connection.cursor(page.rows.last()),
            Self::Known { end, .. } => Output::maybe(end.clone()),
        }
    }

    /// Whether rows come after the page, or before it: more of its window, or rows outside of it.
    fn asked(&self, outside: Outside) -> Asked {
        match self {
            Self::Known {
                has_next,
                has_previous,
                ..
            } => Asked::Answered(match outside {
                Outside::Before => *has_previous,
                Outside::After => *has_next,
            }),
            Self::Read { connection, page } => {
                let queries = &connection.queries;
                let read_to_this_side =
                    queries.page.window.from_end == (outside == Outside::Before);
                if read_to_this_side && page.has_more {
                    return Asked::Answered(true);
                }
                Asked::Outside(ListKey {
                    query: match outside {
                        Outside::Before => queries.before.clone(),
                        Outside::After => queries.after.clone(),
                    },
                    parent: connection.parent.clone(),
                })
            }
        }
    }

    fn has(call: Call<'_>, outside: Outside) -> BoxFuture<'_, Result<Vec<Output>, Fault>> {
        async move {
            let asked: Vec<Asked> = rows_as::<Self>(&call)?
                .into_iter()
                .map(|info| info.asked(outside))
                .collect();
            let keys: Vec<_> = asked
                .iter()
                .filter_map(|asked| match asked {
                    Asked::Outside(key) => Some(key.clone()),
                    Asked::Answered(_) => None,
                })
                .collect();
            let answers = load(call.context, &keys).await?;
            Ok(asked
                .iter()
                .map(|asked| {
                    Output::Bool(match asked {
                        Asked::Answered(has) => *has,
                        Asked::Outside(key) => answers.get(key).copied().unwrap_or(false),
                    })
                })
                .collect())
        }
        .boxed()
    }
}

/// The type.
pub(super) fn page_info() -> Object {
    Object::new("PageInfo", "Where a page lies in its list.")
        .field(Field::batch(
            "hasNextPage",
            "Boolean!",
            "Whether rows come after the page.",
            &[],
            |call| PageInfo::has(call, Outside::After),
        ))
        .field(Field::batch(
            "hasPreviousPage",
            "Boolean!",
            "Whether rows come before the page.",
            &[],
            |call| PageInfo::has(call, Outside::Before),
        ))
        .field(Field::of(
            "startCursor",
            "String",
            "The cursor of the first row of the page; null where the page is empty.",
            PageInfo::start,
        ))
        .field(Field::of(
            "endCursor",
            "String",
            "The cursor of the last row of the page; null where the page is empty. Give it as `after` for the next page.",
            PageInfo::end,
        ))
}
