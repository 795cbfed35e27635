//! The parts that the pages of places, partnerships, and figures share.

use maud::{Markup, html};

use super::{
    answers::{
        DatasetVersion, FigureLine, GroupCount, IdentityLine, MapPoint, PartnershipLine,
        Partnerships, Side, SourceLine,
    },
    entity::EntityQuery,
    map::PartnershipMap,
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

/// A number or a word with its label and, if needed, an explanation.
pub(super) type Fact = (&'static str, String, Option<String>);

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

/// What can be said about the partnerships of every place.
pub(super) fn partnership_facts(partnerships: &Partnerships) -> Vec<Fact> {
    let count = Partnerships::count;
    let total = partnerships.total_count;
    let mut facts = Vec::new();
    let of_which = [
        ("ENDED", "ended"),
        ("DORMANT", "dormant"),
        ("SUSPENDED", "suspended"),
    ];
    let of_which: Vec<_> = of_which
        .iter()
        .filter_map(
            |(status, word)| match (count(&partnerships.statuses, status), *word) {
                (0, _) => None,
                (n, "ended") => Some(format!(
                    "{} {} ended",
                    words::number(n),
                    if n == 1 { "has" } else { "have" }
                )),
                (n, word) => Some(format!(
                    "{} {} {word}",
                    words::number(n),
                    if n == 1 { "is" } else { "are" }
                )),
            },
        )
        .collect();
    facts.push((
        "Partnerships on record",
        words::number(total),
        match (total, of_which.is_empty()) {
            (0, _) => None,
            (_, true) => Some("no source says that any has ended".to_owned()),
            (_, false) => Some(format!("of which {}", words::list(&of_which))),
        },
    ));
    if let Some(year) = partnerships.first_year() {
        let unknown = match partnerships.without_year() {
            0 => None,
            n => Some(words::count(
                n,
                "founding year is unknown",
                "founding years are unknown",
            )),
        };
        facts.push(("First founded", year.to_string(), unknown));
    }
    if total > 0 {
        let derived = count(&partnerships.evidence, "DERIVED_ONLY");
        facts.push((
            "Recorded by both sides",
            words::number(count(&partnerships.evidence, "BOTH_SIDES")),
            (derived > 0).then(|| {
                format!(
                    "{} only in lists derived from Wikipedia",
                    words::number(derived)
                )
            }),
        ));
    }
    facts
}

/// What the sources leave open about the partnerships of a place.
pub(super) fn unknowns(partnerships: &Partnerships, further: Vec<String>) -> Markup {
    let total = partnerships.total_count;
    let unmapped = partnerships
        .nodes
        .iter()
        .filter(|line| line.us.location.is_none() || line.partner.location.is_none())
        .count() as u64;
    let of = |n: u64| match (n, total) {
        (n, total) if n == total => "all".to_owned(),
        (n, total) => format!("{} of the {}", words::number(n), words::number(total)),
    };
    let mut items = Vec::new();
    if partnerships.without_year() > 0 {
        items.push(format!(
            "The founding year of {} is unknown.",
            of(partnerships.without_year())
        ));
    }
    let derived = Partnerships::count(&partnerships.evidence, "DERIVED_ONLY");
    if derived > 0 {
        items.push(format!(
            "We found no source other than lists derived from Wikipedia or Wikidata for {}.",
            of(derived)
        ));
    }
    if unmapped > 0 {
        items.push(format!(
            "{} not on the map, because a location is unknown.",
            match unmapped {
                1 => "One is".to_owned(),
                n => format!("{} are", words::number(n)),
            }
        ));
    }
    if total > 0 {
        items.push("A partnership without a status is one that a source lists and none says has ended. It may still be inactive.".to_owned());
    }
    items.push("A partnership that is not listed here may still exist: we know only what our sources record.".to_owned());
    items.extend(further);
    html! {
        section aria-labelledby="unknown" {
            h2 id="unknown" { "What we do not know" }
            ul { @for item in items { li { (item) } } }
        }
    }
}

/// The address of the page of a community.
pub(super) fn side_address(side: &Side) -> String {
    match (side.type_name.as_str(), side.slug.strip_prefix("us-")) {
        ("State", Some(code)) => format!("state/{}", code.to_uppercase()),
        _ => format!("place/{}", side.slug),
    }
}

/// The name of a community with its state.
pub(super) fn side_name(side: &Side) -> String {
    match &side.state {
        Some(state) => format!("{}, {}", side.name, state.name),
        None => side.name.clone(),
    }
}

pub(super) fn side_link(side: &Side) -> Markup {
    html! { a href=(side_address(side)) translate="no" { (side.name) } }
}

/// The columns that identify the place of a row.
#[derive(Clone, Copy)]
pub(super) enum Columns {
    /// Of a state: both communities.
    Both,
    /// Of a country: both communities, and the state.
    BothWithState,
    /// Of a US community: the partner and its country.
    Partner,
    /// Of a partner community: the US community and its state.
    Us,
}

/// Partnerships as a table, in the given order.
pub(super) fn partnership_table(
    caption: &str,
    lines: &[&PartnershipLine],
    columns: Columns,
) -> Markup {
    let place = |side: &Side, area: Option<(&str, String)>| {
        html! {
            (side_link(side))
            @if let Some((name, address)) = area { ", " a href=(address) translate="no" { (name) } }
        }
    };
    let us_area = |line: &PartnershipLine| {
        (line.us.type_name != "State").then(|| {
            (
                line.state.name.clone(),
                format!("state/{}", line.state.code),
            )
        })
    };
    html! {
        div.table {
            table {
                caption.visually-hidden { (caption) }
                thead {
                    tr {
                        @if !matches!(columns, Columns::Partner) { th scope="col" { "In the United States" } }
                        @if !matches!(columns, Columns::Us) { th scope="col" { "Partner" } }
                        th scope="col" { "Founded" }
                        th scope="col" { "Recorded by" }
                        th scope="col" { "Details" }
                    }
                }
                tbody {
                    @for line in lines {
                        tr {
                            @if !matches!(columns, Columns::Partner) {
                                td {
                                    @match (columns, us_area(line)) {
                                        (Columns::Us | Columns::BothWithState, Some((name, address))) => (place(&line.us, Some((&name, address)))),
                                        _ => (place(&line.us, None)),
                                    }
                                }
                            }
                            @if !matches!(columns, Columns::Us) {
                                td {
                                    @if let Columns::Partner = columns {
                                        (place(&line.partner, Some((&line.country.name, format!("country/{}", line.country.code)))))
                                    } @else { (place(&line.partner, None)) }
                                }
                            }
                            td {
                                @match line.established_year { Some(year) => (year), None => "year unknown" }
                                @if line.status != "LISTED" { ", " (words::lower_first(&words::status(&line.status, line.ended_year))) }
                            }
                            td { (words::evidence(&line.corroboration)) }
                            td { a href={ "partnership/" (line.slug) } aria-label={ "Sources for " (line.us.name) " and " (line.partner.name) } { "Sources" } }
                        }
                    }
                }
            }
        }
    }
}

/// Partnerships under a heading for each group, with links to the headings.
pub(super) fn grouped_partnerships<'a>(
    partnerships: &'a Partnerships,
    groups: &[GroupCount],
    columns: Columns,
    address: impl Fn(&str) -> String,
    group_of: impl Fn(&'a PartnershipLine) -> &'a str,
) -> Markup {
    html! {
        @if groups.len() > 1 {
            ul.jump {
                @for group in groups {
                    li { a href={ "#" (group.value().unwrap_or_default()) } { (group.label()) } " " (words::number(group.count)) }
                }
            }
        }
        @for group in groups {
            @let value = group.value().unwrap_or_default();
            @let lines: Vec<_> = partnerships.nodes.iter().filter(|line| group_of(line) == value).collect();
            @if !lines.is_empty() {
                h3 id=(value) {
                    a href=(address(value)) translate="no" { (group.label()) } " "
                    small { (words::partnerships(group.count)) }
                }
                (partnership_table(&format!("Partnerships with {}", group.label()), &lines, columns))
            }
        }
    }
}

/// Says if the page lists only the first partnerships.
pub(super) fn truncation(partnerships: &Partnerships, file: &str) -> Markup {
    let n_shown = partnerships.nodes.len() as u64;
    html! {
        @if n_shown < partnerships.total_count {
            p {
                "The first " (words::number(n_shown)) " of " (words::number(partnerships.total_count)) " are listed here. "
                a href=(file) { "The CSV file" } " has all."
            }
        }
    }
}

pub(super) fn partnership_map(
    partnerships: &Partnerships,
    shaded: Option<&str>,
    center: Option<MapPoint>,
    name: &str,
) -> Markup {
    let lines = partnerships
        .nodes
        .iter()
        .filter_map(|line| Some((line.us.location?, line.partner.location?)));
    let map = PartnershipMap {
        shaded,
        lines: lines.collect(),
        // Without partnerships, the map shows where the place is.
        places: center
            .filter(|_| partnerships.total_count == 0)
            .into_iter()
            .collect(),
    };
    map.to_svg(&format!(
        "Map: lines connect the partners of {name}. The tables on this page list them."
    ))
}

/// A published figure in a list, with what to know before quoting it.
fn figure_item(figure: &FigureLine) -> Markup {
    html! {
        li {
            b { (words::printed(&figure.quantity)) } " "
            a href={ "figure/" (figure.slug) } { (words::figure_name(figure)) }
            @if let Some(base) = words::base(figure) { " among " (base) }
            small { (source_text(&figure.source)) }
            @for flag in &figure.flags { small { (words::flag(flag)) } }
            @if let Some(note) = &figure.note { small { (words::notation(note)) } }
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

/// How to go on from a page: the atlas, files, the query, and the citation.
pub(super) fn uses(
    uses: &[Use],
    query: &EntityQuery,
    title: &str,
    dataset: &DatasetVersion,
) -> Markup {
    html! {
        section aria-labelledby="use" {
            h2 id="use" { "Use this page" }
            ul {
                @for (label, address, explanation) in uses {
                    li { a href=(address) { (label) } @if !explanation.is_empty() { ": " (explanation) } }
                }
                li { a href=(query.playground_address()) { "Open the query of this page" } ": every number here comes from the public interface for programs, and you can change the query and run it again" }
            }
            p {
                "To cite this page: Sistergraph, “" (title) "”, revision " code title=(dataset.revision) { (dataset.revision.get(..12).unwrap_or(&dataset.revision)) }
                ", data of " (words::date(&dataset.loaded_at)) "."
            }
        }
    }
}

pub(super) fn search_form(text: &str) -> Markup {
    html! {
        form.search-form action="search" role="search" {
            input type="search" name="q" value=(text) aria-label="Search for a place or a partnership" maxlength="200";
            button.button type="submit" { "Search" }
        }
    }
}
