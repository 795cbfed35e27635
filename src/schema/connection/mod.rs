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

pub(in crate::schema) use self::{
    arguments::{
        DefaultFilter, OrderInput, add_forward_arguments, add_list_arguments, no_default_filter,
        parse_page_size,
    },
    page_info::PageInfo,
};
use self::{
    arguments::{PageArguments, parse_window},
    page_info::page_info_type,
};
use super::{
    cursor,
    filter::{self, FilterDefinition},
    relation::{StoredType, parent_records},
};
use crate::{
    db::{
        AggregateKind, AggregateQuery, ColumnRef, ListKey, ListQuery, OrderKey, OutsideWindowQuery,
        PageQuery, Parent, Record, RowPage, RowSet, WindowSide,
    },
    engine::{
        ArgumentValues, BatchCall, Context, Enum, ExecutionError, Field, Graph, GraphqlError,
        InternalError, Limits, Object, ResolvedValue, SelectedColumns,
    },
};

/// A kind of list that is paged.
#[derive(Clone, Debug)]
pub(in crate::schema) struct ConnectionDefinition {
    pub(in crate::schema) stored_type: StoredType,
    pub(in crate::schema) connection_name: &'static str,
    pub(in crate::schema) edge_name: &'static str,
    /// The order of the list unless asked otherwise, before the id, which breaks ties.
    pub(in crate::schema) default_order: Vec<ColumnRef>,
    pub(in crate::schema) filter: FilterDefinition,
    /// The orders that may be asked for.
    pub(in crate::schema) order_input: Option<OrderInput>,
}

impl ConnectionDefinition {
    /// The order that is asked for; it ends in the id, which breaks ties.
    fn order_keys(&self, asked: Option<&[Value]>) -> Vec<OrderKey> {
        let ascending = |column: &ColumnRef| OrderKey {
            column: *column,
            descending: false,
        };
        let mut order: Vec<OrderKey> = match (asked, &self.order_input) {
            (Some(asked), Some(orders)) if !asked.is_empty() => asked
                .iter()
                .filter_map(|given| orders.parse_key(given))
                .collect(),
            _ => self.default_order.iter().map(ascending).collect(),
        };
        order.push(ascending(&self.stored_type.id_column));
        // A key that was named before decides nothing any more.
        let mut seen = HashSet::new();
        order.retain(|key| seen.insert(key.column));
        order
    }

    fn parse_arguments(
        &self,
        arguments: &ArgumentValues,
        limits: &Limits,
        unless_filtered: DefaultFilter,
    ) -> Result<PageArguments, GraphqlError> {
        let order = self.order_keys(arguments.get_list("orderBy"));
        let given = arguments.get("filter");
        Ok(PageArguments {
            window: parse_window(arguments, limits, self.stored_type.type_name, &order)?,
            filter: filter::and(unless_filtered(given), self.filter.condition(given)?),
            order,
        })
    }

    /// The rows of the list that a condition leaves.
    pub(in crate::schema) fn row_set(&self, filter: Condition) -> RowSet {
        let filter = self
            .stored_type
            .constraints
            .iter()
            .fold(filter, |all, (column, value)| {
                all.add(column.expr().eq(Expr::val(sea_orm::Value::from(*value))))
            });
        RowSet {
            id: self.stored_type.id_column,
            filter,
        }
    }

    /// Adds the types of the connection, of its edges and of its order.
    pub(in crate::schema) fn define(&self, graph: Graph) -> Graph {
        let graph = self.object_types().into_iter().fold(graph, Graph::object);
        match &self.order_input {
            Some(orders) => orders.define(graph),
            None => graph,
        }
    }

    /// The field with the arguments of the list.
    pub(in crate::schema) fn add_arguments(&self, field: Field) -> Field {
        add_list_arguments(field, self.filter.name, self.order_input.as_ref())
    }

    /// The types of the connection and of its edges.
    fn object_types(&self) -> [Object; 2] {
        let (object, edge) = (self.stored_type.type_name, self.edge_name);
        let connection = Object::new(
            self.connection_name,
            "A page of a list, and what is known of the whole list.",
        )
        .field(Field::batch(
            "edges",
            &format!("[{edge}!]!"),
            "The rows of the page, each with its cursor.",
            &[],
            move |call| {
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
            },
        ))
        .field(Field::batch(
            "nodes",
            &format!("[{object}!]!"),
            "The rows of the page.",
            &[],
            move |call| {
                resolve_from_page(call, move |_, page| {
                    let rows = page.rows.iter();
                    ResolvedValue::List(
                        rows.map(|row| ResolvedValue::Object(object, row.clone()))
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
                    resolve_from_page(call, move |connection, page| {
                        ResolvedValue::object(
                            "PageInfo",
                            PageInfo::Lazy {
                                connection: connection.clone(),
                                page: page.clone(),
                            },
                        )
                    })
                },
            )
            .page_level(),
        )
        .field(
            Field::batch(
                "totalCount",
                "Int!",
                "How many rows the whole list has; counted only when asked for.",
                &[],
                move |call| {
                    resolve_from_query(
                        call,
                        |connection: &RelayConnection| &connection.queries.total,
                        |_, total| ResolvedValue::Int(*total),
                    )
                },
            )
            .page_level(),
        );
        let edge = Object::new(self.edge_name, "A row of a page.")
            .field(Field::compute(
                "cursor",
                "String!",
                "Marks the place of the row: give it as `after` to go on from there. Opaque, and good under the same order only.",
                |edge: &ConnectionEdge| edge.queries.encode_cursor(&edge.record),
            ))
            .field(Field::compute("node", &format!("{object}!"), "The row.", |edge: &ConnectionEdge| {
                ResolvedValue::Object(edge.queries.type_name, edge.record.clone())
            }));
        [connection, edge]
    }

    /// A field that is a whole list of the table, except for what is left out unless the filter
    /// says otherwise.
    pub(in crate::schema) fn root_field(
        &self,
        name: &'static str,
        description: &'static str,
        unless_filtered: DefaultFilter,
    ) -> Field {
        self.field_with_parent(name, description, &[], unless_filtered, |_| Parent::All)
    }

    /// A field that is the list of the rows that point at the row.
    pub(in crate::schema) fn has_many_field(
        &self,
        name: &'static str,
        description: &'static str,
        key: impl sea_orm::ColumnTrait,
        by: impl sea_orm::ColumnTrait,
    ) -> Field {
        let (key, by) = (ColumnRef::new(key), ColumnRef::new(by));
        self.field_with_parent(
            name,
            description,
            &[key],
            no_default_filter,
            move |record| parent_from_record(record, key, by),
        )
    }

    /// A field that is the list of the rows of a parent, which the row names.
    pub(in crate::schema) fn field_with_parent(
        &self,
        name: &'static str,
        description: &'static str,
        needs: &[ColumnRef],
        unless_filtered: DefaultFilter,
        parent: impl Fn(&Record) -> Parent + Send + Sync + 'static,
    ) -> Field {
        let ty = format!("{}!", self.connection_name);
        let paged = self.clone();
        let is_root = needs.is_empty();
        let field = Field::batch(name, &ty, description, needs, move |call| {
            let connections = paged.resolve(&call, is_root, &parent);
            async move { connections }.boxed()
        });
        let paged = self.clone();
        self.add_arguments(field)
            .prepare_with(move |arguments, limits| {
                paged.parse_arguments(arguments, limits, unless_filtered)
            })
            .list_size_from(|arguments: &PageArguments| arguments.window.limit)
    }

    fn resolve(
        &self,
        call: &BatchCall<'_>,
        is_root: bool,
        parent: &(dyn Fn(&Record) -> Parent + Send + Sync),
    ) -> Result<Vec<ResolvedValue>, ExecutionError> {
        let parents: Vec<Parent> = if is_root {
            call.rows.iter().map(|_| Parent::All).collect()
        } else {
            parent_records(call)?.into_iter().map(parent).collect()
        };
        let arguments = call.args::<PageArguments>()?;
        let queries =
            call.get_or_init_for_plan(|| self.build_queries(arguments, call.selected_columns));
        // Of this request alone: threads that count references to one thing wait for each other.
        let queries = Arc::new(ConnectionQueries::clone(&queries));
        Ok(parents
            .into_iter()
            .map(|parent| {
                let queries = queries.clone();
                ResolvedValue::object(self.connection_name, RelayConnection { parent, queries })
            })
            .collect())
    }

    /// What can be asked of the list that the arguments describe.
    fn build_queries(
        &self,
        arguments: &PageArguments,
        wanted: SelectedColumns<'_>,
    ) -> ConnectionQueries {
        let PageArguments {
            window,
            order,
            filter,
        } = arguments;
        let object = self.stored_type.type_name;
        let mut columns = wanted.for_type_at(&["nodes"], object);
        columns.extend(wanted.for_type_at(&["edges", "node"], object));
        columns.extend(order.iter().map(|key| key.column));
        columns.sort_unstable();
        columns.dedup();
        let listed = self.row_set(filter.clone());
        let page = Arc::new(PageQuery::new(
            listed.clone(),
            order.clone(),
            window.clone(),
            columns.into(),
        ));
        ConnectionQueries {
            type_name: object,
            exists_before: Arc::new(OutsideWindowQuery::new(page.clone(), WindowSide::Before)),
            exists_after: Arc::new(OutsideWindowQuery::new(page.clone(), WindowSide::After)),
            page,
            total: Arc::new(AggregateQuery::new(listed, AggregateKind::Count)),
        }
    }
}

/// The rows whose column holds the key of the row.
pub(in crate::schema) fn parent_from_record(
    record: &Record,
    key: ColumnRef,
    by: ColumnRef,
) -> Parent {
    record
        .text(key)
        .map_or(Parent::All, |key| Parent::Key(by, key.clone()))
}

/// A list of one parent. The lists of a level share their queries, so that what is asked of them
/// is asked once for all parents, and only what is selected is asked.
#[derive(Clone, Debug)]
pub(in crate::schema) struct RelayConnection {
    pub(in crate::schema) parent: Parent,
    pub(in crate::schema) queries: Arc<ConnectionQueries>,
}

/// What can be asked of a list.
#[derive(Clone, Debug)]
pub(in crate::schema) struct ConnectionQueries {
    /// The type of what is listed.
    type_name: &'static str,
    page: Arc<PageQuery>,
    pub(in crate::schema) total: Arc<AggregateQuery>,
    /// Whether rows lie before the window of the page, and after it.
    exists_before: Arc<OutsideWindowQuery>,
    exists_after: Arc<OutsideWindowQuery>,
}

impl ConnectionQueries {
    fn encode_cursor(&self, record: &Record) -> String {
        cursor::encode(self.type_name, &self.page.order, record)
    }
}

#[derive(Debug)]
struct ConnectionEdge {
    record: Arc<Record>,
    queries: Arc<ConnectionQueries>,
}

/// Adds what all connections share.
pub(in crate::schema) fn define(graph: Graph) -> Graph {
    graph.object(page_info_type()).enumeration(Enum {
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
pub(in crate::schema) fn parent_connections<'a>(
    call: &BatchCall<'a>,
) -> Result<Vec<&'a RelayConnection>, InternalError> {
    downcast_parents(call)
}

/// What a field is resolved for, as the type that it reads.
///
/// # Errors
/// Where the field is defined on another type.
pub(in crate::schema) fn downcast_parents<'a, T: 'static>(
    call: &BatchCall<'a>,
) -> Result<Vec<&'a T>, InternalError> {
    call.rows
        .iter()
        .map(|row| row.downcast_ref::<T>())
        .collect::<Option<_>>()
        .ok_or_else(|| InternalError::Schema("a field of a connection starts elsewhere".into()))
}

async fn load_lists<Q: ListQuery>(
    context: &Context,
    keys: &[ListKey<Q>],
) -> Result<HashMap<ListKey<Q>, Q::ListResult>, InternalError> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    context.load(keys).await
}

/// Asks a query of every connection of the level at once.
fn resolve_from_query<'a, Q: ListQuery>(
    call: BatchCall<'a>,
    query: impl Fn(&RelayConnection) -> &Arc<Q> + Send + 'a,
    output: impl Fn(&RelayConnection, &Q::ListResult) -> ResolvedValue + Send + 'a,
) -> BoxFuture<'a, Result<Vec<ResolvedValue>, ExecutionError>> {
    async move {
        let connections = downcast_parents::<RelayConnection>(&call)?;
        let keys: Vec<_> = connections
            .iter()
            .map(|connection| ListKey {
                query: query(connection).clone(),
                parent: connection.parent.clone(),
            })
            .collect();
        let answers = load_lists(call.context, &keys).await?;
        connections
            .into_iter()
            .zip(&keys)
            .map(|(connection, key)| match answers.get(key) {
                Some(answer) => Ok(output(connection, answer)),
                None => Err(InternalError::Schema("a list has no result".into()).into()),
            })
            .collect()
    }
    .boxed()
}

fn resolve_from_page<'a>(
    call: BatchCall<'a>,
    output: impl Fn(&RelayConnection, &Arc<RowPage>) -> ResolvedValue + Send + 'a,
) -> BoxFuture<'a, Result<Vec<ResolvedValue>, ExecutionError>> {
    resolve_from_query(
        call,
        |connection: &RelayConnection| &connection.queries.page,
        output,
    )
}
