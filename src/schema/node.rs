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

/// The maximum number of ids in one call of `nodes`.
const MAX_IDS: usize = 100;

/// An object type that implements `Node`.
#[derive(Clone)]
enum NodeType {
    /// Each object is a row of a table.
    Stored(StoredType),
    /// The objects are computed: the name of the type, and the function that computes them.
    Computed(&'static str, NodeLoader),
}

/// Returns the objects with these keys; keys without an object are not in the map.
type NodeLoader = for<'a> fn(
    &'a Context,
    &'a [&'a Arc<str>],
) -> BoxFuture<'a, Result<HashMap<Arc<str>, ObjectRow>, InternalError>>;

/// Lists every type that `node` can return. A new one only has to be added here.
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
            Self::Computed(name, _) => name,
        }
    }

    async fn load(
        &self,
        call: &BatchCall<'_>,
        keys: &[&Arc<str>],
    ) -> Result<HashMap<Arc<str>, ObjectRow>, InternalError> {
        match self {
            Self::Computed(_, load) => load(call.context, keys).await,
            Self::Stored(target) => {
                let query = target.lookup_query(target.lookup_by_id(), call.selected_columns);
                let rows = load_rows_by_key(call.context, &query, keys.iter().copied()).await?;
                Ok(rows
                    .into_iter()
                    .filter_map(|(key, rows)| Some((key, rows.first()?.clone() as ObjectRow)))
                    .collect())
            }
        }
    }
}

/// Adds the interface `Node`.
pub(super) fn define(graph: Graph) -> Graph {
    graph.interface(Interface {
        name: "Node",
        description: "An object with a globally unique id.",
        fields: vec![Field::compute(
            "id",
            "ID!",
            global_id::ID_DESCRIPTION,
            |(): &()| ResolvedValue::Null,
        )],
    })
}

struct GlobalId {
    node_type: NodeType,
    key: Arc<str>,
}

fn parse_global_id(id: &str) -> Result<GlobalId, GraphqlError> {
    let (type_name, key) = global_id::decode(id)?;
    let node_type = node_types()
        .into_iter()
        .find(|node_type| node_type.type_name() == type_name)
        .ok_or_else(|| global_id::invalid_id(id))?;
    Ok(GlobalId {
        node_type,
        key: key.into(),
    })
}

/// Defines the root field `node`.
pub(super) fn node_field() -> Field {
    Field::batch(
        "node",
        "Node",
        "Returns the object with this global id, or null if there is none. A malformed id is an error.",
        &[],
        |call| {
            load_nodes(call, |mut objects| {
                objects.pop().unwrap_or(ResolvedValue::Null)
            })
        },
    )
    .argument(Argument::new(
        "id",
        "ID!",
        "The `id` of an object from a response.",
    ))
    .prepare_with(|arguments, _| {
        let id = arguments.get_str("id").unwrap_or_default();
        Ok(vec![parse_global_id(id)?])
    })
}

/// Defines the root field `nodes`.
pub(super) fn nodes_field() -> Field {
    Field::batch(
        "nodes",
        "[Node]!",
        "Returns the objects with these global ids, in the same order, with null for each id that has no object. A malformed id is an error.",
        &[],
        |call| load_nodes(call, ResolvedValue::List),
    )
    .argument(Argument::new(
        "ids",
        "[ID!]!",
        "The `id`s of at most 100 objects from responses.",
    ))
    .prepare_with(|arguments, _| {
        let ids = arguments.get_list("ids").unwrap_or_default();
        if ids.len() > MAX_IDS {
            return Err(GraphqlError::bad_user_input(format!(
                "ids has {} ids; at most {MAX_IDS} are allowed",
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

/// Loads the objects of the ids, with one statement per type.
fn load_nodes<'a>(
    call: BatchCall<'a>,
    output: impl Fn(Vec<ResolvedValue>) -> ResolvedValue + Send + 'a,
) -> BoxFuture<'a, Result<Vec<ResolvedValue>, ExecutionError>> {
    async move {
        let ids = call.args::<Vec<GlobalId>>()?;
        let mut types: HashMap<&str, (&NodeType, Vec<&Arc<str>>)> = HashMap::new();
        for GlobalId { node_type, key } in ids {
            let (_, keys) = types
                .entry(node_type.type_name())
                .or_insert_with(|| (node_type, Vec::new()));
            keys.push(key);
        }
        let mut types: Vec<_> = types.into_iter().collect();
        types.sort_unstable_by_key(|(type_name, _)| *type_name);
        let mut rows = HashMap::new();
        for (type_name, (node_type, keys)) in types {
            for (key, row) in node_type.load(&call, &keys).await? {
                rows.insert((type_name, key), row);
            }
        }
        let objects: Vec<ResolvedValue> = ids
            .iter()
            .map(|GlobalId { node_type, key }| {
                let type_name = node_type.type_name();
                let row = rows.get(&(type_name, key.clone()));
                ResolvedValue::from_option(
                    row.map(|row| ResolvedValue::Object(type_name, row.clone())),
                )
            })
            .collect();
        Ok(call.rows.iter().map(|_| output(objects.clone())).collect())
    }
    .boxed()
}
