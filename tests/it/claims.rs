//! What the API says about the claims of sources, compared with `claims.csv` and `partnerships.csv`.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sistergraph::limits::Limits;

use crate::support::{data_set::DataSet, graph::TestGraph};

#[tokio::test]
async fn claims_are_those_of_the_file() {
    let mut data = DataSet::real();
    data.add_claims(&[
        "ak-anchorage--au-darwin,py-muni,RENEWED,2002,2002-03,false,THIRD,\"once more, in March\"",
        "ak-anchorage--au-darwin,py-muni,ESTABLISHED,1982,1982-07-28,false,THIRD,",
        "ak-anchorage--au-darwin,p-amfa,ENDED,,,false,THIRD,by then",
        "ak-anchorage--cn-harbin,py-muni,ESTABLISHED,1988,,true,THIRD,an anniversary",
    ]);
    let graph = TestGraph::with_tables(Limits::default(), &data.tables()).await;
    let query = "{ partnerships(first: 2000) { nodes { slug claims { source { slug } kind year date isReckoned side note } } } }";
    let response = graph.query(query).await;
    assert_eq!(response.statements.len(), 2, "{:#?}", response.statements);

    let mut rows = data.rows("claims.csv");
    rows.sort_by_key(|row| ["partnership_id", "source_id", "kind"].map(|key| row[key].clone()));
    let text_or_null = |cell: &str| match cell {
        "" => Value::Null,
        cell => json!(cell),
    };
    let expected: Vec<Value> = rows
        .iter()
        .map(|row| {
            let date = if row["date"].is_empty() {
                &row["year"]
            } else {
                &row["date"]
            };
            json!({
                "source": { "slug": row["source_id"] },
                "kind": row["kind"],
                "year": row["year"].parse::<i32>().ok(),
                "date": text_or_null(date),
                "isReckoned": row["reckoned"] == "true",
                "side": row["side"],
                "note": text_or_null(&row["note"]),
            })
        })
        .collect();
    let data = response.data();
    let nodes = data["partnerships"]["nodes"].as_array().unwrap();
    let mut nodes: Vec<_> = nodes.iter().collect();
    nodes.sort_by_key(|node| node["slug"].as_str().unwrap());
    let claims = nodes
        .iter()
        .flat_map(|node| node["claims"].as_array().unwrap());
    let claims: Vec<Value> = claims.cloned().collect();
    assert_eq!(claims, expected);
}

#[tokio::test]
async fn claims_can_be_selected_by_kind_and_side() {
    let graph = TestGraph::loaded().await;
    let claims = async |arguments: &str| -> Vec<Vec<Value>> {
        let query = format!(
            "{{ partnerships(first: 2000) {{ nodes {{ claims{arguments} {{ kind side source {{ slug }} year }} }} }} }}"
        );
        let data = graph.query(&query).await.data();
        let nodes = data["partnerships"]["nodes"].as_array().unwrap().iter();
        nodes
            .map(|node| node["claims"].as_array().unwrap().clone())
            .collect()
    };
    let all = claims("").await;
    for (kinds, sides) in [
        (Some(vec!["ESTABLISHED", "ENDED"]), Some(vec!["US"])),
        (Some(vec!["RENEWED"]), None),
        (None, Some(vec!["PARTNER", "DERIVED", "PARTNER"])),
        (Some(vec![]), None),
        (None, Some(vec![])),
        (None, None),
    ] {
        let list = |values: &Option<Vec<&str>>| match values {
            None => "null".to_owned(),
            Some(values) => format!("[{}]", values.join(", ")),
        };
        let arguments = format!("(kind: {}, side: {})", list(&kinds), list(&sides));
        let is_listed = |values: &Option<Vec<&str>>, value: &Value| {
            values
                .as_ref()
                .is_none_or(|values| values.iter().any(|one| value == one))
        };
        let mut expected = all.clone();
        for claims in &mut expected {
            claims.retain(|claim| {
                is_listed(&kinds, &claim["kind"]) && is_listed(&sides, &claim["side"])
            });
        }
        assert_eq!(claims(&arguments).await, expected, "{arguments}");
    }
}

/// The rule reproduces the years and statuses of `partnerships.csv`, so none of them is listed.
#[tokio::test]
async fn years_and_statuses_follow_from_the_claims() {
    let data = DataSet::real();
    let tables = data.tables();
    assert_eq!(tables.notices, []);
    let graph = TestGraph::loaded().await;
    let query = "{ partnerships(first: 2000) { nodes { slug establishedYear established corroborated corroboration
        claims { kind year date side } disagreements { kind year date side } } } }";
    let response = graph.query(query).await;
    assert_eq!(response.statements.len(), 3, "{:#?}", response.statements);
    let mut contradicted: Vec<String> = Vec::new();
    for node in response.data()["partnerships"]["nodes"].as_array().unwrap() {
        let established = node["established"].as_str();
        let year = established.map(|date| date[..4].parse::<i64>().unwrap());
        assert_eq!(node["establishedYear"].as_i64(), year, "{node}");
        let claims = node["claims"].as_array().unwrap();
        let dates = || {
            claims.iter().filter(|claim| {
                claim["kind"] == "ESTABLISHED" && claim["year"] == node["establishedYear"]
            })
        };
        let lengths = dates().map(|claim| claim["date"].as_str().unwrap().len());
        assert_eq!(
            established.map(str::len),
            lengths.max(),
            "the most precise date: {node}"
        );
        assert!(established.is_none() || dates().any(|claim| claim["date"] == node["established"]));
        assert_eq!(
            node["corroborated"],
            node["corroboration"] != "DERIVED_ONLY"
        );
        let disagreements = node["disagreements"].as_array().unwrap();
        let mut rest = claims.iter();
        assert!(
            disagreements
                .iter()
                .all(|one| rest.any(|claim| claim == one)),
            "some of the claims, in their order: {node}"
        );
        let years = disagreements
            .iter()
            .filter(|claim| claim["kind"] == "ESTABLISHED");
        let years: BTreeSet<_> = years.map(|claim| claim["year"].as_i64()).collect();
        if years.len() > 1 {
            contradicted.push(node["slug"].as_str().unwrap().to_owned());
        }
    }
    let mut conflicts: Vec<_> = data
        .rows("year_conflicts.csv")
        .iter()
        .map(|row| row["partnership_id"].clone())
        .collect();
    conflicts.sort_unstable();
    contradicted.sort_unstable();
    assert_eq!(contradicted, conflicts);
}

#[tokio::test]
async fn without_their_file_claims_follow_from_the_sources() {
    let mut data = DataSet::real();
    let tables = data.remove("claims.csv").tables();
    assert_eq!(tables.notices, []);
    let graph = TestGraph::with_tables(Limits::default(), &tables).await;
    let query = "{ partnerships(first: 2000) { nodes { establishedYear established corroboration sources { independent } disagreements { year } } } }";
    for node in graph.query(query).await.data()["partnerships"]["nodes"]
        .as_array()
        .unwrap()
    {
        let year = node["establishedYear"]
            .as_i64()
            .map(|year| year.to_string());
        assert_eq!(node["established"].as_str(), year.as_deref());
        let sources = node["sources"].as_array().unwrap();
        let expected = match sources.iter().any(|source| source["independent"] == true) {
            true => "THIRD_PARTY",
            false => "DERIVED_ONLY",
        };
        assert_eq!(node["corroboration"], expected, "{node}");
        assert_eq!(node["disagreements"], json!([]));
    }
}
