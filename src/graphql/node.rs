//! Refetching by global id.

use std::{collections::HashMap, sync::Arc};

use futures_util::{FutureExt, future::BoxFuture};

use super::{
    edge::{Stored, rows_of},
    figure, id, identity, partnership, place, source, survey,
};
use crate::engine::{
    Argument, Call, Context, Fault, Field, Graph, Interface, Output, Refusal, Row, text,
};

/// How many ids `nodes` takes.
const MAX_IDS: usize = 100;

/// A type that `node` finds by its keys.
#[derive(Clone)]
enum NodeType {
    /// Its objects are rows.
    Stored(Stored),
    /// Its objects are made from others.
    Computed(&'static str, Find),
}

/// The objects with certain keys; a key without an object is missing.
type Find = for<'a> fn(
    &'a Context,
    &'a [&'a Arc<str>],
) -> BoxFuture<'a, Result<HashMap<Arc<str>, Row>, Fault>>;

/// Every type that `node` finds. Adding one here is all there is to it.
fn node_types() -> Vec<NodeType> {
    let stored = [
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
    ];
    let computed = [NodeType::Computed(identity::IDENTITY, identity::by_slug)];
    stored
        .map(NodeType::Stored)
        .into_iter()
        .chain(computed)
        .collect()
}

impl NodeType {
    fn object(&self) -> &'static str {
        match self {
            Self::Stored(stored) => stored.object,
            Self::Computed(object, _) => object,
        }
    }

    async fn find(
        &self,
        call: &Call<'_>,
        keys: &[&Arc<str>],
    ) -> Result<HashMap<Arc<str>, Row>, Fault> {
        match self {
            Self::Computed(_, find) => find(call.context, keys).await,
            Self::Stored(target) => {
                let selected = target.select(target.by_id(), call.wanted);
                let rows = rows_of(call.context, &selected, keys.iter().copied()).await?;
                Ok(rows
                    .into_iter()
                    .filter_map(|(key, rows)| Some((key, rows.first()?.clone() as Row)))
                    .collect())
            }
        }
    }
}

/// Adds `Node`.
pub(super) fn define(graph: Graph) -> Graph {
    graph.interface(Interface {
        name: "Node",
        description: "An object that its global id finds again.",
        fields: vec![Field::of(
            "id",
            "ID!",
            "Globally unique and opaque; `node(id:)` finds the object again.",
            |(): &()| Output::Null,
        )],
    })
}

/// A global id that was asked for: the type and the key.
struct GlobalId {
    of_type: NodeType,
    key: Arc<str>,
}

fn global_id(text: &str) -> Result<GlobalId, Refusal> {
    let (object, key) = id::decode(text)?;
    match node_types()
        .into_iter()
        .find(|of_type| of_type.object() == object)
    {
        Some(of_type) => Ok(GlobalId {
            of_type,
            key: key.into(),
        }),
        None => Err(Refusal::input(format!(
            "{text:?} is not an id of this server; ids are opaque, use one that an answer gave"
        ))),
    }
}

/// The root field `node`.
pub(super) fn node() -> Field {
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

/// The root field `nodes`.
pub(super) fn nodes() -> Field {
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
        let mut types: HashMap<&str, (&NodeType, Vec<&Arc<str>>)> = HashMap::new();
        for GlobalId { of_type, key } in ids {
            let (_, keys) = types
                .entry(of_type.object())
                .or_insert_with(|| (of_type, Vec::new()));
            keys.push(key);
        }
        let mut types: Vec<_> = types.into_iter().collect();
        types.sort_unstable_by_key(|(object, _)| *object);
        let mut found = HashMap::new();
        for (object, (of_type, keys)) in types {
            for (key, row) in of_type.find(&call, &keys).await? {
                found.insert((object, key), row);
            }
        }
        let objects: Vec<Output> = ids
            .iter()
            .map(|GlobalId { of_type, key }| {
                let object = of_type.object();
                let row = found.get(&(object, key.clone()));
                Output::maybe(row.map(|row| Output::Object(object, row.clone())))
            })
            .collect();
        Ok(call.rows.iter().map(|_| output(objects.clone())).collect())
    }
    .boxed()
}
