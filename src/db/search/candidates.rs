//! Statements that look up the indexed words that may match a word of a search.

use sea_orm::{
    DbBackend,
    sea_query::{
        Alias, Condition, Expr, ExprTrait, Func, LikeExpr, Query, SelectStatement, SimpleExpr,
    },
};

use crate::{
    db::ColumnRef,
    entity::search_word,
    search::{FIRST_UNSEGMENTED_CHAR, WordPattern, candidate_patterns},
};

/// The FTS5 table, which holds a copy of the words for its trigram index.
const FTS5_TABLE: &str = "search_trigram";

/// Returns statements whose rows are `n` and an indexed word that `query_word` may match.
pub(super) fn candidate_statements(
    backend: DbBackend,
    n: usize,
    query_word: &str,
) -> Vec<SelectStatement> {
    let words = ColumnRef::new(search_word::Column::Word);
    let column = |table| Expr::col((Alias::new(table), Alias::new(words.name)));
    let trigrams = match backend {
        DbBackend::Postgres => words.table,
        _ => FTS5_TABLE,
    };
    let has_length = |table, min: usize, max: usize| {
        let length = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
        Expr::from(Func::char_length(column(table))).between(length(min), length(max))
    };
    let select = |table, condition: Condition| {
        Query::select()
            .expr(Expr::val(i32::try_from(n).unwrap_or(i32::MAX)).cast_as(Alias::new("integer")))
            .expr(column(table))
            .from(Alias::new(table))
            .cond_where(condition)
            .to_owned()
    };
    let is_like = |table, pattern: String| column(table).like(LikeExpr::new(pattern));
    let all = Condition::all;
    // Conditions that the primary key supports share one statement; each use of the trigram index
    // has its own.
    let mut key_condition = Condition::any();
    let mut statements = Vec::new();
    for pattern in candidate_patterns(query_word) {
        let condition = match pattern {
            WordPattern::Prefix(text) => starts_with(&column(words.table), &text),
            WordPattern::PrefixWithLength(text, min, max) => {
                starts_with(&column(words.table), &text).add(has_length(words.table, min, max))
            }
            WordPattern::Exact(text) => all().add(column(words.table).eq(text)),
            WordPattern::ContainsUnsegmented(text) => all()
                .add(column(words.table).gte(FIRST_UNSEGMENTED_CHAR.to_string()))
                .add(is_like(words.table, format!("%{text}%"))),
            WordPattern::Contains(text) => {
                let condition = is_like(trigrams, format!("%{text}%"));
                statements.push(select(trigrams, all().add(condition)));
                continue;
            }
            WordPattern::SuffixWithLength(text, min, max) => {
                let condition = is_like(trigrams, format!("%{text}"));
                statements.push(select(
                    trigrams,
                    all().add(condition).add(has_length(trigrams, min, max)),
                ));
                continue;
            }
        };
        key_condition = key_condition.add(condition);
    }
    statements.insert(0, select(words.table, key_condition));
    statements
}

/// Returns the condition that the column starts with `text`, as a range from it to [`prefix_end`].
fn starts_with(column: &SimpleExpr, text: &str) -> Condition {
    let from = Condition::all().add(column.clone().gte(text));
    match prefix_end(text) {
        Some(end) => from.add(column.clone().lt(end)),
        None => from,
    }
}

/// Returns the first text that sorts after all texts with this prefix; `None` if there is none.
fn prefix_end(text: &str) -> Option<String> {
    let mut chars: Vec<char> = text.chars().collect();
    while let Some(last) = chars.pop() {
        // A range of `char` skips the surrogates.
        if let Some(next) = (last..=char::MAX).nth(1) {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::prefix_end;

    #[test]
    fn prefix_end_increments_the_last_character_that_can_be_incremented() {
        assert_eq!(prefix_end("ko").as_deref(), Some("kp"));
        assert_eq!(prefix_end("k\u{10ffff}").as_deref(), Some("l"));
        assert_eq!(prefix_end("\u{d7ff}").as_deref(), Some("\u{e000}"));
        assert_eq!(prefix_end("\u{10ffff}"), None);
    }
}
