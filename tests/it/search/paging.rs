//! Pages of results, and their cursors.

use serde_json::json;

use super::{all, refused, search};
use crate::support::graph::TestGraph;

#[tokio::test]
async fn pages_have_every_result_once_and_in_order() {
    let graph = TestGraph::loaded().await;
    for (text, size) in [
        ("kobe", 1),
        ("san", 7),
        ("or", 50),
        ("島", 10),
        ("new york", 3),
    ] {
        let whole = all(&graph, text).await;
        assert_eq!(whole.names.len(), whole.total, "{text:?}");
        assert!(!whole.has_next && !whole.has_previous);
        let mut names = Vec::new();
        let mut after = None;
        loop {
            let page = search(
                &graph,
                json!({ "text": text, "first": size, "after": after }),
            )
            .await;
            assert_eq!(page.total, whole.total);
            assert_eq!(page.has_previous, !names.is_empty(), "{text:?}");
            assert_eq!(page.start.as_ref(), page.cursors.first());
            assert_eq!(page.end.as_ref(), page.cursors.last());
            names.extend(page.names);
            assert_eq!(page.has_next, names.len() < whole.total, "{text:?}");
            after = page.end;
            if !page.has_next {
                break;
            }
        }
        assert_eq!(names, whole.names, "{text:?}");
        let end = search(&graph, json!({ "text": text, "after": after })).await;
        assert!(end.names.is_empty() && end.has_previous && !end.has_next);
        assert_eq!((end.total, end.start, end.end), (whole.total, None, None));
    }
}

#[tokio::test]
async fn a_page_of_no_rows_tells_what_there_is() {
    let graph = TestGraph::loaded().await;
    let page = search(&graph, json!({ "text": "san", "first": 0 })).await;
    assert!(page.names.is_empty() && page.has_next && !page.has_previous);
    assert_eq!(page.total, all(&graph, "san").await.total);
    let few = search(&graph, json!({ "text": "san", "first": 3 })).await;
    let page = search(
        &graph,
        json!({ "text": "san", "first": 0, "after": few.end }),
    )
    .await;
    assert!(page.names.is_empty() && page.has_next && page.has_previous);
    let usual = search(&graph, json!({ "text": "san" })).await;
    assert_eq!(usual.names.len(), 20);
}

#[tokio::test]
async fn a_cursor_is_good_for_its_search_however_that_is_written() {
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
        let (message, code) = refused(&graph, variables).await;
        assert_eq!(code, "BAD_CURSOR", "{text} {types}");
        assert!(message.starts_with("after is a cursor of a different list"));
    }
}

#[tokio::test]
async fn what_is_not_a_cursor_of_a_search_is_refused() {
    let graph = TestGraph::loaded().await;
    let cities = graph
        .query("{ cities(first: 1) { pageInfo { endCursor } } }")
        .await
        .data();
    let foreign = cities["cities"]["pageInfo"]["endCursor"]
        .as_str()
        .unwrap()
        .to_owned();
    for wrong in ["", "x", "W10", &foreign] {
        let (message, code) = refused(&graph, json!({ "text": "kobe", "after": wrong })).await;
        assert_eq!(code, "BAD_CURSOR");
        assert!(message.starts_with("after is "), "{message}");
    }
    let found = search(&graph, json!({ "text": "kobe", "first": 1 })).await;
    let query = format!(
        "{{ cities(after: {:?}) {{ totalCount }} }}",
        found.end.unwrap()
    );
    assert_eq!(graph.query(&query).await.error().1, "BAD_CURSOR");
}

#[tokio::test]
async fn sizes_are_bounded_as_everywhere() {
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
        let refusal = refused(&graph, json!({ "text": "kobe", "first": first })).await;
        assert_eq!(refusal, (message.to_owned(), expected.to_owned()));
    }
}
