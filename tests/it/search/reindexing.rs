//! A load updates the search index.

use sea_orm::{EntityTrait, PaginatorTrait};
use sistergraph::{
    entity::{search_posting, search_word},
    import::load,
};

use super::all;
use crate::support::{data_set::DataSet, graph::TestGraph};

async fn rows(graph: &TestGraph) -> (Vec<search_word::Model>, Vec<search_posting::Model>) {
    let db = graph.database().connection();
    let mut words = search_word::Entity::find().all(db).await.unwrap();
    words.sort_by_key(|row| row.word.clone());
    let mut postings = search_posting::Entity::find().all(db).await.unwrap();
    postings.sort_by_key(|row| (row.word.clone(), row.object_type.clone(), row.slug.clone()));
    (words, postings)
}

#[tokio::test]
async fn search_follows_loads() {
    let graph = TestGraph::loaded().await;
    let db = graph.database().connection();
    let before = rows(&graph).await;

    let mut data = DataSet::real();
    data.set("cities.csv", "jp-kobe", "name", "Zyxwvuton");
    load(db, &data.tables(), &()).await.unwrap();
    let expected = [
        "City jp-kobe",
        "Partnership pa-philadelphia--jp-kobe",
        "Partnership wa-seattle--jp-kobe",
    ];
    for text in ["Zyxwvuton", "zyx", "xwvu", "zyxwvutom", "神戸"] {
        assert_eq!(all(&graph, text).await.names, expected, "{text:?}");
    }

    let summary = load(db, &data.tables(), &()).await.unwrap();
    assert!(!summary.has_changes, "the same data changes nothing");

    load(db, DataSet::real_tables(), &()).await.unwrap();
    assert_eq!(all(&graph, "zyx").await.total, 0);
    assert_eq!(all(&graph, "xwvu").await.total, 0);
    assert_eq!(all(&graph, "kobe").await.names, expected);
    assert!(
        rows(&graph).await == before,
        "the index is the same as before"
    );
}

#[tokio::test]
async fn removed_rows_are_not_found() {
    let graph = TestGraph::loaded().await;
    let mut data = DataSet::real();
    data.remove_partnership("ak-juneau--ph-kalibo")
        .remove_partnership("ca-delano--ph-kalibo")
        .remove_row("alternate_names.csv", "ph-kalibo")
        .remove_row("cities.csv", "ph-kalibo")
        .remove_row("common_names.csv", "Canton")
        .edit_rows("alternate_names.csv", |_, rows| {
            rows.retain(|row| row[0] != "cn-guangzhou");
        });
    let kalibo = "City ph-kalibo".to_owned();
    assert_eq!(all(&graph, "kalibo").await.names[0], kalibo);
    let db = graph.database().connection();
    load(db, &data.tables(), &()).await.unwrap();
    assert!(!all(&graph, "kalibo").await.names.contains(&kalibo));
    assert_eq!(all(&graph, "juneau kalibo").await.total, 0);
    let canton = all(&graph, "canton").await.names;
    assert!(
        !canton.contains(&"City cn-guangzhou".to_owned()),
        "{canton:?}"
    );
    assert_eq!(all(&graph, "guangzhou").await.names[0], "City cn-guangzhou");
}

/// The next load indexes a database that an older version without search has loaded.
#[tokio::test]
async fn a_missing_index_is_created() {
    let graph = TestGraph::loaded().await;
    let db = graph.database().connection();
    let before = rows(&graph).await;
    search_posting::Entity::delete_many()
        .exec(db)
        .await
        .unwrap();
    search_word::Entity::delete_many().exec(db).await.unwrap();
    let summary = load(db, DataSet::real_tables(), &()).await.unwrap();
    assert!(summary.has_changes);
    assert!(summary.tables.iter().all(|table| table.is_empty()));
    assert!(
        rows(&graph).await == before,
        "the index is the same as before"
    );
    assert!(search_word::Entity::find().count(db).await.unwrap() > 5_000);
    assert_eq!(all(&graph, "agoy").await.names[0], "City jp-nagoya");
}
