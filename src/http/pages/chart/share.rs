//! Published percentages of respondents, in the words of the charts.

use serde::Deserialize;

use super::ChartTable;
use crate::http::pages::{answers::FigureCategory, words};

#[derive(Deserialize)]
pub(in crate::http::pages) struct PercentRange {
    pub(in crate::http::pages) low: Option<f64>,
    pub(in crate::http::pages) high: Option<f64>,
    qualifier: String,
}

#[derive(Deserialize)]
pub(in crate::http::pages) struct ShareBase {
    pub(in crate::http::pages) description: String,
    pub(in crate::http::pages) n: Option<u64>,
}

#[derive(Deserialize)]
pub(in crate::http::pages) struct MarginPoints {
    pub(in crate::http::pages) points: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::http::pages) struct ShareSource {
    pub(in crate::http::pages) title: String,
    #[serde(default)]
    publisher: Option<String>,
    pub(in crate::http::pages) as_of: Option<String>,
}

/// What the margin of error would be for this number of respondents.
#[derive(Clone, Copy)]
pub(super) struct WhatIf {
    respondents: u64,
    pub(super) margin: f64,
}

/// A published percentage of respondents.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::http::pages) struct PublishedShare {
    pub(in crate::http::pages) slug: String,
    pub(in crate::http::pages) percent: Option<f64>,
    /// Filled in by [`assume_even_split`].
    #[serde(skip)]
    pub(super) what_if: Option<WhatIf>,
    direction: String,
    flags: Vec<String>,
    note: Option<String>,
    given: Vec<FigureCategory>,
    outcome: Vec<FigureCategory>,
    pub(in crate::http::pages) quantity: PercentRange,
    pub(in crate::http::pages) base: ShareBase,
    pub(in crate::http::pages) margin_of_error: Option<MarginPoints>,
    source: ShareSource,
}

impl ShareSource {
    /// The title, the publisher, and the date.
    pub(in crate::http::pages) fn name(&self) -> String {
        let parts = [
            Some(&self.title),
            self.publisher.as_ref(),
            self.as_of.as_ref(),
        ];
        let parts: Vec<_> = parts.into_iter().flatten().map(String::as_str).collect();
        parts.join(", ")
    }
}

impl PublishedShare {
    /// The dimension by which it is broken down, if it is: `REGION` or `EMPLOYER`.
    pub(in crate::http::pages) fn dimension(&self) -> Option<&str> {
        self.breakdown().map(|given| given.dimension.as_str())
    }

    fn breakdown(&self) -> Option<&FigureCategory> {
        let mut given = self.given.iter();
        given.find(|given| ["REGION", "EMPLOYER"].contains(&given.dimension.as_str()))
    }

    /// The respondents that it is about; `overall` if they are all of those to the question.
    pub(in crate::http::pages) fn group(&self, overall: &str) -> String {
        match self.breakdown() {
            Some(given) if given.value == "PUBLIC" => "Public sector".to_owned(),
            Some(given) => words::sentence_case(&given.value),
            None => overall.to_owned(),
        }
    }

    /// The same as the subject of a sentence: `the West`, `services`.
    pub(in crate::http::pages) fn name(&self) -> String {
        match self.breakdown() {
            Some(given) if given.dimension == "REGION" => {
                format!("the {}", words::sentence_case(&given.value))
            }
            Some(given) if given.value == "PUBLIC" => "the public sector".to_owned(),
            Some(given) => given.value.to_lowercase(),
            None => "all respondents".to_owned(),
        }
    }

    /// The same within a sentence: `in the West`.
    pub(in crate::http::pages) fn in_group(&self) -> String {
        let preposition = self.breakdown().map_or("among", |_| "in");
        format!("{preposition} {}", self.name())
    }

    /// The percentage as published, such as `about 50%`; `None` if none was.
    pub(in crate::http::pages) fn percent_in_words(&self) -> Option<String> {
        let about = match self.quantity.qualifier.as_str() {
            "APPROXIMATE" => "about ",
            _ => "",
        };
        Some(format!("{about}{}%", words::decimal(self.percent?)))
    }

    pub(in crate::http::pages) fn is_plural(&self) -> bool {
        self.breakdown()
            .is_none_or(|given| given.dimension != "REGION" && given.value != "PUBLIC")
    }

    pub(in crate::http::pages) fn answer(&self) -> String {
        let answers = self
            .outcome
            .iter()
            .map(|outcome| match outcome.value.as_str() {
                "VERY_OR_EXTREMELY" => "Very or extremely beneficial".to_owned(),
                "EXTREMELY" => "Extremely beneficial".to_owned(),
                value => words::sentence_case(value),
            });
        answers.collect::<Vec<_>>().join(" and ")
    }

    pub(in crate::http::pages) fn margin(&self) -> Option<f64> {
        self.margin_of_error.as_ref().map(|margin| margin.points)
    }

    pub(in crate::http::pages) fn source(&self) -> String {
        self.source.name()
    }

    /// What to read before citing it, as sentences.
    fn warnings(&self) -> Vec<String> {
        let approximate = (self.quantity.qualifier == "APPROXIMATE")
            .then(|| "Published as an approximation.".to_owned());
        let flags = self.flags.iter().map(|flag| words::flag(flag).to_owned());
        let direction = words::direction(&self.direction).to_owned();
        let warnings = approximate.into_iter().chain(flags).chain([direction]);
        warnings
            .chain(self.note.clone())
            .filter(|warning| !warning.is_empty())
            .collect()
    }

    /// The margin of error, or why it is unknown.
    fn margin_in_words(&self) -> String {
        match (self.base.n, self.margin()) {
            (None, _) => {
                let if_split = self.what_if.map_or(String::new(), |what_if| {
                    format!(
                        "; ±{} points if it were {}",
                        words::decimal_1(what_if.margin),
                        words::number(what_if.respondents)
                    )
                });
                format!("unknown: the number of respondents is not published{if_split}")
            }
            (_, None) => "unknown: the percentage is not published".to_owned(),
            (Some(n), Some(margin)) => format!(
                "±{} points if the {} respondents were a simple random sample",
                words::decimal_1(margin),
                words::number(n)
            ),
        }
    }
}

/// Sorts percentages, the highest first.
pub(in crate::http::pages) fn by_percent(shares: &mut [&PublishedShare]) {
    let percent = |share: &PublishedShare| share.percent.unwrap_or(0.0);
    shares.sort_by(|a, b| percent(b).total_cmp(&percent(a)));
}

/// Adds what the margins of error would be if the `total` respondents who are in none of the groups of a published size were
/// split evenly among the other groups of each breakdown.
pub(super) fn assume_even_split(shares: &mut [&mut PublishedShare], total: Option<u64>) {
    /// The value that |z| exceeds if a difference is significant at the 95% level.
    const CRITICAL_Z: f64 = 1.959_963_984_540_054;
    let Some(total) = total else { return };
    let mut groups: Vec<(Option<String>, String, Option<u64>)> = Vec::new();
    for share in shares.iter() {
        let dimension = share.dimension().map(str::to_owned);
        let group = (dimension, share.group(""), share.base.n);
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    for share in shares {
        let Some(percent) = share.percent.filter(|_| share.base.n.is_none()) else {
            continue;
        };
        let Some(dimension) = share.dimension() else {
            continue;
        };
        let in_breakdown = groups
            .iter()
            .filter(|group| group.0.as_deref() == Some(dimension));
        let known: u64 = in_breakdown.clone().filter_map(|group| group.2).sum();
        let others = in_breakdown.filter(|group| group.2.is_none()).count();
        let respondents = (total.saturating_sub(known) as f64 / others as f64).round();
        if respondents > 0.0 {
            share.what_if = Some(WhatIf {
                respondents: respondents as u64,
                margin: CRITICAL_Z * (percent * (100.0 - percent) / respondents).sqrt(),
            });
        }
    }
}

/// How the margins of error of [`assume_even_split`] are read, as a caveat; `None` if it added none.
pub(super) fn what_if_caveat<'a>(
    shares: impl Iterator<Item = &'a PublishedShare>,
    total: Option<u64>,
) -> Option<String> {
    let mut sizes: Vec<String> = Vec::new();
    for share in shares {
        let Some(what_if) = share.what_if else {
            continue;
        };
        let is_region = share.dimension() == Some("REGION");
        let size = format!(
            "{} in each {}",
            words::number(what_if.respondents),
            if is_region { "region" } else { "such sector" }
        );
        if !sizes.contains(&size) {
            sizes.push(size);
        }
    }
    let total = total.filter(|_| !sizes.is_empty())?;
    Some(format!(
        "The gray lines are a what-if, not a result: the 95% margin of error of a simple random sample if the {} respondents were split evenly among the groups whose size is not published ({}).",
        words::number(total),
        words::list(&sizes)
    ))
}

/// A table with a row for each percentage.
pub(super) fn share_table(shares: &[PublishedShare], overall: &str) -> ChartTable {
    let labels = [
        "Group",
        "Answer",
        "Percent",
        "Lower bound (%)",
        "Upper bound (%)",
        "Respondents",
        "Margin of error",
        "Notes",
    ];
    let decimal = |value: Option<f64>| value.map_or(String::new(), words::decimal);
    let rows = shares.iter().map(|share| {
        vec![
            share.group(overall),
            share.answer(),
            decimal(share.percent),
            decimal(share.quantity.low),
            decimal(share.quantity.high),
            share.base.n.map_or(String::new(), words::number),
            share.margin_in_words(),
            share.warnings().join(" "),
        ]
    });
    ChartTable {
        labels: labels.to_vec(),
        rows: rows.collect(),
        ..ChartTable::default()
    }
}

/// The sources of percentages, each once.
pub(in crate::http::pages) fn sources<'a>(
    shares: impl Iterator<Item = &'a PublishedShare>,
) -> Vec<String> {
    let mut sources = Vec::new();
    for share in shares {
        let source = share.source();
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    sources
}

/// Each warning once, with the groups, or answers of a group, that it applies to unless it applies to all.
pub(in crate::http::pages) fn summarize_warnings(
    shares: &[&PublishedShare],
    overall: &str,
) -> Vec<String> {
    let mut warnings: Vec<(String, Vec<usize>)> = Vec::new();
    for (index, share) in shares.iter().enumerate() {
        for warning in share.warnings() {
            match warnings.iter_mut().find(|(text, _)| *text == warning) {
                Some((_, affected)) => affected.push(index),
                None => warnings.push((warning, vec![index])),
            }
        }
    }
    let summary = warnings.into_iter().map(|(warning, affected)| {
        if affected.len() == shares.len() {
            return warning;
        }
        let mut names: Vec<String> = Vec::new();
        for index in &affected {
            let group = shares[*index].group(overall);
            let is_whole_group = shares
                .iter()
                .enumerate()
                .all(|(other, share)| share.group(overall) != group || affected.contains(&other));
            let name = if is_whole_group {
                group
            } else {
                format!("{group} ({})", shares[*index].answer().to_lowercase())
            };
            if !names.contains(&name) {
                names.push(name);
            }
        }
        format!("{}: {}", words::list(&names), words::lower_first(&warning))
    });
    summary.collect()
}
