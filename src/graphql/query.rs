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
    connection::everything,
    coverage,
    dataset::{all_of, dataset_field, limits_field},
    edge::{Stored, rows_of},
    figure, identity, node, partnership, place, search, survey,
};
use crate::{
    db::{Column, Lookup, OrderKey},
    engine::{Argument, Field, Graph, Object, Output},
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
    .field(node::node())
    .field(node::nodes())
    .field(
        all_of(
            "regions",
            "[Region!]!",
            "The four regions by which the survey and the published totals are broken down.",
            place::region(),
            vec![OrderKey {
                column: Column::of(region::Column::Position),
                descending: false,
            }],
        )
        .usually(4),
    )
    .field(region_field())
    .field(found(
        "state",
        "A US state by USPS code (`CA`) or ISO 3166-2 code (`US-CA`), in either case.",
        place::state(),
        Argument::new("code", "String!", "Such as `CA` or `US-CA`."),
        |code| {
            let code = code.trim().to_ascii_uppercase();
            let code = code.strip_prefix("US-").unwrap_or(&code).to_owned();
            (Column::of(community::Column::Code), code)
        },
    ))
    .field(place::states().root(
        "states",
        "The fifty states, the District of Columbia and the territories, in the order of their slugs.",
        everything,
    ))
    .field(found(
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
            (Column::of(by), code)
        },
    ))
    .field(place::countries().root(
        "countries",
        "Partner countries only, unless the filter asks about `isPartner`.",
        |filter| {
            if filter.is_some_and(|filter| mentions(filter, "isPartner")) {
                Condition::all()
            } else {
                Condition::all().add(country::Column::IsPartner.into_expr().eq(true))
            }
        },
    ))
    .field(by_slug(
        "city",
        "A city by its slug.",
        place::city(),
    ))
    .field(place::cities().root(
        "cities",
        "Municipalities and counties on both sides.",
        everything,
    ))
    .field(by_slug(
        "partnership",
        "A partnership by its slug.",
        partnership::stored(),
    ))
    .field(partnership::connection().root(
        "partnerships",
        "All partnerships, of every status.",
        everything,
    ))
    .field(
        all_of(
            "surveys",
            "[Survey!]!",
            "The surveys whose figures are loaded.",
            survey::stored(),
            Vec::new(),
        ),
    )
    .field(by_slug("survey", "A survey by its slug.", survey::stored()))
    .field(figure::respondent_aggregates().root(
        "respondentAggregates",
        "Every published percentage of respondents, in the order of its publication.",
        everything,
    ))
    .field(figure::published_statistics().root(
        "publishedStatistics",
        "Every other published number, in the order of its publication.",
        everything,
    ))
    .field(identity::reconciliation())
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
fn mentions(filter: &Value, name: &str) -> bool {
    match filter {
        Value::Object(fields) => fields.iter().any(|(field, value)| {
            *value != Value::Null && (field == name || mentions(value, name))
        }),
        Value::List(values) => values.iter().any(|value| mentions(value, name)),
        _ => false,
    }
}

fn by_slug(name: &'static str, description: &'static str, target: Stored) -> Field {
    let key = target.id;
    let slug = Argument::new("slug", "String!", "The slug, as an answer gave it.");
    found(name, description, target, slug, move |slug| {
        (key, slug.to_owned())
    })
}

fn region_field() -> Field {
    let name = Argument::new("name", "RegionName!", "The name of the region.");
    let key = place::region().id;
    let mut field = found(
        "region",
        "One of the four regions.",
        place::region(),
        name,
        move |name| (key, name.to_owned()),
    );
    field.ty = crate::engine::type_ref("Region!");
    field
}

/// The object that the one argument names; null where there is none.
fn found(
    name: &'static str,
    description: &'static str,
    target: Stored,
    argument: Argument,
    key: impl Fn(&str) -> (Column, String) + Send + Sync + 'static,
) -> Field {
    let (object, given) = (target.object, argument.name);
    Field::batch(name, object, description, &[], move |call| {
        let target = target.clone();
        async move {
            let (by, key) = call.args::<(Column, String)>()?;
            let selected = call.once(|| {
                let lookup = Lookup::pointing(target.id, *by, &[]).only(&target.only);
                target.select(lookup, call.wanted)
            });
            let key: Arc<str> = key.as_str().into();
            let rows = rows_of(call.context, &selected, std::iter::once(&key)).await?;
            let row = rows.get(&key).and_then(|rows| rows.first());
            let row = Output::maybe(row.map(|row| Output::Object(object, row.clone())));
            Ok(call.rows.iter().map(|_| row.clone()).collect())
        }
        .boxed()
    })
    .argument(argument)
    .prepared(move |arguments, _| Ok(key(arguments.text(given).unwrap_or_default())))
}
