//! The files in `deploy/`, run as far as possible without systemd as process 1, a container engine, and Kubernetes: their
//! commands, settings, and paths are those of the program and the repository. The files for PgBouncer, HAProxy, and Patroni
//! have tests of their own.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::Command,
};

use clap::CommandFactory;
use serde_json::Value;
use sistergraph::cli::Cli;

use crate::{
    docs::{files, root, words},
    support::process::{Server, get, run_tool, sistergraph},
};

pub(crate) fn deploy(name: &str) -> String {
    fs::read_to_string(root().join("deploy").join(name)).unwrap()
}

/// The documents of a YAML file.
fn yaml(name: &str) -> Vec<Value> {
    let text = deploy(name);
    let documents = text.split("\n---\n");
    documents
        .map(|document| serde_saphyr::from_str(document).unwrap())
        .collect()
}

/// The texts in a list.
fn texts(list: &Value) -> Vec<&str> {
    let list = list.as_array().map_or(&[] as &[_], Vec::as_slice);
    list.iter().map(|text| text.as_str().unwrap()).collect()
}

/// Starts the program with these arguments and variables, on a free port, runs the health check, and stops the server as
/// systemd and containers do.
fn assert_serves(arguments: &[&str], variables: &BTreeMap<&str, &str>, health: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("database-url"),
        "sqlite:sistergraph.db\n",
    )
    .unwrap();
    let mut command = sistergraph(&folder);
    command.args(arguments).envs(variables);
    // Another server may use the port of the file.
    let listen = variables.get("SISTERGRAPH_LISTEN").unwrap_or(&":8000");
    command.env("SISTERGRAPH_LISTEN", listen.replace("8000", "0"));
    // The test need not wait.
    command.env("SISTERGRAPH_STOP_DELAY_MS", "0");
    let server = Server::start(&mut command);
    let data = server.query("{ states { totalCount } }");
    assert_eq!(data["states"]["totalCount"], 52);
    let port = server.address.rsplit(':').next().unwrap();
    let output = sistergraph(&folder)
        .args(health)
        .env("SISTERGRAPH_LISTEN", format!(":{port}"))
        .output();
    assert!(output.unwrap().status.success());
    server.stop();
}

/// Every variable of the program in these files exists, and every option that a comment mentions.
#[test]
fn options_and_variables_exist() {
    let cli = Cli::command();
    let arguments: Vec<_> = cli
        .get_subcommands()
        .flat_map(clap::Command::get_arguments)
        .chain(cli.get_arguments())
        .collect();
    let variables = arguments
        .iter()
        .filter_map(|option| option.get_env()?.to_str());
    let variables: BTreeSet<_> = variables.collect();
    let options: BTreeSet<_> = arguments
        .iter()
        .filter_map(|option| option.get_long())
        .collect();
    let mut checked = 0;
    for path in files("deploy", &["cfg", "ini", "service", "yml", ""]) {
        let text = fs::read_to_string(&path).unwrap();
        for line in text.lines() {
            let is_comment = line.trim_start().starts_with(['#', ';']);
            // A comment may contain commands of other programs, indented.
            let is_prose = is_comment && !line.starts_with("#   ");
            for word in words(line) {
                let path = path.display();
                if word.starts_with("SISTERGRAPH_") {
                    assert!(variables.contains(word), "{path}: {word}");
                    checked += 1;
                } else if let Some(option) = word.strip_prefix("--").filter(|_| is_prose) {
                    assert!(options.contains(option), "{path}: {word}");
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 20, "{checked}");
}

#[test]
fn the_systemd_unit_is_valid_and_its_command_runs() {
    let unit = deploy("sistergraph.service");
    let program = env!("CARGO_BIN_EXE_sistergraph");
    let values = |name: &'static str| {
        let lines = unit.lines();
        lines.filter_map(move |line| line.strip_prefix(name)?.strip_prefix('='))
    };
    let start = values("ExecStart").next().unwrap();
    let arguments: Vec<&str> = start.split_whitespace().collect();
    assert_eq!(arguments[0], "/usr/local/bin/sistergraph");
    let (credential, _) = values("LoadCredential")
        .next()
        .unwrap()
        .split_once(':')
        .unwrap();
    let variables = values("Environment").map(|value| {
        let (name, value) = value.split_once('=').unwrap();
        // In place of the folder of credentials, that of the test.
        let value = value.strip_prefix("%d/").unwrap_or(value);
        assert_eq!(name.ends_with("_FILE"), value == credential);
        (name, value)
    });
    assert_serves(&arguments[1..], &variables.collect(), &["health"]);

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

/// Imitates a build: every file that is copied exists, the images have the required versions, and the resulting command and
/// health check run with the settings of the image and of the compose file, whose variables are not set.
#[test]
fn the_container_serves() {
    let image = deploy("Containerfile");
    let mut variables = BTreeMap::new();
    let mut arguments = Vec::new();
    let mut health = Vec::new();
    let mut users = Vec::new();
    let lines = image.lines();
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
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
                    assert!(root().join(words[0]).exists(), "{line}");
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
            "HEALTHCHECK" => {
                let (_, command) = rest.split_once(" CMD ").unwrap();
                health = serde_json::from_str::<Vec<&str>>(command).unwrap();
            }
            "ENTRYPOINT" | "CMD" => {
                arguments.extend(serde_json::from_str::<Vec<&str>>(rest).unwrap());
            }
            "USER" => users.push(rest),
            "WORKDIR" | "VOLUME" | "EXPOSE" => assert_eq!(words.len(), 1, "{line}"),
            _ => panic!("{line}"),
        }
    }
    assert_eq!(users, ["10001"]);
    let [compose] = &yaml("compose.yml")[..] else {
        panic!("the compose file has one document");
    };
    let settings = compose["services"]["sistergraph"]["environment"].as_object();
    for (name, value) in settings.unwrap() {
        assert!(value.as_str().unwrap().ends_with(":-}"), "{name}");
        variables.insert(name, "");
    }
    assert!(variables.len() >= 4, "{variables:?}");
    assert_eq!(arguments, ["sistergraph", "serve"]);
    assert_eq!(health, ["sistergraph", "health"]);
    assert_serves(&arguments[1..], &variables, &health[1..]);
}

/// Everything that a service of the compose file refers to exists.
#[test]
fn the_compose_file_is_consistent() {
    let [compose] = &yaml("compose.yml")[..] else {
        panic!("the compose file has one document");
    };
    let services = compose["services"].as_object().unwrap();
    let haproxy = deploy("haproxy.cfg");
    assert_eq!(services.len(), 9);
    let cli = Cli::command();
    for (name, service) in services {
        let is_cluster = service["profiles"] == serde_json::json!(["cluster"]);
        assert_eq!(is_cluster, name != "sistergraph", "{name}");
        let dependencies = &service["depends_on"];
        let dependencies = match dependencies.as_object() {
            Some(conditions) => conditions.keys().map(String::as_str).collect(),
            None => texts(dependencies),
        };
        for dependency in dependencies {
            assert!(services.contains_key(dependency), "{name}: {dependency}");
            if service["depends_on"][dependency]["condition"] == "service_healthy" {
                assert!(
                    services[dependency]["healthcheck"].is_object(),
                    "{dependency}"
                );
            }
        }
        for volume in texts(&service["volumes"]) {
            let (source, _) = volume.split_once(':').unwrap();
            let exists = match source.strip_prefix("./") {
                Some(file) => root().join("deploy").join(file).exists(),
                None => compose["volumes"].get(source).is_some(),
            };
            assert!(exists, "{name}: {volume}");
        }
        let configs = service["configs"].as_array().into_iter().flatten();
        for config in configs {
            let source = config["source"].as_str().unwrap();
            assert!(compose["configs"][source]["content"].is_string(), "{name}");
        }
        if service["image"] == "sistergraph" {
            let folder = root()
                .join("deploy")
                .join(service["build"]["context"].as_str().unwrap());
            let file = service["build"]["dockerfile"].as_str().unwrap();
            assert!(folder.join(file).exists(), "{name}");
            for command in texts(&service["command"]) {
                assert!(cli.find_subcommand(command).is_some(), "{name}: {command}");
            }
        }
        if name == "haproxy" {
            for (variable, value) in service["environment"].as_object().unwrap() {
                assert!(
                    haproxy.contains(&format!("presetenv {variable} ")),
                    "{variable}"
                );
                let (host, _) = value.as_str().unwrap().split_once(':').unwrap();
                assert!(host.is_empty() || services.contains_key(host), "{value}");
            }
        }
    }
}

/// Everything that the manifests refer to exists, and the routes of the probes are at the port that they name.
#[test]
fn the_manifests_are_consistent() {
    let mut documents = yaml("kubernetes/sistergraph.yml");
    documents.extend(yaml("kubernetes/load.yml"));
    let kinds: Vec<_> = documents.iter().map(|document| &document["kind"]).collect();
    assert_eq!(
        kinds,
        ["Service", "PodDisruptionBudget", "Deployment", "Job"]
    );
    let [service, budget, deployment, _] = &documents[..] else {
        panic!("four documents");
    };
    let labels = &deployment["spec"]["template"]["metadata"]["labels"];
    assert_eq!(&service["spec"]["selector"], labels);
    assert_eq!(&budget["spec"]["selector"]["matchLabels"], labels);
    assert_eq!(&deployment["spec"]["selector"]["matchLabels"], labels);
    let replicas = deployment["spec"]["replicas"].as_u64();
    assert!(budget["spec"]["minAvailable"].as_u64() < replicas);
    let cli = Cli::command();
    for document in &documents[2..] {
        let pod = &document["spec"]["template"]["spec"];
        let [container] = &pod["containers"].as_array().unwrap()[..] else {
            panic!("one container");
        };
        for command in texts(&container["args"]) {
            assert!(cli.find_subcommand(command).is_some(), "{command}");
        }
        let volumes = pod["volumes"].as_array().unwrap();
        let mounts = container["volumeMounts"].as_array().unwrap();
        let names = |list: &[Value]| {
            let names = list
                .iter()
                .map(|entry| entry["name"].as_str().unwrap().to_owned());
            names.collect::<BTreeSet<_>>()
        };
        assert_eq!(names(volumes), names(mounts));
        let url_file = &container["env"][0];
        assert_eq!(url_file["name"], "SISTERGRAPH_DATABASE_URL_FILE");
        // The key of the secret in the comment at the top of both files.
        let path = format!("{}/database-url", mounts[0]["mountPath"].as_str().unwrap());
        assert_eq!(url_file["value"], *path);
    }
    let container = &deployment["spec"]["template"]["spec"]["containers"][0];
    let ports = container["ports"].as_array().unwrap();
    let number = |name: &Value| {
        let port = ports.iter().find(|port| port["name"] == *name).unwrap();
        port["containerPort"].as_u64().unwrap()
    };
    assert_eq!(number(&service["spec"]["ports"][0]["targetPort"]), 8000);
    let environment = container["env"].as_array().unwrap();
    let operations = environment
        .iter()
        .find(|variable| variable["name"] == "SISTERGRAPH_OPERATIONS_LISTEN");
    let operations = operations.unwrap()["value"].as_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(
        sistergraph(&folder)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(["--operations-listen", "127.0.0.1:0"]),
    );
    let (_, rest) = server
        .startup_log
        .split_once("/metrics on http://")
        .unwrap();
    let address = rest.split_whitespace().next().unwrap();
    for probe in ["livenessProbe", "readinessProbe"] {
        let request = &container[probe]["httpGet"];
        assert_eq!(operations, format!(":{}", number(&request["port"])));
        let (status, _, body) = get(address, request["path"].as_str().unwrap());
        assert_eq!(status, 200, "{probe}: {body}");
    }
    server.stop();
}

/// Programs that check these files more strictly, if they are installed.
#[test]
fn linters_find_no_problem() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| root().join("deploy").join(name).display().to_string();
    let manifests = ["kubernetes/sistergraph.yml", "kubernetes/load.yml"].map(path);
    for manifest in &manifests {
        run_tool(&folder, "kubernetes-validate", &["--strict", manifest]);
    }
    let rules = "{extends: default, rules: {line-length: {max: 130}, document-start: disable, braces: {max-spaces-inside: 1}}}";
    for file in manifests
        .into_iter()
        .chain(["compose.yml", "patroni.yml"].map(path))
    {
        run_tool(&folder, "yamllint", &["--strict", "-d", rules, &file]);
    }
}
