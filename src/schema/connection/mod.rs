//! Relay connections: one definition for every list with pages.

mod arguments;
mod page_info;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::Value;
use futures_util::FutureExt;

pub(in crate::schema) use self::{
    arguments::{
        DefaultFilter, OrderInput, forward_arguments, no_default_filter, parse_forward_window,
        parse_page_size,
    },
    page_info::PageInfo,
};
use self::{
    arguments::{PageArguments, list_arguments, order_argument, parse_window},
    page_info::page_info_type,
};
use super::{cursor, filter::FilterDefinition, relation::StoredType};
use crate::{
    db::{
        AggregateGroupQuery, AggregateKind, AggregateQuery, Cell, ColumnRef, Filter, ListKey,
        ListQuery, OrderKey, OutsideWindowQuery, PageQuery, Parent, Record, RowPage, RowSet,
        Window, WindowSide,
    },
    engine::{
        ArgumentValue, Call, Field, Graph, Object, ResolvedValue, ResolverFuture, SelectedColumns,
        enum_type, no_plan,
    },
    graphql_error::GraphqlError,
    limits::Limits,
};

/// A Relay connection type, with its edge type, filter, and order.
#[derive(Clone, Debug)]
pub(in crate::schema) struct ConnectionDefinition {
    pub(in crate::schema) stored_type: StoredType,
    pub(in crate::schema) connection_name: &'static str,
    pub(in crate::schema) edge_name: &'static str,
    /// The order of the list without `orderBy`; rows with equal values are sorted by id.
    pub(in crate::schema) default_order: Vec<ColumnRef>,
    pub(in crate::schema) filter: &'static FilterDefinition,
    /// The type of the argument `orderBy`, if the list has one.
    pub(in crate::schema) order_input: Option<OrderInput>,
}

impl ConnectionDefinition {
    /// Returns the requested order or the default; the last key is the id, so the order is total.
    fn order_keys(&self, order_by: Option<&[Value]>) -> Vec<OrderKey> {
        let ascending = |column: &ColumnRef| OrderKey {
            column: *column,
            descending: false,
        };
        let mut order: Vec<OrderKey> = match (order_by, &self.order_input) {
            (Some(keys), Some(input)) if !keys.is_empty() => {
                keys.iter().filter_map(|key| input.parse_key(key)).collect()
            }
            _ => self.default_order.iter().map(ascending).collect(),
        };
        order.push(ascending(&self.stored_type.id_column));
        // A column that occurs again has no effect.
        let mut seen = HashSet::new();
        order.retain(|key| seen.insert(key.column));
        order
    }

    fn parse_arguments(
        &self,
        [filter, first, after, last, before]: [ArgumentValue<'_>; 5],
        order_by: Option<ArgumentValue<'_>>,
        limits: &Limits,
        default_filter: DefaultFilter,
    ) -> Result<PageArguments, GraphqlError> {
        let order = self.order_keys(order_by.and_then(ArgumentValue::list));
        let filter = filter.get();
        Ok(PageArguments {
            window: parse_window(
                [first, after, last, before],
                limits,
                self.stored_type.type_name,
                &order,
            )?,
            filter: default_filter(filter).and(self.filter.parse(filter)?),
            order,
        })
    }

    /// Adds the types of the connection, its edges, and its order.
    pub(in crate::schema) fn define(&self, graph: Graph) -> Graph {
        let types = connection_types(&self.stored_type, self.connection_name, self.edge_name);
        let graph = types.into_iter().fold(graph, Graph::object);
        match &self.order_input {
            Some(input) => input.define(graph),
            None => graph,
        }
    }

    /// Adds the arguments of the list to a field.
    pub(in crate::schema) fn add_arguments(
        &self,
        field: Field,
        default_filter: DefaultFilter,
    ) -> Field {
        let definition = self.clone();
        let [filter, first, after, last, before] = list_arguments(self.filter.name);
        match &self.order_input {
            Some(order) => field.with_arguments(
                [filter, order_argument(order), first, after, last, before],
                move |[filter, order_by, first, after, last, before], limits| {
                    let arguments = [filter, first, after, last, before];
                    definition.parse_arguments(arguments, Some(order_by), limits, default_filter)
                },
            ),
            None => field.with_arguments(
                [filter, first, after, last, before],
                move |arguments, limits| {
                    definition.parse_arguments(arguments, None, limits, default_filter)
                },
            ),
        }
    }

    /// Defines a field that lists all rows that match the default filter.
    pub(in crate::schema) fn root_field(
        &self,
        name: &'static str,
        description: &'static str,
        default_filter: DefaultFilter,
    ) -> Field {
        let (definition, connection_name) = (self.clone(), self.connection_name);
        let field = Field::new(name, &format!("{connection_name}!"), description).once(
            move |arguments, selected| definition.build_queries(arguments, selected),
            move |call| {
                let queries = Arc::new(call.plan.clone());
                let list = list_of(connection_name, Parent::All, queries);
                async move { Ok(list) }.boxed()
            },
        );
        self.add_arguments(self.with_size_and_adapted_plans(field), default_filter)
    }

    /// Defines a field that lists the rows whose foreign key points at the parent row.
    pub(in crate::schema) fn has_many_field(
        &self,
        name: &'static str,
        description: &'static str,
        key: impl sea_orm::ColumnTrait,
        foreign_key: impl sea_orm::ColumnTrait,
    ) -> Field {
        let (key, foreign_key) = (ColumnRef::new(key), ColumnRef::new(foreign_key));
        self.field_with_parent(name, description, [key], move |[key]| {
            parent_from_key(key, foreign_key)
        })
    }

    /// Defines a field that lists the rows of a parent, which `parent` returns for the columns of a row.
    pub(in crate::schema) fn field_with_parent<const N: usize>(
        &self,
        name: &'static str,
        description: &'static str,
        columns: [ColumnRef; N],
        parent: impl Fn([&Cell; N]) -> Parent + Send + Sync + 'static,
    ) -> Field {
        let (definition, connection_name) = (self.clone(), self.connection_name);
        let field = Field::new(name, &format!("{connection_name}!"), description)
            .batch_from_columns(
                columns,
                move |arguments, selected| definition.build_queries(arguments, selected),
                move |call| {
                    // A copy for this request: threads that share a reference count slow each other down.
                    let queries = Arc::new(call.plan.clone());
                    let rows = call.rows.into_iter();
                    let lists =
                        rows.map(|row| list_of(connection_name, parent(row), queries.clone()));
                    let lists = lists.collect();
                    async move { Ok(lists) }.boxed()
                },
            );
        self.add_arguments(self.with_size_and_adapted_plans(field), no_default_filter)
    }

    /// Sets the size of the list, and how its queries are derived from those for other arguments.
    fn with_size_and_adapted_plans(&self, field: Field) -> Field {
        let stored_type = self.stored_type.clone();
        field
            .list_size_from(|arguments: &PageArguments| arguments.window.limit)
            .adapt_plan(
                move |queries: &ConnectionQueries, [previous, current]: [&PageArguments; 2]| {
                    // Another order reads other columns.
                    (previous.order == current.order).then(|| {
                        let rows = stored_type.row_set(current.filter.clone());
                        queries.with_rows(rows, current.window.clone())
                    })
                },
            )
    }

    fn build_queries(
        &self,
        arguments: &PageArguments,
        selected: SelectedColumns<'_>,
    ) -> ConnectionQueries {
        let PageArguments {
            window,
            order,
            filter,
        } = arguments;
        let columns = list_columns(self.stored_type.type_name, order, selected);
        ConnectionQueries::new(
            &self.stored_type,
            filter.clone(),
            order.clone(),
            window.clone(),
            columns,
        )
    }
}

/// Defines the types of a connection and its edges.
pub(in crate::schema) fn connection_types(
    stored_type: &StoredType,
    connection_name: &'static str,
    edge: &'static str,
) -> [Object; 2] {
    let object = stored_type.type_name;
    let connection = Object::new::<RelayConnection>(
        connection_name,
        "A page of a list, with the size of the whole list.",
    )
    .field(
        Field::new(
            "edges",
            &format!("[{edge}!]!"),
            "The rows of this page, each with its cursor.",
        )
        .batch(no_plan::<()>, move |call| {
            resolve_from_page(call, move |connection, page| {
                let edges = page.rows.iter().map(|record| {
                    ResolvedValue::object(
                        edge,
                        ConnectionEdge {
                            record: record.clone(),
                            queries: connection.queries.clone(),
                        },
                    )
                });
                ResolvedValue::List(edges.collect())
            })
        }),
    )
    .field(
        Field::new("nodes", &format!("[{object}!]!"), "The rows of this page.").batch(
            no_plan::<()>,
            move |call| {
                resolve_from_page(call, move |_, page| {
                    let rows = page.rows.iter();
                    ResolvedValue::List(
                        rows.map(|row| ResolvedValue::Object(object, row.clone()))
                            .collect(),
                    )
                })
            },
        ),
    )
    .field(
        Field::new(
            "pageInfo",
            "PageInfo!",
            "Whether there are more pages, and the cursors to request them.",
        )
        .batch(no_plan::<()>, move |call| {
            resolve_from_page(call, move |connection, page| {
                ResolvedValue::object(
                    "PageInfo",
                    PageInfo::Lazy {
                        connection: connection.clone(),
                        page: page.clone(),
                    },
                )
            })
        })
        .page_level(),
    )
    .field(
        Field::new(
            "totalCount",
            "Int!",
            "The number of rows in the whole list, on all pages. It is computed only if selected.",
        )
        .batch(no_plan::<()>, move |call| {
            resolve_from_query(
                call,
                |connection: &RelayConnection| &connection.queries.total,
                |_, total| ResolvedValue::from(*total),
            )
        })
        .page_level(),
    );
    let edge = Object::new::<ConnectionEdge>(edge, "A row of a page, with its cursor.")
            .field(Field::new(
                "cursor",
                "String!",
                "The opaque position of this row. Pass it as `after` to get the rows that follow; it is valid only for the same list in the same order.",
            )
            .compute(|edge: &ConnectionEdge| edge.queries.encode_cursor(&edge.record)))
            .field(Field::new("node", &format!("{object}!"), "The row.").compute(|edge: &ConnectionEdge| {
                ResolvedValue::Object(edge.queries.type_name, edge.record.clone())
            }));
    [connection, edge]
}

/// Returns the columns that a page of a list reads: the selected ones and those of the order.
pub(in crate::schema) fn list_columns(
    type_name: &str,
    order: &[OrderKey],
    selected: SelectedColumns<'_>,
) -> Arc<[ColumnRef]> {
    let mut columns = selected.for_type_at(&["nodes"], type_name);
    columns.extend(selected.for_type_at(&["edges", "node"], type_name));
    columns.extend(order.iter().map(|key| key.column));
    columns.sort_unstable();
    columns.dedup();
    columns.into()
}

/// Returns the parent whose rows have the key in their foreign key.
pub(in crate::schema) fn parent_from_key(key: &Cell, foreign_key: ColumnRef) -> Parent {
    key.text()
        .map_or(Parent::All, |key| Parent::Key(foreign_key, key.clone()))
}

/// Returns the list of one parent.
pub(in crate::schema) fn list_of(
    connection_name: &'static str,
    parent: Parent,
    queries: Arc<ConnectionQueries>,
) -> ResolvedValue {
    ResolvedValue::object(connection_name, RelayConnection { parent, queries })
}

/// The list of one parent. All lists that a field returns share their queries, so that each query
/// runs once for all parents, and only if a field that needs it is selected.
#[derive(Clone, Debug)]
pub(in crate::schema) struct RelayConnection {
    pub(in crate::schema) parent: Parent,
    pub(in crate::schema) queries: Arc<ConnectionQueries>,
}

/// The queries behind the fields of a connection.
#[derive(Clone, Debug)]
pub(in crate::schema) struct ConnectionQueries {
    type_name: &'static str,
    page: Arc<PageQuery>,
    pub(in crate::schema) total: Arc<AggregateQuery>,
    exists_before: Arc<OutsideWindowQuery>,
    exists_after: Arc<OutsideWindowQuery>,
}

/// The query for the groups of all rows of a connection.
#[derive(Debug, Default)]
pub(in crate::schema) struct ConnectionGroupQuery {
    /// The totals of a connection of the last call, and the query for the groups of the same rows.
    last: Mutex<Option<(Arc<AggregateQuery>, Arc<AggregateGroupQuery>)>>,
}

impl ConnectionGroupQuery {
    /// Returns a key per connection; `build` returns the query for the rows of one. Connections that
    /// list the same rows share a query, so that it is run only once.
    pub(in crate::schema) fn list_keys(
        &self,
        connections: &[&RelayConnection],
        build: impl Fn(RowSet) -> AggregateGroupQuery,
    ) -> Vec<ListKey<AggregateGroupQuery>> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let mut queries: Vec<_> = last.take().into_iter().collect();
        let keys = connections.iter().map(|connection| {
            let total = &connection.queries.total;
            let is_same = |(same, _): &&(Arc<_>, _)| Arc::ptr_eq(same, total);
            let query = match queries.iter().find(is_same) {
                Some((_, query)) => Arc::clone(query),
                None => {
                    let rows = total.row_set.clone();
                    let query = Arc::new(match queries.last() {
                        Some((_, other)) => other.with_rows(rows),
                        None => build(rows),
                    });
                    queries.push((total.clone(), query.clone()));
                    query
                }
            };
            ListKey {
                query,
                parent: connection.parent.clone(),
            }
        });
        let keys = keys.collect();
        *last = queries.pop();
        keys
    }
}

impl ConnectionQueries {
    pub(in crate::schema) fn new(
        stored_type: &StoredType,
        filter: Filter,
        order: Vec<OrderKey>,
        window: Window,
        columns: Arc<[ColumnRef]>,
    ) -> Self {
        let row_set = stored_type.row_set(filter);
        let page = Arc::new(PageQuery::new(row_set.clone(), order, window, columns));
        Self {
            type_name: stored_type.type_name,
            exists_before: Arc::new(OutsideWindowQuery::new(page.clone(), WindowSide::Before)),
            exists_after: Arc::new(OutsideWindowQuery::new(page.clone(), WindowSide::After)),
            page,
            total: Arc::new(AggregateQuery::new(row_set, AggregateKind::Count)),
        }
    }

    /// Returns the queries for other rows and another window. They have the same statements if only values differ.
    fn with_rows(&self, row_set: RowSet, window: Window) -> Self {
        let page = Arc::new(self.page.with_rows(row_set.clone(), window));
        Self {
            type_name: self.type_name,
            exists_before: Arc::new(self.exists_before.with_page(page.clone())),
            exists_after: Arc::new(self.exists_after.with_page(page.clone())),
            page,
            total: Arc::new(self.total.with_rows(row_set)),
        }
    }

    fn encode_cursor(&self, record: &Record) -> String {
        cursor::encode(self.type_name, self.page.order(), record)
    }
}

#[derive(Debug)]
struct ConnectionEdge {
    record: Arc<Record>,
    queries: Arc<ConnectionQueries>,
}

/// Adds the types that all connections share.
pub(in crate::schema) fn define(graph: Graph) -> Graph {
    graph.object(page_info_type()).add_type(enum_type(
        "OrderDirection",
        "The direction of a sort key.",
        [
            ("ASC", "Ascending: from small to large, from A to Z."),
            ("DESC", "Descending: from large to small, from Z to A."),
        ],
    ))
}

/// Runs a query once for all connections of the call.
fn resolve_from_query<'a, Q: ListQuery>(
    call: Call<'a, Vec<&'a RelayConnection>>,
    query: impl Fn(&RelayConnection) -> &Arc<Q> + Send + 'a,
    output: impl Fn(&RelayConnection, &Q::ListResult) -> ResolvedValue + Send + 'a,
) -> ResolverFuture<'a> {
    async move {
        let keys: Vec<_> = call
            .rows
            .iter()
            .map(|connection| ListKey {
                query: query(connection).clone(),
                parent: connection.parent.clone(),
            })
            .collect();
        let results = call.context.load(&keys).await?;
        Ok(std::iter::zip(call.rows, results)
            .map(|(connection, result)| output(connection, &result))
            .collect())
    }
    .boxed()
}

fn resolve_from_page<'a>(
    call: Call<'a, Vec<&'a RelayConnection>>,
    output: impl Fn(&RelayConnection, &Arc<RowPage>) -> ResolvedValue + Send + 'a,
) -> ResolverFuture<'a> {
    resolve_from_query(
        call,
        |connection: &RelayConnection| &connection.queries.page,
        output,
    )
}
