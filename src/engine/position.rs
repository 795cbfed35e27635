//! Converts locations of apollo-compiler to those of errors.

use apollo_compiler::parser::{SourceMap, SourceSpan};
use async_graphql::Pos;

/// The line and column at which a span begins.
pub(super) fn span_position(span: Option<SourceSpan>, sources: &SourceMap) -> Option<Pos> {
    let start = span?.line_column(sources)?;
    Some(Pos {
        line: start.line,
        column: start.column,
    })
}
