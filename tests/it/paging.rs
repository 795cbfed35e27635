//! Relay pagination with `first` and `after`.

use serde_json::{Value, json};
use sistergraph::import::load;

use crate::support::{data_set::DataSet, graph::TestGraph};

/// A list with the path to it in the response, and its length according to the files. In the query,
/// `%` stands for the arguments, `@` for the selected fields.
type ListCase = (&'static str, &'static [&'static str], fn(&DataSet) -> usize);

const LISTS: [ListCase; 6] = [
    ("{ states(%) { @ } }", &["states"], |data| {
        data.row_count("states.csv")
    }),
    ("{ countries(%) { @ } }", &["countries"], |data| {
        data.row_count("countries.csv") - 1
    }),
    ("{ cities(%) { @ } }", &["cities"], |data| {
        data.row_count("cities.csv")
    }),
    ("{ partnerships(%) { @ } }", &["partnerships"], |data| {
        data.row_count("partnerships.csv")
    }),
    (
        "{ respondentAggregates(%) { @ } }",
        &["respondentAggregates"],
        |data| data.row_count("respondent_aggregates.csv"),
    ),
    (
        "{ state(code: \"CA\") { partnerships(%) { @ } } }",
        &["state", "partnerships"],
        |data| {
            let rows = data.rows("partnerships.csv").into_iter();
            rows.filter(|row| row["us_community_id"].starts_with("us-ca"))
                .count()
        },
    ),
];

async fn list(graph: &TestGraph, (query, path, _): ListCase, args: &str, fields: &str) -> Value {
    let response = graph
        .query(&query.replace('%', args).replace('@', fields))
        .await;
    path.iter()
        .fold(response.data(), |data, key| data[key].clone())
}

fn ids(connection: &Value) -> Vec<String> {
    let nodes = connection["nodes"].as_array().unwrap();
    nodes
        .iter()
        .map(|node| node["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn pages_contain_every_row_once_and_in_order() {
    let graph = TestGraph::loaded().await;
    const FIELDS: &str = "totalCount nodes { id } edges { cursor node { id } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }";
    for list_case in LISTS {
        let (query, _, length) = list_case;
        let total = length(&DataSet::real());
        let all_ids = ids(&list(&graph, list_case, "first: 2000", FIELDS).await);
        assert_eq!(all_ids.len(), total, "{query}");
        let mut distinct = all_ids.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), all_ids.len(), "{query}");

        // Not a divisor of the number of rows, so the last page is shorter.
        let size = if total > 100 { 171 } else { 7 };
        let mut collected: Vec<String> = Vec::new();
        let mut after = Value::Null;
        loop {
            let page = list(
                &graph,
                list_case,
                &format!("first: {size}, after: {after}"),
                FIELDS,
            )
            .await;
            let info = &page["pageInfo"];
            let rows = ids(&page);
            assert_eq!(page["totalCount"], total);
            assert_eq!(info["hasPreviousPage"], !collected.is_empty(), "{query}");
            let edges = page["edges"].as_array().unwrap();
            let edge_ids: Vec<_> = edges
                .iter()
                .map(|edge| edge["node"]["id"].as_str().unwrap())
                .collect();
            assert_eq!(edge_ids, rows, "{query}");
            assert_eq!(info["startCursor"], edges[0]["cursor"]);
            assert_eq!(info["endCursor"], edges[edges.len() - 1]["cursor"]);
            collected.extend(rows);
            assert_eq!(
                info["hasNextPage"],
                collected.len() < all_ids.len(),
                "{query}"
            );
            if info["hasNextPage"] == false {
                break;
            }
            assert_eq!(edges.len(), size, "{query}");
            after = info["endCursor"].clone();
        }
        assert_eq!(collected, all_ids, "{query}");

        // Nothing comes after the last row, and everything comes before.
        let last = collected.len() - 1;
        let page = list(
            &graph,
            list_case,
            &format!("first: 5, after: {}", {
                let page = list(&graph, list_case, "first: 2000", "edges { cursor }").await;
                page["edges"][last]["cursor"].clone()
            }),
            FIELDS,
        )
        .await;
        assert_eq!(
            page,
            json!({
                "totalCount": total, "nodes": [], "edges": [],
                "pageInfo": {
                    "hasNextPage": false, "hasPreviousPage": true, "startCursor": null, "endCursor": null
                },
            }),
            "{query}"
        );
    }
}

#[tokio::test]
async fn empty_and_default_pages() {
    let graph = TestGraph::loaded().await;
    for list_case in LISTS {
        let (query, _, length) = list_case;
        let total = length(&DataSet::real());
        const INFO: &str = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }";
        let empty = list(
            &graph,
            list_case,
            "first: 0",
            &format!("nodes {{ id }} totalCount {INFO}"),
        )
        .await;
        assert_eq!(
            empty,
            json!({
                "nodes": [], "totalCount": total,
                "pageInfo": {
                    "hasNextPage": true, "hasPreviousPage": false, "startCursor": null, "endCursor": null
                },
            }),
            "{query}"
        );
        let default_page = list(&graph, list_case, "after: null", "nodes { id }").await;
        assert_eq!(ids(&default_page).len(), 20, "{query}");
    }
}

#[tokio::test]
async fn invalid_page_arguments_are_rejected() {
    let graph = TestGraph::loaded().await;
    let cursor =
        list(&graph, LISTS[0], "first: 1", "edges { cursor }").await["edges"][0]["cursor"].clone();
    for (arguments, message, code) in [
        (
            "first: 2001".to_owned(),
            "first is 2001; a page has at most 2000 rows (limits.maxPageSize)".to_owned(),
            "PAGE_TOO_LARGE",
        ),
        (
            "first: -1".to_owned(),
            "first is -1; it must be between 0 and 2000".to_owned(),
            "BAD_USER_INPUT",
        ),
        (
            "after: \"page two\"".to_owned(),
            "after is \"page two\", which is not a valid cursor; use a cursor from a response"
                .to_owned(),
            "BAD_CURSOR",
        ),
        (
            "after: \"\"".to_owned(),
            "after is \"\", which is not a valid cursor; use a cursor from a response".to_owned(),
            "BAD_CURSOR",
        ),
        (
            format!("after: {cursor}"),
            "after is a cursor of a different list or order; use a cursor that this list returned in \
             the same order"
                .to_owned(),
            "BAD_CURSOR",
        ),
    ] {
        // A cursor of the list of states is not valid in any list of partnerships.
        for query in [
            "{ p: partnerships(%) { totalCount } }",
            "{ states { nodes { p: partnerships(%) { totalCount } } } }",
        ] {
            let response = graph.query(&query.replace('%', &arguments)).await;
            assert_eq!(
                response.error(),
                (message.clone(), code.to_owned()),
                "{query}"
            );
            assert_eq!(
                response.statements,
                Vec::<String>::new(),
                "rejected before anything is read"
            );
            let error = &response.json()["errors"][0];
            let path = error["path"].as_array().unwrap();
            assert_eq!(path[path.len() - 1], "p");
            assert_eq!(error["locations"].as_array().unwrap().len(), 1);
        }
    }
}

#[tokio::test]
async fn a_cursor_stays_valid_after_its_row_is_removed() {
    let graph = TestGraph::loaded().await;
    let slugs = |connection: &Value| -> Vec<String> {
        let nodes = connection["nodes"].as_array().unwrap();
        nodes
            .iter()
            .map(|node| node["slug"].as_str().unwrap().to_owned())
            .collect()
    };
    let partnerships = LISTS[3];
    let first = list(
        &graph,
        partnerships,
        "first: 3",
        "nodes { slug } pageInfo { endCursor }",
    )
    .await;
    let cursor = &first["pageInfo"]["endCursor"];
    let after = format!("first: 3, after: {cursor}");
    let second = list(&graph, partnerships, &after, "nodes { slug }").await;

    let removed = &slugs(&first)[2];
    let mut data = DataSet::real();
    data.remove_partnership(removed);
    load(graph.database().connection(), &data.tables(), &())
        .await
        .unwrap();

    const FIELDS: &str = "totalCount nodes { slug } pageInfo { hasPreviousPage hasNextPage }";
    let again = list(&graph, partnerships, &after, FIELDS).await;
    assert_eq!(slugs(&again), slugs(&second));
    assert_eq!(again["totalCount"], data.row_count("partnerships.csv"));
    assert_eq!(
        again["pageInfo"],
        json!({ "hasPreviousPage": true, "hasNextPage": true })
    );
}

#[tokio::test]
async fn page_size_does_not_change_the_number_of_statements() {
    let graph = TestGraph::loaded().await;
    let statements = async |states: u32, partnerships: u32| {
        let query = format!(
            "{{ states(first: {states}) {{ nodes {{ code region {{ name }} partnerships(first: {partnerships}) {{
                nodes {{ us {{ name }} partner {{ name country {{ name }} }} sources {{ title }} }} }} }} }} }}"
        );
        let response = graph.query(&query).await;
        response.data();
        response.statements
    };
    let [one, some, all] = [
        statements(1, 1).await,
        statements(52, 10).await,
        statements(52, 100).await,
    ];
    assert_eq!(some, all, "the same statements");
    assert!(all.len() <= 10, "{all:#?}");
    // The only partner is a city, so no statement reads provinces, and statements for one key are
    // simpler.
    assert_eq!(one.len(), all.len() - 1, "{one:#?}");
}
