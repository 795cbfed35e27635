//! The partnerships of each region next to the awareness of its respondents.

use serde::Deserialize;

use super::{
    Chart, ChartTable,
    ranking::{self, Comparisons},
    share::{self, PublishedShare, ShareBase, ShareSource},
};
use crate::http::pages::{
    answers::{DatasetVersion, Nodes, Total},
    components::partnerships_with,
    drawing::{Drawing, KeyMark, key_item},
    words,
};

#[derive(Deserialize)]
pub(super) struct CountValue {
    pub(super) value: Option<f64>,
}

/// A published number of partnerships.
#[derive(Deserialize)]
pub(super) struct PublishedCount {
    pub(super) quantity: CountValue,
    pub(super) source: ShareSource,
    #[serde(default)]
    pub(super) flags: Vec<String>,
    #[serde(default)]
    pub(super) note: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChartedRegion {
    name: String,
    partnerships: Total,
    published_statistics: Nodes<PublishedCount>,
    respondent_aggregates: Nodes<PublishedShare>,
}

#[derive(Deserialize)]
pub(super) struct RegionsAnswer {
    /// The figure of all respondents.
    everyone: Option<FigureOfAll>,
    regions: Vec<ChartedRegion>,
    dataset: DatasetVersion,
    #[serde(flatten)]
    comparisons: Comparisons,
}

#[derive(Deserialize)]
struct FigureOfAll {
    base: ShareBase,
}

/// A row of the drawing.
#[derive(Clone)]
struct RegionMarks {
    name: String,
    recorded: f64,
    published: Option<f64>,
    percent: Option<f64>,
    /// The range that rounding allows for the percentage.
    range: Option<(f64, f64)>,
    what_if: Option<f64>,
}

impl ChartedRegion {
    fn published(&self) -> Option<&PublishedCount> {
        self.published_statistics.nodes.first()
    }

    fn share(&self) -> Option<&PublishedShare> {
        let mut shares = self.respondent_aggregates.nodes.iter();
        shares.find(|share| share.percent.is_some())
    }
}

pub(super) fn chart(mut answer: RegionsAnswer) -> Chart {
    answer
        .regions
        .sort_by_key(|region| u64::MAX - region.partnerships.total_count);
    let total = answer.everyone.as_ref().and_then(|figure| figure.base.n);
    let published = answer.regions.iter_mut();
    let published = published.flat_map(|region| region.respondent_aggregates.nodes.iter_mut());
    share::assume_even_split(&mut published.collect::<Vec<_>>(), total);
    let regions = &answer.regions;
    let mut shares: Vec<&PublishedShare> =
        regions.iter().filter_map(ChartedRegion::share).collect();
    share::by_percent(&mut shares);
    let ranking = ranking::rank(
        &shares,
        &answer.comparisons,
        Some(ranking::EVERYONE),
        ranking::KNOW,
    );
    let marks: Vec<RegionMarks> = regions
        .iter()
        .map(|region| RegionMarks {
            name: words::title_case(&region.name),
            recorded: region.partnerships.total_count as f64,
            published: region.published().and_then(|count| count.quantity.value),
            percent: region.share().and_then(|share| share.percent),
            range: region
                .share()
                .and_then(|share| Some((share.quantity.low?, share.quantity.high?))),
            what_if: region
                .share()
                .and_then(|share| share.what_if)
                .map(|what_if| what_if.margin),
        })
        .collect();
    let decimal = |value: Option<f64>| value.map_or(String::new(), words::decimal);
    let rows = regions.iter().zip(&marks).map(|(region, marks)| {
        vec![
            marks.name.clone(),
            words::number(region.partnerships.total_count),
            decimal(marks.published),
            decimal(marks.percent),
            decimal(region.share().and_then(|share| share.quantity.low)),
            decimal(region.share().and_then(|share| share.quantity.high)),
        ]
    });
    let rows = rows.collect();
    let mut sources = vec!["Partnerships: Sistergraph".to_owned()];
    for region in regions.iter().filter_map(ChartedRegion::published) {
        let source = format!("published counts: {}", region.source.name());
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    let of_shares = share::sources(shares.iter().copied());
    sources.extend(
        of_shares
            .iter()
            .map(|source| format!("percentages: {source}")),
    );
    let rounding = shares.last().map_or(String::new(), |lowest| {
        format!(
            ": {}% stands for {}% to {}%",
            decimal(lowest.percent),
            words::decimal_1(lowest.quantity.low.unwrap_or(0.0)),
            words::decimal_1(lowest.quantity.high.unwrap_or(0.0)),
        )
    });
    let mut caveats = vec![
        "The District of Columbia and the territories are not in any region.".to_owned(),
        ranking::CAVEAT.to_owned(),
    ];
    caveats.extend(share::what_if_caveat(shares.iter().copied(), total));
    caveats.push(
        format!(
            "Percentages are rounded{rounding}. How far they may differ by chance is unknown, because the number of respondents in each region was not published."
        ),
    );
    caveats.extend(share::summarize_warnings(&shares, "All respondents"));
    let counted = regions
        .iter()
        .map(|region| partnerships_with(&[&format!("region={}", region.name)]));
    Chart {
        headline: ranking.headline,
        details: ranking.values,
        description: "Bars of the recorded and the published partnerships of each region, next to dots at the percentage of respondents who are aware of a partnership.".to_owned(),
        key: vec![
            key_item(KeyMark::Bar("fill-1"), "Recorded here"),
            key_item(KeyMark::Bar("fill-2"), "Published count"),
            key_item(
                KeyMark::Dot("ring stroke-3"),
                "Aware of a partnership; sample size not published",
            ),
            key_item(KeyMark::Bar("fill-3 faint"), "Band: the range that rounding allows"),
            key_item(
                KeyMark::Line("line stroke-muted"),
                "What-if margin of error, for regions of equal size",
            ),
        ],
        table: ChartTable {
            labels: vec![
                "Region",
                "Recorded",
                "Published",
                "Aware of a partnership (%)",
                "Lower bound (%)",
                "Upper bound (%)",
            ],
            rows,
            counted: counted.collect(),
        },
        base: "Partnerships, including those that have ended; percentages of the respondents in each region, whose number is not published.".to_owned(),
        source: sources.join("; "),
        caveats,
        more: None,
        draw: Box::new(move |width| draw(&marks, width)),
        dataset: answer.dataset,
    }
}

const NAMES: f64 = 84.0;
const ROW: f64 = 42.0;
const TOP: f64 = 30.0;

fn draw(rows: &[RegionMarks], width: f64) -> Drawing {
    let height = TOP + ROW * rows.len() as f64;
    let is_narrow = width < 560.0;
    let left = if is_narrow { width } else { width * 0.58 };
    let right = if is_narrow { width } else { width - left };
    let counts = draw_counts(rows, left, height);
    let shares = draw_shares(rows, right, if is_narrow { NAMES } else { 24.0 });
    let mut drawing = Drawing::new(width, height + 24.0);
    drawing.place((0.0, 0.0), counts);
    if is_narrow {
        drawing.height += height + 24.0;
        drawing.place((0.0, height + 20.0), shares);
    } else {
        drawing.place((left, 0.0), shares);
    }
    drawing
}

fn row_center(index: usize) -> f64 {
    TOP + ROW * (index as f64 + 0.5)
}

fn draw_counts(rows: &[RegionMarks], width: f64, height: f64) -> Drawing {
    let mut drawing = Drawing::new(width, height);
    let largest = rows
        .iter()
        .map(|row| row.recorded.max(row.published.unwrap_or(0.0)))
        .fold(1.0, f64::max);
    let scale = (width - NAMES - 60.0) / largest;
    drawing.text((NAMES, 16.0), "soft", "Partnerships");
    for (index, row) in rows.iter().enumerate() {
        let y = row_center(index);
        drawing.row_name((NAMES - 8.0, y), &row.name);
        drawing.paired_bars((NAMES, y), 34.0, scale, [Some(row.recorded), row.published]);
    }
    drawing
}

/// The percentages, in a drawing that has the names of the rows in its first `from` pixels unless they are next to it.
fn draw_shares(rows: &[RegionMarks], width: f64, from: f64) -> Drawing {
    let bottom = TOP + ROW * rows.len() as f64;
    let mut drawing = Drawing::new(width, bottom + 24.0);
    let scale = (width - from - 50.0) / 60.0;
    drawing.text((from, 16.0), "soft", "Aware of a partnership");
    for tick in [0.0, 20.0, 40.0, 60.0] {
        let x = from + tick * scale;
        drawing.line((x, TOP), (x, bottom), "grid");
        drawing.text((x, bottom + 17.0), "soft small middle", &format!("{tick}%"));
    }
    for (index, row) in rows.iter().enumerate() {
        let y = row_center(index);
        if from >= NAMES {
            drawing.row_name((from - 8.0, y), &row.name);
        }
        let Some(percent) = row.percent else { continue };
        let x = from + percent * scale;
        let mut end = x;
        if let Some(margin) = row.what_if {
            end = from + (percent + margin) * scale;
            let start = from + (percent - margin) * scale;
            drawing.line((start, y), (end, y), "line stroke-muted");
        }
        if let Some((low, high)) = row.range {
            let width = (high - low) * scale;
            drawing.rect(
                (from + low * scale, y - 10.0),
                (width, 20.0),
                "fill-3 faint",
            );
        }
        drawing.circle((x, y), 6.0, "ring stroke-3");
        let value = format!("{}%", words::decimal(percent));
        drawing.text((end + 12.0, y + 4.5), "strong", &value);
    }
    drawing
}
