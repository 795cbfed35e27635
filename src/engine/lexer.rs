//! The tokens of a document, read before its grammar: a bounded, linear pass over the text.

use apollo_parser::{Lexer, TokenKind};
use async_graphql::Pos;

use super::{ErrorCode, GraphqlError, Limits};

/// How deep braces, brackets and parentheses may nest. It is far more than `limits.maxDepth` and
/// the largest filter need, and keeps what descends into a document from running out of stack.
const MAX_NESTING: usize = 100;

/// What the tokens of a document tell.
pub(super) struct LexedDocument {
    /// The text with spaces for the commas between tokens: the parser does not take all of them
    /// for layout.
    pub(super) text: String,
    /// The tokens without whitespace, commas and comments between them; one space where two would
    /// run together.
    pub(super) normalized: String,
    /// How many there are.
    pub(super) token_count: u64,
}

/// Reads the tokens of a document.
///
/// # Errors
/// Where the text is longer, has more tokens or nests deeper than is allowed, or has something
/// that is no token of GraphQL.
pub(super) fn lex(text: &str, limits: &Limits) -> Result<LexedDocument, GraphqlError> {
    if text.len() as u64 > limits.max_query_bytes {
        return Err(GraphqlError::new(
            ErrorCode::QueryTooLarge,
            format!(
                "the query has {} bytes; at most {} are allowed (limits.maxQueryBytes)",
                text.len(),
                limits.max_query_bytes
            ),
        ));
    }
    let mut normalised = String::with_capacity(text.len());
    let mut spaced = String::with_capacity(text.len());
    let (mut count, mut end, mut word_before) = (0, 0, false);
    let mut brackets = BracketStack::default();
    for token in Lexer::new(text) {
        let token =
            token.map_err(|error| syntax_error(error.message(), Some(position_at(text, end))))?;
        let start = end;
        end = token.index() + token.data().len();
        let kind = token.kind();
        spaced.push_str(if kind == TokenKind::Comma {
            " "
        } else {
            token.data()
        });
        if is_ignored(kind) {
            continue;
        }
        count += 1;
        if count > limits.max_tokens {
            let message = format!(
                "the query has more than {} tokens: names, values and punctuation \
                 (limits.maxTokens)",
                limits.max_tokens
            );
            return Err(GraphqlError::new(ErrorCode::TokenLimit, message)
                .with_location(position_at(text, start)));
        }
        if brackets.advance(kind) {
            let said = "a name stands where a name, a colon and a value are expected";
            return Err(syntax_error(said, Some(position_at(text, start))));
        }
        if brackets.open.len() > MAX_NESTING {
            let message = format!(
                "the query nests more than {MAX_NESTING} braces, brackets and parentheses; write a \
                 flatter one"
            );
            return Err(GraphqlError::new(ErrorCode::DepthLimit, message)
                .with_location(position_at(text, start)));
        }
        let is_word = is_word(kind);
        // Three dots after a number would read as its fraction.
        if word_before && (is_word || kind == TokenKind::Spread) {
            normalised.push(' ');
        }
        normalised.push_str(token.data());
        word_before = is_word;
    }
    Ok(LexedDocument {
        text: spaced,
        normalized: normalised,
        token_count: count,
    })
}

/// The brackets that are open, and what was read last.
#[derive(Default)]
struct BracketStack {
    /// Of each, whether it holds names with values: arguments or the fields of an object.
    open: Vec<bool>,
    previous: Option<TokenKind>,
    /// Whether a name was read that has to have a colon behind it.
    expects_colon: bool,
}

impl BracketStack {
    /// Takes the next token. Tells whether the name before it has neither a colon nor a value,
    /// which the parser would leave out without a word.
    fn advance(&mut self, kind: TokenKind) -> bool {
        use TokenKind::{
            At, Colon, Dollar, Eq, LBracket, LCurly, LParen, Name, RBracket, RCurly, RParen,
        };
        let stands_alone = self.expects_colon && kind != Colon;
        let holds_names = self.open.last().copied().unwrap_or_default();
        // Behind these, a name is a value, a type, a variable or a directive.
        let means_else = matches!(self.previous, Some(Colon | Eq | Dollar | At));
        self.expects_colon = kind == Name && holds_names && !means_else;
        match kind {
            LParen => self.open.push(true),
            LBracket => self.open.push(false),
            // Braces within parentheses are objects, others selections.
            LCurly => {
                let is_object = self.open.contains(&true);
                self.open.push(is_object);
            }
            RCurly | RBracket | RParen => {
                self.open.pop();
            }
            _ => {}
        }
        self.previous = Some(kind);
        stands_alone
    }
}

fn is_ignored(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Whitespace | TokenKind::Comment | TokenKind::Comma | TokenKind::Eof
    )
}

fn is_word(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Name | TokenKind::Int | TokenKind::Float | TokenKind::StringValue
    )
}

/// A text that is not GraphQL; `said` is what the parser says of it.
pub(super) fn syntax_error(said: &str, at: Option<Pos>) -> GraphqlError {
    let mut said = said.trim_end_matches('.').replace('`', "\"");
    if let Some(first) = said.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    let place = at.map_or_else(String::new, |pos| {
        format!(" at line {}, column {}", pos.line, pos.column)
    });
    let message = format!("the query is not GraphQL{place}: {said}");
    GraphqlError::new(ErrorCode::ParseFailed, message).with_optional_location(at)
}

/// The line and the column of a byte of a text, both from 1, columns in characters.
pub(super) fn position_at(text: &str, offset: usize) -> Pos {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind(['\n', '\r']).map_or(0, |end| end + 1);
    let breaks = before.matches(['\n', '\r']).count() - before.matches("\r\n").count();
    Pos {
        line: breaks + 1,
        column: before[line_start..].chars().count() + 1,
    }
}
