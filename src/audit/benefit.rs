//! Ratings of partnerships: which group is each percentage a share of, and do they fit together?

use super::awareness::{base_not_published, percent_outside_public};
use super::common_checks::{at_most, hull, mean_at_most, sum_at_most_hundred};
use super::estimate::Estimate;
use super::figures::Evidence;
use super::{Finding, Identity, common_checks, text};
use crate::stats::interval::Interval;
use crate::stats::quantity::PERCENT;
use crate::vocabulary::Verdict;

pub(super) const IDENTITIES: &[Identity] = &[
    Identity::new(
        "i25",
        "“Very or extremely beneficial” cannot exceed “beneficial” among those aware.",
        ["Among those aware, “very or extremely beneficial” is", "“beneficial” is"],
        &["very-or-extremely-beneficial", "beneficial"],
        common_checks::first_at_most_second,
    ),
    Identity::new(
        "i26",
        "Respondents who answer “extremely beneficial” cannot outnumber those who know of a partnership and answer “very or extremely beneficial”.",
        ["Over entire sectors, the mean share of “extremely beneficial” is", "the share who know of a partnership and answer “very or extremely beneficial” is"],
        &[
            "extremely-beneficial-services",
            "extremely-beneficial-goods",
            "extremely-beneficial-public",
            "aware-yes",
            "very-or-extremely-beneficial",
        ],
        sectors_below_ceiling,
    )
    .assuming("As the text words it, each percentage is a share of its entire sector, and every respondent works in one of the three sectors."),
    Identity::new(
        "i27",
        "In the public sector, “extremely beneficial” cannot exceed the share who know of a partnership.",
        ["In the public sector, the share of “extremely beneficial” is", "the share who know of a partnership is"],
        &["extremely-beneficial-public", "aware-yes-public"],
        common_checks::first_at_most_second,
    )
    .assuming("As the text words it, the percentage is a share of the entire sector."),
    Identity::new(
        "i28",
        "“Extremely beneficial” cannot exceed “very or extremely beneficial” among those aware.",
        ["Over the three sectors, the mean share of “extremely beneficial” is", "“very or extremely beneficial” is"],
        &[
            "extremely-beneficial-services",
            "extremely-beneficial-goods",
            "extremely-beneficial-public",
            "very-or-extremely-beneficial",
        ],
        mean_at_most,
    )
    .assuming("Each percentage is a share of those in its sector who know of a partnership, and every respondent works in one of the three sectors."),
    Identity::new(
        "i29",
        "The parties' shares add up to no more than 100 percent.",
        ["The parties' shares add up to", "the whole is"],
        &[
            "democrat-among-extremely-beneficial",
            "republican-among-extremely-beneficial",
            "independent-among-extremely-beneficial",
        ],
        sum_at_most_hundred,
    )
    .assuming("As the text words it, they are shares of those who answer “extremely beneficial”: P(party | extremely)."),
    Identity::new(
        "i30",
        "The share of Democrats and the share who say Asia matters to their state are two numbers, not one number printed twice.",
        ["The share of Democrats is", "the share who say Asia matters to their state is"],
        &["democrat-among-extremely-beneficial", "asia-matters-among-extremely-beneficial"],
        differ_as_printed,
    ),
    Identity::new(
        "i31",
        "The share of businesspeople among those who find it beneficial is as large as stated.",
        ["The share of businesspeople is", "the stated share is"],
        &["employer-business-among-beneficial", "aware-yes-public", "respondents-public", "aware-yes"],
        business_share_agrees,
    )
    .assuming("All businesspeople work outside the public sector, and that group's share is the same among those who find a partnership beneficial as among all who know of one."),
];

/// Compares the mean over the sectors, which is no lower than the lowest of them, with the percentage
/// of all respondents who know of a partnership and find it very or extremely beneficial.
fn sectors_below_ceiling(evidence: &Evidence<'_>) -> Option<Finding> {
    let [sectors @ .., aware, very] = evidence.figures.as_slice() else {
        return None;
    };
    let ceiling = Estimate::from(*very).percent_of(Estimate::from(*aware));
    let mean = hull(sectors)?;
    let finding = at_most(Estimate::from_bounds(mean), ceiling, PERCENT);
    let note = (finding.verdict == Verdict::Contradicts)
        .then(|| min_percent_outside(mean, ceiling))
        .flatten()
        .map(|percent| format!("possible only if at least {percent} percent of respondents work in none of these sectors"));
    Some(finding.with_note(note))
}

/// Returns the smallest share of the sample, in percent, that must be outside the sectors for their
/// mean to fall to the ceiling.
fn min_percent_outside(mean: Interval, ceiling: Estimate) -> Option<String> {
    let lowest = Interval::point(mean.low()?)?;
    let highest = Interval::point(ceiling.bounds.high()?)?;
    let outside = (lowest - highest).scale(100.0).divide(lowest)?;
    outside.low().map(text::format_number)
}

/// Checks that two percentages differ; equal ones may be a coincidence or a copying error.
fn differ_as_printed(evidence: &Evidence<'_>) -> Option<Finding> {
    let note = "a coincidence or a copying error; the source does not say";
    common_checks::differ_as_printed(evidence, note)
}

/// Computes only an upper limit, because respondents outside the public sector need not be
/// businesspeople.
fn business_share_agrees(evidence: &Evidence<'_>) -> Option<Finding> {
    let [claim, public, public_n, aware] = evidence.as_array()?;
    let Some(others) = percent_outside_public(public, public_n, aware) else {
        return Some(base_not_published(claim, aware));
    };
    let up_to = Estimate::from_bounds(others.bounds.hull(Interval::point(0.0)?));
    let verdict = up_to.agrees_with(claim.quantity.interval());
    let left = format!("at most {}", text::format_estimate(others));
    Some(Finding::new(verdict, left, text::format_figure(claim)))
}
