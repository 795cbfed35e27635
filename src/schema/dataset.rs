//! `Dataset`, which describes the loaded data, and `Limits`, the limits of the server.

use std::sync::Arc;

use async_graphql::dynamic::Scalar;
use futures_util::FutureExt;

use super::{history, place, relation::StoredType, source};
use crate::{
    db::{
        AggregateKind, AggregateQuery, Filter, ListKey, OrderKey, PageQuery, Parent, RowSet, Window,
    },
    engine::{
        Context, Field, Graph, InternalError, Object, ResolvedValue, SelectedColumns, no_plan,
    },
    entity::{dataset, partnership, published_statistic, respondent_aggregate},
    limits::Limits,
};

pub(super) fn define(graph: Graph) -> Graph {
    graph.object(dataset_type()).object(limits_type()).add_type(
        Scalar::new("DateTime")
            .description("A point in time in UTC, such as `2026-11-23T21:40:00.000Z` (RFC 3339)."),
    )
}

/// Returns a query for every row of a stored type, sorted by `order` and then by id.
fn all_rows_query(
    target: &StoredType,
    order: &[OrderKey],
    selected: SelectedColumns<'_>,
) -> Arc<PageQuery> {
    let mut order = order.to_vec();
    order.push(OrderKey {
        column: target.id_column,
        descending: false,
    });
    let mut columns = selected.for_type(target.type_name);
    columns.extend(order.iter().map(|key| key.column));
    columns.sort_unstable();
    columns.dedup();
    let all_rows = RowSet::all(target.id_column);
    // These lists are short, so they have no pages.
    let window = Window {
        limit: u64::from(u32::MAX),
        ..Window::default()
    };
    Arc::new(PageQuery::new(all_rows, order, window, columns.into()))
}

/// Loads the objects of an [`all_rows_query`].
async fn load_all(
    context: &Context,
    query: &Arc<PageQuery>,
    type_name: &'static str,
) -> Result<Vec<ResolvedValue>, InternalError> {
    let key = ListKey {
        query: query.clone(),
        parent: Parent::All,
    };
    let page = context.load_one(key).await?;
    let rows = page.rows.iter();
    Ok(rows
        .map(|row| ResolvedValue::Object(type_name, row.clone()))
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
    let type_name = target.type_name;
    Field::new(name, ty, description).once(
        move |(): &(), selected| all_rows_query(&target, &order, selected),
        move |call| {
            async move {
                let objects = load_all(call.context, call.plan, type_name).await?;
                Ok(ResolvedValue::List(objects))
            }
            .boxed()
        },
    )
}

fn stored_type() -> StoredType {
    StoredType::new("Dataset", dataset::Column::Id)
}

/// Defines a root field that returns the loaded dataset.
pub(super) fn dataset_field(name: &'static str, description: &'static str) -> Field {
    Field::new(name, "Dataset!", description).once(
        |(): &(), selected| all_rows_query(&stored_type(), &[], selected),
        |call| {
            async move {
                let dataset = load_all(call.context, call.plan, "Dataset").await?.pop();
                Ok(dataset.unwrap_or(ResolvedValue::NULL))
            }
            .boxed()
        },
    )
}

pub(super) fn limits_field() -> Field {
    Field::new(
        "limits",
        "Limits!",
        "The limits that this server applies to requests and connections.",
    )
    .once(no_plan::<()>, |call| {
        let limits = ResolvedValue::object("Limits", call.context.limits);
        async move { Ok(limits) }.boxed()
    })
}

fn count_field(name: &'static str, description: &'static str, target: StoredType) -> Field {
    Field::new(name, "Int!", description).once(
        move |(): &(), _| {
            let rows = target.row_set(Filter::default());
            Arc::new(AggregateQuery::new(rows, AggregateKind::Count))
        },
        |call| {
            async move {
                let key = ListKey {
                    query: call.plan.clone(),
                    parent: Parent::All,
                };
                Ok(call.context.load_one(key).await?.into())
            }
            .boxed()
        },
    )
}

fn dataset_type() -> Object {
    stored_type().object("The loaded dataset: its revision, its number of objects of each type, and its sources.")
        .field(Field::column(
            "revision",
            "The SHA-256 hash of the loaded data, in hexadecimal. It changes whenever the data changes, and the same data has the same revision on every server.",
            dataset::Column::Revision,
        ))
        .field(Field::column(
            "loadedAt",
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
        .field(history::history_field())
        .field(history::latest_field())
}

fn limits_type() -> Object {
    Object::new::<Limits>(
        "Limits",
        "The limits that this server applies to requests and connections. A request that exceeds one is rejected with an error that names the limit; responses are never silently cut short.",
    )
    .fields(Limits::DEFINITIONS.iter().map(|limit| {
        Field::new(limit.name, "Int!", limit.description).compute(|limits: &Limits| {
            ResolvedValue::from(i64::try_from((limit.get)(limits)).unwrap_or(i64::MAX))
        })
    }))
}
