//! A separate database for each test.
//!
//! Most tests start with all tables, or with the built-in data. Migrations and loads take seconds in a debug build, so
//! they run once, and the tests get copies.

use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    process,
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::UNIX_EPOCH,
};

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use sistergraph::{
    db::{connection::connect, migration::migrate},
    import::load,
};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use super::data_set::DataSet;

/// A new SQLite file or, if `TEST_DATABASE_URL` is set, a new database on that PostgreSQL server.
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
    Postgres {
        server: String,
        name: String,
    },
}

/// What a new database contains.
#[derive(Clone, Copy)]
enum Contents {
    Nothing,
    /// All migrations, and no rows.
    Tables,
    /// The built-in data.
    RealData,
}

impl TestDatabase {
    /// A database without tables.
    pub(crate) async fn empty() -> Self {
        Self::with(Contents::Nothing).await
    }

    /// A database with all migrations and without rows.
    pub(crate) async fn migrated() -> Self {
        Self::with(Contents::Tables).await
    }

    /// A database with the built-in data.
    pub(crate) async fn loaded() -> Self {
        Self::with(Contents::RealData).await
    }

    async fn with(contents: Contents) -> Self {
        let (url, storage) = match postgres_server() {
            Some(server) => {
                let name = unique_name("test");
                let template = match contents.postgres_template(&server).await {
                    Some(template) => format!(" template {template}"),
                    None => String::new(),
                };
                execute(&server, &format!("create database {name}{template}")).await;
                let url = database_url(&server, &name);
                (url, Storage::Postgres { server, name })
            }
            None => {
                let folder = tempfile::tempdir().unwrap();
                let file = folder.path().join("test.db");
                if let Some(bytes) = contents.sqlite_file().await {
                    fs::write(&file, bytes).unwrap();
                }
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

impl Contents {
    /// Creates the contents in an empty database.
    async fn create(self, url: &str) {
        let connection = connect(url).await.unwrap();
        migrate(&connection).await.unwrap();
        if let Self::RealData = self {
            load(&connection, DataSet::real_tables(), &())
                .await
                .unwrap();
        }
        connection.close().await.unwrap();
    }

    /// The bytes of a SQLite file with these contents.
    async fn sqlite_file(self) -> Option<&'static [u8]> {
        static TABLES: OnceCell<Vec<u8>> = OnceCell::const_new();
        static REAL_DATA: OnceCell<Vec<u8>> = OnceCell::const_new();
        let cell = match self {
            Self::Nothing => return None,
            Self::Tables => &TABLES,
            Self::RealData => &REAL_DATA,
        };
        let file = cell.get_or_init(|| async {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("template.db");
            self.create(&format!("sqlite:{}", file.display())).await;
            let files = fs::read_dir(&folder).unwrap().count();
            assert_eq!(files, 1, "the write-ahead log was not merged into the file");
            fs::read(file).unwrap()
        });
        Some(file.await)
    }

    /// The name of a database on the server with these contents, which `create database` can copy.
    async fn postgres_template(self, server: &str) -> Option<&'static str> {
        static TABLES: OnceCell<String> = OnceCell::const_new();
        static REAL_DATA: OnceCell<String> = OnceCell::const_new();
        let (cell, kind) = match self {
            Self::Nothing => return None,
            Self::Tables => (&TABLES, "tables"),
            Self::RealData => (&REAL_DATA, "data"),
        };
        let template = cell.get_or_init(|| self.find_or_create_template(server, kind));
        Some(template.await)
    }

    /// Processes of the same build share the template. Those of other builds are deleted.
    async fn find_or_create_template(self, server: &str, kind: &str) -> String {
        let prefix = format!("sistergraph_{kind}_");
        let name = format!("{prefix}{:x}", build_id());
        let connection = Database::connect(server).await.unwrap();
        // Not in a transaction, which could not create databases. The lock ends with the connection.
        let lock = "select pg_advisory_lock(hashtext('sistergraph templates'))";
        connection.execute_unprepared(lock).await.unwrap();
        let query =
            format!("select datname from pg_database where starts_with(datname, '{prefix}')");
        let statement = Statement::from_string(connection.get_database_backend(), query);
        let rows = connection.query_all_raw(statement).await.unwrap();
        let existing: Vec<String> = rows
            .iter()
            .map(|row| row.try_get("", "datname").unwrap())
            .collect();
        if !existing.contains(&name) {
            for outdated in existing {
                execute(server, &format!("drop database {outdated} with (force)")).await;
            }
            // The template gets its name when it is complete.
            let unfinished = unique_name("unfinished");
            execute(server, &format!("create database {unfinished}")).await;
            self.create(&database_url(server, &unfinished)).await;
            execute(
                server,
                &format!("alter database {unfinished} rename to {name}"),
            )
            .await;
        }
        connection.close().await.unwrap();
        name
    }
}

/// How many of `n` cases a test tries: a quarter of them in a short run.
pub(crate) fn n_cases(n: u32) -> u32 {
    let is_short = env::var("SISTERGRAPH_TEST_SHORT").is_ok_and(|short| !short.is_empty());
    if is_short { n.div_ceil(4) } else { n }
}

/// The URL in `TEST_DATABASE_URL`, if any.
fn postgres_server() -> Option<String> {
    env::var("TEST_DATABASE_URL")
        .ok()
        .filter(|url| !url.is_empty())
}

/// The URL of another database on the same server.
fn database_url(server: &str, name: &str) -> String {
    let (address, options) = server.split_once('?').unwrap_or((server, ""));
    let (address, _) = address.rsplit_once('/').unwrap();
    let separator = if options.is_empty() { "" } else { "&" };
    format!(
        "{address}/{name}?{options}{separator}application_name={name}&options=-c%20search_path%3Dpublic"
    )
}

/// Changes with each build of the tests.
fn build_id() -> u64 {
    let file = fs::metadata(env::current_exe().unwrap()).unwrap();
    let mut hasher = DefaultHasher::new();
    (file.len(), file.modified().unwrap()).hash(&mut hasher);
    hasher.finish()
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Storage::Postgres { server, name } = &self.storage else {
            return;
        };
        // Closes the connections that the test left open.
        let drop = format!("drop database {name} with (force)");
        // A destructor cannot block on the runtime of the test.
        thread::scope(|scope| {
            scope.spawn(|| {
                tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap()
                    .block_on(execute(server, &drop));
            });
        });
    }
}

/// A name that is unique among all threads, processes, and machines that use the server.
fn unique_name(prefix: &str) -> String {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let n = COUNTER.fetch_add(1, Ordering::Relaxed);
    let now = UNIX_EPOCH.elapsed().unwrap().as_nanos();
    format!("{prefix}_{}_{now}_{n}", process::id())
}

async fn execute(url: &str, sql: &str) {
    let connection = Database::connect(url).await.unwrap();
    connection.execute_unprepared(sql).await.unwrap();
    connection.close().await.unwrap();
}
