//! The pages of states and countries.

use maud::html;

use super::{
    answers::{CountryDetails, CountryTotal, GroupCount, StateDetails},
    components::{
        Fact, Page, PageContext, Use, breadcrumbs, cited_sources, counted, fact, facts,
        figure_list, partnerships_with, search_form, uses,
    },
    partnership_list::{
        Columns, ended_sentence, grouped_partnerships, partnership_facts, partnership_map,
        truncation, unknowns,
    },
    shell, words,
};

/// An address with a filter, such as `state=OR`; the United States has none.
fn filtered(address: &str, filter: &str) -> String {
    match filter {
        "" => address.to_owned(),
        _ => format!("{address}?{filter}"),
    }
}

/// Files of the partnerships of an area, and its comparison with another unless there is none of its kind.
fn area_uses(filter: &str, compare: Option<String>) -> Vec<Use> {
    let compare = compare.map(|place| {
        (
            "Compare",
            format!("compare?a={place}"),
            "side by side with another",
        )
    });
    let atlas = (
        "See it in the atlas",
        filtered("./", filter),
        "the partnerships on a map that you can filter",
    );
    let files = [
        (
            "CSV",
            filtered("export/partnerships.csv", filter),
            "for spreadsheets",
        ),
        (
            "JSON",
            filtered("export/partnerships.json", filter),
            "with the meaning of every field",
        ),
        (
            "GeoJSON",
            filtered("export/partnerships.geojson", filter),
            "for maps",
        ),
    ];
    std::iter::once(atlas).chain(compare).chain(files).collect()
}

fn population(population: Option<u64>, source: &str) -> Option<Fact> {
    population.map(|population| {
        let source = Some(source.to_owned());
        fact("Population", words::number(population), source)
    })
}

fn also_known_as(names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| format!("Also known as {}", names.join(", ")))
}

/// `26 in Japan, 6 in South Korea, and 13 elsewhere`.
fn largest_groups(groups: &[GroupCount]) -> String {
    let named = if groups.len() == 4 { 4 } else { 3 };
    let in_place = |group: &GroupCount| {
        format!(
            "{} in {}",
            words::number(group.count),
            words::with_article(group.label())
        )
    };
    let mut parts: Vec<_> = groups.iter().take(named).map(in_place).collect();
    let others: u64 = groups
        .get(named..)
        .unwrap_or_default()
        .iter()
        .map(|group| group.count)
        .sum();
    if others > 0 {
        parts.push(format!("{} elsewhere", words::number(others)));
    }
    words::list(&parts)
}

pub(super) fn state_page(state: &StateDetails, context: &PageContext<'_>) -> Page {
    let path = format!("state/{}", state.code);
    let name = &state.name;
    let partnerships = &state.partnerships;
    let total = partnerships.total_count;
    let n_countries = partnerships.countries.len() as u64;
    let filter = format!("state={}", state.code);
    let title = format!(
        "{name}: {} with Asia and the Pacific",
        words::count(total, "sister partnership", "sister partnerships")
    );
    let ended = ended_sentence(partnerships);
    let lead = match total {
        0 => format!(
            "We have no record of a sister partnership between {name} and a place in Asia or the Pacific."
        ),
        _ => format!(
            "{name} and its cities and counties have {} on record with places in {}: {}.{ended}",
            words::count(total, "sister partnership", "sister partnerships"),
            words::count(
                n_countries,
                "country or territory",
                "countries and territories"
            ),
            largest_groups(&partnerships.countries),
        ),
    };
    let mut numbers = partnership_facts(partnerships, &filter);
    if partnerships.levels.len() > 1 {
        let levels = partnerships.levels.iter();
        let levels = levels.map(|group| {
            let text = format!(
                "{} {}",
                words::number(group.count),
                words::lower_first(group.label())
            );
            let level = format!("level={}", group.value().unwrap_or_default());
            counted(&partnerships_with(&[&filter, &level]), &text)
        });
        let levels =
            html! { @for (index, level) in levels.enumerate() { @if index > 0 { ", " } (level) } };
        numbers.push(("By level of government", levels, None));
    }
    numbers.extend(population(state.population, "2020 census"));
    let region = state.region.as_ref();
    let mut neighbors: Vec<_> = region
        .into_iter()
        .flat_map(|region| &region.states)
        .collect();
    neighbors.retain(|other| other.code != state.code);
    neighbors.sort_by_key(|other| &other.name);
    let of_region = region.iter().flat_map(|region| {
        let statistics = &region.published_statistics.nodes;
        region.respondent_aggregates.nodes.iter().chain(statistics)
    });
    let figures = state.published_statistics.nodes.iter().chain(of_region);
    let content = html! {
        (breadcrumbs(&[("United States".to_owned(), "country/US".to_owned())]))
        h1 translate="no" { (name) }
        @if let Some(names) = also_known_as(&state.common_names) { p.names { (names) } }
        p.lead data-count=[(total > 0).then(|| partnerships_with(&[&filter]))] { (lead) }
        (partnership_map(partnerships, Some(name), state.location, name))
        (facts(&numbers))
        @if total > 0 {
            section aria-labelledby="partnerships" {
                h2 id="partnerships" { "Partnerships by country" }
                (truncation(partnerships, &filter, &filtered("export/partnerships.csv", &filter)))
                (grouped_partnerships(partnerships, &partnerships.countries, Columns::Both, &filter, "country", |line| &line.country.code))
            }
        }
        @if !state.published_statistics.nodes.is_empty() {
            section aria-labelledby="published" {
                h2 id="published" { "What others have published about " (name) }
                p { "These numbers are older or count differently, so they need not agree with ours." }
                (figure_list(&state.published_statistics.nodes))
            }
        }
        @if let Some(region) = region {
            @let region_name = words::title_case(&region.name);
            section aria-labelledby="awareness" {
                h2 id="awareness" { "What people in the " (region_name) " know about them" }
                p {
                    "A survey asked leaders whether their state or locality has a sister partnership in Asia. Answers are published for four regions, not for states. "
                    (name) " is in the " (region_name) "."
                }
                (figure_list(region.respondent_aggregates.nodes.iter().chain(&region.published_statistics.nodes)))
                p { a href="awareness" { "Compare the four regions" } }
            }
        }
        (unknowns(partnerships, &filter, match region {
            Some(_) => vec![format!("No survey says how many people in {name} know of its partnerships.")],
            None => vec![format!("{name} is in none of the four regions of the survey, so nothing is published about what people there know.")],
        }))
        (uses(&area_uses(&filter, Some(format!("state:{}", state.code))), context.query))
        (context.citation(&title, &path, cited_sources(partnerships, figures)))
        @if let Some(region) = region {
            section aria-labelledby="neighbors" {
                h2 id="neighbors" { "Other states in the " (words::title_case(&region.name)) }
                ul.jump {
                    @for other in neighbors {
                        li { a href={ "state/" (other.code) } translate="no" { (other.name) } " "
                            (counted(&partnerships_with(&[&format!("state={}", other.code)]), &words::number(other.partnerships.total_count))) }
                    }
                }
            }
        }
        (search_form(""))
    };
    Page {
        description: lead,
        path,
        title,
        content,
        place: Some(shell::place(
            "State",
            name,
            state.location,
            Some("United States"),
        )),
    }
}

pub(super) fn country_page(
    country: &CountryDetails,
    countries: &[CountryTotal],
    context: &PageContext<'_>,
) -> Page {
    let path = format!("country/{}", country.code);
    let name = &country.name;
    let partnerships = &country.partnerships;
    let total = partnerships.total_count;
    let filter = match country.is_partner {
        true => format!("country={}", country.code),
        // All partnerships are of the United States.
        false => String::new(),
    };
    let other_side = if country.is_partner {
        "the United States"
    } else {
        "Asia and the Pacific"
    };
    let in_text = words::with_article(name);
    let title = format!(
        "{name}: {} with {other_side}",
        words::count(total, "sister partnership", "sister partnerships")
    );
    let ended = ended_sentence(partnerships);
    let lead = match (total, country.is_partner) {
        (0, _) => format!(
            "We have no record of a sister partnership between {in_text} and a place in {other_side}."
        ),
        (_, true) => format!(
            "Places in {in_text} have {} on record with places in {} of the United States: {}.{ended}",
            words::count(total, "sister partnership", "sister partnerships"),
            words::count(
                partnerships.states.len() as u64,
                "state or territory",
                "states and territories"
            ),
            largest_groups(&partnerships.states),
        ),
        (_, false) => format!(
            "Places in {in_text} have {} on record with places in Asia and the Pacific: {}.{ended}",
            words::count(total, "sister partnership", "sister partnerships"),
            largest_groups(&partnerships.states),
        ),
    };
    let mut numbers = partnership_facts(partnerships, &filter);
    let source = if country.is_partner {
        "GeoNames, 2025 or earlier"
    } else {
        "2020 census"
    };
    numbers.extend(population(country.population, source));
    let subregion = words::title_case(&country.subregion);
    let mut neighbors: Vec<_> = countries
        .iter()
        .filter(|other| other.subregion == country.subregion && other.code != country.code)
        .collect();
    neighbors.sort_by_key(|other| &other.name);
    let statistics = &country.published_statistics.nodes;
    let figures = statistics
        .iter()
        .chain(&country.respondent_aggregates.nodes);
    let content = html! {
        (breadcrumbs(&[]))
        h1 translate="no" { (name) }
        @if let Some(names) = also_known_as(&country.common_names) { p.names { (names) } }
        p.lead data-count=[(total > 0).then(|| partnerships_with(&[&filter]))] { (lead) }
        (partnership_map(partnerships, Some(name), country.location, name))
        (facts(&numbers))
        @if total > 0 {
            section aria-labelledby="partnerships" {
                h2 id="partnerships" { "Partnerships by state" }
                (truncation(partnerships, &filter, &filtered("export/partnerships.csv", &filter)))
                (grouped_partnerships(partnerships, &partnerships.states, Columns::Both, &filter, "state", |line| &line.state.code))
            }
        }
        @if !country.published_statistics.nodes.is_empty() {
            section aria-labelledby="published" {
                h2 id="published" { "What others have published about " (in_text) }
                p { "These numbers are older or count differently, so they need not agree with ours." }
                (figure_list(&country.published_statistics.nodes))
            }
        }
        @if !country.respondent_aggregates.nodes.is_empty() {
            section aria-labelledby="opinion" {
                h2 id="opinion" { "What people in the United States think about " (in_text) }
                (figure_list(&country.respondent_aggregates.nodes))
            }
        }
        (unknowns(partnerships, &filter, Vec::new()))
        (uses(&area_uses(&filter, country.is_partner.then(|| format!("country:{}", country.code))), context.query))
        (context.citation(&title, &path, cited_sources(partnerships, figures)))
        @if !neighbors.is_empty() {
            section aria-labelledby="neighbors" {
                h2 id="neighbors" { "Other countries and territories in " (subregion) }
                ul.jump {
                    @for other in neighbors {
                        li { a href={ "country/" (other.code) } translate="no" { (other.name) } " "
                            (counted(&partnerships_with(&[&format!("country={}", other.code)]), &words::number(other.partnerships.total_count))) }
                    }
                }
            }
        }
        (search_form(""))
    };
    Page {
        description: lead,
        path,
        title,
        content,
        place: Some(shell::place("Country", name, country.location, None)),
    }
}
