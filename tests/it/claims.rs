//! `Partnership.claims` over a dataset with `claims.csv`.

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
