//! A database of its own for each test.

use std::{
    env, process,
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::UNIX_EPOCH,
};

use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use sistergraph::db::connection::{connect, migrate};
use tempfile::TempDir;

/// A fresh SQLite file, or a fresh schema of the PostgreSQL server at `TEST_DATABASE_URL` where
/// that is set. Gone when dropped.
pub(crate) struct TestDatabase {
    url: String,
    connection: DatabaseConnection,
    place: Place,
}

enum Place {
    /// Removed with its file.
    #[expect(dead_code, reason = "kept for what happens when it is dropped")]
    Folder(TempDir),
    Schema {
        server: String,
        name: String,
    },
}

impl TestDatabase {
    /// With all migrations, and no rows.
    pub(crate) async fn migrated() -> Self {
        let database = Self::empty().await;
        migrate(&database.connection).await.unwrap();
        database
    }

    /// Without tables.
    pub(crate) async fn empty() -> Self {
        let (url, place) = match env::var("TEST_DATABASE_URL") {
            Ok(server) if !server.is_empty() => {
                let name = schema_name();
                execute(&server, &format!("create schema {name}")).await;
                let separator = if server.contains('?') { '&' } else { '?' };
                let url = format!(
                    "{server}{separator}options=-c%20search_path%3D{name}&application_name={name}"
                );
                (url, Place::Schema { server, name })
            }
            _ => {
                let folder = tempfile::tempdir().unwrap();
                let file = folder.path().join("test.db");
                (format!("sqlite:{}", file.display()), Place::Folder(folder))
            }
        };
        Self {
            connection: connect(&url).await.unwrap(),
            url,
            place,
        }
    }

    /// Leads to the same database from other processes too.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Place::Schema { server, name } = &self.place else {
            return;
        };
        // A destructor cannot wait for a future on the test's own runtime.
        thread::scope(|scope| {
            scope.spawn(|| {
                tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap()
                    .block_on(async {
                        // A transaction that was given up is rolled back by the runtime of the
                        // test, which stands still here; the schema would wait for it.
                        let end = format!(
                            "select pg_terminate_backend(pid) from pg_stat_activity \
                             where application_name = '{name}'"
                        );
                        execute(server, &end).await;
                        execute(server, &format!("drop schema {name} cascade")).await;
                    });
            });
        });
    }
}

/// Unique among the threads, processes and machines that share the server.
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
