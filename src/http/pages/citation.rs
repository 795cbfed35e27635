//! How to cite a page: as text, BibTeX, and CSL-JSON.

use maud::{Markup, html};
use serde_json::json;

use super::{answers::DatasetVersion, words};

/// The licenses of everything that a page can show.
pub(super) const LICENSES: &str = "Partnerships: CC BY-SA 4.0, Wikipedia contributors; coordinates and populations: CC BY 4.0, GeoNames; published figures: see their sources";

/// What a citation names.
pub(super) struct Citation<'a> {
    pub(super) title: &'a str,
    /// The path of the page, without the leading slash.
    pub(super) path: &'a str,
    /// The public address of the server, if it is known.
    pub(super) root: Option<&'a str>,
    pub(super) dataset: &'a DatasetVersion,
    /// The sources of what the page shows.
    pub(super) sources: &'a str,
}

impl Citation<'_> {
    /// The address of the page; only its path if the server does not know its own.
    pub(super) fn address(&self) -> String {
        let root = self.root.map_or(String::new(), |root| format!("{root}/"));
        format!("{root}{}", self.path)
    }

    /// A name for the citation, of letters, digits, and hyphens.
    fn key(&self) -> String {
        let path = self
            .path
            .replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
        format!("sistergraph-{path}")
    }

    fn year(&self) -> &str {
        self.dataset.loaded_at.get(..4).unwrap_or_default()
    }

    fn sources(&self) -> String {
        format!(
            "Sources: {}. {LICENSES}",
            self.sources.trim_end_matches('.')
        )
    }

    pub(super) fn text(&self) -> String {
        format!(
            "Sistergraph: “{}” ({}). Revision {}, data of {}. {}. {}.",
            self.title,
            self.year(),
            self.dataset.revision,
            words::date(&self.dataset.loaded_at),
            self.address(),
            self.sources(),
        )
    }

    pub(super) fn bibtex(&self) -> String {
        format!(
            "@misc{{{},\n\ttitle = {{{}}},\n\tauthor = {{{{Sistergraph}}}},\n\tyear = {{{}}},\n\thowpublished = {{\\url{{{}}}}},\n\tnote = {{Revision {}, data of {}. {}}}\n}}",
            self.key(),
            escape_tex(self.title),
            self.year(),
            self.address(),
            self.dataset.revision,
            words::date(&self.dataset.loaded_at),
            escape_tex(&self.sources()),
        )
    }

    /// An item of [CSL-JSON](https://docs.citationstyles.org/en/stable/specification.html).
    pub(super) fn csl_json(&self) -> String {
        let day = self.dataset.loaded_at.get(..10).unwrap_or_default();
        let date: Vec<u32> = day
            .split('-')
            .filter_map(|part| part.parse().ok())
            .collect();
        let items = json!([{
            "id": self.key(),
            "type": "webpage",
            "title": self.title,
            "author": [{ "literal": "Sistergraph" }],
            "container-title": "Sistergraph",
            "issued": { "date-parts": [date] },
            "version": self.dataset.revision,
            "URL": self.address(),
            "note": self.sources(),
        }]);
        items.to_string()
    }

    pub(super) fn render(&self) -> Markup {
        // If the server does not know its address, the script of the pages completes it.
        let path = self.root.is_none().then_some(self.path);
        html! {
            section aria-labelledby="cite" {
                h2 id="cite" { "Cite this" }
                pre.copyable translate="no" data-path=[path] { (self.text()) }
                @for (name, text) in [("BibTeX", self.bibtex()), ("CSL-JSON", self.csl_json())] {
                    details { summary translate="no" { (name) } pre.copyable translate="no" data-path=[path] { (text) } }
                }
            }
        }
    }
}

/// Escapes the characters that have a meaning in TeX.
fn escape_tex(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => out.extend(['\\', letter]),
            '~' => out.push_str("\\textasciitilde{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            '\\' => out.push_str("\\textbackslash{}"),
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_characters_are_escaped_in_bibtex() {
        let dataset = DatasetVersion {
            revision: "abc".to_owned(),
            loaded_at: "2026-11-29T10:00:00Z".to_owned(),
        };
        let citation = Citation {
            title: "46% know {one}",
            path: "chart/regions",
            root: Some("https://example.org/sister"),
            dataset: &dataset,
            sources: "A & B.",
        };
        let bibtex = citation.bibtex();
        for part in [
            "@misc{sistergraph-chart-regions,",
            "{46\\% know \\{one\\}}",
            "\\url{https://example.org/sister/chart/regions}",
            "year = {2026}",
            "Revision abc, data of November 29, 2026. Sources: A \\& B. ",
        ] {
            assert!(bibtex.contains(part), "{part} is not in {bibtex}");
        }
        let json: serde_json::Value = serde_json::from_str(&citation.csl_json()).unwrap();
        assert_eq!(json[0]["issued"], json!({ "date-parts": [[2026, 11, 29]] }));
        assert_eq!(json[0]["title"], "46% know {one}");
    }
}
