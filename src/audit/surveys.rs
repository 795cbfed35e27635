//! Do the percentages of several surveys fit together, and what do they imply?

use super::common_checks::{
    agrees, agrees_with_wording, differ_over_years, first_at_most_second, first_exceeds_second,
    parts_leave_room, sum_equals,
};
use super::estimate::Estimate;
use super::figures::Evidence;
use super::{Finding, Identity, text};
use crate::stats::interval::Interval;
use crate::vocabulary::{Qualifier, Verdict};

pub(super) const IDENTITIES: &[Identity] = &[
    Identity::new(
        "j01",
        "In 2021, elites call trade with China very or extremely beneficial more often than the general public.",
        ["In 2021, the share of elites who call trade with China very or extremely beneficial is", "that of the general public is"],
        &["elite-china-trade-benefit", "public-china-trade-benefit"],
        first_exceeds_second,
    ),
    Identity::new(
        "j02",
        "In 2021, elites see some or a lot of jobs from China more often than the general public.",
        ["In 2021, the share of elites who see some or a lot of jobs from China is", "that of the general public is"],
        &["elite-china-jobs", "public-china-jobs"],
        first_exceeds_second,
    ),
    Identity::new(
        "j03",
        "The ratio of the two percentages on trade with China is the published “nearly twice”.",
        ["The ratio of the two percentages on trade with China is", "the published ratio is"],
        &[
            "elite-china-trade-benefit",
            "public-china-trade-benefit",
            "elite-public-ratio-china-trade",
        ],
        ratio_agrees,
    ),
    Identity::new(
        "j04",
        "The general public's percentages on jobs from China in 2021 and in 2024 are two numbers, not one number printed twice.",
        ["In 2021, the general public's percentage on jobs from China is", "in 2024, it is"],
        &["public-china-jobs", "public-2024-china-jobs"],
        differ_over_years,
    ),
    Identity::new(
        "j05",
        "In 2024, the general public's answers “some or a lot” and “don't know” on jobs from China add up to no more than 100 percent.",
        ["In 2024, the answers “some or a lot” and “don't know” add up to", "the whole is"],
        &["public-2024-china-jobs", "public-2024-china-jobs-dont-know"],
        parts_leave_room,
    ),
    Identity::new(
        "j06",
        "In 2024, most of the general public who answered other than “don't know” see some or a lot of jobs from China.",
        ["Of those who answered other than “don't know”, the share who see some or a lot of jobs is", "most means"],
        &["public-2024-china-jobs", "public-2024-china-jobs-dont-know"],
        majority_of_those_who_know,
    )
    .assuming("Both percentages are answers to one question."),
    Identity::new(
        "j07",
        "In 2024, the general public is moderately or extremely concerned about competition from China less often than elites.",
        ["In 2024, the share of the general public concerned about competition from China is", "that of elites is"],
        &["public-2024-china-competition", "elite-2024-china-competition"],
        first_at_most_second,
    ),
    Identity::new(
        "j08",
        "The general public and the elites add up to the respondents of 2024.",
        ["The general public and the elites add up to", "the published number is"],
        &[
            "respondents-2024-public",
            "respondents-2024-elites",
            "respondents-2024",
        ],
        sum_equals,
    ),
    Identity::new(
        "j09",
        "The number of elite respondents in 2021 agrees with the number given in round numbers.",
        ["The exact sample of elites is", "the sample in round numbers is"],
        &["respondents", "respondents-over-1000"],
        agrees_with_wording,
    ),
    Identity::new(
        "j10",
        "The article and the announcement of the report agree on whether the District of Columbia was surveyed.",
        ["According to the article, which is about elites, the District of Columbia was", "according to the announcement, which does not say whom it is about, it was"],
        &["respondents-over-1000", "district-of-columbia"],
        |_| Some(district_of_columbia(Verdict::Undetermined)),
    )
    .without_unit()
    .assuming("The announcement may be about elites, the general public, or both; it does not say which."),
    Identity::new(
        "j11",
        "The article and the announcement of the report agree on whether the District of Columbia was surveyed.",
        ["If both are about elites: according to the article, the District of Columbia was", "according to the announcement, it was"],
        &["respondents-over-1000", "district-of-columbia"],
        |_| Some(district_of_columbia(Verdict::Contradicts)),
    )
    .without_unit()
    .assuming("Both sentences are about elites."),
];

/// Compares two sentences, not numbers: the verdict depends only on the assumption.
fn district_of_columbia(verdict: Verdict) -> Finding {
    let (article, announcement) = ("not included", "included");
    Finding::new(verdict, article.to_owned(), announcement.to_owned())
}

fn ratio_agrees(evidence: &Evidence<'_>) -> Option<Finding> {
    let [first, second, claim] = evidence.as_array()?;
    let percent = Estimate::from(first).as_percent_of(Estimate::from(second))?;
    let ratio = percent.percent_of(Estimate::exact(1.0));
    Some(agrees(ratio, claim))
}

/// Divides the percentage by that of all who did not answer “don't know”, which it is part of.
fn majority_of_those_who_know(evidence: &Evidence<'_>) -> Option<Finding> {
    let [answer, unknown] = evidence.as_array()?;
    let answer = Estimate::from(answer);
    let known = (Estimate::exact(100.0) - Estimate::from(unknown)).bounds;
    let known = known.intersect(Interval::closed(answer.bounds.low()?, 100.0)?)?;
    let share = answer.as_percent_of(Estimate::from_bounds(known))?;
    let share = share.bounds.intersect(Interval::closed(0.0, 100.0)?)?;
    let half = Estimate::exact(50.0);
    Some(Finding::new(
        half.at_most(Estimate::from_bounds(share)),
        text::format_interval(share),
        text::format_worded(Qualifier::Majority, 50.0),
    ))
}
