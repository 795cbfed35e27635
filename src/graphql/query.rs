//! The root fields, and refetching by global id.

use std::{collections::HashMap, sync::Arc};

use futures_util::{FutureExt, future::BoxFuture};
use sea_orm::{
    ColumnTrait,
    sea_query::{Condition, ExprTrait},
};

use super::{
    dataset::{all_of, dataset_field, limits_field},
    edge::{Stored, rows_of},
    figure, id, partnership, place, search, source, survey,
};
use crate::{
    db::{Column, Lookup, OrderKey},
    engine::{Argument, Call, Fault, Field, Graph, Interface, Object, Output, Refusal, text},
    entity::{community, country, region},
};

/// How many ids `nodes` takes.
const MAX_IDS: usize = 100;

/// Every type that `node` finds. Adding one here is all there is to it.
fn node_types() -> Vec<Stored> {
    vec![
        place::region(),
        place::state(),
        place::country(),
        place::province(),
        place::city(),
        partnership::stored(),
        figure::respondent_aggregates().target,
        figure::published_statistics().target,
        survey::stored(),
        survey::question(),
        source::stored(),
    ]
}

/// Adds `Query` and `Node`.
pub(super) fn define(graph: Graph) -> Graph {
    graph
        .interface(Interface {
            name: "Node",
            description: "An object that its global id finds again.",
            fields: vec![Field::of(
                "id",
                "ID!",
                "Globally unique and opaque; `node(id:)` finds the object again.",
                |(): &()| Output::Null,
            )],
        })
        .object(super::connection::page_info())
        .object(query_type())
}

fn query_type() -> Object {
    let every = Condition::all;
    Object::new(
        "Query",
        "Sister partnerships between the United States and Asia, joined with what survey respondents know and think of them. Read only.\n\nPercentages run from 0 to 100. Null means \"not published\" or \"not known\": a flag on the figure says which; nothing is filled in silently.",
    )
    .field(node())
    .field(nodes())
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
        every,
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
        "Partner countries only, in the order of their codes.",
        || Condition::all().add(country::Column::IsPartner.into_expr().eq(true)),
    ))
    .field(by_slug(
        "city",
        "A city by its slug.",
        place::city(),
    ))
    .field(place::cities().root(
        "cities",
        "Municipalities and counties on both sides.",
        every,
    ))
    .field(by_slug(
        "partnership",
        "A partnership by its slug.",
        partnership::stored(),
    ))
    .field(partnership::connection().root(
        "partnerships",
        "All partnerships, of every status.",
        every,
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
        every,
    ))
    .field(figure::published_statistics().root(
        "publishedStatistics",
        "Every other published number, in the order of its publication.",
        every,
    ))
    .field(search::field())
    .field(dataset_field())
    .field(limits_field())
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
            let lookup = Lookup::pointing(target.id, *by, &[]).only(&target.only);
            let selected = target.select(lookup, call.wanted);
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

/// A global id that was asked for: the type and the key.
struct GlobalId {
    target: Stored,
    key: Arc<str>,
}

fn global_id(text: &str) -> Result<GlobalId, Refusal> {
    let (object, key) = id::decode(text)?;
    match node_types()
        .into_iter()
        .find(|target| target.object == object)
    {
        Some(target) => Ok(GlobalId {
            target,
            key: key.into(),
        }),
        None => Err(Refusal::input(format!(
            "{text:?} is not an id of this server; ids are opaque, use one that an answer gave"
        ))),
    }
}

fn node() -> Field {
    Field::batch(
        "node",
        "Node",
        "Any object by its global id; null when no such object exists.",
        &[],
        |call| refetched(call, |mut found| found.pop().unwrap_or(Output::Null)),
    )
    .argument(Argument::new("id", "ID!", "The id, as an answer gave it."))
    .prepared(|arguments, _| {
        let id = arguments.text("id").unwrap_or_default();
        Ok(vec![global_id(id)?])
    })
}

fn nodes() -> Field {
    Field::batch(
        "nodes",
        "[Node]!",
        "Objects by global id, in the order asked for; null where one does not exist. At most 100 ids.",
        &[],
        |call| refetched(call, Output::List),
    )
    .argument(Argument::new("ids", "[ID!]!", "The ids, as answers gave them."))
    .prepared(|arguments, _| {
        let ids = arguments.list("ids").unwrap_or_default();
        if ids.len() > MAX_IDS {
            return Err(Refusal::input(format!(
                "ids has {} ids; give at most {MAX_IDS}",
                ids.len()
            )));
        }
        ids.iter()
            .filter_map(text)
            .map(global_id)
            .collect::<Result<Vec<_>, _>>()
    })
    .sized(|ids: &Vec<GlobalId>| ids.len() as u64)
}

/// The objects of the ids that were asked for, one statement for each type among them.
fn refetched<'a>(
    call: Call<'a>,
    output: impl Fn(Vec<Output>) -> Output + Send + 'a,
) -> BoxFuture<'a, Result<Vec<Output>, Fault>> {
    async move {
        let ids = call.args::<Vec<GlobalId>>()?;
        let mut keys: HashMap<&str, (&Stored, Vec<&Arc<str>>)> = HashMap::new();
        for GlobalId { target, key } in ids {
            let (_, of_type) = keys
                .entry(target.object)
                .or_insert_with(|| (target, Vec::new()));
            of_type.push(key);
        }
        let mut found = HashMap::new();
        let mut types: Vec<_> = keys.into_iter().collect();
        types.sort_unstable_by_key(|(object, _)| *object);
        for (object, (target, keys)) in types {
            let selected = target.select(target.by_id(), call.wanted);
            let rows = rows_of(call.context, &selected, keys.into_iter()).await?;
            for (key, rows) in rows {
                if let Some(row) = rows.first() {
                    found.insert((object, key), row.clone());
                }
            }
        }
        let objects: Vec<Output> = ids
            .iter()
            .map(|GlobalId { target, key }| {
                let row = found.get(&(target.object, key.clone()));
                Output::maybe(row.map(|row| Output::Object(target.object, row.clone())))
            })
            .collect();
        Ok(call.rows.iter().map(|_| output(objects.clone())).collect())
    }
    .boxed()
}
