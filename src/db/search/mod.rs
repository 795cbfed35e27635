//! Search: the one place that knows how words are found in the database.
//!
//! A search is two statements. The first asks the index for the words that the words of the text
//! may find: ranges of the primary key, and a trigram index (FTS5 on SQLite, `pg_trgm` on
//! PostgreSQL) for what lies within a word. `crate::search::points` then says which of them it does
//! find and how well; it, rather than either database, is what decides, so that both give the same
//! results. The second adds up those points over the objects that have the words, orders, counts
//! and cuts. It reads the postings of the words that were found and no others; nothing is cut off
//! before it is counted.

mod candidates;
mod results;

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr,
    sea_query::{SelectStatement, UnionType},
};

use self::{
    candidates::candidate_statements,
    results::{after_hit_condition, select_ranked_hits},
};
use super::{CellKind, DatabaseError, Snapshot};
use crate::{
    search::match_points,
    vocabulary::{SearchType, Vocabulary},
};

/// To be told after rows of `search_word` were written or removed: FTS5 indexes a table of its own.
///
/// # Errors
/// What the database refuses.
pub async fn rebuild_trigram_index(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    if transaction.get_database_backend() == DbBackend::Postgres {
        return Ok(());
    }
    for sql in [
        "delete from search_trigram",
        "insert into search_trigram (word) select word from search_word order by word",
    ] {
        transaction.execute_unprepared(sql).await?;
    }
    Ok(())
}

/// What is searched for, and which part of the results is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SearchQuery {
    /// Every one of these words must find a word of an object; each distinct.
    pub words: Vec<String>,
    /// Only objects of these types; each distinct.
    pub types: Vec<SearchType>,
    /// Only results after this one.
    pub after: Option<SearchHit>,
    /// At most so many.
    pub limit: u64,
}

/// A result, and its place in the order: more points first, then by type, then by slug.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SearchHit {
    /// The points of all words together.
    pub points: i64,
    /// What it is.
    pub object_type: SearchType,
    /// The slug of the object; the code of a country.
    pub slug: Arc<str>,
}

/// A part of the results.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchPage {
    /// The results, best first.
    pub hits: Vec<SearchHit>,
    /// Whether results come before them.
    pub has_previous: bool,
    /// Whether results come after them.
    pub has_next: bool,
    /// How many results there are in all.
    pub total: i64,
}

/// The words of the index that were found.
struct WordMatches {
    /// A list of `{"asked": 0, "word": "kobe", "points": 4200}`.
    json: String,
    /// How many there are.
    count: u64,
}

impl Loader<Arc<SearchQuery>> for Snapshot {
    type Value = Arc<SearchPage>;
    type Error = Arc<DatabaseError>;

    async fn load(
        &self,
        queries: &[Arc<SearchQuery>],
    ) -> Result<HashMap<Arc<SearchQuery>, Arc<SearchPage>>, Arc<DatabaseError>> {
        let mut found = HashMap::with_capacity(queries.len());
        for query in queries {
            found.insert(query.clone(), Arc::new(self.search(query).await?));
        }
        Ok(found)
    }
}

impl Snapshot {
    /// Searches; finds nothing where there are no words or no types.
    ///
    /// # Errors
    /// What the database refuses.
    pub async fn search(&self, query: &SearchQuery) -> Result<SearchPage, DatabaseError> {
        if query.words.is_empty() || query.types.is_empty() {
            return Ok(SearchPage::default());
        }
        let Some(matches) = self.match_words(&query.words).await? else {
            return Ok(SearchPage::default());
        };
        let mut select = select_ranked_hits(self.backend(), query, &matches);
        if let Some(after) = &query.after {
            select.cond_where(after_hit_condition(after));
        }
        select.limit(query.limit + 1);
        let mut rows = self.read_hits(&select).await?;
        let Some((_, position, total)) = rows.first() else {
            return match query.after {
                // Whatever was found lies before the cursor.
                Some(_) => self.page_after_end(query, &matches).await,
                None => Ok(SearchPage::default()),
            };
        };
        let (has_previous, total) = (*position > 1, *total);
        let has_next = rows.len() as u64 > query.limit;
        rows.truncate(usize::try_from(query.limit).unwrap_or(usize::MAX));
        Ok(SearchPage {
            hits: rows.into_iter().map(|(hit, _, _)| hit).collect(),
            has_previous,
            has_next,
            total,
        })
    }

    async fn page_after_end(
        &self,
        query: &SearchQuery,
        matches: &WordMatches,
    ) -> Result<SearchPage, DatabaseError> {
        let mut select = select_ranked_hits(self.backend(), query, matches);
        select.limit(1);
        let rows = self.read_hits(&select).await?;
        let total = rows.first().map_or(0, |(_, _, total)| *total);
        Ok(SearchPage {
            has_previous: total > 0,
            total,
            ..SearchPage::default()
        })
    }

    /// The words that each of the words finds. `None` where one of them finds none.
    async fn match_words(&self, asked: &[String]) -> Result<Option<WordMatches>, DatabaseError> {
        let mut questions = asked
            .iter()
            .enumerate()
            .flat_map(|(n, word)| candidate_statements(self.backend(), n, word));
        let Some(mut select) = questions.next() else {
            return Ok(None);
        };
        for question in questions {
            select.union(UnionType::Distinct, question);
        }
        let mut is_found = vec![false; asked.len()];
        let mut matches = Vec::new();
        for cells in self
            .select(&select, &[CellKind::Int, CellKind::Text])
            .await?
        {
            let n = cells[0].int().and_then(|n| usize::try_from(n).ok());
            let (Some(n), Some(word)) = (n, cells[1].text()) else {
                continue;
            };
            if let Some(points) = asked.get(n).and_then(|asked| match_points(asked, word)) {
                is_found[n] = true;
                matches.push(
                    serde_json::json!({ "asked": n, "word": word.as_ref(), "points": points }),
                );
            }
        }
        let all = is_found.into_iter().all(|found| found);
        Ok(all.then(|| WordMatches {
            count: matches.len() as u64,
            json: serde_json::Value::from(matches).to_string(),
        }))
    }

    /// The rows of [`select_ranked_hits`]: a result, its position from 1, and how many there are.
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
        let rows = self.select(select, &kinds).await?;
        Ok(rows
            .iter()
            .filter_map(|cells| {
                let of = usize::try_from(cells[1].int()?).ok()?;
                let hit = SearchHit {
                    points: cells[0].int()?,
                    object_type: SearchType::VALUES.get(of)?.0,
                    slug: cells[2].text()?.clone(),
                };
                Some((hit, cells[3].int()?, cells[4].int()?))
            })
            .collect())
    }
}
