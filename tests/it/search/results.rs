//! The results of searches and their order.

use serde_json::json;

use super::{all, search, search_error};
use crate::support::graph::TestGraph;

#[tokio::test]
async fn the_best_results_come_first() {
    let graph = TestGraph::loaded().await;
    for (text, expected) in [
        // Any case, accents, script, alternate name, or prefix.
        (
            "kobe",
            vec!["City jp-kobe", "Partnership pa-philadelphia--jp-kobe"],
        ),
        ("KOBE", vec!["City jp-kobe"]),
        ("Kōbe", vec!["City jp-kobe"]),
        ("ｋｏｂｅ", vec!["City jp-kobe"]),
        (
            "神戸",
            vec!["City jp-kobe", "Partnership pa-philadelphia--jp-kobe"],
        ),
        ("kob", vec!["City jp-kobe"]),
        ("Canton", vec!["City cn-guangzhou"]),
        ("広州", vec!["City cn-guangzhou"]),
        ("Pusan", vec!["City kr-busan"]),
        ("부산", vec!["City kr-busan"]),
        ("부", vec!["City kr-bucheon", "City kr-busan"]),
        ("부사", vec!["City kr-busan"]),
        ("広島", vec!["City jp-hiroshima"]),
        ("上海", vec!["City cn-shanghai"]),
        ("海市", vec!["City cn-beihai"]),
        ("チバ", vec!["City jp-chiba"]),
        ("กรุงเทพ", vec!["City th-bangkok"]),
        ("आगरा", vec!["City in-agra"]),
        ("Hagatna", vec!["City us-gu-hagatna"]),
        ("Hagåtña", vec!["City us-gu-hagatna"]),
        ("Đà Nẵng", vec!["City vn-da-nang"]),
        ("xian", vec!["City cn-xian"]),
        ("Xi’an", vec!["City cn-xian"]),
        // Words in any order, with or without hyphens; each can be a prefix.
        ("new-york", vec!["State us-ny", "City us-ny-new-york-city"]),
        ("york new", vec!["State us-ny", "City us-ny-new-york-city"]),
        ("san fran", vec!["City us-ca-san-francisco"]),
        ("kita-kyushu", vec!["City jp-kitakyushu"]),
        (
            "sapporo portland",
            vec!["Partnership or-portland--jp-sapporo"],
        ),
        (
            "portland sapporo",
            vec!["Partnership or-portland--jp-sapporo"],
        ),
        ("PORTLAND 札幌", vec!["Partnership or-portland--jp-sapporo"]),
        (
            "portland or",
            vec!["City us-or-portland", "Partnership or-portland--cn-suzhou"],
        ),
        // Codes and slugs.
        ("or", vec!["State us-or", "Partnership or--cn-fujian"]),
        ("jp", vec!["Country JP"]),
        ("JPN", vec!["Country JP"]),
        ("in", vec!["State us-in", "Country IN"]),
        ("us-or-portland", vec!["City us-or-portland"]),
        (
            "or-portland--jp-sapporo",
            vec!["Partnership or-portland--jp-sapporo"],
        ),
        // Abbreviations, nicknames, and former names.
        (
            "Shanghai, PRC",
            vec!["Province cn-shanghai-municipality", "City cn-shanghai"],
        ),
        ("Bombay, India", vec!["City in-mumbai"]),
        ("Jackson, Miss.", vec!["City us-ms-jackson"]),
        // A typo.
        (
            "nagoja",
            vec!["City jp-nagoya", "Partnership ca-los-angeles--jp-nagoya"],
        ),
        ("saporo", vec!["City jp-sapporo"]),
        ("naogya", vec!["City jp-nagoya"]),
        ("hiroshimma", vec!["City jp-hiroshima"]),
        (
            "portlnad sapporo",
            vec!["Partnership or-portland--jp-sapporo"],
        ),
    ] {
        let names = all(&graph, text).await.names;
        let n = expected.len().min(names.len());
        assert_eq!(names[..n], expected, "{text:?}");
    }
}

#[tokio::test]
async fn one_typo_is_tolerated_from_five_letters() {
    let graph = TestGraph::loaded().await;
    for text in [
        "oregan", "oregn", "oregoon", "roegon", "oregno", "aregon", "regon",
    ] {
        let names = all(&graph, text).await.names;
        assert!(names.contains(&"State us-or".to_owned()), "{text:?}");
    }
    for text in ["oregann", "rogeon", "oroegn", "axegan"] {
        let names = all(&graph, text).await.names;
        assert!(!names.contains(&"State us-or".to_owned()), "{text:?}");
    }
    for (text, is_found) in [
        ("utha", false),
        ("utoh", false),
        ("tuah", false),
        ("utaah", true),
    ] {
        let names = all(&graph, text).await.names;
        assert_eq!(
            names.contains(&"State us-ut".to_owned()),
            is_found,
            "{text:?}"
        );
    }
}

/// An exact match comes before a prefix match, which comes before a match inside a word.
#[tokio::test]
async fn exact_matches_come_before_prefixes_before_substrings() {
    let graph = TestGraph::loaded().await;
    for (text, in_order) in [
        ("india", ["Country IN", "State us-in"].as_slice()),
        ("kansas", &["State us-ks", "State us-ar"]),
        ("ota", &["Province nz-otago", "State us-nd"]),
        (
            "sendai",
            &["City jp-sendai", "Partnership ca-riverside--jp-sendai"],
        ),
    ] {
        let names = all(&graph, text).await.names;
        let positions: Vec<_> = in_order
            .iter()
            .map(|name| names.iter().position(|other| other == name))
            .collect();
        assert!(
            positions.iter().all(Option::is_some),
            "{text:?}: {positions:?} {names:#?}"
        );
        assert!(positions.is_sorted(), "{text:?}: {positions:?}");
    }
}

#[tokio::test]
async fn scores_decrease_from_one_and_are_positive() {
    let graph = TestGraph::loaded().await;
    for text in ["kobe", "s", "new york", "or", "san", "shan xi", "島"] {
        let scores = all(&graph, text).await.scores;
        assert!(scores.is_sorted_by(|one, other| one >= other), "{text:?}");
        assert!(
            scores.iter().all(|score| *score > 0.0 && *score <= 1.0),
            "{text:?}"
        );
    }
}

#[tokio::test]
async fn types_filter_the_results() {
    let graph = TestGraph::loaded().await;
    let results_for = |types| {
        search(
            &graph,
            json!({ "text": "washington", "types": types, "first": 2000 }),
        )
    };
    let all_names = results_for(json!(null)).await.names;
    let mut names_by_type = Vec::new();
    for (search_type, object) in [
        ("STATE", "State"),
        ("COUNTRY", "Country"),
        ("PROVINCE", "Province"),
        ("CITY", "City"),
        ("PARTNERSHIP", "Partnership"),
    ] {
        let results = results_for(json!([search_type])).await;
        assert_eq!(results.total, results.names.len());
        assert!(
            results.names.iter().all(|name| name.starts_with(object)),
            "{search_type}"
        );
        names_by_type.extend(results.names);
    }
    names_by_type.sort();
    let mut sorted = all_names.clone();
    sorted.sort();
    assert_eq!(sorted, names_by_type);
    assert_eq!(
        results_for(json!([])).await.total,
        0,
        "an empty list of types matches nothing"
    );
    let twice = results_for(json!(["CITY", "STATE", "CITY"])).await.names;
    assert_eq!(twice, results_for(json!(["STATE", "CITY"])).await.names);
}

#[tokio::test]
async fn texts_without_letters_find_nothing_and_long_ones_are_rejected() {
    let graph = TestGraph::loaded().await;
    for text in ["", "   ", "--", "%_%", "'", "\"", "* OR *", "NEAR(", "\\"] {
        let results = all(&graph, text).await;
        let has_letters = text.chars().any(char::is_alphabetic);
        assert!(has_letters || results.names.is_empty(), "{text:?}");
        assert!(has_letters || (results.total == 0 && !results.has_next && !results.has_previous));
    }
    let long = "あ".repeat(200);
    assert_eq!(all(&graph, &long).await.total, 0);
    let (message, code) = search_error(&graph, json!({ "text": long + "あ" })).await;
    assert_eq!(code, "BAD_USER_INPUT");
    assert_eq!(message, "text has 201 characters; at most 200 are allowed");
    // Many words.
    let letters: Vec<String> = ('a'..='z')
        .chain('0'..='9')
        .map(|c| c.to_string())
        .collect();
    all(&graph, &letters.join(" ")).await;
    let longer: Vec<String> = ('a'..='z').map(|c| format!("abcde{c}")).collect();
    all(&graph, &longer.join(" ")).await;
}

/// Fragments on the union, on its members, and on their interfaces.
#[tokio::test]
async fn fragments_on_search_items() {
    let graph = TestGraph::loaded().await;
    let response = graph
        .query(
            "{ search(text: \"sapporo portland oregon japan\", first: 1) { totalCount nodes { ... on Partnership { slug } } }
               one: search(text: \"oregon\", first: 2, types: [STATE, PARTNERSHIP]) { nodes {
                 ... on SearchItem { __typename }
                 ... on Node { id ... on Community { name ... on State { code } } }
                 ...Pair
               } } }
             fragment Pair on Partnership { slug us { ... on State { region { name } } } }",
        )
        .await;
    let data = response.data();
    assert_eq!(data["search"]["totalCount"], 1);
    assert_eq!(
        data["search"]["nodes"][0]["slug"],
        "or-portland--jp-sapporo"
    );
    let nodes = &data["one"]["nodes"];
    assert_eq!(nodes[0]["__typename"], "State");
    assert_eq!(nodes[0]["code"], "OR");
    assert_eq!(nodes[0]["name"], "Oregon");
    assert_eq!(nodes[1]["__typename"], "Partnership");
    assert_eq!(nodes[1]["slug"], "or--cn-fujian");
    assert_eq!(nodes[1]["us"]["region"]["name"], "WEST");
    assert!(nodes[1].get("name").is_none());
}

#[tokio::test]
async fn page_size_does_not_change_the_number_of_statements() {
    let graph = TestGraph::loaded().await;
    let query = std::fs::read_to_string(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/queries/search.graphql"),
    )
    .unwrap();
    for text in ["kobe", "in", "jp", "s", "san"] {
        for first in ["first: 10", "first: 1000"] {
            let query = query.replace("first: 10", first);
            let response = graph.query_with(&query, json!({ "text": text })).await;
            response.data();
            let statements = &response.statements;
            assert!(statements.len() <= 9, "{text} {first}: {statements:#?}");
        }
    }
    let response = graph
        .query("{ search(text: \"\") { totalCount nodes { __typename } } }")
        .await;
    assert_eq!(response.statements, [""; 0]);
}
