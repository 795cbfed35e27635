//! PostgreSQL servers that a test starts for itself: a primary, and standbys that replicate it.
//!
//! They need no server to be running, only PostgreSQL's binaries. A test that needs them is skipped if they are not
//! installed, unless `SISTERGRAPH_REQUIRE_POSTGRES` is set.

use std::{
    env, fs,
    net::TcpListener,
    os::unix::{
        fs::{PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{self, Child, Command, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    thread,
    time::{Duration, Instant, UNIX_EPOCH},
};

use rustix::process::{Pid, Signal, geteuid, kill_process};
use sea_orm::{ConnectionTrait, Database, DatabaseBackend, Statement};
use sistergraph::{
    db::{connection::connect, migration::migrate},
    import::load,
};
use tempfile::TempDir;

use super::data_set::DataSet;

/// PostgreSQL refuses to run as root, so root starts it as the user `nobody`.
const NOBODY: u32 = 65534;

/// How long a server may take to start, stop, or catch up.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A primary and the folder of all servers that replicate it. Everything is removed on drop.
pub(crate) struct Cluster {
    pub(crate) primary: PostgresServer,
    folder: TempDir,
    standby_count: u16,
}

/// A PostgreSQL server, killed on drop.
pub(crate) struct PostgresServer {
    binaries: PathBuf,
    data: PathBuf,
    pub(crate) port: u16,
    /// Settings on the command line, such as `hot_standby_feedback=on`.
    settings: Vec<String>,
    /// `None` if the server is stopped.
    process: Option<Child>,
}

impl Cluster {
    /// Starts a primary without data; `None` if PostgreSQL is not installed. `make test` runs all tests a second time with
    /// `TEST_DATABASE_URL`, which makes no difference here, so then the result is `None` too.
    pub(crate) fn start(settings: &[&str]) -> Option<Self> {
        if env::var("TEST_DATABASE_URL").is_ok_and(|url| !url.is_empty()) {
            eprintln!("skipped, because this test starts its own servers; unset TEST_DATABASE_URL");
            return None;
        }
        let Some(binaries) = find_binaries() else {
            let is_required = env::var_os("SISTERGRAPH_REQUIRE_POSTGRES").is_some();
            assert!(!is_required, "PostgreSQL is not installed");
            eprintln!("PostgreSQL is not installed");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        if geteuid().is_root() {
            chown(&folder, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let data = folder.path().join("primary");
        let initdb = [
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "--pgdata",
        ];
        run(tool(&binaries, &folder, "initdb").args(initdb).arg(&data));
        let primary = PostgresServer::start(&binaries, &data, settings);
        Some(Self {
            primary,
            folder,
            standby_count: 0,
        })
    }

    /// Starts a standby that replicates the primary.
    pub(crate) fn start_standby(&mut self, settings: &[&str]) -> PostgresServer {
        self.standby_count += 1;
        let data = self
            .folder
            .path()
            .join(format!("standby{}", self.standby_count));
        let port = self.primary.port.to_string();
        let primary = ["--host=127.0.0.1", "--username=postgres", "--port", &port];
        let copy = [
            "--checkpoint=fast",
            "--no-sync",
            "--write-recovery-conf",
            "--pgdata",
        ];
        let mut pg_basebackup = tool(&self.primary.binaries, &self.folder, "pg_basebackup");
        run(pg_basebackup.args(primary).args(copy).arg(&data));
        PostgresServer::start(&self.primary.binaries, &data, settings)
    }
}

impl PostgresServer {
    fn start(binaries: &Path, data: &Path, settings: &[&str]) -> Self {
        let mut server = Self {
            binaries: binaries.to_owned(),
            data: data.to_owned(),
            port: free_port(),
            settings: settings.iter().map(|&setting| setting.to_owned()).collect(),
            process: None,
        };
        server.restart();
        server
    }

    /// Starts the server again, on the same port, and waits until it accepts connections.
    pub(crate) fn restart(&mut self) {
        self.stop();
        let log = self.data.with_extension("log");
        let port = format!("port={}", self.port);
        let settings = [
            &*port,
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=50",
            "shared_buffers=16MB",
            "wal_retrieve_retry_interval=200ms",
            // The data is discarded after the test.
            "fsync=off",
            "full_page_writes=off",
        ];
        let mut command = tool(&self.binaries, self.data.parent().unwrap(), "postgres");
        command.arg("-D").arg(&self.data);
        for setting in settings
            .into_iter()
            .chain(self.settings.iter().map(|setting| &**setting))
        {
            command.args(["-c", setting]);
        }
        let output = fs::File::create(&log).unwrap();
        let process = command.stdout(Stdio::null()).stderr(output).spawn();
        let process = self.process.insert(process.unwrap());
        let started = Instant::now();
        loop {
            // The last line of this file is the status.
            let status = fs::read_to_string(self.data.join("postmaster.pid")).unwrap_or_default();
            if status.trim_end().ends_with("ready") {
                return;
            }
            let has_failed = process.try_wait().unwrap().is_some() || started.elapsed() > TIMEOUT;
            assert!(!has_failed, "{}", fs::read_to_string(&log).unwrap());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Stops the server, which closes all connections.
    pub(crate) fn stop(&mut self) {
        let Some(mut process) = self.process.take() else {
            return;
        };
        // An immediate shutdown; the server repairs its files when it starts again.
        self.signal_processes(&process, Signal::CONT);
        send(process.id(), Signal::QUIT);
        let started = Instant::now();
        while process.try_wait().unwrap().is_none() {
            if started.elapsed() > TIMEOUT {
                process.kill().unwrap();
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Freezes all processes of the server, like a machine that stands still: connections stay open, and nobody answers.
    pub(crate) fn freeze(&self) {
        self.signal_processes(self.process.as_ref().unwrap(), Signal::STOP);
    }

    /// Continues after [`Self::freeze`].
    pub(crate) fn unfreeze(&self) {
        self.signal_processes(self.process.as_ref().unwrap(), Signal::CONT);
    }

    fn signal_processes(&self, process: &Child, signal: Signal) {
        let pid = process.id();
        // Stop the parent first, so that it starts no more children.
        send(pid, signal);
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
        for child in children.unwrap_or_default().split_whitespace() {
            send(child.parse().unwrap(), signal);
        }
    }

    /// `127.0.0.1:PORT`.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The URL of the only database, as its superuser.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@{}/postgres", self.address())
    }

    /// Runs statements.
    pub(crate) async fn execute(&self, sql: &str) {
        let connection = Database::connect(self.url()).await.unwrap();
        connection.execute_unprepared(sql).await.unwrap();
        connection.close().await.unwrap();
    }

    /// Returns the text in the first column of the first row.
    pub(crate) async fn select(&self, sql: &str) -> String {
        let connection = Database::connect(self.url()).await.unwrap();
        let statement = Statement::from_string(DatabaseBackend::Postgres, sql);
        let row = connection.query_one_raw(statement).await.unwrap().unwrap();
        connection.close().await.unwrap();
        row.try_get_by_index(0).unwrap()
    }

    /// Replaces the data, after migrating the database if necessary.
    pub(crate) async fn load(&self, data: &DataSet) {
        let connection = connect(&self.url()).await.unwrap();
        migrate(&connection).await.unwrap();
        load(&connection, &data.tables(), &()).await.unwrap();
        connection.close().await.unwrap();
    }

    /// Waits until this standby has replayed what the primary has written so far.
    pub(crate) async fn catch_up_with(&self, primary: &Self) {
        let position = primary.select("select pg_current_wal_lsn()::text").await;
        let sql = format!("select (pg_last_wal_replay_lsn() >= '{position}')::text");
        let started = Instant::now();
        while self.select(&sql).await != "true" {
            assert!(started.elapsed() < TIMEOUT);
        }
    }

    /// Makes this standby a primary.
    pub(crate) async fn promote(&self) {
        assert_eq!(self.select("select pg_promote()::text").await, "true");
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Returns the folder of PostgreSQL's newest binaries.
fn find_binaries() -> Option<PathBuf> {
    let version = |folder: &PathBuf| -> Option<u32> { folder.file_name()?.to_str()?.parse().ok() };
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let newest = debian
        .map(|entry| entry.unwrap().path())
        .max_by_key(version);
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = newest.map(|folder| folder.join("bin"));
    folders
        .into_iter()
        .chain(env::split_paths(&path))
        .find(|folder| {
            ["initdb", "postgres", "pg_basebackup"].map(|name| folder.join(name).exists())
                == [true; 3]
        })
}

fn tool(binaries: &Path, folder: impl AsRef<Path>, name: &str) -> Command {
    let mut command = Command::new(binaries.join(name));
    for (name, _) in env::vars().filter(|(name, _)| name.starts_with("PG")) {
        command.env_remove(name);
    }
    if geteuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command.current_dir(folder).env("LC_ALL", "C");
    command
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
}

fn send(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(pid.try_into().unwrap()).unwrap();
    // Fails if the process has ended.
    _ = kill_process(pid, signal);
}

/// Returns a port below those that the system assigns to outgoing connections, so that a server can be restarted on it.
fn free_port() -> u16 {
    const PORTS: std::ops::Range<u16> = 12_000..32_000;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let now = UNIX_EPOCH.elapsed().unwrap().subsec_nanos();
    let start = (process::id().wrapping_mul(31) ^ now) as u16;
    loop {
        let n = start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = PORTS.start + n % PORTS.len() as u16;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
