//! The parts of pages that list the partnerships of a place.

use maud::{Markup, html};

use super::{
    answers::{GroupCount, MapPoint, PartnershipLine, Partnerships, Side},
    components::{Fact, counted, list, partnerships_with},
    map::PartnershipMap,
    words,
};

/// How many partnerships have ended, as a sentence after their number; empty if none has.
pub(super) fn ended_sentence(partnerships: &Partnerships) -> String {
    let ended = Partnerships::count(&partnerships.statuses, "ENDED");
    match (ended, partnerships.total_count) {
        (0, _) => String::new(),
        (1, 1) => " It has ended.".to_owned(),
        (ended, total) if ended == total => " All of them have ended.".to_owned(),
        (ended, _) => format!(
            " {} of them {}.",
            words::number(ended),
            if ended == 1 {
                "has ended"
            } else {
                "have ended"
            }
        ),
    }
}

/// What can be said about the partnerships of every place. `filter` selects them, as in `partnerships_with`.
pub(super) fn partnership_facts(partnerships: &Partnerships, filter: &str) -> Vec<Fact> {
    let total = partnerships.total_count;
    let counted_with =
        |further: &str, text: &str| counted(&partnerships_with(&[filter, further]), text);
    let mut facts = Vec::new();
    let of_which = [
        ("ENDED", ["has ended", "have ended"]),
        ("DORMANT", ["is dormant", "are dormant"]),
        ("SUSPENDED", ["is suspended", "are suspended"]),
    ];
    let of_which: Vec<_> = of_which
        .iter()
        .filter_map(|(status, [one, more])| {
            let n = Partnerships::count(&partnerships.statuses, status);
            let text = words::count(n, one, more);
            (n > 0).then(|| counted_with(&format!("status={status}"), &text))
        })
        .collect();
    facts.push((
        "Partnerships on record",
        counted_with("", &words::number(total)),
        match (total, of_which.as_slice()) {
            (0, _) => None,
            (_, []) => Some(html! { "no source says that any has ended" }),
            (_, of_which) => Some(html! { "of which " (list(of_which)) }),
        },
    ));
    if let Some(year) = partnerships.first_year() {
        let n = partnerships.without_year();
        let text = words::count(n, "founding year is unknown", "founding years are unknown");
        let unknown = (n > 0).then(|| counted_with("decade=unknown", &text));
        facts.push(("First founded", html! { (year) }, unknown));
    }
    if total > 0 {
        let evidence = |value: &str| {
            let n = Partnerships::count(&partnerships.evidence, value);
            let filter = format!("corroboration={value}");
            (n, counted_with(&filter, &words::number(n)))
        };
        let (n_derived, derived) = evidence("DERIVED_ONLY");
        facts.push((
            "With sources from both sides",
            evidence("BOTH_SIDES").1,
            (n_derived > 0).then(|| html! { (derived) " only in lists derived from Wikipedia" }),
        ));
    }
    facts
}

/// What the sources leave open about the partnerships of a place. `filter` is as in `partnerships_with`.
pub(super) fn unknowns(partnerships: &Partnerships, filter: &str, further: Vec<String>) -> Markup {
    let total = partnerships.total_count;
    let unmapped = partnerships
        .nodes
        .iter()
        .filter(|line| line.us.location.is_none() || line.partner.location.is_none())
        .count() as u64;
    let of = |n: u64, further: &str| {
        html! {
            @if n == total { "all" } @else {
                (counted(&partnerships_with(&[filter, further]), &words::number(n)))
                " of the " (counted(&partnerships_with(&[filter]), &words::number(total)))
            }
        }
    };
    let undated = partnerships.without_year();
    let derived = Partnerships::count(&partnerships.evidence, "DERIVED_ONLY");
    html! {
        section aria-labelledby="unknown" {
            h2 id="unknown" { "What we do not know" }
            ul {
                @if undated > 0 { li { "The founding year of " (of(undated, "decade=unknown")) " is unknown." } }
                @if derived > 0 {
                    li { "We found no source other than lists derived from Wikipedia or Wikidata for " (of(derived, "corroboration=DERIVED_ONLY")) "." }
                }
                @if partnerships.is_truncated() {
                    li { "The map shows only the partnerships that are listed on this page and whose locations are known." }
                } @else if unmapped > 0 {
                    li {
                        (counted(&partnerships_with(&[filter, "located=no"]), &words::count(unmapped, "is", "are")))
                        " not on the map, because a location is unknown."
                    }
                }
                @if total > 0 {
                    li { "A partnership for which we show no status, or “Listed”, is one that a source lists and none says has ended. It may still be inactive." }
                }
                li { "A partnership that is not listed here may still exist: we know only what our sources record." }
                @for item in further { li { (item) } }
            }
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
    /// Under the name of the state and the country: both communities.
    Both,
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
                        th scope="col" { "Sources from" }
                        th scope="col" { "Details" }
                    }
                }
                tbody {
                    @for line in lines {
                        tr {
                            @if !matches!(columns, Columns::Partner) {
                                td {
                                    @match (columns, us_area(line)) {
                                        (Columns::Us, Some((name, address))) => (place(&line.us, Some((&name, address)))),
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

/// Partnerships under a heading for each group, with links to the headings. The groups are of a `kind`, such as `state`; `filter`
/// selects all of them, as in `partnerships_with`.
pub(super) fn grouped_partnerships<'a>(
    partnerships: &'a Partnerships,
    groups: &[GroupCount],
    columns: Columns,
    filter: &str,
    kind: &str,
    group_of: impl Fn(&'a PartnershipLine) -> &'a str,
) -> Markup {
    let of = |group: &GroupCount| {
        let value = group.value().unwrap_or_default();
        partnerships_with(&[filter, &format!("{kind}={value}")])
    };
    html! {
        @if groups.len() > 1 {
            ul.jump {
                @for group in groups {
                    @let value = group.value().unwrap_or_default();
                    // The page may not list the partnerships of every group.
                    @let is_listed = partnerships.nodes.iter().any(|line| group_of(line) == value);
                    @let address = if is_listed { format!("#{value}") } else { format!("{kind}/{value}") };
                    li { a href=(address) { (group.label()) } " " (counted(&of(group), &words::number(group.count))) }
                }
            }
        }
        @for group in groups {
            @let value = group.value().unwrap_or_default();
            @let lines: Vec<_> = partnerships.nodes.iter().filter(|line| group_of(line) == value).collect();
            @if !lines.is_empty() {
                // Only the groups in view are laid out, because large countries have hundreds of rows.
                div.group {
                    h3 id=(value) {
                        a href={ (kind) "/" (value) } translate="no" { (group.label()) } " "
                        small data-count=(of(group)) { (words::partnerships(group.count)) }
                    }
                    (partnership_table(&format!("Partnerships with {}", group.label()), &lines, columns))
                }
            }
        }
    }
}

/// Says if the page lists only the first partnerships.
pub(super) fn truncation(partnerships: &Partnerships, filter: &str, file: &str) -> Markup {
    let all = partnerships_with(&[filter]);
    html! {
        @if partnerships.is_truncated() {
            p {
                "The first " (words::number(partnerships.nodes.len() as u64)) " of "
                (counted(&all, &words::number(partnerships.total_count))) " are listed here. "
                a href=(all) { "The table" } " and " a href=(file) { "the CSV file" } " have all."
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
    let lines = partnerships.nodes.iter();
    let mut map = PartnershipMap::new(lines.map(|line| (&line.us, &line.partner)));
    map.shaded = shaded;
    // Without partnerships, the map shows where the place is.
    if let Some(point) = center.filter(|_| partnerships.total_count == 0) {
        map.places.push(point);
        map.names.push((point, name));
    }
    map.to_svg(&format!(
        "Map: lines connect the partners of {name}. The tables on this page list them."
    ))
}
