//! Partnerships by founding decade.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Chart, ChartTable};
use crate::http::pages::{
    answers::{DatasetVersion, GroupCount},
    components::partnerships_with,
    drawing::{Drawing, KeyMark, key_item},
    words,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChartedDecades {
    total_count: u64,
    groups: Vec<GroupCount>,
}

#[derive(Deserialize)]
pub(super) struct DecadesAnswer {
    partnerships: ChartedDecades,
    dataset: DatasetVersion,
}

pub(super) fn chart(answer: DecadesAnswer) -> Chart {
    let ChartedDecades {
        total_count,
        groups,
    } = &answer.partnerships;
    let mut counts: BTreeMap<i32, u64> = BTreeMap::new();
    let mut undated = 0;
    for group in groups {
        match group.value().and_then(|decade| decade.parse().ok()) {
            Some(decade) => *counts.entry(decade).or_default() += group.count,
            None => undated += group.count,
        }
    }
    if let (Some((first, _)), Some((last, _))) = (counts.first_key_value(), counts.last_key_value())
    {
        for decade in (*first..*last).step_by(10) {
            counts.entry(decade).or_default();
        }
    }
    // The first of equals.
    let peak = counts.iter().rev().max_by_key(|(_, count)| **count);
    let unknown = format!(
        "The founding year of {} of {} is unknown.",
        words::number(undated),
        words::partnerships(*total_count)
    );
    let (headline, details) = match peak {
        Some((decade, count)) => (
            format!(
                "Among partnerships with a known founding year, the {decade}s have the most ({}).",
                words::number(*count)
            ),
            if undated > 0 { unknown } else { String::new() },
        ),
        None if undated > 0 => (
            "The founding year of these partnerships is unknown.".to_owned(),
            String::new(),
        ),
        None => ("Nothing to show.".to_owned(), String::new()),
    };
    let decades: Vec<(String, u64)> = counts
        .into_iter()
        .map(|(decade, count)| (format!("{decade}s"), count))
        .collect();
    let mut columns = decades.clone();
    if undated > 0 {
        columns.push(("Unknown".to_owned(), undated));
    }
    let rows = columns
        .iter()
        .map(|(label, count)| vec![label.clone(), words::number(*count)]);
    let counted = columns.iter().map(|(label, _)| {
        let decade = label.trim_end_matches('s').to_lowercase();
        partnerships_with(&[&format!("decade={decade}")])
    });
    Chart {
        headline,
        details,
        description: "Column chart of the partnerships founded in each decade, above a bar that shows how many have a known founding year.".to_owned(),
        key: [
            Some(key_item(KeyMark::Bar("fill-1"), "Founding year known")),
            (undated > 0).then(|| key_item(KeyMark::Bar("fill-muted"), "Founding year unknown")),
        ]
        .into_iter()
        .flatten()
        .collect(),
        table: ChartTable {
            labels: vec!["Decade", "Partnerships"],
            rows: rows.collect(),
            counted: counted.collect(),
        },
        base: format!("{}, including those that have ended.", words::partnerships(*total_count)),
        source: "Sistergraph".to_owned(),
        caveats: vec![
            "If sources give different founding years, we use one of them and list the others in the notes of the partnership.".to_owned(),
            "Recent decades may be undercounted: new partnerships take time to be listed.".to_owned(),
        ],
        more: None,
        draw: Box::new(move |width| draw(&decades, undated, width)),
        dataset: answer.dataset,
    }
}

const TOP: f64 = 22.0;
const BOTTOM: f64 = 220.0;
/// The height of the bar of unknown years, with the space above it.
const STRIP: f64 = 58.0;

fn draw(decades: &[(String, u64)], undated: u64, width: f64) -> Drawing {
    let mut drawing = Drawing::new(width, BOTTOM + 30.0);
    let largest = decades.iter().map(|(_, count)| *count).max();
    let largest = largest.unwrap_or(0).max(1) as f64;
    let step = width / decades.len().max(1) as f64;
    for (index, (label, count)) in decades.iter().enumerate() {
        let height = (BOTTOM - TOP) * *count as f64 / largest;
        let (x, top) = (step * index as f64, BOTTOM - height);
        drawing.rect((x + 3.0, top), (step - 6.0, height), "fill-1");
        let middle = x + step / 2.0;
        drawing.text((middle, top - 6.0), "strong middle", &words::number(*count));
        let label = match label.get(2..).filter(|_| step < 52.0) {
            Some(end) => format!("’{end}"),
            None => label.clone(),
        };
        drawing.text((middle, BOTTOM + 19.0), "soft middle", &label);
    }
    drawing.line((0.0, BOTTOM), (width, BOTTOM), "axis");
    if undated > 0 {
        draw_known(
            &mut drawing,
            decades.iter().map(|(_, count)| count).sum(),
            undated,
        );
    }
    drawing
}

/// Adds a bar of all partnerships with a scale of its own, so that the unknown founding years do not flatten the decades.
fn draw_known(drawing: &mut Drawing, known: u64, unknown: u64) {
    let (width, top) = (drawing.width, drawing.height + STRIP - 20.0);
    let known_width = width * known as f64 / (known + unknown) as f64;
    let known = format!("Founding year known: {}", words::number(known));
    let unknown = format!("Unknown: {}", words::number(unknown));
    drawing.text((0.0, top - 8.0), "strong", &known);
    drawing.text((width, top - 8.0), "strong end", &unknown);
    drawing.rect((0.0, top), (known_width, 16.0), "fill-1");
    drawing.rect(
        (known_width, top),
        (width - known_width, 16.0),
        "fill-muted",
    );
    drawing.height += STRIP;
}
