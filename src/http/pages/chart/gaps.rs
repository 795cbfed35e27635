//! The share of each group that is unaware of a partnership that exists, under several readings.

use serde::Deserialize;

use super::{
    Chart, ChartTable,
    ranking::{self, Comparisons},
    regions::CountValue,
    share::{self, MarginPoints, PublishedShare},
};
use crate::{
    http::pages::{
        answers::DatasetVersion,
        drawing::{Drawing, KeyMark, key_item, names_width},
        words,
    },
    vocabulary::{AwarenessReading, MissingGapReason, Vocabulary},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReadGap {
    reading: String,
    gap: Option<CountValue>,
    margin_of_error: Option<MarginPoints>,
    low: f64,
    high: f64,
    reason: Option<String>,
    assumption: Option<String>,
}

#[derive(Deserialize)]
struct GapsOfGroup {
    aware: PublishedShare,
    gaps: Vec<ReadGap>,
}

#[derive(Deserialize)]
pub(super) struct GapsAnswer {
    awareness: Vec<GapsOfGroup>,
    dataset: DatasetVersion,
    #[serde(flatten)]
    comparisons: Comparisons,
}

/// A bar of the drawing.
struct GapMarks {
    group: String,
    value: Option<f64>,
    low: f64,
    high: f64,
    margin: Option<f64>,
}

const OVERALL: &str = "All respondents";

impl GapsOfGroup {
    /// The percentage who did not say that they know of a partnership, although one is recorded in their state.
    fn recorded_gap(&self) -> Option<f64> {
        let any = AwarenessReading::AnyRecordedInState.as_str();
        let mut gaps = self.gaps.iter();
        gaps.find(|gap| gap.reading == any).and_then(ReadGap::value)
    }
}

impl ReadGap {
    fn value(&self) -> Option<f64> {
        self.gap.as_ref().and_then(|gap| gap.value)
    }

    fn margin(&self) -> Option<f64> {
        self.margin_of_error.as_ref().map(|margin| margin.points)
    }
}

fn reading(value: &str) -> &'static str {
    match AwarenessReading::parse(value) {
        Some(AwarenessReading::AnyRecordedInState) => "Aware of none, though we record one",
        Some(AwarenessReading::AnyPublishedInState) => "Aware of none, though one was published",
        Some(AwarenessReading::SaysNone) => "Say there is none, though we record one",
        Some(AwarenessReading::NotSure) => "Not sure, though we record one",
        Some(AwarenessReading::OwnGovernment) => "Unaware of their own government’s partnership",
        None => "",
    }
}

fn reason(value: &str) -> &'static str {
    match MissingGapReason::parse(value) {
        Some(MissingGapReason::AnswersNotPublished) => {
            "The answers “no” and “not sure” were not published for these groups."
        }
        Some(MissingGapReason::RespondentsInUnpairedStatesNotPublished) => {
            "It was not published how many respondents were in states without a partnership."
        }
        Some(MissingGapReason::RespondentPlacesNotPublished) => {
            "The places that the respondents had in mind were not published."
        }
        None => "",
    }
}

pub(super) fn chart(answer: GapsAnswer) -> Chart {
    let groups = &answer.awareness;
    let shares: Vec<&PublishedShare> = groups.iter().map(|group| &group.aware).collect();
    let (headline, details) = match groups.as_slice() {
        [all] => (overall_headline(all), String::new()),
        _ => {
            let whole = Some(ranking::EVERYONE);
            let ranking = ranking::rank(&shares, &answer.comparisons, whole, ranking::KNOW);
            let details = format!("{} {}", ranking.headline, ranking.values);
            (groups_headline(groups), details)
        }
    };
    let mut readings: Vec<(&'static str, Vec<GapMarks>)> = Vec::new();
    let mut rows = Vec::new();
    let mut has_margin = false;
    for group in groups {
        let name = group.aware.group(OVERALL);
        for gap in &group.gaps {
            has_margin |= gap.margin().is_some();
            let title = reading(&gap.reading);
            let decimal = |value: Option<f64>| value.map_or(String::new(), words::decimal);
            rows.push(vec![
                name.clone(),
                title.to_owned(),
                decimal(gap.value()),
                words::decimal(gap.low),
                words::decimal(gap.high),
                decimal(gap.margin()),
                gap.reason.as_deref().map_or("", reason).to_owned(),
                gap.assumption.clone().unwrap_or_default(),
            ]);
            let marks = GapMarks {
                group: name.clone(),
                value: gap.value(),
                low: gap.low,
                high: gap.high,
                margin: gap.margin(),
            };
            match readings.iter_mut().find(|(other, _)| *other == title) {
                Some((_, bars)) => bars.push(marks),
                None => readings.push((title, vec![marks])),
            }
        }
    }
    // If no group's sample size is published, one sentence says so.
    let several = match shares.first().and_then(|share| share.dimension()) {
        Some("REGION") => "region",
        _ => "sector",
    };
    let is_unpublished = shares.len() > 1 && shares.iter().all(|share| share.base.n.is_none());
    let mut bases: Vec<String> = Vec::new();
    if is_unpublished {
        bases.push(format!(
            "Respondents in each {several}; how many is not published"
        ));
    }
    for share in shares.iter().filter(|_| !is_unpublished) {
        let size = match share.base.n {
            Some(n) => words::count(n, "person", "people"),
            None => "number not published".to_owned(),
        };
        let base = format!("{}: {size}", share.base.description);
        if !bases.contains(&base) {
            bases.push(base);
        }
    }
    let mut key = vec![key_item(
        KeyMark::Bar("fill-1"),
        "Known: the range that rounding and wording allow",
    )];
    if has_margin {
        key.push(key_item(
            KeyMark::Line("line thin stroke-1"),
            "95% margin of error for a simple random sample, if the sample size is published",
        ));
    }
    key.push(key_item(
        KeyMark::Bar("fill-muted faint"),
        "Unknown: the published figures allow the whole range",
    ));
    let mut caveats = vec![
        "A bound is what the published figures prove, not an estimate: the true gap can be anywhere in the range.".to_owned(),
    ];
    caveats.extend(share::summarize_warnings(&shares, OVERALL));
    Chart {
        headline,
        details,
        description: format!(
            "Intervals of the share of each group that is unaware of a partnership that exists, under {}.",
            words::count(readings.len() as u64, "reading", "readings")
        ),
        key,
        table: ChartTable {
            labels: vec![
                "Group",
                "Reading",
                "Gap (%)",
                "Lower bound (%)",
                "Upper bound (%)",
                "Margin of error (points)",
                "Why it is unknown",
                "Assumption",
            ],
            rows,
            ..ChartTable::default()
        },
        base: format!("{}.", bases.join("; ")),
        source: share::sources(shares.iter().copied()).join("; "),
        caveats,
        more: None,
        draw: Box::new(move |width| draw(&readings, width)),
        dataset: answer.dataset,
    }
}

/// `In the West, 54% did not say that they know of a sister partnership; in the other regions, 72% to 75% did not.` The group is
/// the one at the end that is farther from the others.
fn groups_headline(groups: &[GapsOfGroup]) -> String {
    let mut gaps: Vec<_> = groups
        .iter()
        .filter_map(|group| Some((group.recorded_gap()?, &group.aware)))
        .collect();
    gaps.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let distances: Vec<f64> = gaps.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    if distances.last() > distances.first() {
        gaps.rotate_right(1);
    }
    let [(apart, first), (low, _), .., (high, _)] = gaps.as_slice() else {
        return String::new();
    };
    let others = match first.dimension() {
        Some("REGION") => "regions",
        _ => "sectors",
    };
    format!(
        "{}, {}% did not say that they know of a sister partnership; in the other {others}, {}% to {}% did not.",
        words::upper_first(&first.in_group()),
        words::decimal(*apart),
        words::decimal(*low),
        words::decimal(*high),
    )
}

fn overall_headline(all: &GapsOfGroup) -> String {
    let (Some(gap), Some(n)) = (all.recorded_gap(), all.aware.base.n) else {
        return String::new();
    };
    format!(
        "{}% of the {} officials and business leaders in a survey did not say that they know of a sister partnership, although every state has one that is recorded here.",
        words::decimal_1(gap),
        words::number(n)
    )
}

fn draw(readings: &[(&'static str, Vec<GapMarks>)], width: f64) -> Drawing {
    const ROW: f64 = 26.0;
    const TITLE: f64 = 32.0;
    let bars = readings.iter().flat_map(|(_, bars)| bars);
    let left = names_width(bars.map(|bar| bar.group.as_str()), width);
    let scale = (width - left - 84.0) / 100.0;
    let x = |percent: f64| left + percent.clamp(0.0, 100.0) * scale;
    let height: f64 = readings
        .iter()
        .map(|(_, bars)| TITLE + ROW * bars.len() as f64)
        .sum();
    let mut drawing = Drawing::new(width, height + 24.0);
    let ticks = [0.0, 25.0, 50.0, 75.0, 100.0];
    let mut top = 0.0;
    for (title, bars) in readings {
        drawing.text((0.0, top + 20.0), "strong", title);
        top += TITLE;
        for tick in ticks {
            drawing.line(
                (x(tick), top),
                (x(tick), top + ROW * bars.len() as f64),
                "grid",
            );
        }
        for bar in bars {
            let y = top + ROW / 2.0;
            drawing.row_name((left - 8.0, y), &bar.group);
            let range = (x(bar.high) - x(bar.low)).max(2.0);
            let Some(value) = bar.value else {
                drawing.rect((x(bar.low), y - 6.0), (range, 12.0), "fill-muted faint");
                let text = format!(
                    "{}–{}%",
                    words::decimal_1(bar.low),
                    words::decimal_1(bar.high)
                );
                drawing.text((x(bar.high) + 8.0, y + 4.5), "soft", &text);
                top += ROW;
                continue;
            };
            let mut end = bar.high;
            if let Some(margin) = bar.margin {
                let class = "line thin stroke-1";
                drawing.line((x(value - margin), y), (x(value + margin), y), class);
                end = end.max(value + margin);
            }
            drawing.rect((x(bar.low), y - 8.0), (range, 16.0), "fill-1");
            let text = format!("{}%", words::decimal_1(value));
            drawing.text((x(end) + 8.0, y + 4.5), "strong", &text);
            top += ROW;
        }
    }
    for tick in ticks {
        let position = (x(tick), top + 17.0);
        drawing.text(position, "soft small middle", &format!("{tick}%"));
    }
    drawing
}
