//! The command `sistergraph serve`, run as a process.

use std::{
    io::{Read, Write},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use clap::{Arg, CommandFactory};

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use sistergraph::{
    cli::Cli,
    db::{connection::connect, write},
    import::stored_dataset,
};

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
    for signal in ["TERM", "INT", "HUP"] {
        if signal == "HUP" && ignores_hangup("self") {
            continue;
        }
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
    assert!(unreachable.contains("Connection refused"), "{unreachable}");
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
            "error: the database is newer than this program, which can only read it: it has the migration \
             m20991231_000001_more; migrate and load it with the newer version"
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

fn wait_until(what: &str, mut is_true: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_true() {
        assert!(started.elapsed() < Duration::from_secs(60), "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Whether a process ignores SIGHUP. If the tests do, they were started with `nohup`, which the programs that they
/// start inherit.
fn ignores_hangup(process: &str) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.is_some_and(|signals| u64::from_str_radix(signals.trim(), 16).unwrap() & 1 == 1)
}

fn kill(signal: &str, process: &str) {
    let status = Command::new("kill").args(["-s", signal, process]).status();
    assert!(status.unwrap().success());
}

/// Stops a program that has begun its first load, and checks that it ends at once and has loaded nothing.
async fn stop_during_load(child: &mut Child, process: &str, signal: &str, folder: &Path) {
    let database = folder.join("sistergraph.db");
    wait_until("the database exists", || database.exists());
    kill(signal, process);
    let signalled = Instant::now();
    wait_until("the end", || child.try_wait().unwrap().is_some());
    assert!(signalled.elapsed() < Duration::from_secs(5));
    let url = format!("sqlite:{}", database.display());
    let connection = connect(&url).await.unwrap();
    let stored = stored_dataset(&connection).await;
    // Without its table if the signal came before the migration.
    assert!(!matches!(stored, Ok(Some(_))), "{stored:?}");
}

#[tokio::test]
async fn a_signal_during_the_first_load_ends_the_program_at_once() {
    for (command, signal, code) in [
        ("serve", "TERM", 0),
        ("serve", "HUP", 0),
        ("serve", "INT", 0),
        ("load", "TERM", 1),
    ] {
        if signal == "HUP" && ignores_hangup("self") {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let mut child = sistergraph(&folder);
        child.arg(command).env("SISTERGRAPH_LISTEN", "127.0.0.1:0");
        let mut child = child.spawn().unwrap();
        let process = child.id().to_string();
        stop_during_load(&mut child, &process, signal, folder.path()).await;
        let output = child.wait_with_output().unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            output.status.code(),
            Some(code),
            "{command} {signal}: {log}"
        );
        assert!(log.contains("stopped"), "{log}");
    }
}

/// Imitates a container: there, the program is process 1, which signals without a handler do not reach. Only root may
/// create a process namespace.
#[tokio::test]
async fn process_1_ends_on_a_signal_during_the_first_load() {
    let is_allowed = Command::new("unshare")
        .args(["--pid", "--fork", "true"])
        .stderr(Stdio::null())
        .status();
    if !is_allowed.is_ok_and(|status| status.success()) {
        eprintln!("skipped: this system does not allow process namespaces");
        return;
    }
    for command in ["serve", "load"] {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new("unshare")
            .args(["--pid", "--fork", "--kill-child"])
            .args([env!("CARGO_BIN_EXE_sistergraph"), command])
            .env("SISTERGRAPH_LISTEN", "127.0.0.1:0")
            .current_dir(&folder)
            .spawn()
            .unwrap();
        let children = format!("/proc/{0}/task/{0}/children", child.id());
        let mut process = String::new();
        wait_until("the program runs", || {
            process = std::fs::read_to_string(&children).unwrap_or_default();
            !process.is_empty()
        });
        stop_during_load(&mut child, process.trim(), "TERM", folder.path()).await;
    }
}

#[test]
fn nohup_keeps_its_meaning() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("nohup");
    command
        .arg(env!("CARGO_BIN_EXE_sistergraph"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .current_dir(&folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let server = Server::start(&mut command);
    // The kernel discards the signal, because the program has not replaced what `nohup` set.
    assert!(ignores_hangup(&server.child.id().to_string()));
    server.signal("HUP");
    assert_eq!(
        server.query("{ states { totalCount } }")["states"]["totalCount"],
        52
    );
    server.stop();
}

/// Every option of every command that takes a value, with the command.
fn options_with_values() -> Vec<(String, Arg)> {
    let cli = Cli::command();
    let global: Vec<Arg> = cli.get_arguments().cloned().collect();
    let mut options = Vec::new();
    for command in cli.get_subcommands() {
        for option in command.get_arguments().chain(&global) {
            if option.get_action().takes_values() {
                options.push((command.get_name().to_owned(), option.clone()));
            }
        }
    }
    options
}

/// As a compose file passes `${DATA:-}` if DATA is not set.
#[test]
fn empty_variables_count_as_not_set() {
    let folder = tempfile::tempdir().unwrap();
    let variables: Vec<_> = options_with_values()
        .iter()
        .filter_map(|(_, option)| Some(option.get_env()?.to_owned()))
        .collect();
    assert!(variables.len() > 40, "{variables:?}");
    for command in ["schema", "load", "audit"] {
        let output = sistergraph(&folder)
            .arg(command)
            .envs(variables.iter().map(|name| (name, "")))
            .output()
            .unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{command}: {errors}");
    }
    let mut serve = sistergraph(&folder);
    serve
        .args(["serve", "--listen", "127.0.0.1:0"])
        .envs(variables.iter().map(|name| (name, "")))
        .env("SISTERGRAPH_LOG", "");
    // The level of the log is the default, so the server logs its address.
    let server = Server::start(&mut serve);
    assert_eq!(
        server.query("{ limits { maxDepth } }")["limits"]["maxDepth"],
        20
    );
    server.stop();
}

#[test]
fn empty_options_are_errors() {
    let options = options_with_values();
    assert!(options.len() > 40);
    for (command, option) in options {
        // A positional argument has no name. Both of those of `diff` are set.
        let name = match option.get_long() {
            Some(long) => format!("--{long}"),
            None => String::new(),
        };
        let arguments = ["sistergraph", &command, &name, ""];
        let parsed = Cli::command().try_get_matches_from(arguments);
        assert!(parsed.is_err(), "{command} {name}");
    }
}

#[test]
fn invalid_options_say_what_is_valid() {
    for (arguments, expected) in [
        (
            &["serve", "--max-depth", "abc"][..],
            "'abc' for '--max-depth <LEVELS>': not a whole number",
        ),
        (
            &["serve", "--cache-bytes", "1e6"],
            "'1e6' for '--cache-bytes <BYTES>': not a whole number",
        ),
        (
            &["serve", "--drain-timeout-ms", "10s"],
            "'10s' for '--drain-timeout-ms <MS>': not a whole number",
        ),
        (
            &["load", "--data", "/no/such/folder"],
            "'/no/such/folder' for '--data <DIR>': No such file or directory",
        ),
        (
            &["diff", "Cargo.toml", "data"],
            "'Cargo.toml' for '<OLD>': not a folder",
        ),
        (
            &["load", "--database-url", "sqlite:data"],
            "cannot open the database sqlite:data: it is a folder; add the name of a file",
        ),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_sistergraph"))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(arguments)
            .output()
            .unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{arguments:?}");
        assert!(errors.contains(expected), "{errors}");
    }
}

#[test]
fn the_listener_resolves_names() {
    let folder = tempfile::tempdir().unwrap();
    for address in ["localhost:0", ":0", "0", "*:0"] {
        let mut command = sistergraph(&folder);
        let server = Server::start(command.args(["serve", "--listen", address]));
        let (_, port) = server.address.rsplit_once(':').unwrap();
        // Also for a name that has an IPv6 address too.
        let (status, ..) = crate::support::process::get(&format!("127.0.0.1:{port}"), "/livez");
        assert_eq!(status, 200, "{address}");
        server.stop();
    }
    let unknown = failure(sistergraph(&folder).args(["serve", "--listen", "nowhere.invalid:0"]));
    assert!(
        unknown.starts_with("error: cannot listen on nowhere.invalid:0: "),
        "{unknown}"
    );
}

/// Imitates an image or a volume that is mounted read-only. Only root may mount; permissions would not do, because root
/// ignores them.
#[test]
fn a_loaded_database_on_a_read_only_file_system_is_served() {
    let is_allowed = Command::new("unshare")
        .args(["--mount", "true"])
        .stderr(Stdio::null())
        .status();
    if !is_allowed.is_ok_and(|status| status.success()) {
        eprintln!("skipped: this system does not allow mounts");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("ro")).unwrap();
    let load = ["load", "--database-url", "sqlite:ro/x.db"];
    assert!(
        sistergraph(&folder)
            .args(load)
            .output()
            .unwrap()
            .status
            .success()
    );
    let read_only = |arguments: &[&str]| {
        let mut command = Command::new("unshare");
        command
            .args(["--mount", "sh", "-c"])
            .arg("mount --bind ro ro && mount -o remount,ro,bind ro && exec \"$0\" \"$@\"")
            .arg(env!("CARGO_BIN_EXE_sistergraph"))
            .args(arguments)
            .current_dir(&folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    };
    for url in [
        "sqlite:ro/x.db",
        "sqlite:ro/x.db?mode=ro",
        "sqlite:ro/x.db?immutable=1",
    ] {
        let serve = ["serve", "--listen", "127.0.0.1:0", "--database-url", url];
        let server = Server::start(&mut read_only(&serve));
        assert_eq!(
            server.query("{ states { totalCount } }")["states"]["totalCount"],
            52
        );
        assert!(
            server.startup_log.contains("Read-only file system"),
            "{url}"
        );
        server.stop();
    }
    let audit = read_only(&["audit", "--database-url", "sqlite:ro/x.db"]).output();
    assert!(audit.unwrap().status.success());
    // What has to write fails, and says why.
    for arguments in [load, ["load", "--database-url", "sqlite:ro/new.db"]] {
        let message = failure(&mut read_only(&arguments));
        assert!(message.contains("Read-only file system"), "{message}");
    }
}
