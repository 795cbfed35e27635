//! Documents as texts: their limits, and where their errors are.

use serde_json::json;

use super::{Resolvers, toy_graph};
use crate::engine::{Engine, Limits};
use crate::graphql_error::ErrorCode;

/// The code, the line, and the column of the first error of a document.
fn error_of(limits: Limits, document: &str) -> Option<(ErrorCode, usize, usize)> {
    let engine = Engine::new(toy_graph(&json!({}), Resolvers::Compute), limits).unwrap();
    let errors = engine.parse_document(document).err()?;
    let position = errors[0].locations.first().copied().unwrap_or_default();
    Some((errors[0].code, position.line, position.column))
}

#[test]
fn each_limit_of_a_text_allows_its_own_value() {
    let document = "{ item { name } }";
    let bytes = |max_query_bytes| Limits {
        max_query_bytes,
        ..Limits::default()
    };
    assert_eq!(error_of(bytes(17), document), None);
    let code = error_of(bytes(16), document).map(|(code, ..)| code);
    assert_eq!(code, Some(ErrorCode::QueryTooLarge));
    let tokens = |max_tokens| Limits {
        max_tokens,
        ..Limits::default()
    };
    assert_eq!(error_of(tokens(6), document), None);
    // The closing brace is the sixth token.
    assert_eq!(
        error_of(tokens(5), document),
        Some((ErrorCode::TokenLimit, 1, 17))
    );
}

#[test]
fn brackets_nest_at_most_a_hundred_levels() {
    let nested = |n| format!("{}{}", "{".repeat(n), "}".repeat(n));
    let code = |n| error_of(Limits::default(), &nested(n)).unwrap();
    assert_eq!(code(100).0, ErrorCode::ParseFailed);
    assert_eq!(code(101), (ErrorCode::DepthLimit, 1, 101));
    let lists = format!("{{ items(a: {}{}) }}", "[".repeat(99), "]".repeat(99));
    assert_eq!(
        error_of(Limits::default(), &lists),
        Some((ErrorCode::DepthLimit, 1, 110))
    );
    // Closed brackets count no more.
    let side_by_side = format!("{{ item {{ {} }} }}", "tags @skip(if: false) ".repeat(60));
    let code = error_of(Limits::default(), &side_by_side).map(|(code, ..)| code);
    assert_ne!(code, Some(ErrorCode::DepthLimit));
}

#[test]
fn errors_are_where_the_text_is_wrong() {
    for (document, line, column) in [
        ("{ item { ? } }", 1, 10),
        ("{\n  item {\n    ?\n  }\n}", 3, 5),
        ("{\r\n  item {\r\n    ?\r\n  }\r\n}", 3, 5),
        // Columns are characters, not bytes.
        ("{ item { # é\n \"é\" ? } }", 2, 6),
        ("{ item(a 1) { name } }", 1, 10),
        ("{ item(a: { b 1 }) { name } }", 1, 15),
    ] {
        assert_eq!(
            error_of(Limits::default(), document),
            Some((ErrorCode::ParseFailed, line, column)),
            "{document}"
        );
    }
}

#[test]
fn tokens_that_would_run_together_stay_apart() {
    let engine = Engine::new(toy_graph(&json!({}), Resolvers::Compute), Limits::default()).unwrap();
    let normalized = |text| engine.parse_document(text).unwrap().normalized().to_owned();
    assert_eq!(
        normalized(
            "query A ( $a : Boolean = true ) { item @skip ( if : $a ) { ... on Item { name, size } } }"
        ),
        "query A($a:Boolean=true){item@skip(if:$a){...on Item{name size}}}"
    );
    assert_eq!(
        normalized("{ item { name ...F } } fragment F on Item { name }"),
        "{item{name ...F}}fragment F on Item{name}"
    );
}
