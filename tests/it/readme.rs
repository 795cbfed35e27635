//! The README keeps to what the program does.

use std::{collections::BTreeSet, fs, path::Path};

use clap::CommandFactory;
use sistergraph::cli::Cli;

const README: &str = include_str!("../../README.md");

/// The texts of the code blocks of a language.
fn blocks(language: &str) -> Vec<&'static str> {
    let blocks = README.split("```").skip(1).step_by(2);
    blocks
        .filter_map(|block| block.strip_prefix(language)?.strip_prefix('\n'))
        .collect()
}

#[test]
fn every_query_is_one_that_is_tested() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/queries");
    let tested: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "graphql")
        })
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let shown = blocks("graphql");
    assert!(shown.len() >= 6);
    for query in shown {
        assert!(
            tested.contains(query),
            "not a file of tests/it/queries:\n{query}"
        );
    }
}

#[test]
fn the_options_are_those_of_the_program() {
    let cli = Cli::command();
    let mut rows = vec![
        "| option | environment variable | without it | of | |".to_owned(),
        "|---|---|---|---|---|".to_owned(),
    ];
    let commands: Vec<_> = cli.get_subcommands().collect();
    let of_all = cli
        .get_arguments()
        .map(|argument| (argument, "all".to_owned()));
    let mut seen = BTreeSet::new();
    let of_some = commands
        .iter()
        .flat_map(|command| command.get_arguments())
        .filter_map(|argument| {
            let takers = commands.iter().filter(|command| {
                command
                    .get_arguments()
                    .any(|one| one.get_id() == argument.get_id())
            });
            let names: Vec<_> = takers.map(|command| command.get_name()).collect();
            seen.insert(argument.get_id().clone())
                .then(|| (argument, names.join(", ")))
        });
    for (argument, of) in of_all.chain(of_some) {
        let (Some(long), Some(variable)) = (argument.get_long(), argument.get_env()) else {
            continue;
        };
        let default: Vec<_> = argument
            .get_default_values()
            .iter()
            .map(|value| value.to_str().unwrap())
            .collect();
        let default = if default.is_empty() {
            String::new()
        } else {
            format!("`{}`", default.join(" "))
        };
        let possible: Vec<_> = argument
            .get_possible_values()
            .iter()
            .map(|value| value.get_name().to_owned())
            .collect();
        let value = if possible.is_empty() {
            argument.get_value_names().unwrap()[0].to_string()
        } else {
            possible.join("\\|")
        };
        rows.push(format!(
            "| `--{long} {value}` | `{}` | {default} | {of} | {}. |",
            variable.to_str().unwrap(),
            argument
                .get_help()
                .unwrap()
                .to_string()
                .trim_end_matches('.'),
        ));
    }
    assert!(rows.len() > 20, "the options with an environment variable");
    let table = rows.join("\n");
    assert!(
        README.contains(&format!("\n\n{table}\n\n")),
        "the table of options should be:\n{table}"
    );
}

#[test]
fn the_table_of_errors_has_every_code() {
    let is_code = |text: &&str| {
        text.len() > 5
            && !["OPTIONS", "CARGO_PKG_VERSION"].contains(text)
            && text
                .chars()
                .all(|letter| letter.is_ascii_uppercase() || letter == '_')
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = vec![fs::read_to_string(root.join("engine/error.rs")).unwrap()];
    let mut folders = vec![root.join("http")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                sources.push(fs::read_to_string(path).unwrap());
            }
        }
    }
    let known: BTreeSet<&str> = sources
        .iter()
        .flat_map(|source| source.split('"').skip(1).step_by(2))
        .filter(is_code)
        .collect();
    let listed: BTreeSet<&str> = README
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(code, _)| code)
        .filter(is_code)
        .collect();
    assert_eq!(listed, known);
}
