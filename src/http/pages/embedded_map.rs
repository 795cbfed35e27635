//! `/embed/map`: the map of the atlas in frames on other sites, with the filters of the atlas. It works without scripts.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    response::Response,
};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    answers::{DatasetVersion, GroupCount, MapPoint, Partnerships},
    chart,
    components::Page,
    entity::{EntityQuery, PageRequest, document},
    map::{BUNDLE_WIDTHS, PartnershipMap},
    words,
};
use crate::{
    export::is_tracking_parameter,
    http::{Server, error::HttpError},
    suggestion,
    vocabulary::{Corroboration, PartnershipLevel, PartnershipStatus, RegionName, Vocabulary},
};

const MAP: &str = document!("embedded_map");

/// How many partnerships are drawn one by one, as on the atlas. More of them are drawn as bundles from states to countries.
const MAX_LINES: u64 = 120;

#[derive(Deserialize)]
struct MappedSide {
    name: String,
    location: Option<MapPoint>,
}

#[derive(Deserialize)]
struct MappedPartnership {
    us: MappedSide,
    partner: MappedSide,
}

#[derive(Deserialize)]
struct MappedArea {
    location: Option<MapPoint>,
}

#[derive(Deserialize)]
struct BundleKey {
    state: Option<MappedArea>,
    country: Option<MappedArea>,
}

/// The partnerships of a state with a country.
#[derive(Deserialize)]
struct BundleGroup {
    key: Vec<BundleKey>,
    count: u64,
}

impl BundleGroup {
    /// The locations and the number; `None` if a location is unknown.
    fn bundle(&self) -> Option<(MapPoint, MapPoint, u64)> {
        let [state, country] = self.key.as_slice() else {
            return None;
        };
        let (state, country) = state.state.as_ref().zip(country.country.as_ref())?;
        Some((state.location?, country.location?, self.count))
    }
}

#[derive(Deserialize)]
struct MappedCountryKey {
    label: String,
    country: Option<MappedArea>,
}

#[derive(Deserialize)]
struct MappedCountry {
    key: Vec<MappedCountryKey>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MappedPartnerships {
    total_count: u64,
    nodes: Vec<MappedPartnership>,
    bundles: Vec<BundleGroup>,
    statuses: Vec<GroupCount>,
    /// The countries, those with the most partnerships first.
    countries: Vec<MappedCountry>,
}

#[derive(Deserialize)]
struct NamedPlace {
    code: String,
    name: String,
}

#[derive(Deserialize)]
struct NamedPlaces {
    nodes: Vec<NamedPlace>,
}

impl NamedPlaces {
    /// # Errors
    /// 400 if no place has this code.
    fn name(&self, kind: &str, code: &str) -> Result<String, HttpError> {
        let place = self.nodes.iter().find(|place| place.code == code);
        place.map(|place| place.name.clone()).ok_or_else(|| {
            HttpError::bad_request(format!("{kind} is {code:?}; no {kind} has this code"))
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MapAnswer {
    partnerships: MappedPartnerships,
    states: NamedPlaces,
    countries: NamedPlaces,
    united_states: Option<MappedSide>,
    dataset: DatasetVersion,
}

/// The parameters of the atlas that filter partnerships.
const FILTERS: [&str; 7] = [
    "level",
    "region",
    "state",
    "country",
    "decade",
    "status",
    "corroboration",
];

/// The values of each filter, in the order of [`FILTERS`].
type Filters = [Vec<String>; 7];

/// # Errors
/// 400 if a parameter or a value does not exist.
fn parse(query: &str) -> Result<Filters, HttpError> {
    let mut filters = Filters::default();
    for (name, text) in form_urlencoded::parse(query.as_bytes()) {
        if is_tracking_parameter(&name) {
            continue;
        }
        let Some(index) = FILTERS.iter().position(|filter| *filter == name) else {
            let hint = suggestion::nearest(&name, FILTERS).map_or(String::new(), |nearest| {
                format!("did you mean {nearest:?}? ")
            });
            let names = FILTERS.join(", ");
            return Err(HttpError::bad_request(format!(
                "there is no filter {name:?}; {hint}the filters are {names}"
            )));
        };
        let values = text.split(',').map(|value| value.trim().to_uppercase());
        for value in values.filter(|value| !value.is_empty()) {
            if let Some(problem) = problem(FILTERS[index], &value) {
                return Err(HttpError::bad_request(format!(
                    "{name} is {value:?}; {problem}"
                )));
            }
            filters[index].push(value);
        }
    }
    Ok(filters)
}

/// What is wrong with a value.
fn problem(filter: &str, value: &str) -> Option<String> {
    let spellings = match filter {
        "level" => PartnershipLevel::spellings(),
        "region" => RegionName::spellings(),
        "status" => PartnershipStatus::spellings(),
        "corroboration" => Corroboration::spellings(),
        "decade" => {
            let is_decade = value == "UNKNOWN"
                || value
                    .parse()
                    .is_ok_and(|year: i32| (1000..3000).contains(&year) && year % 10 == 0);
            return (!is_decade)
                .then(|| "it has to be a decade, such as 1980, or unknown".to_owned());
        }
        _ => return (value.len() > 10).then(|| "it has to be a code, such as OR or JP".to_owned()),
    };
    (!spellings.contains(&value)).then(|| format!("it has to be one of {}", spellings.join(", ")))
}

/// The filter of the API.
fn to_filter([level, region, state, country, decade, status, corroboration]: &Filters) -> Value {
    let mut filter = Map::new();
    let mut add = |name: &str, values: &[String], value: Value| {
        if !values.is_empty() {
            filter.insert(name.to_owned(), value);
        }
    };
    add("level", level, json!(level));
    add("status", status, json!(status));
    add("corroboration", corroboration, json!(corroboration));
    let mut in_state = Map::new();
    if !region.is_empty() {
        in_state.insert("region".to_owned(), json!(region));
    }
    if !state.is_empty() {
        in_state.insert("code".to_owned(), json!({ "in": state }));
    }
    let either: Vec<_> = region.iter().chain(state).cloned().collect();
    add("state", &either, Value::Object(in_state));
    add("country", country, json!({ "code": { "in": country } }));
    let years = decade.iter().map(|decade| match decade.parse::<i32>() {
        Ok(year) => json!({ "establishedYear": { "gte": year, "lt": year + 10 } }),
        Err(_) => json!({ "establishedYear": { "isNull": true } }),
    });
    add("or", decade, years.collect());
    Value::Object(filter)
}

/// The filters in words, such as `city level, Oregon, founded in the 1980s`; empty without filters.
///
/// # Errors
/// 400 if no place has a code.
fn describe(filters: &Filters, answer: &MapAnswer) -> Result<String, HttpError> {
    let mut words = Vec::new();
    for (filter, values) in FILTERS.iter().zip(filters) {
        let values: Result<Vec<_>, _> = values
            .iter()
            .map(|value| {
                Ok(match *filter {
                    "state" => answer.states.name("state", value)?,
                    "country" => answer.countries.name("country", value)?,
                    "decade" if value == "UNKNOWN" => "year unknown".to_owned(),
                    "decade" => format!("founded in the {value}s"),
                    "level" => format!("{} level", value.to_lowercase()),
                    "region" => words::title_case(value),
                    "corroboration" => format!(
                        "with sources from {}",
                        words::lower_first(words::evidence(value))
                    ),
                    _ => value.to_lowercase(),
                })
            })
            .collect();
        words.push(values?.join(" or "));
    }
    words.retain(|values| !values.is_empty());
    Ok(words.join(", "))
}

/// The names of the United States and of the countries, the most important first.
fn areas<'a>(
    united_states: Option<&'a MappedSide>,
    countries: &'a [MappedCountry],
) -> Vec<(MapPoint, &'a str)> {
    let united_states = united_states.and_then(|place| Some((place.location?, &*place.name)));
    let countries = countries.iter().filter_map(|group| {
        let key = group.key.first()?;
        Some((key.country.as_ref()?.location?, &*key.label))
    });
    united_states.into_iter().chain(countries).collect()
}

/// What the lines of a map mean. It has every second width of the bundles.
fn key(is_bundled: bool) -> Markup {
    let line = |width: Option<f64>| {
        html! { svg.map-lines width="24" height="10" aria-hidden="true" { path d="M0 5H24" stroke-width=[width] {} } }
    };
    html! {
        ul.key {
            @if is_bundled {
                li { "Partnerships between a state and a country:" }
                @for (index, (least, width)) in BUNDLE_WIDTHS.iter().enumerate().step_by(2) {
                    li {
                        (line(Some(*width)))
                        @match BUNDLE_WIDTHS.get(index + 1) {
                            Some((next, _)) => { (least) " to " (next - 1) },
                            None => { (least) " or more" },
                        }
                    }
                }
            } @else {
                li { (line(None)) "one partnership" }
            }
        }
    }
}

pub(super) async fn respond(
    State(server): State<Arc<Server>>,
    request: Request,
) -> Result<Response, HttpError> {
    let (request, _) = request.into_parts();
    let parameters = request.uri.query().unwrap_or_default();
    let filters = parse(parameters)?;
    let page_request = PageRequest::new(&server, &request);
    let max_rows = server.engine.limits().max_page_size;
    let max_lines = MAX_LINES.min(max_rows);
    // More than there are countries.
    let places = max_rows.min(300);
    let variables = Map::from_iter([
        ("filter".to_owned(), to_filter(&filters)),
        ("lines".to_owned(), json!(max_lines)),
        ("places".to_owned(), json!(places)),
    ]);
    let query = EntityQuery {
        document: MAP,
        variables,
    };
    let answer: MapAnswer = page_request.run(&query).await?;
    let filter_words = describe(&filters, &answer)?;
    let [_, _, states, countries, ..] = &filters;
    let shaded = match (states.as_slice(), countries.as_slice()) {
        ([code], []) => answer.states.name("state", code).ok(),
        ([], [code]) => answer.countries.name("country", code).ok(),
        _ => None,
    };
    let MapAnswer {
        partnerships,
        united_states,
        dataset,
        ..
    } = answer;
    let total = partnerships.total_count;
    let is_bundled = total > max_lines;
    let mut map = PartnershipMap {
        shaded: shaded.as_deref(),
        areas: areas(united_states.as_ref(), &partnerships.countries),
        ..PartnershipMap::default()
    };
    let alternative = if is_bundled {
        let bundles = partnerships.bundles.iter();
        map.bundles = bundles.filter_map(BundleGroup::bundle).collect();
        "Map: bands connect US states with partner countries, wider where there are more partnerships."
    } else {
        for MappedPartnership { us, partner } in &partnerships.nodes {
            if let (Some(from), Some(to)) = (us.location, partner.location) {
                map.lines.push((from, to));
                map.names.extend([(from, &*us.name), (to, &*partner.name)]);
            }
        }
        "Map: lines connect the two communities of each partnership."
    };
    let unmapped = if is_bundled {
        0
    } else {
        total - map.lines.len() as u64
    };
    let count = words::count(total, "sister partnership", "sister partnerships");
    let title = if filter_words.is_empty() {
        format!("{count} of the United States with Asia and the Pacific")
    } else {
        format!("{count}: {filter_words}")
    };
    let atlas = match parameters {
        "" => "./".to_owned(),
        parameters => format!("./?{parameters}"),
    };
    let ended = Partnerships::count(&partnerships.statuses, "ENDED");
    let content = html! {
        h1 { (title) }
        (map.to_svg(alternative))
        @if total > 0 { (key(is_bundled)) }
        p.note {
            @if ended > 0 { (words::count(ended, "has ended. ", "have ended. ")) }
            @if unmapped > 0 { (words::number(unmapped)) @if unmapped == 1 { " of them is" } @else { " of them are" } " not on the map, because a location is unknown. " }
            a href=(atlas) target="_blank" { "Sistergraph" }
            ": data of " (words::date(&dataset.loaded_at)) ", revision "
            code { (dataset.revision.get(..12).unwrap_or_default()) }
            ". Partnerships: CC BY-SA 4.0, Wikipedia contributors; locations: CC BY 4.0, GeoNames."
        }
    };
    let page = Page {
        description: title.clone(),
        title,
        path: String::new(),
        content,
        place: None,
    };
    let mut response = chart::respond_embedded(&server, &request, &page, 1).await;
    page_request.attach_log(&mut response);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_those_of_the_atlas() {
        let filter = |query: &str| parse(query).map(|filters| to_filter(&filters).to_string());
        assert_eq!(filter("utm_source=x").unwrap(), "{}");
        assert_eq!(
            filter("level=city,county&region=west&state=or&decade=1980,unknown").unwrap(),
            r#"{"level":["CITY","COUNTY"],"state":{"region":["WEST"],"code":{"in":["OR"]}},"or":[{"establishedYear":{"gte":1980,"lt":1990}},{"establishedYear":{"isNull":true}}]}"#
        );
        let error = |query: &str| filter(query).unwrap_err().message;
        assert!(error("contry=JP").contains("did you mean \"country\"?"));
        assert!(error("level=village").contains("it has to be one of CITY"));
        assert!(error("decade=1985").contains("a decade, such as 1980"));
    }
}
