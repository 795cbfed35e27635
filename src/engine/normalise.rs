//! The text of a document without what has no meaning.

use apollo_parser::{Lexer, TokenKind};

/// The tokens of a document, without whitespace, commas and comments between them; one space where
/// two would run together.
pub(super) fn normalise(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut word_before = false;
    for token in Lexer::new(text).flatten() {
        let is_word = match token.kind() {
            TokenKind::Whitespace | TokenKind::Comment | TokenKind::Comma | TokenKind::Eof => {
                continue;
            }
            TokenKind::Name | TokenKind::Int | TokenKind::Float | TokenKind::StringValue => true,
            _ => false,
        };
        // Three dots after a number would read as its fraction.
        if word_before && (is_word || token.kind() == TokenKind::Spread) {
            out.push(' ');
        }
        out.push_str(token.data());
        word_before = is_word;
    }
    out
}
