//! The words of the index that a word which is searched for may find.

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

/// The table of FTS5, which has the words again.
const FTS5_TABLE: &str = "search_trigram";

/// The statements whose rows are `n` and a word that `asked` may find.
pub(super) fn candidate_statements(
    backend: DbBackend,
    n: usize,
    asked: &str,
) -> Vec<SelectStatement> {
    let words = ColumnRef::new(search_word::Column::Word);
    let column = |table| Expr::col((Alias::new(table), Alias::new(words.name)));
    let trigrams = match backend {
        DbBackend::Postgres => words.table,
        _ => FTS5_TABLE,
    };
    let letters = |table, min: usize, max: usize| {
        let letters = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
        Expr::from(Func::char_length(column(table))).between(letters(min), letters(max))
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
    // What the primary key answers goes into one statement; a trigram index is asked one by one.
    let mut of_key = Condition::any();
    let mut statements = Vec::new();
    for probe in candidate_patterns(asked) {
        let condition = match probe {
            WordPattern::Prefix(text) => starts_with(&column(words.table), &text),
            WordPattern::PrefixWithLength(text, min, max) => {
                starts_with(&column(words.table), &text).add(letters(words.table, min, max))
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
                    all().add(condition).add(letters(trigrams, min, max)),
                ));
                continue;
            }
        };
        of_key = of_key.add(condition);
    }
    statements.insert(0, select(words.table, of_key));
    statements
}

/// The texts that begin with another one lie between it and the next one of its length.
fn starts_with(column: &SimpleExpr, text: &str) -> Condition {
    let from = Condition::all().add(column.clone().gte(text));
    match prefix_end(text) {
        Some(end) => from.add(column.clone().lt(end)),
        None => from,
    }
}

/// The first text after all that begin with this one; `None` where there is none.
fn prefix_end(text: &str) -> Option<String> {
    let mut letters: Vec<char> = text.chars().collect();
    while let Some(last) = letters.pop() {
        // The range skips what is no letter.
        if let Some(next) = (last..=char::MAX).nth(1) {
            letters.push(next);
            return Some(letters.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::prefix_end;

    #[test]
    fn a_beginning_ends_where_the_next_one_begins() {
        assert_eq!(prefix_end("ko").as_deref(), Some("kp"));
        assert_eq!(prefix_end("k\u{10ffff}").as_deref(), Some("l"));
        assert_eq!(prefix_end("\u{d7ff}").as_deref(), Some("\u{e000}"));
        assert_eq!(prefix_end("\u{10ffff}"), None);
    }
}
