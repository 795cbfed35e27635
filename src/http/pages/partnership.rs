//! The page of a partnership.

use maud::html;

use super::{
    answers::{ClaimLine, OtherPartnerships, PartnershipDetails, Side},
    components::{
        Page, PageContext, breadcrumbs, counted, fact, facts, partnerships_with, search_form,
        source_link, source_text, uses,
    },
    map::PartnershipMap,
    partnership_list::{Columns, partnership_table, side_address, side_name},
    words,
};
use crate::vocabulary::{ClaimSide, Vocabulary};

pub(super) fn partnership_page(
    partnership: &PartnershipDetails,
    context: &PageContext<'_>,
) -> Page {
    let path = format!("partnership/{}", partnership.slug);
    let (us, partner) = (&partnership.us.side, &partnership.partner.side);
    let us_name = side_name(us);
    let partner_name = format!("{}, {}", partner.name, partnership.country.name);
    let title = format!("{us_name} and {partner_name}: sister partnership");
    let established = partnership.established.as_deref();
    let since = established.map(words::date);
    let lead = match &since {
        Some(date) => format!(
            "{us_name} and {partner_name} have been sister {} since {date}, according to our sources.",
            if partnership.level == "CITY" {
                "cities"
            } else {
                "communities"
            },
        ),
        None => format!(
            "Our sources record a sister partnership between {us_name} and {partner_name}. None says when it was founded."
        ),
    };
    let founded = since.as_ref().map_or(String::new(), |date| {
        // A day has ten characters: 1994-04-05.
        let preposition = if established.is_some_and(|date| date.len() == 10) {
            "on"
        } else {
            "in"
        };
        format!(" that was founded {preposition} {date}")
    });
    let lead = match partnership.status.as_str() {
        "ENDED" => format!(
            "{us_name} and {partner_name} had a sister partnership{founded}. According to our sources, it {}.",
            partnership
                .ended_year
                .map_or("has ended".to_owned(), |year| format!("ended in {year}")),
        ),
        "DORMANT" => format!(
            "{us_name} and {partner_name} have a sister partnership{founded}. According to our sources, it is no longer active."
        ),
        _ => lead,
    };
    let mut numbers = vec![
        fact(
            "Founded",
            partnership
                .established
                .as_deref()
                .map_or("Unknown".to_owned(), words::date),
            None,
        ),
        fact(
            "Status",
            match words::status(&partnership.status, partnership.ended_year) {
                text if text.is_empty() => "Listed".to_owned(),
                text => text,
            },
            Some(words::status_sentence(&partnership.status).to_owned()),
        ),
        fact(
            "Sources from",
            words::evidence(&partnership.corroboration).to_owned(),
            Some(words::evidence_sentence(&partnership.corroboration).to_owned()),
        ),
    ];
    numbers.extend(partnership.distance_km.map(|km| {
        fact(
            "Distance",
            words::distance(km),
            Some("as the crow flies".to_owned()),
        )
    }));
    let map = PartnershipMap::new([(us, partner)]);
    let filter = format!(
        "state={}&country={}",
        partnership.state.code, partnership.country.code
    );
    let unknown = [
        partnership.established.is_none().then_some("When it was founded: none of our sources says."),
        (partnership.status == "LISTED").then_some("Whether it is active. A source lists it and none says it has ended; it may still be inactive."),
        (partnership.corroboration == "DERIVED_ONLY").then_some("Whether either side confirms it: we found it only in lists derived from Wikipedia or Wikidata."),
        (!matches!(partnership.corroboration.as_str(), "BOTH_SIDES" | "DERIVED_ONLY")).then_some("Whether both sides confirm it: we did not find a source from each."),
        partnership.distance_km.is_none().then_some("Where both places are: a location is missing, so it is not on the map."),
        Some("How many people know of it: no survey asks about single partnerships."),
    ];
    let content = html! {
        (breadcrumbs(&[
            (partnership.state.name.clone(), format!("state/{}", partnership.state.code)),
            (partnership.country.name.clone(), format!("country/{}", partnership.country.code)),
        ]))
        h1 {
            a href=(side_address(us)) translate="no" { (us_name) } " and "
            a href=(side_address(partner)) translate="no" { (partner_name) }
        }
        p.lead { (lead) }
        (map.to_svg(&format!("Map: a line connects {us_name} and {partner_name}.")))
        (facts(&numbers))
        section aria-labelledby="evidence" {
            h2 id="evidence" { "What the sources say" }
            (claim_table("What each source says about this partnership", &partnership.claims))
            p.note { "A source is from a side if it comes from that community's government, its sister-city committee, or its local press. For the partner, a consulate of its country counts too." }
        }
        @if !partnership.disagreements.is_empty() {
            section aria-labelledby="disagreements" {
                h2 id="disagreements" { "Where they disagree" }
                p { "These statements contradict each other. The facts above follow the best attested one." }
                (claim_table("Statements that contradict each other", &partnership.disagreements))
            }
        }
        @if !partnership.notes.is_empty() {
            section aria-labelledby="notes" {
                h2 id="notes" { "Notes and doubts" }
                ul { @for note in &partnership.notes { li { (words::note_kind(&note.kind)) ": " (note_text(&note.text, &partnership.claims)) } } }
            }
        }
        section aria-labelledby="unknown" {
            h2 id="unknown" { "What we do not know" }
            ul { @for item in unknown.into_iter().flatten() { li { (item) } } }
        }
        (uses(
            &[
                ("See it in the atlas", format!("./?select=tie:{}", partnership.slug), "on a map that you can move and filter"),
                ("CSV", format!("export/partnerships.csv?{filter}"), "all partnerships between this state and country, for spreadsheets"),
                ("GeoJSON", format!("export/partnerships.geojson?{filter}"), "the same for maps"),
            ],
            context.query,
        ))
        (context.citation(&title, &path, partnership.claims.iter().map(|claim| source_text(&claim.source))))
        (others(&partnership.slug, us, &partnership.us.partnerships, Columns::Partner))
        (others(&partnership.slug, partner, &partnership.partner.partnerships, Columns::Us))
        (search_form(""))
    };
    Page {
        description: lead,
        path,
        title,
        content,
        place: None,
    }
}

/// The other partnerships of one of the communities.
fn others(
    slug: &str,
    side: &Side,
    partnerships: &OtherPartnerships,
    columns: Columns,
) -> maud::Markup {
    let lines: Vec<_> = partnerships
        .nodes
        .iter()
        .filter(|line| line.slug != slug)
        .collect();
    let id = if matches!(columns, Columns::Us) {
        "partner-others"
    } else {
        "us-others"
    };
    // A state has the partnerships of its cities, too.
    let of = match side.slug.strip_prefix("us-") {
        Some(code) if side.type_name == "State" => format!("state={}", code.to_uppercase()),
        _ => format!("place={}", side.slug),
    };
    let of = partnerships_with(&[&of]);
    html! {
        @if !lines.is_empty() {
            section aria-labelledby=(id) {
                h2 id=(id) { "Other partners of " span translate="no" { (side.name) } }
                @if partnerships.nodes.len() as u64 != partnerships.total_count {
                    p { "The first of " (counted(&of, &words::partnerships(partnerships.total_count))) ". " a href=(side_address(side)) { "See all" } }
                }
                (partnership_table(&format!("Other partners of {}", side.name), &lines, columns))
            }
        }
    }
}

/// The text of a note, with the titles of the sources of `claims` instead of their IDs.
fn note_text(text: &str, claims: &[ClaimLine]) -> maud::Markup {
    let separates = |letter: char| !letter.is_alphanumeric() && letter != '-';
    html! {
        @for part in text.split_inclusive(separates) {
            @let id = part.trim_end_matches(separates);
            @match claims.iter().find(|claim| claim.source.slug.as_deref() == Some(id)) {
                Some(claim) => { (source_link(&claim.source)) (part[id.len()..]) },
                None => (part),
            }
        }
    }
}

/// What each source says, with the sources of the two sides first and derived lists last.
fn claim_table(caption: &str, claims: &[ClaimLine]) -> maud::Markup {
    let mut sources: Vec<(&ClaimLine, Vec<&ClaimLine>)> = Vec::new();
    for claim in claims {
        match sources
            .iter_mut()
            .find(|(first, _)| first.source.slug == claim.source.slug)
        {
            Some((_, claims)) => claims.push(claim),
            None => sources.push((claim, vec![claim])),
        }
    }
    sources.sort_by_key(|(first, _)| match ClaimSide::parse(&first.side) {
        Some(ClaimSide::Us | ClaimSide::Partner) => 0,
        Some(ClaimSide::Third) => 1,
        Some(ClaimSide::Derived) | None => 2,
    });
    html! {
        div.table {
            table {
                caption.visually-hidden { (caption) }
                thead {
                    tr { th scope="col" { "Source" } th scope="col" { "What it says" } th scope="col" { "From" } }
                }
                tbody {
                    @for (first, claims) in sources {
                        tr {
                            td { (source_link(&first.source)) }
                            td {
                                @for (index, claim) in claims.iter().enumerate() {
                                    @if index > 0 { "; " }
                                    @if index == 0 { (words::claim(&claim.kind)) } @else { (words::lower_first(words::claim(&claim.kind))) }
                                    @if let Some(date) = &claim.date { ": " (words::date(date)) }
                                    @if claim.is_reckoned { " (computed from an anniversary; may be off by one year)" }
                                    @if let Some(note) = &claim.note { ", " (note) }
                                }
                                @if let Some(note) = &first.source.note { " (" (note) ")" }
                            }
                            td { (words::claim_side(&first.side)) }
                        }
                    }
                }
            }
        }
    }
}
