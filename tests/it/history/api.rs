//! `Dataset.history`, `Dataset.latest`, and `Query.changes`.

use serde_json::{Value, json};
use sistergraph::{
    changes::{FieldChange, RowChange, entities},
    import::{LoadOptions, Tables, load_with_options},
    limits::Limits,
    vocabulary::{ChangeEntity, Vocabulary},
};

use super::{recorded_changes, revisions, small};
use crate::{queries::MAX_STATEMENTS, support::graph::TestGraph};

/// Three revisions, each with changes of several entities; the last is the first again.
pub(super) async fn graph_with_history() -> (TestGraph, [Tables; 2]) {
    let mut second = small();
    let source = second.rows("sources.csv")[0]["id"].clone();
    second
        .set("sources.csv", &source, "publisher", "Another publisher")
        .set("cities.csv", "us-ak-juneau", "population", "1")
        .set("states.csv", "us-ak", "fips", "99")
        .set("questions.csv", "aware", "topic", "Another topic")
        .set(
            "surveys.csv",
            "states-survey-2021",
            "title",
            "Another title",
        )
        .set("countries.csv", "AF", "population", "2")
        .set("provinces.csv", "af-bamyan-province", "population", "3")
        .set("respondent_aggregates.csv", "aware-yes", "note", "A note")
        .set("published_statistics.csv", "total", "note", "A note")
        .add("alternate_names.csv", "us-ak-juneau,Ju|neau,LATIN")
        .remove_row("common_names.csv", "Bharat");
    let partnership = second.rows("partnerships.csv")[0]["id"].clone();
    for file in second.names() {
        let of_partnerships = ["partnerships.csv", "partnership_notes.csv", "claims.csv"];
        if of_partnerships.contains(&file.as_str()) {
            second.remove_row(&file, &partnership);
        }
    }
    let (first, second) = (small().tables(), second.tables());
    let graph = TestGraph::with_tables(Limits::default(), &first).await;
    let db = graph.database().connection();
    for (tables, label) in [(&second, "second round"), (&first, "back")] {
        let options = LoadOptions {
            label: Some(label.to_owned()),
            ..LoadOptions::default()
        };
        load_with_options(db, tables, &options, &()).await.unwrap();
    }
    (graph, [first, second])
}

/// A change as the fields that the tests select.
fn to_json(revision: &str, change: &RowChange) -> Value {
    let field = |field: &FieldChange| json!({ "name": field.name, "before": field.before, "after": field.after });
    json!({
        "revision": revision,
        "kind": change.kind.as_str(),
        "entity": change.entity.as_str(),
        "slug": change.slug,
        "fields": change.fields.iter().map(field).collect::<Value>(),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_match_their_snapshots() {
    let (graph, [_, second]) = graph_with_history().await;
    let query = include_str!("queries/changes.graphql");
    let response = graph
        .query_with(query, json!({ "since": second.revision }))
        .await;
    let answer = serde_json::to_string_pretty(&response.json()).unwrap();
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("changes", answer);
        insta::assert_snapshot!(format!("changes-sql-{}", graph.backend()), response.statements.join("\n"));
    });
    assert!(response.statements.len() <= MAX_STATEMENTS);
}

/// Reads all pages of the changes with these arguments.
async fn pages(graph: &TestGraph, since: &str, entities: &Value, first: usize) -> Vec<Value> {
    let query = "query Q($since: String!, $entity: [ChangeEntity!], $first: Int, $after: String) {
        changes(since: $since, entity: $entity, first: $first, after: $after) {
            totalCount
            edges { cursor node { revision kind entity slug fields { name before after } } }
            pageInfo { hasNextPage }
        }
    }";
    let mut nodes = Vec::new();
    let mut after = Value::Null;
    loop {
        let variables =
            json!({ "since": since, "entity": entities, "first": first, "after": after });
        let response = graph.query_with(query, variables).await;
        assert!(response.statements.len() <= 4, "{:#?}", response.statements);
        let data = response.data();
        let page = &data["changes"];
        let edges = page["edges"].as_array().unwrap();
        assert!(edges.len() <= first);
        nodes.extend(edges.iter().map(|edge| edge["node"].clone()));
        if page["pageInfo"]["hasNextPage"] == false {
            assert_eq!(page["totalCount"], nodes.len());
            return nodes;
        }
        after = edges.last().unwrap()["cursor"].clone();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_those_after_the_revision() {
    let (graph, [first, second]) = graph_with_history().await;
    let recorded = recorded_changes(graph.database().connection()).await;
    let since_second = recorded
        .iter()
        .position(|(name, _)| *name == first.revision)
        .unwrap();
    let every = entities().map(|entity| vec![entity]);
    let selections = every.chain([vec![], vec![ChangeEntity::State, ChangeEntity::Source]]);
    for selected in selections.map(Some).chain([None]) {
        let names = selected.as_ref().map(|selected| {
            let names = selected.iter().map(|entity| entity.as_str());
            names.collect::<Vec<_>>()
        });
        // The first revision was loaded again, and nothing has changed since then.
        for (since, after) in [(&second, since_second), (&first, recorded.len())] {
            let expected: Vec<Value> = recorded[after..]
                .iter()
                .filter(|(_, change)| {
                    let selected = selected.as_ref();
                    selected.is_none_or(|selected| selected.contains(&change.entity))
                })
                .map(|(revision, change)| to_json(revision, change))
                .collect();
            for size in [1, 3, 100] {
                let nodes = pages(&graph, &since.revision, &json!(names), size).await;
                assert_eq!(nodes, expected, "{names:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_revision_has_no_changes() {
    let (graph, [first, _]) = graph_with_history().await;
    for since in ["", &first.revision[..8]] {
        let query = "query Q($since: String!) { changes(since: $since) { totalCount } }";
        let response = graph.query_with(query, json!({ "since": since })).await;
        assert_eq!(response.data(), json!({ "changes": null }), "{since:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_are_the_objects_as_they_are_now() {
    let (graph, [_, second]) = graph_with_history().await;
    let query = "query Q($since: String!) { changes(since: $since) { nodes {
        kind entity slug node { id ... on State { slug } ... on Province { slug } ... on City { slug }
        ... on Country { code } ... on Partnership { slug } ... on Source { slug }
        ... on Survey { slug } ... on Question { slug } ... on RespondentAggregate { slug }
        ... on PublishedStatistic { slug } }
    } } }";
    let response = graph
        .query_with(query, json!({ "since": second.revision }))
        .await;
    // One for the revision, one for the page, and one for each of the eight tables.
    assert_eq!(response.statements.len(), MAX_STATEMENTS);
    let data = response.data();
    let nodes = data["changes"]["nodes"].as_array().unwrap();
    let mut n_objects = 0;
    for change in nodes {
        let object = &change["node"];
        let entity = ChangeEntity::parse(change["entity"].as_str().unwrap()).unwrap();
        if matches!(
            entity,
            ChangeEntity::AlternateName
                | ChangeEntity::PartnershipNote
                | ChangeEntity::Claim
                | ChangeEntity::Disclosure
                | ChangeEntity::MatchModel
                | ChangeEntity::Restriction
        ) {
            assert_eq!(*object, Value::Null, "{change}");
            continue;
        }
        n_objects += 1;
        let slug = if entity == ChangeEntity::Country {
            "code"
        } else {
            "slug"
        };
        assert_eq!(object[slug], change["slug"], "{change}");
    }
    assert_eq!(n_objects, 10);

    // Since the first load, the partnership was removed. It is in the data again only after the third.
    let db = graph.database().connection();
    load_with_options(db, &second, &LoadOptions::default(), &())
        .await
        .unwrap();
    let query = "query Q($since: String!) { changes(since: $since, entity: [PARTNERSHIP]) {
        nodes { kind node { id } }
    } }";
    let since = &revisions(db).await[2].revision;
    let data = graph
        .query_with(query, json!({ "since": since }))
        .await
        .data();
    assert_eq!(
        data["changes"]["nodes"],
        json!([{ "kind": "REMOVED", "node": null }])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_has_the_newest_revision_first() {
    let (graph, _) = graph_with_history().await;
    let stored = revisions(graph.database().connection()).await;
    let expected: Vec<Value> = stored
        .iter()
        .rev()
        .map(|row| {
            json!({
                "revision": row.revision,
                "label": row.label,
                "added": row.added,
                "changed": row.changed,
                "removed": row.removed,
            })
        })
        .collect();
    let fields = "revision label added changed removed";
    let query = format!(
        "query Q($after: String) {{ dataset {{
            latest {{ {fields} }}
            history(first: 2, after: $after) {{ totalCount nodes {{ {fields} }} pageInfo {{ endCursor }} }}
        }} }}"
    );
    let page = graph
        .query_with(&query, json!({ "after": null }))
        .await
        .data()["dataset"]
        .clone();
    assert_eq!(page["latest"], expected[0]);
    assert_eq!(page["history"]["totalCount"], 3);
    assert_eq!(page["history"]["nodes"], json!(expected[..2]));
    let after = &page["history"]["pageInfo"]["endCursor"];
    let page = graph
        .query_with(&query, json!({ "after": after }))
        .await
        .data()["dataset"]
        .clone();
    assert_eq!(page["history"]["nodes"], json!(expected[2..]));
}
