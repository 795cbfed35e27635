//! Who finds partnerships beneficial: of whom are the percentages, and do they fit each other?

use super::awareness::{outside_public, without_base};
use super::estimate::{Estimate, same};
use super::figures::Evidence;
use super::forms::{at_most, hull, mean_at_most, sum_at_most_hundred};
use super::{Finding, Identity, forms, text};
use crate::stats::interval::Interval;
use crate::vocabulary::Verdict;

pub(super) const IDENTITIES: &[Identity] = &[
    Identity::new(
        "i25",
        "Those who find it very or extremely beneficial are no more than those who find it beneficial.",
        &["very-or-extremely-beneficial", "beneficial"],
        forms::at_most_other,
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
        forms::at_most_other,
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
        printed_apart,
    ),
    Identity::new(
        "i31",
        "Businesspeople are as large a part of those who find it beneficial as the wording says.",
        &["employer-business-among-beneficial", "aware-yes-public", "respondents-public", "aware-yes"],
        businesspeople,
    )
    .assuming("Businesspeople are some or all of those outside the public sector, whose part is the same among those who find it beneficial as among all who know of one."),
];

/// Each sector's percentage against the percentage of the whole sample that can say so at all. A
/// mean over the sectors is no lower than the lowest of them.
fn sectors_below_ceiling(evidence: &Evidence<'_>) -> Option<Finding> {
    let [sectors @ .., aware, very] = evidence.named.as_slice() else {
        return None;
    };
    let ceiling = Estimate::from(*very).percent_of(Estimate::from(*aware));
    let mean = hull(sectors)?;
    let finding = at_most(Estimate::only(mean), ceiling);
    let note = (finding.verdict == Verdict::Contradicts)
        .then(|| least_outside(mean, ceiling))
        .flatten()
        .map(|percent| format!("fits only if at least {percent} percent of the respondents work in none of these sectors"));
    Some(finding.with_note(note))
}

/// How many percent of the sample must have no part in the mean, to bring it down to the ceiling.
fn least_outside(mean: Interval, ceiling: Estimate) -> Option<String> {
    let lowest = Interval::point(mean.low()?)?;
    let highest = Interval::point(ceiling.bounds.high()?)?;
    let outside = (lowest - highest).scale(100.0).divide(lowest)?;
    outside.low().map(text::number)
}

/// Two percentages that are printed alike may be a coincidence, or a slip.
fn printed_apart(evidence: &Evidence<'_>) -> Option<Finding> {
    let [one, other] = evidence.take()?;
    let printed = Estimate::from(one)
        .printed
        .zip(Estimate::from(other).printed);
    let alike = printed.is_none_or(|(a, b)| same(a, b));
    let (verdict, note) = if alike {
        let note = "a coincidence or a slip of copying; the source does not tell";
        (Verdict::Undetermined, Some(note.to_owned()))
    } else {
        (Verdict::Holds, None)
    };
    Some(Finding::new(verdict, text::figure(one), text::figure(other)).with_note(note))
}

/// An upper limit only: some of those outside the public sector need not be businesspeople.
fn businesspeople(evidence: &Evidence<'_>) -> Option<Finding> {
    let [claim, public, public_n, aware] = evidence.take()?;
    let Some(others) = outside_public(public, public_n, aware) else {
        return Some(without_base(claim, aware));
    };
    let up_to = Estimate::only(others.bounds.hull(Interval::point(0.0)?));
    let verdict = up_to.agrees_with(claim.quantity.interval());
    let left = format!("at most {}", text::estimate(others));
    Some(Finding::new(verdict, left, text::figure(claim)))
}
