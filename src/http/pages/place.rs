//! The pages of cities, counties, and provinces.

use maud::{Markup, html};

use super::{
    answers::{MapPoint, NearbyPlace, PlaceDetails},
    components::{
        Page, PageContext, breadcrumbs, cited_sources, counted, fact, facts, figure_list,
        partnerships_with, search_form, uses,
    },
    map::PartnershipMap,
    partnership_list::{
        Columns, ended_sentence, partnership_facts, partnership_table, truncation, unknowns,
    },
    shell, words,
};
use crate::stats::great_circle::distance_km;

/// Nearby places that a page lists.
const NEARBY_PLACES: usize = 8;

/// The distances within which nearby places are looked up until there are enough, in kilometers.
pub(super) const NEARBY_RADII_KM: [f64; 2] = [150.0, 1500.0];

fn coordinates(point: MapPoint) -> (f64, f64) {
    (point.latitude, point.longitude)
}

/// Whether the list is full, so that no wider search is needed.
pub(super) fn are_enough(nearby: &[NearbyPlace]) -> bool {
    nearby.len() > NEARBY_PLACES
}

pub(super) fn place_page(
    place: &PlaceDetails,
    nearby: Vec<NearbyPlace>,
    context: &PageContext<'_>,
) -> Page {
    let path = format!("place/{}", place.slug);
    let area = match (&place.state, &place.province) {
        (Some(state), _) => state.name.clone(),
        (None, Some(province)) if province.name != place.name => {
            format!("{}, {}", province.name, place.country.name)
        }
        (None, _) => place.country.name.clone(),
    };
    let name = &place.name;
    let full_name = if area == *name {
        name.clone()
    } else {
        format!("{name}, {area}")
    };
    let partnerships = &place.partnerships;
    let total = partnerships.total_count;
    let is_us = place.state.is_some();
    let title = format!(
        "{full_name}: {}",
        words::count(total, "sister partnership", "sister partnerships")
    );
    let partners: Vec<String> = partnerships
        .nodes
        .iter()
        .take(4)
        .map(|line| match is_us {
            true => format!("{} ({})", line.partner.name, line.country.name),
            false => format!("{} ({})", line.us.name, line.state.name),
        })
        .collect();
    let other_side = if is_us {
        "Asia and the Pacific"
    } else {
        "the United States"
    };
    let ended = ended_sentence(partnerships);
    let lead = match total {
        0 => format!(
            "We have no record of a sister partnership between {full_name} and a place in {other_side}."
        ),
        1..=4 => format!(
            "{full_name} has {} on record with places in {other_side}: {}.{ended}",
            words::count(total, "sister partnership", "sister partnerships"),
            words::list(&partners)
        ),
        _ => format!(
            "{full_name} has {} on record with places in {other_side}, among them {}.{ended}",
            words::count(total, "sister partnership", "sister partnerships"),
            words::list(&partners)
        ),
    };
    let mut steps = vec![match &place.state {
        Some(state) => (state.name.clone(), format!("state/{}", state.code)),
        None => (
            place.country.name.clone(),
            format!("country/{}", place.country.code),
        ),
    }];
    steps.extend(
        place
            .province
            .as_ref()
            .map(|province| (province.name.clone(), format!("place/{}", province.slug))),
    );
    let local_names = place
        .alternate_names
        .iter()
        .filter(|other| other.script != "LATIN")
        .map(|other| &other.name);
    let names: Vec<&str> = place
        .common_names
        .iter()
        .chain(local_names)
        .map(String::as_str)
        .collect();
    let filter = format!("place={}", place.slug);
    let mut numbers = if total > 0 {
        partnership_facts(partnerships, &filter)
    } else {
        Vec::new()
    };
    numbers.push(fact(
        "Kind",
        words::title_case(&place.kind),
        place.is_capital.then(|| match place.state {
            Some(_) => "the capital of its state".to_owned(),
            None => "a capital".to_owned(),
        }),
    ));
    numbers.extend(place.population.map(|population| {
        let source = Some("GeoNames, 2025 or earlier".to_owned());
        fact("Population", words::number(population), source)
    }));
    let file = match &place.state {
        Some(state) => format!("state={}", state.code),
        None => format!("country={}", place.country.code),
    };
    let kind = if place.type_name == "Province" {
        "province"
    } else {
        "city"
    };
    let area_name = place
        .state
        .as_ref()
        .map_or(&place.country.name, |state| &state.name);
    let mut links = vec![(
        "Compare",
        format!("compare?a={kind}:{}", place.slug),
        "side by side with another place",
    )];
    if kind == "city" {
        links.insert(
            0,
            (
                "See it in the atlas",
                format!("./?select=city:{}", place.slug),
                "on a map, with the places that match it best and have no partnership with it yet",
            ),
        );
    }
    links.push((
        "CSV",
        format!("export/partnerships.csv?{file}"),
        "all partnerships of its state or country, for spreadsheets",
    ));
    links.push((
        "GeoJSON",
        format!("export/partnerships.geojson?{file}"),
        "the same for maps",
    ));
    let region = place.state.as_ref().and_then(|state| state.region.as_ref());
    let figures = region
        .iter()
        .flat_map(|region| &region.respondent_aggregates.nodes);
    let content = html! {
        (breadcrumbs(&steps))
        h1 translate="no" { (full_name) }
        @if !names.is_empty() { p.names { "Also known as " span translate="no" { (names.join(", ")) } } }
        p.lead data-count=[(total > 0).then(|| partnerships_with(&[&filter]))] { (lead) }
        (map(place))
        (facts(&numbers))
        @if total > 0 {
            section aria-labelledby="partnerships" {
                h2 id="partnerships" { "Partnerships" }
                (truncation(partnerships, &filter, &format!("export/partnerships.csv?{file}")))
                (partnership_table(&format!("Partnerships of {name}"), &partnerships.nodes.iter().collect::<Vec<_>>(), if is_us { Columns::Partner } else { Columns::Us }))
            }
        } @else {
            p {
                a href=(steps[0].1) translate="no" { (area_name) } " has "
                (counted(&partnerships_with(&[&file]), &words::partnerships(place.state.as_ref().map_or(place.country.partnerships.total_count, |state| state.partnerships.total_count)))) "."
            }
        }
        @if let Some(region) = region {
            section aria-labelledby="awareness" {
                h2 id="awareness" { "What people in the " (words::title_case(&region.name)) " know about partnerships" }
                p { "A survey asked leaders whether their state or locality has a sister partnership in Asia. Answers are published for four regions, not for places." }
                (figure_list(&region.respondent_aggregates.nodes))
                p { a href="awareness" { "Compare the four regions" } }
            }
        }
        (unknowns(partnerships, &filter, match is_us {
            true => vec![format!("No survey says how many people in {name} know of its partnerships.")],
            false => vec!["The surveys asked only people in the United States.".to_owned()],
        }))
        (uses(&links, context.query))
        (context.citation(&title, &path, cited_sources(partnerships, figures)))
        (neighbors(place, nearby))
        (search_form(""))
    };
    Page {
        description: lead,
        path,
        title,
        content,
        place: Some(shell::place(
            if place.type_name == "Province" {
                "AdministrativeArea"
            } else {
                "City"
            },
            name,
            place.location,
            Some(area_name),
        )),
    }
}

fn map(place: &PlaceDetails) -> Markup {
    let lines = place.partnerships.nodes.iter();
    let mut map = PartnershipMap::new(lines.map(|line| (&line.us, &line.partner)));
    if let Some(point) = place.location {
        map.places.push(point);
        map.names.push((point, &place.name));
    }
    map.to_svg(&format!(
        "Map: lines connect {} with its partners. The table on this page lists them.",
        place.name
    ))
}

/// The nearest places that have a partnership.
fn neighbors(place: &PlaceDetails, nearby: Vec<NearbyPlace>) -> Markup {
    let Some(here) = place.location else {
        return html! {};
    };
    let mut places: Vec<_> = (nearby.into_iter())
        .filter(|other| other.slug != place.slug)
        .filter_map(|other| {
            Some((
                distance_km(coordinates(here), coordinates(other.location?)),
                other,
            ))
        })
        .collect();
    places.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    places.truncate(NEARBY_PLACES);
    html! {
        @if !places.is_empty() {
            section aria-labelledby="neighbors" {
                h2 id="neighbors" { "Nearest places with a partnership" }
                ul {
                    @for (km, other) in &places {
                        li {
                            a href={ "place/" (other.slug) } translate="no" {
                                (other.name) ", " (other.state.as_ref().map_or(&other.country.name, |state| &state.name))
                            }
                            ": " (words::distance(*km)) " away, "
                            (counted(&partnerships_with(&[&format!("place={}", other.slug)]), &words::partnerships(other.partnerships.total_count)))
                        }
                    }
                }
            }
        }
    }
}
