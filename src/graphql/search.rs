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
    connection::{PageInfo, page_arguments, page_size, rows_as},
    cursor,
    edge::{Stored, referenced},
    partnership, place,
};
use crate::{
    db::{
        Column, Lookup, Selected,
        search::{Found, Hit, SearchQuery},
    },
    engine::{Argument, Call, Fault, Field, Graph, Object, Output, Refusal, Union, text},
    search::{MAX_LETTERS, asked, score},
    vocabulary::{SearchType, Vocabulary},
};

/// What each type of result is.
fn target(of: SearchType) -> Stored {
    match of {
        SearchType::State => place::state(),
        SearchType::Country => place::country(),
        SearchType::Province => place::province(),
        SearchType::City => place::city(),
        SearchType::Partnership => partnership::stored(),
    }
}

fn all_types() -> impl Iterator<Item = SearchType> {
    SearchType::VALUES.iter().map(|(of, ..)| *of)
}

/// Adds the types of this file.
pub(super) fn define(graph: Graph) -> Graph {
    graph
        .vocabulary::<SearchType>()
        .union(Union {
            name: "SearchItem",
            description: "What `search` finds.",
            members: all_types().map(|of| target(of).object).collect(),
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
    let field = Field::batch("search", "SearchConnection!", DESCRIPTION, &[], searched)
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
    page_arguments(field)
        .prepared(|arguments, limits| {
            let given = arguments.text("text").unwrap_or_default();
            let letters = given.chars().count();
            if letters > MAX_LETTERS {
                return Err(Refusal::input(format!(
                    "text has {letters} characters; give at most {MAX_LETTERS}"
                )));
            }
            let wanted: Option<Vec<&str>> = arguments
                .list("types")
                .map(|types| types.iter().filter_map(text).collect());
            let types = all_types().filter(|of| {
                wanted
                    .as_ref()
                    .is_none_or(|wanted| wanted.contains(&of.as_str()))
            });
            let mut query = SearchQuery {
                words: asked(given),
                types: types.collect(),
                after: None,
                limit: page_size("first", arguments.int("first"), limits)?,
            };
            query.after = arguments
                .text("after")
                .map(|after| opened(after, &query))
                .transpose()?;
            Ok(Arc::new(query))
        })
        .sized(|query: &Arc<SearchQuery>| query.limit)
}

fn searched(call: Call<'_>) -> BoxFuture<'_, Result<Vec<Output>, Fault>> {
    async move {
        let query = call.args::<Arc<SearchQuery>>()?;
        let found = call.context.load(std::slice::from_ref(query)).await?;
        let found: Arc<Found> = found
            .get(query)
            .cloned()
            .ok_or_else(|| Fault::Definition("a search has no answer".into()))?;
        let results = Results {
            query: query.clone(),
            found,
        };
        Ok(call
            .rows
            .iter()
            .map(|_| Output::object("SearchConnection", results.clone()))
            .collect())
    }
    .boxed()
}

/// The results of a search.
#[derive(Clone, Debug)]
struct Results {
    query: Arc<SearchQuery>,
    found: Arc<Found>,
}

/// One of them.
#[derive(Clone, Debug)]
struct SearchResult {
    query: Arc<SearchQuery>,
    hit: Hit,
}

fn connection_type() -> Object {
    Object::new(
        "SearchConnection",
        "A page of the results of a search, and what is known of all of them.",
    )
    .field(Field::of(
        "edges",
        "[SearchEdge!]!",
        "The results of the page, each with its cursor and its score.",
        |results: &Results| {
            let edges = results.found.hits.iter().map(|hit| {
                Output::object(
                    "SearchEdge",
                    SearchResult {
                        query: results.query.clone(),
                        hit: hit.clone(),
                    },
                )
            });
            Output::List(edges.collect())
        },
    ))
    .field(Field::batch(
        "nodes",
        "[SearchItem!]!",
        "The results of the page.",
        &[],
        |call| {
            async move {
                let results = rows_as::<Results>(&call)?;
                let hits: Vec<&Hit> = results
                    .iter()
                    .flat_map(|results| &results.found.hits)
                    .collect();
                let mut objects = objects(&call, &hits).await?.into_iter();
                Ok(results
                    .iter()
                    .map(|results| {
                        let n = results.found.hits.len();
                        Output::List(objects.by_ref().take(n).collect())
                    })
                    .collect())
            }
            .boxed()
        },
    ))
    .field(
        Field::of(
            "pageInfo",
            "PageInfo!",
            "Where the page lies in the results.",
            |results: &Results| {
                let Results { query, found } = results;
                let cursor = |hit: Option<&Hit>| hit.map(|hit| sealed(hit, query));
                Output::object(
                    "PageInfo",
                    PageInfo::Known {
                        has_next: found.has_next,
                        has_previous: found.has_previous,
                        start: cursor(found.hits.first()),
                        end: cursor(found.hits.last()),
                    },
                )
            },
        )
        .of_page(),
    )
    .field(
        Field::of(
            "totalCount",
            "Int!",
            "How many results there are in all.",
            |results: &Results| results.found.total,
        )
        .of_page(),
    )
}

fn edge_type() -> Object {
    Object::new("SearchEdge", "A result of a search.")
        .field(Field::of(
            "cursor",
            "String!",
            "Marks the place of the result: give it as `after` to go on from there. Opaque, and good for the same text and types only.",
            |result: &SearchResult| sealed(&result.hit, &result.query),
        ))
        .field(Field::batch(
            "node",
            "SearchItem!",
            "What was found.",
            &[],
            |call| {
                async move {
                    let results = rows_as::<SearchResult>(&call)?;
                    let hits: Vec<&Hit> = results.iter().map(|result| &result.hit).collect();
                    objects(&call, &hits).await
                }
                .boxed()
            },
        ))
        .field(Field::of(
            "score",
            "Float!",
            "Higher is better; comparable within one answer only. Above 0 and at most 1.",
            |result: &SearchResult| score(result.hit.points, result.query.words.len()),
        ))
}

/// The objects of the results, in one statement for each table that has some of them.
async fn objects(call: &Call<'_>, hits: &[&Hit]) -> Result<Vec<Output>, Fault> {
    let mut tables: BTreeMap<Column, Vec<Stored>> = BTreeMap::new();
    for target in all_types().map(target) {
        tables.entry(target.id).or_default().push(target);
    }
    let mut rows = HashMap::new();
    for (id, targets) in tables {
        let is_of_table = |hit: &&&Hit| target(hit.of).id == id;
        let keys: Vec<_> = hits
            .iter()
            .filter(is_of_table)
            .map(|hit| Some(&hit.slug))
            .collect();
        let mut columns = vec![id];
        for target in &targets {
            columns.extend(call.wanted.columns(target.object));
        }
        let selected = Selected::new(Lookup::by_id(id), columns);
        let found = referenced(call.context, &selected, &keys).await?;
        for (key, row) in std::iter::zip(keys, found) {
            if let (Some(key), Some(row)) = (key, row) {
                rows.insert((id, key.clone()), row);
            }
        }
    }
    hits.iter()
        .map(|hit| {
            let target = target(hit.of);
            let row = rows.get(&(target.id, hit.slug.clone())).ok_or_else(|| {
                Fault::Definition(format!("search knows {}, which is not there", hit.slug))
            })?;
            Ok(Output::Object(target.object, row.clone()))
        })
        .collect()
}

/// What a cursor is bound to: the words and the types.
fn signature(query: &SearchQuery) -> String {
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
fn sealed(hit: &Hit, query: &SearchQuery) -> String {
    let place = [
        Json::from(hit.points),
        hit.of.as_str().into(),
        hit.slug.as_ref().into(),
    ];
    cursor::seal(signature(query), place)
}

/// The result that a cursor marks.
fn opened(after: &str, query: &SearchQuery) -> Result<Hit, Refusal> {
    let place = cursor::open("after", after, &signature(query))?;
    let hit = match place.as_slice() {
        [Json::Number(points), Json::String(of), Json::String(slug)] => points
            .as_i64()
            .zip(SearchType::parse(of))
            .map(|(points, of)| Hit {
                points,
                of,
                slug: slug.as_str().into(),
            }),
        _ => None,
    };
    hit.ok_or_else(|| cursor::broken("after", after))
}
