//! `Dataset`, which describes the loaded data, and `Limits`, the limits of the server.

use futures_util::FutureExt;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Value};

use super::{place, relation::StoredType, source};
use crate::{
    db::{AggregateKind, AggregateQuery, ListKey, OrderKey, PageQuery, Parent, RowSet, Window},
    engine::{BatchCall, ExecutionError, Field, Graph, Limits, Object, ResolvedValue, Scalar},
    entity::{dataset, partnership, published_statistic, respondent_aggregate},
};

pub(super) fn define(graph: Graph) -> Graph {
    graph
        .object(dataset_type())
        .object(limits_type())
        .scalar(Scalar {
            name: "DateTime",
            description: "A point in time in UTC, such as `2026-11-23T21:40:00.000Z` (RFC 3339).",
        })
}

/// Loads every row of a stored type, sorted by `order` and then by id.
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
        let all_rows = RowSet {
            id: target.id_column,
            filter: Condition::all(),
        };
        // These lists are short, so they have no pages.
        let window = Window {
            limit: u64::from(u32::MAX),
            ..Window::default()
        };
        PageQuery::new(all_rows, order, window, columns.into())
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

/// Defines a field that returns every row of a stored type.
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

/// Defines a root field that returns the loaded dataset.
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

pub(super) fn limits_field() -> Field {
    Field::batch(
        "limits",
        "Limits!",
        "The limits that this server applies to requests and connections.",
        &[],
        |call| {
            let limits = ResolvedValue::object("Limits", call.context.limits);
            let rows = call.rows.iter().map(|_| limits.clone()).collect();
            async move { Ok(rows) }.boxed()
        },
    )
}

fn count_field(name: &'static str, description: &'static str, target: StoredType) -> Field {
    Field::batch(name, "Int!", description, &[], move |call| {
        let query = call.get_or_init_for_plan(|| {
            let filter = target
                .constraints
                .iter()
                .fold(Condition::all(), |all, (column, value)| {
                    all.add(column.expr().eq(Expr::val(Value::from(*value))))
                });
            let rows = RowSet {
                id: target.id_column,
                filter,
            };
            AggregateQuery::new(rows, AggregateKind::Count)
        });
        async move {
            let key = ListKey {
                query,
                parent: Parent::All,
            };
            let counts = call.context.load(std::slice::from_ref(&key)).await?;
            let count = ResolvedValue::from_option(counts.get(&key).copied());
            Ok(call.rows.iter().map(|_| count.clone()).collect())
        }
        .boxed()
    })
}

fn dataset_type() -> Object {
    Object::new("Dataset", "The loaded dataset: its revision, its number of objects of each type, and its sources.")
        .field(Field::column(
            "revision",
            "String!",
            "The SHA-256 hash of the loaded data, in hexadecimal. It changes whenever the data changes, and the same data has the same revision on every server.",
            dataset::Column::Revision,
        ))
        .field(Field::column(
            "loadedAt",
            "DateTime!",
            "The time at which the data in this server's database last changed.",
            dataset::Column::LoadedAt,
        ))
        .field(count_field(
            "states",
            "The number of states, including the District of Columbia and the territories.",
            place::state(),
        ))
        .field(count_field(
            "countries",
            "The number of countries, including the United States.",
            place::country(),
        ))
        .field(count_field(
            "cities",
            "The number of municipalities and counties in the United States and in partner countries.",
            place::city(),
        ))
        .field(count_field(
            "partnerships",
            "The number of partnerships, of every status.",
            StoredType::new("Partnership", partnership::Column::Id),
        ))
        .field(count_field(
            "respondentAggregates",
            "The number of published percentages of survey respondents.",
            StoredType::new("RespondentAggregate", respondent_aggregate::Column::Id),
        ))
        .field(count_field(
            "publishedStatistics",
            "The number of published statistics, such as partnership counts, that are not percentages of respondents.",
            StoredType::new("PublishedStatistic", published_statistic::Column::Id),
        ))
        .field(
            all_rows_field(
                "sources",
                "[Source!]!",
                "All sources of partnerships, communities, and figures, sorted by slug.",
                source::stored_type(),
                Vec::new(),
            )
            .assumed_list_size(550),
        )
}

fn limits_type() -> Object {
    Object::new(
        "Limits",
        "The limits that this server applies to requests and connections. A request that exceeds one is rejected with an error that names the limit; responses are never silently cut short.",
    )
    .fields(Limits::DEFINITIONS.iter().map(|limit| {
        Field::compute(limit.name, "Int!", limit.description, |limits: &Limits| {
            ResolvedValue::Int(i64::try_from((limit.get)(limits)).unwrap_or(i64::MAX))
        })
    }))
}
