//! Lorenz curves of the partnerships: how concentrated they are in a few places.

use serde::Deserialize;

use super::{Chart, ChartTable};
use crate::http::pages::{
    answers::DatasetVersion,
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
struct CountOnly {
    count: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CountsByPlace {
    total_count: u64,
    countries: Vec<CountOnly>,
    states: Vec<CountOnly>,
    us_communities: Vec<CountOnly>,
    partner_communities: Vec<CountOnly>,
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

/// A curve of the drawing, from (0, 0) to (1, 1).
struct LorenzCurve {
    class: &'static str,
    points: Vec<(f64, f64)>,
}

pub(super) fn chart(answer: ConcentrationAnswer) -> Chart {
    let counts = &answer.partnerships;
    let curves = [
        (
            "Partner countries",
            "line stroke-2",
            &answer.by_country,
            &counts.countries,
        ),
        (
            "States",
            "line stroke-1 dash-1",
            &answer.by_state,
            &counts.states,
        ),
        (
            "US communities",
            "line stroke-3 dash-3",
            &answer.by_us_community,
            &counts.us_communities,
        ),
        (
            "Partner communities",
            "line stroke-4 dash-4",
            &answer.by_partner_community,
            &counts.partner_communities,
        ),
    ];
    let shares = curves.iter().take(2).filter_map(|(name, _, measure, _)| {
        let percent = (measure.top_share? * 100.0).round();
        Some(format!(
            "the top five {} hold {percent}%",
            words::lower_first(name)
        ))
    });
    let shares: Vec<_> = shares.collect();
    let (headline, details) = match shares.split_first() {
        Some((first, others)) => {
            let mut parts = vec![format!("{first} of the partnerships")];
            parts.extend_from_slice(others);
            (
                format!("{}.", words::upper_first(&parts.join("; "))),
                "The deeper the curve, the more a few places hold.".to_owned(),
            )
        }
        None => ("Nothing to show.".to_owned(), String::new()),
    };
    let rounded = |value: Option<f64>, factor: f64, steps: f64| {
        value.map_or(String::new(), |value| {
            ((value * steps).round() * factor / steps).to_string()
        })
    };
    let rows = curves.iter().map(|(name, _, measure, counts)| {
        vec![
            (*name).to_owned(),
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
    let key = curves.iter().map(|(name, class, measure, _)| {
        let gini = measure.gini.map_or("undefined".to_owned(), words::decimal);
        key_item(KeyMark::Line(class), format!("{name}: Gini {gini}"))
    });
    let key = key.collect();
    let lines: Vec<_> = curves
        .iter()
        .map(|(_, class, measure, counts)| LorenzCurve {
            class,
            points: lorenz(
                counts.iter().map(|group| group.count).collect(),
                measure.groups,
            ),
        })
        .collect();
    Chart {
        headline,
        details,
        description: "Lorenz curves of partnerships across partner countries, states, US communities, and partner communities. The diagonal shows equal shares.".to_owned(),
        key,
        table,
        base: format!(
            "{}, including those that have ended. Countries, states, and some communities without a partnership are included.",
            words::partnerships(counts.total_count)
        ),
        source: "Sistergraph".to_owned(),
        caveats: vec![
            "Communities are places with a partnership, all states and state capitals, and provinces that contain a partner city. Other communities, which have no partnership, are not counted.".to_owned(),
            "The Gini coefficient is 0 if all places have the same number of partnerships, and close to 1 if one place has them all.".to_owned(),
        ],
        draw: Box::new(move |width| draw(&lines, width)),
        dataset: answer.dataset,
    }
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

fn draw(curves: &[LorenzCurve], width: f64) -> Drawing {
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
