//! Refetching by global id.

use std::{collections::HashMap, sync::Arc};

use futures_util::{FutureExt, future::BoxFuture};

use super::{
    figure, global_id, identity, partnership, place,
    relation::{StoredType, load_rows_by_key},
    source, survey,
};
use crate::engine::{
    Argument, BatchCall, Context, ExecutionError, Field, Graph, GraphqlError, Interface,
    InternalError, ObjectRow, ResolvedValue, value_as_str,
};

/// How many ids `nodes` takes.
const MAX_IDS: usize = 100;

/// A type that `node` finds by its keys.
#[derive(Clone)]
enum NodeType {
    /// Its objects are rows.
    Stored(StoredType),
    /// Its objects are made from others.
    Computed(&'static str, NodeLoader),
}

/// The objects with certain keys; a key without an object is missing.
type NodeLoader = for<'a> fn(
    &'a Context,
    &'a [&'a Arc<str>],
) -> BoxFuture<'a, Result<HashMap<Arc<str>, ObjectRow>, InternalError>>;

/// Every type that `node` finds. Adding one here is all there is to it.
fn node_types() -> Vec<NodeType> {
    let stored = [
        place::region(),
        place::state(),
        place::country(),
        place::province(),
        place::city(),
        partnership::stored_type(),
        figure::respondent_aggregate_connection().stored_type,
        figure::published_statistic_connection().stored_type,
        survey::stored_type(),
        survey::question(),
        source::stored_type(),
    ];
    let computed = [NodeType::Computed(
        identity::IDENTITY_TYPE_NAME,
        identity::load_by_slug,
    )];
    stored
        .map(NodeType::Stored)
        .into_iter()
        .chain(computed)
        .collect()
}

impl NodeType {
    fn type_name(&self) -> &'static str {
        match self {
            Self::Stored(stored) => stored.type_name,
            Self::Computed(object, _) => object,
        }
    }

    async fn load(
        &self,
        call: &BatchCall<'_>,
        keys: &[&Arc<str>],
    ) -> Result<HashMap<Arc<str>, ObjectRow>, InternalError> {
        match self {
            Self::Computed(_, find) => find(call.context, keys).await,
            Self::Stored(target) => {
                let selected = target.lookup_query(target.lookup_by_id(), call.selected_columns);
                let rows = load_rows_by_key(call.context, &selected, keys.iter().copied()).await?;
                Ok(rows
                    .into_iter()
                    .filter_map(|(key, rows)| Some((key, rows.first()?.clone() as ObjectRow)))
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
        fields: vec![Field::compute(
            "id",
            "ID!",
            "Globally unique and opaque; `node(id:)` finds the object again.",
            |(): &()| ResolvedValue::Null,
        )],
    })
}

/// A global id that was asked for: the type and the key.
struct GlobalId {
    node_type: NodeType,
    key: Arc<str>,
}

fn parse_global_id(text: &str) -> Result<GlobalId, GraphqlError> {
    let (object, key) = global_id::decode(text)?;
    match node_types()
        .into_iter()
        .find(|of_type| of_type.type_name() == object)
    {
        Some(of_type) => Ok(GlobalId {
            node_type: of_type,
            key: key.into(),
        }),
        None => Err(GraphqlError::bad_user_input(format!(
            "{text:?} is not an id of this server; ids are opaque, use one that an answer gave"
        ))),
    }
}

/// The root field `node`.
pub(super) fn node_field() -> Field {
    Field::batch(
        "node",
        "Node",
        "Any object by its global id; null when no such object exists.",
        &[],
        |call| refetch(call, |mut found| found.pop().unwrap_or(ResolvedValue::Null)),
    )
    .argument(Argument::new("id", "ID!", "The id, as an answer gave it."))
    .prepare_with(|arguments, _| {
        let id = arguments.get_str("id").unwrap_or_default();
        Ok(vec![parse_global_id(id)?])
    })
}

/// The root field `nodes`.
pub(super) fn nodes_field() -> Field {
    Field::batch(
        "nodes",
        "[Node]!",
        "Objects by global id, in the order asked for; null where one does not exist. At most 100 ids.",
        &[],
        |call| refetch(call, ResolvedValue::List),
    )
    .argument(Argument::new("ids", "[ID!]!", "The ids, as answers gave them."))
    .prepare_with(|arguments, _| {
        let ids = arguments.get_list("ids").unwrap_or_default();
        if ids.len() > MAX_IDS {
            return Err(GraphqlError::bad_user_input(format!(
                "ids has {} ids; give at most {MAX_IDS}",
                ids.len()
            )));
        }
        ids.iter()
            .filter_map(value_as_str)
            .map(parse_global_id)
            .collect::<Result<Vec<_>, _>>()
    })
    .list_size_from(|ids: &Vec<GlobalId>| ids.len() as u64)
}

/// The objects of the ids that were asked for, one statement for each type among them.
fn refetch<'a>(
    call: BatchCall<'a>,
    output: impl Fn(Vec<ResolvedValue>) -> ResolvedValue + Send + 'a,
) -> BoxFuture<'a, Result<Vec<ResolvedValue>, ExecutionError>> {
    async move {
        let ids = call.args::<Vec<GlobalId>>()?;
        let mut types: HashMap<&str, (&NodeType, Vec<&Arc<str>>)> = HashMap::new();
        for GlobalId {
            node_type: of_type,
            key,
        } in ids
        {
            let (_, keys) = types
                .entry(of_type.type_name())
                .or_insert_with(|| (of_type, Vec::new()));
            keys.push(key);
        }
        let mut types: Vec<_> = types.into_iter().collect();
        types.sort_unstable_by_key(|(object, _)| *object);
        let mut found = HashMap::new();
        for (object, (of_type, keys)) in types {
            for (key, row) in of_type.load(&call, &keys).await? {
                found.insert((object, key), row);
            }
        }
        let objects: Vec<ResolvedValue> = ids
            .iter()
            .map(
                |GlobalId {
                     node_type: of_type,
                     key,
                 }| {
                    let object = of_type.type_name();
                    let row = found.get(&(object, key.clone()));
                    ResolvedValue::from_option(
                        row.map(|row| ResolvedValue::Object(object, row.clone())),
                    )
                },
            )
            .collect();
        Ok(call.rows.iter().map(|_| output(objects.clone())).collect())
    }
    .boxed()
}
