//! The claims of the documentation are true of the program.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
};

use clap::{Arg, Command, CommandFactory};
use serde_json::Value;
use sistergraph::{
    cli::Cli,
    db::POOL_SIZE,
    engine::{DOCUMENT_CACHE_BYTES, PLAN_CACHE_BYTES},
    export::ExportFile,
    http::{
        MAX_CONCURRENT_EXPORTS, MAX_DATABASE_SILENCE, MAX_OPERATION_LABELS,
        MAX_PERSISTED_QUERY_BYTES, MAX_RATE_LIMITED_CLIENTS, REVISION_POLL_INTERVAL,
    },
    limits::Limits,
    log::LOG_BUFFER_BYTES,
};

use super::language::strings;

const README: &str = include_str!("../../README.md");
const API: &str = include_str!("../../docs/api.md");
const CONFIGURATION: &str = include_str!("../../docs/configuration.md");
const EXPORTS: &str = include_str!("../../docs/exports.md");
const OPERATORS: &str = include_str!("../../docs/operators.md");
const QUERIES: &str = include_str!("../../docs/queries.md");

/// Options of other programs that the documentation mentions.
const FOREIGN_OPTIONS: [&str; 6] = [
    "--compressed",            // curl
    "--data-dir",              // etcd
    "--data-urlencode",        // curl
    "--no-install-recommends", // apt-get
    "--now",                   // systemctl
    "--release",               // cargo
];

pub(crate) fn root() -> PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}

/// Every file below a folder of the repository that has one of these extensions.
pub(crate) fn files(folder: &str, extensions: &[&str]) -> Vec<PathBuf> {
    let mut folders = vec![root().join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let extension = path.extension().unwrap_or_default().to_string_lossy();
            if path.is_dir() {
                if !path.ends_with("node_modules") && !path.ends_with("dist") {
                    folders.push(path);
                }
            } else if extensions.contains(&&*extension) {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// The Markdown files for users and contributors, by their paths in the repository.
pub(crate) fn documents() -> BTreeMap<String, String> {
    let at_root = fs::read_dir(root()).unwrap();
    let at_root = at_root.map(|entry| entry.unwrap().path());
    at_root
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .chain(files("docs", &["md"]))
        .chain([root().join("data/README.md")])
        .map(|path| {
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// The code blocks in a language.
pub(crate) fn blocks<'a>(document: &'a str, language: &str) -> Vec<&'a str> {
    let blocks = document.split("```").skip(1).step_by(2);
    blocks
        .filter_map(|block| block.strip_prefix(language)?.strip_prefix('\n'))
        .collect()
}

/// The code in a document, each piece with the text that follows it.
fn code(document: &str) -> impl Iterator<Item = (&str, &str)> {
    let parts: Vec<_> = document.split('`').collect();
    let pairs: Vec<_> = parts.windows(2).map(|pair| (pair[0], pair[1])).collect();
    pairs.into_iter().skip(1).step_by(2)
}

/// The names in the first column of every table, without backticks.
fn first_column(document: &str) -> impl Iterator<Item = &str> {
    let rows = document.lines();
    rows.filter_map(|row| Some(row.strip_prefix("| `")?.split_once('`')?.0))
}

/// The names of the recorded queries, by their text.
fn recorded_queries() -> BTreeMap<String, String> {
    let files = files("tests/it/queries", &["graphql"]).into_iter();
    files
        .map(|path| {
            let name = path.file_name().unwrap().display().to_string();
            (fs::read_to_string(path).unwrap(), name)
        })
        .collect()
}

/// The options of the program, each with the commands that take it.
fn options() -> Vec<(Arg, String)> {
    let cli = Cli::command();
    let commands: Vec<&Command> = cli.get_subcommands().collect();
    let global = cli.get_arguments().cloned();
    let mut options: Vec<_> = global.map(|option| (option, "all".to_owned())).collect();
    for option in commands.iter().flat_map(|command| command.get_arguments()) {
        let takes = |command: &&&Command| {
            let mut options = command.get_arguments();
            options.any(|other| other.get_id() == option.get_id())
        };
        let takers: Vec<_> = commands.iter().filter(takes).collect();
        let names: Vec<_> = takers.iter().map(|command| command.get_name()).collect();
        if options
            .iter()
            .all(|(other, _)| other.get_id() != option.get_id())
        {
            options.push((option.clone(), names.join(", ")));
        }
    }
    options
}

fn default_of(option: &Arg) -> String {
    let values = option.get_default_values().iter();
    let values: Vec<_> = values.map(|value| value.to_string_lossy()).collect();
    values.join(" ")
}

#[test]
fn the_readme_is_short() {
    assert!(README.lines().count() <= 120);
}

#[test]
fn queries_are_recorded() {
    let recorded = recorded_queries();
    let shown = [README, QUERIES].map(|document| blocks(document, "graphql"));
    let shown = shown.concat();
    assert!(shown.len() >= 10);
    for query in shown {
        let is_recorded = recorded.contains_key(query);
        assert!(is_recorded, "not a file of tests/it/queries:\n{query}");
    }
}

#[test]
fn the_answer_in_the_readme_is_the_recorded_one() {
    let [query] = blocks(README, "graphql")[..] else {
        panic!("the README has one query");
    };
    let [answer] = blocks(README, "json")[..] else {
        panic!("the README has one answer");
    };
    let snapshot = format!("snapshots/answer@{}.snap", recorded_queries()[query]);
    let snapshot = fs::read_to_string(root().join("tests/it/queries").join(snapshot)).unwrap();
    let (_, recorded) = snapshot.split_once("\n---\n").unwrap();
    let json = |text| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(json(answer), json(recorded));
}

#[test]
fn the_readme_names_the_required_versions_and_the_defaults() {
    let manifest = include_str!("../../Cargo.toml");
    let (_, version) = manifest.split_once("\nrust-version = \"").unwrap();
    let (version, _) = version.split_once('"').unwrap();
    assert!(README.contains(&format!("{version} or later")));
    let package: Value = serde_json::from_str(include_str!("../../web/package.json")).unwrap();
    let node = package["engines"]["node"].as_str().unwrap();
    let node = node.trim_start_matches(">=");
    assert!(README.contains(&format!("Node {node} or later")));
    for (option, _) in options() {
        let default = default_of(&option);
        match option.get_long() {
            Some("listen") => assert!(README.contains(&format!("http://{default}"))),
            Some("database-url") => assert!(README.contains(default.trim_start_matches("sqlite:"))),
            _ => {}
        }
    }
}

#[test]
fn the_table_of_options_is_that_of_the_program() {
    let mut rows = vec![
        "| option | environment variable | default | commands | description |".to_owned(),
        "|---|---|---|---|---|".to_owned(),
    ];
    for (option, commands) in options() {
        let (Some(long), Some(variable)) = (option.get_long(), option.get_env()) else {
            continue;
        };
        let default = match default_of(&option) {
            default if default.is_empty() => default,
            default => format!("`{default}`"),
        };
        let possible = option.get_possible_values();
        let possible: Vec<_> = possible.iter().map(|value| value.get_name()).collect();
        let value = match possible[..] {
            [] => option.get_value_names().unwrap()[0].to_string(),
            _ => possible.join("\\|"),
        };
        let variable = variable.to_str().unwrap();
        let help = option.get_help().unwrap().to_string();
        let help = help.trim_end_matches('.');
        rows.push(format!(
            "| `--{long} {value}` | `{variable}` | {default} | {commands} | {help}. |"
        ));
    }
    assert!(rows.len() > 20, "the options with an environment variable");
    let table = rows.join("\n");
    let (before, after) = CONFIGURATION.split_once(&rows[0]).unwrap();
    let (_, after) = after.split_once("\n\n").unwrap();
    let expected = format!("{before}{table}\n\n{after}");
    if CONFIGURATION != expected && env::var("INSTA_UPDATE").is_ok_and(|update| update == "always")
    {
        fs::write(root().join("docs/configuration.md"), expected).unwrap();
        return;
    }
    assert_eq!(
        CONFIGURATION, expected,
        "INSTA_UPDATE=always rewrites the table of options"
    );
}

#[test]
fn commands_options_and_variables_exist() {
    let cli = Cli::command();
    let commands: BTreeSet<_> = cli.get_subcommands().map(Command::get_name).collect();
    let options = options();
    let longs = options.iter().filter_map(|(option, _)| option.get_long());
    let longs: BTreeSet<_> = longs.chain(["help", "version"]).collect();
    let variables = options
        .iter()
        .filter_map(|(option, _)| option.get_env()?.to_str());
    let is_variable = |word: &&str| word.starts_with("SISTERGRAPH_");
    let in_sources: Vec<_> = files("src/cli", &["rs"])
        .into_iter()
        .chain([root().join("Makefile")])
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let in_sources = in_sources.iter().flat_map(|source| words(source));
    let variables: BTreeSet<_> = in_sources.filter(is_variable).chain(variables).collect();
    for (path, text) in documents() {
        if path != "README.md" && !path.starts_with("docs/") {
            continue;
        }
        for word in words(&text) {
            if let Some(long) = word.strip_prefix("--").filter(|long| !long.is_empty()) {
                let known = longs.contains(long) || FOREIGN_OPTIONS.contains(&word);
                assert!(known || long.starts_with('-'), "{path}: {word}");
            }
            assert!(
                !is_variable(&word) || variables.contains(word),
                "{path}: {word}"
            );
        }
        for (code, _) in code(&text) {
            if let Some(command) = code.strip_prefix("sistergraph ") {
                let command = command.split_whitespace().next().unwrap_or_default();
                assert!(commands.contains(command), "{path}: {code}");
            }
        }
    }
}

pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !(letter.is_ascii_alphanumeric() || "_-".contains(letter)))
}

/// Checks statements such as "`--request-timeout-ms`, 10 seconds" or "`limits.maxPageSize`, 2,000".
#[test]
fn defaults_in_the_text_are_those_of_the_program() {
    let defaults: BTreeMap<_, _> = options()
        .into_iter()
        .filter_map(|(option, _)| Some((option.get_long()?.to_owned(), default_of(&option))))
        .collect();
    let mut checked = 0;
    for (path, text) in documents() {
        for (code, after) in code(&text) {
            let option = match (code.strip_prefix("--"), code.strip_prefix("limits.")) {
                (Some(option), _) => option.to_owned(),
                (_, Some(name)) => {
                    let mut limits = Limits::DEFINITIONS.iter();
                    match limits.find(|limit| limit.name == name) {
                        Some(limit) => limit.option_name(),
                        None => continue,
                    }
                }
                _ => continue,
            };
            let Some(stated) = after
                .strip_prefix(", ")
                .and_then(|text| stated(text, &option))
            else {
                continue;
            };
            let default = defaults.get(&option);
            assert_eq!(default, Some(&stated.to_string()), "{path}: {code}{after}");
            checked += 1;
        }
    }
    assert!(checked >= 2);
}

#[test]
fn constants_in_the_page_for_operators_are_those_of_the_program() {
    let page = OPERATORS.split_whitespace().collect::<Vec<_>>().join(" ");
    let page = page.replace(',', "");
    for claim in [
        format!("documents** ({} MiB)", DOCUMENT_CACHE_BYTES >> 20),
        format!("plans** with their SQL ({} MiB)", PLAN_CACHE_BYTES >> 20),
        format!("the pool has {POOL_SIZE} database connections"),
        format!("opens at most {} connections", 3 * POOL_SIZE),
        format!("At most {MAX_CONCURRENT_EXPORTS} files of `/export`"),
        format!("uses {MAX_CONCURRENT_EXPORTS} of those for exports"),
        format!("the {MAX_RATE_LIMITED_CLIENTS} most recent clients"),
        format!("up to {} MiB of documents", MAX_PERSISTED_QUERY_BYTES >> 20),
        format!("within the last {} seconds", MAX_DATABASE_SILENCE.as_secs()),
        format!(
            "polls it {} times a second",
            1000 / REVISION_POLL_INTERVAL.as_millis()
        ),
        format!("the first {MAX_OPERATION_LABELS} other names"),
        format!(
            "Up to {} MiB of log entries wait in a buffer",
            LOG_BUFFER_BYTES >> 20
        ),
    ] {
        assert!(
            page.contains(&claim),
            "docs/operators.md should say: {claim}"
        );
    }
}

/// The number at the start of a text, converted to the unit of the option.
fn stated(text: &str, option: &str) -> Option<u64> {
    let end = text.find(|letter: char| !(letter.is_ascii_digit() || letter == ','))?;
    let number: u64 = text[..end].replace(',', "").parse().ok()?;
    let unit = words(text[end..].trim_start()).next()?;
    Some(match unit {
        "s" | "second" | "seconds" if option.ends_with("-ms") => number * 1000,
        "KiB" => number << 10,
        "MiB" => number << 20,
        _ => number,
    })
}

#[test]
fn limits_are_fields_of_the_schema() {
    let schema = include_str!("../../schema.graphql");
    let (_, limits) = schema.split_once("\ntype Limits {").unwrap();
    let (limits, _) = limits.split_once("\n}").unwrap();
    let fields = limits.lines().filter_map(|line| line.split_once(':'));
    let fields: BTreeSet<_> = fields.map(|(field, _)| field.trim()).collect();
    for (path, text) in documents() {
        for (code, _) in code(&text) {
            if let Some(limit) = code.strip_prefix("limits.").filter(|name| *name != "rs") {
                assert!(fields.contains(limit), "{path}: {code}");
            }
        }
    }
}

#[test]
fn the_tables_of_errors_have_every_code() {
    let is_code = |text: &&str| {
        text.len() > 5
            && !["OPTIONS", "CARGO_PKG_VERSION"].contains(text)
            && text
                .chars()
                .all(|letter| letter.is_ascii_uppercase() || letter == '_')
    };
    // The codes of GraphQL errors are listed in one file, those of HTTP errors next to their use.
    let sources = files("src", &["rs"]).into_iter().filter(|path| {
        // Names of options are in capitals, too.
        let is_options = path.ends_with("settings.rs") || path.ends_with("client_address.rs");
        let is_http = path.starts_with(root().join("src/http"));
        // The pages have values of enums instead.
        let is_page = path.starts_with(root().join("src/http/pages"));
        (is_http && !is_options && !is_page) || path.ends_with(Path::new("graphql_error.rs"))
    });
    let sources: Vec<_> = sources
        .map(|path| strings(&fs::read_to_string(path).unwrap()))
        .collect();
    let literals = sources.iter().flat_map(|strings| strings.split(" | "));
    let codes: BTreeSet<_> = literals.filter(is_code).collect();
    let listed: BTreeSet<_> = first_column(API).filter(is_code).collect();
    assert_eq!(listed, codes);
}

#[test]
fn the_table_of_files_has_every_file() {
    let listed: Vec<_> = first_column(EXPORTS)
        .filter_map(|path| path.strip_prefix("/export/"))
        .collect();
    assert_eq!(listed, ExportFile::ALL.map(ExportFile::name));
}

#[test]
fn relative_links_resolve() {
    for (path, text) in documents() {
        let folder = root().join(&path).parent().unwrap().to_owned();
        for target in text.split("](").skip(1) {
            let target = target.split([')', ' ']).next().unwrap();
            if target.contains("://") {
                continue;
            }
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let file = match file {
                "" => root().join(&path),
                file => folder.join(file),
            };
            assert!(file.exists(), "{path} links to {target}");
            if !anchor.is_empty() {
                let text = fs::read_to_string(&file).unwrap();
                let found = text.lines().any(|line| anchor_of(line) == anchor);
                assert!(found, "{path} links to {target}");
            }
        }
    }
}

/// Paths in the documents for contributors are those of files and folders, from the root, from `src`, or
/// from the folder of a module that the text is about.
#[test]
fn paths_for_contributors_exist() {
    let extensions = [
        "rs", "ts", "svelte", "md", "graphql", "html", "toml", "csv", "css",
    ];
    let paths: Vec<String> = [
        "src",
        "web",
        "tests",
        "migrations",
        "docs",
        "data",
        "examples",
    ]
    .iter()
    .flat_map(|folder| files(folder, &extensions))
    .map(|path| path.display().to_string())
    .collect();
    let is_path = |text: &&str| {
        let path = text.trim_end_matches('/');
        let is_file = path
            .rsplit_once('.')
            .is_some_and(|(_, extension)| extensions.contains(&extension));
        let characters = |letter: char| letter.is_ascii_alphanumeric() || "/._-".contains(letter);
        (is_file || path.len() < text.len()) && !path.is_empty() && path.chars().all(characters)
    };
    let documents = documents();
    let mut checked = 0;
    for name in ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
        for path in code(&documents[name]).map(|(path, _)| path).filter(is_path) {
            let file = format!("/{}", path.trim_start_matches('/'));
            let exists = root().join(path).exists()
                || paths.iter().any(|known| match file.ends_with('/') {
                    true => known.contains(&file),
                    false => known.ends_with(&file),
                });
            assert!(exists, "{name} names {path}, which does not exist");
            checked += 1;
        }
    }
    assert!(checked > 50);
}

/// The anchor that GitHub gives a heading.
fn anchor_of(line: &str) -> String {
    let Some(("", heading)) = line
        .split_once("# ")
        .map(|(level, heading)| (level.trim_start_matches('#'), heading))
    else {
        return String::new();
    };
    let letters = heading.trim().to_lowercase();
    let letters = letters.chars().filter_map(|letter| match letter {
        ' ' => Some('-'),
        '-' | '_' => Some(letter),
        letter => letter.is_alphanumeric().then_some(letter),
    });
    letters.collect()
}
