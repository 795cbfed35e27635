//! What a search means: which texts it finds, and in which order. Pure; `crate::db` asks the
//! database and `crate::import` keeps the index.
//!
//! - **Words.** Texts are compared word by word, in any order, without case, accents, apostrophes
//!   and hyphens: see [`words`]. Scripts that do not part their words (Han, kana, Hangul, Thai, ...)
//!   make one word of what stands together. An object is found if each word of the text finds a
//!   word of it, in whichever of its names.
//! - **How a word finds a word.** It is the same, begins it, is contained in it (from three letters;
//!   from one in scripts that do not part their words), or differs from it by one typing error (from
//!   five letters): see [`match_points`]. In this order, for the best of them counts.
//! - **Which words.** A place has those of its name, its codes, its other names, and its slug. A
//!   partnership has those of both its sides and of its slug. A word that is in no name, but in the
//!   slug only, such as `jp`, weighs less: as much as one that is contained in a name.
//! - **Order.** By the points of all words together. For each, how it finds counts most, then
//!   whether it makes up the whole name (`Kobe` before `Kobe Harbour`, a city before its
//!   partnerships), then whether that is the usual name or another one, then how many letters are
//!   still missing. All in whole numbers, so that every database sums them alike.

mod index;
mod rank;
mod words;

pub use index::{SearchNames, WordWeights, word_weights};
pub use rank::{
    MAX_POINTS, PARTNERSHIP_PENALTY, WordPattern, candidate_patterns, match_points, score,
};
pub use words::{FIRST_UNSEGMENTED_CHAR, query_words, split_words};

/// The longest text that is searched for, in characters.
pub const MAX_QUERY_CHARS: usize = 200;
