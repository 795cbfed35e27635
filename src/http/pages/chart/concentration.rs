//! How concentrated the partnerships are in a few places: the shares of the top places, and Lorenz curves.

use serde::Deserialize;

use super::{Chart, ChartTable, MoreOfChart};
use crate::http::pages::{
    answers::{DatasetVersion, GroupLabel},
    drawing::{Drawing, KeyMark, key_item},
    words,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConcentrationMeasure {
    groups: u64,
    total: u64,
    gini: Option<f64>,
    top_share: Option<f64>,
}

#[derive(Deserialize)]
struct PlaceCount {
    count: u64,
    /// Requested only of countries and states.
    #[serde(default)]
    key: Vec<GroupLabel>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CountsByPlace {
    total_count: u64,
    countries: Vec<PlaceCount>,
    states: Vec<PlaceCount>,
    us_communities: Vec<PlaceCount>,
    partner_communities: Vec<PlaceCount>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConcentrationAnswer {
    partnerships: CountsByPlace,
    by_country: ConcentrationMeasure,
    by_state: ConcentrationMeasure,
    by_us_community: ConcentrationMeasure,
    by_partner_community: ConcentrationMeasure,
    dataset: DatasetVersion,
}

/// The number of places in the measure `topShare` of the query.
const TOP: usize = 5;

/// The places of one kind, and how they share the partnerships.
struct PlaceKind<'a> {
    singular: &'static str,
    plural: &'static str,
    name: &'static str,
    fill: &'static str,
    class: &'static str,
    measure: &'a ConcentrationMeasure,
    counts: &'a [PlaceCount],
}

/// A bar of the drawing.
struct TopBar {
    label: String,
    fill: &'static str,
    share: f64,
    percent: String,
}

impl PlaceKind<'_> {
    fn top(&self) -> usize {
        self.counts.len().min(TOP)
    }

    fn percent(&self) -> String {
        let share = self.measure.top_share.unwrap_or(0.0);
        format!("{}%", (share * 100.0).round())
    }

    /// The top places as the subject of a sentence.
    fn in_top(&self) -> String {
        let noun = if self.top() == 1 {
            self.singular
        } else {
            self.plural
        };
        format!("{} {noun}", words::small_number(self.top()))
    }

    fn bar(&self) -> Option<TopBar> {
        Some(TopBar {
            label: format!(
                "Top {} of {} {}",
                self.top(),
                words::number(self.measure.groups),
                self.name
            ),
            fill: self.fill,
            share: self.measure.top_share?,
            percent: self.percent(),
        })
    }

    /// The names of the top places as a sentence; `None` if they are not in the answer.
    fn names_of_top(&self) -> Option<String> {
        let mut places: Vec<_> = self.counts.iter().collect();
        places.sort_by_key(|place| u64::MAX - place.count);
        let names = places.iter().flat_map(|place| &place.key);
        let names: Vec<_> = names.map(|key| key.label.clone()).collect();
        let names = names.get(..self.top()).filter(|_| names.len() > 1)?;
        Some(format!("Top {}: {}.", self.plural, names.join(", ")))
    }
}

/// A curve of the drawing, from (0, 0) to (1, 1).
struct LorenzCurve {
    class: &'static str,
    points: Vec<(f64, f64)>,
}

pub(super) fn chart(answer: ConcentrationAnswer) -> Chart {
    let counts = &answer.partnerships;
    let curves = [
        PlaceKind {
            singular: "country",
            plural: "countries",
            name: "countries of Asia and the Pacific",
            fill: "fill-2",
            class: "line stroke-2",
            measure: &answer.by_country,
            counts: &counts.countries,
        },
        PlaceKind {
            singular: "state",
            plural: "states",
            name: "states and territories",
            fill: "fill-1",
            class: "line stroke-1 dash-1",
            measure: &answer.by_state,
            counts: &counts.states,
        },
        PlaceKind {
            singular: "US community",
            plural: "US communities",
            name: "US communities",
            fill: "fill-3",
            class: "line stroke-3 dash-3",
            measure: &answer.by_us_community,
            counts: &counts.us_communities,
        },
        PlaceKind {
            singular: "partner community",
            plural: "partner communities",
            name: "partner communities",
            fill: "fill-4",
            class: "line stroke-4 dash-4",
            measure: &answer.by_partner_community,
            counts: &counts.partner_communities,
        },
    ];
    let bars: Vec<TopBar> = curves.iter().filter_map(PlaceKind::bar).collect();
    let mut kinds = curves
        .iter()
        .filter(|kind| kind.measure.top_share.is_some());
    let headline = match kinds.next() {
        None => "Nothing to show.".to_owned(),
        Some(first) => {
            let verb = if first.top() == 1 { "holds" } else { "hold" };
            let second = kinds.next().map_or(String::new(), |second| {
                format!(", and {} {}", second.in_top(), second.percent())
            });
            let first = format!(
                "{} {verb} {} of partnerships{second}.",
                first.in_top(),
                first.percent()
            );
            words::upper_first(&first)
        }
    };
    let details = curves.iter().filter_map(PlaceKind::names_of_top);
    let details = details.collect::<Vec<_>>().join(" ");
    let rounded = |value: Option<f64>, factor: f64, steps: f64| {
        value.map_or(String::new(), |value| {
            ((value * steps).round() * factor / steps).to_string()
        })
    };
    let rows = curves.iter().map(|kind| {
        let PlaceKind {
            name,
            measure,
            counts,
            ..
        } = kind;
        vec![
            words::upper_first(name),
            words::number(measure.groups),
            words::number(counts.len() as u64),
            words::number(measure.total),
            rounded(measure.gini, 1.0, 1000.0),
            rounded(measure.top_share, 100.0, 1000.0),
        ]
    });
    let table = ChartTable {
        labels: vec![
            "Places",
            "Number of places",
            "Places with partnerships",
            "Partnerships",
            "Gini coefficient",
            "Share of the top five (%)",
        ],
        rows: rows.collect(),
        ..ChartTable::default()
    };
    let curve_key = curves.iter().map(|kind| {
        let gini = kind.measure.gini;
        let gini = gini.map_or("undefined".to_owned(), words::decimal);
        key_item(
            KeyMark::Line(kind.class),
            format!("{}: Gini {gini}", words::upper_first(kind.name)),
        )
    });
    let curve_key = curve_key.collect();
    let lines: Vec<_> = curves
        .iter()
        .map(|kind| LorenzCurve {
            class: kind.class,
            points: lorenz(
                kind.counts.iter().map(|group| group.count).collect(),
                kind.measure.groups,
            ),
        })
        .collect();
    let of_all = "countries of Asia and the Pacific, states and territories, US communities, and partner communities";
    Chart {
        headline,
        details,
        description: format!("Bars of the share of partnerships that the top {TOP} hold, for {of_all}."),
        key: vec![key_item(KeyMark::Bar("fill-line"), "All partnerships")],
        more: Some(MoreOfChart {
            title: "Lorenz curves",
            description: format!("Lorenz curves of partnerships across {of_all}. The diagonal shows equal shares: the deeper the curve, the more a few places hold."),
            key: curve_key,
            draw: Box::new(move |width| draw_curves(&lines, width)),
        }),
        table,
        base: format!(
            "{}, including those that have ended. Countries, states, territories, and some communities without a partnership are included.",
            words::partnerships(counts.total_count)
        ),
        source: "Sistergraph".to_owned(),
        caveats: vec![
            "Communities are places with a partnership, all states and state capitals, and provinces that contain a partner city. Other communities, which have no partnership, are not counted.".to_owned(),
            "The Gini coefficient is 0 if all places have the same number of partnerships, and close to 1 if one place has them all.".to_owned(),
        ],
        draw: Box::new(move |width| draw_bars(&bars, width)),
        dataset: answer.dataset,
    }
}

fn draw_bars(bars: &[TopBar], width: f64) -> Drawing {
    const ROW: f64 = 56.0;
    let mut drawing = Drawing::new(width, ROW * bars.len() as f64);
    let full = width - 52.0;
    for (index, bar) in bars.iter().enumerate() {
        let top = ROW * index as f64;
        drawing.text((0.0, top + 18.0), "", &bar.label);
        drawing.rect((0.0, top + 26.0), (full, 22.0), "fill-line");
        drawing.rect((0.0, top + 26.0), (full * bar.share, 22.0), bar.fill);
        drawing.text((full + 8.0, top + 42.0), "strong", &bar.percent);
    }
    drawing
}

/// The Lorenz curve of counts over this many groups, including those without a partnership (Lorenz 1905). Empty if all
/// counts are zero.
fn lorenz(mut counts: Vec<u64>, groups: u64) -> Vec<(f64, f64)> {
    let total: u64 = counts.iter().sum();
    if total == 0 {
        return Vec::new();
    }
    counts.sort_unstable();
    let empty = groups.saturating_sub(counts.len() as u64);
    let all = (empty + counts.len() as u64) as f64;
    let mut points = vec![(0.0, 0.0)];
    if empty > 0 {
        points.push((empty as f64 / all, 0.0));
    }
    let mut sum = 0;
    for (index, count) in counts.iter().enumerate() {
        sum += count;
        points.push((
            (empty + index as u64 + 1) as f64 / all,
            sum as f64 / total as f64,
        ));
    }
    points
}

fn draw_curves(curves: &[LorenzCurve], width: f64) -> Drawing {
    let side = width.min(460.0);
    let (left, right, top, bottom) = (52.0, side - 22.0, 26.0, side - 44.0);
    let at = |(x, y): (f64, f64)| (left + x * (right - left), bottom - y * (bottom - top));
    let mut drawing = Drawing::new(side, side);
    for tick in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let label = format!("{}%", tick * 100.0);
        drawing.line(at((tick, 0.0)), at((tick, 1.0)), "grid");
        drawing.line(at((0.0, tick)), at((1.0, tick)), "grid");
        let (x, y) = at((tick, 0.0));
        drawing.text((x, y + 17.0), "soft small middle", &label);
        let (x, y) = at((0.0, tick));
        drawing.text((x - 7.0, y + 4.0), "soft small end", &label);
    }
    drawing.text((4.0, 14.0), "soft", "Share of partnerships");
    let middle = f64::midpoint(left, right);
    drawing.text(
        (middle, side - 6.0),
        "soft middle",
        "Share of places, fewest partnerships first",
    );
    drawing.line(at((0.0, 0.0)), at((1.0, 1.0)), "axis dashed");
    for curve in curves {
        let points: Vec<_> = curve.points.iter().map(|point| at(*point)).collect();
        drawing.curve(&points, curve.class);
    }
    drawing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lorenz_curve_starts_with_the_groups_without_partnerships() {
        assert_eq!(
            lorenz(vec![3, 1], 4),
            [(0.0, 0.0), (0.5, 0.0), (0.75, 0.25), (1.0, 1.0)]
        );
        assert_eq!(lorenz(vec![2, 2], 2), [(0.0, 0.0), (0.5, 0.5), (1.0, 1.0)]);
        assert_eq!(lorenz(Vec::new(), 3), []);
    }
}
