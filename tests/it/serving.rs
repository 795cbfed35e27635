//! The command `sistergraph serve`, run as a process.

use std::{
    io::{Read, Write},
    net::TcpListener,
    process::{Command, Output},
};

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use sistergraph::db::write;

use crate::support::{
    data_set::DataSet,
    database::TestDatabase,
    process::{Server, read_response, sistergraph},
};

const DATASET: &str = "{ dataset { revision loadedAt partnerships } }";

#[tokio::test]
async fn only_the_first_start_loads_the_data() {
    let database = TestDatabase::empty().await;
    let folder = tempfile::tempdir().unwrap();
    let serve = || {
        let mut command = sistergraph(&folder);
        command.args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--database-url",
            database.url(),
        ]);
        command
    };
    let first = Server::start(&mut serve());
    assert!(
        first.startup_log.contains("loaded the data revision="),
        "{}",
        first.startup_log
    );
    let loaded = first.query(DATASET);
    assert_eq!(
        loaded["dataset"]["partnerships"],
        DataSet::real().row_count("partnerships.csv")
    );
    first.stop();

    let second = Server::start(&mut serve());
    assert!(
        !second.startup_log.contains("loaded the data"),
        "{}",
        second.startup_log
    );
    assert_eq!(second.query(DATASET), loaded);
    second.stop();
}

#[test]
fn open_requests_are_answered_after_a_stop_signal() {
    let folder = tempfile::tempdir().unwrap();
    for signal in ["TERM", "INT"] {
        let mut server =
            Server::start(sistergraph(&folder).args(["serve", "--listen", "127.0.0.1:0"]));
        let body = json!({ "query": "{ states { totalCount } }" }).to_string();
        let mut stream = server.open(body.len(), "expect: 100-continue\r\n");
        // The interim response shows that the server waits for the body.
        let mut interim = [0; 25];
        stream.read_exact(&mut interim).unwrap();
        assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
        server.signal(signal);
        server.read_until("stopping after the requests in progress");
        stream.write_all(body.as_bytes()).unwrap();
        assert_eq!(read_response(stream)["data"]["states"]["totalCount"], 52);
        server.read_until("stopped");
        assert_eq!(server.child.wait().unwrap().code(), Some(0), "{signal}");
    }
    // The database is a single file, which can be copied to another machine.
    let files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(files, ["sistergraph.db"]);
}

#[test]
fn the_environment_replaces_missing_options() {
    let folder = tempfile::tempdir().unwrap();
    let data = tempfile::tempdir().unwrap();
    DataSet::real()
        .set("states.csv", "us-or", "name", "Oregano")
        .write_to(data.path());
    let mut command = sistergraph(&folder);
    command
        .arg("serve")
        .env("SISTERGRAPH_LISTEN", "127.0.0.1:0")
        .env("SISTERGRAPH_DATABASE_URL", "sqlite:environment.db")
        .env("SISTERGRAPH_DATA", data.path())
        .env("SISTERGRAPH_LOG_FORMAT", "json");
    let server = Server::start(&mut command);
    assert!(folder.path().join("environment.db").exists());
    let name =
        |server: &Server| server.query("{ state(code: \"OR\") { name } }")["state"]["name"].clone();
    assert_eq!(name(&server), "Oregano");
    let lines: Vec<Value> = server
        .startup_log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2, "one entry for loading, one for being ready");
    assert_eq!(lines[1]["level"], "INFO");
    server.stop();

    // A data folder is loaded again if it has changed; an option takes precedence over the environment.
    DataSet::real()
        .set("states.csv", "us-or", "name", "Origami")
        .write_to(data.path());
    let folder_option = data.path().to_str().unwrap();
    let server = Server::start(
        command
            .env("SISTERGRAPH_DATA", "nowhere")
            .args(["--data", folder_option]),
    );
    assert_eq!(name(&server), "Origami");
    server.stop();
}

/// Runs a command that fails, and returns its error message, which is one line.
fn failure(command: &mut Command) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    assert_eq!(status.code(), Some(1));
    assert!(stdout.is_empty());
    let stderr = String::from_utf8(stderr).unwrap();
    assert_eq!(stderr.matches('\n').count(), 1, "{stderr}");
    assert!(stderr.ends_with('\n'));
    stderr.trim_end().to_owned()
}

#[test]
fn a_port_in_use_is_reported_before_anything_is_created() {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    assert_eq!(
        failure(sistergraph(&folder).args(["serve", "--listen", &address])),
        format!("error: {address} is in use by another program; set another address with --listen")
    );
    assert!(!folder.path().join("sistergraph.db").exists());
}

#[test]
fn an_unusable_database_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let serve = |url: &str| {
        failure(sistergraph(&folder).args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--database-url",
            url,
        ]))
    };
    // Nothing listens on port 1.
    let unreachable = serve("postgres://me:secret@127.0.0.1:1/sistergraph");
    let start = "error: cannot open the database postgres://me:***@127.0.0.1:1/sistergraph: ";
    assert!(unreachable.starts_with(start), "{unreachable}");
    assert!(
        unreachable.ends_with("no answer within 5 seconds"),
        "{unreachable}"
    );
    let nowhere = serve("sqlite:no/such/folder/sistergraph.db");
    assert!(
        nowhere
            .starts_with("error: cannot open the database sqlite:no/such/folder/sistergraph.db: "),
        "{nowhere}"
    );
    assert_eq!(
        serve("sistergraph.db"),
        "error: invalid database URL \"sistergraph.db\": unknown kind of database; use sqlite:PATH or \
         postgres://USER@HOST/DATABASE"
    );
}

#[tokio::test]
async fn a_newer_database_is_not_changed() {
    let database = TestDatabase::migrated().await;
    let newer =
        "insert into seaql_migrations (version, applied_at) values ('m20991231_000001_more', 0)";
    database
        .connection()
        .execute_unprepared(newer)
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    for command in ["serve", "load"] {
        let message = failure(
            sistergraph(&folder)
                .args([command, "--database-url", database.url()])
                .env("SISTERGRAPH_LISTEN", "127.0.0.1:0"),
        );
        assert_eq!(
            message,
            "error: the database is newer than this program: it has the migration \
             m20991231_000001_more; use a newer version of the program, or another database"
        );
    }
}

#[tokio::test]
async fn a_locked_database_is_reported() {
    let database = TestDatabase::migrated().await;
    let folder = tempfile::tempdir().unwrap();
    let writing = write::begin(database.connection()).await.unwrap();
    let serve = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--database-url",
        database.url(),
    ];
    assert_eq!(
        failure(sistergraph(&folder).args(serve)),
        "error: the database is locked by another process; load again when it has finished"
    );
    writing.rollback().await.unwrap();
}
