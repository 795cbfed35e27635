//! `figures.csv` says what the API says.

use serde_json::Value;

use super::{
    content::{assert_same, printed},
    fetch,
};
use crate::support::graph::TestGraph;

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_are_what_the_api_says() {
    let graph = TestGraph::loaded().await;
    let figure = "slug quantity { value unit qualifier low high } flags note source { slug title } identities { slug verdict }";
    let query = format!(
        "{{
            respondentAggregates(first: 100) {{ totalCount nodes {{ {figure} direction base {{ description n }} marginOfError {{ points }} question {{ slug }} given {{ dimension value }} outcome {{ dimension value }} region {{ name }} }} }}
            publishedStatistics(first: 100) {{ totalCount nodes {{ {figure} measure subject level region {{ name }} state {{ slug }} country {{ code }} }} }}
        }}"
    );
    let said = graph.query(&query).await.data();
    let table = fetch(&graph, "figures.csv").await.rows();
    let mut rows = table.iter();
    for kind in ["respondentAggregates", "publishedStatistics"] {
        let nodes = said[kind]["nodes"].as_array().unwrap();
        assert_eq!(said[kind]["totalCount"], nodes.len());
        for node in nodes {
            let row = rows.next().unwrap();
            let pairs = |list: &Value, first: &str, second: &str| {
                let Some(items) = list.as_array() else {
                    return String::new();
                };
                let pairs: Vec<_> = items
                    .iter()
                    .map(|item| format!("{}={}", printed(&item[first]), printed(&item[second])))
                    .collect();
                pairs.join(";")
            };
            let flags: Vec<_> = node["flags"]
                .as_array()
                .unwrap()
                .iter()
                .map(printed)
                .collect();
            let quantity = &node["quantity"];
            for (column, value) in [
                ("slug", printed(&node["slug"])),
                ("value", printed(&quantity["value"])),
                ("unit", printed(&quantity["unit"])),
                ("qualifier", printed(&quantity["qualifier"])),
                ("low", printed(&quantity["low"])),
                ("high", printed(&quantity["high"])),
                ("flags", flags.join(";")),
                ("note", printed(&node["note"])),
                ("source", printed(&node["source"]["slug"])),
                ("source_title", printed(&node["source"]["title"])),
                ("identities", pairs(&node["identities"], "slug", "verdict")),
                ("direction", printed(&node["direction"])),
                ("base", printed(&node["base"]["description"])),
                ("base_n", printed(&node["base"]["n"])),
                ("margin_of_error", printed(&node["marginOfError"]["points"])),
                ("question", printed(&node["question"]["slug"])),
                ("given", pairs(&node["given"], "dimension", "value")),
                ("outcome", pairs(&node["outcome"], "dimension", "value")),
                ("measure", printed(&node["measure"])),
                ("subject", printed(&node["subject"])),
                ("level", printed(&node["level"])),
                ("region", printed(&node["region"]["name"])),
                ("state", printed(&node["state"]["slug"])),
                ("country", printed(&node["country"]["code"])),
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
async fn figures_are_narrowed_to_what_they_are_about() {
    let graph = TestGraph::loaded().await;
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
            "{ question: { in: [] } }",
            "{ country: { in: [\"JP\", \"CN\"] } }",
        ),
    ] {
        let counted = graph
            .query(&format!(
                "{{ respondentAggregates(filter: {aggregates}) {{ totalCount }} publishedStatistics(filter: {statistics}) {{ totalCount }} }}"
            ))
            .await
            .data();
        let count = |of: &str| counted[of]["totalCount"].as_u64().unwrap();
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
