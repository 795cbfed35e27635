//! What is loaded, and what the server allows.

use std::time::Duration;

use futures_util::FutureExt;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Value};

use super::{edge::Stored, place, source};
use crate::{
    db::{ListKey, Listed, OrderKey, PageQuery, Parent, Total, TotalQuery, Window},
    engine::{Call, Fault, Field, Graph, Limits, Object, Output, Scalar},
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
async fn all(call: &Call<'_>, target: &Stored, order: &[OrderKey]) -> Result<Vec<Output>, Fault> {
    let query = call.once(|| {
        let mut order = order.to_vec();
        order.push(OrderKey {
            column: target.id,
            descending: false,
        });
        let mut columns = call.wanted.columns(target.object);
        columns.extend(order.iter().map(|key| key.column));
        columns.sort_unstable();
        columns.dedup();
        let listed = Listed {
            id: target.id,
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
        .map(|row| Output::Object(target.object, row))
        .collect())
}

/// A field of a single object above that lists every row of a stored type.
pub(super) fn all_of(
    name: &'static str,
    ty: &str,
    description: &'static str,
    target: Stored,
    order: Vec<OrderKey>,
) -> Field {
    Field::batch(name, ty, description, &[], move |call| {
        let (target, order) = (target.clone(), order.clone());
        async move {
            let rows = all(&call, &target, &order).await?;
            Ok(call
                .rows
                .iter()
                .map(|_| Output::List(rows.clone()))
                .collect())
        }
        .boxed()
    })
}

fn stored() -> Stored {
    Stored::new("Dataset", dataset::Column::Id)
}

/// A root field that shows what is loaded.
pub(super) fn dataset_field(name: &'static str, description: &'static str) -> Field {
    Field::batch(name, "Dataset!", description, &[], |call| {
        async move {
            let row = all(&call, &stored(), &[]).await?.into_iter().next();
            let row = row.unwrap_or(Output::Null);
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
            let limits = Output::object("Limits", call.context.limits);
            let rows = call.rows.iter().map(|_| limits.clone()).collect();
            async move { Ok(rows) }.boxed()
        },
    )
}

/// How many rows of a stored type are loaded.
fn count(name: &'static str, description: &'static str, target: Stored) -> Field {
    Field::batch(name, "Int!", description, &[], move |call| {
        let query = call.once(|| {
            let filter = target
                .only
                .iter()
                .fold(Condition::all(), |all, (column, value)| {
                    all.add(column.expr().eq(Expr::val(Value::from(*value))))
                });
            let listed = Listed {
                id: target.id,
                filter,
            };
            TotalQuery::new(listed, Total::Rows)
        });
        async move {
            let key = ListKey {
                query,
                parent: Parent::All,
            };
            let totals = call.context.load(std::slice::from_ref(&key)).await?;
            let total = Output::maybe(totals.get(&key).copied());
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
        .field(count(
            "states",
            "How many states are loaded, the District of Columbia and the territories included.",
            place::state(),
        ))
        .field(count(
            "countries",
            "How many countries are loaded, the United States included.",
            place::country(),
        ))
        .field(count(
            "cities",
            "How many municipalities and counties are loaded, of both sides.",
            place::city(),
        ))
        .field(count(
            "partnerships",
            "How many partnerships are loaded, of every status.",
            Stored::new("Partnership", partnership::Column::Id),
        ))
        .field(count(
            "respondentAggregates",
            "How many published percentages of respondents are loaded.",
            Stored::new("RespondentAggregate", respondent_aggregate::Column::Id),
        ))
        .field(count(
            "publishedStatistics",
            "How many other published numbers are loaded.",
            Stored::new("PublishedStatistic", published_statistic::Column::Id),
        ))
        .field(
            all_of(
                "sources",
                "[Source!]!",
                "Every source of ties, places and figures, in the order of the slugs.",
                source::stored(),
                Vec::new(),
            )
            .usually(550),
        )
}

fn limits_type() -> Object {
    let int = |value: u64| Output::Int(i64::try_from(value).unwrap_or(i64::MAX));
    let milliseconds =
        move |time: Duration| int(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
    Object::new(
        "Limits",
        "The limits that this server applies to a request. What is over one is refused with an error that names it; nothing is cut short.",
    )
    .field(Field::of(
        "maxDepth",
        "Int!",
        "Levels that a document may nest, fragments written out.",
        move |limits: &Limits| int(limits.max_depth),
    ))
    .field(Field::of(
        "maxComplexity",
        "Int!",
        "What a request may cost: each field counts once for every object that the lists above it may give.",
        move |limits: &Limits| int(limits.max_complexity),
    ))
    .field(Field::of(
        "maxPageSize",
        "Int!",
        "Rows that `first` may ask for.",
        move |limits: &Limits| int(limits.max_page_size),
    ))
    .field(Field::of(
        "defaultPageSize",
        "Int!",
        "Rows of a page where `first` is not given.",
        move |limits: &Limits| int(limits.default_page_size),
    ))
    .field(Field::of(
        "maxAliases",
        "Int!",
        "Aliases that a document may have, fragments written out.",
        move |limits: &Limits| int(limits.max_aliases),
    ))
    .field(Field::of(
        "requestTimeoutMs",
        "Int!",
        "Milliseconds that a request may take.",
        move |limits: &Limits| milliseconds(limits.request_timeout),
    ))
    .field(Field::of(
        "maxRequestBytes",
        "Int!",
        "Bytes that the body of a request may have.",
        move |limits: &Limits| int(limits.max_request_bytes),
    ))
    .field(Field::of(
        "maxBatch",
        "Int!",
        "Requests that a batch may have; 0 where batches are off.",
        move |limits: &Limits| int(limits.max_batch),
    ))
    .field(Field::of(
        "maxConcurrentRequests",
        "Int!",
        "Requests that are executed at a time.",
        move |limits: &Limits| int(limits.max_concurrent_requests),
    ))
    .field(Field::of(
        "maxWaitingRequests",
        "Int!",
        "Requests that may wait for their turn; more are refused, and may try again.",
        move |limits: &Limits| int(limits.max_waiting_requests),
    ))
    .field(Field::of(
        "maxSubscribers",
        "Int!",
        "Subscriptions over server-sent events, and WebSockets, at a time.",
        move |limits: &Limits| int(limits.max_subscribers),
    ))
    .field(Field::of(
        "maxConnections",
        "Int!",
        "Connections at a time.",
        move |limits: &Limits| int(limits.max_connections),
    ))
    .field(Field::of(
        "headerTimeoutMs",
        "Int!",
        "Milliseconds that the head of a request may take, and that a connection may be idle.",
        move |limits: &Limits| milliseconds(limits.header_timeout),
    ))
    .field(Field::of(
        "bodyTimeoutMs",
        "Int!",
        "Milliseconds that the body of a request may take.",
        move |limits: &Limits| milliseconds(limits.body_timeout),
    ))
    .field(Field::of(
        "maxQueryBytes",
        "Int!",
        "Bytes that a document may have.",
        move |limits: &Limits| int(limits.max_query_bytes),
    ))
    .field(Field::of(
        "maxTokens",
        "Int!",
        "Tokens that a document may have: names, values and punctuation.",
        move |limits: &Limits| int(limits.max_tokens),
    ))
    .field(Field::of(
        "maxSelections",
        "Int!",
        "Fields, spreads and inline fragments that a document may have, with what is spread written out.",
        move |limits: &Limits| int(limits.max_selections),
    ))
    .field(Field::of(
        "maxRootFields",
        "Int!",
        "Fields that an operation may have at its top, fragments written out.",
        move |limits: &Limits| int(limits.max_root_fields),
    ))
    .field(Field::of(
        "maxDirectives",
        "Int!",
        "Directives that an operation may have, fragments written out.",
        move |limits: &Limits| int(limits.max_directives),
    ))
    .field(Field::of(
        "maxVariables",
        "Int!",
        "Variables that a document may declare.",
        move |limits: &Limits| int(limits.max_variables),
    ))
    .field(Field::of(
        "maxListSize",
        "Int!",
        "Values that one list in an argument or a variable may have. Some arguments take fewer.",
        move |limits: &Limits| int(limits.max_list_size),
    ))
}
