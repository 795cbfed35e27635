//! The root field `search`, its connection type, and loading of the objects found.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use async_graphql::dynamic::Union;
use futures_util::FutureExt;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::{
    connection::{PageInfo, forward_arguments, parse_page_size},
    cursor, partnership, place,
    relation::{StoredType, load_referenced_rows},
};
use crate::{
    db::{
        ColumnRef, Lookup, LookupQuery,
        search::{SearchHit, SearchPage, SearchQuery},
    },
    engine::{
        Argument, Context, ExecutionError, Field, Graph, InternalError, Object, ResolvedValue,
        SelectedColumns, no_plan, value_as_str,
    },
    graphql_error::GraphqlError,
    search::{MAX_QUERY_CHARS, query_words, score},
    vocabulary::{SearchType, Vocabulary},
};

fn stored_type(search_type: SearchType) -> StoredType {
    match search_type {
        SearchType::State => place::state(),
        SearchType::Country => place::country(),
        SearchType::Province => place::province(),
        SearchType::City => place::city(),
        SearchType::Partnership => partnership::stored_type(),
    }
}

fn search_types() -> impl Iterator<Item = SearchType> {
    SearchType::VALUES
        .iter()
        .map(|(search_type, ..)| *search_type)
}

/// Adds the types of `search`.
pub(super) fn define(graph: Graph) -> Graph {
    graph
        .vocabulary::<SearchType>()
        .add_type(search_types().fold(
            Union::new("SearchItem").description("An object that `search` can return."),
            |union, search_type| union.possible_type(stored_type(search_type).type_name),
        ))
        .object(connection_type())
        .object(edge_type())
}

const DESCRIPTION: &str = "Full-text search in English names, names in other scripts, alternate spellings, abbreviations, nicknames, and former names; the best match comes first.

Finds states, countries, provinces, cities, and partnerships by the words in their names, alternate names, codes (`OR`, `JP`, `JPN`), and slugs. A partnership is found by the words of both its communities (`portland sapporo`). Every word of the text must match. The order of the words, case, accents, apostrophes, and hyphens are ignored.

Words may also name the state, province, or country of a result (`Portland, Ore.`, `kobe japan`, `sapporo oregon`), if another word matches the result itself. `St.`, `Mt.`, and `Ft.` match `Saint`, `Mount`, and `Fort`.

A word of the text matches a word of a name that is equal to it, starts with it, or contains it. To match inside a word, it needs at least three characters, or one in scripts without spaces, such as Han. A word of at least five characters also matches with one typo: one character too many, missing, or different, or two adjacent characters swapped. Results are ranked by the kind of match, in the order above; a match only in a slug, such as `jp`, ranks like a match inside a word. Within one kind, whole names rank before parts of names, these before the state, province, or country, places before their partnerships, and the usual name before alternate names. Equal results are sorted by type, then by slug.

A text without letters or digits matches nothing. The text may have at most 200 characters.";

/// Defines the root field `search`.
pub(super) fn field() -> Field {
    let text = Argument::new(
        "text",
        "String!",
        "The text to search for, such as `kobe`, `神戸`, or `san fran`. It may be incomplete, so that you can search while the user types.",
    );
    let types = Argument::new(
        "types",
        "[SearchType!]",
        "Returns only results of these types: all types if omitted, no results if the list is empty.",
    );
    let [first, after] = forward_arguments();
    Field::new("search", "SearchConnection!", DESCRIPTION)
        .once(no_plan, |call| {
            async move {
                let query: &Arc<SearchQuery> = call.args;
                let connection = SearchConnection {
                    query: query.clone(),
                    page: call.context.load_one(query.clone()).await?,
                };
                Ok(ResolvedValue::object("SearchConnection", connection))
            }
            .boxed()
        })
        .with_arguments(
            [text, types, first, after],
            |[text, types, first, after], limits| {
                let text = text.str().unwrap_or_default();
                let n_chars = text.chars().count();
                if n_chars > MAX_QUERY_CHARS {
                    return Err(GraphqlError::bad_user_input(format!(
                        "text has {n_chars} characters; at most {MAX_QUERY_CHARS} are allowed"
                    )));
                }
                let requested: Option<Vec<&str>> = types
                    .list()
                    .map(|types| types.iter().filter_map(value_as_str).collect());
                let types = search_types().filter(|search_type| {
                    requested
                        .as_ref()
                        .is_none_or(|requested| requested.contains(&search_type.as_str()))
                });
                let mut query = SearchQuery {
                    words: query_words(text),
                    types: types.collect(),
                    after: None,
                    limit: parse_page_size("first", first.int(), limits)?,
                };
                query.after = after
                    .str()
                    .map(|after| decode_cursor(after, &query))
                    .transpose()?;
                Ok(Arc::new(query))
            },
        )
        .list_size_from(|query: &Arc<SearchQuery>| query.limit)
}

#[derive(Clone, Debug)]
struct SearchConnection {
    query: Arc<SearchQuery>,
    page: Arc<SearchPage>,
}

#[derive(Clone, Debug)]
struct SearchEdge {
    query: Arc<SearchQuery>,
    hit: SearchHit,
}

fn connection_type() -> Object {
    Object::new::<SearchConnection>(
        "SearchConnection",
        "A page of search results, with the total number of results.",
    )
    .field(
        Field::new(
            "edges",
            "[SearchEdge!]!",
            "The results on this page, each with its cursor and score.",
        )
        .compute(|connection: &SearchConnection| {
            let edges = connection.page.hits.iter().map(|hit| {
                ResolvedValue::object(
                    "SearchEdge",
                    SearchEdge {
                        query: connection.query.clone(),
                        hit: hit.clone(),
                    },
                )
            });
            ResolvedValue::List(edges.collect())
        }),
    )
    .field(
        Field::new(
            "nodes",
            "[SearchItem!]!",
            "The matching objects on this page.",
        )
        .batch::<SearchConnection, _, _>(
            |(): &(), selected| ItemQuery::plan(selected),
            |call| {
                async move {
                    let connections = call.rows.iter();
                    let hits: Vec<&SearchHit> = connections
                        .flat_map(|connection| &connection.page.hits)
                        .collect();
                    let mut objects = load_objects(call.context, call.plan, &hits)
                        .await?
                        .into_iter();
                    Ok(call
                        .rows
                        .iter()
                        .map(|connection| {
                            let n = connection.page.hits.len();
                            ResolvedValue::List(objects.by_ref().take(n).collect())
                        })
                        .collect())
                }
                .boxed()
            },
        ),
    )
    .field(
        Field::new(
            "pageInfo",
            "PageInfo!",
            "Whether there are more pages, and the cursors to request them.",
        )
        .compute(|connection: &SearchConnection| {
            let SearchConnection { query, page } = connection;
            let cursor = |hit: Option<&SearchHit>| hit.map(|hit| encode_cursor(hit, query));
            ResolvedValue::object(
                "PageInfo",
                PageInfo::Precomputed {
                    has_next: page.has_next,
                    has_previous: page.has_previous,
                    start_cursor: cursor(page.hits.first()),
                    end_cursor: cursor(page.hits.last()),
                },
            )
        })
        .page_level(),
    )
    .field(
        Field::new("totalCount", "Int!", "The number of results on all pages.")
            .compute(|connection: &SearchConnection| connection.page.total)
            .page_level(),
    )
}

fn edge_type() -> Object {
    Object::new::<SearchEdge>("SearchEdge", "A result of a search.")
        .field(Field::new(
            "cursor",
            "String!",
            "The opaque position of this result. Pass it as `after` to get the results that follow; it is valid only with the same `text` and `types`.",
        )
        .compute(|edge: &SearchEdge| encode_cursor(&edge.hit, &edge.query)))
        .field(Field::new(
            "node",
            "SearchItem!",
            "The matching object.",
        )
        .batch::<SearchEdge, _, _>(|(): &(), selected| ItemQuery::plan(selected), |call| {
            async move {
                let hits: Vec<&SearchHit> = call.rows.iter().map(|edge| &edge.hit).collect();
                load_objects(call.context, call.plan, &hits).await
            }
            .boxed()
        }))
        .field(Field::new(
            "score",
            "Float!",
            "How well the object matches: greater than 0, at most 1, higher is better. Compare scores only for the same `text`.",
        )
        .compute(|edge: &SearchEdge| score(edge.hit.points, edge.query.words.len())))
}

/// The query for the objects of one table.
struct ItemQuery {
    id_column: ColumnRef,
    query: LookupQuery,
}

impl ItemQuery {
    /// Returns a query for each table.
    fn plan(selected: SelectedColumns<'_>) -> Vec<Self> {
        let mut tables: BTreeMap<ColumnRef, Vec<ColumnRef>> = BTreeMap::new();
        for StoredType {
            type_name,
            id_column,
            ..
        } in search_types().map(stored_type)
        {
            let columns = tables.entry(id_column).or_insert_with(|| vec![id_column]);
            columns.extend(selected.for_type(type_name));
        }
        let queries = tables.into_iter().map(|(id_column, columns)| Self {
            id_column,
            query: LookupQuery::new(Lookup::by_id(id_column), columns),
        });
        queries.collect()
    }
}

/// Loads the objects of the hits, with one statement per table.
async fn load_objects(
    context: &Context,
    queries: &[ItemQuery],
    hits: &[&SearchHit],
) -> Result<Vec<ResolvedValue>, ExecutionError> {
    let mut rows = HashMap::new();
    for ItemQuery { id_column, query } in queries {
        let is_of_table = |hit: &&&SearchHit| stored_type(hit.object_type).id_column == *id_column;
        let keys: Vec<_> = hits
            .iter()
            .filter(is_of_table)
            .map(|hit| Some(&hit.slug))
            .collect();
        let table_rows = load_referenced_rows(context, query, &keys).await?;
        for (key, row) in std::iter::zip(keys, table_rows) {
            if let (Some(key), Some(row)) = (key, row) {
                rows.insert((*id_column, key.clone()), row);
            }
        }
    }
    hits.iter()
        .map(|hit| {
            let target = stored_type(hit.object_type);
            let row = rows
                .get(&(target.id_column, hit.slug.clone()))
                .ok_or_else(|| {
                    InternalError::Data(format!(
                        "the search index has {:?}, but its table has no such row",
                        hit.slug
                    ))
                })?;
            Ok(ResolvedValue::Object(target.type_name, row.clone()))
        })
        .collect()
}

/// Returns what a cursor is bound to: a hash of the words and types.
fn query_signature(query: &SearchQuery) -> String {
    let mut hash = Sha256::new();
    for word in &query.words {
        hash.update(word.as_bytes());
        hash.update([0]);
    }
    for search_type in &query.types {
        hash.update([0]);
        hash.update(search_type.as_str());
    }
    format!("search{}", hex::encode(&hash.finalize()[..8]))
}

fn encode_cursor(hit: &SearchHit, query: &SearchQuery) -> String {
    let values = [
        Json::from(hit.points),
        hit.object_type.as_str().into(),
        hit.slug.as_ref().into(),
    ];
    cursor::encode_values(query_signature(query), values)
}

fn decode_cursor(after: &str, query: &SearchQuery) -> Result<SearchHit, GraphqlError> {
    let values = cursor::decode_values("after", after, &query_signature(query))?;
    let hit = match values.as_slice() {
        [
            Json::Number(points),
            Json::String(type_name),
            Json::String(slug),
        ] => points
            .as_i64()
            .zip(SearchType::parse(type_name))
            .map(|(points, object_type)| SearchHit {
                points,
                object_type,
                slug: slug.as_str().into(),
            }),
        _ => None,
    };
    hit.ok_or_else(|| cursor::invalid_cursor("after", after))
}
