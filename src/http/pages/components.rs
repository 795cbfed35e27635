//! The parts that the pages of places, partnerships, and figures share.

use maud::{Markup, html};

use super::{
    answers::{DatasetVersion, FigureLine, IdentityLine, Partnerships, SourceLine},
    citation::Citation,
    entity::EntityQuery,
    words,
};

/// A page without its frame.
pub(in crate::http) struct Page {
    pub(in crate::http) title: String,
    pub(in crate::http) description: String,
    /// The canonical path, without the leading slash.
    pub(in crate::http) path: String,
    pub(in crate::http) content: Markup,
    /// The place that the page is about, as JSON-LD.
    pub(in crate::http) place: Option<serde_json::Value>,
}

/// What the page of an entity is made of, and where it is.
pub(super) struct PageContext<'a> {
    pub(super) query: &'a EntityQuery,
    pub(super) dataset: &'a DatasetVersion,
    /// The public address of the server, if it is known.
    pub(super) root: Option<&'a str>,
}

impl PageContext<'_> {
    /// How to cite the page at `path`. `sources` are those of what it shows, each of which is named once.
    pub(super) fn citation(
        &self,
        title: &str,
        path: &str,
        sources: impl IntoIterator<Item = String>,
    ) -> Markup {
        let mut distinct: Vec<String> = Vec::new();
        for source in sources {
            if !distinct.contains(&source) {
                distinct.push(source);
            }
        }
        let citation = Citation {
            title,
            path,
            root: self.root,
            dataset: self.dataset,
            sources: &distinct.join("; "),
        };
        citation.render()
    }
}

/// The sources of partnerships and published figures, for the citation of a page that shows both.
pub(super) fn cited_sources<'a>(
    partnerships: &Partnerships,
    figures: impl Iterator<Item = &'a FigureLine>,
) -> Vec<String> {
    let own = match partnerships.total_count {
        0 => "Partnerships: Sistergraph",
        _ => "Partnerships: Sistergraph, from the sources on the page of each",
    };
    std::iter::once(own.to_owned())
        .chain(figures.map(|figure| source_text(&figure.source)))
        .collect()
}

/// The way from the atlas to a page: names with addresses, the widest area first.
pub(in crate::http) fn breadcrumbs(steps: &[(String, String)]) -> Markup {
    html! {
        nav aria-label="Breadcrumb" {
            ol.breadcrumbs {
                li { a href="./" { "Atlas" } }
                @for (name, address) in steps { li { a href=(address) translate="no" { (name) } } }
            }
        }
    }
}

/// The partnerships that a number counts, as the address of the table that lists them: `partnerships?state=OR`. `filters`
/// are parameters of that address, or `place=` with the slug of a place; without any, all partnerships are counted.
pub(super) fn partnerships_with(filters: &[&str]) -> String {
    let filters = filters.iter().filter(|filter| !filter.is_empty());
    let query = filters.copied().collect::<Vec<_>>().join("&");
    match query.as_str() {
        "" => "partnerships".to_owned(),
        _ => format!("partnerships?{query}"),
    }
}

/// A text that begins with a number. A test compares the numbers that count the same on all pages.
pub(super) fn counted(of: &str, text: &str) -> Markup {
    html! { span data-count=(of) { (text) } }
}

/// A number or a word with its label and, if needed, an explanation.
pub(super) type Fact = (&'static str, Markup, Option<Markup>);

/// A fact that is no count of partnerships.
pub(super) fn fact(label: &'static str, value: String, explanation: Option<String>) -> Fact {
    let text = |text: String| html! { (text) };
    (label, text(value), explanation.map(text))
}

pub(super) fn facts(facts: &[Fact]) -> Markup {
    html! {
        dl.facts {
            @for (label, value, explanation) in facts {
                div {
                    dt { (label) }
                    dd { b { (value) } @if let Some(explanation) = explanation { small { (explanation) } } }
                }
            }
        }
    }
}

/// Marked-up items as `A, B, and C`.
pub(super) fn list(items: &[Markup]) -> Markup {
    html! {
        @for (index, item) in items.iter().enumerate() {
            @match (index, items.len()) {
                (0, _) => {},
                (1, 2) => " and ",
                (_, n) if index + 1 == n => ", and ",
                _ => ", ",
            }
            (item)
        }
    }
}

/// A published figure in a list, with what to know before quoting it.
fn figure_item(figure: &FigureLine) -> Markup {
    html! {
        li {
            b { (words::printed(&figure.quantity)) } " "
            @match words::share(figure) {
                Some((base, outcome)) => {
                    "of " (base) " " a href={ "figure/" (figure.slug) } { (outcome) }
                    @if let Some(size) = words::base_size(figure) { small { (size) } }
                },
                None => a href={ "figure/" (figure.slug) } { (words::figure_name(figure)) },
            }
            small { (source_text(&figure.source)) }
            @for flag in &figure.flags { small { (words::flag(flag)) } }
        }
    }
}

pub(super) fn figure_list<'a>(figures: impl IntoIterator<Item = &'a FigureLine>) -> Markup {
    html! { ul.figure-list { @for figure in figures { (figure_item(figure)) } } }
}

pub(super) fn identity_list<'a>(identities: impl IntoIterator<Item = &'a IdentityLine>) -> Markup {
    html! {
        ul.figure-list {
            @for identity in identities {
                li { a href={ "identity/" (identity.slug) } { (words::notation(&identity.statement)) } small { (words::verdict(&identity.verdict)) } }
            }
        }
    }
}

/// The publication as title, publisher, and date.
pub(super) fn source_text(source: &SourceLine) -> String {
    let parts = [
        Some(&source.title),
        source.publisher.as_ref(),
        source.as_of.as_ref(),
    ];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    parts.join(", ")
}

/// The same with a link, if the source has an address.
pub(super) fn source_link(source: &SourceLine) -> Markup {
    let url = source
        .url
        .as_deref()
        .filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    html! {
        @match url {
            Some(url) => a href=(url) rel="nofollow" { (source_text(source)) },
            None => (source_text(source)),
        }
    }
}

/// The links from a page to its data: a label, an address, and an explanation.
pub(super) type Use = (&'static str, String, &'static str);

/// How to go on from a page: the atlas, files, and the query.
pub(super) fn uses(uses: &[Use], query: &EntityQuery) -> Markup {
    html! {
        section aria-labelledby="use" {
            h2 id="use" { "Use this page" }
            ul {
                @for (label, address, explanation) in uses {
                    li { a href=(address) { (label) } @if !explanation.is_empty() { ": " (explanation) } }
                }
                li { a href=(query.playground_address()) { "Open the query of this page" } ": every number here comes from the public interface for programs, and you can change the query and run it again" }
            }
        }
    }
}

pub(super) fn search_form(text: &str) -> Markup {
    html! {
        form.search-form action="search" role="search" {
            input type="search" name="q" value=(text) placeholder="City, state, or country" aria-label="Search for a place or a partnership" maxlength="200";
            button.button type="submit" { "Search" }
        }
    }
}
