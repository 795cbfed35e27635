//! What loads record.

use migrations::{Migrator, MigratorTrait, SchemaManager};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use sea_orm::{DatabaseConnection, TransactionTrait};
use sistergraph::{
    changes::{RowChange, changes},
    entity::revision,
    import::{LoadOptions, Tables, load, load_with_options},
};

use super::{n_rows, recorded_changes, revisions, rows::assert_replay, small};
use crate::support::{
    data_set::DataSet,
    database::{TestDatabase, n_cases},
};

async fn load_all(db: &DatabaseConnection, data: &[&Tables]) {
    for tables in data {
        load(db, tables, &()).await.unwrap();
    }
}

/// The small data with another label of a source.
fn edited(publisher: &str) -> DataSet {
    let mut data = small();
    let id = data.rows("sources.csv")[0]["id"].clone();
    data.set("sources.csv", &id, "publisher", publisher);
    data
}

fn counts(revision: &revision::Model) -> [i32; 3] {
    [revision.added, revision.changed, revision.removed]
}

#[tokio::test]
async fn each_load_that_changes_the_files_is_recorded() {
    let database = TestDatabase::migrated().await;
    let db = database.connection();
    let new_data = edited("Another publisher");
    let (old, new) = (small().tables(), new_data.tables());
    load_all(db, &[&old]).await;
    let first = revisions(db).await;
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].revision, old.revision);
    assert_eq!(first[0].label, None);
    let (old_files, new_files) = (small().data_files(), new_data.data_files());
    let n_rows = i32::try_from(n_rows(&old_files)).unwrap();
    assert_eq!(counts(&first[0]), [n_rows, 0, 0]);
    assert_eq!(recorded_changes(db).await, [], "all rows are new");

    let options = LoadOptions {
        label: Some("second round".to_owned()),
        ..LoadOptions::default()
    };
    load_with_options(db, &old, &options, &()).await.unwrap();
    assert_eq!(revisions(db).await, first, "the label changes nothing");

    load_with_options(db, &new, &options, &()).await.unwrap();
    load_all(db, &[&old]).await;
    let all = revisions(db).await;
    assert_eq!(all[0], first[0]);
    let [_, second, third] = all.as_slice() else {
        panic!("{all:?}");
    };
    assert_eq!(second.label.as_deref(), Some("second round"));
    assert!(second.loaded_at >= first[0].loaded_at);
    assert_eq!((counts(second), counts(third)), ([0, 1, 0], [0, 1, 0]));
    assert_eq!(
        third.revision, old.revision,
        "the old data is a third revision"
    );
    let change = |before, after| changes(before, after).unwrap().remove(0);
    let expected = [
        (new.revision.clone(), change(&old_files, &new_files)),
        (old.revision.clone(), change(&new_files, &old_files)),
    ];
    assert_eq!(recorded_changes(db).await, expected);
}

#[tokio::test]
async fn an_order_of_rows_is_a_revision_without_changes() {
    let database = TestDatabase::migrated().await;
    let db = database.connection();
    let mut reversed = small();
    reversed.edit_rows("sources.csv", |_, rows| rows.reverse());
    load_all(db, &[&small().tables(), &reversed.tables()]).await;
    let revisions = revisions(db).await;
    assert_eq!(counts(&revisions[1]), [0, 0, 0]);
    assert_ne!(revisions[0].revision, revisions[1].revision);
}

#[tokio::test]
async fn old_revisions_are_removed_with_their_changes() {
    let database = TestDatabase::migrated().await;
    let db = database.connection();
    let data: Vec<Tables> = (0..4)
        .map(|n| edited(&format!("Publisher {n}")).tables())
        .collect();
    load_all(db, &data[..3].iter().collect::<Vec<_>>()).await;
    let options = LoadOptions {
        keep_revisions: 2,
        ..LoadOptions::default()
    };
    // A load that changes nothing keeps what there is.
    load_with_options(db, &data[2], &options, &())
        .await
        .unwrap();
    assert_eq!(revisions(db).await.len(), 3);
    load_with_options(db, &data[3], &options, &())
        .await
        .unwrap();
    let left = revisions(db).await;
    let names: Vec<_> = left.iter().map(|row| &row.revision).collect();
    assert_eq!(names, [&data[2].revision, &data[3].revision]);
    let recorded = recorded_changes(db).await;
    let [(revision, change)] = recorded.as_slice() else {
        panic!("{recorded:?}");
    };
    assert_eq!(*revision, data[3].revision);
    assert_eq!(change.fields[0].before.as_deref(), Some("Publisher 2"));

    let options = LoadOptions {
        keep_revisions: 1,
        ..LoadOptions::default()
    };
    load_with_options(db, &data[0], &options, &())
        .await
        .unwrap();
    assert_eq!(revisions(db).await.len(), 1);
    assert_eq!(recorded_changes(db).await, []);
    // Ids go on, so that nothing is mistaken for what was removed.
    load_all(db, &[&data[1]]).await;
    assert_eq!(revisions(db).await[1].id, 6);
}

/// Drops the history and creates its tables again, as if the data had been loaded by a version without
/// a history.
async fn forget_history(db: &DatabaseConnection) {
    let migrations = Migrator::migrations();
    let migration = migrations
        .iter()
        .find(|migration| migration.name().ends_with("_create_revisions"))
        .unwrap();
    // One connection of the pool may not see what another has changed in the schema.
    let transaction = db.begin().await.unwrap();
    let manager = SchemaManager::new(&transaction);
    migration.down(&manager).await.unwrap();
    migration.up(&manager).await.unwrap();
    transaction.commit().await.unwrap();
}

#[tokio::test]
async fn a_database_without_a_history_gets_one() {
    let database = TestDatabase::migrated().await;
    let db = database.connection();
    let (old, new) = (small().tables(), edited("Another publisher").tables());
    load_all(db, &[&old]).await;
    let before = revisions(db).await;
    forget_history(db).await;
    assert_eq!(
        revisions(db).await,
        before,
        "the migration records the loaded data"
    );

    // Loading the same data again makes the next load comparable.
    load_all(db, &[&old]).await;
    assert_eq!(revisions(db).await, before);
    load_all(db, &[&new]).await;
    assert_eq!(revisions(db).await.len(), 2);
    assert_eq!(recorded_changes(db).await.len(), 1);

    // Without that, the old rows are not known, so another history begins.
    forget_history(db).await;
    load_all(db, &[&old]).await;
    let revisions = revisions(db).await;
    assert_eq!(revisions.len(), 1);
    assert_eq!(revisions[0].revision, old.revision);
    assert_eq!(counts(&revisions[0]), counts(&before[0]));
    assert_eq!(recorded_changes(db).await, []);
}

/// An edit that leaves the small data valid, chosen by two random numbers.
fn edit(data: &mut DataSet, kind: u8, n: usize) {
    let pick = |rows: &[Vec<String>]| n % rows.len().max(1);
    let mut set = |file: &str, column: usize, value: &str| {
        data.edit_rows(file, |_, rows| {
            let row = pick(rows);
            rows[row][column] = value.to_owned();
        });
    };
    match kind {
        0 => set("cities.csv", 8, &n.to_string()),
        1 => set("sources.csv", 2, &format!("Publisher {n}, \"Inc.\"")),
        2 => set("partnership_notes.csv", 2, &format!("Note {n}")),
        3 => set("alternate_names.csv", 2, "HAN"),
        4 => {
            data.edit_rows("alternate_names.csv", |_, rows| {
                let row = pick(rows);
                rows.remove(row);
            });
        }
        5 => {
            data.edit_rows("alternate_names.csv", |_, rows| {
                let row = pick(rows);
                let name = format!("Name {n}");
                rows.push(vec![rows[row][0].clone(), name, "LATIN".to_owned()]);
            });
        }
        6 => {
            data.edit_rows("partnership_notes.csv", |_, rows| rows.reverse());
        }
        _ => {
            let rows = data.rows("partnerships.csv");
            let id = rows[n % rows.len()]["id"].clone();
            for file in data.names() {
                let of_partnerships = [
                    "partnerships.csv",
                    "partnership_notes.csv",
                    "year_conflicts.csv",
                    "claims.csv",
                ];
                if of_partnerships.contains(&file.as_str()) {
                    data.remove_row(&file, &id);
                }
            }
        }
    }
}

#[test]
fn recorded_changes_equal_the_difference_of_the_files() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let edits = prop::collection::vec((0..8_u8, 0..10_000_usize), 1..12);
    let config = Config {
        cases: n_cases(8),
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&edits, |edits| {
            let (old, mut new) = (small(), small());
            for (kind, n) in edits {
                edit(&mut new, kind, n);
            }
            let (old_files, new_files) = (old.data_files(), new.data_files());
            let (old, new) = (old.tables(), new.tables());
            runtime.block_on(async {
                let database = TestDatabase::migrated().await;
                let db = database.connection();
                load_all(db, &[&old, &new]).await;
                let recorded = recorded_changes(db).await;
                let recorded: Vec<RowChange> =
                    recorded.into_iter().map(|(_, change)| change).collect();
                assert_eq!(recorded, changes(&old_files, &new_files).unwrap());
                assert_replay(&old_files, &new_files, &recorded);
                let n_revisions = if old.revision == new.revision { 1 } else { 2 };
                assert_eq!(revisions(db).await.len(), n_revisions);
            });
            Ok(())
        })
        .unwrap();
}
