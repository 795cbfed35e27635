//! Which partnerships do the published counts of countries count?

use super::common_checks::sum_at_most;
use super::estimate::Estimate;
use super::figures::Evidence;
use super::{FigureInput, Finding, Identity, text};
use crate::vocabulary::Verdict;

pub(super) const IDENTITIES: &[Identity] = &[
    Identity::new(
        "i11",
        "The six largest countries have no more partnerships than there are.",
        &[
            "japan",
            "china",
            "south-korea",
            "taiwan",
            "philippines",
            "australia",
            "sister-cities",
        ],
        sum_at_most,
    )
    .assuming("The counts of countries are of sister cities only, and Asia includes Australia."),
    Identity::new(
        "i12",
        "The six largest countries have no more partnerships than there are.",
        &[
            "japan",
            "china",
            "south-korea",
            "taiwan",
            "philippines",
            "australia",
            "total",
        ],
        sum_at_most,
    )
    .assuming("The counts of countries are of all levels."),
    Identity::new(
        "i13",
        "The largest countries have no more partnerships than there are.",
        &[
            "japan",
            "china",
            "south-korea",
            "taiwan",
            "philippines",
            "sister-cities",
        ],
        sum_at_most,
    )
    .assuming(
        "The counts of countries are of sister cities only, and Asia does not include Australia.",
    ),
    Identity::new(
        "i14",
        "The counts of countries descend in the order in which they are listed, from the one ranked first.",
        &[
            "japan",
            "china",
            "south-korea",
            "taiwan",
            "philippines",
            "australia",
            "japan-rank",
        ],
        descend_from_first,
    ),
];

/// The figures before the last descend, and the last is the rank of the first of them.
fn descend_from_first(evidence: &Evidence<'_>) -> Option<Finding> {
    let (rank, counts) = evidence.figures.split_last()?;
    let (last, before) = counts.split_last()?;
    let in_order = counts
        .windows(2)
        .map(|pair| Estimate::from(pair[1]).at_most(Estimate::from(pair[0])));
    let ranked_first = Estimate::from(*rank).equals(Estimate::exact(1.0));
    // `Verdict` is in the order from best to worst: one step that fails makes the whole fail.
    let verdict = in_order.chain([ranked_first]).max()?;
    let listed: Vec<_> = before
        .iter()
        .map(|count| text::format_figure(count))
        .collect();
    let finding = Finding::new(verdict, listed.join(" > "), text::format_figure(last));
    Some(match verdict {
        Verdict::Contradicts => finding.with_note(first_out_of_order(counts)),
        _ => finding,
    })
}

/// The first figure that exceeds the one before it.
fn first_out_of_order(counts: &[&FigureInput]) -> Option<String> {
    let pair = counts.windows(2).find(|pair| {
        Estimate::from(pair[1]).at_most(Estimate::from(pair[0])) == Verdict::Contradicts
    })?;
    Some(format!("{} is listed after {}", pair[1].slug, pair[0].slug))
}
