//! The page of search results, and the page for unknown addresses.

use maud::html;

use super::{
    answers::{SearchAnswer, SearchLine},
    components::{Page, breadcrumbs, partnerships_with, search_form},
    words,
};

/// The longest text that `search` takes.
pub(super) const MAX_CHARS: usize = 200;

pub(super) fn search_page(text: &str, answer: &SearchAnswer) -> Page {
    let hits = &answer.search;
    let title = match text {
        "" => "Search".to_owned(),
        _ => format!("Search: {text}"),
    };
    let content = html! {
        (breadcrumbs(&[]))
        h1 { "Search" }
        (search_form(text))
        @if !text.is_empty() {
            p.lead {
                @if hits.total_count == 0 {
                    "We have no place or partnership with that name. Try a shorter text, or only the name of the place."
                } @else {
                    (words::count(hits.total_count, "result", "results"))
                    @if hits.total_count > hits.nodes.len() as u64 { ", the best of them first" }
                }
            }
            ul.figure-list { @for hit in &hits.nodes { (result(hit)) } }
        }
    };
    Page {
        title,
        description: "Search for a place or a partnership.".to_owned(),
        path: "search".to_owned(),
        content,
        place: None,
    }
}

fn result(hit: &SearchLine) -> maud::Markup {
    let name = hit.name.as_deref().unwrap_or_default();
    let code = hit.code.as_deref().unwrap_or_default();
    let slug = hit.slug.as_deref().unwrap_or_default();
    let country = hit.country.as_ref().map_or("", |country| &country.name);
    let of = match hit.type_name.as_str() {
        "State" => format!("state={code}"),
        // All partnerships are of the United States.
        "Country" if code == "US" => String::new(),
        "Country" => format!("country={code}"),
        _ => format!("place={slug}"),
    };
    let (address, label) = match (hit.type_name.as_str(), &hit.us, &hit.partner) {
        ("State", ..) => (format!("state/{code}"), name.to_owned()),
        ("Country", ..) => (format!("country/{code}"), name.to_owned()),
        ("Partnership", Some(us), Some(partner)) => {
            let state = hit.state.as_ref().map_or("", |state| &state.name);
            let us = if us.name == state {
                us.name.clone()
            } else {
                format!("{}, {state}", us.name)
            };
            (
                format!("partnership/{slug}"),
                format!("{us} and {}, {}", partner.name, partner.country.name),
            )
        }
        _ => {
            let area = hit.city_state.as_ref().map_or(country, |state| &state.name);
            (format!("place/{slug}"), format!("{name}, {area}"))
        }
    };
    html! {
        li {
            a href=(address) translate="no" { (label) }
            // A province may have the name of its capital.
            @if hit.type_name == "Province" { small { "province" } }
            @match &hit.partnerships {
                Some(total) => small data-count=(partnerships_with(&[&of])) { (words::partnerships(total.total_count)) },
                None => small { "partnership" },
            }
        }
    }
}

/// The page for an address that does not exist, with the error that programs get. `words` is the part of the address that may
/// be a name.
pub(super) fn not_found_page(message: &str, words: &str) -> Page {
    let text: String = words
        .chars()
        .map(|letter| {
            if letter.is_alphanumeric() {
                letter
            } else {
                ' '
            }
        })
        .take(MAX_CHARS)
        .collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let content = html! {
        (breadcrumbs(&[]))
        h1 { "There is no page at this address" }
        p.lead { "It may be misspelled, or we may not have that place. Search for it, or start from the atlas." }
        (search_form(&text))
        p { a href="./" { "Open the atlas" } }
        p.names translate="no" { (words::upper_first(message)) "." }
    };
    Page {
        title: "Not found".to_owned(),
        description: String::new(),
        path: String::new(),
        content,
        place: None,
    }
}
