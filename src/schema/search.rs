//! `search`: its field, its connection, and the objects that it finds.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write,
    sync::Arc,
};

use futures_util::{FutureExt, future::BoxFuture};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::{
    connection::{PageInfo, add_forward_arguments, downcast_parents, parse_page_size},
    cursor, partnership, place,
    relation::{StoredType, load_referenced_rows},
};
use crate::{
    db::{
        ColumnRef, Lookup, LookupQuery,
        search::{SearchHit, SearchPage, SearchQuery},
    },
    engine::{
        Argument, BatchCall, ExecutionError, Field, Graph, GraphqlError, InternalError, Object,
        ResolvedValue, Union, value_as_str,
    },
    search::{MAX_QUERY_CHARS, query_words, score},
    vocabulary::{SearchType, Vocabulary},
};

/// What each type of result is.
fn stored_type(of: SearchType) -> StoredType {
    match of {
        SearchType::State => place::state(),
        SearchType::Country => place::country(),
        SearchType::Province => place::province(),
        SearchType::City => place::city(),
        SearchType::Partnership => partnership::stored_type(),
    }
}

fn search_types() -> impl Iterator<Item = SearchType> {
    SearchType::VALUES.iter().map(|(of, ..)| *of)
}

/// Adds the types of this file.
pub(super) fn define(graph: Graph) -> Graph {
    graph
        .vocabulary::<SearchType>()
        .union(Union {
            name: "SearchItem",
            description: "What `search` finds.",
            members: search_types().map(|of| stored_type(of).type_name).collect(),
        })
        .object(connection_type())
        .object(edge_type())
}

const DESCRIPTION: &str = "Full-text search over names, native names and alternative spellings, best match first.

Finds states, countries, provinces, cities and partnerships by the words of their names, other names, codes (`OR`, `JP`, `JPN`) and slugs; a partnership by those of both its sides (`portland sapporo`). Every word of the text must find one. Words may come in any order; case, accents, apostrophes and hyphens do not count.

A word finds those that it equals, begins, or is contained in (from three letters; from one in scripts without spaces, such as Han), and, from five letters, those that one typing error parts it from: a letter too many, too few or another, or two neighbours swapped. Results come in that order of how well their words are found; words that are only in a slug, such as `jp`, count as contained ones. Then come whole names before parts of names, places before their partnerships, and the usual name before other ones. Equal results are ordered by type, then by slug.

A text without a letter or a digit finds nothing. At most 200 characters.";

/// `Query.search`.
pub(super) fn field() -> Field {
    let field = Field::batch(
        "search",
        "SearchConnection!",
        DESCRIPTION,
        &[],
        resolve_search,
    )
    .argument(Argument::new(
        "text",
        "String!",
        "What to search for, such as `kobe`, `神戸` or `san fran`; as typed so far, too.",
    ))
    .argument(Argument::new(
        "types",
        "[SearchType!]",
        "Only results of these types; all where it is not given, none where it is empty.",
    ));
    add_forward_arguments(field)
        .prepare_with(|arguments, limits| {
            let given = arguments.get_str("text").unwrap_or_default();
            let letters = given.chars().count();
            if letters > MAX_QUERY_CHARS {
                return Err(GraphqlError::bad_user_input(format!(
                    "text has {letters} characters; give at most {MAX_QUERY_CHARS}"
                )));
            }
            let wanted: Option<Vec<&str>> = arguments
                .get_list("types")
                .map(|types| types.iter().filter_map(value_as_str).collect());
            let types = search_types().filter(|of| {
                wanted
                    .as_ref()
                    .is_none_or(|wanted| wanted.contains(&of.as_str()))
            });
            let mut query = SearchQuery {
                words: query_words(given),
                types: types.collect(),
                after: None,
                limit: parse_page_size("first", arguments.get_int("first"), limits)?,
            };
            query.after = arguments
                .get_str("after")
                .map(|after| decode_cursor(after, &query))
                .transpose()?;
            Ok(Arc::new(query))
        })
        .list_size_from(|query: &Arc<SearchQuery>| query.limit)
}

fn resolve_search(
    call: BatchCall<'_>,
) -> BoxFuture<'_, Result<Vec<ResolvedValue>, ExecutionError>> {
    async move {
        let query = call.args::<Arc<SearchQuery>>()?;
        let found = call.context.load(std::slice::from_ref(query)).await?;
        let found: Arc<SearchPage> = found
            .get(query)
            .cloned()
            .ok_or_else(|| InternalError::Schema("a search has no answer".into()))?;
        let results = SearchConnection {
            query: query.clone(),
            page: found,
        };
        Ok(call
            .rows
            .iter()
            .map(|_| ResolvedValue::object("SearchConnection", results.clone()))
            .collect())
    }
    .boxed()
}

/// The results of a search.
#[derive(Clone, Debug)]
struct SearchConnection {
    query: Arc<SearchQuery>,
    page: Arc<SearchPage>,
}

/// One of them.
#[derive(Clone, Debug)]
struct SearchEdge {
    query: Arc<SearchQuery>,
    hit: SearchHit,
}

fn connection_type() -> Object {
    Object::new(
        "SearchConnection",
        "A page of the results of a search, and what is known of all of them.",
    )
    .field(Field::compute(
        "edges",
        "[SearchEdge!]!",
        "The results of the page, each with its cursor and its score.",
        |results: &SearchConnection| {
            let edges = results.page.hits.iter().map(|hit| {
                ResolvedValue::object(
                    "SearchEdge",
                    SearchEdge {
                        query: results.query.clone(),
                        hit: hit.clone(),
                    },
                )
            });
            ResolvedValue::List(edges.collect())
        },
    ))
    .field(Field::batch(
        "nodes",
        "[SearchItem!]!",
        "The results of the page.",
        &[],
        |call| {
            async move {
                let results = downcast_parents::<SearchConnection>(&call)?;
                let hits: Vec<&SearchHit> = results
                    .iter()
                    .flat_map(|results| &results.page.hits)
                    .collect();
                let mut objects = load_objects(&call, &hits).await?.into_iter();
                Ok(results
                    .iter()
                    .map(|results| {
                        let n = results.page.hits.len();
                        ResolvedValue::List(objects.by_ref().take(n).collect())
                    })
                    .collect())
            }
            .boxed()
        },
    ))
    .field(
        Field::compute(
            "pageInfo",
            "PageInfo!",
            "Where the page lies in the results.",
            |results: &SearchConnection| {
                let SearchConnection { query, page: found } = results;
                let cursor = |hit: Option<&SearchHit>| hit.map(|hit| encode_cursor(hit, query));
                ResolvedValue::object(
                    "PageInfo",
                    PageInfo::Precomputed {
                        has_next: found.has_next,
                        has_previous: found.has_previous,
                        start_cursor: cursor(found.hits.first()),
                        end_cursor: cursor(found.hits.last()),
                    },
                )
            },
        )
        .page_level(),
    )
    .field(
        Field::compute(
            "totalCount",
            "Int!",
            "How many results there are in all.",
            |results: &SearchConnection| results.page.total,
        )
        .page_level(),
    )
}

fn edge_type() -> Object {
    Object::new("SearchEdge", "A result of a search.")
        .field(Field::compute(
            "cursor",
            "String!",
            "Marks the place of the result: give it as `after` to go on from there. Opaque, and good for the same text and types only.",
            |result: &SearchEdge| encode_cursor(&result.hit, &result.query),
        ))
        .field(Field::batch(
            "node",
            "SearchItem!",
            "What was found.",
            &[],
            |call| {
                async move {
                    let results = downcast_parents::<SearchEdge>(&call)?;
                    let hits: Vec<&SearchHit> = results.iter().map(|result| &result.hit).collect();
                    load_objects(&call, &hits).await
                }
                .boxed()
            },
        ))
        .field(Field::compute(
            "score",
            "Float!",
            "Higher is better; comparable within one answer only. Above 0 and at most 1.",
            |result: &SearchEdge| score(result.hit.points, result.query.words.len()),
        ))
}

/// The objects of the results, in one statement for each table that has some of them.
async fn load_objects(
    call: &BatchCall<'_>,
    hits: &[&SearchHit],
) -> Result<Vec<ResolvedValue>, ExecutionError> {
    let mut tables: BTreeMap<ColumnRef, Vec<StoredType>> = BTreeMap::new();
    for target in search_types().map(stored_type) {
        tables.entry(target.id_column).or_default().push(target);
    }
    let mut rows = HashMap::new();
    for (id, targets) in tables {
        let is_of_table = |hit: &&&SearchHit| stored_type(hit.object_type).id_column == id;
        let keys: Vec<_> = hits
            .iter()
            .filter(is_of_table)
            .map(|hit| Some(&hit.slug))
            .collect();
        let mut columns = vec![id];
        for target in &targets {
            columns.extend(call.selected_columns.for_type(target.type_name));
        }
        let selected = LookupQuery::new(Lookup::by_id(id), columns);
        let found = load_referenced_rows(call.context, &selected, &keys).await?;
        for (key, row) in std::iter::zip(keys, found) {
            if let (Some(key), Some(row)) = (key, row) {
                rows.insert((id, key.clone()), row);
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
                        "the search index has {}, which is not stored",
                        hit.slug
                    ))
                })?;
            Ok(ResolvedValue::Object(target.type_name, row.clone()))
        })
        .collect()
}

/// What a cursor is bound to: the words and the types.
fn query_signature(query: &SearchQuery) -> String {
    let mut hash = Sha256::new();
    for word in &query.words {
        hash.update(word.as_bytes());
        hash.update([0]);
    }
    for of in &query.types {
        hash.update([0]);
        hash.update(of.as_str());
    }
    let mut signature = "search".to_owned();
    for byte in hash.finalize().iter().take(8) {
        // Writing to a string cannot fail.
        let _ = write!(signature, "{byte:02x}");
    }
    signature
}

/// The cursor of a result.
fn encode_cursor(hit: &SearchHit, query: &SearchQuery) -> String {
    let place = [
        Json::from(hit.points),
        hit.object_type.as_str().into(),
        hit.slug.as_ref().into(),
    ];
    cursor::encode_values(query_signature(query), place)
}

/// The result that a cursor marks.
fn decode_cursor(after: &str, query: &SearchQuery) -> Result<SearchHit, GraphqlError> {
    let place = cursor::decode_values("after", after, &query_signature(query))?;
    let hit = match place.as_slice() {
        [Json::Number(points), Json::String(of), Json::String(slug)] => points
            .as_i64()
            .zip(SearchType::parse(of))
            .map(|(points, of)| SearchHit {
                points,
                object_type: of,
                slug: slug.as_str().into(),
            }),
        _ => None,
    };
    hit.ok_or_else(|| cursor::invalid_cursor("after", after))
}
