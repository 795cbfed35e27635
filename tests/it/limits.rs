//! Requests that exceed a limit are rejected before anything is read.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use axum::{body::Body, http::StatusCode};
use futures_util::future::join_all;
use serde_json::json;
use sistergraph::{
    db::{Snapshot, StatementLog},
    limits::Limits,
};

use crate::support::graph::TestGraph;

#[tokio::test]
async fn oversized_bodies_are_rejected() {
    let limits = Limits {
        max_request_bytes: 200,
        ..Limits::default()
    };
    let graph = TestGraph::with_limits(limits).await;
    let query =
        |n: usize| json!({ "query": format!("{{ __typename {} }}", " ".repeat(n)) }).to_string();
    let length = query(0).len();
    assert_eq!(
        graph.post(query(200 - length)).await.data(),
        json!({ "__typename": "Query" })
    );
    // With a Content-Length header, and without one.
    let bytes = query(201 - length).into_bytes();
    let streamed = Body::from_stream(futures_util::stream::iter(
        bytes
            .chunks(50)
            .map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()))
            .collect::<Vec<_>>(),
    ));
    for body in [Body::from(query(201 - length)), streamed] {
        let response = graph.post(body).await;
        assert_eq!(response.status, StatusCode::PAYLOAD_TOO_LARGE);
        let message = "the request body is larger than 200 bytes (limits.maxRequestBytes)";
        assert_eq!(
            response.error(),
            (message.to_owned(), "REQUEST_TOO_LARGE".to_owned())
        );
    }
}

/// `levels` fragments, each of which spreads the next one twice: 2^levels fields after expansion.
fn fragment_bomb(levels: usize) -> String {
    let mut fragments = String::new();
    for level in 0..levels {
        let next = level + 1;
        write!(
            fragments,
            "fragment F{level} on Query {{ ...F{next} ...F{next} }} "
        )
        .unwrap();
    }
    fragments + &format!("fragment F{levels} on Query {{ limits {{ maxDepth }} }}")
}

#[tokio::test]
async fn expensive_documents_are_rejected_before_anything_is_read() {
    let graph = TestGraph::loaded().await;
    let nested = |n: usize| {
        let path = "capital { state { ".repeat(n / 2) + "name" + &" } }".repeat(n / 2);
        format!("{{ state(code: \"OR\") {{ {path} }} }}")
    };
    let aliases = |n: usize| -> String {
        (0..n).fold("{ limits {".to_owned(), |query, n| {
            query + &format!(" a{n}: maxDepth")
        }) + " } }"
    };
    // Exactly the limit is allowed.
    graph.query(&nested(18)).await.data();
    graph.query(&aliases(200)).await.data();
    let bomb = fragment_bomb(30);
    for (query, start, code) in [
        (nested(20), "the document nests 22 levels deep; at most 20 are allowed", "DEPTH_LIMIT"),
        (aliases(201), "the document has 201 aliases; at most 200 are allowed", "ALIAS_LIMIT"),
        (
            "{ states(first: 2000) { nodes { partnerships(first: 2000) { nodes { slug } } } } }".to_owned(),
            "the request has a complexity of ",
            "COMPLEXITY_LIMIT",
        ),
        (format!("{{ ...F0 }} {bomb}"), "the document has 4294967295 fields and fragments after fragment expansion; at most 5000", "SELECTION_LIMIT"),
        // Types and fields of introspection refer to each other.
        (
            format!(
                "{{ {} }}",
                (0..80)
                    .map(|n| format!("a{n}: __schema {{ types {{ fields {{ type {{ fields {{ type {{ name }} }} }} }} }} }} "))
                    .collect::<String>()
            ),
            "the request has a complexity of ",
            "COMPLEXITY_LIMIT",
        ),
        // In the operation that is not executed.
        (format!("query A {{ ...F0 }} query B {{ __typename }} {bomb}"), "the document has 4294967295", "SELECTION_LIMIT"),
        (
            "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }".to_owned(),
            "the document nests more than 2 lists of introspection",
            "DEPTH_LIMIT",
        ),
        ("{ a".repeat(2_000) + &" }".repeat(2_000), "the query nests more than 100 braces, brackets and parentheses", "DEPTH_LIMIT"),
        ("{ a".repeat(100) + &" }".repeat(100), "the document nests 100 levels deep; at most 20 are allowed", "DEPTH_LIMIT"),
    ] {
        let response = graph.query(&query).await;
        let (message, actual) = response.error();
        assert!(message.starts_with(start), "{message}");
        assert_eq!(actual, code);
        response.assert_rejected(start);
    }
    // Without a spread, every fragment is an unused one.
    let unused = graph.query(&format!("{{ __typename }} {bomb}")).await;
    unused.assert_rejected("a bomb that is not used");
    assert_eq!(unused.json()["errors"].as_array().unwrap().len(), 11);
    let lists = format!(
        "{{ states(first: {}{}) {{ totalCount }} }}",
        "[".repeat(20_000),
        "]".repeat(20_000)
    );
    graph
        .query(&lists)
        .await
        .assert_rejected("lists within lists");
}

/// A page can have many rows, but only one total, one `pageInfo`, and one set of groups.
#[tokio::test]
async fn page_level_fields_are_charged_once() {
    let graph = TestGraph::loaded().await;
    let groups = "groups(by: [COUNTRY]) { key { value label country { name } } count share earliestYear meanDistanceKm }";
    for page in ["", "(first: 0)", "(first: 2000)"] {
        let query = format!(
            "{{ states(first: 60) {{ nodes {{ code partnerships{page} {{ totalCount pageInfo {{ hasNextPage }} {groups} }} }} }} }}"
        );
        let data = graph.query(&query).await.data();
        assert_eq!(data["states"]["nodes"].as_array().unwrap().len(), 52);
    }
    let all = "{ cities(first: 2000) { nodes { partnerships(first: 0) { groups(by: [COUNTRY]) { count share latestYear } } } } }";
    assert_eq!(graph.query(all).await.error().1, "COMPLEXITY_LIMIT");
    let rows = "{ states(first: 60) { nodes { partnerships(first: 2000) { nodes { slug id } totalCount } } } }";
    assert_eq!(graph.query(rows).await.error().1, "COMPLEXITY_LIMIT");
}

/// For each limit, a document at the limit, one beyond it, and the first one again.
#[tokio::test]
async fn each_limit_rejects_only_what_exceeds_it() {
    let graph = TestGraph::with_limits(Limits {
        max_query_bytes: 3_000,
        max_tokens: 500,
        max_selections: 40,
        max_root_fields: 5,
        max_directives: 6,
        max_variables: 4,
        max_list_size: 3,
        ..Limits::default()
    })
    .await;
    let many = |n: usize, one: &dyn Fn(usize) -> String| -> String { (0..n).map(one).collect() };
    let root = |n| format!("{{ {} }}", many(n, &|i| format!("a{i}: __typename ")));
    let fields = |n| format!("{{ limits {{ {} }} }}", "maxDepth ".repeat(n));
    let directives = |n| {
        format!(
            "{{ limits {{ {} }} }}",
            "maxDepth @skip(if: false) ".repeat(n)
        )
    };
    let variables = |n| {
        let declared = many(n, &|i| format!("$s{i}: Boolean = false "));
        let used = many(n, &|i| format!("maxDepth @skip(if: $s{i}) "));
        format!("query ({declared}) {{ limits {{ {used} }} }}")
    };
    let kinds = |n| {
        let kinds = "CITY ".repeat(n);
        format!("{{ cities(first: 0, filter: {{ kind: [{kinds}] }}) {{ totalCount }} }}")
    };
    // Commas and comments are not tokens.
    let tokens = |n: usize| format!("{{ limits {{ maxDepth }} }} {}", "# , \n , ".repeat(n));
    for (at_most, over, message, code) in [
        (
            tokens(370),
            tokens(375),
            "the query has 3024 bytes; at most 3000 are allowed (limits.maxQueryBytes)",
            "QUERY_TOO_LARGE",
        ),
        (
            fields(38),
            "{".to_owned() + &"a ".repeat(500) + "}",
            "the query has more than 500 tokens: names, values and punctuation (limits.maxTokens)",
            "TOKEN_LIMIT",
        ),
        (
            fields(39),
            fields(40),
            "the document has 41 fields and fragments after fragment expansion; at most 40 are allowed (limits.maxSelections)",
            "SELECTION_LIMIT",
        ),
        (
            root(5),
            root(6),
            "the document has 6 root fields; at most 5 are allowed (limits.maxRootFields)",
            "ROOT_FIELD_LIMIT",
        ),
        (
            "{ ...F ...F ...F } fragment F on Query { limits { maxDepth @skip(if: false) maxAliases @skip(if: false) } }".to_owned(),
            "{ ...F ...F ...F ...F } fragment F on Query { limits { maxDepth @skip(if: false) maxAliases @skip(if: false) } }".to_owned(),
            "the document has 8 directives; at most 6 are allowed (limits.maxDirectives)",
            "DIRECTIVE_LIMIT",
        ),
        (
            directives(6),
            directives(7),
            "the document has 7 directives; at most 6 are allowed (limits.maxDirectives)",
            "DIRECTIVE_LIMIT",
        ),
        (
            variables(4),
            variables(5),
            "the document has 5 variables; at most 4 are allowed (limits.maxVariables)",
            "VARIABLE_LIMIT",
        ),
        (
            kinds(3),
            kinds(4),
            "filter.kind has 4 values; at most 3 are allowed (limits.maxListSize)",
            "LIST_LIMIT",
        ),
    ] {
        graph.query(&at_most).await.data();
        let response = graph.query(&over).await;
        let error = (message.to_owned(), code.to_owned());
        assert_eq!(response.error(), error);
        response.assert_rejected(&over);
        graph.query(&at_most).await.data();
    }
    let query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let send_ids = async |n: usize| {
        graph
            .query_with(query, json!({ "ids": vec!["Q2l0eTp4"; n] }))
            .await
    };
    send_ids(3).await.data();
    let message = "$ids has 4 values; at most 3 are allowed (limits.maxListSize)";
    let error = (message.to_owned(), "LIST_LIMIT".to_owned());
    assert_eq!(send_ids(4).await.error(), error);
    send_ids(3).await.data();
}

/// Documents that are expensive to check although they are within the limits of size.
#[tokio::test]
async fn expensive_documents_are_answered() {
    let graph = TestGraph::loaded().await;
    let many = |n: usize, one: &dyn Fn(usize) -> String| -> String { (0..n).map(one).collect() };
    let nested = |n: usize, open: &str, close: &str| open.repeat(n) + &close.repeat(n);
    let documents = [
        format!("{{ ...F0 }} {}", fragment_bomb(30)),
        // Fields that are all the same, or all different.
        format!("{{ limits {{ {} }} }}", "maxDepth ".repeat(5_000)),
        format!("{{ limits {{ {} }} }}", many(4_000, &|i| format!("f{i} "))),
        format!("{{ {} }}", "limits { maxDepth } ".repeat(2_000)),
        format!("{{ {} }}", "...F ".repeat(2_000)) + " fragment F on Query { limits { maxDepth } }",
        // As many fragments as fit into the size of a query.
        format!(
            "{{ __typename }} {}",
            many(1_600, &|i| format!("fragment F{i} on Query{{a}}"))
        ),
        format!(
            "{{ ...F0 }} {} fragment F1500 on Query {{ __typename }}",
            many(1_500, &|i| format!(
                "fragment F{i} on Query{{...F{}}}",
                i + 1
            ))
        ),
        format!(
            "{{ {} }} {}",
            many(1_000, &|i| format!("...F{i} ")),
            many(1_000, &|i| format!("fragment F{i} on Query{{__typename}}"))
        ),
        // Operations that share fragments.
        format!(
            "{} fragment F on Query {{ limits {{ {} }} }}",
            many(900, &|i| format!("query Q{i} {{ ...F }}")),
            "maxDepth ".repeat(900)
        ),
        // Each use of a variable is searched for in the whole document.
        format!(
            "query ({}) {{ limits {{ maxDepth }} }}",
            many(2_500, &|i| format!("$v{i}: Int "))
        ),
        format!(
            "query ($v: {}Int{}) {{ __typename }}",
            "[".repeat(90),
            "]".repeat(90)
        ),
        // Values.
        format!(
            "{{ cities(filter: {{ kind: {} }}) {{ totalCount }} }}",
            nested(90, "[", "]")
        ),
        format!(
            "{{ cities(filter: {}) {{ totalCount }} }}",
            nested(90, "{ not: ", "}")
        ),
        format!(
            "{{ cities(filter: {}) {{ totalCount }} }}",
            nested(30_000, "{ not: ", "}")
        ),
        format!(
            "{{ cities(filter: {{ {} }}) {{ totalCount }} }}",
            many(3_000, &|i| format!("f{i}: 1 "))
        ),
        format!(
            "{{ cities({}) {{ totalCount }} }}",
            many(3_000, &|i| format!("f{i}: 1 "))
        ),
        format!(
            "{{ cities(first: {}) {{ totalCount }} }}",
            "9".repeat(60_000)
        ),
        format!(
            "{{ cities(first: 1e{}) {{ totalCount }} }}",
            "9".repeat(60_000)
        ),
        format!(
            "{{ city(slug: \"{}\") {{ name }} }}",
            "\\u{1F600}".repeat(6_000)
        ),
        format!(
            "{{ city(slug: \"\"\"{}\"\"\") {{ name }} }}",
            " \n".repeat(30_000)
        ),
        format!("{{ {} }}", "x".repeat(60_000)),
        "#\n".repeat(30_000) + "{ limits { maxDepth } }",
        "{ limits { maxDepth ".to_owned() + &"@skip(if: false) ".repeat(2_000) + "} }",
        // Types of introspection that refer to each other.
        format!(
            "{{ __schema {{ types {{ {} }} }} }}",
            "fields { type { name } } ".repeat(500)
        ),
    ];
    for document in documents {
        let start: String = document.chars().take(60).collect();
        let response = graph.query(&document).await;
        let json = response.json();
        let errors = json["errors"].as_array().map_or(0, Vec::len);
        assert!(errors <= 11, "{start}: {errors} errors");
        assert!(errors == 0 || response.text.len() < 20_000, "{start}");
    }
    // Deep or wide JSON.
    let query = "query ($filter: CityFilter) { cities(filter: $filter) { totalCount } }";
    for variables in [
        nested(120, "{\"filter\":", "}").replace(":}", ":1}"),
        format!("{{\"filter\":{}}}", nested(100, "[", "]")),
        format!("{{\"filter\":{}}}", nested(50_000, "[", "]")),
        format!(
            "{{\"filter\":{{\"population\":{{\"eq\":1{}}}}}}}",
            "0".repeat(50_000)
        ),
        format!("{{\"other\":[{}1]}}", "1,".repeat(50_000)),
    ] {
        let body = format!("{{\"query\":{},\"variables\":{variables}}}", json!(query));
        let response = graph.post(body).await;
        assert!(response.text.len() < 20_000);
    }
    graph.query("{ limits { maxDepth } }").await.data();
}

#[tokio::test]
async fn slow_requests_time_out() {
    let limits = Limits {
        request_timeout: Duration::from_millis(20),
        ..Limits::default()
    };
    let graph = TestGraph::with_limits(limits).await;
    // All connections to the database are in use.
    let mut busy = Vec::new();
    for _ in 0..4 {
        let snapshot = Snapshot::open(graph.reader(), StatementLog::default()).await;
        busy.push(snapshot.unwrap());
    }
    let response = graph.query("{ states { totalCount } }").await;
    let (message, code) = response.error();
    assert!(message.starts_with("the request took longer than 20 ms (limits.requestTimeoutMs); "));
    assert_eq!(code, "TIMEOUT");
    response.assert_rejected("a request without a connection");
    drop(busy);
}

#[tokio::test]
async fn requests_beyond_the_limits_are_rejected_in_time() {
    let limits = Limits {
        request_timeout: Duration::from_millis(500),
        max_concurrent_requests: 1,
        max_waiting_requests: 2,
        ..Limits::default()
    };
    let graph = TestGraph::with_limits(limits).await;
    // All connections to the database are in use, as if it stood still.
    let mut busy = Vec::new();
    for _ in 0..4 {
        let snapshot = Snapshot::open(graph.reader(), StatementLog::default()).await;
        busy.push(snapshot.unwrap());
    }
    let started = Instant::now();
    let answers = ["a", "b", "c", "d", "e"].map(|alias| {
        let query = format!("{{ {alias}: states {{ totalCount }} }}");
        let graph = &graph;
        async move {
            let response = graph.query(&query).await;
            let (message, code) = response.error();
            (message.to_owned(), code.to_owned(), started.elapsed())
        }
    });
    let answers = join_all(answers).await;
    let mut times = Vec::new();
    for (index, (message, code, elapsed)) in answers.into_iter().enumerate() {
        let (expected, reason) = match index {
            0 => ("TIMEOUT", "took longer"),
            1 | 2 => ("OVERLOADED", "waited until its time limit"),
            _ => ("OVERLOADED", "2 are waiting"),
        };
        assert_eq!(code, expected, "{index}: {message}");
        assert!(message.contains(reason), "{index}: {message}");
        times.push(elapsed);
    }
    // The first three have waited for their time limit, and the others have not waited for them.
    let [first @ .., fourth, fifth] = times.as_slice() else {
        panic!("{times:?}");
    };
    let earliest = first.iter().min().unwrap();
    assert!(*earliest >= limits.request_timeout, "{times:?}");
    assert!(fourth.max(fifth) < earliest, "{times:?}");
}

#[tokio::test]
async fn errors_and_locations_beyond_the_limit_are_counted() {
    let graph = TestGraph::with_limits(Limits {
        max_errors: 2,
        ..Limits::default()
    })
    .await;
    let messages = |json: serde_json::Value| -> Vec<String> {
        let errors = json["errors"].as_array().unwrap().clone();
        errors
            .iter()
            .map(|error| error["message"].as_str().unwrap().to_owned())
            .collect()
    };
    let two = messages(graph.query("{ limits { zero one } }").await.json());
    assert_eq!(two.len(), 2, "{two:?}");
    let four = messages(
        graph
            .query("{ limits { zero one two three } }")
            .await
            .json(),
    );
    assert_eq!(four[..2], two);
    assert_eq!(four[2..], ["2 more errors; fix these first"]);
    let repeated = graph.query("{ limits { zero zero zero } }").await.json();
    assert_eq!(
        repeated["errors"][0]["locations"].as_array().unwrap().len(),
        2
    );
}
