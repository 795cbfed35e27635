//! Abbreviations, nicknames, and former names.

use serde_json::json;

use super::all;
use crate::support::{data_set::DataSet, graph::TestGraph};

/// A code or a name of another place may be the same, such as LA for Louisiana.
#[tokio::test]
async fn each_common_name_finds_its_place_among_the_first_three() {
    let graph = TestGraph::loaded().await;
    for row in DataSet::real().rows("common_names.csv") {
        let names = all(&graph, &row["name"]).await.names;
        let place = format!(" {}", row["place"]);
        let is_found = names.iter().take(3).any(|name| name.ends_with(&place));
        assert!(is_found, "{row:?}: {names:#?}");
    }
}

/// `va` is only a part of `W.Va.`. Another name of Denver is `Saint Charles`.
#[tokio::test]
async fn names_that_start_with_the_text_rank_before_parts_and_other_spellings() {
    let graph = TestGraph::loaded().await;
    for text in ["W.Va.", "W. Va.", "W Va", "WVa"] {
        let names = all(&graph, text).await.names;
        assert_eq!(names[0], "State us-wv", "{text:?}: {names:#?}");
    }
    for (text, first, second) in [
        ("va", "State us-va", "State us-wv"),
        ("va", "City us-ca-vallejo", "State us-wv"),
        ("st", "City us-mo-st-louis", "City us-ct-stamford"),
        ("st", "City us-ct-stamford", "City us-co-denver"),
    ] {
        let names = all(&graph, text).await.names;
        let position = |place| names.iter().position(|name| name == place).unwrap();
        assert!(position(first) < position(second), "{text:?}: {names:#?}");
    }
}

#[tokio::test]
async fn places_have_their_common_names() {
    let graph = TestGraph::loaded().await;
    let response = graph
        .query(
            "{ city(slug: \"us-ny-new-york-city\") { commonNames }
               state(code: \"OR\") { commonNames }
               country(code: \"MM\") { commonNames }
               province: search(text: \"NSW\", first: 1) { nodes { ... on Community { commonNames } } } }",
        )
        .await;
    let data = response.data();
    assert_eq!(data["city"]["commonNames"], json!(["Big Apple", "NYC"]));
    assert_eq!(data["state"]["commonNames"], json!(["Ore."]));
    assert_eq!(data["country"]["commonNames"], json!(["Burma"]));
    assert_eq!(
        data["province"]["nodes"],
        json!([{ "commonNames": ["NSW"] }])
    );
}

/// Older datasets do not have the file.
#[test]
fn the_file_may_be_missing() {
    let mut data = DataSet::real();
    data.remove("common_names.csv");
    assert_eq!(data.tables().common_name().count(), 0);
}
