//! Which partnerships do the published country counts include?

use super::common_checks::sum_at_most;
use super::estimate::Estimate;
use super::figures::Evidence;
use super::{FigureInput, Finding, Identity, text};
use crate::vocabulary::Verdict;

pub(super) const IDENTITIES: &[Identity] = &[
    Identity::new(
        "i11",
        "The counts of the six largest countries add up to no more than the number of sister cities.",
        ["The six largest countries have", "the number of sister cities is"],
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
    .assuming("The country counts cover sister cities only, and Asia includes Australia."),
    Identity::new(
        "i12",
        "The counts of the six largest countries add up to no more than the total.",
        ["The six largest countries have", "the total is"],
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
    .assuming("The country counts cover partnerships at all levels of government."),
    Identity::new(
        "i13",
        "The counts of the five largest countries add up to no more than the number of sister cities.",
        ["The five largest countries have", "the number of sister cities is"],
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
    .assuming("The country counts cover sister cities only, and Asia does not include Australia."),
    Identity::new(
        "i14",
        "The six largest countries are listed by descending count, starting with the one ranked first.",
        ["The five largest countries have", "the sixth has"],
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
    )
    .in_unit("partnerships"),
];

/// Checks that the figures before the last are in descending order and that the last, the rank of the
/// first figure, is 1.
fn descend_from_first(evidence: &Evidence<'_>) -> Option<Finding> {
    let (rank, counts) = evidence.figures.split_last()?;
    let (last, before) = counts.split_last()?;
    let in_order = counts
        .windows(2)
        .map(|pair| Estimate::from(pair[1]).at_most(Estimate::from(pair[0])));
    let ranked_first = Estimate::from(*rank).equals(Estimate::exact(1.0));
    // `Verdict` is ordered from best to worst, so the maximum is the worst step.
    let verdict = in_order.chain([ranked_first]).max()?;
    let numbers: Vec<_> = before
        .iter()
        .map(|count| text::format_figure(count))
        .collect();
    let finding = Finding::new(verdict, numbers.join(" > "), text::format_figure(last));
    Some(match verdict {
        Verdict::Contradicts => finding.with_note(first_out_of_order(counts)),
        _ => finding,
    })
}

/// Names the first figure that is larger than the one before it.
fn first_out_of_order(counts: &[&FigureInput]) -> Option<String> {
    let pair = counts.windows(2).find(|pair| {
        Estimate::from(pair[1]).at_most(Estimate::from(pair[0])) == Verdict::Contradicts
    })?;
    Some(format!(
        "{} is larger than {}, which is listed before it",
        pair[1].slug, pair[0].slug
    ))
}
