//! Reads during a load, and loads that are killed halfway.

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

/// Blocks a load after its first write until the test lets it continue.
struct Gate {
    reached: mpsc::SyncSender<()>,
    open: Mutex<mpsc::Receiver<()>>,
}

impl Progress for Gate {
    fn begin(&self, _n: usize) {}

    fn advance(&self, _n: usize) {
        // A blocked worker could stop all I/O of the runtime. The test drops its ends of both
        // channels, so later writes do not block.
        tokio::task::block_in_place(|| {
            if self.reached.send(()).is_ok() {
                let _ = self.open.lock().unwrap().recv();
            }
        });
    }
}

/// The revision and the number of partnerships that a transaction sees.
async fn revision_and_count<C: ConnectionTrait>(db: &C) -> (String, u64) {
    let dataset = dataset::Entity::find().one(db).await.unwrap().unwrap();
    let n = partnership::Entity::find().count(db).await.unwrap();
    (dataset.revision, n)
}

async fn reader(database: &TestDatabase) -> DatabaseTransaction {
    // This is the only level of SQLite, but not the default of PostgreSQL.
    let level = Some(IsolationLevel::RepeatableRead);
    let db = database.connection();
    match db.get_database_backend() {
        sea_orm::DatabaseBackend::Postgres => db.begin_with_config(level, None).await.unwrap(),
        _ => db.begin().await.unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_sees_either_the_old_or_the_new_data() {
    let database = TestDatabase::loaded().await;
    let real = DataSet::real_tables();
    let n = DataSet::real().row_count("partnerships.csv") as u64;
    let old = (real.revision.clone(), n);

    let mut data = DataSet::real();
    data.remove_partnership("ak-anchorage--cn-harbin");
    let tables = data.tables();
    let new = (tables.revision.clone(), n - 1);
    let (reached, gate_reached) = mpsc::sync_channel(0);
    let (release, open) = mpsc::channel();
    let gate = Gate {
        reached,
        open: Mutex::new(open),
    };
    let writer = database.connection().clone();
    let loading = tokio::spawn(async move { load(&writer, &tables, &gate).await });
    tokio::task::spawn_blocking(move || gate_reached.recv().unwrap())
        .await
        .unwrap();

    let transaction = reader(&database).await;
    assert_eq!(
        revision_and_count(&transaction).await,
        old,
        "halfway through the load"
    );
    drop(release);
    loading.await.unwrap().unwrap();
    assert_eq!(
        revision_and_count(&transaction).await,
        old,
        "a transaction keeps its snapshot"
    );
    transaction.commit().await.unwrap();
    assert_eq!(revision_and_count(&reader(&database).await).await, new);
}

#[tokio::test]
async fn a_killed_load_changes_nothing() {
    let database = TestDatabase::loaded().await;
    let real = DataSet::real_tables();

    // So many rows that writing them takes seconds.
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
        .filter(|line| line.contains("wrote rows"))
        .take(2)
        .count();
    assert_eq!(n_written, 2, "the load is writing rows");
    child.kill().unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), None, "ended by the signal");
    assert!(output.stdout.is_empty(), "no summary is printed");

    let db = database.connection();
    let n = DataSet::real().row_count("partnerships.csv") as u64;
    assert_eq!(revision_and_count(db).await, (real.revision.clone(), n));
    let n_names = alternate_name::Entity::find().count(db).await.unwrap();
    assert_eq!(
        n_names,
        DataSet::real().row_count("alternate_names.csv") as u64
    );
    let summary = load(db, real, &()).await.unwrap();
    assert!(!summary.has_changes, "every row is the same as before");
}
