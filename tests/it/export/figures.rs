//! `figures.csv` has the same figures as the API.

use serde_json::Value;

use super::{
    content::{assert_same, csv_cell},
    fetch,
};
use crate::support::{data_set::DataSet, graph::TestGraph};

#[tokio::test(flavor = "multi_thread")]
async fn figures_match_the_api() {
    let graph = TestGraph::loaded().await;
    let figure = "slug quantity { value unit qualifier low high } flags note source { slug title url } identities { slug verdict }";
    let query = format!(
        "{{
            respondentAggregates(first: 100) {{ totalCount nodes {{ {figure} direction base {{ description n }} marginOfError {{ points }} question {{ slug country {{ code }} }} given {{ dimension value }} outcome {{ dimension value }} region {{ name }} }} }}
            publishedStatistics(first: 100) {{ totalCount nodes {{ {figure} measure subject level year region {{ name }} state {{ slug }} country {{ code }} }} }}
        }}"
    );
    let data = graph.query(&query).await.data();
    let table = fetch(&graph, "figures.csv").await.rows();
    let mut rows = table.iter();
    for kind in ["respondentAggregates", "publishedStatistics"] {
        let nodes = data[kind]["nodes"].as_array().unwrap();
        assert_eq!(data[kind]["totalCount"], nodes.len());
        for node in nodes {
            let row = rows.next().unwrap();
            let pairs = |list: &Value, first: &str, second: &str| {
                let Some(items) = list.as_array() else {
                    return String::new();
                };
                let pairs: Vec<_> = items
                    .iter()
                    .map(|item| format!("{}={}", csv_cell(&item[first]), csv_cell(&item[second])))
                    .collect();
                pairs.join(";")
            };
            let flags: Vec<_> = node["flags"]
                .as_array()
                .unwrap()
                .iter()
                .map(csv_cell)
                .collect();
            let quantity = &node["quantity"];
            for (column, value) in [
                ("slug", csv_cell(&node["slug"])),
                ("value", csv_cell(&quantity["value"])),
                ("unit", csv_cell(&quantity["unit"])),
                ("qualifier", csv_cell(&quantity["qualifier"])),
                ("low", csv_cell(&quantity["low"])),
                ("high", csv_cell(&quantity["high"])),
                ("flags", flags.join(";")),
                ("note", csv_cell(&node["note"])),
                ("source", csv_cell(&node["source"]["slug"])),
                ("source_title", csv_cell(&node["source"]["title"])),
                ("source_url", csv_cell(&node["source"]["url"])),
                ("identities", pairs(&node["identities"], "slug", "verdict")),
                ("direction", csv_cell(&node["direction"])),
                ("base", csv_cell(&node["base"]["description"])),
                ("base_n", csv_cell(&node["base"]["n"])),
                (
                    "margin_of_error",
                    csv_cell(&node["marginOfError"]["points"]),
                ),
                ("question", csv_cell(&node["question"]["slug"])),
                ("given", pairs(&node["given"], "dimension", "value")),
                ("outcome", pairs(&node["outcome"], "dimension", "value")),
                ("measure", csv_cell(&node["measure"])),
                ("subject", csv_cell(&node["subject"])),
                ("level", csv_cell(&node["level"])),
                ("year", csv_cell(&node["year"])),
                ("region", csv_cell(&node["region"]["name"])),
                ("state", csv_cell(&node["state"]["slug"])),
                (
                    "country",
                    // A percentage has the country of its question.
                    csv_cell(&node.get("country").unwrap_or(&node["question"]["country"])["code"]),
                ),
            ] {
                assert_same(
                    &row[column],
                    &value,
                    &format!("{column} of {}", node["slug"]),
                );
            }
        }
    }
    assert_eq!(rows.next(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_filtered_by_their_subject() {
    let graph = TestGraph::loaded().await;
    let questions = DataSet::real().rows("questions.csv").into_iter();
    let about_china = questions.filter(|row| row["country"] == "CN");
    let about_china: Vec<_> = about_china.map(|row| row["id"].clone()).collect();
    assert!(!about_china.is_empty());
    let about_china = format!("{{ question: {{ in: {about_china:?} }} }}");
    for (query, aggregates, statistics) in [
        (
            "?region=WEST",
            "{ given: { dimension: REGION, value: \"WEST\" } }",
            "{ region: [WEST] }",
        ),
        (
            "?state=CA",
            "{ question: { in: [] } }",
            "{ state: { eq: \"CA\" } }",
        ),
        (
            "?country=japan,CHN",
            &about_china,
            "{ country: { in: [\"JP\", \"CN\"] } }",
        ),
    ] {
        let data = graph
            .query(&format!(
                "{{ respondentAggregates(filter: {aggregates}) {{ totalCount }} publishedStatistics(filter: {statistics}) {{ totalCount }} }}"
            ))
            .await
            .data();
        let count = |list: &str| data[list]["totalCount"].as_u64().unwrap();
        assert!(count("publishedStatistics") > 0, "{query}");
        let rows = fetch(&graph, &format!("figures.csv{query}")).await.rows();
        assert_eq!(
            rows.len() as u64,
            count("respondentAggregates") + count("publishedStatistics"),
            "{query}"
        );
    }
    let rows = fetch(&graph, "figures.csv?level=STATE").await.rows();
    assert!(!rows.is_empty());
    assert!(rows.iter().all(|row| row["level"] == "STATE"));
}
