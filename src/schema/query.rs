//! The root fields.

use std::sync::Arc;

use async_graphql::Value;
use futures_util::FutureExt;
use sea_orm::{
    ColumnTrait,
    sea_query::{Condition, ExprTrait},
};

use super::{
    concentration,
    connection::no_default_filter,
    coverage,
    dataset::{all_rows_field, dataset_field, limits_field},
    figure, identity, node, partnership, place,
    relation::{StoredType, load_rows_by_key},
    search, survey,
};
use crate::{
    db::{ColumnRef, Lookup, OrderKey},
    engine::{Argument, Field, Graph, Object, ResolvedValue},
    entity::{community, country, region},
};

/// Adds `Query` and `Subscription`.
pub(super) fn define(graph: Graph) -> Graph {
    graph.object(query_type()).object(subscription_type())
}

fn subscription_type() -> Object {
    Object::new(
        "Subscription",
        "What a client can be told of as it happens.",
    )
    .field(dataset_field(
        "datasetChanged",
        "Sent when the data has been loaded anew; the data set as it is now.",
    ))
}

fn query_type() -> Object {
    Object::new(
        "Query",
        "Sister partnerships between the United States and Asia, joined with what survey respondents know and think of them. Read only.\n\nPercentages run from 0 to 100. Null means \"not published\" or \"not known\": a flag on the figure says which; nothing is filled in silently.",
    )
    .field(node::node_field())
    .field(node::nodes_field())
    .field(
        all_rows_field(
            "regions",
            "[Region!]!",
            "The four regions by which the survey and the published totals are broken down.",
            place::region(),
            vec![OrderKey {
                column: ColumnRef::new(region::Column::Position),
                descending: false,
            }],
        )
        .assumed_list_size(4),
    )
    .field(region_field())
    .field(object_field_by_argument(
        "state",
        "A US state by USPS code (`CA`) or ISO 3166-2 code (`US-CA`), in either case.",
        place::state(),
        Argument::new("code", "String!", "Such as `CA` or `US-CA`."),
        |code| {
            let code = code.trim().to_ascii_uppercase();
            let code = code.strip_prefix("US-").unwrap_or(&code).to_owned();
            (ColumnRef::new(community::Column::Code), code)
        },
    ))
    .field(place::state_connection().root_field(
        "states",
        "The fifty states, the District of Columbia and the territories, in the order of their slugs.",
        no_default_filter,
    ))
    .field(object_field_by_argument(
        "country",
        "A country by ISO 3166-1 alpha-2 code (`JP`) or alpha-3 code (`JPN`), in either case.",
        place::country(),
        Argument::new("code", "String!", "Such as `JP` or `JPN`."),
        |code| {
            let code = code.trim().to_ascii_uppercase();
            let by = if code.len() == 3 {
                country::Column::Code3
            } else {
                country::Column::Id
            };
            (ColumnRef::new(by), code)
        },
    ))
    .field(place::country_connection().root_field(
        "countries",
        "Partner countries only, unless the filter asks about `isPartner`.",
        |filter| {
            if filter.is_some_and(|filter| uses_field(filter, "isPartner")) {
                Condition::all()
            } else {
                Condition::all().add(country::Column::IsPartner.into_expr().eq(true))
            }
        },
    ))
    .field(object_field_by_slug(
        "city",
        "A city by its slug.",
        place::city(),
    ))
    .field(place::city_connection().root_field(
        "cities",
        "Municipalities and counties on both sides.",
        no_default_filter,
    ))
    .field(object_field_by_slug(
        "partnership",
        "A partnership by its slug.",
        partnership::stored_type(),
    ))
    .field(partnership::connection().root_field(
        "partnerships",
        "All partnerships, of every status.",
        no_default_filter,
    ))
    .field(
        all_rows_field(
            "surveys",
            "[Survey!]!",
            "The surveys whose figures are loaded.",
            survey::stored_type(),
            Vec::new(),
        ),
    )
    .field(object_field_by_slug("survey", "A survey by its slug.", survey::stored_type()))
    .field(figure::respondent_aggregate_connection().root_field(
        "respondentAggregates",
        "Every published percentage of respondents, in the order of its publication.",
        no_default_filter,
    ))
    .field(figure::published_statistic_connection().root_field(
        "publishedStatistics",
        "Every other published number, in the order of its publication.",
        no_default_filter,
    ))
    .field(identity::reconciliation_field())
    .field(coverage::field())
    .field(concentration::field())
    .field(search::field())
    .field(dataset_field(
        "dataset",
        "What is loaded: revision, counts, sources and licences.",
    ))
    .field(limits_field())
}

/// Whether a filter names a field, however deep.
fn uses_field(filter: &Value, name: &str) -> bool {
    match filter {
        Value::Object(fields) => fields.iter().any(|(field, value)| {
            *value != Value::Null && (field == name || uses_field(value, name))
        }),
        Value::List(values) => values.iter().any(|value| uses_field(value, name)),
        _ => false,
    }
}

fn object_field_by_slug(
    name: &'static str,
    description: &'static str,
    target: StoredType,
) -> Field {
    let key = target.id_column;
    let slug = Argument::new("slug", "String!", "The slug, as an answer gave it.");
    object_field_by_argument(name, description, target, slug, move |slug| {
        (key, slug.to_owned())
    })
}

fn region_field() -> Field {
    let name = Argument::new("name", "RegionName!", "The name of the region.");
    let key = place::region().id_column;
    let mut field = object_field_by_argument(
        "region",
        "One of the four regions.",
        place::region(),
        name,
        move |name| (key, name.to_owned()),
    );
    field.ty = crate::engine::parse_type_ref("Region!");
    field
}

/// The object that the one argument names; null where there is none.
fn object_field_by_argument(
    name: &'static str,
    description: &'static str,
    target: StoredType,
    argument: Argument,
    key: impl Fn(&str) -> (ColumnRef, String) + Send + Sync + 'static,
) -> Field {
    let (object, given) = (target.type_name, argument.name);
    Field::batch(name, object, description, &[], move |call| {
        let target = target.clone();
        async move {
            let (by, key) = call.args::<(ColumnRef, String)>()?;
            let selected = call.get_or_init_for_plan(|| {
                let lookup = Lookup::by_foreign_key(target.id_column, *by, &[])
                    .with_constraints(&target.constraints);
                target.lookup_query(lookup, call.selected_columns)
            });
            let key: Arc<str> = key.as_str().into();
            let rows = load_rows_by_key(call.context, &selected, std::iter::once(&key)).await?;
            let row = rows.get(&key).and_then(|rows| rows.first());
            let row = ResolvedValue::from_option(
                row.map(|row| ResolvedValue::Object(object, row.clone())),
            );
            Ok(call.rows.iter().map(|_| row.clone()).collect())
        }
        .boxed()
    })
    .argument(argument)
    .prepare_with(move |arguments, _| Ok(key(arguments.get_str(given).unwrap_or_default())))
}
