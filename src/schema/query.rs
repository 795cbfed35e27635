//! The root types and their fields.

use std::sync::Arc;

use async_graphql::Value;
use futures_util::FutureExt;

use super::{
    awareness, comparison, concentration,
    connection::no_default_filter,
    coverage,
    dataset::{all_rows_field, dataset_field, limits_field},
    figure, history, identity, matches, node, partnership, place, plan,
    relation::StoredType,
    search, source, survey, tabulation, trend,
};
use crate::{
    db::{ColumnRef, Filter, Lookup, LookupQuery, OrderKey},
    engine::{Argument, Field, Graph, Object, ResolvedValue},
    entity::{community, country, region},
};

/// Adds the root types `Query` and `Subscription`.
pub(super) fn define(graph: Graph) -> Graph {
    graph.object(query_type()).object(subscription_type())
}

fn subscription_type() -> Object {
    Object::new::<()>(
        "Subscription",
        "Events that the server sends as they happen.",
    )
    .field(dataset_field(
        "datasetChanged",
        "Sends the new dataset after each load that changes the data.",
    ))
}

fn query_type() -> Object {
    Object::new::<()>(
        "Query",
        "Sister partnerships between communities in the United States and in Asia and the Pacific, and published figures on what survey respondents know and think about them. The API is read-only.\n\nPercentages run from 0 to 100; `share`, `topShare`, and `capitalShare` are fractions from 0 to 1. Null means unknown, not published, or not applicable; it never means zero. The `flags` of a figure say what its source did not publish. Missing values are never filled in.",
    )
    .field(node::node_field())
    .field(node::nodes_field())
    .field(
        all_rows_field(
            "regions",
            "[Region!]!",
            "The four regions of the United States that the survey and the published totals use.",
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
        "State",
        "Returns a US state by its USPS code (`CA`) or ISO 3166-2 code (`US-CA`), or null if there is none.",
        place::state(),
        Argument::new("code", "String!", "The code, such as `CA` or `US-CA`, in upper or lower case."),
        |code| {
            let code = code.trim().to_ascii_uppercase();
            let code = code.strip_prefix("US-").unwrap_or(&code).to_owned();
            (ColumnRef::new(community::Column::Code), code)
        },
    ))
    .field(place::state_connection().root_field(
        "states",
        "The fifty states, the District of Columbia, and the territories in this dataset.",
        no_default_filter,
    ))
    .field(object_field_by_argument(
        "country",
        "Country",
        "Returns a country by its ISO 3166-1 alpha-2 code (`JP`) or alpha-3 code (`JPN`), or null if there is none.",
        place::country(),
        Argument::new("code", "String!", "The code, such as `JP` or `JPN`, in upper or lower case."),
        |code| {
            let code = code.trim().to_ascii_uppercase();
            let column = if code.len() == 3 {
                country::Column::Code3
            } else {
                country::Column::Id
            };
            (ColumnRef::new(column), code)
        },
    ))
    .field(place::country_connection().root_field(
        "countries",
        "Partner countries. The United States is included only if the filter uses `isPartner` and matches it.",
        |filter| match filter.is_some_and(|filter| uses_field(filter, "isPartner")) {
            true => Filter::default(),
            false => Filter::equals(country::Column::IsPartner, true),
        },
    ))
    .field(object_field_by_slug(
        "city",
        "Returns a city or county by its slug, or null if there is none.",
        place::city(),
    ))
    .field(place::city_connection().root_field(
        "cities",
        "Municipalities and counties in the United States and in partner countries.",
        no_default_filter,
    ))
    .field(object_field_by_slug(
        "province",
        "Returns a province by its slug, or null if there is none.",
        place::province(),
    ))
    .field(object_field_by_slug(
        "partnership",
        "Returns a partnership by its slug, or null if there is none.",
        partnership::stored_type(),
    ))
    .field(partnership::connection().root_field(
        "partnerships",
        "All partnerships, of every status, including those that have ended.",
        no_default_filter,
    ))
    .field(
        all_rows_field(
            "surveys",
            "[Survey!]!",
            "The surveys whose figures are in this dataset.",
            survey::stored_type(),
            Vec::new(),
        ),
    )
    .field(object_field_by_slug("survey", "Returns a survey by its slug, or null if there is none.", survey::stored_type()))
    .field(object_field_by_slug(
        "respondentAggregate",
        "Returns a published percentage of survey respondents by its slug, or null if there is none.",
        figure::respondent_aggregate_connection().stored_type,
    ))
    .field(figure::respondent_aggregate_connection().root_field(
        "respondentAggregates",
        "Every published percentage of survey respondents, in the order of the dataset.",
        no_default_filter,
    ))
    .field(object_field_by_slug(
        "publishedStatistic",
        "Returns a published number by its slug, or null if there is none.",
        figure::published_statistic_connection().stored_type,
    ))
    .field(figure::published_statistic_connection().root_field(
        "publishedStatistics",
        "Every other published number, such as a partnership count, in the order of the dataset.",
        no_default_filter,
    ))
    .field(object_field_by_slug("source", "Returns a source by its slug, or null if there is none.", source::stored_type()))
    .field(source::connection().root_field(
        "sources",
        "Every source of a partnership, a place, or a figure.",
        no_default_filter,
    ))
    .field(identity::identity_field())
    .field(identity::reconciliation_field())
    .field(coverage::field())
    .field(awareness::field())
    .field(comparison::field())
    .field(trend::field())
    .field(concentration::field())
    .field(matches::field())
    .field(matches::model_field())
    .field(plan::field())
    .field(tabulation::field())
    .field(search::field())
    .field(dataset_field(
        "dataset",
        "The loaded dataset: its revision, counts, and sources with their licenses.",
    ))
    .field(history::changes_field())
    .field(limits_field())
}

/// Whether a filter uses a field at any depth.
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
    let slug = Argument::new("slug", "String!", "The `slug` of the object.");
    object_field_by_argument(
        name,
        target.type_name,
        description,
        target,
        slug,
        move |slug| (key, slug.to_owned()),
    )
}

fn region_field() -> Field {
    let name = Argument::new("name", "RegionName!", "The name of the region.");
    let key = place::region().id_column;
    object_field_by_argument(
        "region",
        "Region!",
        "Returns one of the four regions by its name.",
        place::region(),
        name,
        move |name| (key, name.to_owned()),
    )
}

/// Defines a field that returns the object whose column equals a key, or null. `parse_key` returns
/// the column and the key for the value of the argument.
fn object_field_by_argument(
    name: &'static str,
    ty: &str,
    description: &'static str,
    target: StoredType,
    argument: Argument,
    parse_key: impl Fn(&str) -> (ColumnRef, String) + Send + Sync + 'static,
) -> Field {
    let type_name = target.type_name;
    Field::new(name, ty, description)
        .once(
            move |(column, _): &(ColumnRef, Arc<str>), selected| {
                let lookup = Lookup::by_foreign_key(target.id_column, *column, &[])
                    .with_constraints(&target.constraints);
                target.lookup_query(lookup, selected)
            },
            move |call| {
                async move {
                    let (_, key) = call.args;
                    let rows = call.context.lookup(call.plan, &[Some(key)]).await?;
                    let row = rows.into_iter().flatten().next();
                    Ok(ResolvedValue::from_option(
                        row.map(|row| ResolvedValue::Object(type_name, row)),
                    ))
                }
                .boxed()
            },
        )
        .adapt_plan(
            |lookup: &LookupQuery, [(previous, _), (current, _)]: [&(ColumnRef, Arc<str>); 2]| {
                (previous == current).then(|| lookup.clone())
            },
        )
        .with_arguments([argument], move |[value], _| {
            let (column, key) = parse_key(value.str().unwrap_or_default());
            Ok((column, Arc::<str>::from(key)))
        })
}
