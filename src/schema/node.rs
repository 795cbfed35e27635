//! Refetching by global id.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use futures_util::{FutureExt, future::BoxFuture};

use super::{
    figure, global_id, identity, partnership, place, relation::StoredType, source, survey,
};
use crate::{
    db::LookupQuery,
    engine::{
        Argument, Call, Context, Field, Graph, InternalError, ObjectRow, ResolvedValue,
        SelectedColumns, interface_type, value_as_str,
    },
    graphql_error::GraphqlError,
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
}

/// The ids of one type, and how to load their objects.
struct NodeBatch {
    node_type: NodeType,
    keys: Vec<Arc<str>>,
    /// The query for a stored type.
    query: Option<LookupQuery>,
}

impl NodeBatch {
    /// Returns a batch for each type.
    fn plan(ids: &[GlobalId], selected: SelectedColumns<'_>) -> Vec<Self> {
        let mut batches: BTreeMap<&str, Self> = BTreeMap::new();
        for GlobalId { node_type, key } in ids {
            let batch = || Self {
                node_type: node_type.clone(),
                keys: Vec::new(),
                query: match node_type {
                    NodeType::Stored(target) => {
                        Some(target.lookup_query(target.lookup_by_id(), selected))
                    }
                    NodeType::Computed(..) => None,
                },
            };
            let batch = batches.entry(node_type.type_name()).or_insert_with(batch);
            batch.keys.push(key.clone());
        }
        batches.into_values().collect()
    }

    async fn load(&self, context: &Context) -> Result<HashMap<Arc<str>, ObjectRow>, InternalError> {
        let keys: Vec<&Arc<str>> = self.keys.iter().collect();
        match (&self.node_type, &self.query) {
            (NodeType::Computed(_, load), _) => load(context, &keys).await,
            (NodeType::Stored(_), None) => Ok(HashMap::new()),
            (NodeType::Stored(_), Some(query)) => {
                let references: Vec<_> = keys.iter().copied().map(Some).collect();
                let rows = context.lookup(query, &references).await?;
                let rows = std::iter::zip(keys, rows);
                Ok(rows
                    .filter_map(|(key, rows)| {
                        Some((key.clone(), rows.first()?.clone() as ObjectRow))
                    })
                    .collect())
            }
        }
    }
}

/// Adds the interface `Node`.
pub(super) fn define(graph: Graph) -> Graph {
    graph.add_type(interface_type(
        "Node",
        "An object with a globally unique id.",
        [Field::new("id", "ID!", global_id::ID_DESCRIPTION)],
    ))
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
    Field::new(
        "node",
        "Node",
        "Returns the object with this global id, or null if there is none. A malformed id is an error.",
    )
    .once(|ids: &Vec<GlobalId>, selected| NodeBatch::plan(ids, selected), |call| {
        async move {
            let object = load_nodes(&call).await?.pop();
            Ok(object.unwrap_or(ResolvedValue::NULL))
        }
        .boxed()
    })
    .with_arguments(
        [Argument::new(
            "id",
            "ID!",
            "The `id` of an object from a response.",
        )],
        |[id], _| Ok(vec![parse_global_id(id.str().unwrap_or_default())?]),
    )
}

/// Defines the root field `nodes`.
pub(super) fn nodes_field() -> Field {
    Field::new(
        "nodes",
        "[Node]!",
        "Returns the objects with these global ids, in the same order, with null for each id that has no object. A malformed id is an error.",
    )
    .once(
        |ids: &Vec<GlobalId>, selected| NodeBatch::plan(ids, selected),
        |call| async move { Ok(ResolvedValue::List(load_nodes(&call).await?)) }.boxed(),
    )
    .with_arguments(
        [Argument::new(
            "ids",
            "[ID!]!",
            "The `id`s of at most 100 objects from responses.",
        )],
        |[ids], _| {
            let ids = ids.list().unwrap_or_default();
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
        },
    )
    .list_size_from(|ids: &Vec<GlobalId>| ids.len() as u64)
}

/// Loads the objects of the ids, with one statement per type.
async fn load_nodes(
    call: &Call<'_, (), Vec<GlobalId>, Vec<NodeBatch>>,
) -> Result<Vec<ResolvedValue>, InternalError> {
    let mut rows = HashMap::new();
    for batch in call.plan {
        let type_name = batch.node_type.type_name();
        for (key, row) in batch.load(call.context).await? {
            rows.insert((type_name, key), row);
        }
    }
    let objects = call.args.iter().map(|GlobalId { node_type, key }| {
        let type_name = node_type.type_name();
        let row = rows.get(&(type_name, key.clone()));
        ResolvedValue::from_option(row.map(|row| ResolvedValue::Object(type_name, row.clone())))
    });
    Ok(objects.collect())
}
