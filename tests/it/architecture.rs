//! The direction of the dependencies between the modules of `src/`.
//!
//! A module may only use modules that come before it in `src/lib.rs`; the tables below add
//! restrictions. Paths are searched for in the text of the files, without comments.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Pairs that the order of `lib.rs` would allow: the first module must not use the second.
const FORBIDDEN: [(&str, &str); 13] = [
    // The import fills tables and the schema reads them; the audit is independent arithmetic.
    ("import", "audit"),
    ("schema", "import"),
    ("export", "import"),
    // The API and the files are two views of the same tables.
    ("export", "schema"),
    // The engine works for any schema over any tables.
    ("engine", "entity"),
    ("engine", "import"),
    ("engine", "audit"),
    ("engine", "stats"),
    ("engine", "collation"),
    ("engine", "search"),
    // HTTP uses an engine, whatever its schema.
    ("http", "schema"),
    ("http", "entity"),
    ("cli", "export"),
];

/// Names that only some modules may use.
const RESERVED: [(&[&str], &[&str]); 6] = [
    (&["axum::", "rmcp::", "tower_http::"], &["http"]),
    // Other modules say what is compared with what, as a `db::Filter`. SeaORM re-exports some types of
    // SeaQuery.
    (&["sea_query", "Condition::", "Expr::"], &["db", "import"]),
    // Statements are built and sent by few modules, so that they can be counted and reviewed.
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
    (&["anyhow::"], &["cli", "main"]),
    // The settings of the server are its options.
    (&["clap::"], &["cli", "http", "main"]),
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
    /// The top-level module that the file belongs to.
    module: String,
    /// The depth in the module tree: 1 for a top-level module.
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

/// The first names of the paths that begin with `prefix`, including those of groups in braces.
fn first_names<'a>(code: &'a str, prefix: &str) -> Vec<&'a str> {
    let mut names = Vec::new();
    for (start, _) in code.match_indices(prefix) {
        if code[..start].ends_with(|before: char| before.is_alphanumeric() || before == '_') {
            continue;
        }
        let rest = &code[start + prefix.len()..];
        match rest.strip_prefix('{') {
            None => names.push(first_name(rest)),
            Some(group) => {
                let (mut depth, mut from) = (0, 0);
                for (at, letter) in group.char_indices() {
                    match letter {
                        '{' => depth += 1,
                        '}' | ',' if depth == 0 => {
                            names.push(first_name(group[from..at].trim_start()));
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
    names.retain(|name| !name.is_empty());
    names
}

fn first_name(text: &str) -> &str {
    let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
    &text[..end.unwrap_or(text.len())]
}

/// The violations of a file, as messages.
fn violations(source: &Source, order: &[String]) -> Vec<String> {
    let mut messages = Vec::new();
    let Source {
        module,
        depth,
        name,
        code,
    } = source;
    let position = |module: &str| order.iter().position(|name| name == module);
    let mut used = first_names(code, "crate::");
    // In the file of a top-level module, `super` is the crate.
    let (outside, inline_tests) = code.split_once("mod tests {").unwrap_or((code, ""));
    let up = "super::".repeat(*depth);
    used.extend(first_names(outside, &up));
    used.extend(first_names(inline_tests, &format!("super::{up}")));
    if module == "main" {
        used.clear();
        used.extend(first_names(code, "sistergraph::"));
    }
    for used in used {
        let allowed = match (position(module), position(used)) {
            _ if module == used || module == "main" => true,
            (Some(own), Some(other)) => other < own,
            _ => false,
        };
        if !allowed || FORBIDDEN.contains(&(module.as_str(), used)) {
            messages.push(format!("{name} uses {used}"));
        }
    }
    for (words, modules) in RESERVED {
        for word in words {
            if code.contains(word) && !modules.contains(&module.as_str()) {
                messages.push(format!(
                    "{name} uses {word}, which is reserved for {modules:?}"
                ));
            }
        }
    }
    messages
}

#[test]
fn modules_only_use_earlier_modules() {
    let order = order();
    let messages: Vec<_> = sources()
        .iter()
        .filter(|source| source.name != "lib.rs")
        .flat_map(|source| violations(source, &order))
        .collect();
    assert_eq!(messages, Vec::<String>::new());
}

#[test]
fn violations_are_found() {
    let order = order();
    let check = |name: &str, depth, code: &str| {
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
        check("db/a.rs", 2, "use crate::{stats::b, db::{c, d}};"),
        none
    );
    assert_eq!(
        check("db/a.rs", 2, "use super::schema; // crate::schema"),
        none
    );
    assert_eq!(
        check("db/mod.rs", 1, "mod tests { use super::{schema}; }"),
        none
    );
    assert_eq!(check("schema/a.rs", 2, "use crate::audit::check;"), none);
    for (name, depth, code, message) in [
        (
            "db/a.rs",
            2,
            "use crate::{stats::b, schema::{c, d}};",
            "db/a.rs uses schema",
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
            "schema/a.rs",
            2,
            "use crate::import::load;",
            "schema/a.rs uses import",
        ),
        (
            "engine/a.rs",
            2,
            "use crate::entity;",
            "engine/a.rs uses entity",
        ),
        (
            "export/a.rs",
            2,
            "use crate::schema::partnership;",
            "export/a.rs uses schema",
        ),
        (
            "schema/a.rs",
            2,
            "use sea_orm::{ColumnTrait, sea_query::ExprTrait};",
            "schema/a.rs uses sea_query, which is reserved for [\"db\", \"import\"]",
        ),
        (
            "schema/a.rs",
            2,
            "sea_orm::Condition::all()",
            "schema/a.rs uses Condition::, which is reserved for [\"db\", \"import\"]",
        ),
        (
            "cli/a.rs",
            2,
            "axum::serve()",
            "cli/a.rs uses axum::, which is reserved for [\"http\"]",
        ),
    ] {
        assert_eq!(check(name, depth, code), [message], "{code}");
    }
}
