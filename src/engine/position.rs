//! Where a span of a parsed document begins, as the line and column that errors name.

use apollo_compiler::parser::{LineColumn, SourceMap, SourceSpan};
use async_graphql::Pos;

/// The position at which a span begins.
pub(super) fn span_position(span: Option<SourceSpan>, sources: &SourceMap) -> Option<Pos> {
    span?.line_column(sources).map(to_pos)
}

/// The same position as async-graphql's type.
pub(super) fn to_pos(at: LineColumn) -> Pos {
    Pos {
        line: at.line,
        column: at.column,
    }
}
