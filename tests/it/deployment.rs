//! The snippets for systemd and containers in `docs/operators.md`, run as far as possible without systemd as process 1
//! and without a container engine: their commands, settings, and paths are those of the program and the repository.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use crate::{
    docs::{blocks, root},
    support::process::{Server, sistergraph},
};

const OPERATORS: &str = include_str!("../../docs/operators.md");

fn snippet(language: &str) -> &'static str {
    let found = blocks(OPERATORS, language);
    assert_eq!(found.len(), 1, "{language}");
    found[0]
}

/// Starts the program with these arguments and variables, on a free port, and stops it as systemd and containers do.
fn assert_serves(arguments: &[&str], variables: &BTreeMap<&str, &str>) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = sistergraph(&folder);
    command.args(arguments).envs(variables);
    // Another server may use the port of the snippet.
    let listen = variables.get("SISTERGRAPH_LISTEN").unwrap_or(&":8000");
    command.env("SISTERGRAPH_LISTEN", listen.replace("8000", "0"));
    let server = Server::start(&mut command);
    let data = server.query("{ states { totalCount } }");
    assert_eq!(data["states"]["totalCount"], 52);
    server.stop();
}

#[test]
fn the_systemd_unit_is_valid_and_its_command_runs() {
    let unit = snippet("ini");
    let program = env!("CARGO_BIN_EXE_sistergraph");
    let start = unit
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart="))
        .unwrap();
    // In place of the state directory, the folder of the test.
    let start = start.replace("/var/lib/sistergraph/", "");
    let arguments: Vec<&str> = start.split_whitespace().collect();
    assert_eq!(arguments[0], "/usr/local/bin/sistergraph");
    assert_serves(&arguments[1..], &BTreeMap::new());

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sistergraph.service");
    fs::write(&path, unit.replace("/usr/local/bin/sistergraph", program)).unwrap();
    let verify = Command::new("systemd-analyze")
        .arg("verify")
        .arg(&path)
        .output();
    let Ok(verify) = verify else {
        eprintln!("skipped: this system has no systemd-analyze");
        return;
    };
    let messages = String::from_utf8(verify.stderr).unwrap();
    assert!(verify.status.success(), "{messages}");
    assert!(!messages.contains("sistergraph.service"), "{messages}");
}

/// Imitates a build: every file that is copied exists, the images have the required versions, and the resulting command
/// runs with the settings of the image and of the compose file, whose variables are not set.
#[test]
fn the_container_serves() {
    let image = snippet("dockerfile");
    let mut variables = BTreeMap::new();
    let mut arguments = Vec::new();
    for line in image.lines().filter(|line| !line.is_empty()) {
        let (instruction, rest) = line.split_once(' ').unwrap();
        let words: Vec<&str> = rest.split_whitespace().collect();
        match instruction {
            "FROM" => {
                let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
                if let Some((_, tag)) = words[0].split_once("/rust:") {
                    let version = tag.split('-').next().unwrap();
                    let line = format!("rust-version = \"{version}\"");
                    assert!(manifest.contains(&line), "{version}");
                }
            }
            "COPY" => {
                if !words[0].starts_with("--from") {
                    assert!(Path::new(&root()).join(words[0]).exists(), "{line}");
                }
            }
            "RUN" => {
                for (command, file) in [
                    ("npm ci", "web/package-lock.json"),
                    ("npm run build", "web/package.json"),
                    ("--locked", "Cargo.lock"),
                ] {
                    assert!(!rest.contains(command) || root().join(file).exists());
                }
            }
            "ENV" => {
                let (name, value) = rest.split_once('=').unwrap();
                variables.insert(name, value);
            }
            "ENTRYPOINT" | "CMD" => {
                arguments.extend(serde_json::from_str::<Vec<&str>>(rest).unwrap());
            }
            "WORKDIR" | "USER" | "VOLUME" | "EXPOSE" => assert_eq!(words.len(), 1, "{line}"),
            _ => panic!("{line}"),
        }
    }
    for line in snippet("yaml").lines() {
        if let Some((name, value)) = line.trim().split_once(": ")
            && name.starts_with("SISTERGRAPH_")
        {
            assert!(value.ends_with(":-}"), "{line}");
            variables.insert(name, "");
        }
    }
    assert!(variables.len() >= 3, "{variables:?}");
    assert_eq!(arguments, ["sistergraph", "serve"]);
    assert_serves(&arguments[1..], &variables);
}
