//! What is loaded, and what the server allows.

use std::time::Duration;

use futures_util::FutureExt;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Value};

use super::{place, relation::StoredType, source};
use crate::{
    db::{AggregateKind, AggregateQuery, ListKey, OrderKey, PageQuery, Parent, RowSet, Window},
    engine::{BatchCall, ExecutionError, Field, Graph, Limits, Object, ResolvedValue, Scalar},
    entity::{dataset, partnership, published_statistic, respondent_aggregate},
};

/// Adds the types of this file.
pub(super) fn define(graph: Graph) -> Graph {
    graph
        .object(dataset_type())
        .object(limits_type())
        .scalar(Scalar {
            name: "DateTime",
            description: "A moment in UTC, such as `2026-11-23T21:40:00.000Z` (RFC 3339).",
        })
}

/// Every row of a stored type, in the order of its ids or of `order`.
async fn load_all(
    call: &BatchCall<'_>,
    target: &StoredType,
    order: &[OrderKey],
) -> Result<Vec<ResolvedValue>, ExecutionError> {
    let query = call.get_or_init_for_plan(|| {
        let mut order = order.to_vec();
        order.push(OrderKey {
            column: target.id_column,
            descending: false,
        });
        let mut columns = call.selected_columns.for_type(target.type_name);
        columns.extend(order.iter().map(|key| key.column));
        columns.sort_unstable();
        columns.dedup();
        let listed = RowSet {
            id: target.id_column,
            filter: Condition::all(),
        };
        // These lists are short and not paged: all of them is meant.
        let window = Window {
            limit: u64::from(u32::MAX),
            ..Window::default()
        };
        PageQuery::new(listed, order, window, columns.into())
    });
    let key = ListKey {
        query,
        parent: Parent::All,
    };
    let pages = call.context.load(std::slice::from_ref(&key)).await?;
    let rows = pages.get(&key).map(|page| page.rows.clone());
    Ok(rows
        .unwrap_or_default()
        .into_iter()
        .map(|row| ResolvedValue::Object(target.type_name, row))
        .collect())
}

/// A field of a single object above that lists every row of a stored type.
pub(super) fn all_rows_field(
    name: &'static str,
    ty: &str,
    description: &'static str,
    target: StoredType,
    order: Vec<OrderKey>,
) -> Field {
    Field::batch(name, ty, description, &[], move |call| {
        let (target, order) = (target.clone(), order.clone());
        async move {
            let rows = load_all(&call, &target, &order).await?;
            Ok(call
                .rows
                .iter()
                .map(|_| ResolvedValue::List(rows.clone()))
                .collect())
        }
        .boxed()
    })
}

fn stored_type() -> StoredType {
    StoredType::new("Dataset", dataset::Column::Id)
}

/// A root field that shows what is loaded.
pub(super) fn dataset_field(name: &'static str, description: &'static str) -> Field {
    Field::batch(name, "Dataset!", description, &[], |call| {
        async move {
            let row = load_all(&call, &stored_type(), &[])
                .await?
                .into_iter()
                .next();
            let row = row.unwrap_or(ResolvedValue::Null);
            Ok(call.rows.iter().map(|_| row.clone()).collect())
        }
        .boxed()
    })
}

/// The root field `limits`.
pub(super) fn limits_field() -> Field {
    Field::batch(
        "limits",
        "Limits!",
        "The limits that this server applies to a request.",
        &[],
        |call| {
            let limits = ResolvedValue::object("Limits", call.context.limits);
            let rows = call.rows.iter().map(|_| limits.clone()).collect();
            async move { Ok(rows) }.boxed()
        },
    )
}

/// How many rows of a stored type are loaded.
fn count_field(name: &'static str, description: &'static str, target: StoredType) -> Field {
    Field::batch(name, "Int!", description, &[], move |call| {
        let query = call.get_or_init_for_plan(|| {
            let filter = target
                .constraints
                .iter()
                .fold(Condition::all(), |all, (column, value)| {
                    all.add(column.expr().eq(Expr::val(Value::from(*value))))
                });
            let listed = RowSet {
                id: target.id_column,
                filter,
            };
            AggregateQuery::new(listed, AggregateKind::Count)
        });
        async move {
            let key = ListKey {
                query,
                parent: Parent::All,
            };
            let totals = call.context.load(std::slice::from_ref(&key)).await?;
            let total = ResolvedValue::from_option(totals.get(&key).copied());
            Ok(call.rows.iter().map(|_| total.clone()).collect())
        }
        .boxed()
    })
}

fn dataset_type() -> Object {
    Object::new("Dataset", "What is loaded.")
        .field(Field::column(
            "revision",
            "String!",
            "Changes whenever the loaded data changes; the same data has the same revision on every server. A SHA-256 in hexadecimal.",
            dataset::Column::Revision,
        ))
        .field(Field::column(
            "loadedAt",
            "DateTime!",
            "When this server's database was last changed by a load.",
            dataset::Column::LoadedAt,
        ))
        .field(count_field(
            "states",
            "How many states are loaded, the District of Columbia and the territories included.",
            place::state(),
        ))
        .field(count_field(
            "countries",
            "How many countries are loaded, the United States included.",
            place::country(),
        ))
        .field(count_field(
            "cities",
            "How many municipalities and counties are loaded, of both sides.",
            place::city(),
        ))
        .field(count_field(
            "partnerships",
            "How many partnerships are loaded, of every status.",
            StoredType::new("Partnership", partnership::Column::Id),
        ))
        .field(count_field(
            "respondentAggregates",
            "How many published percentages of respondents are loaded.",
            StoredType::new("RespondentAggregate", respondent_aggregate::Column::Id),
        ))
        .field(count_field(
            "publishedStatistics",
            "How many other published numbers are loaded.",
            StoredType::new("PublishedStatistic", published_statistic::Column::Id),
        ))
        .field(
            all_rows_field(
                "sources",
                "[Source!]!",
                "Every source of ties, places and figures, in the order of the slugs.",
                source::stored_type(),
                Vec::new(),
            )
            .assumed_list_size(550),
        )
}

fn limits_type() -> Object {
    let int = |value: u64| ResolvedValue::Int(i64::try_from(value).unwrap_or(i64::MAX));
    let milliseconds =
        move |time: Duration| int(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
    Object::new(
        "Limits",
        "The limits that this server applies to a request. What is over one is refused with an error that names it; nothing is cut short.",
    )
    .field(Field::compute(
        "maxDepth",
        "Int!",
        "Levels that a document may nest, fragments written out.",
        move |limits: &Limits| int(limits.max_depth),
    ))
    .field(Field::compute(
        "maxComplexity",
        "Int!",
        "What a request may cost: each field counts once for every object that the lists above it may give.",
        move |limits: &Limits| int(limits.max_complexity),
    ))
    .field(Field::compute(
        "maxPageSize",
        "Int!",
        "Rows that `first` may ask for.",
        move |limits: &Limits| int(limits.max_page_size),
    ))
    .field(Field::compute(
        "defaultPageSize",
        "Int!",
        "Rows of a page where `first` is not given.",
        move |limits: &Limits| int(limits.default_page_size),
    ))
    .field(Field::compute(
        "maxAliases",
        "Int!",
        "Aliases that a document may have, fragments written out.",
        move |limits: &Limits| int(limits.max_aliases),
    ))
    .field(Field::compute(
        "requestTimeoutMs",
        "Int!",
        "Milliseconds that a request may take.",
        move |limits: &Limits| milliseconds(limits.request_timeout),
    ))
    .field(Field::compute(
        "maxRequestBytes",
        "Int!",
        "Bytes that the body of a request may have.",
        move |limits: &Limits| int(limits.max_request_bytes),
    ))
    .field(Field::compute(
        "maxBatch",
        "Int!",
        "Requests that a batch may have; 0 where batches are off.",
        move |limits: &Limits| int(limits.max_batch),
    ))
    .field(Field::compute(
        "maxConcurrentRequests",
        "Int!",
        "Requests that are executed at a time.",
        move |limits: &Limits| int(limits.max_concurrent_requests),
    ))
    .field(Field::compute(
        "maxWaitingRequests",
        "Int!",
        "Requests that may wait for their turn; more are refused, and may try again.",
        move |limits: &Limits| int(limits.max_waiting_requests),
    ))
    .field(Field::compute(
        "maxSubscribers",
        "Int!",
        "Subscriptions over server-sent events, and WebSockets, at a time.",
        move |limits: &Limits| int(limits.max_subscribers),
    ))
    .field(Field::compute(
        "maxConnections",
        "Int!",
        "Connections at a time.",
        move |limits: &Limits| int(limits.max_connections),
    ))
    .field(Field::compute(
        "headerTimeoutMs",
        "Int!",
        "Milliseconds that the head of a request may take, and that a connection may be idle.",
        move |limits: &Limits| milliseconds(limits.header_timeout),
    ))
    .field(Field::compute(
        "bodyTimeoutMs",
        "Int!",
        "Milliseconds that the body of a request may take.",
        move |limits: &Limits| milliseconds(limits.body_timeout),
    ))
    .field(Field::compute(
        "maxQueryBytes",
        "Int!",
        "Bytes that a document may have.",
        move |limits: &Limits| int(limits.max_query_bytes),
    ))
    .field(Field::compute(
        "maxTokens",
        "Int!",
        "Tokens that a document may have: names, values and punctuation.",
        move |limits: &Limits| int(limits.max_tokens),
    ))
    .field(Field::compute(
        "maxSelections",
        "Int!",
        "Fields, spreads and inline fragments that a document may have, with what is spread written out.",
        move |limits: &Limits| int(limits.max_selections),
    ))
    .field(Field::compute(
        "maxRootFields",
        "Int!",
        "Fields that an operation may have at its top, fragments written out.",
        move |limits: &Limits| int(limits.max_root_fields),
    ))
    .field(Field::compute(
        "maxDirectives",
        "Int!",
        "Directives that an operation may have, fragments written out.",
        move |limits: &Limits| int(limits.max_directives),
    ))
    .field(Field::compute(
        "maxVariables",
        "Int!",
        "Variables that a document may declare.",
        move |limits: &Limits| int(limits.max_variables),
    ))
    .field(Field::compute(
        "maxListSize",
        "Int!",
        "Values that one list in an argument or a variable may have. Some arguments take fewer.",
        move |limits: &Limits| int(limits.max_list_size),
    ))
}
