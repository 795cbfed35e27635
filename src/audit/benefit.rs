//! Who finds partnerships beneficial: of whom are the percentages, and do they fit each other?

use super::awareness::{base_not_published, percent_outside_public};
use super::common_checks::{at_most, hull, mean_at_most, sum_at_most_hundred};
use super::estimate::{Estimate, nearly_equal};
use super::figures::Evidence;
use super::{Finding, Identity, common_checks, text};
use crate::stats::interval::Interval;
use crate::vocabulary::Verdict;

pub(super) const IDENTITIES: &[Identity] = &[
    Identity::new(
        "i25",
        "Those who find it very or extremely beneficial are no more than those who find it beneficial.",
        &["very-or-extremely-beneficial", "beneficial"],
        common_checks::first_at_most_second,
    ),
    Identity::new(
        "i26",
        "No more respondents find it extremely beneficial than know of one and find it very or extremely so.",
        &[
            "extremely-beneficial-services",
            "extremely-beneficial-goods",
            "extremely-beneficial-public",
            "aware-yes",
            "very-or-extremely-beneficial",
        ],
        sectors_below_ceiling,
    )
    .assuming("The percentages are shares of each whole sector, as the sentence has it, and every respondent works in one of the three."),
    Identity::new(
        "i27",
        "In the public sector, no more respondents find it extremely beneficial than know of one.",
        &["extremely-beneficial-public", "aware-yes-public"],
        common_checks::first_at_most_second,
    )
    .assuming("The percentage is a share of the whole sector, as the sentence has it."),
    Identity::new(
        "i28",
        "Those who find it extremely beneficial are no more than those who find it very or extremely so.",
        &[
            "extremely-beneficial-services",
            "extremely-beneficial-goods",
            "extremely-beneficial-public",
            "very-or-extremely-beneficial",
        ],
        mean_at_most,
    )
    .assuming("The percentages are shares of those in each sector who know of one, and every respondent works in one of the three."),
    Identity::new(
        "i29",
        "The parties' shares add up to no more than 100 percent.",
        &[
            "democrat-among-extremely-beneficial",
            "republican-among-extremely-beneficial",
            "independent-among-extremely-beneficial",
        ],
        sum_at_most_hundred,
    )
    .assuming("They are shares of those who find it extremely beneficial, as the sentence has it: P(party | extremely)."),
    Identity::new(
        "i30",
        "The shares of Democrats and of those to whose state Asia matters are two numbers, not one printed twice.",
        &["democrat-among-extremely-beneficial", "asia-matters-among-extremely-beneficial"],
        differ_as_printed,
    ),
    Identity::new(
        "i31",
        "Businesspeople are as large a part of those who find it beneficial as the wording says.",
        &["employer-business-among-beneficial", "aware-yes-public", "respondents-public", "aware-yes"],
        business_share_agrees,
    )
    .assuming("Businesspeople are some or all of those outside the public sector, whose part is the same among those who find it beneficial as among all who know of one."),
];

/// Each sector's percentage against the percentage of the whole sample that can say so at all. A
/// mean over the sectors is no lower than the lowest of them.
fn sectors_below_ceiling(evidence: &Evidence<'_>) -> Option<Finding> {
    let [sectors @ .., aware, very] = evidence.figures.as_slice() else {
        return None;
    };
    let ceiling = Estimate::from(*very).percent_of(Estimate::from(*aware));
    let mean = hull(sectors)?;
    let finding = at_most(Estimate::from_bounds(mean), ceiling);
    let note = (finding.verdict == Verdict::Contradicts)
        .then(|| min_percent_outside(mean, ceiling))
        .flatten()
        .map(|percent| format!("fits only if at least {percent} percent of the respondents work in none of these sectors"));
    Some(finding.with_note(note))
}

/// How many percent of the sample must have no part in the mean, to bring it down to the ceiling.
fn min_percent_outside(mean: Interval, ceiling: Estimate) -> Option<String> {
    let lowest = Interval::point(mean.low()?)?;
    let highest = Interval::point(ceiling.bounds.high()?)?;
    let outside = (lowest - highest).scale(100.0).divide(lowest)?;
    outside.low().map(text::format_number)
}

/// Two percentages that are printed alike may be a coincidence, or a slip.
fn differ_as_printed(evidence: &Evidence<'_>) -> Option<Finding> {
    let [one, other] = evidence.as_array()?;
    let printed = Estimate::from(one)
        .printed
        .zip(Estimate::from(other).printed);
    let alike = printed.is_none_or(|(a, b)| nearly_equal(a, b));
    let (verdict, note) = if alike {
        let note = "a coincidence or a slip of copying; the source does not tell";
        (Verdict::Undetermined, Some(note.to_owned()))
    } else {
        (Verdict::Holds, None)
    };
    Some(
        Finding::new(
            verdict,
            text::format_figure(one),
            text::format_figure(other),
        )
        .with_note(note),
    )
}

/// An upper limit only: some of those outside the public sector need not be businesspeople.
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
