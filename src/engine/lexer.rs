//! Reads the tokens of a document before it is parsed, in one bounded, linear pass over the text.

use apollo_parser::{Lexer, TokenKind};
use async_graphql::Pos;

use super::{ErrorCode, GraphqlError, Limits};

/// How deep braces, brackets and parentheses may nest. This is far more than `limits.maxDepth` and
/// the largest filter need, and keeps recursive functions from overflowing the stack.
const MAX_NESTING: usize = 100;

/// A document whose tokens are valid.
pub(super) struct LexedDocument {
    /// The text with a space in place of each comma. Missing upstream: apollo-parser 0.8 does not ignore
    /// a comma before a colon.
    pub(super) text: String,
    /// The tokens without ignored tokens between them, and with a space only between tokens that
    /// would otherwise run together.
    pub(super) normalized: String,
    pub(super) token_count: u64,
}

/// Reads the tokens of a document.
///
/// # Errors
/// If the text has too many bytes or tokens, nests too deep, or contains anything that is not a
/// token of GraphQL.
pub(super) fn lex(text: &str, limits: &Limits) -> Result<LexedDocument, GraphqlError> {
    use TokenKind::{
        At, Colon, Comma, Comment, Dollar, Eof, Eq, Float, Int, LBracket, LCurly, LParen, Name,
        RBracket, RCurly, RParen, Spread, StringValue, Whitespace,
    };
    let (bytes, max) = (text.len(), limits.max_query_bytes);
    if bytes as u64 > max {
        let message = format!(
            "the query has {bytes} bytes; at most {max} are allowed (limits.maxQueryBytes)"
        );
        return Err(GraphqlError::new(ErrorCode::QueryTooLarge, message));
    }
    let mut normalized = String::with_capacity(text.len());
    let mut spaced = String::with_capacity(text.len());
    let (mut count, mut end, mut previous, mut expects_colon) = (0, 0, None, false);
    let mut open_brackets = Vec::new();
    for token in Lexer::new(text) {
        let token =
            token.map_err(|error| syntax_error(error.message(), Some(position_at(text, end))))?;
        let start = end;
        end = token.index() + token.data().len();
        let kind = token.kind();
        spaced.push_str(if kind == Comma { " " } else { token.data() });
        if matches!(kind, Whitespace | Comment | Comma | Eof) {
            continue;
        }
        count += 1;
        let locate = |error: GraphqlError| error.with_location(position_at(text, start));
        if count > limits.max_tokens {
            let max = limits.max_tokens;
            let message = format!(
                "the query has more than {max} tokens: names, values and punctuation (limits.maxTokens)"
            );
            return Err(locate(GraphqlError::new(ErrorCode::TokenLimit, message)));
        }
        // Missing upstream: in apollo-parser 0.8, `argument` and `object_field` accept a name without a
        // colon and drop it.
        if expects_colon && kind != Colon {
            let message = format!("Expected \":\", found {}", describe_token(token.data()));
            return Err(locate(syntax_error(&message, None)));
        }
        // A name is an argument or a field of an input object within parentheses, but not in a list, and
        // not after these tokens: there it is a value, a type, a variable or a directive.
        expects_colon = kind == Name
            && !matches!(previous, Some(Colon | Eq | Dollar | At))
            && open_brackets.last() != Some(&LBracket)
            && open_brackets.contains(&LParen);
        match kind {
            LParen | LBracket | LCurly => open_brackets.push(kind),
            RCurly | RBracket | RParen => drop(open_brackets.pop()),
            _ => {}
        }
        if open_brackets.len() > MAX_NESTING {
            let message = format!(
                "the query nests more than {MAX_NESTING} braces, brackets and parentheses; send a flatter query"
            );
            return Err(locate(GraphqlError::new(ErrorCode::DepthLimit, message)));
        }
        let is_word = |kind| matches!(kind, Name | Int | Float | StringValue);
        // The first dot of a spread right after a number would be read as a decimal point.
        if previous.is_some_and(is_word) && (is_word(kind) || kind == Spread) {
            normalized.push(' ');
        }
        normalized.push_str(token.data());
        previous = Some(kind);
    }
    Ok(LexedDocument {
        text: spaced,
        normalized,
        token_count: count,
    })
}

/// A token in a message; the end of the text is empty.
pub(super) fn describe_token(token: &str) -> String {
    match token {
        "" => "<EOF>".to_owned(),
        token => format!("{token:?}"),
    }
}

/// The error for a text that is not GraphQL.
pub(super) fn syntax_error(description: &str, location: Option<Pos>) -> GraphqlError {
    let mut description = description.trim_end_matches('.').replace('`', "\"");
    if let Some(first) = description.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let message = format!("Syntax Error: {description}.");
    GraphqlError::new(ErrorCode::ParseFailed, message).with_location(location)
}

/// The line and the column of a byte offset, both counted from 1. Columns are characters.
pub(super) fn position_at(text: &str, offset: usize) -> Pos {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind(['\n', '\r']).map_or(0, |end| end + 1);
    let line_breaks = before.matches(['\n', '\r']).count() - before.matches("\r\n").count();
    Pos {
        line: line_breaks + 1,
        column: before[line_start..].chars().count() + 1,
    }
}
