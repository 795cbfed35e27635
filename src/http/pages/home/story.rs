//! Five sentences computed from the data: how many partnerships there are, how few people know of one, where they know more,
//! how concentrated partnerships are, and which have ended. Each number has its range as a drawing and leads to its evidence.

use maud::{Markup, html};

use super::{
    answer::{CountryGroup, StoryAnswer},
    flows::{Camera, Flow, MapLabel, ShadedRegion, bundles, flow_map},
};
use crate::http::pages::{
    answers::{GroupCount, MapPoint},
    chart::{
        ranking,
        share::{self, PublishedShare},
    },
    components::{counted, list, partnerships_with, search_form},
    drawing::Drawing,
    map::land,
    words,
};

/// How many countries count as the largest.
const LARGEST: usize = 5;

/// A sentence, the drawing of its numbers, the part of the map it is about, and where its evidence is.
struct Step {
    sentence: Markup,
    drawing: Option<Markup>,
    note: Option<String>,
    camera: Camera,
    evidence: (&'static str, &'static str),
}

/// `27 countries`.
fn countries(answer: &StoryAnswer) -> String {
    let n = words::number(answer.partnerships.countries.len() as u64);
    let all = words::count(answer.concentration.groups, "country", "countries");
    format!("{n} of the {all}")
}

/// The first sentence, which is the heading of the page.
pub(super) fn headline(answer: &StoryAnswer) -> Markup {
    let n = words::number(answer.partnerships.total_count);
    html! {
        span data-count=(partnerships_with(&[])) translate="no" { (n) }
        " sister partnerships link US cities, counties, and states with communities in "
        span data-count="countries" { (countries(answer)) }
        " of Asia and the Pacific"
    }
}

/// The title and the text of the preview of a link.
pub(super) fn preview_words(answer: &StoryAnswer) -> [String; 2] {
    let n = words::number(answer.partnerships.total_count);
    [
        format!("{n} sister partnerships across the Pacific"),
        format!(
            "Of US cities, counties, and states with communities in {}: where they are, when they were founded, and what has been published about them.",
            countries(answer)
        ),
    ]
}

pub(super) fn story(answer: &StoryAnswer) -> Markup {
    let (steps, map) = (steps(answer), map(answer));
    let n = steps.len();
    html! {
        section.story aria-label={ "The story in " (words::small_number(n)) " sentences" } {
            div.story-stage { (map) }
            ol.story-steps {
                @for (index, step) in steps.into_iter().enumerate() {
                    li data-camera=(step.camera.to_attribute()) {
                        div.story-card {
                            @if index == 0 { h1 { (step.sentence) } } @else { p.story-sentence { (step.sentence) } }
                            @if let Some(drawing) = step.drawing { (drawing) }
                            @if let Some(note) = step.note { p.story-note { (note) } }
                            p.story-links {
                                a href=(step.evidence.0) { (step.evidence.1) }
                                @if index == 0 { a href="#atlas" { "Skip to the map" } }
                            }
                            @if index == 0 { (search_form("")) }
                        }
                    }
                }
            }
        }
    }
}

fn steps(answer: &StoryAnswer) -> Vec<Step> {
    let steps = [
        Some(how_many(answer)),
        how_few_know(answer),
        where_it_stands_apart(answer),
        how_concentrated(answer),
        which_ended(answer),
    ];
    steps.into_iter().flatten().collect()
}

fn count_of(groups: &[GroupCount], value: &str) -> u64 {
    let mut groups = groups.iter();
    groups
        .find(|group| group.value() == Some(value))
        .map_or(0, |group| group.count)
}

fn how_many(answer: &StoryAnswer) -> Step {
    let partnerships = &answer.partnerships;
    let both = count_of(&partnerships.evidence, "BOTH_SIDES");
    let total = partnerships.total_count;
    let note = "The others have sources from only one side, only from third parties, or only from lists derived from Wikipedia. On the map, bands lead from US states to partner countries; a wider band means more partnerships.";
    Step {
        sentence: headline(answer),
        drawing: (total > 0).then(|| part_of(both, total, "with sources from both sides")),
        note: (total > 0).then(|| note.to_owned()),
        camera: Camera::WHOLE_MAP,
        evidence: ("partnerships", "All partnerships in a table"),
    }
}

/// The published percentage of all respondents who gave an answer.
fn overall<'a>(answer: &'a StoryAnswer, outcome: &str) -> Option<&'a PublishedShare> {
    let mut shares = answer.respondent_aggregates.nodes.iter();
    shares.find(|share| {
        share.percent.is_some() && share.dimension().is_none() && share.answer() == outcome
    })
}

fn how_few_know(answer: &StoryAnswer) -> Option<Step> {
    let yes = overall(answer, "Yes")?;
    let unsure = overall(answer, "Not sure").and_then(PublishedShare::percent_in_words);
    let n = yes.base.n.map_or("the".to_owned(), words::number);
    let margin = yes.margin().map(|margin| {
        format!(
            "The line is a margin of error of ±{} points, which assumes a simple random sample.",
            words::decimal_1(margin)
        )
    });
    Some(Step {
        sentence: html! {
            "Only " b translate="no" { (yes.percent_in_words()?) } " of " (n) " state and local officials and business leaders know of a partnership of their state or locality"
            @if let Some(unsure) = unsure { "; " b { (unsure) } " are not sure" }
            "."
        },
        drawing: Some(share_bars(&[(String::new(), yes)])),
        note: margin,
        camera: Camera::around(&state_points(answer, None)),
        evidence: ("awareness", "Who was asked, and how sure this is"),
    })
}

/// The percentages who know of a partnership by region, the highest first.
fn regional(answer: &StoryAnswer) -> Vec<&PublishedShare> {
    let shares = answer.respondent_aggregates.nodes.iter();
    let mut shares: Vec<_> = shares
        .filter(|share| {
            share.percent.is_some()
                && share.dimension() == Some("REGION")
                && share.answer() == "Yes"
        })
        .collect();
    share::by_percent(&mut shares);
    shares
}

fn where_it_stands_apart(answer: &StoryAnswer) -> Option<Step> {
    let shares = regional(answer);
    let ranking = ranking::rank(
        &shares,
        &answer.comparisons,
        Some(ranking::EVERYONE),
        ranking::KNOW,
    );
    if ranking.headline.is_empty() {
        return None;
    }
    let bars: Vec<_> = shares
        .iter()
        .map(|share| (share.group(""), *share))
        .collect();
    Some(Step {
        sentence: html! { "Awareness by region: " (words::lower_first(&ranking.headline)) },
        drawing: Some(share_bars(&bars)),
        note: Some("Respondents who know of a partnership. The bands are the range that rounding allows; the margins of error are unknown, because the sample size of each region was not published.".to_owned()),
        camera: Camera::around(&state_points(answer, None)),
        evidence: ("chart/regions", "The chart with its sources"),
    })
}

/// The countries with the most partnerships.
fn largest(answer: &StoryAnswer) -> &[CountryGroup] {
    let countries = &answer.partnerships.countries;
    &countries[..countries.len().min(LARGEST)]
}

fn how_concentrated(answer: &StoryAnswer) -> Option<Step> {
    let share = answer.concentration.top_share?;
    let total = answer.partnerships.total_count;
    let largest = largest(answer);
    let sum: u64 = largest.iter().map(|country| country.count).sum();
    let names = largest.iter().filter_map(|country| {
        let name = &country.key.first()?.label;
        Some(html! { span translate="no" { (name) } " (" (words::number(country.count)) ")" })
    });
    let names: Vec<_> = names.collect();
    let points: Vec<_> = largest.iter().filter_map(country_point).collect();
    Some(Step {
        sentence: html! {
            (words::upper_first(&words::small_number(largest.len()))) " countries hold "
            b translate="no" { (words::decimal((share * 100.0).round())) "%" } " of the partnerships: "
            (list(&names)) "."
        },
        drawing: Some(part_of(sum, total, "with these countries")),
        note: Some("A count of the recorded partnerships, so it has no margin of error; unrecorded ones may change it.".to_owned()),
        camera: Camera::around(&points),
        evidence: ("chart/concentration", "How concentrated they are"),
    })
}

fn which_ended(answer: &StoryAnswer) -> Option<Step> {
    /// The number of countries that are named, at least.
    const NAMED: usize = 3;
    let statuses = &answer.partnerships.statuses;
    let ended = count_of(statuses, "ENDED");
    if ended == 0 {
        return None;
    }
    let groups = &answer.ended.groups;
    // Countries with equal numbers are named together, and so is the last one if only it is left.
    let last = groups.get(NAMED - 1).map_or(0, |group| group.count);
    let mut named = groups.partition_point(|group| group.count >= last);
    if named + 1 == groups.len() {
        named += 1;
    }
    let (named, others) = groups.split_at(named);
    let mut with: Vec<_> = named
        .iter()
        .map(|group| html! { (words::number(group.count)) " with " span translate="no" { (words::with_article(group.label())) } })
        .collect();
    let others = others.iter().map(|group| group.count).sum();
    if others > 0 {
        with.push(html! { (words::number(others)) " with other countries" });
    }
    let dormant = match count_of(statuses, "DORMANT") {
        0 => String::new(),
        n => format!("{} dormant. ", words::count(n, "more is", "more are")),
    };
    Some(Step {
        sentence: html! {
            (counted(&partnerships_with(&["status=ENDED"]), &words::count(ended, "partnership is", "partnerships are")))
            " known to have ended: " (list(&with)) "."
        },
        drawing: Some(part_of(
            ended,
            answer.partnerships.total_count,
            "known to have ended",
        )),
        note: Some(format!(
            "{dormant}No source says that any other has ended, but they may be inactive."
        )),
        camera: Camera::WHOLE_MAP,
        evidence: (
            "partnerships?status=ended",
            "Which ones, with their sources",
        ),
    })
}

/// The locations of the states, of one region or of all.
fn state_points(answer: &StoryAnswer, region: Option<&str>) -> Vec<MapPoint> {
    let regions = answer.regions.iter();
    regions
        .filter(|one| region.is_none_or(|region| one.name == region))
        .flat_map(|region| region.states.iter().filter_map(|state| state.location))
        .collect()
}

fn country_point(country: &CountryGroup) -> Option<MapPoint> {
    country.key.first()?.country.as_ref()?.location
}

/// The partnerships of each state with each country that are on the map.
fn flows(answer: &StoryAnswer) -> Vec<Flow> {
    let codes: Vec<_> = largest(answer)
        .iter()
        .filter_map(|country| country.key.first()?.value.as_deref())
        .collect();
    let highest = highest_region(answer);
    let flows = answer.partnerships.flows.iter().filter_map(|group| {
        let state = group.key.first()?.state.as_ref()?;
        let country = group.key.get(1)?;
        let region = state.region.as_ref().map(|region| &region.name);
        let is_largest = country
            .value
            .as_deref()
            .is_some_and(|code| codes.contains(&code));
        Some(Flow {
            from: state.location?,
            to: country.country.as_ref()?.location?,
            count: group.count,
            steps: match (region == highest.as_ref(), is_largest) {
                (true, true) => "in-3 in-4",
                (true, false) => "in-3",
                (false, true) => "in-4",
                (false, false) => "",
            },
        })
    });
    flows.collect()
}

/// The region in which most respondents know of a partnership.
fn highest_region(answer: &StoryAnswer) -> Option<String> {
    let shares = regional(answer);
    shares.first().map(|share| share.group("").to_uppercase())
}

/// The land and the bundles, for a picture.
pub(super) fn still_map(answer: &StoryAnswer) -> Markup {
    html! { path.map-land d=(land()) {} (bundles(&flows(answer))) }
}

fn map(answer: &StoryAnswer) -> Markup {
    let highest = highest_region(answer);
    let ended = answer.ended.nodes.iter();
    let ended: Vec<_> = ended
        .filter_map(|one| Some((one.us.location?, one.partner.location?)))
        .collect();
    let regions = answer.regions.iter().map(|region| ShadedRegion {
        states: region
            .states
            .iter()
            .map(|state| state.name.as_str())
            .collect(),
        class: if Some(&region.name) == highest.as_ref() {
            "apart"
        } else {
            ""
        },
    });
    let mut labels = Vec::new();
    for share in regional(answer) {
        let region = share.group("").to_uppercase();
        let Some((at, percent)) =
            middle(&state_points(answer, Some(&region))).zip(share.percent_in_words())
        else {
            continue;
        };
        let text = format!("{} {percent}", share.group(""));
        labels.push(MapLabel { at, text, step: 3 });
    }
    for country in largest(answer) {
        let Some((at, key)) = country_point(country).zip(country.key.first()) else {
            continue;
        };
        labels.push(MapLabel {
            at,
            text: key.label.clone(),
            step: 4,
        });
    }
    flow_map(
        &flows(answer),
        &ended,
        &regions.collect::<Vec<_>>(),
        &labels,
        "Map of the Pacific: bands from US states to partner countries, wider where there are more partnerships.",
    )
}

/// A point in the middle of others, on which those far from the rest have little influence.
fn middle(points: &[MapPoint]) -> Option<MapPoint> {
    let median = |of: fn(&MapPoint) -> f64| {
        let mut values: Vec<_> = points.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    };
    Some(MapPoint {
        latitude: median(|point| point.latitude)?,
        longitude: median(|point| point.longitude)?,
    })
}

const DRAWING_WIDTH: f64 = 320.0;

/// A bar of all partnerships with a part of them.
fn part_of(part: u64, total: u64, label: &str) -> Markup {
    let mut drawing = Drawing::new(DRAWING_WIDTH, 38.0);
    let length = DRAWING_WIDTH * part as f64 / total.max(1) as f64;
    drawing.rect((0.0, 2.0), (DRAWING_WIDTH, 12.0), "fill-muted faint");
    drawing.rect((0.0, 2.0), (length, 12.0), "fill-1");
    let text = format!(
        "{} of {} {label}",
        words::number(part),
        words::number(total)
    );
    drawing.text((0.0, 31.0), "soft small", &text);
    drawing.to_svg("story-drawing", &text)
}

/// Percentages on a scale from 0 to 100, each with the range that rounding allows and its margin of error, if it is known.
fn share_bars(shares: &[(String, &PublishedShare)]) -> Markup {
    const ROW: f64 = 26.0;
    let left = if shares.iter().any(|(name, _)| !name.is_empty()) {
        78.0
    } else {
        8.0
    };
    let scale = (DRAWING_WIDTH - left - 44.0) / 100.0;
    let bottom = ROW * shares.len() as f64;
    let mut drawing = Drawing::new(DRAWING_WIDTH, bottom + 22.0);
    for tick in [0.0, 50.0, 100.0] {
        let x = left + tick * scale;
        drawing.line((x, 0.0), (x, bottom), "grid");
        drawing.text((x, bottom + 16.0), "soft small middle", &format!("{tick}%"));
    }
    for (index, (name, share)) in shares.iter().enumerate() {
        let Some(percent) = share.percent else {
            continue;
        };
        let y = ROW * (index as f64 + 0.5);
        let x = |percent: f64| left + percent.clamp(0.0, 100.0) * scale;
        drawing.text((left - 8.0, y + 4.5), "end", name);
        if let (Some(low), Some(high)) = (share.quantity.low, share.quantity.high) {
            drawing.rect((x(low), y - 10.0), (x(high) - x(low), 20.0), "fill-3 faint");
        }
        if let Some(margin) = share.margin() {
            drawing.line(
                (x(percent - margin), y),
                (x(percent + margin), y),
                "line thin stroke-3",
            );
        }
        drawing.circle(
            (x(percent), y),
            5.0,
            if share.margin().is_some() {
                "fill-3"
            } else {
                "ring stroke-3"
            },
        );
        let label = format!("{}%", words::decimal(percent));
        drawing.text(
            (
                x(share.quantity.high.unwrap_or(percent) + share.margin().unwrap_or(0.0)) + 9.0,
                y + 4.5,
            ),
            "strong",
            &label,
        );
    }
    let names: Vec<_> = shares
        .iter()
        .map(|(name, share)| {
            format!("{name} {}", share.percent_in_words().unwrap_or_default())
                .trim()
                .to_owned()
        })
        .collect();
    drawing.to_svg(
        "story-drawing",
        &format!("Aware of a partnership: {}", words::list(&names)),
    )
}
