//! A separate database for each test.

use std::{
    env, process,
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::UNIX_EPOCH,
};

use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use sistergraph::db::connection::{connect, migrate};
use tempfile::TempDir;

/// A new SQLite file or, if `TEST_DATABASE_URL` is set, a new schema on that PostgreSQL server.
/// Deleted on drop.
pub(crate) struct TestDatabase {
    url: String,
    connection: DatabaseConnection,
    storage: Storage,
}

enum Storage {
    /// The folder of the SQLite file.
    #[expect(dead_code, reason = "deletes the folder on drop")]
    Folder(TempDir),
    Schema {
        server: String,
        name: String,
    },
}

impl TestDatabase {
    /// A database with all migrations and without rows.
    pub(crate) async fn migrated() -> Self {
        let database = Self::empty().await;
        migrate(&database.connection).await.unwrap();
        database
    }

    /// A database without tables.
    pub(crate) async fn empty() -> Self {
        let (url, storage) = match env::var("TEST_DATABASE_URL") {
            Ok(server) if !server.is_empty() => {
                let name = schema_name();
                execute(&server, &format!("create schema {name}")).await;
                let separator = if server.contains('?') { '&' } else { '?' };
                let url = format!(
                    "{server}{separator}application_name={name}&options=-c%20search_path%3D{name}"
                );
                (url, Storage::Schema { server, name })
            }
            _ => {
                let folder = tempfile::tempdir().unwrap();
                let file = folder.path().join("test.db");
                (
                    format!("sqlite:{}", file.display()),
                    Storage::Folder(folder),
                )
            }
        };
        Self {
            connection: connect(&url).await.unwrap(),
            url,
            storage,
        }
    }

    /// The URL of the database, which works in other processes too.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Storage::Schema { server, name } = &self.storage else {
            return;
        };
        // Connections that the test left open would keep the schema locked. They are closed here
        // because their runtime may run on this thread.
        let terminate = format!(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = '{name}'"
        );
        let drop = format!("drop schema {name} cascade");
        // A destructor cannot block on the runtime of the test.
        thread::scope(|scope| {
            scope.spawn(|| {
                tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap()
                    .block_on(async {
                        execute(server, &terminate).await;
                        execute(server, &drop).await;
                    });
            });
        });
    }
}

/// A name that is unique among all threads, processes, and machines that use the server.
fn schema_name() -> String {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let n = COUNTER.fetch_add(1, Ordering::Relaxed);
    let now = UNIX_EPOCH.elapsed().unwrap().as_nanos();
    format!("test_{}_{now}_{n}", process::id())
}

async fn execute(url: &str, sql: &str) {
    let connection = Database::connect(url).await.unwrap();
    connection.execute_unprepared(sql).await.unwrap();
    connection.close().await.unwrap();
}
