//! Loads that are watched, and loads that are killed half-way.

use std::{
    fmt::Write,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    sync::{Mutex, mpsc},
};

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, EntityTrait, IsolationLevel, PaginatorTrait,
    TransactionTrait,
};
use sistergraph::{
    entity::{alternate_name, dataset, partnership},
    import::{Progress, load},
};

use crate::support::{data_set::DataSet, database::TestDatabase};

/// Stops a load after its first write until told to go on.
struct Gate {
    reached: mpsc::SyncSender<()>,
    open: Mutex<mpsc::Receiver<()>>,
}

impl Progress for Gate {
    fn begin(&self, _n: usize) {}

    fn advance(&self, _n: usize) {
        // A worker that simply stopped could hold up the reading of all sockets. Both ends of the
        // gate hang up when the test has seen enough.
        tokio::task::block_in_place(|| {
            if self.reached.send(()).is_ok() {
                let _ = self.open.lock().unwrap().recv();
            }
        });
    }
}

/// The revision and the number of partnerships as a transaction sees them.
async fn seen<C: ConnectionTrait>(db: &C) -> (String, u64) {
    let dataset = dataset::Entity::find().one(db).await.unwrap().unwrap();
    let n = partnership::Entity::find().count(db).await.unwrap();
    (dataset.revision, n)
}

async fn reader(database: &TestDatabase) -> DatabaseTransaction {
    // SQLite has this level and no other; PostgreSQL must be asked for it.
    let level = Some(IsolationLevel::RepeatableRead);
    let db = database.connection();
    match db.get_database_backend() {
        sea_orm::DatabaseBackend::Postgres => db.begin_with_config(level, None).await.unwrap(),
        _ => db.begin().await.unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_sees_the_old_data_or_the_new() {
    let database = TestDatabase::migrated().await;
    let real = DataSet::real().tables();
    load(database.connection(), &real, &()).await.unwrap();
    let old = (real.revision.clone(), 1252);

    let mut data = DataSet::real();
    data.remove_row("partnerships.csv", "ak-anchorage--cn-harbin");
    let tables = data.tables();
    let new = (tables.revision.clone(), 1251);
    let (reached, at_gate) = mpsc::sync_channel(0);
    let (go_on, open) = mpsc::channel();
    let gate = Gate {
        reached,
        open: Mutex::new(open),
    };
    let writer = database.connection().clone();
    let loading = tokio::spawn(async move { load(&writer, &tables, &gate).await });
    tokio::task::spawn_blocking(move || at_gate.recv().unwrap())
        .await
        .unwrap();

    let transaction = reader(&database).await;
    assert_eq!(seen(&transaction).await, old, "half-way");
    drop(go_on);
    loading.await.unwrap().unwrap();
    assert_eq!(seen(&transaction).await, old, "a reader keeps what it sees");
    transaction.commit().await.unwrap();
    assert_eq!(seen(&reader(&database).await).await, new);
}

#[tokio::test]
async fn a_killed_load_leaves_the_old_data() {
    let database = TestDatabase::migrated().await;
    let real = DataSet::real().tables();
    load(database.connection(), &real, &()).await.unwrap();

    // So many more rows that seconds lie between the first and the last of them.
    let mut data = DataSet::real();
    data.edit_text("alternate_names.csv", |text| {
        let mut text = text.to_owned();
        for n in 0..200_000 {
            writeln!(text, "jp-nagoya,Nagoya {n},LATIN").unwrap();
        }
        text
    })
    .set("countries.csv", "AF", "name", "Elsewhere");
    let folder = tempfile::tempdir().unwrap();
    data.write_to(folder.path());
    let mut child = Command::new(env!("CARGO_BIN_EXE_sistergraph"))
        .args(["load", "--database-url", database.url(), "--data"])
        .arg(folder.path())
        .env("SISTERGRAPH_LOG", "sistergraph=debug")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let n_written = BufReader::new(child.stderr.take().unwrap())
        .lines()
        .map(Result::unwrap)
        .filter(|line| line.contains("written"))
        .take(2)
        .count();
    assert_eq!(n_written, 2, "it is in the middle of its rows");
    child.kill().unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), None, "ended by the signal");
    assert!(output.stdout.is_empty(), "it had not come to its summary");

    let db = database.connection();
    assert_eq!(seen(db).await, (real.revision.clone(), 1252));
    let n_names = alternate_name::Entity::find().count(db).await.unwrap();
    assert_eq!(n_names, 9540);
    let summary = load(db, &real, &()).await.unwrap();
    assert!(!summary.has_changes, "every row is as it was");
}
