//! Texts that users and contributors read are in plain English: they contain none of the words that
//! were most common in the project's old dialect. `docs/style.md` says how to write instead.

use std::fs;

use clap::CommandFactory;
use sistergraph::cli::Cli;

use super::docs::{documents, files, root};

/// Words and phrases to avoid, in lower case. Only whole words match.
const AVOIDED: [&str; 38] = [
    "all without it",
    "anew",
    "are told",
    "as it were",
    "at its top",
    "be told",
    "beside it",
    "besides",
    "but that",
    "came by",
    "come by",
    "head of a request",
    "holds of",
    "in coming",
    "is told",
    "known of",
    "lively",
    "mend",
    "mended",
    "mends",
    "of the own",
    "one moment",
    "parted",
    "reckoned",
    "so many",
    "take nothing",
    "takes nothing",
    "tie",
    "ties",
    "was told",
    "were told",
    "what is not",
    "what lies",
    "where it is not",
    "where none",
    "where there is none",
    "whoever",
    "written out",
];

/// Allowed occurrences: the file (any if empty), a text around the word (any if empty), and the reason.
const EXCEPTIONS: [(&str, &str, &str); 7] = [
    ("docs/style.md", "", "quotes the words to avoid"),
    ("data/README.md", "`reckoned`", "the name of a column"),
    ("src/import/files.rs", "reckoned", "the name of a column"),
    (
        "src/import/tables/claims.rs",
        "reckoned",
        "the name of a column",
    ),
    ("", "breaks ties", "the usual term for a second sort key"),
    (
        "web/src/atlas/view.ts",
        "partnership: \"tie\"",
        "part of addresses that people have saved",
    ),
    (
        "src/http/pages/partnership.rs",
        "select=tie:",
        "part of addresses of the atlas",
    ),
];

/// Every text with the name of its file or command.
fn texts() -> Vec<(String, String)> {
    let mut texts: Vec<_> = documents().into_iter().collect();
    let mut add = |extensions: &[&str], folder: &str, text_of: fn(&str) -> String| {
        for path in files(folder, extensions) {
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            if !name.ends_with(".test.ts") && !name.ends_with("generated.ts") {
                texts.push((name, text_of(&fs::read_to_string(path).unwrap())));
            }
        }
    };
    add(&["rs"], "src", strings);
    add(
        &["svelte", "ts", "tsx", "graphql"],
        "web/src",
        without_comments,
    );
    add(&["html"], "web/src/layout", without_comments);
    for name in [
        "schema.graphql",
        "web/index.html",
        "web/awareness.html",
        "web/compare.html",
        "web/data.html",
        "web/figures.html",
        "web/partnerships.html",
        "web/places.html",
        "web/planner.html",
        "web/playground.html",
        "web/published-figures.html",
        "web/sources.html",
    ] {
        let text = fs::read_to_string(root().join(name)).unwrap();
        texts.push((name.to_owned(), without_comments(&text)));
    }
    let mut cli = Cli::command();
    texts.push(("--help".to_owned(), cli.render_long_help().to_string()));
    for command in cli.get_subcommands_mut() {
        let name = format!("{} --help", command.get_name());
        texts.push((name, command.render_long_help().to_string()));
    }
    texts
}

/// The string literals of a Rust file up to its unit tests, separated by ` | `.
pub(crate) fn strings(file: &str) -> String {
    let code = file.split("\n#[cfg(test)]\nmod ").next().unwrap_or(file);
    let mut strings = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find(['"', '/', '\'', 'r']) {
        let (before, found) = rest.split_at(at);
        let is_name = before.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_');
        let raw = found
            .strip_prefix('r')
            .map(|raw| raw.trim_start_matches('#'));
        rest = if found.starts_with("//") {
            found.find('\n').map_or("", |end| &found[end..])
        } else if let Some(rest) = found.strip_prefix("'\"'") {
            rest
        } else if found.starts_with("'\\") {
            &found[4 + found[3..].find('\'').unwrap()..]
        } else if let Some(raw) = raw
            .and_then(|raw| raw.strip_prefix('"'))
            .filter(|_| !is_name)
        {
            let end = format!("\"{}", "#".repeat(found.len() - raw.len() - 2));
            let (string, rest) = raw.split_once(&end).unwrap();
            strings.push(string.to_owned());
            rest
        } else if let Some(string) = found.strip_prefix('"') {
            let mut is_escaped = false;
            let end = string.find(|letter| {
                let is_end = letter == '"' && !is_escaped;
                is_escaped = letter == '\\' && !is_escaped;
                is_end
            });
            let (string, rest) = string.split_at(end.unwrap());
            strings.push(string.replace("\\n", " ").replace('\\', ""));
            &rest[1..]
        } else {
            &found[1..]
        };
    }
    strings.join(" | ")
}

/// The code of a page without its comments.
fn without_comments(code: &str) -> String {
    let without = |code: String, start: &str, end: &str| {
        let parts = code.split(start).enumerate();
        let parts = parts.map(|(n, part)| match part.split_once(end) {
            Some((_, after)) if n > 0 => after,
            _ => part,
        });
        parts.collect::<String>()
    };
    let code = without(code.to_owned(), "<!--", "-->");
    let code = without(code, "/*", "*/");
    // Two slashes without a space before them are part of a URL.
    let lines = code
        .lines()
        .map(|line| match line.trim_start().starts_with("//") {
            true => "",
            false => line.split(" // ").next().unwrap_or(line),
        });
    lines.collect::<Vec<_>>().join("\n")
}

/// The occurrences of the word in the text, each with some of the text around it.
fn occurrences<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = &'a str> {
    let is_part = |letter: char| letter.is_alphanumeric() || "-_".contains(letter);
    let is_whole = move |at: usize| {
        !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part)
    };
    let around = move |at: usize| {
        let start = text.floor_char_boundary(at.saturating_sub(30));
        &text[start..text.ceil_char_boundary(at + word.len() + 30)]
    };
    let found = text.match_indices(word).map(|(at, _)| at);
    found.filter(move |at| is_whole(*at)).map(around)
}

#[test]
fn texts_do_not_contain_words_to_avoid() {
    let mut found = Vec::new();
    for (name, text) in texts() {
        let text = text.to_lowercase();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for word in AVOIDED {
            for around in occurrences(&text, word) {
                let is_exception = EXCEPTIONS.iter().any(|(file, part, _)| {
                    (file.is_empty() || *file == name) && around.contains(part)
                });
                if !is_exception {
                    found.push(format!("{name}: \"{word}\" in \"{around}\""));
                }
            }
        }
    }
    assert!(
        found.is_empty(),
        "{} words to avoid; docs/style.md says how to write instead:\n{}",
        found.len(),
        found.join("\n")
    );
}

#[test]
fn string_literals_are_extracted() {
    let code = r##"
        // "not this"
        const A: char = '"'; const B: char = '\''; fn c<'a>() { d("one \"two\"\
            three", r#"four "five""#) }"##;
    let found = strings(code);
    let found: Vec<_> = found.split_whitespace().collect();
    assert_eq!(found.join(" "), "one \"two\" three | four \"five\"");
    assert_eq!(strings("\"a\"\n#[cfg(test)]\nmod tests { \"b\" }"), "a");
}
