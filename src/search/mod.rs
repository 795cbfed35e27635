//! The rules of search: which objects match a query, and how they are ranked. This module is pure;
//! `crate::db` runs the queries and `crate::import` builds the index.
//!
//! - **Words.** Texts are compared word by word, in any order, ignoring case, accents, apostrophes,
//!   and hyphens: see [`words`]. Scripts without spaces between words (Han, kana, Thai, ...) and
//!   Hangul form one word per run of characters. An object matches if each query word matches a word
//!   of any of its names, or of the state, province, or country that it is in (`Sapporo, Japan`), and
//!   at least one matches a word of its own.
//! - **Matching.** A query word matches a word that is equal to it, starts with it, contains it (from
//!   three characters; from one in those scripts), or differs from it by one typing error (from five
//!   characters): see [`match_points`]. The best match counts, in this order.
//! - **Words of an object.** A place has the words of its name, codes, other and common names, and slug. A
//!   partnership has those of both sides and of its slug. A word that is only in the slug, such as
//!   `jp`, has a lower weight: an exact match counts about as much as a match inside a word of a name.
//!   A word of a containing place weighs less than a word of a name. `St.`, `Mt.`, and `Ft.` in a name
//!   are also indexed in full, and the full words abbreviated, with a lower weight. `W.Va.` is also
//!   indexed as one word, and its `va` has a lower weight.
//! - **Ranking.** Results are sorted by the sum of the points of all query words. For each word, the
//!   kind of match counts most, then whether it is the whole name (`Kobe` before `Kobe Harbour`, a
//!   city before its partnerships), then whether that is the primary name, then how much of the word
//!   is matched. Points are integers, so that all databases compute the same sums.

mod index;
mod rank;
mod words;

pub use index::{INHERITED_WEIGHT, SearchNames, WordWeights, word_weights};
pub use rank::{
    MAX_POINTS, PARTNERSHIP_PENALTY, WordPattern, candidate_patterns, match_points, score,
};
pub use words::{FIRST_UNSEGMENTED_CHAR, query_words, split_words};

/// The maximum length of a search text, in characters.
pub const MAX_QUERY_CHARS: usize = 200;
