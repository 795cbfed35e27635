//! Answers to the survey: who knows of a partnership, and how those who do rate it.

use serde::Deserialize;

use super::{
    Chart,
    ranking::{self, Comparisons},
    share::{self, PublishedShare, share_table},
};
use crate::http::pages::{
    answers::{DatasetVersion, Nodes},
    drawing::{Drawing, KeyMark, key_item, names_width},
    words,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SurveyAnswer {
    respondent_aggregates: Nodes<PublishedShare>,
    dataset: DatasetVersion,
    #[serde(flatten)]
    comparisons: Comparisons,
}

/// A dot of the drawing.
struct ShareMarks {
    row: usize,
    percent: f64,
    low: Option<f64>,
    high: Option<f64>,
    margin: Option<f64>,
    what_if: Option<f64>,
    /// The position of its color.
    color: usize,
}

struct DotPlot {
    rows: Vec<String>,
    marks: Vec<ShareMarks>,
}

const FILLS: [&str; 4] = ["fill-1", "fill-4", "fill-2", "fill-ink"];
const STROKES: [&str; 4] = ["stroke-1", "stroke-4", "stroke-2", "stroke-ink"];
const RINGS: [&str; 4] = [
    "ring stroke-1",
    "ring stroke-4",
    "ring stroke-2",
    "ring stroke-ink",
];

impl DotPlot {
    /// Rows in the given order, with the shares that have a number.
    fn new(
        rows: Vec<String>,
        shares: &[&PublishedShare],
        row_of: impl Fn(&PublishedShare) -> String,
        color_of: impl Fn(&PublishedShare) -> usize,
    ) -> Self {
        let marks = shares.iter().filter_map(|share| {
            let name = row_of(share);
            Some(ShareMarks {
                row: rows.iter().position(|row| *row == name)?,
                percent: share.percent?,
                low: share.quantity.low,
                high: share.quantity.high,
                margin: share.margin(),
                what_if: share.what_if.map(|what_if| what_if.margin),
                color: color_of(share).min(FILLS.len() - 1),
            })
        });
        let marks = marks.collect();
        Self { rows, marks }
    }

    fn draw(&self, width: f64) -> Drawing {
        const ROW: f64 = 36.0;
        let bottom = ROW * self.rows.len() as f64 + 6.0;
        let mut drawing = Drawing::new(width, bottom + 24.0);
        let left = names_width(self.rows.iter().map(String::as_str), width);
        let scale = (width - left - 26.0) / 100.0;
        let x = |percent: f64| left + percent.clamp(0.0, 100.0) * scale;
        let row_y = |row: usize| 6.0 + ROW * (row as f64 + 0.6);
        for tick in [0.0, 25.0, 50.0, 75.0, 100.0] {
            drawing.line((x(tick), 6.0), (x(tick), bottom), "grid");
            let position = (x(tick), bottom + 17.0);
            drawing.text(position, "soft small middle", &format!("{tick}%"));
        }
        for (row, name) in self.rows.iter().enumerate() {
            drawing.line((left, row_y(row)), (x(100.0), row_y(row)), "grid");
            drawing.row_name((left - 10.0, row_y(row)), name);
        }
        for mark in &self.marks {
            let (y, center) = (row_y(mark.row), x(mark.percent));
            if let Some(margin) = mark.what_if {
                let (low, high) = (x(mark.percent - margin), x(mark.percent + margin));
                drawing.line((low, y), (high, y), "line stroke-muted");
            }
            if let (Some(low), Some(high)) = (mark.low, mark.high) {
                let class = format!("{} faint", FILLS[mark.color]);
                drawing.rect((x(low), y - 4.0), (x(high) - x(low), 8.0), &class);
            }
            match mark.margin {
                Some(margin) => {
                    let class = format!("line thin {}", STROKES[mark.color]);
                    let (low, high) = (x(mark.percent - margin), x(mark.percent + margin));
                    drawing.line((low, y), (high, y), &class);
                    drawing.circle((center, y), 5.5, FILLS[mark.color]);
                }
                None => drawing.circle((center, y), 5.0, RINGS[mark.color]),
            }
            // Labels that would overlap are drawn on opposite sides of their dots.
            let is_near = |other: &ShareMarks, side: f64| {
                let away = side * (other.percent - mark.percent) * scale;
                other.row == mark.row && away > 0.0 && away < 34.0
            };
            let (class, offset) = if self.marks.iter().any(|other| is_near(other, 1.0)) {
                ("strong small end", 6.0)
            } else if self.marks.iter().any(|other| is_near(other, -1.0)) {
                ("strong small", -6.0)
            } else {
                ("strong small middle", 0.0)
            };
            let value = format!("{}%", words::decimal(mark.percent));
            drawing.text((center + offset, y - 9.0), class, &value);
        }
        drawing
    }
}

/// Awareness of a partnership by sector and region.
pub(super) fn awareness(mut answer: SurveyAnswer) -> Chart {
    const OVERALL: &str = "All respondents";
    let mut published: Vec<_> = answer.respondent_aggregates.nodes.iter_mut().collect();
    let whole = published.iter().find(|share| share.dimension().is_none());
    let total = whole.and_then(|share| share.base.n);
    share::assume_even_split(&mut published, total);
    let all = &answer.respondent_aggregates.nodes;
    let shares: Vec<&PublishedShare> = all.iter().filter(|share| share.percent.is_some()).collect();
    let yes = |dimension: Option<&str>| {
        let mut found: Vec<_> = shares
            .iter()
            .copied()
            .filter(|share| share.answer() == "Yes" && share.dimension() == dimension)
            .collect();
        share::by_percent(&mut found);
        found
    };
    let (overall, sectors, regions) = (yes(None), yes(Some("EMPLOYER")), yes(Some("REGION")));
    let rank = |groups: &[&PublishedShare]| {
        let whole = Some(ranking::EVERYONE);
        ranking::rank(groups, &answer.comparisons, whole, ranking::KNOW).headline
    };
    let overall_words = overall.iter().map(|share| {
        let percent = words::decimal(share.percent.unwrap_or(0.0));
        format!("{percent}% of all respondents know of a partnership.")
    });
    let details = [("By region", rank(&regions)), ("By sector", rank(&sectors))];
    let details = details
        .iter()
        .filter(|(_, headline)| !headline.is_empty())
        .map(|(by, headline)| format!("{by}: {}", words::lower_first(headline)));
    let mut answers: Vec<String> = Vec::new();
    for share in &shares {
        if !answers.contains(&share.answer()) {
            answers.push(share.answer());
        }
    }
    let order = overall.iter().chain(&sectors).chain(&regions);
    let plot = DotPlot::new(
        order.map(|share| share.group(OVERALL)).collect(),
        &shares,
        |share| share.group(OVERALL),
        |share| {
            answers
                .iter()
                .position(|answer| *answer == share.answer())
                .unwrap_or(FILLS.len())
        },
    );
    let mut key: Vec<_> = answers
        .iter()
        .zip(FILLS)
        .map(|(answer, fill)| key_item(KeyMark::Dot(fill), answer.clone()))
        .collect();
    key.push(key_item(
        KeyMark::Bar("fill-muted faint"),
        "Band: the range that rounding and wording allow",
    ));
    key.push(key_item(
        KeyMark::Dot("fill-ink"),
        "Filled: sample size published; the line is the 95% margin of error for a simple random sample",
    ));
    key.push(key_item(
        KeyMark::Dot("ring stroke-ink"),
        "Hollow: sample size not published, margin of error unknown",
    ));
    key.push(key_item(
        KeyMark::Line("line stroke-muted"),
        "What-if margin of error, for groups of equal size",
    ));
    let mut bases: Vec<String> = Vec::new();
    for share in &shares {
        let Some(n) = share.base.n else { continue };
        let base = format!(
            "{}: {}",
            words::lower_first(&share.base.description),
            words::number(n)
        );
        if !bases.contains(&base) {
            bases.push(base);
        }
    }
    bases.push("other groups: not published.".to_owned());
    let mut caveats = vec![ranking::CAVEAT.to_owned()];
    caveats.extend(share::what_if_caveat(all.iter(), total));
    caveats.extend(share::summarize_warnings(&shares, OVERALL));
    Chart {
        headline: overall_words.collect::<Vec<_>>().join(" "),
        details: details.collect::<Vec<_>>().join(" "),
        description: "Dot plot of the percentage of each group who answered yes, not sure, or no when asked whether they know of a partnership.".to_owned(),
        key,
        table: share_table(all, OVERALL),
        base: bases.join("; "),
        source: share::sources(shares.iter().copied()).join("; "),
        caveats,
        more: None,
        draw: Box::new(move |width| plot.draw(width)),
        dataset: answer.dataset,
    }
}

/// Ratings by respondents who know of a partnership.
pub(super) fn usefulness(answer: SurveyAnswer) -> Chart {
    const OVERALL: &str = "All who know of a partnership";
    let all = &answer.respondent_aggregates.nodes;
    let shares: Vec<&PublishedShare> = all.iter().filter(|share| share.percent.is_some()).collect();
    let (mut rated, mut extremely): (Vec<_>, Vec<_>) = shares
        .iter()
        .copied()
        .partition(|share| share.dimension().is_none());
    share::by_percent(&mut rated);
    share::by_percent(&mut extremely);
    // The title says "beneficial", so the rows leave it out.
    let name = |share: &PublishedShare| match share.dimension() {
        None => share.answer().replace("extremely beneficial", "extremely"),
        Some(_) => format!("Extremely ({})", share.group(OVERALL).to_lowercase()),
    };
    let ranking = ranking::rank(
        &extremely,
        &answer.comparisons,
        None,
        "find it extremely beneficial",
    );
    let headline = rated.first().map_or(String::new(), |share| {
        let percent = words::decimal(share.percent.unwrap_or(0.0));
        format!("{percent}% of those who know of a partnership find it beneficial.")
    });
    let plot = DotPlot::new(
        rated
            .iter()
            .chain(&extremely)
            .map(|share| name(share))
            .collect(),
        &shares,
        name,
        |share| if share.dimension().is_none() { 0 } else { 2 },
    );
    let mut caveats = vec![ranking::CAVEAT.to_owned()];
    caveats.extend(share::summarize_warnings(&shares, OVERALL));
    Chart {
        headline,
        details: match ranking.headline.as_str() {
            "" => String::new(),
            headline => format!("{} {headline}", ranking.values),
        },
        description: "Dot plot of the percentage of respondents who know of a partnership and find it beneficial, very or extremely beneficial, or extremely beneficial.".to_owned(),
        key: vec![
            key_item(KeyMark::Dot("ring stroke-1"), "All who know of a partnership"),
            key_item(KeyMark::Dot("ring stroke-2"), "By sector, “extremely beneficial” only"),
        ],
        table: share_table(all, OVERALL),
        base: "Respondents who know of a partnership; their number is not published.".to_owned(),
        source: share::sources(shares.iter().copied()).join("; "),
        caveats,
        more: None,
        draw: Box::new(move |width| plot.draw(width)),
        dataset: answer.dataset,
    }
}
