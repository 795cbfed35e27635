//! Relay connections: one definition for every list that is paged.

mod arguments;
mod page_info;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use async_graphql::Value;
use futures_util::{FutureExt, future::BoxFuture};
use sea_orm::sea_query::{Condition, Expr, ExprTrait};

pub(in crate::graphql) use self::{
    arguments::{Orders, UnlessFiltered, everything, list_arguments, page_arguments, page_size},
    page_info::PageInfo,
};
use self::{
    arguments::{PageArguments, window},
    page_info::page_info,
};
use super::{
    cursor,
    edge::{Stored, records},
    filter::{self, Filter},
};
use crate::{
    db::{
        Column, ListKey, ListQuery, Listed, OrderKey, Outside, OutsideQuery, Page, PageQuery,
        Parent, Record, Total, TotalQuery,
    },
    engine::{
        Arguments, Call, Context, Enum, Fault, Field, Graph, Limits, Object, Output, Refusal,
        Wanted,
    },
};

/// A kind of list that is paged.
#[derive(Clone, Debug)]
pub(in crate::graphql) struct Paged {
    pub(in crate::graphql) target: Stored,
    pub(in crate::graphql) connection: &'static str,
    pub(in crate::graphql) edge: &'static str,
    /// The order of the list unless asked otherwise, before the id, which breaks ties.
    pub(in crate::graphql) order: Vec<Column>,
    pub(in crate::graphql) filter: Filter,
    /// The orders that may be asked for.
    pub(in crate::graphql) orders: Option<Orders>,
}

impl Paged {
    /// The order that is asked for; it ends in the id, which breaks ties.
    fn order(&self, asked: Option<&[Value]>) -> Vec<OrderKey> {
        let ascending = |column: &Column| OrderKey {
            column: *column,
            descending: false,
        };
        let mut order: Vec<OrderKey> = match (asked, &self.orders) {
            (Some(asked), Some(orders)) if !asked.is_empty() => {
                asked.iter().filter_map(|given| orders.key(given)).collect()
            }
            _ => self.order.iter().map(ascending).collect(),
        };
        order.push(ascending(&self.target.id));
        // A key that was named before decides nothing any more.
        let mut seen = HashSet::new();
        order.retain(|key| seen.insert(key.column));
        order
    }

    fn arguments(
        &self,
        arguments: &Arguments,
        limits: &Limits,
        unless_filtered: UnlessFiltered,
    ) -> Result<PageArguments, Refusal> {
        let order = self.order(arguments.list("orderBy"));
        let given = arguments.get("filter");
        Ok(PageArguments {
            window: window(arguments, limits, self.target.object, &order)?,
            filter: filter::and(unless_filtered(given), self.filter.condition(given)?),
            order,
        })
    }

    /// The rows of the list that a condition leaves.
    pub(in crate::graphql) fn listed(&self, filter: Condition) -> Listed {
        let filter = self
            .target
            .only
            .iter()
            .fold(filter, |all, (column, value)| {
                all.add(column.expr().eq(Expr::val(sea_orm::Value::from(*value))))
            });
        Listed {
            id: self.target.id,
            filter,
        }
    }

    /// Adds the types of the connection, of its edges and of its order.
    pub(in crate::graphql) fn define(&self, graph: Graph) -> Graph {
        let graph = self.types().into_iter().fold(graph, Graph::object);
        match &self.orders {
            Some(orders) => orders.define(graph),
            None => graph,
        }
    }

    /// The field with the arguments of the list.
    pub(in crate::graphql) fn arguments_of(&self, field: Field) -> Field {
        list_arguments(field, self.filter.name, self.orders.as_ref())
    }

    /// The types of the connection and of its edges.
    fn types(&self) -> [Object; 2] {
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
                                record: record.clone(),
                                queries: connection.queries.clone(),
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
        .field(
            Field::batch(
                "pageInfo",
                "PageInfo!",
                "Where the page lies in the list.",
                &[],
                move |call| {
                    on_pages(call, move |connection, page| {
                        Output::object(
                            "PageInfo",
                            PageInfo::Read {
                                connection: connection.clone(),
                                page: page.clone(),
                            },
                        )
                    })
                },
            )
            .of_page(),
        )
        .field(
            Field::batch(
                "totalCount",
                "Int!",
                "How many rows the whole list has; counted only when asked for.",
                &[],
                move |call| {
                    ask(
                        call,
                        |connection: &Connection| &connection.queries.total,
                        |_, total| Output::Int(*total),
                    )
                },
            )
            .of_page(),
        );
        let edge = Object::new(self.edge, "A row of a page.")
            .field(Field::of(
                "cursor",
                "String!",
                "Marks the place of the row: give it as `after` to go on from there. Opaque, and good under the same order only.",
                |edge: &Edge| edge.queries.cursor(&edge.record),
            ))
            .field(Field::of("node", &format!("{object}!"), "The row.", |edge: &Edge| {
                Output::Object(edge.queries.object, edge.record.clone())
            }));
        [connection, edge]
    }

    /// A field that is a whole list of the table, except for what is left out unless the filter
    /// says otherwise.
    pub(in crate::graphql) fn root(
        &self,
        name: &'static str,
        description: &'static str,
        unless_filtered: UnlessFiltered,
    ) -> Field {
        self.field(name, description, &[], unless_filtered, |_| Parent::All)
    }

    /// A field that is the list of the rows that point at the row.
    pub(in crate::graphql) fn of(
        &self,
        name: &'static str,
        description: &'static str,
        key: impl sea_orm::ColumnTrait,
        by: impl sea_orm::ColumnTrait,
    ) -> Field {
        let (key, by) = (Column::of(key), Column::of(by));
        self.field(name, description, &[key], everything, move |record| {
            pointing(record, key, by)
        })
    }

    /// A field that is the list of the rows of a parent, which the row names.
    pub(in crate::graphql) fn field(
        &self,
        name: &'static str,
        description: &'static str,
        needs: &[Column],
        unless_filtered: UnlessFiltered,
        parent: impl Fn(&Record) -> Parent + Send + Sync + 'static,
    ) -> Field {
        let ty = format!("{}!", self.connection);
        let paged = self.clone();
        let is_root = needs.is_empty();
        let field = Field::batch(name, &ty, description, needs, move |call| {
            let connections = paged.connections(&call, is_root, &parent);
            async move { connections }.boxed()
        });
        let paged = self.clone();
        self.arguments_of(field)
            .prepared(move |arguments, limits| paged.arguments(arguments, limits, unless_filtered))
            .sized(|arguments: &PageArguments| arguments.window.limit)
    }

    fn connections(
        &self,
        call: &Call<'_>,
        is_root: bool,
        parent: &(dyn Fn(&Record) -> Parent + Send + Sync),
    ) -> Result<Vec<Output>, Fault> {
        let parents: Vec<Parent> = if is_root {
            call.rows.iter().map(|_| Parent::All).collect()
        } else {
            records(call)?.into_iter().map(parent).collect()
        };
        let arguments = call.args::<PageArguments>()?;
        let queries = call.once(|| self.queries(arguments, call.wanted));
        // Of this request alone: threads that count references to one thing wait for each other.
        let queries = Arc::new(Queries::clone(&queries));
        Ok(parents
            .into_iter()
            .map(|parent| {
                let queries = queries.clone();
                Output::object(self.connection, Connection { parent, queries })
            })
            .collect())
    }

    /// What can be asked of the list that the arguments describe.
    fn queries(&self, arguments: &PageArguments, wanted: Wanted<'_>) -> Queries {
        let PageArguments {
            window,
            order,
            filter,
        } = arguments;
        let object = self.target.object;
        let mut columns = wanted.columns_through(&["nodes"], object);
        columns.extend(wanted.columns_through(&["edges", "node"], object));
        columns.extend(order.iter().map(|key| key.column));
        columns.sort_unstable();
        columns.dedup();
        let listed = self.listed(filter.clone());
        let page = Arc::new(PageQuery::new(
            listed.clone(),
            order.clone(),
            window.clone(),
            columns.into(),
        ));
        Queries {
            object,
            before: Arc::new(OutsideQuery::new(page.clone(), Outside::Before)),
            after: Arc::new(OutsideQuery::new(page.clone(), Outside::After)),
            page,
            total: Arc::new(TotalQuery::new(listed, Total::Rows)),
        }
    }
}

/// The rows whose column holds the key of the row.
pub(in crate::graphql) fn pointing(record: &Record, key: Column, by: Column) -> Parent {
    record
        .text(key)
        .map_or(Parent::All, |key| Parent::Of(by, key.clone()))
}

/// A list of one parent. The lists of a level share their queries, so that what is asked of them
/// is asked once for all parents, and only what is selected is asked.
#[derive(Clone, Debug)]
pub(in crate::graphql) struct Connection {
    pub(in crate::graphql) parent: Parent,
    pub(in crate::graphql) queries: Arc<Queries>,
}

/// What can be asked of a list.
#[derive(Clone, Debug)]
pub(in crate::graphql) struct Queries {
    /// The type of what is listed.
    object: &'static str,
    page: Arc<PageQuery>,
    pub(in crate::graphql) total: Arc<TotalQuery>,
    /// Whether rows lie before the window of the page, and after it.
    before: Arc<OutsideQuery>,
    after: Arc<OutsideQuery>,
}

impl Queries {
    fn cursor(&self, record: &Record) -> String {
        cursor::encode(self.object, &self.page.order, record)
    }
}

#[derive(Debug)]
struct Edge {
    record: Arc<Record>,
    queries: Arc<Queries>,
}

/// Adds what all connections share.
pub(in crate::graphql) fn define(graph: Graph) -> Graph {
    graph.object(page_info()).enumeration(Enum {
        name: "OrderDirection",
        description: "Which way an order runs.",
        values: vec![
            ("ASC", "From small to large, from A to Z."),
            ("DESC", "From large to small, from Z to A."),
        ],
    })
}

/// The connections that a field of theirs is resolved for.
///
/// # Errors
/// Where the field is defined on another type.
pub(in crate::graphql) fn connections<'a>(call: &Call<'a>) -> Result<Vec<&'a Connection>, Fault> {
    rows_as(call)
}

/// What a field is resolved for, as the type that it reads.
///
/// # Errors
/// Where the field is defined on another type.
pub(in crate::graphql) fn rows_as<'a, T: 'static>(call: &Call<'a>) -> Result<Vec<&'a T>, Fault> {
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
    ask(
        call,
        |connection: &Connection| &connection.queries.page,
        output,
    )
}
