//! Search in the database.
//!
//! A search runs two statements. The first looks up candidates: indexed words that the words of the
//! search text may match. It uses ranges of the primary key, and a trigram index (FTS5 on SQLite,
//! `pg_trgm` on PostgreSQL) for text within a word. [`match_points`] then decides which candidates
//! match and how well, so that both databases give the same results. The second statement adds up the
//! points for each object, sorts, counts, and pages. It reads only the postings of matching words, and
//! counts all results. So a search takes time in proportion to its results. Therefore, the best results and their
//! number are cached until the data changes, and following pages are cut from them.

mod candidates;
mod results;

use std::{cmp::Reverse, collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr,
    sea_query::{SelectStatement, UnionType},
};

use self::{
    candidates::candidate_statements,
    results::{after_hit_condition, select_ranked_hits},
};
use super::{CellKind, DatabaseError, Snapshot, statement::BoundStatement};
use crate::{
    search::match_points,
    vocabulary::{SearchType, Vocabulary},
};

/// How many of the best results of a search are cached: ten pages of the default size, which take about 50 KB.
const CACHED_HITS: u64 = 200;

/// Makes the list of words that of the postings. Returns whether it changed.
///
/// # Errors
/// If a statement fails.
pub async fn update_words(transaction: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let mut n_words = 0;
    for update in [
        "delete from search_word where not exists \
            (select 1 from search_posting posting where posting.word = search_word.word)",
        "insert into search_word (word) \
            select distinct word from search_posting posting where not exists \
            (select 1 from search_word where search_word.word = posting.word) order by word",
    ] {
        let updated = transaction.execute_unprepared(update).await?;
        n_words += updated.rows_affected();
    }
    if n_words > 0 && transaction.get_database_backend() != DbBackend::Postgres {
        // FTS5 indexes its own copy of the words.
        for update in [
            "delete from search_trigram",
            "insert into search_trigram (word) select word from search_word order by word",
        ] {
            transaction.execute_unprepared(update).await?;
        }
    }
    Ok(n_words > 0)
}

/// The words to search for, and the page of the results to return.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SearchQuery {
    /// Distinct words, each of which must match a word of an object.
    pub words: Vec<String>,
    /// Distinct types of the objects to return.
    pub types: Vec<SearchType>,
    /// Return only results after this one.
    pub after: Option<SearchHit>,
    /// The maximum number of results.
    pub limit: u64,
}

/// A search result. Results are sorted by points in descending order, then by type, then by slug.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SearchHit {
    /// The sum of the points of all words.
    pub points: i64,
    /// The type of the object.
    pub object_type: SearchType,
    /// The slug of the object, or the code of a country.
    pub slug: Arc<str>,
}

impl SearchHit {
    /// Returns what results are sorted by.
    fn sort_key(&self) -> impl Ord {
        let rank = SearchType::VALUES
            .iter()
            .position(|(value, ..)| *value == self.object_type);
        (Reverse(self.points), rank, self.slug.clone())
    }
}

/// A page of results.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchPage {
    /// The results of the page, best first.
    pub hits: Vec<SearchHit>,
    /// Whether results precede the page.
    pub has_previous: bool,
    /// Whether results follow the page.
    pub has_next: bool,
    /// The number of results on all pages.
    pub total: i64,
}

/// The indexed words that match.
struct WordMatches {
    /// A list of `{"asked": 0, "word": "kobe", "points": 4200}`; `asked` is the index of the word in
    /// the query.
    json: String,
    /// The length of the list.
    count: u64,
}

impl Loader<Arc<SearchQuery>> for Snapshot {
    type Value = Arc<SearchPage>;
    type Error = Arc<DatabaseError>;

    async fn load(
        &self,
        queries: &[Arc<SearchQuery>],
    ) -> Result<HashMap<Arc<SearchQuery>, Arc<SearchPage>>, Arc<DatabaseError>> {
        let mut pages = HashMap::with_capacity(queries.len());
        for query in queries {
            pages.insert(query.clone(), Arc::new(self.search(query).await?));
        }
        Ok(pages)
    }
}

impl Snapshot {
    /// Runs a search. Without words or types, there are no results.
    ///
    /// # Errors
    /// If a statement fails.
    pub async fn search(&self, query: &SearchQuery) -> Result<SearchPage, DatabaseError> {
        if query.words.is_empty() || query.types.is_empty() {
            return Ok(SearchPage::default());
        }
        let Some(matches) = self.match_words(&query.words).await? else {
            return Ok(SearchPage::default());
        };
        let mut select = select_ranked_hits(self.backend(), query, &matches);
        let n_best = match query.after {
            None => CACHED_HITS.max(query.limit + 1),
            Some(_) => CACHED_HITS,
        };
        let best = self.read_hits(select.clone().limit(n_best)).await?;
        let total = best.first().map_or(0, |(_, _, total)| *total);
        let start = query.after.as_ref().map_or(0, |after| {
            best.partition_point(|(hit, _, _)| hit.sort_key() <= after.sort_key())
        });
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let end = start.saturating_add(limit);
        // Whether the page is among the best results, or these are all.
        let mut rows = if end < best.len() || i64::try_from(best.len()) == Ok(total) {
            best.get(start..end.saturating_add(1).min(best.len()))
                .unwrap_or_default()
                .to_vec()
        } else {
            if let Some(after) = &query.after {
                select.cond_where(after_hit_condition(after));
            }
            self.read_hits(select.limit(query.limit + 1)).await?
        };
        let has_next = rows.len() > limit;
        // If the page is empty, all results precede the cursor.
        let has_previous = rows
            .first()
            .map_or(total > 0, |(_, position, _)| *position > 1);
        rows.truncate(limit);
        Ok(SearchPage {
            hits: rows.into_iter().map(|(hit, _, _)| hit).collect(),
            has_previous,
            has_next,
            total,
        })
    }

    /// Returns the indexed words that match each of the words; `None` if one of them has no match.
    async fn match_words(
        &self,
        query_words: &[String],
    ) -> Result<Option<WordMatches>, DatabaseError> {
        let mut statements = query_words
            .iter()
            .enumerate()
            .flat_map(|(n, word)| candidate_statements(self.backend(), n, word));
        let Some(mut select) = statements.next() else {
            return Ok(None);
        };
        for statement in statements {
            select.union(UnionType::Distinct, statement);
        }
        let mut has_match = vec![false; query_words.len()];
        let mut matches = Vec::new();
        let statement = BoundStatement::new(self.backend(), &select);
        let kinds = [CellKind::Int, CellKind::Text];
        for cells in self.run_cached(statement, &kinds).await?.iter() {
            let n = cells[0].int().and_then(|n| usize::try_from(n).ok());
            let (Some(n), Some(word)) = (n, cells[1].text()) else {
                continue;
            };
            if let Some(points) = query_words
                .get(n)
                .and_then(|query_word| match_points(query_word, word))
            {
                has_match[n] = true;
                matches.push(
                    serde_json::json!({ "asked": n, "word": word.as_ref(), "points": points }),
                );
            }
        }
        let all_match = has_match.into_iter().all(|has_match| has_match);
        Ok(all_match.then(|| WordMatches {
            count: matches.len() as u64,
            json: serde_json::Value::from(matches).to_string(),
        }))
    }

    /// Reads the rows of [`select_ranked_hits`]: a result, its position from 1, and the total number
    /// of results.
    async fn read_hits(
        &self,
        select: &SelectStatement,
    ) -> Result<Vec<(SearchHit, i64, i64)>, DatabaseError> {
        let kinds = [
            CellKind::BigInt,
            CellKind::Int,
            CellKind::Text,
            CellKind::BigInt,
            CellKind::BigInt,
        ];
        let statement = BoundStatement::new(self.backend(), select);
        let rows = self.run_cached(statement, &kinds).await?;
        Ok(rows
            .iter()
            .filter_map(|cells| {
                let rank = usize::try_from(cells[1].int()?).ok()?;
                let hit = SearchHit {
                    points: cells[0].int()?,
                    object_type: SearchType::VALUES.get(rank)?.0,
                    slug: cells[2].text()?.clone(),
                };
                Some((hit, cells[3].int()?, cells[4].int()?))
            })
            .collect())
    }
}
