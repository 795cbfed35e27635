//! Pages of search results and their cursors.

use serde_json::json;

use super::{all, search, search_error};
use crate::support::graph::TestGraph;

#[tokio::test]
async fn pages_contain_every_result_once_and_in_order() {
    let graph = TestGraph::loaded().await;
    for (text, size) in [
        ("kobe", 1),
        ("san", 7),
        ("or", 50),
        ("島", 10),
        ("new york", 3),
    ] {
        let all_results = all(&graph, text).await;
        assert_eq!(all_results.names.len(), all_results.total, "{text:?}");
        assert!(!all_results.has_next && !all_results.has_previous);
        let mut names = Vec::new();
        let mut after = None;
        loop {
            let page = search(
                &graph,
                json!({ "text": text, "first": size, "after": after }),
            )
            .await;
            assert_eq!(page.total, all_results.total);
            assert_eq!(page.has_previous, !names.is_empty(), "{text:?}");
            assert_eq!(page.start.as_ref(), page.cursors.first());
            assert_eq!(page.end.as_ref(), page.cursors.last());
            names.extend(page.names);
            assert_eq!(page.has_next, names.len() < all_results.total, "{text:?}");
            after = page.end;
            if !page.has_next {
                break;
            }
        }
        assert_eq!(names, all_results.names, "{text:?}");
        let end = search(&graph, json!({ "text": text, "after": after })).await;
        assert!(end.names.is_empty() && end.has_previous && !end.has_next);
        assert_eq!(
            (end.total, end.start, end.end),
            (all_results.total, None, None)
        );
    }
}

#[tokio::test]
async fn an_empty_page_has_a_total_and_page_info() {
    let graph = TestGraph::loaded().await;
    let page = search(&graph, json!({ "text": "san", "first": 0 })).await;
    assert!(page.names.is_empty() && page.has_next && !page.has_previous);
    assert_eq!(page.total, all(&graph, "san").await.total);
    let first_page = search(&graph, json!({ "text": "san", "first": 3 })).await;
    let page = search(
        &graph,
        json!({ "text": "san", "first": 0, "after": first_page.end }),
    )
    .await;
    assert!(page.names.is_empty() && page.has_next && page.has_previous);
    let default_page = search(&graph, json!({ "text": "san" })).await;
    assert_eq!(default_page.names.len(), 20);
}

#[tokio::test]
async fn a_cursor_is_valid_for_an_equivalent_search() {
    let graph = TestGraph::loaded().await;
    let cities = json!(["CITY", "STATE"]);
    let page = search(
        &graph,
        json!({ "text": "New York", "first": 2, "types": cities }),
    )
    .await;
    let after = page.end.unwrap();
    let variables = json!({ "text": "york-NEW", "after": after, "types": ["STATE", "CITY"] });
    let next = search(&graph, variables).await;
    assert!(next.has_previous && !next.names.is_empty());
    for (text, types) in [
        ("new yor", cities.clone()),
        ("new york", json!(null)),
        ("new york", json!(["CITY"])),
        ("newyork", cities),
    ] {
        let variables = json!({ "text": text, "types": types, "after": after });
        let (message, code) = search_error(&graph, variables).await;
        assert_eq!(code, "BAD_CURSOR", "{text} {types}");
        assert!(message.starts_with("after is a cursor of a different list"));
    }
}

#[tokio::test]
async fn invalid_cursors_are_rejected() {
    let graph = TestGraph::loaded().await;
    let cities = graph
        .query("{ cities(first: 1) { pageInfo { endCursor } } }")
        .await
        .data();
    let foreign = cities["cities"]["pageInfo"]["endCursor"]
        .as_str()
        .unwrap()
        .to_owned();
    for cursor in ["", "x", "W10", &foreign] {
        let (message, code) =
            search_error(&graph, json!({ "text": "kobe", "after": cursor })).await;
        assert_eq!(code, "BAD_CURSOR");
        assert!(message.starts_with("after is "), "{message}");
    }
    let results = search(&graph, json!({ "text": "kobe", "first": 1 })).await;
    let query = format!(
        "{{ cities(after: {:?}) {{ totalCount }} }}",
        results.end.unwrap()
    );
    assert_eq!(graph.query(&query).await.error().1, "BAD_CURSOR");
}

#[tokio::test]
async fn page_sizes_are_limited() {
    let graph = TestGraph::loaded().await;
    for (first, expected, message) in [
        (
            -1,
            "BAD_USER_INPUT",
            "first is -1; it must be between 0 and 2000",
        ),
        (
            2001,
            "PAGE_TOO_LARGE",
            "first is 2001; a page has at most 2000 rows (limits.maxPageSize)",
        ),
    ] {
        let error = search_error(&graph, json!({ "text": "kobe", "first": first })).await;
        assert_eq!(error, (message.to_owned(), expected.to_owned()));
    }
}
