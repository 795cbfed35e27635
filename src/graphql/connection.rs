//! Relay connections: one definition for every list that is paged.

use std::{collections::HashMap, sync::Arc};

use futures_util::{FutureExt, future::BoxFuture};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Value};

use super::{
    cursor,
    edge::{Stored, records},
};
use crate::{
    db::{
        BehindQuery, Column, ListKey, ListQuery, Listed, OrderKey, Page, PageQuery, Parent, Record,
        Total, TotalQuery, Window,
    },
    engine::{
        Argument, Arguments, Call, Code, Context, Fault, Field, Limits, Object, Output, Refusal,
    },
};

/// A kind of list that is paged.
#[derive(Clone, Debug)]
pub(super) struct Paged {
    pub(super) target: Stored,
    pub(super) connection: &'static str,
    pub(super) edge: &'static str,
    /// The order of the list, before the id, which breaks ties.
    pub(super) order: Vec<Column>,
}

impl Paged {
    fn order(&self) -> Vec<OrderKey> {
        self.order
            .iter()
            .chain([&self.target.id])
            .map(|column| OrderKey {
                column: *column,
                descending: false,
            })
            .collect()
    }

    fn listed(&self, filter: Condition) -> Listed {
        let filter = self
            .target
            .only
            .iter()
            .fold(filter, |all, (column, value)| {
                all.add(column.expr().eq(Expr::val(Value::from(*value))))
            });
        Listed {
            id: self.target.id,
            filter,
        }
    }

    /// The types of the connection and of its edges.
    pub(super) fn types(&self) -> [Object; 2] {
        let (object, edge) = (self.target.object, self.edge);
        let connection = Object::new(
            self.connection,
            "A page of a list, and what is known of the whole list.",
        )
        .field(Field::batch(
            "edges",
            &format!("[{edge}!]!"),
            "The rows of the page, each with its cursor.",
            &[],
            move |call| {
                on_pages(call, move |connection, page| {
                    let edges = page.rows.iter().map(|record| {
                        Output::object(
                            edge,
                            Edge {
                                object,
                                record: record.clone(),
                                query: connection.page.clone(),
                            },
                        )
                    });
                    Output::List(edges.collect())
                })
            },
        ))
        .field(Field::batch(
            "nodes",
            &format!("[{object}!]!"),
            "The rows of the page.",
            &[],
            move |call| {
                on_pages(call, move |_, page| {
                    let rows = page.rows.iter();
                    Output::List(
                        rows.map(|row| Output::Object(object, row.clone()))
                            .collect(),
                    )
                })
            },
        ))
        .field(Field::batch(
            "pageInfo",
            "PageInfo!",
            "Where the page lies in the list.",
            &[],
            move |call| {
                on_pages(call, move |connection, page| {
                    Output::object(
                        "PageInfo",
                        PageInfo {
                            connection: connection.clone(),
                            page: page.clone(),
                        },
                    )
                })
            },
        ))
        .field(Field::batch(
            "totalCount",
            "Int!",
            "How many rows the whole list has; counted only when asked for.",
            &[],
            move |call| {
                ask(
                    call,
                    |connection: &Connection| &connection.total,
                    |_, total| Output::Int(*total),
                )
            },
        ));
        let edge = Object::new(self.edge, "A row of a page.")
            .field(Field::of(
                "cursor",
                "String!",
                "Marks the place of the row: give it as `after` to go on from there. Opaque, and good under the same order only.",
                |edge: &Edge| cursor::encode(&edge.query.order, &edge.record),
            ))
            .field(Field::of("node", &format!("{object}!"), "The row.", |edge: &Edge| {
                Output::Object(edge.object, edge.record.clone())
            }));
        [connection, edge]
    }

    /// A field that is a whole list of the table.
    pub(super) fn root(
        &self,
        name: &'static str,
        description: &'static str,
        filter: fn() -> Condition,
    ) -> Field {
        self.field(name, description, &[], filter, |_| Parent::All)
    }

    /// A field that is the list of the rows that point at the row.
    pub(super) fn of(
        &self,
        name: &'static str,
        description: &'static str,
        key: impl sea_orm::ColumnTrait,
        by: impl sea_orm::ColumnTrait,
    ) -> Field {
        let (key, by) = (Column::of(key), Column::of(by));
        self.field(name, description, &[key], Condition::all, move |record| {
            pointing(record, key, by)
        })
    }

    /// A field that is the list of the rows of a parent, which the row names.
    pub(super) fn field(
        &self,
        name: &'static str,
        description: &'static str,
        needs: &[Column],
        filter: fn() -> Condition,
        parent: impl Fn(&Record) -> Parent + Send + Sync + 'static,
    ) -> Field {
        let ty = format!("{}!", self.connection);
        let (paged, parent) = (self.clone(), Arc::new(parent));
        let is_root = needs.is_empty();
        let field = Field::batch(name, &ty, description, needs, move |call| {
            let connections = paged.connections(&call, filter(), is_root, &*parent);
            async move { connections }.boxed()
        });
        let order = self.order();
        page_arguments(field)
            .prepared(move |arguments, limits| window(arguments, limits, &order))
            .sized(|window: &Window| window.limit)
    }

    fn connections(
        &self,
        call: &Call<'_>,
        filter: Condition,
        is_root: bool,
        parent: &(dyn Fn(&Record) -> Parent + Send + Sync),
    ) -> Result<Vec<Output>, Fault> {
        let parents: Vec<Parent> = if is_root {
            call.rows.iter().map(|_| Parent::All).collect()
        } else {
            records(call)?.into_iter().map(parent).collect()
        };
        let order = self.order();
        let object = self.target.object;
        let mut columns = call.wanted.columns_through(&["nodes"], object);
        columns.extend(call.wanted.columns_through(&["edges", "node"], object));
        columns.extend(order.iter().map(|key| key.column));
        columns.sort_unstable();
        columns.dedup();
        let listed = self.listed(filter);
        let page = PageQuery {
            listed: listed.clone(),
            order,
            window: call.args::<Window>()?.clone(),
            columns: columns.into(),
        };
        let shared = (
            Arc::new(BehindQuery(page.clone())),
            Arc::new(page),
            Arc::new(TotalQuery {
                listed,
                total: Total::Rows,
            }),
        );
        Ok(parents
            .into_iter()
            .map(|parent| {
                let (behind, page, total) = shared.clone();
                let connection = Connection {
                    parent,
                    page,
                    total,
                    behind,
                };
                Output::object(self.connection, connection)
            })
            .collect())
    }
}

/// The rows whose column holds the key of the row.
pub(super) fn pointing(record: &Record, key: Column, by: Column) -> Parent {
    record
        .text(key)
        .map_or(Parent::All, |key| Parent::Of(by, key.clone()))
}

/// A list of one parent. The lists of a level share their queries, so that what is asked of them
/// is asked once for all parents, and only what is selected is asked.
#[derive(Clone, Debug)]
struct Connection {
    parent: Parent,
    page: Arc<PageQuery>,
    total: Arc<TotalQuery>,
    behind: Arc<BehindQuery>,
}

#[derive(Debug)]
struct Edge {
    object: &'static str,
    record: Arc<Record>,
    query: Arc<PageQuery>,
}

#[derive(Debug)]
struct PageInfo {
    connection: Connection,
    page: Arc<Page>,
}

/// A [`PageInfo`] of a list that is not paged here and knows where its page lies.
#[derive(Clone, Debug)]
pub(super) struct KnownPageInfo {
    pub(super) has_next: bool,
    pub(super) has_previous: bool,
    pub(super) start: Option<String>,
    pub(super) end: Option<String>,
}

impl PageInfo {
    fn cursor(&self, record: Option<&Arc<Record>>) -> Output {
        let order = &self.connection.page.order;
        Output::maybe(record.map(|record| cursor::encode(order, record)))
    }

    /// Whether there are rows beyond the page in the direction of reading, or else behind it.
    fn has(call: Call<'_>, in_front: bool) -> BoxFuture<'_, Result<Vec<Output>, Fault>> {
        async move {
            if let Ok(known) = rows_as::<KnownPageInfo>(&call) {
                let has = |info: &KnownPageInfo| {
                    if in_front {
                        info.has_next
                    } else {
                        info.has_previous
                    }
                };
                return Ok(known.into_iter().map(|info| has(info).into()).collect());
            }
            let infos = rows_as::<Self>(&call)?;
            let beyond = |info: &Self| info.connection.page.window.from_end != in_front;
            let keys: Vec<_> = infos
                .iter()
                .filter(|info| !beyond(info))
                .map(|info| ListKey {
                    query: info.connection.behind.clone(),
                    parent: info.connection.parent.clone(),
                })
                .collect();
            let behind = load(call.context, &keys).await?;
            Ok(infos
                .into_iter()
                .map(|info| {
                    Output::Bool(if beyond(info) {
                        info.page.has_more
                    } else {
                        let key = ListKey {
                            query: info.connection.behind.clone(),
                            parent: info.connection.parent.clone(),
                        };
                        behind.get(&key).copied().unwrap_or(false)
                    })
                })
                .collect())
        }
        .boxed()
    }
}

/// The type `PageInfo`, which all connections share.
pub(super) fn page_info() -> Object {
    Object::new("PageInfo", "Where a page lies in its list.")
        .field(Field::batch(
            "hasNextPage",
            "Boolean!",
            "Whether rows come after the page.",
            &[],
            |call| PageInfo::has(call, true),
        ))
        .field(Field::batch(
            "hasPreviousPage",
            "Boolean!",
            "Whether rows come before the page.",
            &[],
            |call| PageInfo::has(call, false),
        ))
        .field(cursor_field(
            "startCursor",
            "The cursor of the first row of the page; null where the page is empty.",
            |info| info.cursor(info.page.rows.first()),
            |info| Output::maybe(info.start.clone()),
        ))
        .field(cursor_field(
            "endCursor",
            "The cursor of the last row of the page; null where the page is empty. Give it as `after` for the next page.",
            |info| info.cursor(info.page.rows.last()),
            |info| Output::maybe(info.end.clone()),
        ))
}

fn cursor_field(
    name: &'static str,
    description: &'static str,
    paged: fn(&PageInfo) -> Output,
    known: fn(&KnownPageInfo) -> Output,
) -> Field {
    Field::batch(name, "String", description, &[], move |call| {
        let outputs = match rows_as::<KnownPageInfo>(&call) {
            Ok(infos) => Ok(infos.into_iter().map(known).collect()),
            Err(_) => {
                rows_as::<PageInfo>(&call).map(|infos| infos.into_iter().map(paged).collect())
            }
        };
        async move { outputs }.boxed()
    })
}

/// The arguments of every paged list.
pub(super) fn page_arguments(field: Field) -> Field {
    field
        .argument(Argument::new(
            "first",
            "Int",
            "How many rows; 20 unless asked (`limits.defaultPageSize`), and at most `limits.maxPageSize`.",
        ))
        .argument(Argument::new(
            "after",
            "String",
            "Only rows after this cursor, such as `pageInfo.endCursor` of the page before.",
        ))
}

/// How many rows the page may have.
pub(super) fn page_size(arguments: &Arguments, limits: &Limits) -> Result<u64, Refusal> {
    let Some(first) = arguments.int("first") else {
        return Ok(limits.default_page_size);
    };
    match u64::try_from(first) {
        Err(_) => Err(Refusal::input(format!(
            "first is {first}; give 0 to {} rows",
            limits.max_page_size
        ))),
        Ok(first) if first > limits.max_page_size => Err(Refusal::new(
            Code::PageTooLarge,
            format!(
                "first is {first}; at most {} rows make a page (limits.maxPageSize)",
                limits.max_page_size
            ),
        )),
        Ok(first) => Ok(first),
    }
}

fn window(arguments: &Arguments, limits: &Limits, order: &[OrderKey]) -> Result<Window, Refusal> {
    let limit = page_size(arguments, limits)?;
    let after = arguments
        .text("after")
        .map(|after| cursor::decode("after", after, order))
        .transpose()?;
    Ok(Window {
        after,
        before: None,
        limit,
        from_end: false,
    })
}

pub(super) fn rows_as<'a, T: 'static>(call: &Call<'a>) -> Result<Vec<&'a T>, Fault> {
    call.rows
        .iter()
        .map(|row| row.downcast_ref::<T>())
        .collect::<Option<_>>()
        .ok_or_else(|| Fault::Definition("a field of a connection starts elsewhere".into()))
}

async fn load<Q: ListQuery>(
    context: &Context,
    keys: &[ListKey<Q>],
) -> Result<HashMap<ListKey<Q>, Q::Answer>, Fault> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    context.load(keys).await
}

/// Asks a query of every connection of the level at once.
fn ask<'a, Q: ListQuery>(
    call: Call<'a>,
    query: impl Fn(&Connection) -> &Arc<Q> + Send + 'a,
    output: impl Fn(&Connection, &Q::Answer) -> Output + Send + 'a,
) -> BoxFuture<'a, Result<Vec<Output>, Fault>> {
    async move {
        let connections = rows_as::<Connection>(&call)?;
        let keys: Vec<_> = connections
            .iter()
            .map(|connection| ListKey {
                query: query(connection).clone(),
                parent: connection.parent.clone(),
            })
            .collect();
        let answers = load(call.context, &keys).await?;
        connections
            .into_iter()
            .zip(&keys)
            .map(|(connection, key)| match answers.get(key) {
                Some(answer) => Ok(output(connection, answer)),
                None => Err(Fault::Definition("a list has no answer".into())),
            })
            .collect()
    }
    .boxed()
}

fn on_pages<'a>(
    call: Call<'a>,
    output: impl Fn(&Connection, &Arc<Page>) -> Output + Send + 'a,
) -> BoxFuture<'a, Result<Vec<Output>, Fault>> {
    ask(call, |connection: &Connection| &connection.page, output)
}
