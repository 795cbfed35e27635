//! The commands around a server: `migrate` and `health`, and the options for its database.

use std::{fs, process::Output};

use tempfile::TempDir;

use crate::support::process::{Server, get, sistergraph};

fn run(
    folder: &TempDir,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> (Option<i32>, String, String) {
    let mut command = sistergraph(folder);
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .args(arguments)
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn the_database_url_may_come_from_a_file() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("url"), " sqlite:secret.db\n").unwrap();
    let (status, output, errors) = run(&folder, &["migrate", "--database-url-file", "url"], &[]);
    assert_eq!(status, Some(0), "{errors}");
    assert!(output.starts_with("ran "), "{output}");
    assert!(
        output.contains("\nm20261123_000001_create_places\n"),
        "{output}"
    );
    assert!(folder.path().join("secret.db").exists());
    assert!(!folder.path().join("sistergraph.db").exists());
    // A compose file passes a variable that is not set as an empty one.
    let (status, output, errors) = run(
        &folder,
        &["migrate"],
        &[
            ("SISTERGRAPH_DATABASE_URL_FILE", "url"),
            ("SISTERGRAPH_DATABASE_URL", ""),
        ],
    );
    assert_eq!(status, Some(0), "{errors}");
    assert_eq!(output, "the schema of the database is current\n");
    let (status, _, errors) = run(&folder, &["load", "--database-url-file", "url"], &[]);
    assert_eq!(status, Some(0), "{errors}");
}

#[test]
fn a_file_without_a_database_url_is_rejected() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("url"), "sqlite:x.db").unwrap();
    fs::write(folder.path().join("empty"), " \n").unwrap();
    let both = "'--database-url-file <FILE>' cannot be used with '--database-url <URL>'";
    let url_variable: &[_] = &[("SISTERGRAPH_DATABASE_URL", "sqlite:y.db")];
    for (file, more, variables, expected) in [
        (
            "missing",
            &[] as &[&str],
            &[] as &[_],
            "No such file or directory",
        ),
        ("empty", &[], &[], "the file is empty"),
        ("url", &["--database-url", "sqlite:y.db"], &[], both),
        ("url", &[], url_variable, both),
    ] {
        for command in ["serve", "load", "audit", "migrate"] {
            let arguments = [&[command, "--database-url-file", file], more].concat();
            let (status, _, errors) = run(&folder, &arguments, variables);
            assert_eq!(status, Some(2), "{errors}");
            assert!(errors.contains(expected), "{errors}");
        }
    }
}

#[test]
fn health_is_the_exit_status() {
    let folder = TempDir::new().unwrap();
    for operations in [&[] as &[&str], &["--operations-listen", "127.0.0.1:0"]] {
        let mut command = sistergraph(&folder);
        command
            .args(["serve", "--listen", ":0", "--stop-delay-ms", "60000"])
            .args(operations);
        let server = Server::start(&mut command);
        let port = |address: &str| format!(":{}", address.rsplit(':').next().unwrap());
        let operations = server.startup_log.split_once("/metrics on http://");
        let variables = match operations {
            Some((_, rest)) => [
                ("SISTERGRAPH_LISTEN", port("x:1")),
                (
                    "SISTERGRAPH_OPERATIONS_LISTEN",
                    rest.split_whitespace().next().unwrap().to_owned(),
                ),
            ],
            None => [
                ("SISTERGRAPH_LISTEN", port(&server.address)),
                ("SISTERGRAPH_OPERATIONS_LISTEN", String::new()),
            ],
        };
        let variables = variables.each_ref().map(|(name, value)| (*name, &**value));
        let health = |arguments: &[&str]| run(&folder, arguments, &variables);
        let (status, output, errors) = health(&["health"]);
        assert_eq!(
            (status, &*output),
            (Some(0), "{\"alive\":true}\n"),
            "{errors}"
        );
        let (status, output, errors) = health(&["health", "--ready"]);
        assert_eq!(status, Some(0), "{errors}");
        assert!(output.contains("\"ready\":true"), "{output}");
        // During the delay, it is still alive.
        server.signal("TERM");
        let (status, _, errors) = loop {
            let result = health(&["health", "--ready"]);
            if result.0 != Some(0) {
                break result;
            }
        };
        assert_eq!(status, Some(1));
        assert!(errors.contains("/readyz: status 503: "), "{errors}");
        assert!(errors.contains("the server is shutting down"), "{errors}");
        assert_eq!(errors.lines().count(), 1, "{errors}");
        assert_eq!(health(&["health"]).0, Some(0));
        drop(server);
        let (status, _, errors) = health(&["health"]);
        assert_eq!(status, Some(1));
        assert!(errors.contains("does not respond: "), "{errors}");
        assert_eq!(errors.lines().count(), 1, "{errors}");
    }
}

#[test]
fn the_number_of_database_connections_can_be_set() {
    let folder = TempDir::new().unwrap();
    let (status, _, errors) = run(&folder, &["serve", "--database-connections", "0"], &[]);
    assert_eq!(status, Some(2), "{errors}");
    let server = Server::start(sistergraph(&folder).args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--database-connections",
        "2",
    ]));
    let (_, _, metrics) = get(&server.address, "/metrics");
    assert!(
        metrics.contains("\nsistergraph_database_connections_max 2\n"),
        "{metrics}"
    );
    server.stop();
}
