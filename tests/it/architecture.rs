//! The direction of the dependencies between the modules of `src/`.
//!
//! Each module uses only those before it in `src/lib.rs`; the tables below narrow that further.
//! Paths are read as text, comments left out.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Pairs that the order of `lib.rs` would allow: the first does not know the second.
const STRANGERS: [(&str, &str); 12] = [
    // Files go into tables and tables into the graph; the audit is arithmetic beside both.
    ("import", "audit"),
    ("schema", "import"),
    ("export", "import"),
    // The engine executes any graph over any tables.
    ("engine", "entity"),
    ("engine", "import"),
    ("engine", "audit"),
    ("engine", "stats"),
    ("engine", "collation"),
    ("engine", "search"),
    // HTTP knows an engine, not what it serves.
    ("http", "schema"),
    ("http", "entity"),
    ("cli", "export"),
];

/// Words that only some modules may use.
const CONFINED: [(&[&str], &[&str]); 4] = [
    (&["axum::", "tower_http::"], &["http"]),
    // Statements are built and sent where they can be counted and read in one place.
    (
        &[
            "ConnectionTrait",
            "EntityTrait",
            "TransactionTrait",
            "execute_unprepared",
            "query_all",
            "query_one",
            "SelectStatement",
        ],
        &["db", "import"],
    ),
    (
        &["DatabaseConnection"],
        &["db", "import", "engine", "http", "cli"],
    ),
    (&["clap::", "anyhow::"], &["cli", "main"]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The modules in the order of `lib.rs`.
fn order() -> Vec<String> {
    let lib = fs::read_to_string(root().join("lib.rs")).unwrap();
    let modules = lib
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    modules.map(str::to_owned).collect()
}

struct Source {
    /// The module of the crate that the file is of.
    module: String,
    /// How deep the file lies: 1 for the module's own file.
    depth: usize,
    name: String,
    code: String,
}

fn sources() -> Vec<Source> {
    let mut folders = vec![root()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path
                .strip_prefix(root())
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            let parts: Vec<&str> = name.trim_end_matches(".rs").split('/').collect();
            let depth = parts.iter().filter(|part| **part != "mod").count();
            sources.push(Source {
                module: parts[0].to_owned(),
                depth,
                code: without_comments(&fs::read_to_string(&path).unwrap()),
                name,
            });
        }
    }
    sources
}

fn without_comments(code: &str) -> String {
    let lines = code
        .lines()
        .map(|line| line.split_once("//").map_or(line, |(code, _)| code));
    lines.collect::<Vec<_>>().join("\n")
}

/// The first names of the paths that begin with `prefix`, groups in braces included.
fn heads<'a>(code: &'a str, prefix: &str) -> Vec<&'a str> {
    let mut heads = Vec::new();
    for (start, _) in code.match_indices(prefix) {
        if code[..start].ends_with(|before: char| before.is_alphanumeric() || before == '_') {
            continue;
        }
        let rest = &code[start + prefix.len()..];
        match rest.strip_prefix('{') {
            None => heads.push(first_name(rest)),
            Some(group) => {
                let (mut depth, mut from) = (0, 0);
                for (at, letter) in group.char_indices() {
                    match letter {
                        '{' => depth += 1,
                        '}' | ',' if depth == 0 => {
                            heads.push(first_name(group[from..at].trim_start()));
                            from = at + 1;
                            if letter == '}' {
                                break;
                            }
                        }
                        '}' => depth -= 1,
                        _ => {}
                    }
                }
            }
        }
    }
    heads.retain(|head| !head.is_empty());
    heads
}

fn first_name(text: &str) -> &str {
    let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
    &text[..end.unwrap_or(text.len())]
}

/// What a file does that it may not.
fn violations(source: &Source, order: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let Source {
        module,
        depth,
        name,
        code,
    } = source;
    let place = |module: &str| order.iter().position(|known| known == module);
    let mut used = heads(code, "crate::");
    // From the module's own file, `super` is the crate.
    let (outside, inline_tests) = code.split_once("mod tests {").unwrap_or((code, ""));
    let up = "super::".repeat(*depth);
    used.extend(heads(outside, &up));
    used.extend(heads(inline_tests, &format!("super::{up}")));
    if module == "main" {
        used.clear();
        used.extend(heads(code, "sistergraph::"));
    }
    for used in used {
        let allowed = match (place(module), place(used)) {
            _ if module == used || module == "main" => true,
            (Some(own), Some(other)) => other < own,
            _ => false,
        };
        if !allowed || STRANGERS.contains(&(module.as_str(), used)) {
            found.push(format!("{name} uses {used}"));
        }
    }
    for (words, modules) in CONFINED {
        for word in words {
            if code.contains(word) && !modules.contains(&module.as_str()) {
                found.push(format!("{name} has {word}, which only {modules:?} may"));
            }
        }
    }
    found
}

#[test]
fn modules_use_only_those_before_them() {
    let order = order();
    let found: Vec<_> = sources()
        .iter()
        .filter(|source| source.name != "lib.rs")
        .flat_map(|source| violations(source, &order))
        .collect();
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn a_violation_is_found() {
    let order = order();
    let found = |name: &str, depth, code: &str| {
        let (module, name) = (name.split('/').next().unwrap().to_owned(), name.to_owned());
        let code = without_comments(code);
        violations(
            &Source {
                module,
                depth,
                name,
                code,
            },
            &order,
        )
    };
    let none = Vec::<String>::new();
    assert_eq!(
        found("db/a.rs", 2, "use crate::{stats::b, db::{c, d}};"),
        none
    );
    assert_eq!(
        found("db/a.rs", 2, "use super::graphql; // crate::graphql"),
        none
    );
    assert_eq!(
        found("db/mod.rs", 1, "mod tests { use super::{graphql}; }"),
        none
    );
    assert_eq!(found("graphql/a.rs", 2, "use crate::audit::check;"), none);
    for (name, depth, code, message) in [
        (
            "db/a.rs",
            2,
            "use crate::{stats::b, graphql::{c, d}};",
            "db/a.rs uses graphql",
        ),
        (
            "db/a.rs",
            2,
            "fn f() { super::super::import::load() }",
            "db/a.rs uses import",
        ),
        (
            "db/mod.rs",
            1,
            "use super::engine;",
            "db/mod.rs uses engine",
        ),
        (
            "db/mod.rs",
            1,
            "mod tests { use super::super::cli; }",
            "db/mod.rs uses cli",
        ),
        (
            "graphql/a.rs",
            2,
            "use crate::import::load;",
            "graphql/a.rs uses import",
        ),
        (
            "engine/a.rs",
            2,
            "use crate::entity;",
            "engine/a.rs uses entity",
        ),
        (
            "cli/a.rs",
            2,
            "axum::serve()",
            "cli/a.rs has axum::, which only [\"http\"] may",
        ),
    ] {
        assert_eq!(found(name, depth, code), [message], "{code}");
    }
}
